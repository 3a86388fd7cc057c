// server/metrics/explore.ts: charts over the history for whoever asks: several series on one grid, the same span of before
// beneath them, and what happened meanwhile. A step without samples is null, never a guess.
import { sql } from 'drizzle-orm'
import { sample1m, sample10m, series } from '../db/schema'
import type { ExploreInput } from '../shared/inputs'
import { type CompareSpan, type ExplorerMetric, MOST_SERIES } from '../shared/metrics'
import type { Explored } from '../shared/views'
import {
  collectingSince,
  firstRunOf,
  type Grid,
  gridOf,
  type HistoryOptions,
  markersOf,
  pointsOf,
  readRuns,
} from './history'
import { findSeries, tiers } from './recorder'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** The largest are found by the last so much of the span: of each series few rows, however many series there are. */
const RANKED_MS = 6 * HOUR_MS

/** Names by the value they have now, largest first: for a span that has no samples of the coarser tables yet. */
export type RankedNow = (metric: ExplorerMetric, of: ExploreInput['of']) => string[]

export const explore = async (
  options: HistoryOptions,
  rankedNow: RankedNow,
  input: ExploreInput,
): Promise<Explored> => {
  const { database, cluster } = options
  const grid = gridOf(options, input)
  const { names, all } = await namesOf(options, rankedNow, input, grid)
  const shift = input.compare === undefined ? 0 : shiftOf(input.compare, grid)
  const values = async (id: number | null, name: string, at: Grid): Promise<(number | null)[]> => {
    const runs = await readRuns(options, id, input.of, name, at, [input.metric])
    return pointsOf(runs, at.from, at.to, at.stepMs, at.sampleMs, [input.metric])[input.metric]
  }
  // What is old may lie in a coarser table than the span it is laid beneath; the steps stay the same.
  const before = gridOf(options, { from: grid.from - shift, to: grid.to - shift })
  const earlier: Grid = {
    ...grid,
    from: grid.from - shift,
    to: grid.to - shift,
    tier: Math.max(grid.tier, before.tier),
    sampleMs: Math.max(grid.sampleMs, before.sampleMs),
  }
  const rows = await Promise.all(
    names.map(async (name) => {
      const id = await findSeries(database, cluster, input.of, name)
      return {
        name,
        values: await values(id, name, grid),
        before: shift === 0 ? null : await values(id, name, earlier),
        since: id === null ? null : await collectingSince(database, id),
      }
    }),
  )
  const since = rows.flatMap((row) => row.since ?? [])
  return {
    from: grid.from,
    to: grid.to,
    stepMs: grid.stepMs,
    sampleMs: grid.sampleMs,
    keptMs: tiers[grid.tier]?.keptMs ?? 0,
    shiftMs: shift,
    series: rows.map(({ name, values: now, before: then }) => ({ name, values: now, before: then })),
    more: Math.max(0, all - names.length),
    collectingSince: since.length === 0 ? null : Math.min(...since),
    markers: await markersOf(database, cluster, input.of, names, grid.from, grid.to),
  }
}

const shiftOf = (compare: CompareSpan, { from, to, stepMs }: Grid): number =>
  // Whole steps, so that points lie above each other.
  Math.ceil((compare === 'day' ? DAY_MS : compare === 'week' ? 7 * DAY_MS : to - from) / stepMs) * stepMs

const namesOf = async (
  { database, cluster }: HistoryOptions,
  rankedNow: RankedNow,
  { metric, of, names, top = MOST_SERIES }: ExploreInput,
  { from, to }: Grid,
): Promise<{ names: string[]; all: number }> => {
  if (of === 'cluster') return { names: [''], all: 1 }
  if (names !== undefined) return { names: names.slice(0, MOST_SERIES), all: names.length }
  const tier = to - from <= HOUR_MS ? 1 : 2
  const table = tier === 1 ? sample1m : sample10m
  const begin = Math.max(from, to - RANKED_MS)
  // A run counts for as long as it lasts: who stood still for hours is one row, and may be the largest.
  const lasts = sql`min(${table.until} + ${tiers[tier]?.stepMs ?? 0}, ${to}) - max(${table.at}, ${begin})`
  const mean = sql<number | null>`(
    select sum(${table[metric]} * (${lasts})) / sum(${lasts}) from ${table}
    where ${table.seriesId} = ${series.id} and ${table[metric]} is not null
      and ${table.at} >= ${firstRunOf(table, sql`${series.id}`, begin)} and ${table.until} >= ${begin} and ${table.at} < ${to})`
  const ranked = await database.db.all<[string, number]>(
    sql`select ${series.name}, ${mean} as mean from ${series}
      where ${series.cluster} = ${cluster} and ${series.kind} = ${of} and mean is not null
      order by mean desc limit ${top}`,
  )
  const now = rankedNow(metric, of)
  return { names: [...new Set([...ranked.map(([name]) => name), ...now])].slice(0, top), all: now.length }
}
