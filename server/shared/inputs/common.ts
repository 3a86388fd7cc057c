// server/shared/inputs/common.ts: what the inputs of several nouns are made of, and what names an object. Pure.

import { isAddressableName, parseBrokerKey } from '../names'
import { z } from '../zod'

export const clusterId = z.string().min(1).max(64)
export const name = z.string().min(1).max(255).refine(isAddressableName, 'not a name')
export const brokerName = z.string().min(1).max(255)
export const brokerKeyText = z.string().refine((key) => parseBrokerKey(key) !== null, 'a broker is name:id')
/** Offsets arrive as bigint; none is negative. */
export const offset = z.bigint().min(0n)
export const time = z.number().int().min(0)
/** Of a rule, a silence, a channel, a view. */
export const id = z.string().min(1).max(64)

export const onCluster = z.object({ cluster: clusterId })
export const onTopic = onCluster.extend({ topic: name })
export const onGroup = onCluster.extend({ group: name })
export const onBroker = onCluster.extend({ broker: brokerKeyText })
export const list = {
  /** Part of a name, any case. */
  q: z.string().max(255).default(''),
  /** `-lag,name`: columns in order of weight, `-` for descending. Unknown figures come last both ways. */
  sort: z.string().max(120).default(''),
  page: z.number().int().min(1).default(1),
  size: z.number().int().min(1).max(200).default(50),
  /** Only these rows, by name, in this order (a table that holds its order still asks for fresh values so). */
  names: z.array(z.string().max(255)).max(200).optional(),
}
/** A span: the last so many ms, or from..to. */
export const span = {
  lastMs: z
    .number()
    .int()
    .min(60_000)
    .max(90 * 86_400_000)
    .optional(),
  from: time.optional(),
  to: time.optional(),
}
/** Live subscriptions: a browser that reconnects goes on after the last sample it got. */
export const live = { lastEventId: z.string().nullish() }
export const queueRef = z.object({ topic: name, broker: brokerName, queueId: z.number().int().min(0) })
export const confirmed = {
  preview: z.string().min(1).max(64),
  confirm: z.string().max(255),
  reason: z.string().max(1000).optional(),
}
export type Span = { lastMs?: number | undefined; from?: number | undefined; to?: number | undefined }
export type OnCluster = z.infer<typeof onCluster>
