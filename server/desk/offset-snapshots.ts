// server/desk/offset-snapshots.ts: where groups stood at some moment, kept in console.db: before each reset, once a day, and when
// somebody asks for it. A day that is like the one before it is no snapshot of its own. Bounded by number and by age.
import { randomBytes } from 'node:crypto'
import { and, desc, eq, max } from 'drizzle-orm'
import type { Snapshots } from '../change/reset'
import type { Database } from '../db/open'
import { offsetSnapshot } from '../db/schema'
import type { ClusterState } from '../metrics/state'
import { isSystemGroup } from '../shared/names'
import type { QueueOffset, SnapshotRow } from '../shared/views'

const DAY_MS = 86_400_000
const KEPT_MS = 30 * DAY_MS
const MOST_OF_GROUP = 100
const GROUPS_AT_ONCE = 100

export interface OffsetSnapshots extends Snapshots {
  list(group: string): Promise<SnapshotRow[]>
  /** To be called each turn: once a day it keeps where every group stands, and lets go of what is too old. */
  turn(state: ClusterState): Promise<void>
}

/** Offsets are text: JSON would round what lies beyond 2^53. */
type Written = [topic: string, broker: string, queueId: number, offset: string]
const textOf = (queues: readonly QueueOffset[]): string =>
  JSON.stringify(
    queues
      .map(({ topic, broker, queueId, offset }): Written => [topic, broker, queueId, offset.toString()])
      .sort((a, b) => (a[0] + a[1] < b[0] + b[1] ? -1 : a[0] + a[1] > b[0] + b[1] ? 1 : a[2] - b[2])),
  )
const queuesOf = (text: string): QueueOffset[] =>
  // Written above, by this process or an earlier one.
  (JSON.parse(text) as Written[]).map(([topic, broker, queueId, offset]) => ({
    ...{ topic, broker, queueId },
    offset: BigInt(offset),
  }))

export const openOffsetSnapshots = (options: {
  database: Database
  cluster: string
  now: () => number
  log: (text: string) => void
}): OffsetSnapshots => {
  const { database, cluster, now, log } = options
  const { db } = database
  const of = (group: string) => and(eq(offsetSnapshot.cluster, cluster), eq(offsetSnapshot.group, group))
  /** The newest stays in any case; of the others those of before a reset outlast days and what was kept by hand. */
  const prunedOf = (group: string) => ({
    sql: `delete from offset_snapshot where cluster = ? and group_name = ? and id not in
          (select id from offset_snapshot where cluster = ? and group_name = ? order by
            at = (select max(at) from offset_snapshot where cluster = ? and group_name = ?) desc,
            why = 'reset' desc, at desc, id limit ?)`,
    params: [cluster, group, cluster, group, cluster, group, MOST_OF_GROUP],
  })
  /** When the last daily one was made, and whether one is under way. */
  let dailyAt: number | null = null
  let busy = false

  const daily = async (state: ClusterState): Promise<void> => {
    const at = now()
    let statements: { sql: string; params: readonly unknown[] }[] = []
    const names = [...state.groups.keys()].filter((name) => !isSystemGroup(name))
    for (const [place, name] of names.entries()) {
      // A few at a time: pages and brokers are answered in between.
      if (place % GROUPS_AT_ONCE === 0) {
        await database.batch(statements)
        statements = []
      }
      const queues = [...(state.groups.get(name)?.positions.values() ?? [])].flatMap((byQueue) =>
        [...byQueue.values()].flatMap(({ topic, broker, queueId, committed, inDoubt }) =>
          inDoubt ? [] : [{ topic, broker, queueId, offset: BigInt(committed) }],
        ),
      )
      if (queues.length === 0) continue
      const text = textOf(queues)
      statements.push(
        {
          sql: `insert into offset_snapshot (id, cluster, group_name, at, why, who, queues)
                select ?, ?, ?, ?, 'day', null, ? where ? is not
                (select queues from offset_snapshot where cluster = ? and group_name = ? order by at desc, id limit 1)`,
          params: [newId(), cluster, name, at, text, text, cluster, name],
        },
        prunedOf(name),
      )
    }
    await database.batch([
      ...statements,
      { sql: 'delete from offset_snapshot where cluster = ? and at < ?', params: [cluster, at - KEPT_MS] },
    ])
    dailyAt = at
  }
  return {
    async keep({ group, why, who, queues }) {
      const id = newId()
      await db.insert(offsetSnapshot).values({ id, cluster, group, at: now(), why, who, queues: textOf(queues) })
      await database.batch([prunedOf(group)])
      return id
    },
    async find(group, id) {
      const [row] = await db
        .select()
        .from(offsetSnapshot)
        .where(and(of(group), eq(offsetSnapshot.id, id)))
      return row === undefined ? null : { at: row.at, queues: queuesOf(row.queues) }
    },
    async list(group) {
      const rows = await db.select().from(offsetSnapshot).where(of(group)).orderBy(desc(offsetSnapshot.at))
      return rows.map(({ id, at, why, who, queues }): SnapshotRow => {
        const held = queuesOf(queues)
        return { id, at, why, who, topics: [...new Set(held.map(({ topic }) => topic))], queues: held.length }
      })
    },
    async turn(state) {
      if (busy || state.groups.size === 0 || (dailyAt !== null && now() - dailyAt < DAY_MS)) return
      busy = true
      try {
        dailyAt ??= await lastDaily()
        if (dailyAt === null || now() - dailyAt >= DAY_MS) await daily(state)
      } catch (error) {
        dailyAt = now() // tomorrow again: a database that refuses is told of once a day, not each turn
        log(`snapshots of offsets: ${error instanceof Error ? error.message : String(error)}`)
      } finally {
        busy = false
      }
    },
  }

  async function lastDaily(): Promise<number | null> {
    const [last] = await db
      .select({ at: max(offsetSnapshot.at) })
      .from(offsetSnapshot)
      .where(and(eq(offsetSnapshot.cluster, cluster), eq(offsetSnapshot.why, 'day')))
    return last?.at ?? null
  }
}
const newId = (): string => randomBytes(9).toString('base64url')
