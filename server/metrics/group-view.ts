// server/metrics/group-view.ts: consumer groups as pages see them, from the sampler's state alone.
import type { GroupConfig } from '../admin/types'
import { versionText } from '../admin/versions'
import type { GroupListInput } from '../shared/inputs'
import { isKnown, type Known, known, unknown } from '../shared/known'
import { isSystemGroup, RETRY_PREFIX } from '../shared/names'
import type {
  GroupClientRow,
  GroupMode,
  GroupQueueRow,
  GroupRow,
  GroupTrouble,
  GroupView,
  Missing,
  Page,
  GroupState as StateWord,
} from '../shared/views'
import { behindOf, deadLettersOf, groupFigures, lagOf, levelOf, maxOf, minOf, type Reading, topicsOf } from './figures'
import { troublesOf } from './group-trouble'
import { missingOf } from './missing'
import { type ClusterState, type GroupState, silentNames } from './state'
import { tablePage } from './table'

const IDLE_MS = 24 * 3_600_000
const REBALANCING_MS = 30_000

const modeOf = (state: ClusterState, group: GroupState): GroupMode => {
  const orderly = group.orderly ?? configsOf(state, group.name).some(({ config }) => config.consumeMessageOrderly)
  const how = { CONSUME_PASSIVELY: 'push', CONSUME_ACTIVELY: 'pull', CONSUME_POP: 'pop' } as const
  return {
    model: group.model,
    order: group.model === null && !orderly ? null : orderly ? 'orderly' : 'concurrent',
    how: how[group.consumeType as keyof typeof how] ?? null, // a text of the wire
  }
}
const configsOf = (state: ClusterState, group: string) => {
  const found: { broker: string; config: GroupConfig }[] = []
  for (const broker of state.brokers.values()) {
    const config = broker.groupConfigs.get(group)
    if (config !== undefined) found.push({ broker: broker.name, config })
  }
  return found
}
/** A row without its hour of points, as of topics. */
export type GroupFigureRow = Omit<GroupRow, 'spark'>
export const groupRow = (
  state: ClusterState,
  group: GroupState,
  silent: ReadonlySet<string>,
  now: number,
): GroupFigureRow => {
  const figures = groupFigures(state, group, silent, now)
  const clients: Known<number> =
    group.clients === null ? unknown('no-sample-yet') : known(group.clients.length, group.clientsAt)
  const configs = configsOf(state, group.name)
  const off = configs.length > 0 && configs.every(({ config }) => !config.consumeEnable)
  const online = isKnown(clients) && clients.value > 0
  const troubles = troublesOf(state, group, silent, now)
  const versions = (group.clients ?? []).map(({ version }) => version)
  return {
    name: group.name,
    system: isSystemGroup(group.name),
    state: stateOf(group, figures.lag, troubles, online, off, now, isKnown(clients)),
    troubles,
    mode: modeOf(state, group),
    clients,
    topics: topicsOf(group),
    ...figures,
    deadLetters: deadLettersOf(state, group.name, silent),
    versions: versions.length === 0 ? null : [versionText(Math.min(...versions)), versionText(Math.max(...versions))],
    idle: off || (!online && now - group.lastClientAt > IDLE_MS),
    level: levelOf(figures.lag, figures.behind, online),
  }
}
const stateOf = (
  group: GroupState,
  lag: GroupRow['lag'],
  troubles: readonly GroupTrouble[],
  online: boolean,
  off: boolean,
  now: number,
  clientsKnown: boolean,
): StateWord => {
  if (off) return 'switched-off'
  if (!clientsKnown) return 'unknown'
  if (!online) return 'no-client'
  const found = (kind: GroupTrouble['kind']) => troubles.some((one) => one.kind === kind)
  // Clients that disagree are why queues stand: the cause is named before its consequence.
  if (found('mismatch')) return 'mismatch'
  if (found('blocked')) return 'blocked'
  if (group.clientsChangedAt > 0 && now - group.clientsChangedAt < REBALANCING_MS) return 'rebalancing'
  if (!isKnown(lag) || lag.value === 0) return 'consuming'
  if (found('stalled')) return 'stalled'
  const slope = group.lag.slope
  return isKnown(slope) && slope.value < 0 && lag.value > 1000 ? 'catching-up' : 'consuming'
}

