// server/metrics/broker-view.ts: brokers as pages see them. A silent broker keeps its last figures, whose age tells.

import { configEntry } from '../shared/broker-config'
import { type Known, known, unknown } from '../shared/known'
import type { BrokerRow, BrokerView, Page, PartView, RuntimeEntry } from '../shared/views'
import { drainOf } from './drain'
import { missingOf } from './missing'
import { type BrokerState, type ClusterState, isWiped, readFrom } from './state'

/** A figure of the runtime table; absent keys are not supported by this broker's version. */
export const runtimeNumber = (broker: BrokerState, key: string): Known<number> => {
  if (broker.runtimeAt === 0) return unknown(broker.state === 'silent' ? 'broker-silent' : 'no-sample-yet')
  const text = broker.runtime[key]
  if (text === undefined || text === '') return unknown('not-supported')
  const value = Number(text.split(' ')[0])
  return Number.isFinite(value) ? known(value, broker.runtimeAt) : unknown('not-supported')
}
/** The ratio at which the broker begins to clean, from its config. */
export const cleanRatio = (broker: BrokerState): Known<number> => {
  const value = Number(broker.config.diskMaxUsedSpaceRatio)
  return Number.isFinite(value) && broker.configAt > 0 ? known(value / 100, broker.configAt) : unknown('no-sample-yet')
}
/** Above this share of its disk a broker takes no messages: a setting, which brokers hold between 35 and 90 %. */
export const fullRatio = ({ config }: BrokerState): number => {
  const percent = Number(config.diskSpaceWarningLevelRatio)
  return Math.min(90, Math.max(35, Number.isFinite(percent) ? percent : 90)) / 100
}
/** What was true of the moment before the broker fell silent is told to be unknown, not kept as if it went on. */
const living = <T>(broker: BrokerState, figure: Known<T>): Known<T> =>
  broker.state === 'silent' ? unknown('broker-silent') : figure

export const brokerRow = (state: ClusterState, broker: BrokerState, part: PartView | null): BrokerRow => {
  const master = broker.id === 0
  const behind = master ? unknown('not-supported') : slaveBehind(state, broker)
  return {
    key: broker.key,
    name: broker.name,
    id: broker.id,
    wireCluster: broker.wireCluster,
    role: master ? 'master' : 'slave',
    address: broker.address,
    version:
      broker.runtime.brokerVersionDesc === undefined
        ? unknown(broker.state === 'silent' ? 'broker-silent' : 'no-sample-yet')
        : known(broker.runtime.brokerVersionDesc, broker.runtimeAt),
    state: broker.state,
    silentSinceMs: broker.silentSinceMs,
    startedAt: living(broker, runtimeNumber(broker, 'bootTimestamp')),
    inPerSecond: living(broker, broker.in.rate),
    outPerSecond: living(broker, broker.out.rate),
    inBytesPerSecond: living(broker, broker.inBytes.rate),
    outBytesPerSecond: unknown('not-supported'),
    putP99Ms: runtimeNumber(broker, 'putLatency99'),
    diskRatio: runtimeNumber(broker, 'commitLogDiskRatio'),
    diskCleanRatio: cleanRatio(broker),
    commitLogBytes: commitLogBytes(broker),
    sendQueue: living(broker, runtimeNumber(broker, 'sendThreadPoolQueueSize')),
    pullQueue: living(broker, runtimeNumber(broker, 'pullThreadPoolQueueSize')),
    sendHeadWaitMs: living(broker, runtimeNumber(broker, 'sendThreadPoolQueueHeadWaitTimeMills')),
    pullHeadWaitMs: living(broker, runtimeNumber(broker, 'pullThreadPoolQueueHeadWaitTimeMills')),
    pageCacheBusyMs: living(broker, runtimeNumber(broker, 'pageCacheLockTimeMills')),
    slaveBehindBytes: behind,
    writable: master ? living(broker, writable(broker)) : null,
    refusesSends:
      master && broker.state === 'ok' && isOver(runtimeNumber(broker, 'commitLogDiskRatio'), fullRatio(broker)),
    part,
  }
}
const isOver = (figure: Known<number>, limit: number): boolean => 'value' in figure && figure.value > limit
const commitLogBytes = (broker: BrokerState): Known<number> => {
  const min = runtimeNumber(broker, 'commitLogMinOffset')
  const max = runtimeNumber(broker, 'commitLogMaxOffset')
  return 'value' in min && 'value' in max ? known(Math.max(0, max.value - min.value), max.at) : max
}
/** Whether routes send producers here: what the name server tells of the broker's own topic. */
const writable = (broker: BrokerState): Known<boolean> =>
  broker.routePerm === null ? unknown('no-sample-yet') : known((broker.routePerm & 2) !== 0, broker.routeAt)
