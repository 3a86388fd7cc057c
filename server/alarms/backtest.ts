// server/alarms/backtest.ts: how often a rule would have fired in the last seven days, by the history that is kept. Only
// metrics with a history can be tried; the others say so.
import { type HistoryOptions, readHistory } from '../metrics/history'
import type { SeriesKind } from '../metrics/recorder'
import type { AlarmMetricName, AlarmRuleBody } from '../shared/alarms'
import type { Backtest, Point } from '../shared/views'
import type { Sampled } from './measure'
import { type Held, quiet, step } from './step'

const SPAN_MS = 7 * 86_400_000
/** Each costs a read of the database. */
const MOST_SUBJECTS = 100

const recorded: Partial<Record<AlarmMetricName, { kind: SeriesKind; field: keyof Omit<Point, 'at'> }>> = {
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
  if (series === undefined || sampled === undefined) return { fired: 0, subjects: [], recorded: false, from, to }
  const names = (series.kind === 'group' ? sampled.groups() : sampled.topics())
    .map(({ name }) => name)
    .filter((name) => watches(name) && !except(name))
    .slice(0, MOST_SUBJECTS)
  let fired = 0
  const subjects: string[] = []
  for (const name of names) {
    const { points } = await readHistory(past, series.kind, name, { from, to })
    const times = firings(rule, points, series.field)
    fired += times
    if (times > 0) subjects.push(name)
  }
  return { fired, subjects, recorded: true, from, to }
}
const firings = (rule: AlarmRuleBody, points: readonly Point[], field: keyof Omit<Point, 'at'>): number => {
  let held: Held = quiet
  let fired = 0
  for (const point of points) {
    const value = point[field]
    const measure = value === null ? { unknown: 'no-sample-yet' as const } : { value, at: point.at, atLeast: false }
    const { next, change } = step({ ...rule, unknownMs: null }, held, measure, point.at)
    held = next
    if (change === 'fired') fired += 1
  }
  return fired
}
