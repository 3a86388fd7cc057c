// server/metrics/history.ts: a span of the past as points for a chart. The finest resolution that still holds the span
// is read, then thinned to a bounded number of steps; a step without samples is a gap, never a guess.
import { and, asc, eq, gte, lte, min } from 'drizzle-orm'
import type { Database } from '../db/open'
import { audit, sample1m, sample5s, sample10m } from '../db/schema'
import type { Span } from '../shared/inputs'
import type { History, Point } from '../shared/views'
import { findSeries, type Recorder, type SeriesKind, tiers, type Values } from './recorder'

const DEFAULT_SPAN_MS = 3_600_000
const MOST_POINTS = 720
const tables = [sample5s, sample1m, sample10m] as const
const fields = ['in', 'out', 'inBytes', 'outBytes', 'lag', 'behindMs'] as const

export interface HistoryOptions {
  database: Database
  recorder: Recorder
  cluster: string
  turnMs: number
  now: () => number
}
export const readHistory = async (
  options: HistoryOptions,
  kind: SeriesKind,
  name: string,
  span: Span,
): Promise<History> => {
  const { database, recorder, cluster, turnMs, now } = options
  const to = span.to ?? now()
  const wanted = Math.min(span.from ?? to - (span.lastMs ?? DEFAULT_SPAN_MS), to - 1000)
  const age = now() - wanted
  const tier = Math.max(
    0,
    tiers.findIndex(({ keptMs }) => age <= keptMs * 1.01),
  )
  const finest = tier === 0 ? turnMs : (tiers[tier]?.stepMs ?? 60_000)
  const stepMs = Math.max(1, Math.ceil((to - wanted) / MOST_POINTS / finest)) * finest
  // On a grid of its own, so that a chart asked again shows the same steps.
  const from = Math.floor(wanted / stepMs) * stepMs
  const table = tables[tier] ?? sample5s
  const id = await findSeries(database, cluster, kind, name)
  const runs: { at: number; until: number; values: { [field in keyof Values]: number | null } }[] = []
  let collectingSince: number | null = null
  if (id !== null) {
    const rows = await database.db
      .select()
      .from(table)
      .where(and(eq(table.seriesId, id), gte(table.until, from), lte(table.at, to)))
      .orderBy(asc(table.at))
    for (const { at, until, ...values } of rows) runs.push({ at, until, values })
    const firsts = await Promise.all(
      tables.map((one) =>
        database.db
          .select({ at: min(one.at) })
          .from(one)
          .where(eq(one.seriesId, id)),
      ),
    )
    for (const [row] of firsts) if (row?.at != null) collectingSince = Math.min(collectingSince ?? row.at, row.at)
  }
  for (const open of recorder.open(kind, name, tier)) {
    if (open.until < from || open.at > to) continue
    collectingSince ??= open.at
    const same = runs.findIndex(({ at }) => at === open.at)
    if (same >= 0) runs.splice(same, 1)
    runs.push(open)
  }
  runs.sort((a, b) => a.at - b.at)
  return {
    from,
    to,
    stepMs,
    points: pointsOf(runs, from, to, stepMs, finest),
    collectingSince,
    markers: await markersOf(database, cluster, kind, name, from, to),
  }
}

type RunRow = { at: number; until: number; values: { [field in keyof Values]: number | null } }
/** Each step is the mean of the samples in it; a run counts once per sample it stands for. */
export const pointsOf = (
  runs: readonly RunRow[],
  from: number,
  to: number,
  stepMs: number,
  sampleMs: number,
): Point[] => {
  const steps = Math.max(1, Math.ceil((to - from) / stepMs))
  const sums = fields.map(() => new Float64Array(steps))
  const counts = fields.map(() => new Float64Array(steps))
  for (const { at, until, values } of runs) {
    // A sample speaks for the time up to the next one.
    const first = Math.max(0, Math.floor((at - from) / stepMs))
    const last = Math.min(steps - 1, Math.floor((until + sampleMs - 1 - from) / stepMs))
    for (let step = first; step <= last; step++) {
      const begin = Math.max(at, from + step * stepMs)
      const end = Math.min(until + sampleMs, from + (step + 1) * stepMs)
      const weight = Math.max(0, end - begin)
      fields.forEach((field, index) => {
        const value = values[field]
        const sum = sums[index]
        const count = counts[index]
        if (value === null || Number.isNaN(value) || sum === undefined || count === undefined) return
        sum[step] = (sum[step] ?? 0) + value * weight
        count[step] = (count[step] ?? 0) + weight
      })
    }
  }
  return Array.from({ length: steps }, (_, step) => {
    const mean = (index: number): number | null => {
      const weight = counts[index]?.[step] ?? 0
      return weight > 0 ? (sums[index]?.[step] ?? 0) / weight : null
    }
    return {
      at: from + step * stepMs,
      in: mean(0),
      out: mean(1),
      inBytes: mean(2),
      outBytes: mean(3),
      lag: mean(4),
      behindMs: mean(5),
    }
  })
}

const kindsOfActions: Readonly<Record<string, History['markers'][number]['kind']>> = {
  'group.reset': 'reset',
  'broker.configUpdate': 'config',
  'topic.update': 'config',
  'group.update': 'config',
  'broker.restart': 'restart',
  'broker.start': 'restart',
  'broker.stop': 'restart',
}
const markersOf = async (
  database: Database,
  cluster: string,
  kind: SeriesKind,
  name: string,
  from: number,
  to: number,
): Promise<History['markers']> => {
  const rows = await database.db
    .select({ at: audit.at, action: audit.action, object: audit.object })
    .from(audit)
    .where(
      and(
        eq(audit.cluster, cluster),
        gte(audit.at, from),
        lte(audit.at, to),
        ...(kind === 'cluster' ? [] : [eq(audit.object, name)]),
      ),
    )
    .orderBy(asc(audit.at))
    .limit(200)
  return rows.flatMap(({ at, action, object }) => {
    const found = kindsOfActions[action]
    return found === undefined ? [] : [{ at, kind: found, text: `${action} ${object ?? ''}`.trim() }]
  })
}
