// broker/protocol/headers.ts: the custom headers of requests and replies, each as a table. Names are the wire's own, odd
// spellings included. Sending, pulling, offsets and clients; headers-admin.ts and headers-namesrv.ts hold the others.
import { bool, type HeaderOf, header, i32, i64, optional, orElse, text } from './header-table'

export { type HeaderOf, type HeaderValues, readHeader, writeHeader } from './header-table'

/** 10 SEND_MESSAGE, 324 SEND_REPLY_MESSAGE. */
export const sendMessageHeader = header({
  producerGroup: text,
  topic: text,
  defaultTopic: text,
  defaultTopicQueueNums: i32,
  queueId: i32,
  sysFlag: i32,
  bornTimestamp: i64,
  flag: i32,
  properties: optional(text),
  reconsumeTimes: orElse(i32, 0),
  unitMode: orElse(bool, false),
  batch: orElse(bool, false),
  maxReconsumeTimes: optional(i32),
  bname: optional(text),
})
export type SendMessageHeader = HeaderOf<typeof sendMessageHeader>

/** 310 SEND_MESSAGE_V2, 320 SEND_BATCH_MESSAGE, 325: the same fields under one letter each. */
export const sendMessageV2Header = header({
  a: text, //            producerGroup
  b: text, //            topic
  c: text, //            defaultTopic
  d: i32, //             defaultTopicQueueNums
  e: i32, //             queueId
  f: i32, //             sysFlag
  g: i64, //             bornTimestamp
  h: i32, //             flag
  i: optional(text), //  properties
  j: orElse(i32, 0), //  reconsumeTimes
  k: orElse(bool, false), // unitMode
  l: optional(i32), //   maxReconsumeTimes
  m: orElse(bool, false), // batch
  n: optional(text), //  broker name
})
export const fromV2 = (v2: HeaderOf<typeof sendMessageV2Header>): SendMessageHeader => ({
  producerGroup: v2.a,
  topic: v2.b,
  defaultTopic: v2.c,
  defaultTopicQueueNums: v2.d,
  queueId: v2.e,
  sysFlag: v2.f,
  bornTimestamp: v2.g,
  flag: v2.h,
  properties: v2.i,
  reconsumeTimes: v2.j,
  unitMode: v2.k,
  batch: v2.m,
  maxReconsumeTimes: v2.l,
  bname: v2.n,
})
export const sendMessageReply = header({
  msgId: text,
  queueId: i32,
  queueOffset: i64,
  transactionId: optional(text),
  batchUniqId: optional(text),
  recallHandle: optional(text),
  MSG_REGION: optional(text),
  TRACE_ON: optional(text),
})

/** 36 CONSUMER_SEND_MSG_BACK. */
export const sendBackHeader = header({
  offset: i64, // in the commit log
  group: text,
  delayLevel: i32,
  originMsgId: optional(text),
  originTopic: optional(text),
  unitMode: orElse(bool, false),
  maxReconsumeTimes: optional(i32),
})
/** 370 RECALL_MESSAGE. */
export const recallMessageHeader = header({ producerGroup: optional(text), topic: text, recallHandle: text })
export const recallMessageReply = header({ msgId: text })

/** 37 END_TRANSACTION. */
export const endTransactionHeader = header({
  producerGroup: text,
  tranStateTableOffset: i64,
  commitLogOffset: i64,
  commitOrRollback: i32, // 0 unknown, 8 commit, 12 rollback
  msgId: text,
  topic: optional(text),
  transactionId: optional(text),
  fromTransactionCheck: orElse(bool, false),
})
/** 39 CHECK_TRANSACTION_STATE, broker to client. */
export const checkTransactionStateHeader = header({
  topic: optional(text),
  tranStateTableOffset: i64,
  commitLogOffset: i64,
  msgId: optional(text),
  transactionId: optional(text),
  offsetMsgId: optional(text),
  bname: optional(text),
})
/** 323 RESUME_CHECK_HALF_MESSAGE. */
export const resumeCheckHalfMessageHeader = header({ topic: optional(text), msgId: optional(text) })

/** 11 PULL_MESSAGE, 361 LITE_PULL_MESSAGE. */
export const pullMessageHeader = header({
  consumerGroup: text,
  topic: text,
  queueId: i32,
  queueOffset: i64,
  maxMsgNums: i32,
  sysFlag: i32, // see PullSysFlag
  commitOffset: i64,
  suspendTimeoutMillis: i64,
  subVersion: i64,
  subscription: optional(text),
  expressionType: optional(text),
  maxMsgBytes: optional(i32),
  requestSource: optional(i32),
  proxyFrowardClientId: optional(text),
  liteTopic: optional(text), // 5.5
  bname: optional(text),
})
export type PullMessageHeader = HeaderOf<typeof pullMessageHeader>
export const pullMessageReply = header({
  suggestWhichBrokerId: i64,
  nextBeginOffset: i64,
  minOffset: i64,
  maxOffset: i64,
  offsetDelta: optional(i64),
  topicSysFlag: optional(i32),
  groupSysFlag: optional(i32),
  forbiddenType: optional(i32),
})

