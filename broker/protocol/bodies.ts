// broker/protocol/bodies.ts: the JSON bodies that several rooms share: queues, routes, topics, groups, heartbeats,
// locks. bodies-admin.ts holds what tools ask for. Names are the wire's own.
import { type BodyOf, bean, bool, dict, int, list, numberDict, oneOf, optional, orElse, text } from './body-table'

export { type BodyOf, readBody, writeBody, writeBodyText } from './body-table'

export const dataVersion = bean({ counter: int, stateVersion: int, timestamp: int })
export type DataVersion = BodyOf<typeof dataVersion>
export const sameVersion = (a: DataVersion, b: DataVersion): boolean =>
  a.counter === b.counter && a.stateVersion === b.stateVersion && a.timestamp === b.timestamp

export const messageQueue = bean({ brokerName: text, queueId: int, topic: text })
export type MessageQueue = BodyOf<typeof messageQueue>

export const topicConfigFields = {
  attributes: dict(text),
  order: bool,
  perm: orElse(int, 6),
  readQueueNums: orElse(int, 16),
  topicFilterType: orElse(oneOf('SINGLE_TAG', 'MULTI_TAG'), 'SINGLE_TAG'),
  topicName: text,
  topicSysFlag: int,
  writeQueueNums: orElse(int, 16),
}
export const topicConfig = bean(topicConfigFields)
export type TopicConfig = BodyOf<typeof topicConfig>

/** Where queues of a static topic lie, as name servers and clients know it; see static-topic.ts. */
export const topicQueueMappingInfo = bean({
  bname: optional(text),
  currIdMap: numberDict(int),
  dirty: bool,
  epoch: int,
  scope: optional(text),
  topic: optional(text),
  totalQueues: int,
})
export type TopicQueueMappingInfo = BodyOf<typeof topicQueueMappingInfo>

/** The same with where each queue was hosted; on the brokers that host them. */
export const topicQueueMappingDetail = bean({
  bname: optional(text),
  currIdMap: numberDict(int),
  dirty: bool,
  epoch: int,
  hostedQueues: numberDict(
    list(
      bean({
        bname: optional(text),
        endOffset: int,
        gen: int,
        logicOffset: int,
        queueId: int,
        startOffset: int,
        timeOfEnd: int,
        timeOfStart: int,
      }),
    ),
  ),
  scope: optional(text),
  topic: optional(text),
  totalQueues: int,
})
export type TopicQueueMappingDetail = BodyOf<typeof topicQueueMappingDetail>

const noVersion = { counter: 0, stateVersion: 0, timestamp: 0 }
export const topicConfigWrapper = bean({
  dataVersion: orElse(dataVersion, noVersion),
  mappingDataVersion: optional(dataVersion),
  topicConfigTable: dict(topicConfig),
  topicQueueMappingDetailMap: optional(dict(topicQueueMappingDetail)),
  topicQueueMappingInfoMap: dict(topicQueueMappingInfo),
})
export type TopicConfigWrapper = BodyOf<typeof topicConfigWrapper>
export const registerBrokerBody = bean({
  filterServerList: list(text),
  topicConfigSerializeWrapper: topicConfigWrapper,
})
export type RegisterBrokerBody = BodyOf<typeof registerBrokerBody>

export const groupRetryPolicy = bean({
  customizedRetryPolicy: optional(bean({ next: list(int) })),
  exponentialRetryPolicy: optional(bean({ initial: int, max: int, multiplier: int })),
  type: orElse(oneOf('EXPONENTIAL', 'CUSTOMIZED'), 'CUSTOMIZED'),
})
export const simpleSubscriptionData = bean({
  expression: optional(text),
  expressionType: optional(text),
  topic: text,
  version: int,
})
export const subscriptionGroupConfig = bean({
  attributes: dict(text),
  brokerId: int,
  consumeBroadcastEnable: orElse(bool, true),
  consumeEnable: orElse(bool, true),
  consumeFromMinEnable: orElse(bool, true),
  consumeMessageOrderly: bool,
  consumeTimeoutMinute: orElse(int, 15),
  groupName: text,
  groupRetryPolicy: orElse(groupRetryPolicy, { type: 'CUSTOMIZED' }),
  groupSysFlag: int,
  notifyConsumerIdsChangedEnable: orElse(bool, true),
  retryMaxTimes: orElse(int, 16),
  retryQueueNums: orElse(int, 1),
  subscriptionDataSet: optional(list(simpleSubscriptionData)),
  whichBrokerWhenConsumeSlowly: orElse(int, 1),
})
export type SubscriptionGroupConfig = BodyOf<typeof subscriptionGroupConfig>
export const subscriptionGroupWrapper = bean({
  dataVersion: orElse(dataVersion, noVersion),
  forbiddenTable: dict(dict(int)),
  subscriptionGroupTable: dict(subscriptionGroupConfig),
})
export type SubscriptionGroupWrapper = BodyOf<typeof subscriptionGroupWrapper>

