// broker/protocol/headers-admin.ts: the custom headers of what tools ask a broker. See headers.ts.
import { bool, header, i32, i64, optional, orElse, text } from './header-table'

/** 17 UPDATE_AND_CREATE_TOPIC, 513 UPDATE_AND_CREATE_STATIC_TOPIC. */
export const createTopicHeader = header({
  topic: text,
  defaultTopic: text,
  readQueueNums: i32,
  writeQueueNums: i32,
  perm: i32,
  topicFilterType: text, // SINGLE_TAG or MULTI_TAG
  topicSysFlag: orElse(i32, 0),
  order: orElse(bool, false),
  attributes: optional(text),
  force: orElse(bool, false),
})
/** 215 DELETE_TOPIC_IN_BROKER, 202 GET_TOPIC_STATS_INFO, 300 QUERY_TOPIC_CONSUME_BY_WHO. */
export const topicHeader = header({ topic: text })
/** 351 GET_TOPIC_CONFIG. */
export const topicConfigHeader = header({ topic: text, lo: orElse(bool, false) })
/** 21 GET_ALL_TOPIC_CONFIG. All absent: everything. */
export const allTopicConfigHeader = header({
  topicSeq: optional(i32),
  dataVersion: optional(text),
  maxTopicNum: optional(i32),
})
export const allTopicConfigReply = header({ totalTopicNum: optional(i32) })
/** 201 GET_ALL_SUBSCRIPTIONGROUP_CONFIG. */
export const allGroupConfigHeader = header({
  groupSeq: optional(i32),
  dataVersion: optional(text),
  maxGroupNum: optional(i32),
})
export const allGroupConfigReply = header({ totalGroupNum: optional(i32) })
/** 207 DELETE_SUBSCRIPTIONGROUP. */
export const deleteGroupHeader = header({ groupName: text, cleanOffset: orElse(bool, false) })
/** 352 GET_SUBSCRIPTIONGROUP_CONFIG, 343 QUERY_TOPICS_BY_CONSUMER. */
export const groupHeader = header({ group: text })
/** 9101 and 9102 of ours: the body of the first is the script. 9103 asks for one group's, or for all. */
export const setFilterScriptHeader = header({
  group: text,
  onFault: orElse(text, 'open'),
  timeLimitMs: optional(i32),
  /** The `updatedAtMs` of the one it is to replace, 0 for none: refused when that is another by now. */
  replaces: optional(i64),
})
/** 9104 of ours: the body is a script of so many bytes, and behind it a record as brokers store it. */
export const tryFilterScriptHeader = header({ group: text, timeLimitMs: optional(i32), sourceBytes: i32 })
export const filterScriptsHeader = header({ group: optional(text) })
/** 353 UPDATE_AND_GET_GROUP_FORBIDDEN. */
export const groupForbiddenHeader = header({ group: text, topic: text, readable: optional(bool) })

/** 222 INVOKE_BROKER_TO_RESET_OFFSET. */
export const resetOffsetHeader = header({
  topic: text,
  group: text,
  timestamp: i64, // -1: the newest
  isForce: orElse(bool, false),
  queueId: orElse(i32, -1),
  offset: optional(i64),
})
/** 223 INVOKE_BROKER_TO_GET_CONSUMER_STATUS. */
export const consumerStatusHeader = header({ topic: text, group: text, clientAddr: optional(text) })
/** 208 GET_CONSUME_STATS. */
export const consumeStatsHeader = header({ consumerGroup: text, topic: optional(text), topicList: optional(text) })
/** 317 GET_BROKER_CONSUME_STATS. */
export const brokerConsumeStatsHeader = header({ isOrder: orElse(bool, false) })
/** 303 QUERY_CONSUME_TIME_SPAN. */
export const consumeTimeSpanHeader = header({ topic: text, group: text })
/** 308 QUERY_CORRECTION_OFFSET. */
export const correctionOffsetHeader = header({ compareGroup: text, topic: text, filterGroups: optional(text) })
/** 314 CLONE_GROUP_OFFSET. */
export const cloneGroupOffsetHeader = header({
  srcGroup: text,
  destGroup: text,
  topic: optional(text),
  offline: orElse(bool, false),
})
/** 345 QUERY_SUBSCRIPTION_BY_CONSUMER. */
export const subscriptionByConsumerHeader = header({ group: text, topic: optional(text) })
/** 321 QUERY_CONSUME_QUEUE. */
export const queryConsumeQueueHeader = header({
  topic: text,
  queueId: i32,
  index: orElse(i64, 0),
  count: orElse(i32, 10),
  consumerGroup: optional(text),
})
/** 204 GET_PRODUCER_CONNECTION_LIST. */
export const producerGroupHeader = header({ producerGroup: text })
/** 307 GET_CONSUMER_RUNNING_INFO. */
export const consumerRunningInfoHeader = header({
  consumerGroup: text,
  clientId: text,
  jstackEnable: orElse(bool, false),
})
/** 309 CONSUME_MESSAGE_DIRECTLY. */
export const consumeDirectlyHeader = header({
  consumerGroup: text,
  clientId: optional(text),
  msgId: optional(text),
  brokerName: optional(text),
  topic: optional(text),
  topicSysFlag: optional(i32),
  groupSysFlag: optional(i32),
})
/** 315 VIEW_BROKER_STATS_DATA. */
export const brokerStatsHeader = header({ statsName: text, statsKey: text })
/** 26 GET_BROKER_CONFIG answers with the version as JSON text. */
export const brokerConfigReply = header({ version: text })
/** 906 EXCHANGE_BROKER_HA_INFO, both ways. */
export const exchangeHaInfoHeader = header({
  masterHaAddress: optional(text),
  masterFlushOffset: optional(i64),
  masterAddress: optional(text),
})
/** 908 RESET_MASTER_FLUSH_OFFSET. */
export const resetMasterFlushOffsetHeader = header({ masterFlushOffset: i64 })
