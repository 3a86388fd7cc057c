// server/shared/views/trace.ts: what clients and brokers tell of one message's way. Types only.
import type { Missing } from './fault'
import type { Offset } from './figures'

/** half, check, stored and dead are told by brokers from what they keep; the others by clients that trace. */
export type TraceHopKind = 'send' | 'half' | 'check' | 'end' | 'stored' | 'consume' | 'dead' | 'recall'
export type TraceWord =
  | 'success'
  | 'failed'
  | 'timed-out'
  | 'exception'
  | 'returned-null'
  | 'commit'
  | 'rollback'
  | 'undecided'
export interface TraceHop {
  kind: TraceHopKind
  at: number
  /** Null: its end was not told, or it has none. */
  tookMs: number | null
  /** Null: not told. */
  ok: boolean | null
  /** Producer or consumer group; empty for brokers. */
  group: string
  /** The client's address, or the broker's name. */
  where: string
  word: TraceWord | null
  /** Which attempt of a delivery or which check, from 1; null where nothing is counted. */
  attempt: number | null
  /** end: the answer to a check, not the producer's own. */
  fromCheck: boolean
  /** Where the message lies, where that is known. */
  place: { topic: string; queueId: number; queueOffset: Offset; offsetId: string } | null
}
/** What one would expect to see and nobody told. */
export type TraceGap =
  | { kind: 'no-send' }
  | { kind: 'no-stored' }
  | { kind: 'no-consume'; group: string }
  | { kind: 'no-end'; group: string }
export interface MessageTrace {
  messageId: string
  topic: string | null
  tag: string | null
  keys: string[]
  /** As the producer named it: normal, ordered, delayed, a transaction. */
  type: 'normal' | 'half' | 'committed' | 'delay' | 'fifo' | null
  sizeBytes: number | null
  hops: TraceHop[]
  gaps: TraceGap[]
}
export interface FoundTraces {
  traceTopic: string
  /** False: no broker has the trace topic. */
  topicExists: boolean
  traces: MessageTrace[]
  /** More was told than is read at once. */
  more: boolean
  missing: Missing[]
  tookMs: number
}
