// server/desk/redrive-marks.ts: which dead messages of a cluster were put back, kept in console.db.
import { and, eq, inArray } from 'drizzle-orm'
import type { RedriveMarks } from '../change/redrive'
import type { Db } from '../db/open'
import { redriven } from '../db/schema'

export const openRedriveMarks = (db: Db, cluster: string): RedriveMarks => ({
  async of(offsetIds) {
    const rows = await db
      .select()
      .from(redriven)
      .where(and(eq(redriven.cluster, cluster), inArray(redriven.offsetId, [...offsetIds])))
    return rows.map(({ offsetId, storedAt, at, certain }) => ({ offsetId, storedAt, at, certain }))
  },
  async put({ offsetId, storedAt, at, certain }) {
    await db
      .insert(redriven)
      .values({ cluster, offsetId, storedAt, at, certain })
      .onConflictDoUpdate({
        target: [redriven.cluster, redriven.offsetId, redriven.storedAt],
        set: { at, certain },
      })
  },
  async drop({ offsetId, storedAt }) {
    await db
      .delete(redriven)
      .where(and(eq(redriven.cluster, cluster), eq(redriven.offsetId, offsetId), eq(redriven.storedAt, storedAt)))
  },
})