/** 18, 225: many at once. */
export const topicConfigList = bean({ topicConfigList: list(topicConfig) })
export const subscriptionGroupList = bean({ groupConfigList: list(subscriptionGroupConfig) })

export const brokerData = bean({
  brokerAddrs: numberDict(text),
  brokerName: text,
  cluster: text,
  enableActingMaster: bool,
  zoneName: optional(text),
})
export type BrokerData = BodyOf<typeof brokerData>
export const queueData = bean({
  brokerName: text,
  perm: int,
  readQueueNums: int,
  topicSysFlag: int,
  writeQueueNums: int,
})
export type QueueData = BodyOf<typeof queueData>
/** 105. */
export const routeData = bean({
  brokerDatas: list(brokerData),
  filterServerTable: dict(list(text)),
  orderTopicConf: optional(text),
  queueDatas: list(queueData),
  topicQueueMappingByBroker: optional(dict(topicQueueMappingInfo)),
})
export type RouteData = BodyOf<typeof routeData>
/** 106. */
export const clusterInfo = bean({ brokerAddrTable: dict(brokerData), clusterAddrTable: dict(list(text)) })
export type ClusterInfo = BodyOf<typeof clusterInfo>
/** 901. */
export const memberGroupBody = bean({
  brokerMemberGroup: bean({ brokerAddrs: numberDict(text), brokerName: text, cluster: text }),
})
/** 28, 103's reply, 219. */
export const kvTable = bean({ table: dict(text) })
export const topicList = bean({ brokerAddr: optional(text), topicList: list(text) })
export type TopicList = BodyOf<typeof topicList>

export const subscriptionData = bean({
  classFilterMode: bool,
  codeSet: list(int),
  expressionType: orElse(text, 'TAG'),
  filterClassSource: optional(text),
  subString: orElse(text, '*'),
  subVersion: int,
  tagsSet: list(text),
  topic: text,
})
export const consumeTypes = ['CONSUME_ACTIVELY', 'CONSUME_PASSIVELY', 'CONSUME_POP'] as const
export const messageModels = ['BROADCASTING', 'CLUSTERING'] as const
export const consumeFromWheres = [
  'CONSUME_FROM_LAST_OFFSET',
  'CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST',
  'CONSUME_FROM_MIN_OFFSET',
  'CONSUME_FROM_MAX_OFFSET',
  'CONSUME_FROM_FIRST_OFFSET',
  'CONSUME_FROM_TIMESTAMP',
] as const
export type ConsumeType = (typeof consumeTypes)[number]
export type MessageModel = (typeof messageModels)[number]
export type ConsumeFromWhere = (typeof consumeFromWheres)[number]

export const consumerData = bean({
  consumeFromWhere: orElse(oneOf(...consumeFromWheres), 'CONSUME_FROM_LAST_OFFSET'),
  consumeType: orElse(oneOf(...consumeTypes), 'CONSUME_PASSIVELY'),
  groupName: text,
  messageModel: orElse(oneOf(...messageModels), 'CLUSTERING'),
  subscriptionDataSet: list(subscriptionData),
  unitMode: bool,
})
export type ConsumerData = BodyOf<typeof consumerData>
/** 34. */
export const heartbeatData = bean({
  clientID: text,
  consumerDataSet: list(consumerData),
  heartbeatFingerprint: int,
  producerDataSet: list(bean({ groupName: text })),
  withoutSub: bool,
})
export type HeartbeatData = BodyOf<typeof heartbeatData>
/** 46. */
export const checkClientConfig = bean({
  clientId: optional(text),
  group: optional(text),
  namespace: optional(text),
  subscriptionData: optional(subscriptionData),
})

/** 41 and 42 ask with it. */
export const lockBatchRequest = bean({
  clientId: text,
  consumerGroup: text,
  mqSet: list(messageQueue),
  onlyThisBroker: bool,
})
export type LockBatchRequest = BodyOf<typeof lockBatchRequest>
export const lockBatchReply = bean({ lockOKMQSet: list(messageQueue) })
/** 38. */
export const consumerIdList = bean({ consumerIdList: list(text) })
/** 43, and config/consumerOffset.json. */
export const consumerOffsets = bean({ dataVersion: optional(dataVersion), offsetTable: dict(numberDict(int)) })
/** 45, and config/delayOffset.json. */
export const delayOffsets = bean({ dataVersion: optional(dataVersion), offsetTable: numberDict(int) })
