// server/alarms/measure.ts: the value of each metric for each thing it is about, from what the sampler holds. A value is
// known, a lower bound (a part is missing, or it was not watched for long enough), or unknown with its reason.
import { behindOf } from '../metrics/figures'
import type { GroupFigureRow } from '../metrics/group-view'
import type { ClusterState, GroupState } from '../metrics/state'
import type { TopicFigures } from '../metrics/topic-view'
import { type AlarmMetricName, GROWTH_MS } from '../shared/alarms'
import { isKnown, type Known, known, type Reason } from '../shared/known'
import { DLQ_PREFIX, RETRY_PREFIX } from '../shared/names'
import type { BrokerRow, Total } from '../shared/views'

/** `because`: why it is a lower bound; without it, it was not watched for long enough yet. */
export type Measure = { value: number; at: number; atLeast: boolean; because?: Reason } | { unknown: Reason }
export interface Measured {
  subject: string
  /** Undefined: the metric does not apply to it (a broadcasting group has no lag). */
  measure: Measure | undefined
}
/** What a turn brought. Rows are made once per turn, whoever asks. */
export interface Sampled {
  state: ClusterState
  clusterName: string
  groups: () => readonly GroupFigureRow[]
  topics: () => readonly TopicFigures[]
  brokers: () => readonly BrokerRow[]
  /** Transactions without an answer, as they were last read; null before. */
  halves: () => { open: number; oldestBornAt: number | null; more: boolean; at: number } | null
  silent: ReadonlySet<string>
  now: number
}
/** Reasons for which a figure does not exist, rather than being missing. */
const notApplicable: ReadonlySet<Reason> = new Set(['broadcasting', 'never-committed'])

const plain = (figure: Known<number> | Total): Measure | undefined => {
  if (!isKnown(figure)) return notApplicable.has(figure.unknown) ? undefined : { unknown: figure.unknown }
  const { value, at } = figure
  return 'missing' in figure && figure.missing > 0
    ? { value, at, atLeast: true, because: figure.because ?? 'broker-silent' }
    : { value, at, atLeast: false }
}
const flag = (on: boolean, at: number): Measure => ({ value: on ? 1 : 0, at, atLeast: false })

/** Remembers how far counters were, for growth over a span. */
export interface Growth {
  /** `start`: what a counter that was never read before began with; without it, with `value`. */
  read(key: string, value: number, now: number, start?: number): Measure
  /** How far each counter was, to be told to `seed` after a restart. */
  marks(): ReadonlyMap<string, { at: number; value: number }>
  seed(key: string, at: number, value: number): void
}
const GROWTH_STEP_MS = 10_000
export const openGrowth = (windowMs: number = GROWTH_MS): Growth => {
  const lines = new Map<string, { at: number; value: number }[]>()
  const newest = new Map<string, { at: number; value: number }>()
  return {
    marks: () => newest,
    seed(key, at, value) {
      lines.set(key, [{ at, value }])
    },
    read(key, value, now, start) {
      const line = lines.get(key) ?? (start === undefined ? [] : [{ at: now, value: start }])
      lines.set(key, line)
      newest.set(key, { at: now, value })
      const last = line.at(-1)
      // A counter that went back was made anew: what is there now came since.
      if (last !== undefined && value < last.value) line.splice(0, line.length, { at: last.at, value: 0 })
      if (last === undefined || now - last.at >= GROWTH_STEP_MS) line.push({ at: now, value })
      while (line.length > 1 && now - (line[1]?.at ?? now) >= windowMs) line.shift()
      const first = line[0] ?? { at: now, value }
      return { value: Math.max(0, value - first.value), at: now, atLeast: now - first.at < windowMs - GROWTH_STEP_MS }
    },
  }
}

export interface Meters {
  retry: Growth
  dead: Growth
}
export const openMeters = (): Meters => ({ retry: openGrowth(), dead: openGrowth() })

