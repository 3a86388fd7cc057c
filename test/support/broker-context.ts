// test/support/broker-context.ts: a broker's tables around a store of plain arrays, for handlers under test. Catalog,
// sessions, settings and statistics are the real ones; only disk, sockets and name servers are not there.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openBroadcastOffsets } from '../../broker/catalog/broadcast-offsets'
import { openFilterScripts } from '../../broker/catalog/filter-scripts'
import { openGroups } from '../../broker/catalog/groups'
import { openOffsets } from '../../broker/catalog/offsets'
import { openTopics } from '../../broker/catalog/topics'
import { type BrokerConfig, openBrokerConfig } from '../../broker/config/broker-config'
import { createMessageFilters } from '../../broker/filter/message-filter'
import { createScripts } from '../../broker/filter/scripts'
import type { Connection, Reply } from '../../broker/net/types'
import { openPop } from '../../broker/pop/open'
import { adminHandlers } from '../../broker/processor/admin-table'
import type { BrokerContext } from '../../broker/processor/context'
import { createProcessor } from '../../broker/processor/table'
import type { Command, ExtFields } from '../../broker/protocol/command'
import { encodeHost } from '../../broker/protocol/host'
import { createColdReads } from '../../broker/session/cold-reads'
import { createConsumers } from '../../broker/session/consumers'
import { createHeldPulls } from '../../broker/session/held-pulls'
import { createProducers } from '../../broker/session/producers'
import { createQueueLocks } from '../../broker/session/queue-locks'
import { type BrokerStatistics, openStatistics } from '../../broker/stats/statistics'
import type { MessageStore } from '../../broker/store/types'
import { temporaryFolder } from './folders'

export interface TestBroker {
  readonly broker: BrokerContext
  readonly config: BrokerConfig
  readonly statistics: BrokerStatistics & { tick(): void }
  readonly clock: { nowMs: number }
  /** Topics that the name servers were told about, in order. */
  readonly told: string[]
  readonly lines: string[]
  /** Puts `count` messages into a queue, a second apart, the first at `firstMs`. */
  fill(topic: string, queueId: number, count: number, firstMs: number): void
  /** Asks as a tool does, through the processor table, and answers with the reply. */
  ask(code: number, ext?: ExtFields, body?: string | Buffer, more?: Partial<Command>): Promise<Answered>
  close(): Promise<void>
}
export interface Answered {
  readonly code: number
  readonly remark: string | null
  readonly ext: ExtFields
  readonly text: string
}

