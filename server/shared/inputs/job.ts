// server/shared/inputs/job.ts: long work, and what is asked of it. Pure.
import { z } from '../zod'
import { onCluster, onGroup } from './common'

const jobId = z.string().min(1).max(64)
export const onJob = onCluster.extend({ job: jobId })
export const jobItemsInput = onJob.extend({
  state: z.enum(['waiting', 'begun', 'done', 'failed', 'unsure', 'skipped']).optional(),
  page: z.number().int().min(1).default(1),
  size: z.number().int().min(1).max(200).default(50),
})
/** The group is named, since the right is about it. retry: those that failed, and those nobody knows of, once more. */
export const jobActInput = onGroup.extend({ job: jobId, act: z.enum(['pause', 'resume', 'stop', 'retry']) })
export type JobItemsInput = z.infer<typeof jobItemsInput>
export type JobActInput = z.infer<typeof jobActInput>