/** How many messages were ever put into a topic: the sum of its newest offsets. */
const everPut = (sampled: Sampled, topic: string): Measure => {
  const { state, silent } = sampled
  const found = state.topics.get(topic)
  if (found === undefined)
    return silent.size > 0 || state.brokers.size === 0
      ? { unknown: 'broker-silent' }
      : { value: 0, at: state.at, atLeast: false }
  let value = 0
  for (const queue of found.queues.values()) {
    if (silent.has(queue.broker)) return { unknown: 'broker-silent' }
    if (queue.maxAt === 0) return { unknown: 'no-sample-yet' }
    value += queue.max
  }
  return { value, at: state.at, atLeast: false }
}
const grown = (growth: Growth, sampled: Sampled, prefix: string, group: string): Measure => {
  const topic = prefix + group
  const ever = everPut(sampled, topic)
  if ('unknown' in ever) return ever
  // Of a group that appeared while its broker was watched everything that failed has failed since.
  const isNew = sampled.state.groups.get(group)?.isNew === true
  return growth.read(topic, ever.value, sampled.now, isNew ? 0 : undefined)
}

/** How long the slowest queue with unread messages stands still, as far as it was watched. */
const blocked = (sampled: Sampled, group: GroupState): Measure | undefined => {
  if (group.model === 'BROADCASTING' || group.clients === null || group.clients.length === 0) return undefined
  const { now, state, silent } = sampled
  let worst = 0
  let atLeast = false
  let inDoubt = false
  for (const [topic, positions] of group.positions)
    for (const [key, position] of positions) {
      const queue = state.topics.get(topic)?.queues.get(key)
      if (queue === undefined || silent.has(queue.broker) || queue.max <= position.committed) continue
      if (position.inDoubt) {
        inDoubt = true
        continue
      }
      const still = now - Math.max(position.movedAt, group.firstSeenAt)
      // A queue that was empty for hours is not blocked since its last message, but since the first unread one came.
      const behind = behindOf({ topic, key, queue, position }, silent, now)
      const value = isKnown(behind) ? Math.min(still, behind.value) : still
      worst = Math.max(worst, value)
      atLeast ||= position.movedAt <= group.firstSeenAt && (!isKnown(behind) || behind.value > still)
    }
  // One of those that nobody knows of may stand longer than the others.
  if (worst === 0 && inDoubt) return { unknown: 'broker-silent' }
  return { value: worst, at: state.at, atLeast: atLeast || inDoubt }
}

const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC'
const HALF_GROUP = 'CID_RMQ_SYS_TRANS'
function* halfQueues(sampled: Pick<Sampled, 'state'>) {
  const { state } = sampled
  for (const [key, position] of state.groups.get(HALF_GROUP)?.positions.get(HALF_TOPIC) ?? []) {
    const queue = state.topics.get(HALF_TOPIC)?.queues.get(key)
    if (queue !== undefined) yield { queue, position }
  }
}
const half = (sampled: Sampled, of: 'pending' | 'age'): Measure => {
  const { silent, state, now } = sampled
  if (state.brokers.size === 0 || silent.size > 0) return { unknown: 'broker-silent' }
  let waiting = false
  for (const { queue, position } of halfQueues(sampled)) waiting ||= queue.max > position.committed
  if (!waiting) return { value: 0, at: state.at, atLeast: false }
  // A check stores a half message anew: its age and how many there are stand in the messages, not in offsets.
  const halves = sampled.halves()
  if (halves === null) return { unknown: 'no-sample-yet' }
  const value = of === 'pending' ? halves.open : halves.oldestBornAt === null ? 0 : now - halves.oldestBornAt
  return { value, at: halves.at, atLeast: halves.more }
}

