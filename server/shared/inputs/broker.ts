// server/shared/inputs/broker.ts: brokers, their parts, their clients. Pure.
import { z } from '../zod'
import { brokerKeyText, brokerName, clusterId, onCluster, onGroup } from './common'

export const brokerConfigInput = onCluster.extend({
  brokers: z.array(brokerKeyText).min(1).max(64),
  changes: z.record(z.string().min(1).max(120), z.string().max(1000)),
})
export const brokerWritableInput = onCluster.extend({ brokerName, writable: z.boolean() })
export const partInput = onCluster.extend({ part: z.string().min(1).max(255), confirm: z.string() })
export const runningInput = onGroup.extend({ clientId: z.string().min(1).max(255), stack: z.boolean().default(false) })
export const paletteInput = z.object({
  cluster: clusterId.optional(),
  q: z.string().max(255),
  /** Only these: what an action is to be done to. */
  kind: z.enum(['group']).optional(),
  limit: z.number().int().min(1).max(50).default(20),
})
export type BrokerConfigInput = z.infer<typeof brokerConfigInput>
export type RunningInput = z.infer<typeof runningInput>
export type PaletteInput = z.infer<typeof paletteInput>
