// server/desk/offset-snapshots.ts: where groups stood at some moment, kept in console.db: before each reset, once a day, and when
// somebody asks for it. A day that is like the one before it is no snapshot of its own. Bounded by number and by age.
import { randomBytes } from 'node:crypto'
import { and, desc, eq } from 'drizzle-orm'
import type { Snapshots } from '../change/reset'
import type { Database } from '../db/open'
import { counterMark, offsetSnapshot } from '../db/schema'
import type { ClusterState } from '../metrics/state'
import { isSystemGroup } from '../shared/names'
import type { QueueOffset, SnapshotRow } from '../shared/views'

const DAY_MS = 86_400_000
const KEPT_MS = 30 * DAY_MS
const MOST_OF_GROUP = 100
const GROUPS_AT_ONCE = 100
/** So long a day waits for brokers that do not answer; then it is kept without them. */
const WAIT_MS = 6 * 3_600_000

export interface OffsetSnapshots extends Snapshots {
  list(group: string): Promise<SnapshotRow[]>
  /**
   * To be called each turn: once a day it keeps where every group stands, and lets go of what is too old. Answers when what
   * is under way has ended, whichever turn began it.
   */
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
  /** When the last daily one was made, since when the next one is due, and the work under way. */
  let dailyAt: number | null = null
  let dueSince: number | null = null
  let running: Promise<void> | null = null

  const daily = async (state: ClusterState): Promise<void> => {
    const at = now()
    // First: what is too old must not keep the same offsets of today from being written.
    let statements: { sql: string; params: readonly unknown[] }[] = [
      { sql: 'delete from offset_snapshot where cluster = ? and at < ?', params: [cluster, at - KEPT_MS] },
    ]
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
      // Last: a day that was cut short is begun again.
      {
        sql: `insert into counter_mark (cluster, use, key, at, value) values (?, 'snapshots', 'day', ?, 0)
              on conflict do update set at = excluded.at`,
        params: [cluster, at],
      },
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
    turn(state) {
      if (running !== null) return running
      if (state.groups.size === 0 || (dailyAt !== null && now() - dailyAt < DAY_MS)) return Promise.resolve()
      dueSince ??= now()
      if (now() - dueSince < WAIT_MS && !allTold(state)) return Promise.resolve()
      running = dailyIfDue(state).finally(() => {
        running = null
      })
      return running
    },
  }

  async function dailyIfDue(state: ClusterState): Promise<void> {
    try {
      dailyAt ??= await lastDaily()
      if (dailyAt === null || now() - dailyAt >= DAY_MS) await daily(state)
    } catch (error) {
      dailyAt = now() // tomorrow again: a database that refuses is told of once a day, not each turn
      log(`snapshots of offsets: ${error instanceof Error ? error.message : String(error)}`)
    }
    dueSince = null
  }
  async function lastDaily(): Promise<number | null> {
    const [last] = await db
      .select({ at: counterMark.at })
      .from(counterMark)
      .where(and(eq(counterMark.cluster, cluster), eq(counterMark.use, 'snapshots'), eq(counterMark.key, 'day')))
    return last?.at ?? null
  }
}
/** The master of every name answers and has said where groups stand. */
const allTold = ({ brokers }: ClusterState): boolean => {
  const told = new Set(
    [...brokers.values()]
      .filter(({ id, state, offsetsAt }) => id === 0 && state === 'ok' && offsetsAt > 0)
      .map(({ name }) => name),
  )
  return [...brokers.values()].every(({ name }) => told.has(name))
}
const newId = (): string => randomBytes(9).toString('base64url')
