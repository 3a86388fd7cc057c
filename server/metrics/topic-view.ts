// server/metrics/topic-view.ts: topics as pages see them, from the sampler's state alone.

import type { TopicConfig } from '../admin/types'
import { versionText } from '../admin/versions'
import type { TopicListInput } from '../shared/inputs'
import { isKnown, type Known, known, unknown } from '../shared/known'
import type {
  Page,
  ProducerRow,
  QueueRow,
  Spark,
  TopicBrokerConfig,
  TopicGroupRow,
  TopicMark,
  TopicRow,
  TopicType,
  TopicView,
} from '../shared/views'
import { Adding, keptOf, lagOf, lastStoredOf, maxOf, minOf, rateOf, standingIn, worstBehind } from './figures'
import { groupRow } from './group-view'
import { kindOf } from './kind'
import { missingOf } from './missing'
import {
  type BrokerState,
  type ClusterState,
  type GroupState,
  isWiped,
  queueKey,
  silentNames,
  type TopicState,
} from './state'
import { tablePage } from './table'

const SILENT_TOPIC_MS = 7 * 86_400_000
const PERM_READ = 4
const PERM_WRITE = 2
const types: ReadonlySet<string> = new Set(['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION', 'MIXED', 'LITE', 'PRIORITY'])

/** Groups by the topics they have positions in: made once for a list, not once a row. */
export const groupsByTopic = (state: ClusterState): Map<string, GroupState[]> => {
  const found = new Map<string, GroupState[]>()
  const add = (topic: string, group: GroupState): void => {
    const held = found.get(topic)
    if (held === undefined) found.set(topic, [group])
    else if (held.at(-1) !== group) held.push(group) // it may be told of twice, by a position and a subscription
  }
  for (const group of state.groups.values()) {
    for (const topic of group.positions.keys()) add(topic, group)
    if (group.clients?.length) for (const { topic } of group.subscriptions) add(topic, group)
  }
  return found
}
/** One config per broker name: the member with the smallest id speaks. */
const configsOf = (
  state: ClusterState,
  topic: string,
): { broker: BrokerState; config: NonNullable<ReturnType<BrokerState['topicConfigs']['get']>> }[] => {
  const found: { broker: BrokerState; config: NonNullable<ReturnType<BrokerState['topicConfigs']['get']>> }[] = []
  for (const broker of state.brokers.values()) {
    const config = broker.topicConfigs.get(topic)
    if (config === undefined) continue
    const place = found.findIndex((one) => one.broker.name === broker.name)
    if (place < 0) found.push({ broker, config })
    else if (broker.id < (found[place]?.broker.id ?? 0)) found[place] = { broker, config }
  }
  return found
}
const typeOf = (attributes: Record<string, string> | undefined): TopicType => {
  const type = attributes?.['message.type'] ?? ''
  return types.has(type) ? (type as TopicType) : 'UNSPECIFIED' // the set holds exactly these
}

/** What there is to choose from, by name. */
export const topicNames = (state: ClusterState): { name: string; type: TopicType }[] =>
  [...state.topics.keys()].sort().map((name) => ({ name, type: typeOf(configsOf(state, name)[0]?.config.attributes) }))

