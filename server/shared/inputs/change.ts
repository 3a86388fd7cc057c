// server/shared/inputs/change.ts: grave changes: a preview first, then its application. Pure.
import { z } from '../zod'
import { confirmed, id, name, offset, onGroup, onTopic, queueRef, time } from './common'

export const resetTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('time'), at: time }),
  z.object({ kind: z.literal('earliest') }),
  z.object({ kind: z.literal('latest') }),
  z.object({ kind: z.literal('shift'), by: z.number().int() }),
  z.object({ kind: z.literal('offsets'), offsets: z.array(queueRef.extend({ offset })).max(4096) }),
  z.object({ kind: z.literal('group'), group: name }),
  z.object({ kind: z.literal('snapshot'), id }),
])
export const resetPreviewInput = onGroup.extend({
  /** Empty is every topic the group has offsets for or subscribes to. */
  topics: z.array(name).max(200).default([]),
  /** Only these queues. */
  queues: z.array(queueRef).max(4096).optional(),
  target: resetTarget,
})
export const resetInput = onGroup.extend({
  ...confirmed,
  /** Rows of the preview to apply; left out is all of them. */
  queues: z.array(queueRef).max(4096).optional(),
})
export const topicDeleteInput = onTopic.extend({ ...confirmed })
export const groupDeleteInput = onGroup.extend({ ...confirmed, withRetryTopics: z.boolean().default(true) })
export type ResetPreviewInput = z.infer<typeof resetPreviewInput>
export type ResetInput = z.infer<typeof resetInput>
export type TopicDeleteInput = z.infer<typeof topicDeleteInput>
export type GroupDeleteInput = z.infer<typeof groupDeleteInput>