const slaveBehind = (state: ClusterState, slave: BrokerState): Known<number> => {
  const master = [...state.brokers.values()].find((one) => one.name === slave.name && one.id === 0)
  if (master === undefined || master.runtimeAt === 0) return unknown('broker-silent')
  const theirs = runtimeNumber(master, 'commitLogMaxOffset')
  const ours = runtimeNumber(slave, 'commitLogMaxOffset')
  return 'value' in theirs && 'value' in ours
    ? known(Math.max(0, theirs.value - ours.value), Math.min(theirs.at, ours.at))
    : ours
}

export const brokerList = (state: ClusterState, partOf: (broker: BrokerState) => PartView | null): Page<BrokerRow> => {
  const rows = [...state.brokers.values()]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id))
    .map((broker) => brokerRow(state, broker, partOf(broker)))
  return {
    rows,
    total: rows.length,
    matched: rows.length,
    page: 1,
    size: rows.length,
    facets: [],
    missing: missingOf(state),
    at: Math.min(...rows.map(({ key }) => state.brokers.get(key)?.runtimeAt ?? 0), state.at),
  }
}

const groupsOfKeys: readonly (readonly [RegExp, RuntimeEntry['group']])[] = [
  [/Latency|EntireTimeMax|DistributeTime|pageCacheLock/, 'latency'],
  [/ThreadPool|QueueSize|QueueCapacity/, 'queues'],
  [/Tps$|^msg|putMessage|getMessage/, 'traffic'],
  [/^(commitLog|consumeQueue)|Disk|earliest|dispatch|remain/, 'storage'],
  [/schedule|timer/i, 'schedule'],
  [/memory|heap|gc/i, 'memory'],
]
export const brokerView = (
  state: ClusterState,
  broker: BrokerState,
  part: PartView | null,
  now: number,
): BrokerView => {
  const { ha } = broker
  return {
    row: brokerRow(state, broker, part),
    runtime:
      broker.runtimeAt === 0
        ? unknown(broker.state === 'silent' ? 'broker-silent' : 'no-sample-yet')
        : known(
            Object.entries(broker.runtime)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, value]) => ({
                key,
                value,
                group: groupsOfKeys.find(([pattern]) => pattern.test(key))?.[1] ?? 'other',
              })),
            broker.runtimeAt,
          ),
    config:
      broker.configAt === 0
        ? unknown(broker.state === 'silent' ? 'broker-silent' : 'no-sample-yet')
        : known(
            Object.entries(broker.config)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, value]) => configEntry(key, value)),
            broker.configAt,
          ),
    replication:
      ha === null
        ? unknown(broker.id === 0 ? 'no-sample-yet' : 'not-supported')
        : known({ slaves: ha.slaves, inSync: ha.inSync, masterOffset: ha.masterOffset }, broker.haAt),
    failover: failoverOf(state, broker),
    copy: copyOf(broker),
    onlyMasterOf: onlyMasterOf(state, broker),
    readFrom: readFrom(state, broker).map(({ key }) => key),
    drain: isWiped(broker) ? drainOf(state, broker, runtimeNumber(broker, 'timerCongestNum')) : null,
    at: now,
  }
}
/** What the controller said last to any of the name: one that does not answer stands in it too. */
const failoverOf = (state: ClusterState, { name }: BrokerState): BrokerView['failover'] => {
  let newest: BrokerState | undefined
  for (const one of state.brokers.values())
    if (one.name === name && one.replicas !== null && one.haAt >= (newest?.haAt ?? 0)) newest = one
  return newest?.replicas ?? null
}
const copyOf = (broker: BrokerState): BrokerView['copy'] => {
  if (broker.runtimeAt === 0) return unknown(broker.state === 'silent' ? 'broker-silent' : 'no-sample-yet')
  const { replicationState, replicationMaster, replicationTrouble, actingMaster } = broker.runtime
  if (replicationState === undefined) return unknown('not-supported')
  const copy = {
    master: replicationMaster || null,
    isCopying: replicationState === 'copying',
    trouble: replicationTrouble || null,
    acts: actingMaster === 'true',
  }
  return known(copy, broker.runtimeAt)
}
/** Topics that nobody could be sent to without this broker. */
export const onlyMasterOf = (state: ClusterState, broker: BrokerState): string[] => {
  if (broker.id !== 0) return []
  const others = [...state.brokers.values()].filter(
    (one) => one.id === 0 && one.key !== broker.key && one.state === 'ok',
  )
  const writes = (one: BrokerState, topic: string): boolean => ((one.topicConfigs.get(topic)?.perm ?? 0) & 2) !== 0
  return [...broker.topicConfigs.keys()].filter(
    (topic) => writes(broker, topic) && !others.some((one) => writes(one, topic)),
  )
}
