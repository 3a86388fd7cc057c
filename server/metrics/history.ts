// server/metrics/history.ts: a span of the past as points for a chart. The finest resolution that still holds the span
// is read, then thinned to a bounded number of steps; a step without samples is a gap, never a guess.
import { type AnyColumn, and, asc, eq, gte, inArray, lte, min, type SQL, sql } from 'drizzle-orm'
import { alarm } from '../db/alarm-tables'
import type { Database } from '../db/open'
import { audit, event, sample1m, sample5s, sample10m } from '../db/schema'
import type { Span } from '../shared/inputs'
import type { History } from '../shared/views'
import { findSeries, type Recorder, type SampleField, type SeriesKind, tiers } from './recorder'

const DEFAULT_SPAN_MS = 3_600_000
const MOST_POINTS = 720
const MOST_MARKERS = 100
/** More samples than this of one series are read from the next coarser table. */
const MOST_SAMPLES = 2200
const tables = [sample5s, sample1m, sample10m] as const
export type SampleTable = (typeof tables)[number]
const fields = ['in', 'out', 'inBytes', 'outBytes', 'lag', 'behindMs'] as const satisfies readonly SampleField[]

export interface HistoryOptions {
  database: Database
  recorder: Recorder
  cluster: string
  turnMs: number
  now: () => number
}
/** The steps of a chart, and which table they are read from. */
export interface Grid {
  from: number
  to: number
  stepMs: number
  tier: number
  /** How far samples of that table lie apart. */
  sampleMs: number
}
export const gridOf = ({ turnMs, now }: Pick<HistoryOptions, 'turnMs' | 'now'>, span: Span): Grid => {
  const to = span.to ?? now()
  const wanted = Math.min(span.from ?? to - (span.lastMs ?? DEFAULT_SPAN_MS), to - 1000)
  const age = now() - wanted
  const held = tiers.findIndex(({ keptMs, stepMs }, tier) => {
    const sampleMs = tier === 0 ? turnMs : stepMs
    return age <= keptMs * 1.01 && (to - wanted) / sampleMs <= MOST_SAMPLES
  })
  const tier = held < 0 ? tiers.length - 1 : held
  const sampleMs = tier === 0 ? turnMs : (tiers[tier]?.stepMs ?? 60_000)
  const stepMs = Math.max(1, Math.ceil((to - wanted) / MOST_POINTS / sampleMs)) * sampleMs
  // On a grid of its own, so that a chart asked again shows the same steps.
  return { from: Math.floor(wanted / stepMs) * stepMs, to, stepMs, tier, sampleMs }
}
/** What was sampled of a series in a span, runs that are not yet in the file among it; of the figures those that are wanted. */
export const readRuns = async (
  { database, recorder }: HistoryOptions,
  id: number | null,
  kind: SeriesKind,
  name: string,
  { from, to, tier }: Grid,
  wanted: readonly SampleField[],
): Promise<RunRow[]> => {
  const rows = id === null ? [] : await rowsOf(database, id, tier, from, to, wanted)
  const runs = new Map<number, RunRow>(
    rows.map(([at, until, ...figures]) => [
      at,
      { at, until, values: Object.fromEntries(wanted.map((field, index) => [field, figures[index]])) },
    ]),
  )
  for (const open of recorder.open(kind, name, tier)) if (open.until >= from && open.at <= to) runs.set(open.at, open)
  return [...runs.values()].sort((a, b) => a.at - b.at)
}
type StoredRun = [at: number, until: number, ...figures: (number | null)[]]
/** As one text: a driver that makes an object of each of thousands of rows takes ten times as long as JSON does. */
const rowsOf = async (
  { db }: Database,
  id: number,
  tier: number,
  from: number,
  to: number,
  wanted: readonly SampleField[],
): Promise<StoredRun[]> => {
  const table = tables[tier] ?? sample5s
  const columns = sql.join([table.at, table.until, ...wanted.map((field) => table[field])], sql`, `)
  const [row] = await db.all<[string]>(
    sql`select json_group_array(json_array(${columns})) from ${table}
      where ${table.seriesId} = ${id} and ${table.at} >= ${firstRunOf(table, sql`${id}`, from)}
        and ${table.until} >= ${from} and ${table.at} <= ${to}`,
  )
  return row === undefined ? [] : (JSON.parse(row[0]) as StoredRun[]) // what the statement lays out
}
/** Where reading begins: runs do not overlap, so of those that began before `from` only the last can reach into the span. */
export const firstRunOf = (table: SampleTable, id: SQL, from: number): SQL =>
  sql`coalesce((select max(earlier.at) from ${table} earlier where earlier.series_id = ${id} and earlier.at <= ${from}), ${from})`