export const groupList = (
  state: ClusterState,
  rows: readonly GroupFigureRow[],
  input: GroupListInput,
  now: number,
): Page<GroupRow> => {
  const value = (figure: GroupRow['lag'] | GroupRow['behind'] | Known<number>): number =>
    isKnown(figure) ? figure.value : -1
  const only = {
    behind: (row: GroupFigureRow) => row.level === 'warning' || row.level === 'critical',
    retrying: (row: GroupFigureRow) => value(row.retryLag) > 0,
    idle: (row: GroupFigureRow) => row.idle,
    system: (row: GroupFigureRow) => row.system,
  }
  const states: readonly StateWord[] = [
    'consuming',
    'catching-up',
    'stalled',
    'blocked',
    'rebalancing',
    'mismatch',
    'no-client',
    'switched-off',
    'unknown',
  ]
  const shown = input.only.includes('system') ? rows : rows.filter(({ system }) => !system)
  const missing = missingOf(state)
  const atLeast = missing.length > 0
  const page = tablePage({
    rows: shown,
    name: ({ name }) => name,
    q: input.q,
    sort: input.sort,
    defaultSort: '-lag,name',
    columns: {
      name: (row) => row.name,
      state: (row) => states.indexOf(row.state),
      clients: (row) => row.clients,
      topics: (row) => row.topics.length,
      lag: (row) => row.lag,
      behind: (row) => row.behind,
      growth: (row) => row.growthPerSecond,
      in: (row) => row.inPerSecond,
      out: (row) => row.outPerSecond,
      retry: (row) => row.retryLag,
      dlq: (row) => row.deadLetters,
      drain: (row) => (row.drain.kind === 'shrinking' ? row.drain.ms : row.drain.kind === 'done' ? 0 : null),
    },
    page: input.page,
    size: input.size,
    names: input.names,
    filters: [
      (row) => input.state.length === 0 || input.state.includes(row.state),
      ...input.only.map((key) => only[key]),
      (row) => input.minLag === undefined || value(row.lag) >= input.minLag,
      (row) => input.minBehindMs === undefined || value(row.behind) >= input.minBehindMs,
    ],
    facets: [
      ...states.map((key) => ({ key, has: (row: GroupFigureRow) => row.state === key, atLeast })),
      ...(['behind', 'retrying', 'idle', 'system'] as const).map((key) => ({ key, has: only[key], atLeast })),
    ],
    missing,
    at: state.at,
  })
  const sparkOf = (name: string) => state.groups.get(name)?.spark.line(now) ?? []
  return { ...page, rows: page.rows.map((row) => ({ ...row, spark: sparkOf(row.name) })) }
}

export const groupView = (
  state: ClusterState,
  group: GroupState,
  owners: ReadonlyMap<string, string>,
  now: number,
): GroupView => {
  const silent = silentNames(state)
  const row = { ...groupRow(state, group, silent, now), spark: group.spark.line(now) }
  return {
    row,
    queues: [...queueRows(state, group, silent, owners, now)],
    configs: configsOf(state, group.name).map(({ broker, config: { group: _, raw: __, ...config } }) => ({
      broker,
      ...config,
    })),
    clients: clientRows(group),
    missing: missingOf(state).filter(touchesGroup(state, group)),
    at: state.at,
  }
}
const touchesGroup =
  (state: ClusterState, group: GroupState) =>
  ({ who }: Missing): boolean =>
    state.brokers.get(who)?.groupConfigs.has(group.name) === true
export const clientRows = (group: GroupState): GroupClientRow[] =>
  (group.clients ?? []).map(({ clientId, address, language, version }) => ({
    clientId,
    address,
    language,
    version: versionText(version),
    protocol: 'remoting',
  }))

/** Every queue of every topic the group reads: also those it never committed to, which say so. */
function* queueRows(
  state: ClusterState,
  group: GroupState,
  silent: ReadonlySet<string>,
  owners: ReadonlyMap<string, string>,
  now: number,
): Iterable<GroupQueueRow> {
  const retry = RETRY_PREFIX + group.name
  const topics = [...topicsOf(group), ...(group.positions.has(retry) ? [retry] : [])]
  const broadcasting = group.model === 'BROADCASTING' ? unknown('broadcasting') : null
  for (const topic of topics) {
    const queues = [...(state.topics.get(topic)?.queues.entries() ?? [])].sort(([, a], [, b]) =>
      a.broker < b.broker ? -1 : a.broker > b.broker ? 1 : a.queueId - b.queueId,
    )
    for (const [key, queue] of queues) {
      const position = group.positions.get(topic)?.get(key)
      const reading: Reading = { topic, key, queue, position }
      const owner = owners.get(`${topic}\n${key}`)
      const never = silent.has(queue.broker) ? unknown('broker-silent') : unknown('never-committed')
      yield {
        topic,
        broker: queue.broker,
        queueId: queue.queueId,
        min: minOf(queue, silent),
        max: maxOf(queue, silent),
        committed:
          broadcasting ??
          (position === undefined || position.committed < 0 || silent.has(queue.broker)
            ? never
            : position.inDoubt && position.committed < queue.max
              ? unknown('broker-silent')
              : known(BigInt(position.committed), position.committedAt)),
        lag: broadcasting ?? lagOf(reading, silent),
        behind: broadcasting ?? behindOf(reading, silent, now),
        owner:
          owner === undefined
            ? owners.size > 0 || group.clients?.length === 0
              ? known(null, state.at)
              : unknown('client-does-not-report')
            : known(owner, state.at),
        lastCommitAt:
          broadcasting ??
          (position === undefined
            ? never
            : known(position.movedAt === 0 ? null : position.movedAt, position.committedAt)),
        outPerSecond:
          broadcasting ??
          (position === undefined ? never : position.inDoubt ? unknown('broker-silent') : position.out.rate),
      }
    }
  }
}
