// broker/protocol/names.ts: the names of topics and groups: which are allowed, which are made from others, which are the
// system's own. The texts are Apache's: clients and scripts match on them.

export const retryPrefix = '%RETRY%'
export const dlqPrefix = '%DLQ%'
export const retryTopicOf = (group: string): string => retryPrefix + group
export const dlqTopicOf = (group: string): string => dlqPrefix + group
export const replyTopicOf = (cluster: string): string => `${cluster}_REPLY_TOPIC`
export const isRetryTopic = (topic: string): boolean => topic.startsWith(retryPrefix)
export const isDlqTopic = (topic: string): boolean => topic.startsWith(dlqPrefix)

export const SystemTopic = {
  autoCreate: 'TBW102',
  schedule: 'SCHEDULE_TOPIC_XXXX',
  benchmark: 'BenchmarkTest',
  transactionHalf: 'RMQ_SYS_TRANS_HALF_TOPIC',
  rocksdbTransactionHalf: 'RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC',
  transactionOp: 'RMQ_SYS_TRANS_OP_HALF_TOPIC',
  rocksdbTransactionOp: 'RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC',
  transactionCheckMaxTime: 'TRANS_CHECK_MAX_TIME_TOPIC',
  trace: 'RMQ_SYS_TRACE_TOPIC',
  selfTest: 'SELF_TEST_TOPIC',
  offsetMoved: 'OFFSET_MOVED_EVENT',
  rocksdbCheckpoint: 'CHECKPOINT_TOPIC',
  timer: 'rmq_sys_wheel_timer',
} as const

/** Every topic with this start is the system's. */
export const systemTopicPrefix = 'rmq_sys_'
export const systemGroupPrefix = 'CID_RMQ_SYS_'

/** Where clients of Alibaba Cloud send their traces: the only topics with the system's start that they write to. */
const cloudTracePrefix = `${systemTopicPrefix}TRACE_DATA_`

const neverSentTo: ReadonlySet<string> = new Set([
  SystemTopic.schedule,
  SystemTopic.transactionHalf,
  SystemTopic.rocksdbTransactionHalf,
  SystemTopic.transactionOp,
  SystemTopic.rocksdbTransactionOp,
  SystemTopic.transactionCheckMaxTime,
  SystemTopic.selfTest,
  SystemTopic.offsetMoved,
])
/**
 * Nobody may send to these by name. Apache 5.5.0 refuses the first set only: there whoever may send can put checkpoints into
 * `rmq_sys_REVIVE_LOG_*`, where one with a far time stops its queue, and messages into the timer's topic. No stock client does.
 */
export const isForbiddenToSend = (topic: string): boolean =>
  neverSentTo.has(topic) || (topic.startsWith(systemTopicPrefix) && !topic.startsWith(cloudTracePrefix))

/** The topics that are the system's on every broker; cluster and broker name come on top. */
export const systemTopics: ReadonlySet<string> = new Set([
  SystemTopic.autoCreate,
  SystemTopic.schedule,
  SystemTopic.benchmark,
  SystemTopic.transactionHalf,
  SystemTopic.rocksdbTransactionHalf,
  SystemTopic.trace,
  SystemTopic.transactionOp,
  SystemTopic.rocksdbTransactionOp,
  SystemTopic.transactionCheckMaxTime,
  SystemTopic.selfTest,
  SystemTopic.offsetMoved,
  SystemTopic.rocksdbCheckpoint,
])
export const isSystemTopic = (topic: string): boolean => systemTopics.has(topic) || topic.startsWith(systemTopicPrefix)

/** Groups that every broker knows without being told. */
export const SystemGroup = {
  tools: 'TOOLS_CONSUMER',
  filterServer: 'FILTERSRV_CONSUMER',
  selfTestConsumer: 'SELF_TEST_C_GROUP',
  httpProxy: 'CID_ONS-HTTP-PROXY',
  onsApiPull: 'CID_ONSAPI_PULL',
  onsApiPermission: 'CID_ONSAPI_PERMISSION',
  onsApiOwner: 'CID_ONSAPI_OWNER',
  transaction: 'CID_RMQ_SYS_TRANS',
} as const
export const isSystemGroup = (group: string): boolean => group.startsWith(systemGroupPrefix)
/**
 * How far the broker itself has come with its half, op and revive queues. A client that moved it on would lose open
 * transactions and messages that are out; Apache 5.5.0 lets everyone who may commit for the group.
 */
export const isBrokersOwnProgress = (group: string, topic: string): boolean =>
  isSystemGroup(group) && isSystemTopic(topic)

const maxTopicLength = 127
const maxGroupLength = 120
const maxRetryTopicLength = 255
const allowed = /^[%|a-zA-Z0-9_-]+$/
const allowedText = 'allowing only ^[%|a-zA-Z0-9_-]+$'

/** Why this cannot be a topic's name, or null when it can. */
export function topicNameFault(topic: string | undefined): string | null {
  if (topic === undefined || topic.trim() === '') return 'The specified topic is blank.'
  if (!allowed.test(topic)) return `The specified topic: ${topic}, contains illegal characters, ${allowedText}`
  if (isRetryTopic(topic) || isDlqTopic(topic)) {
    if (topic.length <= maxRetryTopicLength) return null
    return `The specified topic is DLQ or Retry topic: ${topic}, and it's longer than topic max length: ${maxRetryTopicLength}`
  }
  if (topic.length <= maxTopicLength) return null
  return `The specified topic: ${topic}, is longer than topic max length: ${maxTopicLength}`
}

/** Why this cannot be a group's name, or null when it can. */
export function groupNameFault(group: string | undefined): string | null {
  if (group === undefined || group.trim() === '') return 'The specified group is blank.'
  if (!allowed.test(group)) return `The specified group: ${group}, contains illegal characters, ${allowedText}`
  if (group.length <= maxGroupLength) return null
  return `The specified group: ${group}, is longer than group max length: ${maxGroupLength}`
}
