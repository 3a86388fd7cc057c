// server/metrics/overview.ts: is it well, and if not, why and where. The verdict comes from causes, each a fact with its
// number; figures are sums that say what they lack.
import { isKnown, type Known, known, unknown } from '../shared/known'
import type { BrokerRow, Cause, Overview, Total, VerdictWord } from '../shared/views'
import { type brokerList, fullRatio, runtimeNumber } from './broker-view'
import { CRITICAL, keptOfTopic, total, WARNING } from './figures'
import type { GroupFigureRow } from './group-view'
import { kindOf } from './kind'
import { missingOf } from './missing'
import { type ClusterState, isWiped, readFrom, silentNames } from './state'

const PUT_P99_LIMIT_MS = 200
const SLAVE_LIMIT_BYTES = 64 * 1024 * 1024
const DISK_WARNING_RATIO = 0.85
const MOST_BEHIND = 8
const PERM_WRITE = 2
const MOST_CAUSES = 50
const MOST_CUT_OFF = 10

export interface OverviewOptions {
  turnMs: number
  rows: readonly GroupFigureRow[]
  brokers: ReturnType<typeof brokerList>
  namesrv: readonly string[]
  /** How many clients are connected. */
  clients: number
  /** Transactions without an answer, as they were last read. */
  halves?: { open: number; more: boolean; at: number } | null
  now: number
}
export const overviewOf = (
  state: ClusterState,
  { turnMs, rows, brokers, namesrv, clients, halves = null, now }: OverviewOptions,
): Omit<Overview, 'alarms'> => {
  const groups = rows.filter(({ system }) => !system)
  const counted = groups.filter(({ idle }) => !idle)
  // A group that reads nothing yet has no backlog to be known or not.
  const reading = counted.filter(({ topics }) => topics.length > 0)
  const masters = brokers.rows.filter(({ role }) => role === 'master')
  const causes = causesOf(state, brokers.rows, counted, now)
  const worst = worstOf(counted)
  const putWorst = highest(masters, ({ putP99Ms }) => putP99Ms)
  const disk = highest(brokers.rows, ({ diskRatio }) => diskRatio)
  const userTopics = [...state.topics.values()].filter(({ name }) => kindOf(state, name) === 'user')
  const silent = silentNames(state)
  const dead = [...state.topics.values()]
    .filter(({ name }) => kindOf(state, name) === 'dlq')
    .map((topic) => keptOfTopic(topic, silent, state.at))
  const inPerSecond = total(
    masters.map((row) => row.inPerSecond),
    state.at,
  )
  const inBytesPerSecond = total(
    masters.map((row) => row.inBytesPerSecond),
    state.at,
  )
  const address = namesrv.join(';')
  return {
    at: state.at,
    turnMs,
    verdict: verdictOf(state, causes, masters),
    causes: causes.slice(0, MOST_CAUSES),
    inPerSecond,
    inBytesPerSecond,
    outPerSecond: total(
      masters.map((row) => row.outPerSecond),
      state.at,
    ),
    outBytesPerSecond: unknown('not-supported'),
    meanSizeBytes: meanSize(inPerSecond, inBytesPerSecond),
    lag: total(
      reading.flatMap(({ lag }) => figuresOf(lag)),
      state.at,
    ),
    worstBehind: worst?.behind ?? nothingBehind(counted, state.at),
    worstBehindGroup: worst?.name ?? null,
    unreadGroups: counted.length - reading.length,
    unknownGroups: reading.filter(({ lag }) => !isKnown(lag)).length,
    partialGroups: reading.filter(({ lag }) => isKnown(lag) && lag.missing > 0).length,
    idleGroups: groups.length - counted.length,
    putP99Ms: putWorst?.putP99Ms ?? unknown(masters.length === 0 ? 'broker-silent' : 'not-supported'),
    putP999Ms: putWorst === undefined ? unknown('not-supported') : p999Of(state, putWorst.key),
    putWorstBroker: putWorst?.key ?? null,
    diskRatio: disk?.diskRatio ?? unknown('no-sample-yet'),
    diskBroker: disk?.key ?? null,
    diskCleanRatio: disk?.diskCleanRatio ?? unknown('no-sample-yet'),
    deadLetters: total(dead, state.at),
    scheduled: scheduledOf(state, masters),
    openTransactions:
      halves === null ? unknown('no-sample-yet') : { value: halves.open, missing: halves.more ? 1 : 0, at: halves.at },
    topics: userTopics.length,
    groups: groups.length,
    clients,
    behindGroups: [...counted]
      .sort(byBehind)
      .slice(0, MOST_BEHIND)
      .map((row) => ({ ...row, spark: state.groups.get(row.name)?.spark.line(now) ?? [] })),
    brokers: brokers.rows,
    nameServers: state.nameServers.map(({ address: one, ok, sinceMs, tookMs }) => ({
      address: one,
      state: ok === null ? 'unknown' : ok ? 'ok' : 'silent',
      sinceMs,
      tookMs,
    })),
    missing: missingOf(state),
    fresh:
      state.at > 0 &&
      userTopics.every(({ queues }) => [...queues.values()].every(({ max }) => max === 0)) &&
      groups.length === 0,
    connect: {
      namesrv: address,
      tls: false,
      acl: [...state.brokers.values()].some(
        ({ config }) => config.authenticationEnabled === 'true' || config.aclEnable === 'true',
      ),
      loopbackOnly: namesrv.every((one) => /^(127\.|localhost:|\[::1\])/.test(one)),
    },
  }
}
/** What waits for its time, as brokers tell it: per delay level how far it is of how many, and how many timers hold. */
const scheduledOf = (state: ClusterState, masters: readonly BrokerRow[]): Total =>
  total(
    masters.map(({ key }) => {
      const broker = state.brokers.get(key)
      if (broker?.state !== 'ok') return unknown('broker-silent')
      let waiting = Math.max(0, Number(broker.runtime.timerCongestNum) || 0)
      for (const [name, text] of Object.entries(broker.runtime)) {
        if (!name.startsWith('scheduleMessageOffset_')) continue
        const [done, most] = text.split(',').map(Number)
        if (most !== undefined && done !== undefined && most > done) waiting += most - Math.max(0, done)
      }
      return known(waiting, broker.runtimeAt)
    }),
    state.at,
  )
