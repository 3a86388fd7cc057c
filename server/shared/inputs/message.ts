// server/shared/inputs/message.ts: messages: found, read along, sent, handed over. Pure.
import { bodyKinds } from '../body-types'
import { z } from '../zod'
import { brokerName, live, name, offset, onCluster, onGroup, onTopic, queueRef, time } from './common'

export const messageByIdInput = onCluster.extend({ id: z.string().min(1).max(255), topic: name.optional() })
export const messageByKeyInput = onCluster.extend({
  key: z.string().min(1).max(255),
  /** Without one every topic of users is asked, within a budget. */
  topic: name.optional(),
  from: time.optional(),
  to: time.optional(),
  limit: z.number().int().min(1).max(500).default(64),
})
export const messageAt = onTopic.extend({ broker: brokerName, queueId: z.number().int().min(0), queueOffset: offset })
/** One message: by the offset id of its stored copy. */
export const messageGetInput = onCluster.extend({
  offsetId: z.string().regex(/^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{56})$/),
  /** Send the whole body, not its first 256 KiB. */
  whole: z.boolean().default(false),
})
/** What a message must be like to be found. */
export const messageFilters = {
  tag: z.string().max(255).optional(),
  key: z.string().max(255).optional(),
  property: z
    .object({ name: z.string().min(1).max(255), value: z.string().max(1000), how: z.enum(['is', 'contains']) })
    .optional(),
  /** Text in the body, exact. */
  body: z.string().max(1000).optional(),
  /** SQL92 over properties and paths into the body's JSON: `body.amount > 100 AND region = 'eu'`. */
  sql: z.string().max(1000).optional(),
  /** A pattern somewhere in the body, searched in linear time. */
  regex: z.string().max(500).optional(),
}
export const scanInput = onTopic.extend({
  from: time.optional(),
  to: time.optional(),
  /** newest: from the end backwards by time; oldest: forwards. */
  order: z.enum(['newest', 'oldest']).default('newest'),
  queues: z
    // Without a broker: that queue of each.
    .array(z.object({ broker: brokerName.optional(), queueId: z.number().int().min(0) }))
    .max(4096)
    .optional(),
  fromOffset: offset.optional(),
  ...messageFilters,
  /** Stop after so many matches. */
  limit: z.number().int().min(1).max(10_000).default(200),
  budget: z
    .object({ messages: z.number().int().min(1).max(100_000_000), ms: z.number().int().min(100).max(600_000) })
    .default({ messages: 1_000_000, ms: 60_000 }),
  /** From the end of a scan before. */
  cursor: z.object({ queues: z.array(queueRef.extend({ next: offset, end: offset })).max(4096) }).optional(),
})
export const tailInput = onTopic.extend({
  ...live,
  tag: z.string().max(255).optional(),
  body: z.string().max(1000).optional(),
})
const newMessage = {
  tag: z.string().max(255).default(''),
  keys: z.array(z.string().min(1).max(255).regex(/^\S+$/)).max(64).default([]),
  body: z.object({ kind: z.enum(['text', 'base64', 'hex']), value: z.string().max(12_000_000) }),
  properties: z.record(z.string().min(1).max(255), z.string().max(16_384)).default({}),
}
export const sendInput = onTopic.extend({
  ...newMessage,
  queue: z.object({ broker: brokerName, queueId: z.number().int().min(0) }).optional(),
  shardingKey: z.string().max(255).optional(),
  /** 0 or left out: at once. */
  delayLevel: z.number().int().min(0).max(18).optional(),
  /** Exact time of delivery, where the broker has timers. */
  deliverAt: time.optional(),
  /** The larger the sooner; for topics of the type PRIORITY. */
  priority: z.number().int().min(0).max(1_000_000).optional(),
  /** A half message first; then how it ends. unknown leaves it to the broker, which asks the producers of that group. */
  transaction: z
    .object({ end: z.enum(['commit', 'rollback', 'unknown']), producerGroup: name.default('CLIENT_INNER_PRODUCER') })
    .optional(),
})
/** Many at once, in requests that a broker takes whole or not at all. */
export const sendBatchInput = onTopic.extend({
  messages: z.array(z.object(newMessage)).min(1).max(1000),
  queue: sendInput.shape.queue,
})
const templateId = z.string().min(1).max(64)
const templateKind = z.enum(['send', 'search']).default('send')
export const templatesInput = z.object({ kind: templateKind }).default({ kind: 'send' })
export const templatePutInput = z.object({
  kind: templateKind,
  name: z.string().trim().min(1).max(80),
  /** What stood in the form, as the browser keeps it. */
  draft: z.string().min(2).max(300_000),
})
export const templateRemoveInput = z.object({ id: templateId })
/** Null: they are whatever they look like. */
export const bodyTypeSetInput = onTopic.extend({
  type: z
    .object({
      kind: z.enum(bodyKinds),
      definition: z.string().max(256 * 1024),
      message: z
        .string()
        .max(500)
        .regex(/^[\w.]*$/),
      skipBytes: z.number().int().min(0).max(1024),
    })
    .nullable(),
})
export const consumeDirectlyInput = onGroup.extend({
  offsetId: messageGetInput.shape.offsetId,
  clientId: z.string().min(1).max(255),
  confirm: z.string(),
})
export const resendInput = onGroup.extend({ offsetId: messageGetInput.shape.offsetId, confirm: z.string() })
export type MessageByIdInput = z.infer<typeof messageByIdInput>
export type MessageByKeyInput = z.infer<typeof messageByKeyInput>
export type MessageAtInput = z.infer<typeof messageAt>
export type MessageGetInput = z.infer<typeof messageGetInput>
export type ScanInput = z.infer<typeof scanInput>
export type TailInput = z.infer<typeof tailInput>
export type SendInput = z.infer<typeof sendInput>
export type SendBatchInput = z.infer<typeof sendBatchInput>
export type TemplatePutInput = z.infer<typeof templatePutInput>
export type BodyTypeSetInput = z.infer<typeof bodyTypeSetInput>
export type ConsumeDirectlyInput = z.infer<typeof consumeDirectlyInput>
export type ResendInput = z.infer<typeof resendInput>
