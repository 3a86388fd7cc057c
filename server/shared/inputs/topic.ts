// server/shared/inputs/topic.ts: topics and groups, as a form sends them. Pure.

import { groupNameFault, topicNameFault } from '../names'
import { z } from '../zod'
import { brokerName, onCluster, onGroup, onTopic } from './common'

/** The message is the name's fault, which has its text in both languages. */
const named = (faultOf: (text: string) => string | null) =>
  z.string().superRefine((text, ctx) => {
    const fault = faultOf(text)
    if (fault !== null) ctx.addIssue({ code: 'custom', message: fault })
  })
const newTopicName = named(topicNameFault)
const newGroupName = named(groupNameFault)
const topicFields = {
  readQueues: z.number().int().min(0).max(1024),
  writeQueues: z.number().int().min(0).max(1024),
  perm: z.union([z.literal(2), z.literal(4), z.literal(6)]),
  order: z.boolean(),
  attributes: z.record(z.string(), z.string()),
}
export const topicCreateInput = onCluster.extend({
  topic: newTopicName,
  type: z.enum(['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION', 'UNSPECIFIED']).default('NORMAL'),
  /** Broker names; empty is every broker of the cluster. */
  brokers: z.array(brokerName).default([]),
  readQueues: topicFields.readQueues.default(8),
  writeQueues: topicFields.writeQueues.default(8),
  perm: topicFields.perm.default(6),
  order: topicFields.order.default(false),
  attributes: topicFields.attributes.default({}),
})
export const topicUpdateInput = onTopic.extend({
  brokers: z.array(brokerName).default([]),
  readQueues: topicFields.readQueues.optional(),
  writeQueues: topicFields.writeQueues.optional(),
  perm: topicFields.perm.optional(),
  order: topicFields.order.optional(),
})
const groupFields = {
  consumeEnable: z.boolean(),
  consumeFromMinEnable: z.boolean(),
  consumeBroadcastEnable: z.boolean(),
  consumeMessageOrderly: z.boolean(),
  retryQueueNums: z.number().int().min(0).max(64),
  retryMaxTimes: z.number().int().min(-1).max(10_000),
  brokerId: z.number().int().min(0),
  whichBrokerWhenConsumeSlowly: z.number().int().min(0),
  notifyConsumerIdsChangedEnable: z.boolean(),
  consumeTimeoutMinute: z.number().int().min(1).max(1440),
}
const groupChange = z.object(groupFields).partial()
export const groupCreateInput = onCluster.extend({
  group: newGroupName,
  brokers: z.array(brokerName).default([]),
  config: groupChange.default({}),
})
export const groupUpdateInput = onGroup.extend({ brokers: z.array(brokerName).default([]), config: groupChange })
export const groupFilterInput = onGroup.extend({
  source: z.string().min(1).max(65_536),
  onFault: z.enum(['open', 'closed']),
  timeLimitMs: z.number().int().min(1).max(1000),
  /** What each broker had when its author looked (0: none): one that has another by now refuses it. */
  seen: z
    .array(z.object({ broker: z.string().max(300), setAt: z.number().int().min(0) }))
    .max(1000)
    .optional(),
})
/** `confirm`: the group's name, where somebody typed it. */
export const groupFilterRemoveInput = onGroup.extend({ confirm: z.string().max(255).optional() })
/** By its id, or the newest of a topic. */
const pickedMessage = z.union([
  z.object({ id: z.string().min(1).max(100) }),
  z.object({ newestOf: onTopic.shape.topic }),
])
export type PickedMessage = z.infer<typeof pickedMessage>
export const groupFilterTryInput = groupFilterInput.omit({ onFault: true }).extend({ message: pickedMessage })
export type GroupFilterTryInput = z.infer<typeof groupFilterTryInput>
export type GroupFilterInput = z.infer<typeof groupFilterInput>
export type TopicCreateInput = z.infer<typeof topicCreateInput>
export type TopicUpdateInput = z.infer<typeof topicUpdateInput>
export type GroupCreateInput = z.infer<typeof groupCreateInput>
export type GroupUpdateInput = z.infer<typeof groupUpdateInput>