/** A sum that lacks parts stays a lower bound when it is added to others. */
const figuresOf = (lag: Total): Known<number>[] => {
  if (!isKnown(lag)) return [lag]
  return [known(lag.value, lag.at), ...(lag.because === undefined ? [] : [unknown(lag.because)])]
}
const meanSize = (rate: Total, bytes: Total): Known<number> =>
  isKnown(rate) && isKnown(bytes) && rate.value > 0
    ? known(bytes.value / rate.value, rate.at)
    : unknown(isKnown(rate) && isKnown(bytes) ? 'no-traffic' : 'no-sample-yet')
const p999Of = (state: ClusterState, key: string): Known<number> => {
  const broker = state.brokers.get(key)
  return broker === undefined ? unknown('no-sample-yet') : runtimeNumber(broker, 'putLatency999')
}
const highest = <Row>(rows: readonly Row[], figure: (row: Row) => Known<number>): Row | undefined => {
  let found: Row | undefined
  let most = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    const one = figure(row)
    if (isKnown(one) && one.value > most) {
      most = one.value
      found = row
    }
  }
  return found
}
const worstOf = (groups: readonly GroupFigureRow[]): GroupFigureRow | undefined => {
  const found = highest(groups, ({ behind }) => behind)
  return found !== undefined && isKnown(found.behind) && found.behind.value > 0 ? found : undefined
}
/** Nobody is known to be behind: a group with unread messages of unknown age leaves it open. */
const nothingBehind = (groups: readonly GroupFigureRow[], at: number): Overview['worstBehind'] =>
  groups.some(({ lag, behind }) => isKnown(lag) && lag.value > 0 && !isKnown(behind))
    ? unknown('no-sample-yet')
    : { value: 0, at, approx: false, pastKept: false }
/** Furthest behind first; who has read everything after that; of whom nothing is known (broadcasting, say) last. */
const byBehind = (a: GroupFigureRow, b: GroupFigureRow): number => {
  const behind = (row: GroupFigureRow): number => (!isKnown(row.lag) ? -1 : isKnown(row.behind) ? row.behind.value : 0)
  const lag = (row: GroupFigureRow): number => (isKnown(row.lag) ? row.lag.value : -1)
  return behind(b) - behind(a) || lag(b) - lag(a) || (a.name < b.name ? -1 : 1)
}

const verdictOf = (state: ClusterState, causes: readonly Cause[], masters: readonly BrokerRow[]): VerdictWord => {
  const answers = [...state.brokers.values()].some((broker) => broker.state === 'ok')
  const named = state.nameServers.some(({ ok }) => ok === true)
  if (!answers && !named) return 'unknown'
  if (!named || causes.some(({ kind }) => kind === 'no-writable-master')) return 'down'
  const answering = masters.filter((row) => row.state === 'ok')
  if (answering.length > 0 && answering.every(takesNothing)) return 'down'
  return causes.some(({ kind }) => kind !== 'lag-warning') ? 'degraded' : 'healthy'
}
const takesNothing = ({ refusesSends, writable }: BrokerRow): boolean =>
  refusesSends || (writable !== null && isKnown(writable) && !writable.value)
