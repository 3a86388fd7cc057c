// server/shared/inputs/alarm.ts: rules, silences, history and channels. Pure.

import { alarmRuleBody, channelBody } from '../alarms'
import { z } from '../zod'
import { id, onCluster, time } from './common'

export const alarmRuleInput = onCluster.extend({ id: id.optional(), rule: alarmRuleBody })
export const alarmRuleIdInput = onCluster.extend({ id })
export const alarmBacktestInput = onCluster.extend({ rule: alarmRuleBody })
export const alarmTakeInput = onCluster.extend({ id, taken: z.boolean() })
export const alarmSilenceInput = onCluster.extend({
  /** Null: every rule. */
  ruleId: id.nullable(),
  pattern: z.string().trim().min(1).max(1000),
  forMs: z
    .number()
    .int()
    .min(60_000)
    .max(31 * 86_400_000),
  reason: z.string().max(1000).default(''),
})
export const alarmHistoryInput = onCluster.extend({
  q: z.string().max(255).default(''),
  rule: id.optional(),
  severity: z.enum(['critical', 'warning']).optional(),
  from: time.optional(),
  to: time.optional(),
  page: z.number().int().min(1).default(1),
  size: z.number().int().min(1).max(200).default(50),
})
export const channelPutInput = z.object({ id: id.optional(), channel: channelBody })
export const channelIdInput = z.object({ id })
export const channelEnabledInput = z.object({ id, enabled: z.boolean() })
export const outgoingInput = z.object({ hosts: z.array(z.string().trim().min(1).max(255)).max(200) })
export type AlarmHistoryInput = z.infer<typeof alarmHistoryInput>
export type AlarmSilenceInput = z.infer<typeof alarmSilenceInput>
