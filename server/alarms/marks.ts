// server/alarms/marks.ts: how far the counters were that growth is read from, so that what failed while nobody watched is still
// told of after a restart. Owner of counter_mark for `retry` and `dead`.
import { and, eq, inArray } from 'drizzle-orm'
import type { Database } from '../db/open'
import { counterMark } from '../db/schema'
import { GROWTH_MS } from '../shared/alarms'
import type { Meters } from './measure'
import type { Statement } from './store'

const WRITE_EVERY_MS = 60_000
const uses = ['retry', 'dead'] as const

export interface Marks {
  load(meters: Meters): Promise<void>
  /** What changed, once a minute; empty in between. */
  due(meters: Meters, now: number): Statement[]
}
export const openMarks = (database: Database, cluster: string, now: () => number): Marks => {
  const written = new Map<string, number>()
  let writtenAt = 0
  return {
    async load(meters) {
      const rows = await database.db
        .select()
        .from(counterMark)
        .where(and(eq(counterMark.cluster, cluster), inArray(counterMark.use, [...uses])))
      for (const { use, key, at, value } of rows) {
        if (use !== 'retry' && use !== 'dead') continue
        // Retries of long ago are no growth of the last minutes; a dead letter is one whenever it came.
        if (use === 'retry' && now() - at > GROWTH_MS) continue
        meters[use].seed(key, at, value)
        written.set(`${use}\n${key}`, value)
      }
    },
    due(meters, at) {
      if (at - writtenAt < WRITE_EVERY_MS) return []
      writtenAt = at
      return uses.flatMap((use) =>
        [...meters[use].marks()].flatMap(([key, mark]) => {
          if (written.get(`${use}\n${key}`) === mark.value) return []
          // A write that fails leaves an older mark behind: more is counted after a restart, never less.
          written.set(`${use}\n${key}`, mark.value)
          return [
            {
              sql: `insert into counter_mark (cluster, use, key, at, value) values (?, ?, ?, ?, ?)
                on conflict (cluster, use, key) do update set at = excluded.at, value = excluded.value`,
              params: [cluster, use, key, mark.at, mark.value],
            },
          ]
        }),
      )
    },
  }
}
