// server/alarms/step.ts: how one thing under one rule goes from quiet to pending to firing and back. Pure: the clock and
// the value come in, what happened comes out. Unknown is never compared with a threshold.
import type { AlarmRuleBody } from '../shared/alarms'
import type { Reason } from '../shared/known'
import type { Measure } from './measure'

export interface Held {
  phase: 'quiet' | 'pending' | 'firing'
  /** When the value went over (pending, firing). */
  since: number
  /** Firing: since when the value is on the good side of the resolve level. */
  calmSince: number | null
  unknownSince: number | null
  reason: Reason | null
  /** The last value that was known. */
  value: number | null
  peak: number | null
}
export type Change = 'pending' | 'fired' | 'resolved' | 'calmed' | null

export const quiet: Held = {
  phase: 'quiet',
  since: 0,
  calmSince: null,
  unknownSince: null,
  reason: null,
  value: null,
  peak: null,
}

type Side = 'over' | 'between' | 'calm' | 'unknown'
/** Where a value stands. A lower bound may say that it is too much, and never that it is little enough. */
const sideOf = (rule: AlarmRuleBody, measure: Measure): Side => {
  if ('unknown' in measure) return 'unknown'
  const { value, atLeast } = measure
  const resolve = rule.resolveValue ?? rule.value
  if (rule.comparator === 'over') {
    if (value > rule.value) return 'over'
    if (atLeast) return 'unknown'
    return value <= resolve ? 'calm' : 'between'
  }
  if (value < rule.value) return atLeast ? 'unknown' : 'over'
  return value >= resolve ? 'calm' : 'between'
}

/** Whether what is quiet stays so: of thousands of subjects nearly all are asked nothing more than this. */
export const isCalm = (rule: AlarmRuleBody, measure: Measure): boolean => {
  const side = sideOf(rule, measure)
  return side === 'calm' || side === 'between'
}
export const step = (
  rule: AlarmRuleBody,
  held: Held,
  measure: Measure,
  now: number,
): { next: Held; change: Change } => {
  const side = sideOf(rule, measure)
  if (side === 'unknown') return stepUnknown(rule, held, measure, now)
  const value = 'value' in measure ? measure.value : held.value
  const worst = rule.comparator === 'over' ? Math.max : Math.min
  const peak =
    held.phase === 'quiet' || held.peak === null ? value : value === null ? held.peak : worst(held.peak, value)
  const base = { ...held, value, unknownSince: null, reason: null }
  if (held.phase === 'firing') {
    if (side !== 'calm') return { next: { ...base, peak, calmSince: null }, change: null }
    const calmSince = held.calmSince ?? now
    if (now - calmSince >= rule.resolveForMs) return { next: { ...quiet, value }, change: 'resolved' }
    return { next: { ...base, calmSince }, change: null }
  }
  if (side !== 'over')
    return held.phase === 'pending'
      ? { next: { ...quiet, value }, change: 'calmed' }
      : { next: { ...quiet, value }, change: null }
  // What was unknown meanwhile cannot count as having been over all the time.
  const since = held.phase === 'pending' && held.unknownSince === null ? held.since : now
  if (now - since >= rule.forMs)
    return { next: { ...base, phase: 'firing', since, peak, calmSince: null }, change: 'fired' }
  const change = held.phase === 'pending' && since === held.since ? null : 'pending'
  return { next: { ...base, phase: 'pending', since, peak }, change }
}

const stepUnknown = (rule: AlarmRuleBody, held: Held, measure: Measure, now: number): ReturnType<typeof step> => {
  const unknownSince = held.unknownSince ?? now
  const reason: Reason = 'unknown' in measure ? measure.unknown : (measure.because ?? 'no-sample-yet')
  const next: Held = { ...held, unknownSince, reason, calmSince: null }
  if (rule.unknownMs !== null && held.phase !== 'firing' && now - unknownSince >= rule.unknownMs)
    return {
      next: { ...next, phase: 'firing', since: unknownSince, value: null, peak: null },
      change: 'fired',
    }
  return { next, change: null }
}
