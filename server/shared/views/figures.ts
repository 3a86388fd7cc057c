// server/shared/views/figures.ts: figures that are sums, ages and lines, and one page of a list. Types only.
import type { KnownValue, Reason, Sum, Unknown } from '../known'
import type { Missing } from './fault'

/** A sum over parts: with missing > 0 a lower bound (written with a >= sign), unknown when every part is. */
export type Total = Sum | Unknown
/** Age of the oldest unread message. `approx`: from consume stats, not from reading the message itself. */
export type Behind = (KnownValue<number> & { approx: boolean; pastKept: boolean }) | Unknown
export type Drain =
  | { kind: 'done' }
  /** `overMs`: how long the shrinking was watched that it is told from. */
  | { kind: 'shrinking'; ms: number; overMs: number }
  | { kind: 'not-shrinking' }
  | { kind: 'unknown'; reason: Reason }
/** A line of at most 60 points over the last hour, oldest first; null is a gap. */
export type Spark = readonly (number | null)[]
/** A queue's offset. */
export type Offset = bigint

export interface Facet {
  key: string
  count: number
  /** More than counted may match: a broker did not answer. */
  atLeast: boolean
}
export interface Page<Row> {
  rows: Row[]
  /** Before filters, and after them. */
  total: number
  matched: number
  page: number
  size: number
  facets: Facet[]
  missing: Missing[]
  /** When the oldest figure on this page was measured; 0 when there is none yet. */
  at: number
}
