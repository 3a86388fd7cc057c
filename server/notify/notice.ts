// server/notify/notice.ts: what is told: one alarm at one moment, as data for programs and as words for people. The
// outbox keeps it as it was written, whatever becomes of the rule meanwhile.
import {
  type AlarmMetricName,
  type AlarmSeverity,
  type AlarmSubject,
  alarmMetrics,
  type NoticeLanguage,
  ruleNameIn,
} from '../shared/alarms'
import { noticeWords } from './words'

export interface Notice {
  version: 1
  event: 'firing' | 'again' | 'resolved' | 'test'
  alarm: string
  at: string
  cluster: { id: string; name: string }
  rule: string
  severity: AlarmSeverity
  subject: { kind: AlarmSubject; name: string }
  metric: AlarmMetricName
  comparator: 'over' | 'under'
  threshold: number
  /** Null: it could not be measured. */
  value: number | null
  since: string
  ending: 'resolved' | 'gone' | 'changed' | null
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const spanText = (ms: number, units: (typeof noticeWords)[NoticeLanguage]['unit']): string => {
  const steps = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const
  const at = steps.findIndex(([, size]) => Math.abs(ms) >= size)
  const [unit, size] = steps[at] ?? ['s', 1000]
  if (at < 0) return `${Math.round(ms)} ${units.ms}`
  const rest = steps[at + 1]
  const whole = Math.floor(ms / size)
  const left = rest === undefined ? 0 : Math.floor((ms - whole * size) / rest[1])
  return rest === undefined || left === 0
    ? `${whole} ${units[unit]}`
    : `${whole} ${units[unit]} ${left} ${units[rest[0]]}`
}
export const valueText = (metric: AlarmMetricName, value: number, language: NoticeLanguage = 'en'): string => {
  const words = noticeWords[language]
  switch (alarmMetrics[metric].unit) {
    case 'ms':
      return spanText(value, words.unit)
    case 'ratio':
      return `${grouped.format(value * 100)} %`
    case 'bytes':
      return `${grouped.format(value / 1_048_576)} MiB`
    case 'perSecond':
      return `${grouped.format(value)}${words.perSecond}`
    case 'flag':
      return value > 0 ? words.yes : words.no
    default:
      return grouped.format(value)
  }
}

export const noticeTitle = (notice: Notice, language: NoticeLanguage = 'en'): string => {
  const { event, severity, rule, subject, cluster } = notice
  const words = noticeWords[language]
  const tail = event === 'resolved' || event === 'test' ? '' : `, ${words.severity[severity]}`
  return `[${words.event[event]}${tail}] ${ruleNameIn(language, rule)}: ${subject.name} (${cluster.name})`
}
export const noticeLines = (notice: Notice, language: NoticeLanguage = 'en'): string[] => {
  const { metric, value, comparator, threshold, since, at, ending, event } = notice
  const words = noticeWords[language]
  const name = words.metric[metric]
  const fact =
    value === null
      ? words.unmeasured(name)
      : alarmMetrics[metric].unit === 'flag'
        ? words.flag(name, valueText(metric, value, language))
        : words.fact(name, valueText(metric, value, language), comparator, valueText(metric, threshold, language))
  return [
    event === 'test' ? words.isTest : fact,
    words.since(since),
    ...(event === 'resolved' ? [words.over(at, ending)] : []),
  ]
}
