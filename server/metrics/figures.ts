// server/metrics/figures.ts: the state's numbers as figures that are known or say why not. Every sum of the console is
// made here, so that a missing part never reads as zero.
import { isKnown, type Known, known, type Reason, Summing, type Unknown, unknown } from '../shared/known'
import { DLQ_PREFIX, RETRY_PREFIX } from '../shared/names'
import type { Behind, Drain, GroupRow, Total } from '../shared/views'
import type { ClusterState, GroupState, PositionState, QueueState, TopicState } from './state'

/** Unknown when every part is; nothing to sum is a known 0. */
export const total = (figures: Iterable<Known<number>>, at: number): Total => {
  const adding = new Adding()
  for (const figure of figures) adding.add(figure)
  return adding.total(at)
}
/** A total part by part: rows of thousands of topics and groups are made in each turn, without a list for each of their sums. */
export class Adding {
  readonly #sum = new Summing()
  #parts = 0
  #firstUnknown: Reason | undefined

  add(figure: Known<number>): void {
    this.#parts += 1
    this.#sum.add(figure)
    if ('unknown' in figure) this.#firstUnknown ??= figure.unknown
  }
  total(at: number): Total {
    if (this.#parts === 0) return at === 0 ? unknown('no-sample-yet') : { value: 0, missing: 0, at }
    return this.#sum.missing < this.#parts ? this.#sum.sum() : unknown(this.#firstUnknown ?? 'no-sample-yet')
  }
}

/** A figure of a queue: unknown while its broker is silent or nothing was asked yet. */
const ofQueue = <T>(queue: QueueState, silent: ReadonlySet<string>, at: number, value: () => T): Known<T> => {
  if (silent.has(queue.broker)) return unknown('broker-silent')
  return at === 0 ? unknown('no-sample-yet') : known(value(), at)
}
export const maxOf = (queue: QueueState, silent: ReadonlySet<string>): Known<bigint> =>
  ofQueue(queue, silent, queue.maxAt, () => BigInt(queue.max))
export const minOf = (queue: QueueState, silent: ReadonlySet<string>): Known<bigint> =>
  ofQueue(queue, silent, queue.minAt, () => BigInt(queue.min))
export const keptOf = (queue: QueueState, silent: ReadonlySet<string>): Known<number> =>
  ofQueue(queue, silent, queue.minAt === 0 ? 0 : Math.min(queue.minAt, queue.maxAt), () =>
    Math.max(0, queue.max - queue.min),
  )
export const lastStoredOf = (queue: QueueState, silent: ReadonlySet<string>): Known<number | null> =>
  ofQueue(queue, silent, queue.statsAt, () => queue.lastStoredAt)
export const rateOf = (queue: QueueState, silent: ReadonlySet<string>): Known<number> =>
  silent.has(queue.broker) ? unknown('broker-silent') : queue.in.rate

export const keptOfTopic = (topic: TopicState | undefined, silent: ReadonlySet<string>, at: number): Total =>
  total(topic === undefined ? [] : [...topic.queues.values()].map((queue) => keptOf(queue, silent)), at)

// ---- where a group stands ----

/** A queue a group reads, and where it stands there: no position when it never stored one. */
export interface Reading {
  readonly topic: string
  readonly key: string
  readonly queue: QueueState | undefined
  readonly position: PositionState | undefined
}
/** What the group reads: topics it has positions in or subscribes to, its retry topic apart. */
export const topicsOf = (group: GroupState): string[] => {
  const found = new Set<string>()
  for (const topic of group.positions.keys()) if (!topic.startsWith(RETRY_PREFIX)) found.add(topic)
  for (const { topic } of group.subscriptions) if (!topic.startsWith(RETRY_PREFIX)) found.add(topic)
  return found.size < 2 ? [...found] : [...found].sort()
}
/**
 * Every queue of a topic as the group reads it. All figures of a group are made of these, so that a total, a cell and a
 * chart cannot differ in what they count: a queue with messages and without a position is a part nobody knows.
 */
export const readingsOf = (state: ClusterState, group: GroupState, topic: string): Reading[] => {
  const queues = state.topics.get(topic)?.queues
  const positions = group.positions.get(topic)
  const found: Reading[] = []
  let met = 0
  if (queues !== undefined)
    for (const [key, queue] of queues) {
      const position = positions?.get(key)
      if (position !== undefined) met += 1
      found.push({ topic, key, queue, position })
    }
  // A position in a topic that is gone is nobody's backlog; while a broker is silent its topics are not gone.
  if (positions !== undefined && met < positions.size)
    for (const [key, position] of positions)
      if (queues?.has(key) !== true && (queues !== undefined || brokerOf(state, position)))
        found.push({ topic, key, queue: undefined, position })
  return found
}
const brokerOf = (state: ClusterState, { broker, topic }: PositionState): boolean =>
  [...state.brokers.values()].some((one) => one.name === broker && one.topicConfigs.has(topic))

export const lagOf = ({ queue, position }: Reading, silent: ReadonlySet<string>): Known<number> => {
  const broker = position?.broker ?? queue?.broker
  if (broker !== undefined && silent.has(broker)) return unknown('broker-silent')
  if (queue === undefined || queue.maxAt === 0) return unknown('no-sample-yet')
  // Nothing was ever stored: whoever begins here has nothing to read.
  if ((position === undefined || position.committed < 0) && queue.max === 0) return known(0, queue.maxAt)
  if (position === undefined || position.committed < 0) return unknown('never-committed')
  // Who had read everything has nothing unread; of anybody else it may have been read before the master went.
  if (position.inDoubt && queue.max > position.committed) return unknown('broker-silent')
  return known(Math.max(0, queue.max - position.committed), Math.min(queue.maxAt, position.committedAt))
}
/** Age of the oldest unread message of a queue. */
export const behindOf = (
  reading: Reading,
  silent: ReadonlySet<string>,
  now: number,
  lag: Known<number> = lagOf(reading, silent),
): Behind => {
  const { queue, position } = reading
  if (!isKnown(lag)) return lag
  const figure = (value: number, at: number, approx: boolean): Behind => ({
    value: Math.max(0, value),
    at,
    approx,
    pastKept:
      queue !== undefined &&
      queue.minAt > 0 &&
      position !== undefined &&
      position.committed >= 0 &&
      position.committed < queue.min,
  })
  if (lag.value === 0 || position === undefined) return figure(0, lag.at, false)
  if (position.exactFor === position.committed && position.exactStoredAt > 0)
    return figure(now - position.exactStoredAt, lag.at, false)
  // The message before the position is a little older than the first unread one: close, and said to be close.
  if (position.lastTimestamp > 0) return figure(now - position.lastTimestamp, lag.at, true)
  return unknown('no-sample-yet')
}
/** The worst of several; unknown only when none is known. */
export const worstBehind = (all: Iterable<Behind>, at: number): Behind => {
  const worst = new Worst()
  for (const one of all) worst.add(one)
  return worst.behind(at)
}
class Worst {
  #worst: Exclude<Behind, Unknown> | undefined
  #reason: Reason | undefined

