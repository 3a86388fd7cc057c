// server/shared/inputs/redrive.ts: dead letters and how they are put back. Pure.
import { z } from '../zod'
import { confirmed, list, name, offset, onCluster, onGroup, time } from './common'
import { messageFilters, messageGetInput, scanInput } from './message'

export const deadListInput = onCluster.extend({ ...list })
/** Which of these were put back. */
export const deadMarksInput = onGroup.extend({
  offsetIds: z.array(messageGetInput.shape.offsetId).max(5000),
})
export const redrivePreviewInput = onGroup.extend({
  /** Some by name, or all that the filters let through. */
  select: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ids'), offsetIds: z.array(messageGetInput.shape.offsetId).min(1).max(1000) }),
    z.object({
      kind: z.literal('all'),
      from: time.optional(),
      to: time.optional(),
      queues: scanInput.shape.queues,
      fromOffset: offset.optional(),
      ...messageFilters,
    }),
  ]),
  target: z.enum(['retry', 'origin', 'topic']).default('retry'),
  /** For the target `topic`. */
  toTopic: name.optional(),
  again: z.boolean().default(false),
  /** Only the first so many: a try before the whole. */
  first: z.number().int().min(1).optional(),
})
export const redriveInput = onGroup.extend({
  ...confirmed,
  /** Most messages a second; 0 is as fast as it goes. */
  mostPerSecond: z.number().int().min(0).max(100_000).default(0),
})
export type DeadListInput = z.infer<typeof deadListInput>
export type DeadMarksInput = z.infer<typeof deadMarksInput>
export type RedrivePreviewInput = z.infer<typeof redrivePreviewInput>
export type RedriveInput = z.infer<typeof redriveInput>
