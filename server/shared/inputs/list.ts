// server/shared/inputs/list.ts: what a table asks for: a page of rows, sorted, filtered. Pure.
import { z } from '../zod'
import { list, onCluster } from './common'

export const PAGE_SIZES = [50, 100, 200] as const
export const topicListInput = onCluster.extend({
  ...list,
  type: z
    .array(z.enum(['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION', 'MIXED', 'LITE', 'PRIORITY', 'UNSPECIFIED']))
    .default([]),
  kind: z.array(z.enum(['user', 'retry', 'dlq', 'system'])).default(['user']),
  only: z.array(z.enum(['behind', 'nogroup', 'silent'])).default([]),
})
export const groupListInput = onCluster.extend({
  ...list,
  state: z
    .array(
      z.enum([
        'consuming',
        'catching-up',
        'stalled',
        'blocked',
        'rebalancing',
        'mismatch',
        'no-client',
        'switched-off',
        'unknown',
      ]),
    )
    .default([]),
  only: z.array(z.enum(['behind', 'retrying', 'idle', 'system'])).default([]),
  minLag: z.number().int().min(0).optional(),
  minBehindMs: z.number().int().min(0).optional(),
})
export const brokerListInput = onCluster
export const clientListInput = onCluster.extend({
  ...list,
  role: z.array(z.enum(['producer', 'consumer'])).default([]),
  language: z.array(z.string().max(40)).default([]),
})
export type TopicListInput = z.infer<typeof topicListInput>
export type GroupListInput = z.infer<typeof groupListInput>
export type ClientListInput = z.infer<typeof clientListInput>
