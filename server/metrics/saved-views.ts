// server/metrics/saved-views.ts: charts that somebody gave a name, for everybody who sees the cluster. Owner of metric_view.
import { randomUUID } from 'node:crypto'
import { and, asc, count, eq } from 'drizzle-orm'
import type { Database } from '../db/open'
import { metricView } from '../db/schema'
import { DeskError } from '../shared/errors'
import type { SavedView } from '../shared/views'

const MOST_VIEWS = 200

export interface SavedViews {
  list(): Promise<SavedView[]>
  put(name: string, query: string, who: string): Promise<{ id: string }>
  /** Whoever saved it takes it away, or an admin. */
  remove(id: string, who: string, isAdmin: boolean): Promise<void>
}
export const openSavedViews = ({ db }: Pick<Database, 'db'>, cluster: string, now: () => number): SavedViews => ({
  list: () =>
    db
      .select({ id: metricView.id, name: metricView.name, query: metricView.query, who: metricView.who })
      .from(metricView)
      .where(eq(metricView.cluster, cluster))
      .orderBy(asc(metricView.name)),
  async put(name, query, who) {
    const [held] = await db.select({ n: count() }).from(metricView).where(eq(metricView.cluster, cluster))
    if ((held?.n ?? 0) >= MOST_VIEWS)
      throw new DeskError('bad-input', `There are ${MOST_VIEWS} views: remove one first.`)
    const id = randomUUID()
    await db.insert(metricView).values({ id, cluster, name, query, who, createdAt: now() })
    return { id }
  },
  async remove(id, who, isAdmin) {
    const [held] = await db
      .select()
      .from(metricView)
      .where(and(eq(metricView.id, id), eq(metricView.cluster, cluster)))
    if (held === undefined) throw new DeskError('not-found', 'There is no such view.')
    if (held.who !== who && !isAdmin)
      throw new DeskError('not-allowed', `${held.who} saved this view: they or an admin may remove it.`)
    await db.delete(metricView).where(eq(metricView.id, id))
  },
})
