// broker/processor/runtime-info.ts: what code 28 answers: the keys that mqadmin, dashboards and exporters parse, in Apache's
// forms of numbers. A queue that does not exist here is told as what it is: empty.
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrokerValues } from '../config/broker-config'
import { versionName } from '../protocol/codes'
import { javaDouble } from '../protocol/json'
import { peek } from '../protocol/record'
import type { TimerFigures } from '../schedule/timer-types'
import type { StoreStatistics } from '../store/types'
import type { AdminParts } from './admin-table'
import type { BrokerContext } from './context'

export async function runtimeInfo(broker: BrokerContext, parts: AdminParts): Promise<Map<string, string>> {
  const info = new Map<string, string>()
  const add = (rows: Readonly<Record<string, string | number>>): void => {
    for (const [key, value] of Object.entries(rows)) info.set(key, String(value))
  }
  const { values } = parts.config
  const { store } = broker
  add(storeCounters(store.statistics))
  const folder = values.storePathCommitLog ?? join(values.storePathRootDir ?? '', 'commitlog')
  const { commitLogDiskRatio, consumeQueueDiskRatio } = store.statistics
  add({
    bootTimestamp: broker.startedAtMs,
    runtime: showSpan(broker.clock() - broker.startedAtMs),
    putLatency99: parts.statistics.putLatencyMs(0.99).toFixed(2),
    putLatency999: parts.statistics.putLatencyMs(0.999).toFixed(2),
    commitLogDiskRatio: showRatio(commitLogDiskRatio),
    [`commitLogDiskRatio_${folder}`]: showRatio(commitLogDiskRatio),
    consumeQueueDiskRatio: showRatio(consumeQueueDiskRatio),
    commitLogMinOffset: store.commitLog.tail === 0 ? -1 : store.commitLog.minOffset,
    commitLogMaxOffset: store.commitLog.tail,
    dispatchMaxBuffer: 0,
    dispatchBehindBytes: Math.max(0, store.commitLog.confirmOffset - store.commitLog.dispatchedTo),
    earliestMessageTimeStamp: await earliestMessage(broker),
    remainHowManyDataToFlush: showBytes(store.commitLog.tail - store.commitLog.flushedTo),
    remainTransientStoreBufferNumbs: 2_147_483_647,
  })
  // there is no pool: what came in a turn is handed to the system at its end
  if (values.transientStorePoolEnable) add({ remainHowManyDataToCommit: showBytes(0) })
  for (const { level, deliveredTo, maxOffset } of broker.delays.progress()) {
    info.set(`scheduleMessageOffset_${level}`, `${deliveredTo},${maxOffset}`)
  }
  const { totals } = parts.statistics
  add({
    brokerActive: 'true',
    brokerVersionDesc: versionName,
    msgPutTotalYesterdayMorning: totals.putYesterdayMorning,
    msgPutTotalTodayMorning: totals.putThisMorning,
    msgPutTotalTodayNow: totals.putNow,
    msgGetTotalYesterdayMorning: totals.getYesterdayMorning,
    msgGetTotalTodayMorning: totals.getThisMorning,
    msgGetTotalTodayNow: totals.getNow,
    pageCacheLockTimeMills: Math.round(store.statistics.logWriteMs),
    startAcceptSendRequestTimeStamp: values.startAcceptSendRequestTimeStamp,
    ...timerFigures(broker.timers.figures()),
    ...requestQueues(values),
  })
  add(copyFigures(broker))
  add(ownFigures(store.statistics, parts.connectionCount?.()))
  const capacity = await capacityOf(values.storePathRootDir)
  if (capacity !== undefined) info.set('commitLogDirCapacity', capacity)
  return info
}

/** What a slave says beyond what Apache's does: whose log it copies, and why it does not. */
const copyFigures = ({ ha: { copy }, acting }: BrokerContext): Record<string, string> =>
  copy === undefined
    ? {}
    : {
        replicationMaster: copy.masterAddress ?? '',
        replicationState: copy.isConnected && copy.trouble === null ? 'copying' : 'waiting',
        replicationTrouble: copy.trouble ?? '',
        actingMaster: String(acting.isActing),
      }

/** What Apache's broker does not tell, and who looks for a bottleneck asks: how fast the disk is, how many sockets are open. */
const ownFigures = ({ flushP99Ms }: StoreStatistics, connectionCount: number | undefined): Record<string, string> => ({
  ...(flushP99Ms === null ? {} : { flushLatency99: flushP99Ms.toFixed(2) }),
  ...(connectionCount === undefined ? {} : { connectionCount: String(connectionCount) }),
})

