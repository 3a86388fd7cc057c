// broker/processor/client.ts: a client says that it lives, what it produces and consumes, and asks who else does: codes
// 34, 35, 38, 46. A group that may not be is passed over in silence, as Apache does: the heartbeat still succeeds.
import { FilterSyntaxError } from '../filter/sql'
import type { Connection } from '../net/types'
import {
  type ConsumerData,
  checkClientConfig,
  consumerIdList,
  type HeartbeatData,
  heartbeatData,
  readBody,
  writeBody,
} from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { consumerGroupHeader, readHeader, unregisterClientHeader } from '../protocol/headers'
import { retryTopicOf } from '../protocol/names'
import { Perm } from '../protocol/perm'
import { isTagType } from '../protocol/subscription'
import { TopicSysFlag } from '../protocol/sys-flag'
import type { BrokerContext, Handler, HandlerTable } from './context'
import { noPropertyFilter } from './reply-for'
import { topicForGroup } from './topic-on-demand'

const heartbeat: Handler = async (request, connection, broker) => {
  const said = readBody(heartbeatData, request.body)
  const channel = { connection, clientId: said.clientID, language: request.language, version: request.version }
  let isSubChange = said.heartbeatFingerprint === 0 // the first form of the heartbeat always hears so
  for (const consumer of said.consumerDataSet) {
    const config = broker.groups.get(consumer.groupName)
    if (config === undefined) continue
    await retryTopic(consumer, config.retryQueueNums, broker)
    if (connection.closed) return undefined // while the topic was made
    const isKnown = fingerprints(said, consumer, broker)
    if (!isKnown) isSubChange = true
    if (said.withoutSub && !isKnown) continue // it will say them now
    broker.consumers.register(channel, {
      group: consumer.groupName,
      consumeType: consumer.consumeType,
      messageModel: consumer.messageModel,
      consumeFromWhere: consumer.consumeFromWhere,
      subscriptions: said.withoutSub ? undefined : consumer.subscriptionDataSet,
      fingerprint: said.heartbeatFingerprint,
      notify: broker.settings.notifyConsumerIdsChangedEnable && config.notifyConsumerIdsChangedEnable,
    })
  }
  for (const { groupName } of said.producerDataSet) broker.producers.register(groupName, channel)
  return {
    code: ResponseCode.SUCCESS,
    ext: { IS_SUPPORT_HEART_BEAT_V2: 'true', IS_SUB_CHANGE: String(isSubChange) },
  }
}

/** Whether the broker holds the subscriptions that the client means by its fingerprint. */
const fingerprints = (said: HeartbeatData, consumer: ConsumerData, broker: BrokerContext): boolean =>
  broker.consumers.get(consumer.groupName)?.fingerprint === said.heartbeatFingerprint

/** Every group has a retry topic, shaped by what it subscribes; broadcasting ones too, as in Apache. */
function retryTopic(consumer: ConsumerData, queues: number, broker: BrokerContext): unknown {
  const isOrdered = consumer.subscriptionDataSet.some(({ topic }) => broker.topics.get(topic)?.order === true)
  const topicSysFlag = consumer.unitMode ? TopicSysFlag.unitSub : 0
  const name = retryTopicOf(consumer.groupName)
  return topicForGroup(broker, name, queues, Perm.read | Perm.write, topicSysFlag, isOrdered)
}

const unregister: Handler = (request, connection, broker) => {
  const { clientID, producerGroup, consumerGroup } = readHeader(unregisterClientHeader, request.ext)
  if (producerGroup !== undefined) broker.producers.unregister(producerGroup, clientID, connection)
  if (consumerGroup !== undefined) {
    const notify = broker.groups.get(consumerGroup)?.notifyConsumerIdsChangedEnable ?? true
    const isOn = broker.settings.notifyConsumerIdsChangedEnable
    broker.consumers.unregister(consumerGroup, clientID, connection, notify && isOn)
  }
  return { code: ResponseCode.SUCCESS }
}

const listConsumers: Handler = (request, _connection, broker) => {
  const { consumerGroup } = readHeader(consumerGroupHeader, request.ext)
  const ids = broker.consumers.clientIds(consumerGroup)
  if (ids.length === 0) {
    return { code: ResponseCode.SYSTEM_ERROR, remark: `no consumer for this group, ${consumerGroup}` }
  }
  return { code: ResponseCode.SUCCESS, body: writeBody(consumerIdList, { consumerIdList: ids }) }
}

/** Before it starts, a consumer asks whether its expression can be served. */
const checkConfig: Handler = (request, _connection, broker) => {
  const subscription =
    request.body.length === 0 ? undefined : readBody(checkClientConfig, request.body).subscriptionData
  if (subscription === undefined || isTagType(subscription.expressionType)) return { code: ResponseCode.SUCCESS }
  if (!broker.settings.enablePropertyFilter) return noPropertyFilter(subscription.expressionType)
  try {
    broker.filters.of(subscription)
    return { code: ResponseCode.SUCCESS }
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error
    return { code: ResponseCode.SUBSCRIPTION_PARSE_FAILED, remark: error.message }
  }
}

/** For the listener: what a closed connection said is forgotten, and who shared its queues is told. */
export function connectionClosed(broker: BrokerContext, connection: Connection): void {
  broker.heldPulls.connectionClosed(connection)
  broker.pop.held.connectionClosed(connection)
  broker.consumers.connectionClosed(connection)
  broker.producers.connectionClosed(connection)
}

export const clientHandlers: HandlerTable = {
  [RequestCode.HEART_BEAT]: heartbeat,
  [RequestCode.UNREGISTER_CLIENT]: unregister,
  [RequestCode.GET_CONSUMER_LIST_BY_GROUP]: listConsumers,
  [RequestCode.CHECK_CLIENT_CONFIG]: checkConfig,
}
