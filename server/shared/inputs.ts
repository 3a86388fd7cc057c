// server/shared/inputs.ts: what a page may ask and with what, as schemas. Forms check with the same ones. Pure.

import { z } from 'zod'
import { alarmRuleBody, channelBody } from './alarms'
import { maskHows, maskParts } from './masks'
import { compareSpans, type ExplorerMetric, explorerMetricNames, MOST_SERIES, metricScopes } from './metrics'
import { groupNameFault, isAddressableName, parseBrokerKey, topicNameFault } from './names'
import { customRights, hasSubject, type Right, rights } from './rights'

const clusterId = z.string().min(1).max(64)
const name = z.string().min(1).max(255).refine(isAddressableName, 'not a name')
const brokerName = z.string().min(1).max(255)
const brokerKeyText = z.string().refine((key) => parseBrokerKey(key) !== null, 'a broker is name:id')
/** Offsets arrive as bigint; none is negative. */
const offset = z.bigint().min(0n)
const time = z.number().int().min(0)

export const onCluster = z.object({ cluster: clusterId })
export const onTopic = onCluster.extend({ topic: name })
export const onGroup = onCluster.extend({ group: name })
export const onBroker = onCluster.extend({ broker: brokerKeyText })
export type OnCluster = z.infer<typeof onCluster>

// ---- lists ----

export const PAGE_SIZES = [50, 100, 200] as const
const list = {
  /** Part of a name, any case. */
  q: z.string().max(255).default(''),
  /** `-lag,name`: columns in order of weight, `-` for descending. Unknown figures come last both ways. */
  sort: z.string().max(120).default(''),
  page: z.number().int().min(1).default(1),
  size: z.number().int().min(1).max(200).default(50),
  /** Only these rows, by name, in this order (a table that holds its order still asks for fresh values so). */
  names: z.array(z.string().max(255)).max(200).optional(),
}
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
/** Names and addresses as somebody typed them: what is wrong with them is what is looked for. */
const typed = z.string().trim().max(255).default('')
export const doctorInput = onCluster.extend({ topic: typed, group: typed, address: typed })
const auditFilter = {
  q: list.q,
  who: z.string().max(120).optional(),
  action: z.string().max(120).optional(),
  cluster: clusterId.optional(),
  result: z.enum(['ok', 'partial', 'failed']).optional(),
  from: time.optional(),
  to: time.optional(),
}
export const auditListInput = z.object({ ...list, ...auditFilter })
export const auditExportInput = z.object(auditFilter)

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
export const clusterHistoryInput = onCluster.extend(span)
export const topicHistoryInput = onTopic.extend({ ...span, group: name.optional() })
export const groupHistoryInput = onGroup.extend({ ...span, topic: name.optional() })
export const brokerHistoryInput = onBroker.extend(span)
/** Live subscriptions: a browser that reconnects goes on after the last sample it got. */
const live = { lastEventId: z.string().nullish() }
export const clusterLiveInput = onCluster.extend(live)
export const topicLiveInput = onTopic.extend(live)
export const groupLiveInput = onGroup.extend(live)

// ---- access ----

export const PASSWORD_MIN = 12
const password = z.string().min(PASSWORD_MIN).max(256)
const userName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w.@-]+$/)
export const settingsInput = z.object({
  language: z.enum(['en', 'zh']).nullable().optional(),
  theme: z.enum(['system', 'light', 'dark']).optional(),
  zone: z.string().min(1).max(64).optional(),
  density: z.enum(['compact', 'normal', 'roomy']).optional(),
  hour12: z.boolean().optional(),
  singleKeys: z.boolean().optional(),
  lastCluster: clusterId.nullable().optional(),
})
export const setupInput = z.object({
  token: z.string().min(1).max(200),
  name: userName,
  password,
  settings: settingsInput.optional(),
})
export const loginInput = z.object({ name: z.string().min(1).max(64), password: z.string().min(1).max(256) })
export const passwordInput = z.object({ current: z.string().min(1).max(256), next: password })

