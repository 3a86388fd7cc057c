// server/metrics/report.ts: the resource report: messages and bytes of topics or groups, whole span, by day or by hour, from
// what was counted (usage.ts). Days begin where the reader's do.
import { inArray, sql } from 'drizzle-orm'
import type { Database } from '../db/open'
import { series } from '../db/schema'
import type { UsageInput } from '../shared/inputs'
import type { UsagePage, UsageRow } from '../shared/views'
import { BLOCK_MS, HOUR_MS } from './usage'

const MOST_STEPS = 24 * 93
interface Step {
  at: number
  until: number
}
/** The hours of a span put into steps: all in one, or where the hour or the date of the zone changes. */
export const stepsOf = (by: UsageInput['by'], from: number, to: number, zone: string): Step[] => {
  const first = Math.floor(from / HOUR_MS) * HOUR_MS
  const last = Math.ceil(to / HOUR_MS) * HOUR_MS
  if (by === 'total') return [{ at: first, until: last }]
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
  const steps: Step[] = []
  let held: { step: Step; key: string } | undefined
  for (let hour = first; hour < last && steps.length < MOST_STEPS; hour += HOUR_MS) {
    const key = by === 'hour' ? String(hour) : date.format(hour)
    if (held?.key === key) held.step.until = hour + HOUR_MS
    else {
      held = { step: { at: hour, until: hour + HOUR_MS }, key }
      steps.push(held.step)
    }
  }
  return steps
}

const orders: Record<UsageInput['sort'], string> = {
  at: 'at desc, total desc, nth',
  name: 'nth, at desc',
  in: 'messages_in desc, nth',
  out: 'messages_out desc, nth',
  bytes: 'bytes desc, nth',
}
/** A part of a step, and which rows it reads. */
interface Piece extends Step {
  from: number
  to: number
}
/** Whole blocks where a step holds some, single hours around them. */
export const piecesOf = (steps: readonly Step[]): Record<'hours' | 'blocks', Piece[]> => {
  const hours: Piece[] = []
  const blocks: Piece[] = []
  for (const step of steps) {
    const first = Math.ceil(step.at / BLOCK_MS) * BLOCK_MS
    const last = Math.floor(step.until / BLOCK_MS) * BLOCK_MS
    if (first >= last) hours.push({ ...step, from: step.at, to: step.until })
    else {
      if (step.at < first) hours.push({ ...step, from: step.at, to: first })
      blocks.push({ ...step, from: first, to: last })
      if (last < step.until) hours.push({ ...step, from: last, to: step.until })
    }
  }
  return { hours, blocks }
}
export const usageReport = async (
  database: Database,
  cluster: string,
  input: UsageInput,
  now: number,
): Promise<UsagePage> => {
  const to = input.to ?? now
  const from = input.from ?? to - (input.lastMs ?? 86_400_000)
  const steps = stepsOf(input.by, from, to, input.zone)
  const like = `%${input.q.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const pieces = piecesOf(steps)
  const listed = (all: readonly Piece[]) => JSON.stringify(all.map((one) => [one.at, one.until, one.from, one.to]))
  const table = (name: 'hours' | 'blocks') => sql.raw(`${name}(at, until, first, beyond)`)
  const given = (all: readonly Piece[]) =>
    sql`(select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
      json_extract(value, '$[3]') from json_each(${listed(all)}))`
  // The outer loops are few, the inner one a range of the primary key: `cross join` keeps them in this order.
  const counted = (of: 'hours' | 'blocks', kept: 'usage_hour' | 'usage_block') =>
    sql`select wanted.id as id, nth, ${sql.raw(of)}.at as at, ${sql.raw(of)}.until as until, messages_in, messages_out, sized, bytes, estimated
      from wanted cross join ${sql.raw(of)} cross join ${sql.raw(kept)} counted
      where counted.series_id = wanted.id and counted.hour >= ${sql.raw(of)}.first and counted.hour < ${sql.raw(of)}.beyond`
  // Materialized: else the steps are read out of their JSON anew for each series. Names are sorted once, by their place.
  const asked = sql`with ${table('hours')} as materialized ${given(pieces.hours)},
    ${table('blocks')} as materialized ${given(pieces.blocks)},
    wanted as materialized (select id, row_number() over (order by name) as nth from series
      where cluster = ${cluster} and kind = ${input.of} and name like ${like} escape '\\'),
    moved as (${counted('hours', 'usage_hour')} union all ${counted('blocks', 'usage_block')})`
  const rows = await database.db.all<[number, number, number, number, number, number, number, number, number, number]>(
    sql`${asked}, summed as (select id, nth, at, until, sum(messages_in) as messages_in, sum(messages_out) as messages_out,
        sum(sized) as sized, sum(bytes) as bytes, max(estimated) as estimated, sum(messages_in + messages_out) as total
        from moved group by id, at)
      select id, at, until, messages_in, messages_out, sized, bytes, estimated, total, count(*) over ()
      from summed order by ${sql.raw(orders[input.sort])} limit ${input.size} offset ${(input.page - 1) * input.size}`,
  )
  // Of the page's rows alone: in the statement above a name would be looked up for each that is sorted.
  const ids = [...new Set(rows.map(([id]) => id))]
  const names = new Map(
    await database.db
      .select({ id: series.id, name: series.name })
      .from(series)
      .where(inArray(series.id, ids))
      .then((found) => found.map(({ id, name }): [number, string] => [id, name])),
  )
  // Past the last page no row tells how many there are.
  const matched =
    rows[0]?.[9] ??
    (input.page === 1
      ? 0
      : (
          await database.db.all<[number]>(sql`${asked} select count(*) from (select 1 from moved group by id, at)`)
        )[0]?.[0])
  return {
    rows: rows.map(([id, at, until, messagesIn, messagesOut, sized, bytes, estimated]): UsageRow => {
      const messages = input.of === 'topic' ? messagesIn : messagesOut
      return {
        name: names.get(id) ?? '',
        at,
        until,
        messagesIn,
        messagesOut,
        // Of some the size was known: the others are taken to be alike.
        bytes: sized === 0 ? (messages === 0 ? 0 : null) : (bytes * messages) / sized,
        estimated: estimated === 1,
      }
    }),
    matched: matched ?? 0,
    page: input.page,
    size: input.size,
    from: steps[0]?.at ?? from,
    to: steps.at(-1)?.until ?? to,
  }
}
