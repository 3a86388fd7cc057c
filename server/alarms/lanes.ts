// server/alarms/lanes.ts: the last day as one line per rule and thing: when it fired, under a silence or not, and what
// cannot be checked now. Pure.
import { matcherOf } from '../shared/alarms'
import type { AlarmLane, UnknownRow } from '../shared/views'
import type { Alarm, Rule, Silence } from './store'

const MOST_LANES = 40

export const lanesOf = (
  alarms: readonly Alarm[],
  unknown: readonly UnknownRow[],
  rules: readonly Rule[],
  silences: readonly Silence[],
  from: number,
  to: number,
): AlarmLane[] => {
  const lanes = new Map<string, AlarmLane>()
  const metrics = new Map(rules.map(({ id, metric }) => [id, metric]))
  const tests = silences.map((silence) => ({ silence, test: matcherOf(silence.pattern) }))
  const laneOf = (ruleId: string, rule: string, subject: string, metric: AlarmLane['metric']): AlarmLane => {
    const key = `${ruleId}\n${subject}`
    const held = lanes.get(key) ?? { ruleId, rule, subject, metric, spans: [] }
    lanes.set(key, held)
    return held
  }
  for (const one of alarms) {
    const lane = laneOf(one.ruleId, one.rule, one.subject, one.metric)
    const begin = Math.max(from, one.since)
    const end = Math.min(to, one.endedAt ?? to)
    const cuts = new Set([begin, end])
    const over = tests.filter(
      ({ silence, test }) => (silence.ruleId === null || silence.ruleId === one.ruleId) && test(one.subject),
    )
    for (const { silence } of over)
      for (const cut of [silence.createdAt, silence.endedAt ?? silence.until])
        if (cut > begin && cut < end) cuts.add(cut)
    const sorted = [...cuts].sort((a, b) => a - b)
    for (let at = 0; at + 1 < sorted.length; at++) {
      const [left = begin, right = end] = [sorted[at], sorted[at + 1]]
      const silenced = over.some(
        ({ silence }) => silence.createdAt <= left && (silence.endedAt ?? silence.until) >= right,
      )
      lane.spans.push({ from: left, to: right, state: one.severity, silenced })
    }
  }
  for (const { ruleId, rule, subject, since } of unknown) {
    const metric = metrics.get(ruleId)
    if (metric !== undefined)
      laneOf(ruleId, rule, subject, metric).spans.push({
        from: Math.max(from, since),
        to,
        state: 'unknown',
        silenced: false,
      })
  }
  for (const { spans } of lanes.values()) spans.sort((a, b) => a.from - b.from)
  const latest = ({ spans }: AlarmLane): number =>
    Math.max(...spans.map((span) => (span.state === 'unknown' ? 0 : span.to)))
  return [...lanes.values()].sort((a, b) => latest(b) - latest(a)).slice(0, MOST_LANES)
}
