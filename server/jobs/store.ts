// server/jobs/store.ts: jobs and their items in console.db. Whatever changes the state of items does it in one transaction, with
// what the work keeps beside them: a kill leaves either all of it or nothing.
import { and, asc, count, desc, eq, inArray, lt } from 'drizzle-orm'
import type { Database } from '../db/open'
import { job, jobItem } from '../db/schema'
import type { JobCounts, JobItemState, JobState } from '../shared/views'
import type { Item, Job, Outcome, Statement, StoredItem } from './work'

export interface JobStore {
  /** False: there is a job of that id already. */
  create(one: Job, items: readonly Item[]): Promise<boolean>
  get(id: string): Promise<Job | undefined>
  list(cluster: string, most: number): Promise<Job[]>
  /** Those that go on by themselves, the oldest first. */
  running(cluster: string): Promise<Job[]>
  counts(id: string): Promise<JobCounts>
  items(id: string, state: JobItemState | undefined, most: number, skip: number): Promise<StoredItem[]>
  /** The first in that state. */
  next(id: string, state: JobItemState, most: number): Promise<StoredItem[]>
  set(id: string, change: Partial<Pick<Job, 'state' | 'beganAt' | 'endedAt' | 'trouble'>>): Promise<void>
  begin(id: string, items: readonly Item[], at: number, beside: readonly Statement[]): Promise<void>
  end(id: string, outcomes: readonly Outcome[], at: number, beside: readonly Statement[]): Promise<void>
  /** What failed waits again; what nobody knows of is to be looked up. */
  again(id: string): Promise<void>
  forget(cluster: string, before: number): Promise<void>
}
/** SQLite takes 32,766 values a statement. */
const ITEMS_AT_ONCE = 1000

export const noCounts = (): JobCounts => ({ waiting: 0, begun: 0, done: 0, failed: 0, unsure: 0, skipped: 0 })

export const openJobStore = ({ db, batch }: Database): JobStore => ({
  async create(one, items) {
    const [held] = await db.select({ id: job.id }).from(job).where(eq(job.id, one.id))
    if (held !== undefined) return false
    const statements: Statement[] = [
      {
        sql: `insert into job (id, cluster, kind, object, state, who, from_address, reason, plan, created_at, total)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        params: [
          ...[one.id, one.cluster, one.kind, one.object, one.state, one.who, one.from, one.reason, one.plan],
          ...[one.createdAt, one.total],
        ],
      },
    ]
    for (let from = 0; from < items.length; from += ITEMS_AT_ONCE) {
      const part = items.slice(from, from + ITEMS_AT_ONCE)
      statements.push({
        sql: `insert into job_item (job_id, seq, key, title, input, state) values ${part
          .map(() => "(?, ?, ?, ?, ?, 'waiting')")
          .join(', ')}`,
        params: part.flatMap(({ seq, key, title, input }) => [one.id, seq, key, title, input]),
      })
    }
    await batch(statements)
    return true
  },
  get: async (id) => (await db.select().from(job).where(eq(job.id, id)))[0],
  list: (cluster, most) =>
    db.select().from(job).where(eq(job.cluster, cluster)).orderBy(desc(job.createdAt), desc(job.id)).limit(most),
  running: (cluster) =>
    db
      .select()
      .from(job)
      .where(and(eq(job.cluster, cluster), eq(job.state, 'running')))
      .orderBy(asc(job.createdAt), asc(job.id)),
  async counts(id) {
    const found = await db
      .select({ state: jobItem.state, n: count() })
      .from(jobItem)
      .where(eq(jobItem.jobId, id))
      .groupBy(jobItem.state)
    return { ...noCounts(), ...Object.fromEntries(found.map(({ state, n }) => [state, n])) }
  },
  items: (id, state, most, skip) =>
    db
      .select()
      .from(jobItem)
      .where(state === undefined ? eq(jobItem.jobId, id) : and(eq(jobItem.jobId, id), eq(jobItem.state, state)))
      .orderBy(asc(jobItem.seq))
      .limit(most)
      .offset(skip),
  next: (id, state, most) =>
    db
      .select()
      .from(jobItem)
      .where(and(eq(jobItem.jobId, id), eq(jobItem.state, state)))
      .orderBy(asc(jobItem.seq))
      .limit(most),
  async set(id, change) {
    await db.update(job).set(change).where(eq(job.id, id))
  },
  begin: (id, items, at, beside) =>
    batch([
      ...items.map(({ seq }) => ({
        sql: "update job_item set state = 'begun', at = ? where job_id = ? and seq = ?",
        params: [at, id, seq],
      })),
      ...beside,
    ]),
  end: (id, outcomes, at, beside) =>
    batch([
      ...outcomes.map(({ seq, state, output, error }) => ({
        // What is not certain keeps the time it was begun at: around that it is looked for, however late.
        sql: `update job_item set state = ?, output = ?, error = ?, at = ${state === 'unsure' ? 'coalesce(at, ?)' : '?'}
              where job_id = ? and seq = ?`,
        params: [state, output ?? null, error ?? null, at, id, seq],
      })),
      ...beside,
    ]),
  again: (id) =>
    batch([
      { sql: "update job_item set state = 'begun' where job_id = ? and state = 'unsure'", params: [id] },
      { sql: "update job_item set state = 'waiting' where job_id = ? and state = 'failed'", params: [id] },
    ]),
  async forget(cluster, before) {
    await db.delete(job).where(and(eq(job.cluster, cluster), lt(job.endedAt, before)))
  },
})
/** Of a cluster that is removed: another one that gets its id must not go on with them. */
export const stopJobsOf = async ({ db }: Database, cluster: string, at: number): Promise<void> => {
  const stopped = { state: 'stopped' as const, endedAt: at, trouble: 'The cluster was removed.' }
  await db
    .update(job)
    .set(stopped)
    .where(and(eq(job.cluster, cluster), inArray(job.state, ['running', 'paused'])))
}
/** A job in one of these goes no further by itself. */
export const isOver = (state: JobState): boolean => state === 'done' || state === 'stopped'