type OfGroup = (row: GroupFigureRow, sampled: Sampled, meters: Meters) => Measure | undefined
type OfBroker = (row: BrokerRow, sampled: Sampled) => Measure | undefined
const ofGroups: Partial<Record<AlarmMetricName, OfGroup>> = {
  lag: ({ lag }) => plain(lag),
  behind: ({ behind }) => plain(behind),
  growth: ({ growthPerSecond }) => plain(growthPerSecond),
  pastKept: ({ behind }) => (isKnown(behind) ? flag(behind.pastKept, behind.at) : plain(behind)),
  retryGrowth: ({ name }, sampled, meters) => grown(meters.retry, sampled, RETRY_PREFIX, name),
  deadGrowth: ({ name }, sampled, meters) => grown(meters.dead, sampled, DLQ_PREFIX, name),
  queueBlocked: ({ name }, sampled) => {
    const group = sampled.state.groups.get(name)
    return group === undefined ? undefined : blocked(sampled, group)
  },
  noClient: ({ clients, lag }, { state }) => {
    if (!isKnown(clients)) return { unknown: clients.unknown }
    if (clients.value > 0) return flag(false, clients.at)
    const unread = plain(lag)
    if (unread === undefined || 'unknown' in unread) return unread
    if (unread.value > 0) return flag(true, state.at)
    return unread.atLeast ? { unknown: 'broker-silent' } : flag(false, state.at)
  },
  clients: ({ clients }) => plain(clients),
}
/** A figure that only a living broker tells: kept from before it fell silent, it is no longer known. */
const living = (row: BrokerRow, figure: Known<number>): Measure | undefined =>
  row.state === 'silent' ? { unknown: 'broker-silent' } : plain(figure)
const ofBrokers: Partial<Record<AlarmMetricName, OfBroker>> = {
  brokerSilent: ({ state }, sampled) =>
    state === 'unknown' ? { unknown: 'no-sample-yet' } : flag(state === 'silent', sampled.now),
  notWritable: (row, sampled) => {
    if (row.writable === null) return undefined
    if (row.refusesSends) return flag(true, sampled.state.at)
    if (!isKnown(row.writable)) return { unknown: row.writable.unknown }
    return flag(!row.writable.value, row.writable.at)
  },
  masterChanged: (row, { state, now }) => {
    if (row.role !== 'master' || row.state === 'unknown') return undefined
    const at = state.brokers.get(row.key)?.tookOverAt ?? null
    return flag(at !== null && now - at < GROWTH_MS, now)
  },
  disk: (row) => living(row, row.diskRatio),
  slaveBehind: (row) => (row.role === 'slave' ? living(row, row.slaveBehindBytes) : undefined),
  putP99: (row) => (row.role === 'master' ? living(row, row.putP99Ms) : undefined),
  pageCacheBusy: (row) => living(row, row.pageCacheBusyMs),
  timerLate: (row, { state }) => {
    const text = state.brokers.get(row.key)?.runtime.timerReadBehind
    if (row.role !== 'master' || text === undefined || text === '') return undefined
    const seconds = Number(text)
    return Number.isFinite(seconds) ? living(row, known(seconds * 1000, state.at)) : undefined
  },
}
const ofTopics: Partial<Record<AlarmMetricName, (row: TopicFigures) => Measure | undefined>> = {
  topicIn: ({ inPerSecond }) => plain(inPerSecond),
  topicOut: ({ outPerSecond }) => plain(outPerSecond),
}
const ofCluster: Partial<Record<AlarmMetricName, (sampled: Sampled) => Measure>> = {
  halfPending: (sampled) => half(sampled, 'pending'),
  halfAge: (sampled) => half(sampled, 'age'),
  samplerBlind: ({ state, now }) => flag(![...state.brokers.values()].some((broker) => broker.state === 'ok'), now),
}

/** Everything the metric is about, with its value. Idle and system groups, and system topics, are left out. */
export function* measure(metric: AlarmMetricName, sampled: Sampled, meters: Meters): Iterable<Measured> {
  const group = ofGroups[metric]
  if (group !== undefined)
    for (const row of sampled.groups())
      if (!row.system && (!row.idle || metric === 'deadGrowth'))
        yield { subject: row.name, measure: group(row, sampled, meters) }
  const broker = ofBrokers[metric]
  if (broker !== undefined)
    for (const row of sampled.brokers()) yield { subject: row.key, measure: broker(row, sampled) }
  const topic = ofTopics[metric]
  if (topic !== undefined)
    for (const row of sampled.topics()) if (row.kind === 'user') yield { subject: row.name, measure: topic(row) }
  const cluster = ofCluster[metric]
  if (cluster !== undefined) yield { subject: sampled.clusterName, measure: cluster(sampled) }
  if (metric === 'namesrvSilent')
    for (const { address, ok } of sampled.state.nameServers)
      yield { subject: address, measure: ok === null ? { unknown: 'no-sample-yet' } : flag(!ok, sampled.now) }
}
