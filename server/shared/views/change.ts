// server/shared/views/change.ts: what is shown before a grave change, and what came of it, item by item. Types only.
import type { Known } from '../known'
import type { Missing } from './fault'
import type { Offset, Total } from './figures'

export interface QueueRef {
  topic: string
  broker: string
  queueId: number
}
export interface QueueOffset extends QueueRef {
  offset: Offset
}
/** Where a group stood: right before a reset, on a day, or when somebody had it kept. */
export interface SnapshotRow {
  id: string
  at: number
  why: 'reset' | 'day' | 'hand'
  who: string | null
  topics: string[]
  /** How many. */
  queues: number
}
export type ResetTarget =
  | { kind: 'time'; at: number }
  | { kind: 'earliest' }
  | { kind: 'latest' }
  | { kind: 'shift'; by: number }
  | { kind: 'offsets'; offsets: QueueOffset[] }
  | { kind: 'group'; group: string }
  | { kind: 'snapshot'; id: string }
export type ResetWarning =
  | 'clients-online'
  | 'orderly'
  | 'group-offline'
  | 'clamped'
  | 'none-after-time'
  | 'broker-silent'
  | 'never-committed'
export interface ResetRow extends QueueRef {
  min: Known<Offset>
  max: Known<Offset>
  now: Known<Offset>
  after: Known<Offset>
  /** after - now: negative is delivered again, positive is skipped. */
  change: Known<number>
  firstMessageAt: Known<number | null>
  note: ResetWarning | null
  /** Differs from the preview before (only after drift). */
  changed: boolean
}
export interface ResetPreview {
  kind: 'reset'
  id: string
  group: string
  target: ResetTarget
  /** When the target was kept, where it is a snapshot. */
  snapshotAt: number | null
  at: number
  rows: ResetRow[]
  again: Total
  skipped: Total
  lagNow: Total
  lagAfter: Total
  clientsOnline: Known<number>
  warnings: ResetWarning[]
  /** Set: nothing can be applied. */
  refused: 'broadcasting' | 'no-queues' | null
}
export interface ResultRow {
  /** What it was done to: `broker-a:0`, or `topic broker-a 3`. */
  item: string
  queue: QueueRef | null
  ok: boolean
  before: Offset | null
  /** What was set, as the broker has confirmed it. */
  after: Offset | null
  /** What stood there when it was looked at again: clients go on reading. Null: there was nothing to look at, or no answer. */
  now: Offset | null
  error: string | null
}
export interface ApplyResult {
  rows: ResultRow[]
  ok: number
  failed: number
  tookMs: number
}
export interface DeletePreview {
  kind: 'delete-topic' | 'delete-group'
  id: string
  name: string
  at: number
  brokers: string[]
  unreachable: string[]
  groups: { name: string; clients: Known<number>; lag: Total }[]
  clientsOnline: Known<number>
  producersOnline: Known<number>
  inPerSecond: Total
  outPerSecond: Total
  unread: Total
  kept: Total
  /** Retry and dead-letter topics that go or stay, with their counts. */
  leftBehind: { topic: string; kept: Total }[]
  refused: 'system' | 'unreachable' | null
}

/** Where a dead message is put back: to its own group alone, to the topic it came from and so to all groups of it, or to another topic. */
export type RedriveTarget = 'retry' | 'origin' | 'topic'
export interface RedriveRow {
  offsetId: string
  uniqueId: string | null
  keys: string[]
  /** When it died; null when it is gone. */
  storedAt: number | null
  tries: number
  to: string | null
  /** It was put back before; not certain: no answer came, it may have arrived. */
  before: { at: number; certain: boolean } | null
  /** Why it is left out. */
  note: 'gone' | 'no-origin' | 'no-topic' | 'put-back' | null
  changed: boolean
}
/** A dead message that was put back; not certain: it was sent and no answer came. */
export interface DeadMark {
  offsetId: string
  /** When the message died: a place in a log may hold another one later. */
  storedAt: number
  at: number
  certain: boolean
}
export interface RedrivePreview {
  kind: 'redrive'
  id: string
  group: string
  target: RedriveTarget
  /** Set for `topic`. */
  toTopic: string | null
  /** Those put back before are put back again. */
  again: boolean
  at: number
  /** The first of them, in the order in which they are put back: the order in which they died. */
  rows: RedriveRow[]
  total: number
  /** How many will be put back. */
  sends: number
  /** How many are left out, and why. */
  left: { note: NonNullable<RedriveRow['note']>; count: number }[]
  /** Of those put back: were put back before. Of all: may have arrived. */
  twice: number
  uncertain: number
  /** More are kept than are taken at once: these are the first. */
  more: boolean
  missing: readonly Missing[]
  /** Other groups that get them as well. */
  readers: { topic: string; groups: string[] }[]
}
