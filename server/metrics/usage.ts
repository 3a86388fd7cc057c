// server/metrics/usage.ts: how many messages each topic and group moved in each hour, by the difference of offsets, so that it
// agrees with what was sent. Counters and how far they were are written in one transaction: a restart counts nothing
// twice and misses nothing. A reset counts what it skips; one backwards counts nothing. Owner of usage_hour and event.
import { and, eq } from 'drizzle-orm'
import type { Database } from '../db/open'
import { counterMark } from '../db/schema'
import { isSystemGroup, RETRY_PREFIX } from '../shared/names'
import { kindOf } from './kind'
import type { Recorder } from './recorder'
import { askable, type BrokerState, type ClusterState, silentNames } from './state'

export const HOUR_MS = 3_600_000
/** Counts are kept by hours, and by blocks of them that begin with the days of UTC and of Beijing. */
export const BLOCK_MS = 8 * HOUR_MS
const WRITE_EVERY_MS = 60_000
const CLEAN_EVERY_MS = HOUR_MS
/** Hours are kept as long as the coarsest samples. */
const KEPT_MS = 90 * 86_400_000
/** Mean sizes asked in one turn, and how long one holds. */
const SIZES_PER_TURN = 4
const SIZE_HOLDS_MS = 600_000
/** After so long without a look, what was counted is laid over the hours between, and said to be. */
const PAUSE_MS = 60_000
const STATEMENTS = 500
/** The mark that says when all of them were last looked at. */
const LOOKED = ''

export interface Usage {
  /** Counts what moved since the last turn. */
  turn(at: number): void
  /** Writes what is due; `always`: whatever waits. */
  write(at: number, always?: boolean): Promise<void>
}
export interface UsageOptions {
  database: Database
  recorder: Pick<Recorder, 'idsOf'>
  cluster: string
  state: ClusterState
  /** The mean size of a topic's messages, by the broker's own statistics. */
  meanSize: (broker: BrokerState, topic: string) => Promise<number | null>
  log: (text: string) => void
}
interface Counted {
  messagesIn: number
  messagesOut: number
  sized: number
  bytes: number
  estimated: boolean
}
interface Mark {
  at: number
  value: number
  changed: boolean
}