/** Since when anything of it is kept. */
export const collectingSince = async (database: Database, id: number): Promise<number | null> => {
  const firsts = await Promise.all(
    tables.map((one) =>
      database.db
        .select({ at: min(one.at) })
        .from(one)
        .where(eq(one.seriesId, id)),
    ),
  )
  const times = firsts.flatMap(([row]) => (row?.at == null ? [] : [row.at]))
  return times.length === 0 ? null : Math.min(...times)
}
export const readHistory = async (
  options: HistoryOptions,
  kind: SeriesKind,
  name: string,
  span: Span,
): Promise<History> => {
  const { database, cluster } = options
  const grid = gridOf(options, span)
  const { from, to, stepMs, sampleMs } = grid
  const id = await findSeries(database, cluster, kind, name)
  const runs = await readRuns(options, id, kind, name, grid, fields)
  const kept = id === null ? null : await collectingSince(database, id)
  const columns = pointsOf(runs, from, to, stepMs, sampleMs, fields)
  return {
    from,
    to,
    stepMs,
    points: columns.in.map((_, step) => ({
      at: from + step * stepMs,
      in: columns.in[step] ?? null,
      out: columns.out[step] ?? null,
      inBytes: columns.inBytes[step] ?? null,
      outBytes: columns.outBytes[step] ?? null,
      lag: columns.lag[step] ?? null,
      behindMs: columns.behindMs[step] ?? null,
    })),
    collectingSince: kept ?? runs[0]?.at ?? null,
    markers: await markersOf(database, cluster, kind, name, from, to),
  }
}

export type RunRow = { at: number; until: number; values: { [field in SampleField]?: number | null } }
/** For each figure a value per step: the mean of the samples in it; a run counts once per sample it stands for. */
export const pointsOf = <Field extends SampleField>(
  runs: readonly RunRow[],
  from: number,
  to: number,
  stepMs: number,
  sampleMs: number,
  wanted: readonly Field[],
): Record<Field, (number | null)[]> => {
  const steps = Math.max(1, Math.ceil((to - from) / stepMs))
  const sums = wanted.map(() => new Float64Array(steps))
  const counts = wanted.map(() => new Float64Array(steps))
  for (const { at, until, values } of runs) {
    // A sample speaks for the time up to the next one.
    const first = Math.max(0, Math.floor((at - from) / stepMs))
    const last = Math.min(steps - 1, Math.floor((until + sampleMs - 1 - from) / stepMs))
    for (let step = first; step <= last; step++) {
      const begin = Math.max(at, from + step * stepMs)
      const end = Math.min(until + sampleMs, from + (step + 1) * stepMs)
      const weight = Math.max(0, end - begin)
      wanted.forEach((field, index) => {
        const value = values[field]
        const sum = sums[index]
        const count = counts[index]
        if (value == null || Number.isNaN(value) || sum === undefined || count === undefined) return
        sum[step] = (sum[step] ?? 0) + value * weight
        count[step] = (count[step] ?? 0) + weight
      })
    }
  }
  const columns: Partial<Record<Field, (number | null)[]>> = {}
  wanted.forEach((field, index) => {
    columns[field] = Array.from({ length: steps }, (_, step) => {
      const weight = counts[index]?.[step] ?? 0
      return weight > 0 ? (sums[index]?.[step] ?? 0) / weight : null
    })
  })
  return columns as Record<Field, (number | null)[]> // every wanted field was set
}

const kindsOfActions: Readonly<Record<string, History['markers'][number]['kind']>> = {
  'group.reset': 'reset',
  'broker.configUpdate': 'config',
  'topic.update': 'config',
  'group.update': 'config',
  'group.setFilter': 'config',
  'group.removeFilter': 'config',
  'broker.restart': 'restart',
  'broker.start': 'restart',
  'broker.stop': 'restart',
}
export const markersOf = async (
  database: Database,
  cluster: string,
  kind: SeriesKind,
  names: string | readonly string[],
  from: number,
  to: number,
): Promise<History['markers']> => {
  const about = typeof names === 'string' ? [names] : [...names]
  const whole = kind === 'cluster'
  /** Of this cluster, in this span, about what is drawn. */
  const drawn = (of: AnyColumn, at: AnyColumn, subject: AnyColumn) =>
    and(eq(of, cluster), gte(at, from), lte(at, to), ...(whole ? [] : [inArray(subject, about)]))
  const { db } = database
  const [done, fired, seen] = await Promise.all([
    db
      .select({ at: audit.at, action: audit.action, object: audit.object })
      .from(audit)
      .where(and(drawn(audit.cluster, audit.at, audit.object), inArray(audit.action, Object.keys(kindsOfActions))))
      .orderBy(asc(audit.at))
      .limit(MOST_MARKERS),
    db
      .select({ at: alarm.firedAt, rule: alarm.rule, subject: alarm.subject })
      .from(alarm)
      .where(drawn(alarm.cluster, alarm.firedAt, alarm.subject))
      .orderBy(asc(alarm.firedAt))
      .limit(MOST_MARKERS),
    kind === 'cluster' || kind === 'broker'
      ? db
          .select()
          .from(event)
          .where(drawn(event.cluster, event.at, event.subject))
          .orderBy(asc(event.at))
          .limit(MOST_MARKERS)
      : [],
  ])
  return [
    ...done.flatMap(({ at, action, object }) => {
      const found = kindsOfActions[action]
      return found === undefined ? [] : [{ at, kind: found, text: `${action} ${object ?? ''}`.trim() }]
    }),
    ...fired.map(({ at, rule, subject }) => ({ at, kind: 'alarm' as const, text: `fired ${rule}: ${subject}` })),
    ...seen.map(({ at, kind, subject }) =>
      kind === 'failover'
        ? { at, kind: 'failover' as const, text: `failover ${subject}` }
        : { at, kind: 'start' as const, text: `started ${subject}` },
    ),
  ].sort((a, b) => a.at - b.at)
}
