// server/shared/views/topic.ts: topics, their queues and producers. Types only.
import type { Known } from '../known'
import type { TopicKind } from '../names'
import type { Missing } from './fault'
import type { Behind, Offset, Spark, Total } from './figures'
import type { GroupMode, GroupState } from './group'

export type TopicType = 'NORMAL' | 'FIFO' | 'DELAY' | 'TRANSACTION' | 'MIXED' | 'LITE' | 'PRIORITY' | 'UNSPECIFIED'
export type TopicMark = 'not-writable' | 'uneven' | 'no-group' | 'broker-silent'
export interface TopicRow {
  name: string
  kind: TopicKind
  type: TopicType
  /** Summed over brokers. */
  readQueues: number
  writeQueues: number
  /** Bits 4 read, 2 write; null when brokers differ. */
  perm: number | null
  order: boolean
  brokers: string[]
  marks: TopicMark[]
  inPerSecond: Total
  outPerSecond: Total
  spark: Spark
  groups: number
  worstGroup: string | null
  worstLag: Total
  worstBehind: Behind
  lastMessageAt: Known<number | null>
  kept: Total
}
export interface QueueRow {
  broker: string
  queueId: number
  perm: number
  min: Known<Offset>
  max: Known<Offset>
  kept: Known<number>
  inPerSecond: Known<number>
  lastStoredAt: Known<number | null>
  /** Where groups stand: two slowest first, all of them. */
  positions: { group: string; committed: Known<Offset>; lag: Known<number> }[]
}
export interface TopicBrokerConfig {
  broker: string
  readQueues: number
  writeQueues: number
  perm: number
  order: boolean
  attributes: Record<string, string>
  known: Known<true>
}
export interface TopicGroupRow {
  group: string
  state: GroupState
  mode: GroupMode
  clients: Known<number>
  outPerSecond: Known<number>
  lag: Total
  behind: Behind
  growthPerSecond: Known<number>
  spark: Spark
}
/** Of the newest messages of its queues. */
export interface TopicTags {
  /** The most frequent first; null: messages without a tag. */
  tags: { tag: string | null; count: number }[]
  /** Further tags that are not listed. */
  otherTags: number
  messages: number
  /** Queues that could not be read. */
  silent: number
  at: number
}
export interface TopicView {
  row: TopicRow
  queues: QueueRow[]
  groups: TopicGroupRow[]
  configs: TopicBrokerConfig[]
  /** Oldest kept message's store time, over queues. */
  oldestAt: Known<number | null>
  keptMessages: Total
  meanSizeBytes: Known<number>
  inToday: Known<number>
  inBytesPerSecond: Known<number>
  /** Busiest queue divided by the mean; 1 is even. */
  skew: Known<number>
  missing: Missing[]
  at: number
}
export interface ProducerRow {
  group: string
  clientId: string
  address: string
  language: string
  version: string
  lastSeenAt: number
}
