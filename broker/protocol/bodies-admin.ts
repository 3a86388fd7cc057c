// broker/protocol/bodies-admin.ts: the JSON bodies that tools ask for. See bodies.ts.

import {
  consumeFromWheres,
  consumeTypes,
  messageModels,
  messageQueue,
  simpleSubscriptionData,
  subscriptionData,
} from './bodies'
import {
  type BodyOf,
  bean,
  bool,
  dict,
  double,
  int,
  list,
  numberDict,
  objectDict,
  oneOf,
  optional,
  orElse,
  text,
} from './body-table'

/** 202. */
export const topicStatsTable = bean({
  offsetTable: objectDict(messageQueue, bean({ lastUpdateTimestamp: int, maxOffset: int, minOffset: int })),
  topicPutTps: double,
})
export type TopicStatsTable = BodyOf<typeof topicStatsTable>

export const offsetWrapper = bean({ brokerOffset: int, consumerOffset: int, lastTimestamp: int, pullOffset: int })
/** 208. */
export const consumeStats = bean({ consumeTps: double, offsetTable: objectDict(messageQueue, offsetWrapper) })
export type ConsumeStats = BodyOf<typeof consumeStats>
/** 317. Each element maps a group to its stats. */
export const consumeStatsList = bean({
  brokerAddr: optional(text),
  consumeStatsList: list(dict(list(consumeStats))),
  totalDiff: int,
  totalInflightDiff: int,
})
export type ConsumeStatsList = BodyOf<typeof consumeStatsList>

/** 222, 220: what a reset set, by queue. */
export const resetOffsetBody = bean({ offsetTable: objectDict(messageQueue, int) })
export type ResetOffsetBody = BodyOf<typeof resetOffsetBody>
/** The same for clients in C++. */
export const resetOffsetBodyForC = bean({
  offsetTable: list(bean({ brokerName: text, offset: int, queueId: int, topic: text })),
})
/** 221, 223. */
export const consumerStatusBody = bean({
  consumerTable: dict(objectDict(messageQueue, int)),
  messageQueueTable: objectDict(messageQueue, int),
})
export type ConsumerStatusBody = BodyOf<typeof consumerStatusBody>

export const clientConnection = bean({
  clientAddr: optional(text),
  clientId: optional(text),
  language: orElse(text, 'JAVA'),
  version: int,
})
/** 203. */
export const consumerConnection = bean({
  connectionSet: list(clientConnection),
  consumeFromWhere: optional(oneOf(...consumeFromWheres)),
  consumeType: optional(oneOf(...consumeTypes)),
  messageModel: optional(oneOf(...messageModels)),
  subscriptionTable: dict(subscriptionData),
})
export type ConsumerConnection = BodyOf<typeof consumerConnection>
/** 204. */
export const producerConnection = bean({ connectionSet: list(clientConnection) })
export type ProducerConnection = BodyOf<typeof producerConnection>
/** 328. */
export const producerTable = bean({
  data: dict(
    list(
      bean({
        clientId: optional(text),
        language: optional(text),
        lastUpdateTimestamp: int,
        remoteIP: optional(text),
        version: int,
      }),
    ),
  ),
})
/** 300. */
export const groupList = bean({ groupList: list(text) })
/** 345. */
export const subscriptionByConsumer = bean({
  group: optional(text),
  subscriptionData: optional(subscriptionData),
  topic: optional(text),
})
/** 303. */
export const consumeTimeSpan = bean({
  consumeTimeSpanSet: list(
    bean({
      consumeTimeStamp: int,
      consumeTimeStampStr: optional(text),
      delayTime: int,
      maxTimeStamp: int,
      maxTimeStampStr: optional(text),
      messageQueue: optional(messageQueue),
      minTimeStamp: int,
      minTimeStampStr: optional(text),
    }),
  ),
})
/** 308. */
export const correctionOffsets = bean({ correctionOffsets: numberDict(int) })
/** 321. */
export const queryConsumeQueueBody = bean({
  filterData: optional(text),
  maxQueueIndex: int,
  minQueueIndex: int,
  queueData: list(
    bean({
      bitMap: optional(text),
      eval: bool,
      extendDataJson: optional(text),
      msg: optional(text),
      physicOffset: int,
      physicSize: int,
      tagsCode: int,
    }),
  ),
  subscriptionData: optional(subscriptionData),
})
export type QueryConsumeQueueBody = BodyOf<typeof queryConsumeQueueBody>

