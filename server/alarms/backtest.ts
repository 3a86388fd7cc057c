// server/alarms/backtest.ts: how often a rule would have fired in the last seven days, by the history that is kept, and since
// when there is any. Only metrics with a history can be tried; the others say so.
import { type Grid, type HistoryOptions, readRuns } from '../metrics/history'
import { findSeries, type SeriesKind, tiers } from '../metrics/recorder'
import type { AlarmMetricName, AlarmRuleBody } from '../shared/alarms'
import type { Backtest, Point } from '../shared/views'
import type { Sampled } from './measure'
import { type Held, quiet, step } from './step'

const SPAN_MS = 7 * 86_400_000
/** Minutes are read for so long only: a week of them would be ten thousand rows of each. */
const MINUTES_MS = 86_400_000
/** Each costs reads of the database. */
const MOST_SUBJECTS = 100

/** Samples further apart than so many steps: what lay between is unknown. */
const GAP = 2.5

type Field = keyof Omit<Point, 'at'>
const recorded: Partial<Record<AlarmMetricName, { kind: SeriesKind; field: Field }>> = {
  lag: { kind: 'group', field: 'lag' },
  behind: { kind: 'group', field: 'behindMs' },
  topicIn: { kind: 'topic', field: 'in' },
  topicOut: { kind: 'topic', field: 'out' },
}
export const backtest = async (
  rule: AlarmRuleBody,
  past: HistoryOptions,
  sampled: Sampled | undefined,
  watches: (name: string) => boolean,
  except: (name: string) => boolean,
): Promise<Backtest> => {
  const to = past.now()
  const from = to - SPAN_MS
  const series = recorded[rule.metric]
  if (series === undefined || sampled === undefined)
    return { fired: 0, subjects: [], recorded: false, since: null, from, to }
  const names = (series.kind === 'group' ? sampled.groups() : sampled.topics())
    .map(({ name }) => name)
    .filter((name) => watches(name) && !except(name))
    .slice(0, MOST_SUBJECTS)
  let fired = 0
  let since: number | null = null
  const subjects: string[] = []
  for (const name of names) {
    const { moments, first } = await momentsUpTo(past, series.kind, name, series.field, from, to)
    const times = firings(rule, moments)
    fired += times
    if (times > 0) subjects.push(name)
    if (first !== null) since = Math.max(from, Math.min(since ?? first, first))
  }
  return { fired, subjects, recorded: true, since, from, to }
}

interface Moment {
  at: number
  value: number | null
}
/**
 * Everything as finely as it is kept: in a mean of ten minutes nothing of a minute can be seen. What lies further back was
 * kept as means only, and is tried by these.
 */
const momentsUpTo = async (
  past: HistoryOptions,
  kind: SeriesKind,
  name: string,
  field: Field,
  from: number,
  to: number,
): Promise<{ moments: Moment[]; first: number | null }> => {
  const id = await findSeries(past.database, past.cluster, kind, name)
  const minute = tiers[1]?.stepMs ?? 60_000
  const coarse = tiers[2]?.stepMs ?? 600_000
  const read = async (tier: number, sampleMs: number, begin: number, end: number): Promise<Moment[]> => {
    const grid: Grid = { from: begin, to: end, stepMs: sampleMs, sampleMs, tier }
    const moments: Moment[] = []
    let told = 0
    for (const { at, until, values } of await readRuns(past, id, kind, name, grid, [field])) {
      // A mean stands for all of its time; a sample for its moment, as it does where alarms are decided.
      const first = Math.max(at, begin)
      const last = tier === 0 ? until : Math.min(until + sampleMs, end) - 1
      if (first > last) continue
      if (told > 0 && first - told > sampleMs * GAP) moments.push({ at: told + sampleMs, value: null })
      const value = values[field] ?? Number.NaN
      for (const moment of first === last ? [first] : [first, last])
        moments.push({ at: moment, value: Number.isNaN(value) ? null : value })
      told = last
    }
    return moments
  }
  const aligned = (at: number, stepMs: number): number => Math.floor(at / stepMs) * stepMs
  const fineFrom = aligned(to - (tiers[0]?.keptMs ?? 0), minute)
  const fine = await read(0, past.turnMs, fineFrom, to)
  // Where very much is watched this one may be recorded by the minute only, for some of the time or all of it.
  const minutesTo = Math.max(fineFrom, aligned(fine[0]?.at ?? to, minute))
  const minutesFrom = aligned(to - MINUTES_MS, coarse)
  const minutes = await read(1, minute, minutesFrom, minutesTo)
  const old = await read(2, coarse, aligned(from, coarse), minutesFrom)
  const moments = [...old, ...minutes, ...fine]
  return { moments, first: moments[0]?.at ?? null }
}
const firings = (rule: AlarmRuleBody, moments: readonly Moment[]): number => {
  let held: Held = quiet
  let fired = 0
  for (const { value, at } of moments) {
    const measure = value === null ? { unknown: 'no-sample-yet' as const } : { value, at, atLeast: false }
    const { next, change } = step({ ...rule, unknownMs: null }, held, measure, at)
    held = next
    if (change === 'fired') fired += 1
  }
  return fired
}
