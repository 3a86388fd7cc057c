// server/shared/views/alarm.ts: rules, what fires, silences, channels and what was sent. Types only.
import type { AlarmMetricName, AlarmRuleBody, AlarmSeverity, ChannelKind, NoticeLanguage } from '../alarms'
import type { Reason } from '../known'

export interface AlarmRow {
  id: string
  ruleId: string
  rule: string
  metric: AlarmMetricName
  severity: AlarmSeverity
  subject: string
  comparator: 'over' | 'under'
  threshold: number
  /** When the value went over; it fired `forMs` later. */
  since: number
  firedAt: number
  endedAt: number | null
  /** gone: the subject is there no more. changed: its rule was changed, switched off or deleted. */
  ending: 'resolved' | 'gone' | 'changed' | null
  /** Null: it fires because the value is unknown. */
  value: number | null
  peak: number | null
  takenBy: string | null
  takenAt: number | null
  silence: { id: string; until: number; who: string; reason: string } | null
  deliveries: DeliveryRow[]
}
export interface DeliveryRow {
  id: string
  channelId: string
  channel: string
  kind: 'firing' | 'again' | 'resolved' | 'test'
  status: 'waiting' | 'sent' | 'failed' | 'silenced'
  tries: number
  createdAt: number
  nextAt: number | null
  sentAt: number | null
  tookMs: number | null
  /** What the other side said, or what went wrong. */
  answer: string | null
}
export interface AlarmLane {
  ruleId: string
  rule: string
  metric: AlarmMetricName
  subject: string
  spans: { from: number; to: number; state: AlarmSeverity | 'unknown'; silenced: boolean }[]
}
export interface UnknownRow {
  ruleId: string
  rule: string
  subject: string
  since: number
  reason: Reason
}
export interface AlarmBoard {
  at: number
  /** How often rules are looked at. */
  turnMs: number
  firing: AlarmRow[]
  unknown: UnknownRow[]
  lanes: AlarmLane[]
  from: number
  rules: number
  watched: number
  channels: number
  failing: number
  silences: number
}
export interface RuleRow extends AlarmRuleBody {
  id: string
  matched: number
  firing: number
  unknown: number
  pending: number
  firedLast7d: number
}
export interface SilenceRow {
  id: string
  ruleId: string | null
  rule: string | null
  pattern: string
  until: number
  createdAt: number
  who: string
  reason: string
  endedAt: number | null
  active: boolean
}
export interface ChannelRow {
  id: string
  kind: ChannelKind
  name: string
  enabled: boolean
  /** Everything but secrets. */
  settings: {
    url?: string
    host?: string
    port?: number
    security?: string
    user?: string
    from?: string
    to?: string[]
    /** Of what it is told; a webhook gets data. */
    language?: NoticeLanguage
  }
  hasSecret: boolean
  waiting: number
  last: DeliveryRow | null
}
/** What a rule would have done on recorded history. */
export interface Backtest {
  fired: number
  subjects: string[]
  /** History of this metric is kept. */
  recorded: boolean
  /** Since when anything is recorded of what it watches, within the span; null: nothing is. */
  since: number | null
  from: number
  to: number
}
export interface OutgoingPolicy {
  /** Hosts that may be spoken to; empty: all public ones. Private addresses must be named. */
  hosts: string[]
}
