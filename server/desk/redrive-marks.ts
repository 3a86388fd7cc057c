// server/desk/redrive-marks.ts: which dead messages of a cluster were put back, kept in console.db longer than the jobs that did it.
import { and, eq, inArray } from 'drizzle-orm'
import type { RedriveMarks } from '../change/redrive'
import type { Db } from '../db/open'
import { redriven } from '../db/schema'

/** SQLite takes 32,766 values a statement. */
const IDS_AT_ONCE = 10_000

export const openRedriveMarks = (db: Db, cluster: string): RedriveMarks => ({
  async of(offsetIds) {
    const found: Awaited<ReturnType<RedriveMarks['of']>> = []
    for (let from = 0; from < offsetIds.length; from += IDS_AT_ONCE) {
      const rows = await db
        .select()
        .from(redriven)
        .where(
          and(eq(redriven.cluster, cluster), inArray(redriven.offsetId, offsetIds.slice(from, from + IDS_AT_ONCE))),
        )
      for (const { offsetId, storedAt, at, certain } of rows) found.push({ offsetId, storedAt, at, certain })
    }
    return found
  },
  putting: ({ offsetId, storedAt, at, certain }) => ({
    sql: `insert into redriven (cluster, offset_id, stored_at, at, certain) values (?, ?, ?, ?, ?)
          on conflict (cluster, offset_id, stored_at) do update set at = excluded.at, certain = excluded.certain`,
    params: [cluster, offsetId, storedAt, at, certain ? 1 : 0],
  }),
  dropping: ({ offsetId, storedAt }) => ({
    sql: 'delete from redriven where cluster = ? and offset_id = ? and stored_at = ?',
    params: [cluster, offsetId, storedAt],
  }),
})
