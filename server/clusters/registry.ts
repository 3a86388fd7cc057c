// server/clusters/registry.ts: the clusters this console knows. Those of the command line come first; of them only how
// they are shown is stored. The rest lie in the table cluster, which this file owns, with their secret keys sealed.
import { eq } from 'drizzle-orm'
import type { Db } from '../db/open'
import { cluster } from '../db/schema'
import type { Seal } from '../guard/seal'
import type { ClusterConnection } from '../shared/views'

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
export interface StoredCluster {
  entry: ClusterEntry
  connection: ClusterConnection
  /** In memory only: no view has it. */
  secretKey: string
}
export interface Registry {
  stored(): Promise<StoredCluster[]>
  put(stored: StoredCluster): Promise<void>
  remove(id: string): Promise<void>
}
export const plainConnection: ClusterConnection = { tls: 'off', ca: '', accessKey: '', addressMap: [], hosts: [] }
const purposeOf = (id: string): string => `cluster ${id}`

export const openRegistry = (db: Db, seal: Seal, now: () => number = Date.now): Registry => ({
  async stored() {
    const rows = await db.select().from(cluster).orderBy(cluster.createdAt)
    return rows.map(({ id, name, namesrv, colour, readOnly, production, connection, sealed, fixed }) => ({
      entry: { id, name, namesrv: namesrv.split(';'), colour, readOnly, production, fixed },
      connection: { ...plainConnection, ...JSON.parse(connection) }, // written by put
      secretKey: sealed === null ? '' : seal.open(sealed, purposeOf(id)),
    }))
  },
  async put({ entry: { id, name, namesrv, colour, readOnly, production, fixed }, connection, secretKey }) {
    const values = {
      name,
      namesrv: namesrv.join(';'),
      colour,
      readOnly,
      production,
      fixed,
      connection: JSON.stringify(connection),
      sealed: secretKey === '' ? null : seal.close(secretKey, purposeOf(id)),
    }
    await db
      .insert(cluster)
      .values({ id, createdAt: now(), ...values })
      .onConflictDoUpdate({ target: cluster.id, set: values })
  },
  async remove(id) {
    await db.delete(cluster).where(eq(cluster.id, id))
  },
})
