// server/clusters/registry.ts: the clusters this console knows. Those of the command line come first and are not
// stored; the rest lie in the table cluster, which this file owns.
import { eq } from 'drizzle-orm'
import type { Db } from '../db/open'
import { cluster } from '../db/schema'

export interface ClusterEntry {
  id: string
  name: string
  namesrv: readonly string[]
  colour: number
  readOnly: boolean
  production: boolean
  /** Given on the command line or bundled: it cannot be removed here. */
  fixed: boolean
}
export interface Registry {
  stored(): Promise<ClusterEntry[]>
  put(entry: ClusterEntry): Promise<void>
  remove(id: string): Promise<void>
}
export const openRegistry = (db: Db, now: () => number = Date.now): Registry => ({
  async stored() {
    const rows = await db.select().from(cluster).orderBy(cluster.createdAt)
    return rows.map(({ id, name, namesrv, colour, readOnly, production }) => ({
      id,
      name,
      namesrv: namesrv.split(';'),
      colour,
      readOnly,
      production,
      fixed: false,
    }))
  },
  async put({ id, name, namesrv, colour, readOnly, production }) {
    const values = { name, namesrv: namesrv.join(';'), colour, readOnly, production }
    await db
      .insert(cluster)
      .values({ id, createdAt: now(), ...values })
      .onConflictDoUpdate({ target: cluster.id, set: values })
  },
  async remove(id) {
    await db.delete(cluster).where(eq(cluster.id, id))
  },
})