export async function openTestBroker(properties: Record<string, string> = {}): Promise<TestBroker> {
  const rootDir = temporaryFolder('broker')
  const configDir = join(rootDir, 'config')
  mkdirSync(configDir, { recursive: true })
  const clock = { nowMs: 1_700_000_000_000 }
  const now = () => clock.nowMs
  const lines: string[] = []
  const log = (level: string, line: string) => void lines.push(`${level} ${line}`)
  const config = openBrokerConfig({ properties, preset: { storePathRootDir: rootDir }, clock: now, log })
  const { values } = config
  const identity = {
    clusterName: values.brokerClusterName,
    brokerName: values.brokerName,
    brokerId: 0,
    address: '127.0.0.1:10911',
    haAddress: '127.0.0.1:10912',
    storeHost: encodeHost('127.0.0.1', 10_911),
  }
  const topics = await openTopics({
    configDir,
    clock: now,
    log,
    clusterName: identity.clusterName,
    brokerName: identity.brokerName,
    autoCreateTopicEnable: true,
    defaultTopicQueueNums: 8,
    traceTopicEnable: true,
    msgTraceTopicName: values.msgTraceTopicName,
    timerWheelEnable: true,
  })
  const groups = await openGroups({ configDir, clock: now, log, mayCreate: () => values.autoCreateSubscriptionGroup })
  const offsets = await openOffsets({ configDir, clock: now, log, saveIntervalMs: 3_600_000 })
  const statistics = openStatistics({
    clusterName: identity.clusterName,
    isSystem: (topic) => topics.isSystem(topic),
    perQueue: () => true,
    clock: now,
    timer: false,
  })
  const told: string[] = []
  const times = new Map<string, number[]>()
  const timers: BrokerContext['timers'] = {
    precisionMs: 1000,
    waitingAt: () => 0,
    waitingBySpan: () => new Map(),
    figures: () => ({ readBehindSec: 1, offsetBehind: 2, waiting: 3, enqueuedPerSec: 4.5, deliveredPerSec: 5 }),
    isDone: () => true,
    doneElsewhere: () => {},
    checkpoint: () => Buffer.alloc(56, 7),
    countsJson: () => '{"timingCount":{"T":{"count":3,"timeStamp":9}}}',
    topicRemoved: () => {},
    note: async () => {},
    rested: async () => {},
    start: () => {},
    pause: async () => {},
    stop: async () => {},
  }
  const store = arrayStore(times)
  const pop = await openPop({
    ...identity,
    configDir,
    settings: values,
    store,
    topics,
    groups,
    offsets,
    timers,
    clock: now,
    log,
    onTopicMade: () => {},
    onStored: () => {},
  })
  const consumers = createConsumers({ clock: now, log })
  const broadcasts = openBroadcastOffsets({
    offsets,
    beginOf: (topic, queueId) => store.maxOffset(topic, queueId),
    isOnline: (group, clientId) => consumers.channelOf(group, clientId) !== undefined,
    expireMs: () => values.broadcastOffsetExpireSecond * 1000,
    expireOnlineMs: () => values.broadcastOffsetExpireMaxSecond * 1000,
    clock: now,
  })
  const scripts = createScripts({ start: () => never(), clock: now, log })
  const broker: BrokerContext = {
    identity,
    settings: values,
    store,
    topics,
    groups,
    offsets,
    broadcasts,
    filters: createMessageFilters(),
    filterScripts: await openFilterScripts({ configDir, log }),
    scripts,
    consumers,
    producers: createProducers({ clock: now, log }),
    locks: createQueueLocks({ clock: now }),
    heldPulls: createHeldPulls({ clock: now, maxCount: 100 }),
    coldReads: createColdReads({ settings: values, clock: now }),
    ha: { slaves: [], copy: undefined, follow: () => {} },
    acting: { isActing: false, look: () => {}, masterComes: async () => {} },
    timers,
    delays: {
      max: 18,
      delayMs: () => 1000,
      progress: () => [{ level: 3, deliveredTo: 5, maxOffset: 7 }],
      toJson: () => '{"offsetTable":{3:5}}',
      replaceAll: () => {},
      start: () => {},
      pause: async () => {},
      stop: async () => {},
    },
    prepared: {
      hold: never,
      at: async () => undefined,
      waitsAs: never,
      isWaiting: never,
      settle: never,
      liesInQueue: never,
      resume: never,
      settingsChanged: () => {},
      start: () => {},
      stop: async () => {},
    },
    pop,
    counters: statistics,
    routes: {
      topicsChanged: async (names) => {
        told.push(...names)
      },
      queuesOf: async () => undefined,
      askMaster: never,
    },
    startedAtMs: clock.nowMs - 3_723_000,
    clock: now,
    log,
  }
  const processor = createProcessor(broker, [adminHandlers({ config, statistics })])
  return {
    broker,
    config,
    statistics,
    clock,
    told,
    lines,
    fill(topic, queueId, count, firstMs) {
      const held = times.get(`${topic}@${queueId}`) ?? []
      for (let i = 0; i < count; i++) held.push(firstMs + i * 1000)
      times.set(`${topic}@${queueId}`, held)
    },
    ask: (code, ext = {}, body = '', more = {}) =>
      new Promise((resolve) => {
        const connection = testConnection((reply) => resolve(answered(reply)))
        processor(testCommand(code, ext, body, more), connection)
      }),
    async close() {
      statistics.close()
      broadcasts.close()
      broker.heldPulls.close()
      broker.coldReads.close()
      await pop.stop()
      await Promise.all([topics.close(), groups.close(), offsets.close()])
    },
  }
}

export const testCommand = (
  code: number,
  ext: ExtFields,
  body: string | Buffer = '',
  more: Partial<Command> = {},
): Command => ({
  code,
  language: 'JAVA',
  version: 513,
  opaque: 1,
  flag: 0,
  remark: null,
  ext,
  body: Buffer.from(body),
  form: 0,
  ...more,
})

