// server/admin/types.ts: what brokers and name servers answer, as values. Offsets that a person may act on are bigint;
// tables the sampler reads by the thousand hold numbers (exact up to 2^53).

export interface BrokerAddress {
  wireCluster: string
  name: string
  id: number
  address: string
}
export interface RouteQueue {
  broker: string
  readQueues: number
  writeQueues: number
  perm: number
}
export interface Route {
  brokers: BrokerAddress[]
  queues: RouteQueue[]
}
export interface TopicConfig {
  topic: string
  readQueues: number
  writeQueues: number
  perm: number
  order: boolean
  sysFlag: number
  filterType: string
  attributes: Record<string, string>
}
export interface GroupConfig {
  group: string
  consumeEnable: boolean
  consumeFromMinEnable: boolean
  consumeBroadcastEnable: boolean
  consumeMessageOrderly: boolean
  retryQueueNums: number
  retryMaxTimes: number
  brokerId: number
  whichBrokerWhenConsumeSlowly: number
  notifyConsumerIdsChangedEnable: boolean
  consumeTimeoutMinute: number
  attributes: Record<string, string>
  /** Everything the broker sent, so that a change keeps what this console does not know. */
  raw: Record<string, unknown>
}
export interface FilterScriptChange {
  group: string
  /** JavaScript that defines match(message). */
  source: string
  /** What becomes of a message that it cannot judge. */
  onFault: 'open' | 'closed'
  timeLimitMs: number
}
export interface FilterScriptPut extends FilterScriptChange {
  /** The `updatedAtMs` of the one it replaces, 0 for none: refused when that is another by now. Left out: whichever. */
  replaces?: number | undefined
}
export interface ScriptVerdict {
  verdict: 'passed' | 'left-out' | 'fault'
  fault: string | null
}
/** With what it did since the broker's start, or since it was replaced. Times that never were are 0. */
export interface FilterScript extends FilterScriptChange {
  updatedAtMs: number
  passed: number
  leftOut: number
  faults: number
  lastFault: string
  lastFaultAtMs: number
  restsUntilMs: number
}
export interface QueueAt {
  topic: string
  broker: string
  queueId: number
}
export interface QueueStats extends QueueAt {
  min: bigint
  max: bigint
  /** 0: nothing was stored, or not known. */
  lastStoredAt: number
}
export interface ConsumeQueueStats extends QueueAt {
  brokerOffset: bigint
  consumerOffset: bigint
  pullOffset: bigint
  /** Store time of the message the group stands at, 0 when not known. */
  lastTimestamp: number
}
export interface ConsumeStats {
  queues: ConsumeQueueStats[]
  consumeTps: number
}
/** Of one group on one broker, from the answer for all groups. */
export interface GroupConsumeStats {
  group: string
  queues: ConsumeQueueStats[]
}
export interface Connection {
  clientId: string
  address: string
  language: string
  version: number
}
export interface Subscription {
  topic: string
  expression: string
  type: string
  version: number
}
export interface ConsumerConnections {
  connections: Connection[]
  subscriptions: Subscription[]
  consumeType: string
  messageModel: string
}
export interface Producer extends Connection {
  group: string
  lastSeenAt: number
}
export interface Running {
  properties: Record<string, string>
  queues: (QueueAt & {
    commitOffset: bigint
    cachedMessages: number
    cachedMiB: number
    locked: boolean
    lastPullAt: number
    lastConsumeAt: number
  })[]
  topics: {
    topic: string
    pullRt: number
    pullTps: number
    consumeRt: number
    okTps: number
    failedTps: number
    failedHour: number
  }[]
  subscriptions: Subscription[]
  stack: string | null
}
export interface HaStatus {
  master: boolean
  masterOffset: bigint
  inSync: number
  slaves: {
    address: string
    behindBytes: number
    /** Null when the broker does not measure it (Apache's). */
    behindMs: number | null
    inSync: boolean
    perSecondBytes: number
  }[]
}
/** What a controller says of the brokers under one name. */
export interface Replicas {
  masterId: number | null
  masterEpoch: number
  syncStateSetEpoch: number
  brokers: { id: number; address: string; alive: boolean; inSync: boolean }[]
}
export interface SendAnswer {
  status: 'SEND_OK' | 'FLUSH_DISK_TIMEOUT' | 'FLUSH_SLAVE_TIMEOUT' | 'SLAVE_NOT_AVAILABLE'
  offsetId: string
  queueId: number
  queueOffset: bigint
  transactionId: string | null
}
export interface PullAnswer {
  status: 'found' | 'no-new' | 'no-match' | 'moved'
  records: Buffer
  next: bigint
  min: bigint
  max: bigint
}
