// server/jobs/work.ts: what long work must be able to do so that it can be paused, ended by a kill, and gone on with. Types only.
import type { JobItemState, JobState } from '../shared/views'

export interface Job {
  id: string
  cluster: string
  kind: string
  object: string
  state: JobState
  who: string
  from: string
  reason: string | null
  /** JSON of whoever does this kind of work. */
  plan: string
  createdAt: number
  beganAt: number | null
  endedAt: number | null
  total: number
  trouble: string | null
}
export interface Item {
  seq: number
  /** What it is about, once in a job. */
  key: string
  title: string
  /** JSON of whoever does this kind of work. */
  input: string
}
export interface StoredItem extends Item {
  state: JobItemState
  output: string | null
  error: string | null
  at: number | null
}
/** `waiting`: nothing was done and it may be tried again as it is. */
export interface Outcome {
  seq: number
  state: Exclude<JobItemState, 'begun'>
  output?: string
  error?: string
}
export interface Statement {
  sql: string
  params: readonly unknown[]
}
export interface Work {
  /** Which of these are not to be done any more; the others are written down as begun before they are. */
  admit(job: Job, items: readonly Item[]): Promise<Outcome[]>
  /** An outcome for each. What fails is an outcome; what throws is tried again later. */
  run(job: Job, items: readonly Item[], signal: AbortSignal): Promise<Outcome[]>
  /** What became of some that were begun and whose end nobody wrote down. `waiting`: it did not happen. */
  settle(job: Job, items: readonly StoredItem[]): Promise<Outcome[]>
  /** How many are begun at once. */
  chunk(job: Job): number
  /** What stands elsewhere about an item, changed in the same transaction as its state. */
  alongside(item: Item, state: JobItemState): Statement[]
}