const userId = z.number().int().positive()
const roleName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const anyRight = z.enum(rights as [Right, ...Right[]]) // the table has rows
const customRight = z.enum(customRights as [Right, ...Right[]]) // as above
const onClusters = z.string().regex(/^(\*|[\w.-]{1,64})$/)
const namePattern = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[%|\w.*-]+$/)
export const userCreateInput = z.object({
  name: userName,
  password,
  role: roleName,
  extra: z.array(anyRight).max(30).default([]),
})
export const userUpdateInput = z.object({
  id: userId,
  role: roleName.optional(),
  extra: z.array(anyRight).max(30).optional(),
  locked: z.boolean().optional(),
})
export const userPasswordInput = z.object({ id: userId, password })
export const userDeleteInput = z.object({ id: userId, confirm: z.string().max(64) })
export const onUser = z.object({ id: userId })
export const rolePutInput = z.object({
  name: roleName,
  grants: z
    .array(
      z
        .object({ right: customRight, cluster: onClusters, names: namePattern })
        .refine(({ right, names }) => names === '*' || hasSubject(right), 'this right is about no object with a name'),
    )
    .min(1)
    .max(200),
})
export const roleDeleteInput = z.object({ name: roleName, confirm: z.string().max(64) })
export const maskPutInput = z
  .object({
    id: z.string().min(1).max(64).optional(),
    cluster: onClusters,
    topics: namePattern,
    part: z.enum(maskParts),
    field: z.string().trim().max(255).default(''),
    how: z.enum(maskHows),
  })
  .refine(({ part, field }) => part === 'body' || field !== '', { path: ['field'], message: 'name the field' })
export const maskIdInput = z.object({ id: z.string().min(1).max(64) })
export const whoMayInput = z.object({ right: anyRight, cluster: onClusters, name: z.string().max(255).default('') })
export const tokenCreateInput = z.object({
  name: z.string().trim().min(1).max(80),
  rights: z.array(customRight).min(1).max(30),
  cluster: onClusters.default('*'),
  days: z.number().int().min(1).max(366),
})
export const tokenRevokeInput = z.object({ id: z.string().min(1).max(64) })
export type UserCreateInput = z.infer<typeof userCreateInput>
export type UserUpdateInput = z.infer<typeof userUpdateInput>
export type RolePutInput = z.infer<typeof rolePutInput>
export type TokenCreateInput = z.infer<typeof tokenCreateInput>

// ---- clusters ----

const serverAddress = z
  .string()
  .max(255)
  .regex(/^[^\s;,]+:\d{1,5}$/, 'not of the form host:port')
/** How a cluster is spoken to. A secret goes in and never comes out. */
const connectionFields = z.object({
  namesrv: z.array(serverAddress).min(1).max(16),
  /** any: TLS without a look at the certificate. checked: it must come from `ca`, or from whom this machine trusts. */
  tls: z.enum(['off', 'any', 'checked']),
  /** PEM; empty: whom this machine trusts. */
  ca: z
    .string()
    .max(65_536)
    .refine((text) => text === '' || /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text), {
      message: 'not a certificate in PEM form',
    }),
  /** Empty: the cluster asks nobody who he is. */
  accessKey: z.string().max(255),
  secretKey: z.string().max(1024),
  /** What servers call themselves, and where that is reached from here. */
  addressMap: z.array(z.object({ from: serverAddress, to: serverAddress })).max(64),
  /** Private hosts and networks it may lead to: `10.0.0.0/8`, `mq.example.internal`, `10.0.0.5:9876`. */
  hosts: z.array(z.string().min(1).max(255)).max(64),
})
const clusterFields = connectionFields.extend({
  name: z.string().trim().min(1).max(80),
  colour: z.number().int().min(0).max(7),
  readOnly: z.boolean(),
  production: z.boolean(),
})
const unset = { tls: 'off', ca: '', accessKey: '', secretKey: '', addressMap: [], hosts: [] } as const
const connectionInput = connectionFields.extend({
  tls: connectionFields.shape.tls.default(unset.tls),
  ca: connectionFields.shape.ca.default(unset.ca),
  accessKey: connectionFields.shape.accessKey.default(unset.accessKey),
  secretKey: connectionFields.shape.secretKey.default(unset.secretKey),
  addressMap: connectionFields.shape.addressMap.default([]),
  hosts: connectionFields.shape.hosts.default([]),
})
export const clusterAddInput = connectionInput.extend({
  id: clusterId.regex(/^[a-z0-9][a-z0-9-]*$/, 'small letters, digits and -'),
  name: clusterFields.shape.name,
  colour: clusterFields.shape.colour.default(0),
  readOnly: clusterFields.shape.readOnly.default(false),
  production: clusterFields.shape.production.default(false),
})
/** Without defaults: a new name must not make a read-only cluster writable, nor forget its secret. */
export const clusterUpdateInput = clusterFields.partial().extend({ id: clusterId })
export const clusterRemoveInput = z.object({ id: clusterId, confirm: z.string() })
/** `id`: a cluster that exists, whose secret is taken where none is typed. */
export const clusterTestInput = connectionInput.extend({ id: clusterId.optional() })

