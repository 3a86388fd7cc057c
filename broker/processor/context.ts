// broker/processor/context.ts: what a processor may use to answer a request: the broker's tables, its store, its
// settings. A processor keeps no state of its own; what it must remember belongs to a room below.
import type { BroadcastOffsets } from '../catalog/broadcast-offsets'
import type { FilterScripts } from '../catalog/filter-scripts'
import type { GroupCatalog, OffsetCatalog, TopicCatalog } from '../catalog/types'
import type { MessageFilters } from '../filter/message-filter'
import type { Scripts } from '../filter/scripts'
import type { Replication } from '../ha/types'
import type { Connection, Reply } from '../net/types'
import type { Pop, PopSettings, RequestMode } from '../pop/types'
import type { MessageQueue } from '../protocol/bodies'
import type { Command, ExtFields } from '../protocol/command'
import type { TimedMessages } from '../schedule/timer-types'
import type { DelayLevels, PreparedMessages } from '../schedule/types'
import type { ColdReads } from '../session/cold-reads'
import type { Consumers, HeldPulls, Producers, QueueLocks } from '../session/types'
import type { MessageStore } from '../store/types'

export interface BrokerIdentity {
  readonly clusterName: string
  readonly brokerName: string
  readonly brokerId: number
  /** `ip:port` that clients use: brokerIP1 and listenPort. */
  readonly address: string
  /** `ip:port` for slaves: brokerIP2 and haListenPort. */
  readonly haAddress: string
  /** ip (4 or 16 bytes) and port as i32, as records and ids hold it. */
  readonly storeHost: Buffer
}

/** The settings that processors read, by Apache's names and in its units. Read at each use: many change while running. */
export interface BrokerSettings extends PopSettings {
  readonly brokerRole: 'ASYNC_MASTER' | 'SYNC_MASTER' | 'SLAVE'
  readonly brokerPermission: number
  readonly autoCreateTopicEnable: boolean
  readonly defaultTopicQueueNums: number
  readonly autoCreateSubscriptionGroup: boolean
  readonly traceTopicEnable: boolean
  readonly msgTraceTopicName: string
  readonly regionId: string
  readonly traceOn: boolean
  readonly longPollingEnable: boolean
  readonly shortPollingTimeMills: number
  readonly litePullMessageEnable: boolean
  readonly slaveReadEnable: boolean
  readonly offsetCheckInSlave: boolean
  readonly enablePropertyFilter: boolean
  readonly enableBroadcastOffsetStore: boolean
  readonly enableTopicMessageTypeCheck: boolean
  readonly notifyConsumerIdsChangedEnable: boolean
  /** Milliseconds without a heartbeat after which a client is dropped. */
  readonly channelExpiredTimeout: number
  readonly rejectTransactionMessage: boolean
  readonly transactionTimeOut: number
  readonly storeReplyMessageEnable: boolean
  readonly useServerSideResetOffset: boolean
  readonly maxMessageSize: number
  readonly defaultQueryMaxNum: number
  readonly maxMsgsNumBatch: number
  readonly messageDelayLevel: string
  readonly timerWheelEnable: boolean
  readonly timerMaxDelaySec: number
  readonly timerCongestNumEachSlot: number
  readonly recallMessageEnable: boolean
  readonly allowRecallWhenBrokerNotWriteable: boolean
  readonly appendTopicForTimerDeleteKey: boolean
  readonly startAcceptSendRequestTimeStamp: number
  readonly initPopOffsetByCheckMsgInMem: boolean
  readonly popFromRetryProbability: number
  readonly popFromRetryProbabilityForPriority: number
  readonly priorityOrderAsc: boolean
  readonly retrieveMessageFromPopRetryTopicV1: boolean
  readonly popResponseReturnActualRetryTopic: boolean
  readonly serverLoadBalancerEnable: boolean
  readonly defaultMessageRequestMode: RequestMode
  readonly defaultPopShareQueueNum: number
}

/** What happened, to be counted. Cheap: called for every message. Names as in semantics.md 19 are the implementer's business. */
export interface BrokerCounters {
  /** Messages stored in a queue. */
  put(topic: string, queueId: number, messages: number, bytes: number, latencyMs: number): void
  putFailed(topic: string): void
  /** Messages handed to a consumer. */
  got(group: string, topic: string, queueId: number, messages: number, bytes: number, latencyMs: number): void
  sentBack(group: string, topic: string): void
  deadLettered(group: string, topic: string): void
  /** A processor threw, or a request was not understood. */
  requestFailed(code: number): void
  topicRemoved(topic: string): void
  groupRemoved(group: string): void
}

/** Tells the name servers; implemented by `peer`. */
export interface Routes {
  /** Resolves when every name server was told (or did not answer in time) about topics that changed or vanished. */
  topicsChanged(topics: readonly string[]): Promise<void>
  /** All readable queues of a topic on all brokers; undefined when no name server knows it. */
  queuesOf(topic: string): Promise<readonly MessageQueue[] | undefined>
  /** Asks the master of another name that has the topic. Rejects when it is not known or does not answer in time. */
  askMaster(brokerName: string, topic: string, code: number, ext: ExtFields): Promise<Command>
}

/** A slave in the place of its master; a master never is. */
export interface ActingMaster {
  readonly isActing: boolean
  /** A name server says that somebody under this name came or went. */
  look(): void
  /** Resolves when it acts no longer, and lets the master come. */
  masterComes(): Promise<void>
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface BrokerContext {
  readonly identity: BrokerIdentity
  readonly settings: BrokerSettings
  readonly store: MessageStore
  readonly topics: TopicCatalog
  readonly groups: GroupCatalog
  readonly offsets: OffsetCatalog
  readonly broadcasts: BroadcastOffsets
  readonly filters: MessageFilters
  readonly filterScripts: FilterScripts
  readonly scripts: Scripts
  readonly consumers: Consumers
  readonly producers: Producers
  readonly locks: QueueLocks
  readonly heldPulls: HeldPulls
  readonly coldReads: ColdReads
  readonly delays: DelayLevels
  readonly timers: TimedMessages
  readonly prepared: PreparedMessages
  readonly pop: Pop
  readonly counters: BrokerCounters
  readonly routes: Routes
  readonly ha: Replication
  readonly acting: ActingMaster
  readonly startedAtMs: number
  readonly clock: () => number
  readonly log: (level: LogLevel, line: string) => void
}

/** undefined: the processor answers by itself, later or never. */
export type Answer = Reply | undefined
export type Handler = (request: Command, connection: Connection, broker: BrokerContext) => Answer | Promise<Answer>
export type HandlerTable = Readonly<Record<number, Handler>>