const causesOf = (
  state: ClusterState,
  brokers: readonly BrokerRow[],
  groups: readonly GroupFigureRow[],
  now: number,
): Cause[] => {
  const found: Cause[] = []
  for (const { address, ok, sinceMs } of state.nameServers)
    if (ok === false) found.push(cause('namesrv-silent', 'critical', 'namesrv', address, null, null, sinceMs))
  for (const row of brokers)
    if (row.state === 'silent')
      found.push(
        cause('broker-silent', 'critical', 'broker', row.key, readFrom(state, row).length, null, row.silentSinceMs),
      )
  const cutOff = withoutMaster(state)
  const masters = brokers.filter(({ role, state: its }) => role === 'master' && its === 'ok')
  for (const broker of state.brokers.values()) {
    if (broker.state !== 'ok' || !isWiped(broker)) continue
    // One that is drained while others take the writes hinders nobody.
    const isMissed = masters.every(takesNothing) || cutOff.some(({ subject }) => broker.topicConfigs.has(subject))
    found.push(cause('no-write-permission', isMissed ? 'critical' : 'warning', 'broker', broker.key, null, null, null))
  }
  found.push(...cutOff.slice(0, MOST_CUT_OFF))
  for (const row of brokers) {
    if (row.state !== 'ok') continue
    const clean = isKnown(row.diskCleanRatio) ? row.diskCleanRatio.value : DISK_WARNING_RATIO
    const limit = Math.min(DISK_WARNING_RATIO, clean)
    const broker = state.brokers.get(row.key)
    if (row.refusesSends && broker !== undefined && isKnown(row.diskRatio))
      found.push(cause('disk-full', 'critical', 'broker', row.key, row.diskRatio.value, fullRatio(broker), null))
    else if (isKnown(row.diskRatio) && row.diskRatio.value >= limit)
      found.push(
        cause(
          'disk-high',
          row.diskRatio.value >= 0.9 ? 'critical' : 'warning',
          'broker',
          row.key,
          row.diskRatio.value,
          limit,
          null,
        ),
      )
    if (isKnown(row.slaveBehindBytes) && row.slaveBehindBytes.value > SLAVE_LIMIT_BYTES)
      found.push(
        cause('slave-behind', 'warning', 'broker', row.key, row.slaveBehindBytes.value, SLAVE_LIMIT_BYTES, null),
      )
    const rate = isKnown(row.inPerSecond) ? row.inPerSecond.value : 0
    if (rate > 0 && isKnown(row.putP99Ms) && row.putP99Ms.value > PUT_P99_LIMIT_MS)
      found.push(cause('put-slow', 'warning', 'broker', row.key, row.putP99Ms.value, PUT_P99_LIMIT_MS, null))
  }
  for (const row of groups) {
    const still = row.troubles.find((one) => one.kind === 'blocked' || one.kind === 'stalled')
    if (row.state === 'mismatch') found.push(cause('group-mismatch', 'warning', 'group', row.name, null, null, null))
    else if (row.state === 'blocked')
      found.push(
        cause(
          'group-blocked',
          'critical',
          'group',
          row.name,
          still !== undefined && 'count' in still ? still.count : null,
          null,
          still !== undefined && 'queues' in still ? (still.queues[0]?.sinceMs ?? null) : null,
        ),
      )
    else if (row.state === 'stalled')
      found.push(
        cause('group-stalled', 'critical', 'group', row.name, isKnown(row.lag) ? row.lag.value : null, null, null),
      )
    else if (row.level === 'critical') found.push(behindCause('lag-critical', 'critical', row, CRITICAL.behindMs, now))
    else if (row.level === 'warning') found.push(behindCause('lag-warning', 'warning', row, WARNING.behindMs, now))
  }
  const weight = { critical: 0, warning: 1 }
  return found.sort((a, b) => weight[a.level] - weight[b.level])
}
const behindCause = (
  kind: Cause['kind'],
  level: Cause['level'],
  row: GroupFigureRow,
  limit: number,
  now: number,
): Cause => {
  const behindMs = isKnown(row.behind) ? row.behind.value : null
  return cause(kind, level, 'group', row.name, behindMs, limit, behindMs === null ? null : now - behindMs)
}
const cause = (
  kind: Cause['kind'],
  level: Cause['level'],
  subjectKind: Cause['subjectKind'],
  subject: string,
  value: number | null,
  limit: number | null,
  sinceMs: number | null,
): Cause => ({ kind, level, subject, subjectKind, value, limit, sinceMs })

/** Topics of users for which no master answers that may be written to. */
const withoutMaster = (state: ClusterState): Cause[] => {
  const found: Cause[] = []
  const brokers = [...state.brokers.values()]
  for (const { name } of state.topics.values()) {
    if (kindOf(state, name) !== 'user') continue
    const holders = brokers.filter((one) => one.topicConfigs.has(name))
    if (holders.length === 0) continue
    const answering = holders.filter((one) => one.id === 0 && one.state === 'ok')
    if (answering.length > 0) {
      // A topic that was closed to writes everywhere is as its owner wants it.
      const willing = answering.filter((one) => ((one.topicConfigs.get(name)?.perm ?? 0) & PERM_WRITE) !== 0)
      if (willing.length === 0 || !willing.every(isWiped)) continue
    }
    const since = holders.reduce<number | null>(
      (latest, one) => Math.max(latest ?? 0, one.silentSinceMs ?? 0) || null,
      null,
    )
    found.push(cause('no-writable-master', 'critical', 'topic', name, null, null, since))
  }
  return found
}