const statsSnapshot = bean({ avgpt: double, sum: int, tps: double })
/** 315. */
export const brokerStatsData = bean({
  statsDay: optional(statsSnapshot),
  statsHour: optional(statsSnapshot),
  statsMinute: optional(statsSnapshot),
})
export type BrokerStatsData = BodyOf<typeof brokerStatsData>
/** 353. */
export const groupForbidden = bean({ group: text, readable: optional(bool), topic: text })
/** 309's reply. */
export const consumeDirectlyResult = bean({
  autoCommit: bool,
  consumeResult: optional(
    oneOf('CR_SUCCESS', 'CR_LATER', 'CR_ROLLBACK', 'CR_COMMIT', 'CR_THROW_EXCEPTION', 'CR_RETURN_NULL'),
  ),
  order: bool,
  remark: optional(text),
  spentTimeMills: int,
})
/** 61. */
export const timerMetrics = bean({
  dataVersion: optional(bean({ counter: int, stateVersion: int, timestamp: int })),
  timingCount: dict(bean({ count: int, timeStamp: int })),
})
/** 307's reply. */
export const consumerRunningInfo = bean({
  jstack: optional(text),
  mqPopTable: objectDict(messageQueue, bean({ droped: bool, lastPopTimestamp: int, waitAckCount: int })),
  mqTable: objectDict(
    messageQueue,
    bean({
      cachedMsgCount: int,
      cachedMsgMaxOffset: int,
      cachedMsgMinOffset: int,
      cachedMsgSizeInMiB: int,
      commitOffset: int,
      droped: bool,
      lastConsumeTimestamp: int,
      lastLockTimestamp: int,
      lastPullTimestamp: int,
      locked: bool,
      transactionMsgCount: int,
      transactionMsgMaxOffset: int,
      transactionMsgMinOffset: int,
      tryUnlockTimes: int,
    }),
  ),
  properties: dict(text),
  statusTable: dict(
    bean({
      consumeFailedMsgs: int,
      consumeFailedTPS: double,
      consumeOKTPS: double,
      consumeRT: double,
      pullRT: double,
      pullTPS: double,
    }),
  ),
  subscriptionSet: list(subscriptionData),
  userConsumerInfo: dict(text),
})
export type ConsumerRunningInfo = BodyOf<typeof consumerRunningInfo>
/** 907. */
export const haRuntimeInfo = bean({
  haClientRuntimeInfo: bean({
    lastReadTimestamp: int,
    lastWriteTimestamp: int,
    masterAddr: optional(text),
    masterFlushOffset: int,
    maxOffset: int,
    transferredByteInSecond: int,
  }),
  haConnectionInfo: list(
    bean({
      addr: optional(text),
      behindMs: optional(int), // ours alone
      diff: int,
      inSync: bool,
      slaveAckOffset: int,
      transferFromWhere: int,
      transferredByteInSecond: int,
    }),
  ),
  inSyncSlaveNums: int,
  master: bool,
  masterCommitLogMaxOffset: int,
})
/** 400. */
export const assignmentRequest = bean({
  clientId: text,
  consumerGroup: text,
  messageModel: orElse(oneOf(...messageModels), 'CLUSTERING'),
  strategyName: optional(text),
  topic: text,
})
/** Without a list: keep what you have; an empty one: let go of all. */
export const assignmentReply = bean({
  messageQueueAssignments: optional(
    list(
      bean({
        attachments: optional(dict(text)),
        messageQueue,
        mode: orElse(oneOf('PULL', 'POP'), 'PULL'),
      }),
    ),
  ),
})
export const groupSubscriptions = list(simpleSubscriptionData)

/** 9103 of ours: filter scripts with what they did since the broker's start, or since they were replaced. */
export const filterScriptList = bean({
  scripts: list(
    bean({
      group: text,
      source: text,
      onFault: orElse(oneOf('open', 'closed'), 'open'),
      timeLimitMs: int,
      updatedAtMs: int,
      passed: int,
      leftOut: int,
      faults: int,
      lastFault: text,
      lastFaultAtMs: int,
      restsUntilMs: int,
    }),
  ),
})
/** 9104 of ours: what a script says of a message. `fault`: why it could not judge it, else empty. */
export const filterScriptVerdict = bean({ verdict: oneOf('passed', 'left-out', 'fault'), fault: text })
export type FilterScriptState = BodyOf<typeof filterScriptList>['scripts'][number]