const answered = ({ code, remark = null, ext = {}, body = Buffer.alloc(0) }: Reply): Answered => ({
  code,
  remark,
  ext,
  text: (Buffer.isBuffer(body) ? body : Buffer.concat([...body])).toString('utf8'),
})

let connections = 0
/** A peer that keeps what it is told; `request` answers what `answer` says. */
export function testConnection(
  onReply: (reply: Reply) => void = () => {},
  answer: (code: number, ext: ExtFields, body: Buffer | undefined) => Promise<Command> = () =>
    Promise.reject(new Error('this peer answers nothing')),
): Connection & { readonly sent: { code: number; ext: ExtFields; body: Buffer | undefined }[] } {
  const sent: { code: number; ext: ExtFields; body: Buffer | undefined }[] = []
  connections += 1
  return {
    id: connections,
    remoteAddress: `127.0.0.1:${50_000 + connections}`,
    remoteHost: encodeHost('127.0.0.1', 50_000 + connections),
    closed: false,
    unsentBytes: 0,
    sent,
    reply: (_request, reply) => onReply(reply),
    request: (code, ext, body) => answer(code, ext, body),
    oneway: (code, ext, body) => void sent.push({ code, ext, body }),
    close: () => {},
  }
}

const never = (): never => {
  throw new Error('the store of arrays cannot do this')
}

/** Times of the messages by `topic@queueId`; what handlers do not ask throws. */
function arrayStore(times: Map<string, number[]>): MessageStore {
  const of = (topic: string, queueId: number): number[] => times.get(`${topic}@${queueId}`) ?? []
  const queuesOf = (topic: string): number[] =>
    [...times.keys()].filter((key) => key.startsWith(`${topic}@`)).map((key) => Number(key.split('@')[1]))
  return {
    append: never,
    appendBatch: never,
    whenSafe: never,
    get: never,
    recordAt: async () => undefined,
    beforeRemoval: () => {},
    minOffset: () => 0,
    maxOffset: (topic, queueId) => of(topic, queueId).length,
    offsetByTime: async (topic, queueId, atMs) => {
      const at = of(topic, queueId).findIndex((time) => time >= atMs)
      return at < 0 ? of(topic, queueId).length : at
    },
    storeTimeOf: async (topic, queueId, offset) => of(topic, queueId)[offset] ?? -1,
    earliestStoreTime: async (topic, queueId) => of(topic, queueId)[0] ?? -1,
    inMemory: () => true,
    unitAt: async (topic, queueId, offset) =>
      offset < of(topic, queueId).length
        ? { commitLogOffset: offset * 100, sizeBytes: 100, tagsCode: offset }
        : undefined,
    query: never,
    onArrival: () => {},
    queuesOf,
    deleteTopic: async (topic) => {
      for (const queueId of queuesOf(topic)) times.delete(`${topic}@${queueId}`)
    },
    get topics() {
      return new Set([...times.keys()].map((key) => key.split('@')[0] ?? ''))
    },
    ledger: {
      segmentBytes: 1024 * 1024,
      isEmpty: false,
      read: never,
      onConfirmed: never,
      copiesMoved: never,
      copy: never,
      beginAt: never,
      newest: () => undefined,
    },
    commitLog: { minOffset: 0, tail: 2048, writtenTo: 2048, flushedTo: 1024, confirmOffset: 2048, dispatchedTo: 2048 },
    statistics: {
      putTimes: 4,
      putFailedTimes: 1,
      putSizeBytes: 1000,
      putEntireTimeMaxMs: 12,
      getEntireTimeMaxMs: 3,
      putDistribution: [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      getFoundTimes: 0,
      getMissTimes: 0,
      getTransferredMessages: 0,
      tps: () => '1.0 2.0 3.0',
      commitLogDiskRatio: 0.16,
      consumeQueueDiskRatio: 0.16,
      flushP99Ms: 1.5,
      logWriteMs: 0,
    },
    writable: { ok: true },
    setFlushPolicy: () => {},
    cleanExpiredConsumeQueues: async () => 0,
    deleteExpiredCommitLog: async () => 0,
    close: async () => {},
  }
}