export const openUsage = (options: UsageOptions): Usage => {
  const { database, recorder, cluster, state, meanSize, log } = options
  let marks: Map<string, Mark> | undefined
  let loading: Promise<void> | undefined
  /** Series to hour to what waits to be written. */
  const waiting = new Map<string, Map<number, Counted>>()
  const sizes = new Map<string, { bytes: number | null; at: number }>()
  const starts = new Map<string, string>()
  const takeovers = new Map<string, number>()
  const begun = new Map<string, ReadonlySet<number>>()
  let moved = new Set<string>()
  let writtenAt = 0
  let cleanedAt = 0

  const load = async (): Promise<void> => {
    const rows = await database.db
      .select()
      .from(counterMark)
      .where(and(eq(counterMark.cluster, cluster), eq(counterMark.use, 'usage')))
    // A mark is written when it moves: until the last look at all it stood where it stands.
    const lookedAt = rows.find(({ key }) => key === LOOKED)?.at ?? 0
    marks = new Map(rows.map(({ key, at, value }) => [key, { at: Math.max(at, lookedAt), value, changed: false }]))
  }
  const add = (
    series: string,
    from: number,
    to: number,
    side: 'messagesIn' | 'messagesOut',
    messages: number,
    topic: string,
  ) => {
    const hours = waiting.get(series) ?? new Map<number, Counted>()
    waiting.set(series, hours)
    const size = sizes.get(topic)?.bytes ?? null
    const paused = to - from > PAUSE_MS
    const first = paused ? Math.floor(from / HOUR_MS) : Math.floor(to / HOUR_MS)
    const last = Math.floor(to / HOUR_MS)
    let left = messages
    for (let hour = first; hour <= last; hour++) {
      const share = Math.min(to, (hour + 1) * HOUR_MS) - Math.max(from, hour * HOUR_MS)
      const part = hour === last ? left : Math.round((messages * share) / (to - from))
      left -= part
      const held = hours.get(hour) ?? { messagesIn: 0, messagesOut: 0, sized: 0, bytes: 0, estimated: false }
      held[side] += part
      held.estimated ||= paused
      if (size !== null) {
        held.sized += part
        held.bytes += part * size
      }
      hours.set(hour, held)
    }
  }
  /** How far a counter is now: what it grew by since it was last looked at. */
  const step = (key: string, value: number, isNew: boolean, at: number): { from: number; grown: number } => {
    const held = marks?.get(key)
    if (held === undefined) {
      marks?.set(key, { at, value, changed: true })
      return { from: at, grown: isNew ? value : 0 }
    }
    const from = held.at
    // What fell was made anew, or put back: what it had moved until now is not known.
    const grown = value < held.value ? 0 : value - held.value
    if (value !== held.value) held.changed = true
    held.value = value
    held.at = at
    return { from, grown }
  }
  /** Where a group begins in a queue is no message it consumed. */
  const passOver = (key: string, positions: readonly { queueId: number; committed: number }[]): void => {
    const seen = begun.get(key)
    begun.set(key, new Set(positions.map(({ queueId }) => queueId)))
    const mark = marks?.get(key)
    if (seen === undefined || mark === undefined) return
    for (const { queueId, committed } of positions) if (!seen.has(queueId)) mark.value += committed
  }

  const askSizes = async (at: number): Promise<void> => {
    const due = [...moved]
      .filter((topic) => at - (sizes.get(topic)?.at ?? 0) > SIZE_HOLDS_MS)
      .sort((a, b) => (sizes.get(a)?.at ?? 0) - (sizes.get(b)?.at ?? 0))
      .slice(0, SIZES_PER_TURN)
    moved = new Set()
    await Promise.all(
      due.map(async (topic) => {
        const held = sizes.get(topic)?.bytes ?? null
        sizes.set(topic, { bytes: held, at })
        for (const broker of askable(state)) {
          if (!broker.topicConfigs.has(topic)) continue
          const bytes = await meanSize(broker, topic).catch(() => null) // without it bytes stay unknown
          if (bytes === null) continue
          sizes.set(topic, { bytes, at })
          return
        }
        if (held === null) sizes.delete(topic) // its broker counts by the minute: asked again in the next turn
      }),
    )
  }

  return {
    turn(at) {
      if (marks === undefined) return
      marks.set(LOOKED, { at, value: 0, changed: true })
      const silent = silentNames(state)
      for (const { name, queues, isNew } of state.topics.values()) {
        const kind = kindOf(state, name)
        if (kind === 'system') continue
        for (const [broker, value] of sums(queues.values(), ({ maxAt, max }) => (maxAt === 0 ? null : max))) {
          if (silent.has(broker)) continue
          const { from, grown } = step(`in\n${name}\n${broker}`, value, isNew, at)
          if (grown === 0) continue
          moved.add(name)
          add(`topic\n${name}`, from, at, 'messagesIn', grown, name)
          if (kind === 'user') add('cluster\n', from, at, 'messagesIn', grown, name)
        }
      }
      for (const group of state.groups.values()) {
        if (isSystemGroup(group.name) || group.model === 'BROADCASTING') continue
        for (const [topic, positions] of group.positions) {
          // What comes again was counted when it came first.
          if (topic.startsWith(RETRY_PREFIX)) continue
          const isNew = state.topics.get(topic)?.isNew === true
          const held = [...positions.values()].filter(({ committed }) => committed >= 0)
          for (const [broker, value] of sums(held, ({ committed }) => committed)) {
            if (silent.has(broker)) continue
            const key = `out\n${group.name}\n${topic}\n${broker}`
            if (!isNew)
              passOver(
                key,
                held.filter((one) => one.broker === broker),
              )
            const { from, grown } = step(key, value, isNew, at)
            if (grown === 0) continue
            add(`group\n${group.name}`, from, at, 'messagesOut', grown, topic)
            add(`topic\n${topic}`, from, at, 'messagesOut', grown, topic)
            add('cluster\n', from, at, 'messagesOut', grown, topic)
          }
        }
      }
    },

    async write(at, always = false) {
      try {
        loading ??= load().catch((error: unknown) => {
          loading = undefined
          throw error
        })
        await loading
        if (!always) await askSizes(at)
        const restarted = [...state.brokers.values()].filter(
          ({ key, bootTimestamp, tookOverAt }) =>
            bootTimestamp !== undefined &&
            starts.get(key) !== bootTimestamp &&
            Number(bootTimestamp) > (tookOverAt ?? 0),
        )
        const tookOver = [...state.brokers.values()].flatMap(({ key, id, tookOverAt }) =>
          id === 0 && tookOverAt !== null && takeovers.get(key) !== tookOverAt ? [{ key, tookOverAt }] : [],
        )
        if (!always && at - writtenAt < WRITE_EVERY_MS && restarted.length + tookOver.length === 0) return
        writtenAt = at
        const ids = await recorder.idsOf([...waiting.keys()])
        const statements: { sql: string; params: unknown[] }[] = []
        for (const [series, hours] of waiting)
          for (const [hour, one] of hours) {
            const at = hour * HOUR_MS
            const { messagesIn, messagesOut, sized, bytes, estimated } = one
            const counts = [messagesIn, messagesOut, sized, bytes, Number(estimated)]
            for (const [table, start] of [
              ['usage_hour', at],
              ['usage_block', at - (at % BLOCK_MS)],
            ] as const)
              statements.push({
                sql: `insert into ${table} (series_id, hour, messages_in, messages_out, sized, bytes, estimated)
                values (?, ?, ?, ?, ?, ?, ?) on conflict (series_id, hour) do update set
                messages_in = messages_in + excluded.messages_in, messages_out = messages_out + excluded.messages_out,
                sized = sized + excluded.sized, bytes = bytes + excluded.bytes, estimated = max(estimated, excluded.estimated)`,
                params: [ids.get(series) ?? 0, start, ...counts],
              })
          }
        const changed = [...(marks ?? [])].filter(([, mark]) => mark.changed)
        for (let first = 0; first < changed.length; first += STATEMENTS) {
          const some = changed.slice(first, first + STATEMENTS)
          statements.push({
            sql: `insert into counter_mark (cluster, use, key, at, value) values ${some.map(() => "(?, 'usage', ?, ?, ?)").join()}
              on conflict (cluster, use, key) do update set at = excluded.at, value = excluded.value`,
            params: some.flatMap(([key, mark]) => [cluster, key, mark.at, mark.value]),
          })
        }
        for (const { key, bootTimestamp } of restarted)
          statements.push({
            sql: "insert or ignore into event (cluster, at, kind, subject) values (?, ?, 'broker-start', ?)",
            params: [cluster, Number(bootTimestamp), key],
          })
        for (const { key, tookOverAt } of tookOver)
          statements.push({
            sql: "insert or ignore into event (cluster, at, kind, subject) values (?, ?, 'failover', ?)",
            params: [cluster, tookOverAt, key],
          })
        if (at - cleanedAt >= CLEAN_EVERY_MS) {
          cleanedAt = at
          statements.push(
            ...['usage_hour', 'usage_block'].map((table) => ({
              sql: `delete from ${table} where series_id in (select id from series) and hour < ?`,
              params: [at - KEPT_MS],
            })),
            { sql: 'delete from event where cluster = ? and at < ?', params: [cluster, at - KEPT_MS] },
            // Of topics and groups that are gone.
            {
              sql: "delete from counter_mark where cluster = ? and use = 'usage' and at < ?",
              params: [cluster, at - KEPT_MS],
            },
          )
        }
        await database.batch(statements)
        waiting.clear()
        for (const [, mark] of changed) mark.changed = false
        for (const { key, bootTimestamp } of restarted) starts.set(key, bootTimestamp ?? '')
        for (const { key, tookOverAt } of tookOver) takeovers.set(key, tookOverAt)
      } catch (error) {
        log(`usage: ${error instanceof Error ? error.message : String(error)}`) // it waits for the next time
      }
    },
  }
}

/** Per broker, over its queues; a broker of which one queue is not known is left out. */
const sums = <One extends { broker: string }>(
  all: Iterable<One>,
  valueIn: (one: One) => number | null,
): Map<string, number> => {
  const found = new Map<string, number>()
  const partial = new Set<string>()
  for (const one of all) {
    const value = valueIn(one)
    if (value === null) partial.add(one.broker)
    else found.set(one.broker, (found.get(one.broker) ?? 0) + value)
  }
  for (const broker of partial) found.delete(broker)
  return found
}
