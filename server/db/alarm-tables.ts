// server/db/alarm-tables.ts: the tables of alarms and channels as Drizzle sees them; migrations.ts makes them.
import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { AlarmMetricName, AlarmSeverity, ChannelKind } from '../shared/alarms'

export const setting = sqliteTable('setting', { key: text('key').primaryKey(), value: text('value').notNull() })
export const alarmRule = sqliteTable('alarm_rule', {
  id: text('id').primaryKey(),
  cluster: text('cluster').notNull(),
  body: text('body').notNull(),
  createdAt: integer('created_at').notNull(),
})
export const alarmPending = sqliteTable('alarm_pending', {
  ruleId: text('rule_id').notNull(),
  subject: text('subject').notNull(),
  since: integer('since').notNull(),
})
export const alarm = sqliteTable('alarm', {
  id: text('id').primaryKey(),
  cluster: text('cluster').notNull(),
  ruleId: text('rule_id').notNull(),
  rule: text('rule').notNull(),
  metric: text('metric').$type<AlarmMetricName>().notNull(),
  severity: text('severity').$type<AlarmSeverity>().notNull(),
  subject: text('subject').notNull(),
  comparator: text('comparator').$type<'over' | 'under'>().notNull(),
  threshold: real('threshold').notNull(),
  since: integer('since').notNull(),
  firedAt: integer('fired_at').notNull(),
  endedAt: integer('ended_at'),
  ending: text('ending').$type<'resolved' | 'gone' | 'changed'>(),
  /** When it fired; null: because it was unknown. */
  value: real('value'),
  peak: real('peak'),
  endValue: real('end_value'),
  takenBy: text('taken_by'),
  takenAt: integer('taken_at'),
  /** When somebody was last told of it; null: nobody was, for a silence held. */
  toldAt: integer('told_at'),
  silencedAt: integer('silenced_at'),
})
export const alarmSilence = sqliteTable('alarm_silence', {
  id: text('id').primaryKey(),
  cluster: text('cluster').notNull(),
  /** Null: every rule. */
  ruleId: text('rule_id'),
  pattern: text('pattern').notNull(),
  until: integer('until').notNull(),
  createdAt: integer('created_at').notNull(),
  who: text('who').notNull(),
  reason: text('reason').notNull(),
  endedAt: integer('ended_at'),
})
export const channel = sqliteTable('channel', {
  id: text('id').primaryKey(),
  kind: text('kind').$type<ChannelKind>().notNull(),
  name: text('name').notNull(),
  settings: text('settings').notNull(),
  sealed: text('sealed'),
  enabled: integer('enabled', { mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
})
export const delivery = sqliteTable('delivery', {
  id: text('id').primaryKey(),
  channelId: text('channel_id').notNull(),
  channel: text('channel').notNull(),
  alarmId: text('alarm_id'),
  kind: text('kind').$type<'firing' | 'again' | 'resolved' | 'test'>().notNull(),
  notice: text('notice').notNull(),
  status: text('status').$type<'waiting' | 'sent' | 'failed' | 'silenced'>().notNull(),
  tries: integer('tries').notNull(),
  createdAt: integer('created_at').notNull(),
  nextAt: integer('next_at'),
  sentAt: integer('sent_at'),
  tookMs: real('took_ms'),
  answer: text('answer'),
})