  add(one: Behind): void {
    if (!isKnown(one)) this.#reason ??= one.unknown
    else if (this.#worst === undefined || one.value > this.#worst.value) this.#worst = one
  }
  behind(at: number): Behind {
    // Nothing behind among those that are known says nothing of the others.
    if (this.#worst !== undefined && (this.#reason === undefined || this.#worst.value > 0)) return this.#worst
    return this.#reason === undefined ? { value: 0, at, approx: false, pastKept: false } : unknown(this.#reason)
  }
}

export interface GroupFigures {
  lag: Total
  retryLag: Total
  behind: Behind
  inPerSecond: Total
  outPerSecond: Total
  growthPerSecond: Known<number>
  drain: Drain
}
/** Where a group stands in one of its topics: of each group of each topic of a list, so nothing more is made than is shown. */
export const standingIn = (
  state: ClusterState,
  group: GroupState,
  silent: ReadonlySet<string>,
  now: number,
  topic: string,
): Pick<GroupFigures, 'lag' | 'behind' | 'outPerSecond'> => {
  if (group.model === 'BROADCASTING') {
    const none = unknown('broadcasting')
    return { lag: none, behind: none, outPerSecond: none }
  }
  const readings = readingsOf(state, group, topic)
  if (readings.length === 0) {
    const never = unknown('never-committed')
    return { lag: never, behind: never, outPerSecond: never }
  }
  const lags = new Adding()
  const behinds = new Worst()
  const outs = new Adding()
  for (const reading of readings) {
    const lag = lagOf(reading, silent)
    lags.add(lag)
    behinds.add(behindOf(reading, silent, now, lag))
    outs.add(outOf(state, reading, silent))
  }
  return { lag: lags.total(state.at), behind: behinds.behind(state.at), outPerSecond: outs.total(state.at) }
}
const outOf = (state: ClusterState, { position, queue }: Reading, silent: ReadonlySet<string>): Known<number> =>
  silent.has(position?.broker ?? queue?.broker ?? '') || position?.inDoubt === true
    ? unknown('broker-silent')
    : (position?.out.rate ?? known(0, state.at))
/** Over all topics of the group, or one of them. The retry topic is told apart and never added. */
export const groupFigures = (
  state: ClusterState,
  group: GroupState,
  silent: ReadonlySet<string>,
  now: number,
  only?: string,
): GroupFigures => {
  if (group.model === 'BROADCASTING') {
    const none = unknown('broadcasting')
    return {
      lag: none,
      retryLag: none,
      behind: none,
      inPerSecond: none,
      outPerSecond: none,
      growthPerSecond: none,
      drain: { kind: 'unknown', reason: 'broadcasting' },
    }
  }
  const lags = new Adding()
  const retry = new Adding()
  const behinds = new Worst()
  const ins = new Adding()
  const outs = new Adding()
  let read = 0
  for (const topic of only === undefined ? topicsOf(group) : [only])
    for (const reading of readingsOf(state, group, topic)) {
      const lag = lagOf(reading, silent)
      read += 1
      lags.add(lag)
      behinds.add(behindOf(reading, silent, now, lag))
      outs.add(outOf(state, reading, silent))
      if (reading.queue !== undefined) ins.add(rateOf(reading.queue, silent))
    }
  // A retry queue without a position was never written to by this group.
  if (only === undefined && group.positions.has(RETRY_PREFIX + group.name))
    for (const reading of readingsOf(state, group, RETRY_PREFIX + group.name))
      if (reading.position !== undefined) retry.add(lagOf(reading, silent))
  const at = state.at
  const never = read === 0 ? unknown('never-committed') : null
  const lag = never ?? lags.total(at)
  const growthPerSecond = never ?? (only === undefined ? group.lag.slope : unknown('no-sample-yet'))
  return {
    lag,
    retryLag: retry.total(at),
    behind: never ?? behinds.behind(at),
    inPerSecond: never ?? ins.total(at),
    outPerSecond: never ?? outs.total(at),
    growthPerSecond,
    drain: drainOf(lag, growthPerSecond, outs.total(at), group.lag.spanMs),
  }
}
/** What waits for so long at the pace of now is the work under way of a group that keeps up, however its lag sways. */
const UNDER_WAY_S = 10
const RATE_OVER_MS = 10_000
/** A lag that shrinks by less than this part of what is read sways; nothing follows from it. */
const SWAY = 0.01
export const drainOf = (lag: Total, growth: Known<number>, out: Total, overMs: number): Drain => {
  if (!isKnown(lag)) return { kind: 'unknown', reason: lag.unknown }
  if (lag.value === 0) return { kind: 'done' }
  const pace = isKnown(out) ? out.value : 0
  if (lag.value < pace * UNDER_WAY_S) return { kind: 'shrinking', ms: (lag.value / pace) * 1000, overMs: RATE_OVER_MS }
  if (!isKnown(growth)) return { kind: 'unknown', reason: growth.unknown }
  return -growth.value > pace * SWAY
    ? { kind: 'shrinking', ms: (lag.value / -growth.value) * 1000, overMs }
    : { kind: 'not-shrinking' }
}
export const deadLettersOf = (state: ClusterState, group: string, silent: ReadonlySet<string>): Known<number> => {
  const topic = state.topics.get(DLQ_PREFIX + group)
  if (topic === undefined) return known(0, state.at)
  return keptOfTopic(topic, silent, state.at)
}

// ---- thresholds ----

export const WARNING = { lag: 10_000, behindMs: 60_000 }
export const CRITICAL = { lag: 1_000_000, behindMs: 600_000 }
/** A consumer that was stopped leaves a little behind that only grows older: worth a mark, no emergency. */
const LEFT_BEHIND_LAG = 1000
export const levelOf = (lag: Total, behind: Behind, online = true): GroupRow['level'] => {
  if (!isKnown(lag)) return 'unknown'
  const behindMs = isKnown(behind) ? behind.value : 0
  const late = online ? 1 : LEFT_BEHIND_LAG
  // A lag of one message is never red, however old it is.
  if (lag.value >= CRITICAL.lag || (behindMs >= CRITICAL.behindMs && lag.value > late)) return 'critical'
  return lag.value >= WARNING.lag || (behindMs >= WARNING.behindMs && lag.value > 1) ? 'warning' : 'ok'
}
