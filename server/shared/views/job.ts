// server/shared/views/job.ts: long work that goes on without the browser: how far it is, and what came of each item. Types only.
import type { QueueRef, RedriveTarget } from './change'
import type { Offset } from './figures'

export type JobState = 'running' | 'paused' | 'stopped' | 'done'
/** unsure: it was sent and nobody knows yet whether it arrived. skipped: it was not its turn any more, `error` says why. */
export type JobItemState = 'waiting' | 'begun' | 'done' | 'failed' | 'unsure' | 'skipped'
export type JobCounts = Record<JobItemState, number>
export interface JobRow {
  id: string
  kind: 'redrive'
  /** What it is done to: a group. */
  object: string
  state: JobState
  /** Running, and another one of this cluster goes first. */
  queued: boolean
  who: string
  reason: string | null
  createdAt: number
  beganAt: number | null
  endedAt: number | null
  total: number
  counts: JobCounts
  /** Items a second over the last seconds; null while it does not run. */
  perSecond: number | null
  /** Why it paused by itself. */
  trouble: string | null
  /** The last try came to nothing; the next one is due at `at`. */
  retry: { at: number; tried: number; most: number; why: string } | null
  target: RedriveTarget
  /** Set for `topic`. */
  toTopic: string | null
  /** Most messages a second; 0 is as fast as it goes. */
  mostPerSecond: number
}
export interface JobItemRow {
  seq: number
  offsetId: string
  title: string
  to: string
  state: JobItemState
  place: { queue: QueueRef; offset: Offset } | null
  error: string | null
  at: number | null
}
