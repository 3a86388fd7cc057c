// server/shared/names.ts: the rules for names of topics and groups, and what a name says about its bearer. Pure
// functions: forms check with them as somebody types, the server checks again.

export const RETRY_PREFIX = '%RETRY%'
export const DLQ_PREFIX = '%DLQ%'
export const TOPIC_NAME_MAX = 127
export const GROUP_NAME_MAX = 120

/** Why a name cannot be taken; each has its text in both languages. */
export type NameFault = 'empty' | 'too-long' | 'bad-character' | 'reserved'

const allowed = /^[%|a-zA-Z0-9_-]+$/

export const topicNameFault = (name: string): NameFault | null => {
  if (name.length === 0) return 'empty'
  if (!allowed.test(name)) return 'bad-character'
  if (name.length > TOPIC_NAME_MAX) return 'too-long'
  return isSystemTopic(name) ? 'reserved' : null
}
export const groupNameFault = (name: string): NameFault | null => {
  if (name.length === 0) return 'empty'
  if (!allowed.test(name)) return 'bad-character'
  if (name.length > GROUP_NAME_MAX) return 'too-long'
  return isSystemGroup(name) ? 'reserved' : null
}

/**
 * Names an address may hold: looser than what may be created, since retry and system topics have pages too, and brokers whose
 * files were written by hand or by others hold letters of any language.
 */
export const isAddressableName = (name: string): boolean => name.length <= 255 && /^[%|\p{L}\p{N}_.-]+$/u.test(name)

const systemTopics: ReadonlySet<string> = new Set([
  'TBW102',
  'SCHEDULE_TOPIC_XXXX',
  'BenchmarkTest',
  'RMQ_SYS_TRANS_HALF_TOPIC',
  'RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC',
  'RMQ_SYS_TRACE_TOPIC',
  'RMQ_SYS_TRANS_OP_HALF_TOPIC',
  'TRANS_CHECK_MAX_TIME_TOPIC',
  'SELF_TEST_TOPIC',
  'OFFSET_MOVED_EVENT',
  'CHECKPOINT_TOPIC',
  'DefaultHeartBeatSyncerTopic',
])
export const isSystemTopic = (name: string): boolean =>
  systemTopics.has(name) || name.startsWith('rmq_sys_') || name.startsWith('RMQ_SYS_') || name.endsWith('_REPLY_TOPIC')

const systemGroups: ReadonlySet<string> = new Set([
  'DEFAULT_CONSUMER',
  'DEFAULT_PRODUCER',
  'TOOLS_CONSUMER',
  'SCHEDULE_CONSUMER',
  'FILTERSRV_CONSUMER',
  '__MONITOR_CONSUMER',
  'CLIENT_INNER_PRODUCER',
  'SELF_TEST_P_GROUP',
  'SELF_TEST_C_GROUP',
  'CID_ONS-HTTP-PROXY',
  'CID_ONSAPI_PERMISSION',
  'CID_ONSAPI_OWNER',
  'CID_ONSAPI_PULL',
  'CID_RMQ_SYS_TRANS',
  'CID_DefaultHeartBeatSyncerTopic',
])
export const isSystemGroup = (name: string): boolean => systemGroups.has(name) || name.startsWith('CID_RMQ_SYS_')

export type TopicKind = 'user' | 'retry' | 'dlq' | 'system'
export const topicKind = (name: string): TopicKind => {
  if (name.startsWith(RETRY_PREFIX)) return 'retry'
  if (name.startsWith(DLQ_PREFIX)) return 'dlq'
  return isSystemTopic(name) ? 'system' : 'user'
}

/** The group a retry or dead-letter topic belongs to. Pop retry topics hold the topic after the group. */
export const groupOfTopic = (name: string): string | null => {
  if (name.startsWith(DLQ_PREFIX)) return name.slice(DLQ_PREFIX.length)
  return name.startsWith(RETRY_PREFIX) ? name.slice(RETRY_PREFIX.length) : null
}

/** `broker-a:0`: a broker's name and id, as addresses and tables show it. */
export const brokerKey = (name: string, id: number): string => `${name}:${id}`
export const parseBrokerKey = (key: string): { name: string; id: number } | null => {
  const at = key.lastIndexOf(':')
  const id = Number(key.slice(at + 1))
  return at > 0 && Number.isInteger(id) && id >= 0 ? { name: key.slice(0, at), id } : null
}