const buckets = [
  '<=0ms',
  '0~10ms',
  '10~50ms',
  '50~100ms',
  '100~200ms',
  '200~500ms',
  '500ms~1s',
  '1~2s',
  '2~3s',
  '3~4s',
  '4~5s',
  '5~10s',
  '10s~',
]

const storeCounters = (counted: StoreStatistics): Record<string, string | number> => ({
  putMessageEntireTimeMax: counted.putEntireTimeMaxMs,
  putMessageTimesTotal: counted.putTimes,
  putMessageFailedTimes: counted.putFailedTimes,
  putMessageSizeTotal: counted.putSizeBytes,
  putMessageDistributeTime: buckets.map((name, at) => `[${name}]:${counted.putDistribution[at] ?? 0} `).join(''),
  putMessageAverageSize: javaDouble(counted.putTimes > 0 ? counted.putSizeBytes / counted.putTimes : 0),
  getMessageEntireTimeMax: counted.getEntireTimeMaxMs,
  putTps: counted.tps('put'),
  getFoundTps: counted.tps('getFound'),
  getMissTps: counted.tps('getMiss'),
  getTotalTps: counted.tps('getTotal'),
  getTransferredTps: counted.tps('getTransferred'),
})

const timerFigures = (figures: TimerFigures): Record<string, string | number> => ({
  timerReadBehind: figures.readBehindSec,
  timerOffsetBehind: figures.offsetBehind,
  timerCongestNum: figures.waiting,
  timerEnqueueTps: javaDouble(figures.enqueuedPerSec),
  timerDequeueTps: javaDouble(figures.deliveredPerSec),
})

/** A request is answered in the loop turn that reads it: nothing waits in a queue, whatever its capacity is set to. */
const requestQueues = (values: BrokerValues): Record<string, number> => ({
  sendThreadPoolQueueSize: 0,
  sendThreadPoolQueueCapacity: values.sendThreadPoolQueueCapacity,
  sendThreadPoolQueueHeadWaitTimeMills: 0,
  pullThreadPoolQueueSize: 0,
  pullThreadPoolQueueCapacity: values.pullThreadPoolQueueCapacity,
  pullThreadPoolQueueHeadWaitTimeMills: 0,
  litePullThreadPoolQueueSize: 0,
  litePullThreadPoolQueueCapacity: values.litePullThreadPoolQueueCapacity,
  litePullThreadPoolQueueHeadWaitTimeMills: 0,
  queryThreadPoolQueueSize: 0,
  queryThreadPoolQueueCapacity: values.queryThreadPoolQueueCapacity,
  queryThreadPoolQueueHeadWaitTimeMills: 0,
  ackThreadPoolQueueSize: 0,
  ackThreadPoolQueueCapacity: values.ackThreadPoolQueueCapacity,
  ackThreadPoolQueueHeadWaitTimeMills: 0,
  EndTransactionQueueSize: 0,
  EndTransactionThreadPoolQueueCapacity: values.endTransactionPoolQueueCapacity,
})

async function earliestMessage({ store }: BrokerContext): Promise<number> {
  const { minOffset, tail } = store.commitLog
  if (minOffset >= tail) return -1
  const record = await store.recordAt(minOffset)
  return record ? peek.storeTimestampMs(record, 0) : -1
}

/** Whole per cents, rounded up, as a fraction. */
const showRatio = (ratio: number): string => javaDouble(Math.ceil(ratio * 100) / 100)

export function showSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  return `[ ${days} days, ${hours} hours, ${minutes} minutes, ${seconds % 60} seconds ]`
}

export function showBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.max(0, bytes)} B`
  const power = Math.min(6, Math.floor(Math.log(bytes) / Math.log(1024)))
  return `${(bytes / 1024 ** power).toFixed(1)} ${'KMGTPE'[power - 1]}iB`
}

async function capacityOf(folder: string | null): Promise<string | undefined> {
  if (folder === null) return undefined
  try {
    const { blocks, bfree, bsize } = await statfs(folder)
    return `Total : ${showBytes(blocks * bsize)}, Free : ${showBytes(bfree * bsize)}.`
  } catch {
    return undefined // the folder is on its way; Apache leaves the key out then, too
  }
}
