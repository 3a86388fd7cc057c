// server/notify/notice.ts: what is told: one alarm at one moment, as data for programs and as words for people. The
// outbox keeps it as it was written, whatever becomes of the rule meanwhile.
import { type AlarmMetricName, type AlarmSeverity, type AlarmSubject, alarmMetrics } from '../shared/alarms'

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
const spanText = (ms: number): string => {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const
  const at = units.findIndex(([, size]) => Math.abs(ms) >= size)
  const [unit, size] = units[at] ?? ['s', 1000]
  if (at < 0) return `${Math.round(ms)} ms`
  const rest = units[at + 1]
  const whole = Math.floor(ms / size)
  const left = rest === undefined ? 0 : Math.floor((ms - whole * size) / rest[1])
  return rest === undefined || left === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${left} ${rest[0]}`
}
export const valueText = (metric: AlarmMetricName, value: number): string => {
  switch (alarmMetrics[metric].unit) {
    case 'ms':
      return spanText(value)
    case 'ratio':
      return `${grouped.format(value * 100)} %`
    case 'bytes':
      return `${grouped.format(value / 1_048_576)} MiB`
    case 'perSecond':
      return `${grouped.format(value)}/s`
    case 'flag':
      return value > 0 ? 'yes' : 'no'
    default:
      return grouped.format(value)
  }
}
const metricText: Record<AlarmMetricName, string> = {
  lag: 'unread messages',
  behind: 'behind',
  growth: 'lag grows by',
  pastKept: 'position no longer kept',
  retryGrowth: 'new retries in 10 min',
  deadGrowth: 'new dead letters in 10 min',
  queueBlocked: 'a queue stands still for',
  noClient: 'unread messages and no client',
  clients: 'clients',
  topicIn: 'messages in',
  topicOut: 'messages out',
  brokerSilent: 'broker does not answer',
  disk: 'disk',
  slaveBehind: 'slave is behind by',
  putP99: 'send p99',
  pageCacheBusy: 'page cache busy for',
  timerLate: 'timed messages behind by',
  halfPending: 'open half messages',
  halfAge: 'oldest half message waits for',
  namesrvSilent: 'name server does not answer',
  samplerBlind: 'no broker answers the console',
}
const words = { firing: 'FIRING', again: 'STILL FIRING', resolved: 'RESOLVED', test: 'TEST' } as const

export const noticeTitle = ({ event, severity, rule, subject, cluster }: Notice): string =>
  `[${words[event]}${event === 'resolved' || event === 'test' ? '' : `, ${severity}`}] ${rule}: ${subject.name} (${cluster.name})`
export const noticeLines = (notice: Notice): string[] => {
  const { metric, value, comparator, threshold, since, at, ending, event } = notice
  const isFlag = alarmMetrics[metric].unit === 'flag'
  const fact =
    value === null
      ? `${metricText[metric]}: could not be measured`
      : isFlag
        ? `${metricText[metric]}: ${valueText(metric, value)}`
        : `${metricText[metric]} ${valueText(metric, value)} (fires ${comparator} ${valueText(metric, threshold)})`
  return [
    event === 'test' ? 'This is a test: nothing is wrong.' : fact,
    `since ${since}`,
    ...(event === 'resolved'
      ? [
          `over at ${at}${ending === 'resolved' ? '' : ending === 'gone' ? ': it is there no more' : ': its rule was changed'}`,
        ]
      : []),
  ]
}