/** A row without its hour of points: rows are made of all topics in each turn, their lines of those that are shown. */
export type TopicFigures = Omit<TopicRow, 'spark'>
export const topicRow = (
  state: ClusterState,
  topic: TopicState,
  groups: readonly GroupState[],
  silent: ReadonlySet<string>,
  now: number,
): TopicFigures => {
  const configs = configsOf(state, topic.name)
  const first = configs[0]?.config
  const figures = groups.map((group) => ({ group, figures: standingIn(state, group, silent, now, topic.name) }))
  let worst: (typeof figures)[number] | undefined
  const out = new Adding()
  for (const one of figures) {
    const { lag, outPerSecond } = one.figures
    if (!('unknown' in outPerSecond) || outPerSecond.unknown !== 'never-committed') out.add(outPerSecond)
    if (!isKnown(lag)) continue
    const held = worst?.figures.lag
    if (held === undefined || !isKnown(held) || lag.value > held.value) worst = one
  }
  const inward = new Adding()
  const kept = new Adding()
  let newest: Known<number | null> | undefined
  for (const queue of topic.queues.values()) {
    inward.add(rateOf(queue, silent))
    kept.add(keptOf(queue, silent))
    newest = newer(newest, lastStoredOf(queue, silent))
  }
  const kind = kindOf(state, topic.name)
  const marks: TopicMark[] = []
  const isClosed = configs.some(({ config }) => (config.perm & PERM_WRITE) === 0 || config.writeQueues === 0)
  const isCutOff = configs.length > 0 && configs.every(({ broker }) => isWiped(broker))
  if (kind === 'user' && (isClosed || isCutOff)) marks.push('not-writable')
  const isUneven = ({ readQueues, writeQueues }: TopicConfig): boolean =>
    readQueues !== first?.readQueues || writeQueues !== first.writeQueues
  if (configs.some(({ config }) => isUneven(config))) marks.push('uneven')
  if (kind === 'user' && groups.length === 0) marks.push('no-group')
  if (configs.some(({ broker }) => silent.has(broker.name))) marks.push('broker-silent')
  return {
    name: topic.name,
    kind,
    type: typeOf(first?.attributes),
    readQueues: configs.reduce((sum, { config }) => sum + config.readQueues, 0),
    writeQueues: configs.reduce((sum, { config }) => sum + config.writeQueues, 0),
    perm: first !== undefined && configs.every(({ config }) => config.perm === first.perm) ? first.perm : null,
    order: configs.some(({ config }) => config.order),
    brokers: configs.map(({ broker }) => broker.name),
    marks,
    inPerSecond: inward.total(state.at),
    outPerSecond: out.total(state.at),
    groups: groups.length,
    worstGroup: worst?.group.name ?? null,
    worstLag: worst?.figures.lag ?? figures[0]?.figures.lag ?? { value: 0, missing: 0, at: state.at },
    worstBehind: worstBehind(
      figures.map((one) => one.figures.behind),
      state.at,
    ),
    lastMessageAt: newest ?? known(null, 0),
    kept: kept.total(state.at),
  }
}
/** The newer of two; one that is not known only when neither is. */
const newer = (found: Known<number | null> | undefined, one: Known<number | null>): Known<number | null> => {
  if (found === undefined) return one
  if (!isKnown(one)) return found
  return !isKnown(found) || (one.value ?? 0) > (found.value ?? 0) ? one : found
}

export const topicList = (
  state: ClusterState,
  rows: readonly TopicFigures[],
  input: TopicListInput,
  now: number,
): Page<TopicRow> => {
  const missing = missingOf(state)
  const atLeast = missing.length > 0
  const only = {
    behind: (row: TopicFigures) =>
      (isKnown(row.worstLag) && row.worstLag.value >= 10_000) ||
      (isKnown(row.worstBehind) && row.worstBehind.value >= 60_000),
    nogroup: (row: TopicFigures) => row.groups === 0,
    silent: (row: TopicFigures) =>
      isKnown(row.lastMessageAt) &&
      row.lastMessageAt.value !== null && // what never held a message has not fallen silent
      now - row.lastMessageAt.value > SILENT_TOPIC_MS,
  }
  const ofKind = rows.filter(({ kind }) => input.kind.length === 0 || input.kind.includes(kind))
  const page = tablePage({
    rows: ofKind,
    name: ({ name }) => name,
    q: input.q,
    sort: input.sort,
    defaultSort: 'name',
    columns: {
      name: (row) => row.name,
      type: (row) => row.type,
      queues: (row) => row.writeQueues,
      in: (row) => row.inPerSecond,
      out: (row) => row.outPerSecond,
      groups: (row) => row.groups,
      lag: (row) => row.worstLag,
      behind: (row) => row.worstBehind,
      last: (row) => row.lastMessageAt,
      kept: (row) => row.kept,
    },
    page: input.page,
    size: input.size,
    names: input.names,
    filters: [(row) => input.type.length === 0 || input.type.includes(row.type), ...input.only.map((key) => only[key])],
    facets: [
      ...[...types, 'UNSPECIFIED'].map((key) => ({ key, has: (row: TopicFigures) => row.type === key, atLeast })),
      ...(['behind', 'nogroup', 'silent'] as const).map((key) => ({ key, has: only[key], atLeast })),
    ],
    missing,
    at: state.at,
  })
  // Kinds are counted over all topics: they say what the default view leaves out.
  const counts = { user: 0, retry: 0, dlq: 0, system: 0 }
  for (const name of state.topics.keys()) counts[kindOf(state, name)] += 1
  const kinds = (['user', 'retry', 'dlq', 'system'] as const).map((key) => ({ key, count: counts[key], atLeast }))
  const shown = page.rows.map((row) => ({ ...row, spark: sparkOf(state, row.name, now) }))
  return { ...page, rows: shown, facets: [...kinds, ...page.facets] }
}
export const sparkOf = (state: ClusterState, topic: string, now: number): Spark =>
  state.topics.get(topic)?.spark.line(now) ?? []

