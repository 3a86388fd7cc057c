// server/shared/inputs/waiting.ts: what is done about messages that wait. Pure.
import { z } from '../zod'
import { confirmed, onCluster } from './common'

export const waitingActPreviewInput = onCluster.extend({
  act: z.enum(['commit', 'rollback', 'resume', 'recall']),
  /** As waitingKey names them. */
  waiting: z.array(z.string().min(3).max(600)).min(1).max(200),
})
export const waitingActInput = onCluster.extend({ ...confirmed })
export type WaitingActPreviewInput = z.infer<typeof waitingActPreviewInput>
export type WaitingActInput = z.infer<typeof waitingActInput>