// ---- topics and groups: what a form sends ----

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

// ---- grave changes: preview, then apply ----

const queueRef = z.object({ topic: name, broker: brokerName, queueId: z.number().int().min(0) })
export const resetTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('time'), at: time }),
  z.object({ kind: z.literal('earliest') }),
  z.object({ kind: z.literal('latest') }),
  z.object({ kind: z.literal('shift'), by: z.number().int() }),
  z.object({ kind: z.literal('offsets'), offsets: z.array(queueRef.extend({ offset })).max(4096) }),
  z.object({ kind: z.literal('group'), group: name }),
])
export const resetPreviewInput = onGroup.extend({
  /** Empty is every topic the group has offsets for or subscribes to. */
  topics: z.array(name).max(200).default([]),
  /** Only these queues. */
  queues: z.array(queueRef).max(4096).optional(),
  target: resetTarget,
})
const confirmed = {
  preview: z.string().min(1).max(64),
  confirm: z.string().max(255),
  reason: z.string().max(1000).optional(),
}
export const resetInput = onGroup.extend({
  ...confirmed,
  /** Rows of the preview to apply; left out is all of them. */
  queues: z.array(queueRef).max(4096).optional(),
})
export const topicDeleteInput = onTopic.extend({ ...confirmed })
export const groupDeleteInput = onGroup.extend({ ...confirmed, withRetryTopics: z.boolean().default(true) })

// ---- messages ----

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
const messageFilters = {
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
    .array(z.object({ broker: brokerName, queueId: z.number().int().min(0) }))
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
export const templatePutInput = z.object({
  name: z.string().trim().min(1).max(80),
  /** What stood in the form, as the browser keeps it. */
  draft: z.string().min(2).max(300_000),
})
export const templateRemoveInput = z.object({ id: templateId })
export const consumeDirectlyInput = onGroup.extend({
  offsetId: messageGetInput.shape.offsetId,
  clientId: z.string().min(1).max(255),
  confirm: z.string(),
})
export const resendInput = onGroup.extend({ offsetId: messageGetInput.shape.offsetId, confirm: z.string() })

/** Where clients trace unless they are told another topic. */
export const TRACE_TOPIC = 'RMQ_SYS_TRACE_TOPIC'
export const traceInput = onCluster.extend({
  q: z.string().min(1).max(255),
  /** A message by its id of either kind, by one of its keys, or all messages that one trace record tells of. */
  by: z.enum(['id', 'key', 'trace']).default('id'),
  traceTopic: name.default(TRACE_TOPIC),
  /** Of the message, when its producer did not trace and so nobody tells it. */
  topic: name.optional(),
})

// ---- messages that wait ----

export const waitingActPreviewInput = onCluster.extend({
  act: z.enum(['commit', 'rollback', 'resume', 'recall']),
  /** As waitingKey names them. */
  waiting: z.array(z.string().min(3).max(600)).min(1).max(200),
})
export const waitingActInput = onCluster.extend({ ...confirmed })

// ---- dead letters ----

export const deadListInput = onCluster.extend({ ...list })
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

// ---- jobs ----

const jobId = z.string().min(1).max(64)
export const onJob = onCluster.extend({ job: jobId })
export const jobItemsInput = onJob.extend({
  state: z.enum(['waiting', 'begun', 'done', 'failed', 'unsure', 'skipped']).optional(),
  page: z.number().int().min(1).default(1),
  size: z.number().int().min(1).max(200).default(50),
})
/** The group is named, since the right is about it. retry: those that failed, and those nobody knows of, once more. */
export const jobActInput = onGroup.extend({ job: jobId, act: z.enum(['pause', 'resume', 'stop', 'retry']) })

// ---- brokers ----

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
  limit: z.number().int().min(1).max(50).default(20),
})

