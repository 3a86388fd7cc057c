// broker/processor/offset.ts: where a group stands and where a queue begins and ends: codes 14, 15, 29, 30, 31, 32.
import { RequestCode, ResponseCode } from '../protocol/codes'
import {
  maxOffsetHeader,
  queryConsumerOffsetHeader,
  queueHeader,
  readHeader,
  searchOffsetHeader,
  updateConsumerOffsetHeader,
} from '../protocol/headers'
import { isBrokersOwnProgress } from '../protocol/names'
import type { Handler, HandlerTable } from './context'

const queryOffset: Handler = (request, _connection, broker) => {
  const { consumerGroup, topic, queueId, setZeroIfNotFound } = readHeader(queryConsumerOffsetHeader, request.ext)
  const committed = broker.offsets.query(consumerGroup, topic, queueId)
  if (committed >= 0) return offset(committed)
  if (setZeroIfNotFound === false) {
    return { code: ResponseCode.QUERY_NOT_FOUND, remark: 'Not found, do not set to zero, maybe this group boot first' }
  }
  // a queue whose first message is still young: a new group starts there, wherever it says it wants to start
  const { store } = broker
  const isYoung =
    store.minOffset(topic, queueId) <= 0 && store.maxOffset(topic, queueId) > 0 && store.inMemory(topic, queueId, 0)
  if (isYoung) return offset(0)
  return {
    code: ResponseCode.QUERY_NOT_FOUND,
    remark: 'Not found, V3_0_6_SNAPSHOT maybe this group consumer boot first',
  }
}

const updateOffset: Handler = (request, _connection, broker) => {
  if (request.ext.queueId === undefined) {
    return { code: ResponseCode.INVALID_PARAMETER, remark: `QueueId is null, topic is ${request.ext.topic}` }
  }
  if (request.ext.commitOffset === undefined) {
    return { code: ResponseCode.INVALID_PARAMETER, remark: `Offset is null, topic is ${request.ext.topic}` }
  }
  const { consumerGroup, topic, queueId, commitOffset } = readHeader(updateConsumerOffsetHeader, request.ext)
  if (broker.topics.get(topic) === undefined) {
    return { code: ResponseCode.TOPIC_NOT_EXIST, remark: `Topic ${topic} not exist!` }
  }
  if (broker.groups.peek(consumerGroup) === undefined) {
    return { code: ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, remark: `Group ${consumerGroup} not exist!` }
  }
  if (isBrokersOwnProgress(consumerGroup, topic)) {
    const remark = `The offsets of ${consumerGroup} in ${topic} are this broker's own, no client commits them`
    return { code: ResponseCode.NO_PERMISSION, remark }
  }
  if (broker.offsets.pendingReset(consumerGroup, topic, queueId) !== undefined) {
    return { code: ResponseCode.SUCCESS, remark: 'Offset has been previously reset' }
  }
  broker.offsets.commit(consumerGroup, topic, queueId, commitOffset)
  return { code: ResponseCode.SUCCESS }
}

const searchOffset: Handler = async (request, _connection, broker) => {
  const { topic, queueId, timestamp, boundaryType } = readHeader(searchOffsetHeader, request.ext)
  const boundary = boundaryType?.toLowerCase() === 'upper' ? 'upper' : 'lower'
  return offset(await broker.store.offsetByTime(topic, queueId, timestamp, boundary))
}

const maxOffset: Handler = (request, _connection, broker) => {
  const { topic, queueId } = readHeader(maxOffsetHeader, request.ext)
  return offset(broker.store.maxOffset(topic, queueId))
}

const minOffset: Handler = (request, _connection, broker) => {
  const { topic, queueId } = readHeader(queueHeader, request.ext)
  return offset(broker.store.minOffset(topic, queueId))
}

const earliestStoreTime: Handler = async (request, _connection, broker) => {
  const { topic, queueId } = readHeader(queueHeader, request.ext)
  const timestamp = await broker.store.earliestStoreTime(topic, queueId)
  return { code: ResponseCode.SUCCESS, ext: { timestamp: String(timestamp) } }
}

const offset = (value: number) => ({ code: ResponseCode.SUCCESS, ext: { offset: String(value) } })

export const offsetHandlers: HandlerTable = {
  [RequestCode.QUERY_CONSUMER_OFFSET]: queryOffset,
  [RequestCode.UPDATE_CONSUMER_OFFSET]: updateOffset,
  [RequestCode.SEARCH_OFFSET_BY_TIMESTAMP]: searchOffset,
  [RequestCode.GET_MAX_OFFSET]: maxOffset,
  [RequestCode.GET_MIN_OFFSET]: minOffset,
  [RequestCode.GET_EARLIEST_MSG_STORETIME]: earliestStoreTime,
}
