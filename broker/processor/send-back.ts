// broker/processor/send-back.ts: CONSUMER_SEND_MSG_BACK: a consumer could not do with a message. It comes again through
// %RETRY%group after its delay, or, after too many times, lands in %DLQ%group.
import { RequestCode, ResponseCode } from '../protocol/codes'
import { readHeader, sendBackHeader } from '../protocol/headers'
import { tagsCode } from '../protocol/java-hash'
import { createOffsetId } from '../protocol/message-id'
import { retryTopicOf } from '../protocol/names'
import { isWriteable, Perm } from '../protocol/perm'
import { encodeProperties, Property, parseProperties, splitKeys } from '../protocol/properties'
import { decodeRecord } from '../protocol/record'
import { forConsumers, TopicSysFlag } from '../protocol/sys-flag'
import { delayed } from '../schedule/delayed'
import type { NewMessage } from '../store/types'
import type { Answer, BrokerContext, Handler, HandlerTable } from './context'
import { deadLetterPlace, maxReconsumeTimes } from './dead-letter'
import { faq } from './faq'
import { putReplyCodes, replyFor } from './reply-for'
import { topicForGroup } from './topic-on-demand'

/** The first retry waits for the third level. */
const firstRetryLevel = 3

const sendBack: Handler = async (request, connection, broker) => {
  const asked = readHeader(sendBackHeader, request.ext)
  const group = broker.groups.get(asked.group)
  if (group === undefined) {
    return {
      code: ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
      remark: faq(`subscription group not exist, ${asked.group} `),
    }
  }
  if (!isWriteable(broker.settings.brokerPermission)) {
    const { address } = broker.identity
    const ip = address.slice(0, address.lastIndexOf(':'))
    return { code: ResponseCode.NO_PERMISSION, remark: `the broker[${ip}] sending message is forbidden` }
  }
  if (group.retryQueueNums <= 0) return { code: ResponseCode.SUCCESS }
  const topicSysFlag = asked.unitMode ? TopicSysFlag.unitSub : 0
  const name = retryTopicOf(asked.group)
  const retryTopic = await topicForGroup(broker, name, group.retryQueueNums, Perm.read | Perm.write, topicSysFlag)
  if (!isWriteable(retryTopic.perm)) {
    return { code: ResponseCode.NO_PERMISSION, remark: `the topic[${name}] sending message is forbidden` }
  }
  const bytes = await broker.store.recordAt(asked.offset)
  if (bytes === undefined) {
    return { code: ResponseCode.SYSTEM_ERROR, remark: `look message by offset failed, ${asked.offset}` }
  }
  const record = decodeRecord(bytes)
  const maxTimes = maxReconsumeTimes(group.retryMaxTimes, asked.maxReconsumeTimes, request.version)
  const isDead = asked.delayLevel < 0 || record.reconsumeTimes >= maxTimes
  const level = isDead ? 0 : asked.delayLevel === 0 ? firstRetryLevel + record.reconsumeTimes : asked.delayLevel
  const place = isDead
    ? await deadLetterPlace(broker, asked.group)
    : { topic: retryTopic, queueId: Math.floor(Math.random() * group.retryQueueNums) }

  const properties = parseProperties(record.properties)
  if (!properties.has(Property.retryTopic)) properties.set(Property.retryTopic, record.topic)
  if (!properties.has(Property.originMessageId)) {
    properties.set(Property.originMessageId, createOffsetId(record.storeHost, record.commitLogOffset))
  }
  properties.set(Property.wait, 'false')
  properties.set(Property.delayLevel, String(level))
  const uniqueKey = properties.get(Property.uniqueKey)
  const keys = splitKeys(properties.get(Property.keys))
  const again: NewMessage = {
    topic: place.topic.topicName,
    queueId: place.queueId,
    flag: record.flag,
    sysFlag: forConsumers(record.sysFlag),
    bornTimestampMs: record.bornTimestampMs,
    bornHost: record.bornHost,
    reconsumeTimes: record.reconsumeTimes + 1,
    preparedTransactionOffset: 0,
    body: record.body,
    properties: encodeProperties(properties),
    tagsCode: tagsCode(properties.get(Property.tags)),
    keys: uniqueKey === undefined ? keys : [uniqueKey, ...keys],
  }
  broker.counters.sentBack(asked.group, record.topic)
  if (isDead) broker.counters.deadLettered(asked.group, record.topic)
  const message = level > 0 ? delayed(again, level, broker.delays) : again
  return put(broker, message, (code) => connection.reply(request, { code }))
}

/**
 * With access control: who may read one topic gets no message of another by sending it back to a group of theirs. What is
 * sent back comes from the group's own retry topic, or from the topic that the request names and was judged by.
 */
const sendBackOfNamedTopic: Handler = async (request, connection, broker) => {
  const { offset, group, originTopic } = readHeader(sendBackHeader, request.ext)
  const bytes = await broker.store.recordAt(offset)
  const topic = bytes === undefined ? undefined : decodeRecord(bytes).topic
  if (topic === originTopic || topic === retryTopicOf(group)) return sendBack(request, connection, broker)
  return { code: ResponseCode.SYSTEM_ERROR, remark: `look message by offset failed, ${offset}` }
}

function put(broker: BrokerContext, message: NewMessage, answer: (code: number) => void): Answer {
  try {
    const { commitLogOffset, sizeBytes, storeTimestampMs } = broker.store.append(message, true)
    // the consumer then lets go of the original: what stands for it must be as safe, whatever its WAIT says
    broker.store.whenSafe(commitLogOffset + sizeBytes, true, (status) => {
      const latencyMs = broker.clock() - storeTimestampMs
      broker.counters.put(message.topic, message.queueId, 1, sizeBytes, latencyMs)
      answer(putReplyCodes[status])
    })
    return undefined
  } catch (error) {
    broker.counters.putFailed(message.topic)
    // whatever it was, the client then sends the message itself
    const { remark } = replyFor(error, broker.settings.maxMessageSize)
    return { code: ResponseCode.SYSTEM_ERROR, ...(remark === undefined ? {} : { remark }) }
  }
}

export const sendBackHandlers: HandlerTable = { [RequestCode.CONSUMER_SEND_MSG_BACK]: sendBack }
/** The same where access control is on. */
export const guardedSendBackHandlers: HandlerTable = {
  ...sendBackHandlers,
  [RequestCode.CONSUMER_SEND_MSG_BACK]: sendBackOfNamedTopic,
}