export const topicView = (
  state: ClusterState,
  topic: TopicState,
  groups: readonly GroupState[],
  now: number,
): Omit<TopicView, 'inBytesPerSecond' | 'meanSizeBytes' | 'oldestAt' | 'inToday'> => {
  const silent = silentNames(state)
  const row = { ...topicRow(state, topic, groups, silent, now), spark: topic.spark.line(now) }
  const rows = queueRows(state, topic, groups, silent)
  const rates = rows.flatMap(({ inPerSecond }) => (isKnown(inPerSecond) ? [inPerSecond.value] : []))
  const sum = rates.reduce((a, b) => a + b, 0)
  return {
    row,
    queues: rows,
    groups: groups.map((group) => topicGroupRow(state, group, topic.name, silent, now)),
    configs: configsOf(state, topic.name).map(
      ({ broker, config }): TopicBrokerConfig => ({
        broker: broker.name,
        readQueues: config.readQueues,
        writeQueues: config.writeQueues,
        perm: config.perm,
        order: config.order,
        attributes: config.attributes,
        known: silent.has(broker.name) ? unknown('broker-silent') : known(true, broker.topicsAt),
      }),
    ),
    keptMessages: row.kept,
    skew:
      rates.length > 0 && sum > 0
        ? known(Math.max(...rates) / (sum / rates.length), state.at)
        : unknown(rates.length > 0 ? 'no-traffic' : 'no-sample-yet'),
    missing: missingOf(state).filter(({ who }) => state.brokers.get(who)?.topicConfigs.has(topic.name) === true),
    at: state.at,
  }
}
const topicGroupRow = (
  state: ClusterState,
  group: GroupState,
  topic: string,
  silent: ReadonlySet<string>,
  now: number,
): TopicGroupRow => {
  const whole = groupRow(state, group, silent, now)
  const here = standingIn(state, group, silent, now, topic)
  return {
    group: group.name,
    state: whole.state,
    mode: whole.mode,
    clients: whole.clients,
    outPerSecond: here.outPerSecond,
    lag: here.lag,
    behind: here.behind,
    growthPerSecond: whole.growthPerSecond,
    spark: group.spark.line(now),
  }
}
const queueRows = (
  state: ClusterState,
  topic: TopicState,
  groups: readonly GroupState[],
  silent: ReadonlySet<string>,
): QueueRow[] => {
  const perms = new Map(configsOf(state, topic.name).map(({ broker, config }) => [broker.name, config]))
  return [...topic.queues.values()]
    .sort((a, b) => (a.broker < b.broker ? -1 : a.broker > b.broker ? 1 : a.queueId - b.queueId))
    .map((queue) => {
      const config = perms.get(queue.broker)
      const read = config === undefined || queue.queueId < config.readQueues ? PERM_READ : 0
      const write = config === undefined || queue.queueId < config.writeQueues ? PERM_WRITE : 0
      const positions = groups.flatMap((group) => {
        if (group.model === 'BROADCASTING') return []
        const position = group.positions.get(topic.name)?.get(queueKey(queue.broker, queue.queueId))
        if (position === undefined) return []
        const committed: Known<bigint> =
          silent.has(queue.broker) || (position.inDoubt && position.committed < queue.max)
            ? unknown('broker-silent')
            : known(BigInt(position.committed), position.committedAt)
        return [
          {
            group: group.name,
            committed,
            lag: lagOf({ topic: topic.name, key: queueKey(queue.broker, queue.queueId), queue, position }, silent),
          },
        ]
      })
      const lag = (one: (typeof positions)[number]): number => (isKnown(one.lag) ? one.lag.value : -1)
      return {
        broker: queue.broker,
        queueId: queue.queueId,
        perm: (config?.perm ?? 0) & (read | write),
        min: minOf(queue, silent),
        max: maxOf(queue, silent),
        kept: keptOf(queue, silent),
        inPerSecond: rateOf(queue, silent),
        lastStoredAt: lastStoredOf(queue, silent),
        positions: positions.sort((a, b) => lag(b) - lag(a)),
      }
    })
}

/** Producer groups name no topic on the wire: all that are connected to a broker of the topic. */
export const producerRows = (state: ClusterState, topic: string): ProducerRow[] => {
  const found = new Map<string, ProducerRow>()
  for (const broker of state.brokers.values()) {
    if (!broker.topicConfigs.has(topic)) continue
    for (const one of broker.producers) {
      const key = `${one.group}\n${one.clientId}`
      const held = found.get(key)
      if (held !== undefined && held.lastSeenAt >= one.lastSeenAt) continue
      found.set(key, {
        group: one.group,
        clientId: one.clientId,
        address: one.address,
        language: one.language,
        version: versionText(one.version),
        lastSeenAt: one.lastSeenAt,
      })
    }
  }
  return [...found.values()].sort((a, b) => b.lastSeenAt - a.lastSeenAt)
}
