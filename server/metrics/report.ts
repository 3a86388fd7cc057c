// server/metrics/report.ts: the resource report: messages and bytes of topics or groups, whole span, by day or by hour, from
// what was counted (usage.ts). Days begin where the reader's do.
import { sql } from 'drizzle-orm'
import type { Database } from '../db/open'
import type { UsageInput } from '../shared/inputs'
import type { UsagePage, UsageRow } from '../shared/views'
import { HOUR_MS } from './usage'

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
  at: 'step.at desc, total desc, series.name',
  name: 'series.name, step.at desc',
  in: 'messages_in desc, series.name',
  out: 'messages_out desc, series.name',
  bytes: 'bytes desc, series.name',
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
  // The outer loops are few, the inner one a range of the primary key: `cross join` keeps them in this order.
  const joined = sql`from series cross join step cross join usage_hour
    where series.cluster = ${cluster} and series.kind = ${input.of} and series.name like ${like} escape '\\'
    and usage_hour.series_id = series.id and usage_hour.hour >= step.at and usage_hour.hour < step.until
    group by series.id, step.at`
  const table = sql`with step(at, until) as (select json_extract(value, '$[0]'), json_extract(value, '$[1]')
    from json_each(${JSON.stringify(steps.map(({ at, until }) => [at, until]))}))`
  const rows = await database.db.all<[string, number, number, number, number, number, number, number]>(
    sql`${table} select series.name, step.at, step.until, sum(messages_in) as messages_in, sum(messages_out) as messages_out,
      sum(sized) as sized, sum(bytes) as bytes, max(estimated), sum(messages_in + messages_out) as total ${joined}
      order by ${sql.raw(orders[input.sort])} limit ${input.size} offset ${(input.page - 1) * input.size}`,
  )
  const [counted] = await database.db.all<[number]>(sql`${table} select count(*) from (select 1 ${joined})`)
  return {
    rows: rows.map(([name, at, until, messagesIn, messagesOut, sized, bytes, estimated]): UsageRow => {
      const messages = input.of === 'topic' ? messagesIn : messagesOut
      return {
        name,
        at,
        until,
        messagesIn,
        messagesOut,
        // Of some the size was known: the others are taken to be alike.
        bytes: sized === 0 ? (messages === 0 ? 0 : null) : (bytes * messages) / sized,
        estimated: estimated === 1,
      }
    }),
    matched: counted?.[0] ?? 0,
    page: input.page,
    size: input.size,
    from: steps[0]?.at ?? from,
    to: steps.at(-1)?.until ?? to,
  }
}