export type TopicListInput = z.infer<typeof topicListInput>
export type GroupListInput = z.infer<typeof groupListInput>
export type ClientListInput = z.infer<typeof clientListInput>
export type MaskPutInput = z.infer<typeof maskPutInput>
export type AuditFilter = z.infer<typeof auditExportInput>
export type AuditListInput = z.infer<typeof auditListInput>
export type Span = { lastMs?: number | undefined; from?: number | undefined; to?: number | undefined }
export type SettingsInput = z.infer<typeof settingsInput>
export type SetupInput = z.infer<typeof setupInput>
export type ClusterAddInput = z.infer<typeof clusterAddInput>
export type ClusterUpdateInput = z.infer<typeof clusterUpdateInput>
export type ClusterTestInput = z.infer<typeof clusterTestInput>
export type TopicCreateInput = z.infer<typeof topicCreateInput>
export type TopicUpdateInput = z.infer<typeof topicUpdateInput>
export type GroupCreateInput = z.infer<typeof groupCreateInput>
export type GroupUpdateInput = z.infer<typeof groupUpdateInput>
export type ResetPreviewInput = z.infer<typeof resetPreviewInput>
export type ResetInput = z.infer<typeof resetInput>
export type TopicDeleteInput = z.infer<typeof topicDeleteInput>
export type GroupDeleteInput = z.infer<typeof groupDeleteInput>
export type MessageByIdInput = z.infer<typeof messageByIdInput>
export type MessageByKeyInput = z.infer<typeof messageByKeyInput>
export type MessageAtInput = z.infer<typeof messageAt>
export type MessageGetInput = z.infer<typeof messageGetInput>
export type ScanInput = z.infer<typeof scanInput>
export type TailInput = z.infer<typeof tailInput>
export type SendInput = z.infer<typeof sendInput>
export type SendBatchInput = z.infer<typeof sendBatchInput>
export type TemplatePutInput = z.infer<typeof templatePutInput>
export type ConsumeDirectlyInput = z.infer<typeof consumeDirectlyInput>
export type ResendInput = z.infer<typeof resendInput>
export type TraceInput = z.infer<typeof traceInput>
export type WaitingActPreviewInput = z.infer<typeof waitingActPreviewInput>
export type WaitingActInput = z.infer<typeof waitingActInput>
export type DeadListInput = z.infer<typeof deadListInput>
export type DoctorInput = z.infer<typeof doctorInput>
export type RedrivePreviewInput = z.infer<typeof redrivePreviewInput>
export type RedriveInput = z.infer<typeof redriveInput>
export type JobItemsInput = z.infer<typeof jobItemsInput>
export type JobActInput = z.infer<typeof jobActInput>
export type BrokerConfigInput = z.infer<typeof brokerConfigInput>
export type RunningInput = z.infer<typeof runningInput>
export type PaletteInput = z.infer<typeof paletteInput>

// ---- alarms ----

const id = z.string().min(1).max(64)
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

// ---- metrics ----

const zone = z.string().max(64).refine(isZone, 'not a time zone')
export const exploreInput = onCluster.extend({
  ...span,
  // The enum needs a tuple type; the list is not empty.
  metric: z.enum(explorerMetricNames as [ExplorerMetric, ...ExplorerMetric[]]),
  of: z.enum(metricScopes),
  /** Without them the largest are drawn. */
  names: z.array(z.string().max(255)).max(MOST_SERIES).optional(),
  top: z.number().int().min(1).max(MOST_SERIES).optional(),
  compare: z.enum(compareSpans).optional(),
})
export const usageInput = onCluster.extend({
  ...span,
  of: z.enum(['topic', 'group']),
  by: z.enum(['total', 'day', 'hour']),
  zone: zone.default('UTC'),
  q: list.q,
  sort: z.enum(['at', 'name', 'in', 'out', 'bytes']).default('at'),
  page: list.page,
  size: list.size,
})
export const savedViewInput = onCluster.extend({
  name: z.string().trim().min(1).max(120),
  query: z.string().max(4000),
})
export const savedViewIdInput = onCluster.extend({ id })
export type ExploreInput = z.infer<typeof exploreInput>
export type UsageInput = z.infer<typeof usageInput>

function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== null
  } catch {
    return false
  }
}