/** 12 QUERY_MESSAGE. */
export const queryMessageHeader = header({
  topic: text,
  key: text,
  maxNum: i32,
  beginTimestamp: i64,
  endTimestamp: i64,
  indexType: optional(text), // 5.5: K key, U unique id, T tag
  lastKey: optional(text),
  _UNIQUE_KEY_QUERY: optional(text),
})
export const queryMessageReply = header({ indexLastUpdateTimestamp: i64, indexLastUpdatePhyoffset: i64 })
/** 33 VIEW_MESSAGE_BY_ID. */
export const viewMessageHeader = header({ offset: i64, topic: optional(text) })
/** 38 GET_CONSUMER_LIST_BY_GROUP, 40 NOTIFY_CONSUMER_IDS_CHANGED, 203 GET_CONSUMER_CONNECTION_LIST. */
export const consumerGroupHeader = header({ consumerGroup: text })

/** 14 QUERY_CONSUMER_OFFSET. */
export const queryConsumerOffsetHeader = header({
  consumerGroup: text,
  topic: text,
  queueId: i32,
  setZeroIfNotFound: optional(bool),
})
/** 15 UPDATE_CONSUMER_OFFSET. */
export const updateConsumerOffsetHeader = header({ consumerGroup: text, topic: text, queueId: i32, commitOffset: i64 })
/** 29 SEARCH_OFFSET_BY_TIMESTAMP. */
export const searchOffsetHeader = header({
  topic: text,
  queueId: i32,
  timestamp: i64,
  boundaryType: optional(text), // lower or upper, in any case
  liteTopic: optional(text),
})
/** 30 GET_MAX_OFFSET. */
export const maxOffsetHeader = header({ topic: text, queueId: i32, committed: orElse(bool, true) })
/** 31 GET_MIN_OFFSET, 32 GET_EARLIEST_MSG_STORETIME. */
export const queueHeader = header({ topic: text, queueId: i32 })
export const offsetReply = header({ offset: i64 })
export const timestampReply = header({ timestamp: i64 })

/** 35 UNREGISTER_CLIENT. */
export const unregisterClientHeader = header({
  clientID: text,
  producerGroup: optional(text),
  consumerGroup: optional(text),
})
export const heartbeatReply = header({ IS_SUPPORT_HEART_BEAT_V2: text, IS_SUB_CHANGE: text })

/** 220 RESET_CONSUMER_CLIENT_OFFSET, broker to client. */
export const resetClientOffsetHeader = header({ topic: text, group: text, timestamp: i64, isForce: optional(bool) })
/** 221 GET_CONSUMER_STATUS_FROM_CLIENT, broker to client. */
export const clientStatusHeader = header({ topic: text, group: text, clientAddr: optional(text) })
/** 326 PUSH_REPLY_MESSAGE_TO_CLIENT. */
export const pushReplyHeader = header({
  producerGroup: text,
  topic: text,
  defaultTopic: text,
  defaultTopicQueueNums: i32,
  queueId: i32,
  sysFlag: i32,
  bornTimestamp: i64,
  flag: i32,
  properties: optional(text),
  reconsumeTimes: optional(i32),
  unitMode: orElse(bool, false),
  bornHost: text, // ip:port
  storeHost: text,
  storeTimestamp: i64,
})

/** 200050 POP_MESSAGE. */
export const popMessageHeader = header({
  consumerGroup: text,
  topic: text,
  queueId: i32, // -1: all
  maxMsgNums: i32,
  invisibleTime: i64,
  pollTime: i64,
  bornTime: i64,
  initMode: i32,
  expType: optional(text),
  exp: optional(text),
  order: orElse(bool, false),
  attemptId: optional(text),
})
export const popMessageReply = header({
  popTime: i64,
  invisibleTime: i64,
  reviveQid: i32,
  restNum: i64,
  startOffsetInfo: optional(text),
  msgOffsetInfo: optional(text),
  orderCountInfo: optional(text),
})
/** 200052 PEEK_MESSAGE. */
export const peekMessageHeader = header({ topic: text, queueId: i32, maxMsgNums: i32, consumerGroup: text })
/** 200051 ACK_MESSAGE. */
export const ackMessageHeader = header({
  consumerGroup: text,
  topic: text,
  queueId: i32,
  extraInfo: text,
  offset: i64,
  liteTopic: optional(text),
})
/** 200053 CHANGE_MESSAGE_INVISIBLETIME. */
export const changeInvisibleTimeHeader = header({
  consumerGroup: text,
  topic: text,
  queueId: i32,
  extraInfo: text,
  offset: i64,
  invisibleTime: i64,
  liteTopic: optional(text),
  suspend: optional(bool),
})
export const changeInvisibleTimeReply = header({ popTime: i64, invisibleTime: i64, reviveQid: i32 })
/** 200054 NOTIFICATION. */
export const notificationHeader = header({
  consumerGroup: text,
  topic: text,
  queueId: i32,
  pollTime: i64,
  bornTime: i64,
  order: orElse(bool, false),
  attemptId: optional(text),
  expType: optional(text),
  exp: optional(text),
})
export const notificationReply = header({ hasMsg: bool, pollingFull: orElse(bool, false) })
/** 200055 POLLING_INFO. */
export const pollingInfoHeader = header({ consumerGroup: text, topic: text, queueId: i32 })
export const pollingInfoReply = header({ pollingNum: i32 })
