// server/shared/views/message.ts: messages, searches and what a send answers. Types only.
import type { DecodedBody } from '../body-types'
import type { Known } from '../known'
import type { QueueRef } from './change'
import type { Missing } from './fault'
import type { Offset, Spark, Total } from './figures'

export interface MessageRow {
  topic: string
  broker: string
  queueId: number
  queueOffset: Offset
  /** Store host and CommitLog offset in hex: finds the message on its broker. */
  offsetId: string
  /** The id the producer saw. */
  uniqueId: string | null
  storedAt: number
  bornAt: number
  bornHost: string
  tag: string | null
  keys: string[]
  /** As stored, maybe compressed. */
  sizeBytes: number
  reconsumeTimes: number
  /** The first characters of the body; null without the right to read bodies. */
  preview: string | null
}
export interface MessageBody {
  /** Set when the bytes are text in UTF-8. */
  text: string | null
  base64: string
  /** Size after decoding. */
  sizeBytes: number
  /** How much of it is here (256 KiB at most unless asked for). */
  shownBytes: number
  compressed: 'ZLIB' | 'LZ4' | 'ZSTD' | null
  json: boolean
  failed: string | null
  /** By the type that was set for the topic; null: none was, or it may not be shown. */
  decoded: DecodedBody | null
}
export interface MessageView {
  row: MessageRow
  /** Null without the right to read bodies. */
  body: MessageBody | null
  /** Where it is said what its body is: its own topic, also of a message that is retried, dead or waiting. */
  bodyTopic: string
  /** A masking rule holds for it, and hides what it names. */
  masked: boolean
  systemProperties: Record<string, string>
  userProperties: Record<string, string> | null
  storeHost: string
  commitLogOffset: Offset
  preparedTransactionOffset: Offset
  flag: number
  sysFlag: number
  sysFlagWords: string[]
  bodyCrc: number
  crcOk: boolean
  /** The queue's range now. */
  min: Known<Offset>
  max: Known<Offset>
}
export interface FoundMessages {
  rows: MessageRow[]
  asked: string[]
  missing: Missing[]
  tookMs: number
}
export type TrackState =
  | 'consumed'
  | 'not-yet'
  | 'filtered'
  | 'retrying'
  | 'dead'
  | 'broadcasting'
  | 'offline'
  | 'unknown'
export interface TrackRow {
  group: string
  state: TrackState
  /** Messages of the queue the group must read before it. */
  before: Known<number>
  online: Known<boolean>
  /** The newest copy of it in the group's dead letters or on its way to another try. */
  copy: { offsetId: string; tries: number; storedAt: number } | null
}
export interface ScanCursor {
  /** Per queue, where to go on. */
  queues: (QueueRef & { next: Offset; end: Offset })[]
}
export interface NotRead {
  /** `broker-b 3`, or a broker whose queues are not known: `broker-b:0`. */
  who: string
  /** What the broker answered, or that it did not; null: the search ended before it came to it. */
  says: string | null
}
export type ScanEvent<Row = MessageRow> =
  | { type: 'plan'; estimate: number; queues: number; missing: readonly Missing[]; from: number; to: number }
  | { type: 'rows'; rows: Row[] }
  | {
      type: 'progress'
      scanned: number
      estimate: number
      matched: number
      elapsedMs: number
      perSecond: number
      reachedAt: number | null
    }
  | {
      type: 'end'
      /** not-all: what could be read is read; `notRead` says what could not, and why. */
      why: 'range-done' | 'budget' | 'limit' | 'stopped' | 'not-all'
      scanned: number
      matched: number
      elapsedMs: number
      /** Bodies that did not unpack within the bound of a search, and so were not looked into. */
      bodiesUnread: number
      /** Queues not read, or not to their end. */
      notRead: NotRead[]
      cursor: ScanCursor | null
    }
/** A message as it goes into a file. */
export interface ExportedMessage extends Omit<MessageRow, 'preview'> {
  properties: Record<string, string>
  /** As text where it is text in UTF-8, else in base64. */
  body: string
  bodyAs: 'text' | 'base64'
}
export interface TailEvent {
  rows: MessageRow[]
  perSecond: number
  /** Left out by sampling in this step. */
  dropped: number
  missing: Missing[]
}
export type SendStatus = 'SEND_OK' | 'FLUSH_DISK_TIMEOUT' | 'FLUSH_SLAVE_TIMEOUT' | 'SLAVE_NOT_AVAILABLE'
export interface SendResult {
  status: SendStatus
  uniqueId: string
  offsetId: string
  broker: string
  queueId: number
  queueOffset: Offset
  tookMs: number
  /** Of a transaction: how it was ended; unknown: it was not. */
  ended?: 'commit' | 'rollback' | 'unknown'
  /** It lies in a queue of the system until then: its place is not where it will be read. Null: its broker does not say. */
  waitsUntil?: number | null
}
/** One batch, as its broker took it: all of it or nothing. */
export interface BatchRow {
  /** Places in the input. */
  first: number
  count: number
  result: SendResult | null
  uniqueIds: string[]
  error: string | null
}
export interface BatchResult {
  rows: BatchRow[]
  /** Messages. */
  ok: number
  failed: number
  tookMs: number
}
/** A draft that is kept under a name: of a message to send, or of a search. */
export interface SendTemplate {
  id: string
  name: string
  draft: string
  at: number
}
export interface ConsumeDirectlyResult {
  result: string
  remark: string | null
  order: boolean
  autoCommit: boolean
  spentMs: number
  clientId: string
}
/** A group whose messages died: what its %DLQ% topic keeps. */
export interface DeadRow {
  group: string
  topic: string
  dead: Total
  newestAt: Known<number | null>
  inPerSecond: Total
  spark: Spark
}
