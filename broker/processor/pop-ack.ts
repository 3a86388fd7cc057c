// broker/processor/pop-ack.ts: ACK_MESSAGE, BATCH_ACK_MESSAGE, CHANGE_MESSAGE_INVISIBLETIME: what was popped is done, or takes
// longer. The answer leaves when the note of it is as safe as a message would be.
import type { TopicConfig } from '../catalog/types'
import type { Connection, Reply } from '../net/types'
import { readBody } from '../protocol/body-table'
import { RequestCode, ResponseCode } from '../protocol/codes'
import {
  ackMessageHeader,
  changeInvisibleTimeHeader,
  changeInvisibleTimeReply,
  readHeader,
  writeHeader,
} from '../protocol/headers'
import { batchAckRequest, bitsOf, flaggedTopic, orderReviveQueue, type PopAck, readReceipt } from '../protocol/pop'
import type { Answer, BrokerContext, Handler, HandlerTable } from './context'
import { type AskedQueue, illegalQueue, noTopicFor } from './pop-check'
import { putReplyCodes, replyFor } from './reply-for'

const done: Reply = { code: ResponseCode.SUCCESS }
const noReceipt = (extraInfo: string): Reply => ({
  code: ResponseCode.MESSAGE_ILLEGAL,
  remark: `the extraInfo is no receipt of a pop: ${extraInfo.slice(0, 100)}`,
})

function topicFor(broker: BrokerContext, asked: AskedQueue, connection: Connection): TopicConfig | Reply {
  const topic = broker.topics.get(asked.topic)
  if (topic === undefined) return noTopicFor(asked.topic)
  if (asked.queueId >= topic.readQueueNums || asked.queueId < 0) {
    return illegalQueue(ResponseCode.MESSAGE_ILLEGAL, asked, topic, connection)
  }
  return topic
}

const ack: Handler = (request, connection, broker) => {
  const header = readHeader(ackMessageHeader, request.ext)
  const { topic, queueId, offset, extraInfo, consumerGroup } = header
  const found = topicFor(broker, header, connection)
  if ('code' in found) return found
  const minOffset = broker.store.minOffset(topic, queueId)
  const maxOffset = broker.store.maxOffset(topic, queueId)
  if (offset < minOffset || offset > maxOffset) {
    const range = `commit:${offset}, store:${minOffset}~${maxOffset}`
    return { code: ResponseCode.NO_MESSAGE, remark: `offset is illegal, key:${topic}@${queueId}, ${range}` }
  }
  const receipt = readReceipt(extraInfo)
  if (receipt === undefined) return noReceipt(extraInfo)
  const { reviveQueueId, popTimeMs, invisibleMs } = receipt
  if (reviveQueueId === orderReviveQueue) {
    acknowledgeInOrder(broker, topic, consumerGroup, queueId, offset, popTimeMs)
    return done
  }
  if (!isReviveQueue(broker, reviveQueueId) || !isDueInTime(broker, popTimeMs + invisibleMs))
    return noReceipt(extraInfo)
  const entry: PopAck = {
    ao: offset,
    bn: receipt.brokerName,
    c: consumerGroup,
    pt: popTimeMs,
    q: queueId,
    so: receipt.startOffset,
    t: topic,
  }
  return putting(broker, () =>
    broker.pop.journal.acknowledge(entry, [offset], reviveQueueId, invisibleMs, (status) =>
      connection.reply(request, { code: putReplyCodes[status] }),
    ),
  )
}

/** What is put answers by itself; or why it could not be. */
function putting(broker: BrokerContext, put: () => void): Answer {
  try {
    put()
    return undefined
  } catch (error) {
    return replyFor(error, broker.settings.maxMessageSize)
  }
}

/** No pop lasts longer: what says so was not given out here. */
const isDueInTime = ({ pop, clock }: BrokerContext, dueMs: number): boolean =>
  dueMs - clock() <= pop.journal.maxInvisibleMs
const isReviveQueue = ({ settings }: BrokerContext, queueId: number): boolean =>
  queueId >= 0 && queueId < Math.max(settings.reviveQueueNum, maxReviveQueues)
/** Handles given out before reviveQueueNum was made smaller are still good. */
const maxReviveQueues = 64

function acknowledgeInOrder(
  broker: BrokerContext,
  topic: string,
  group: string,
  queueId: number,
  queueOffset: number,
  popTimeMs: number,
): void {
  const { offsets, pop } = broker
  if (queueOffset < offsets.query(group, topic, queueId)) return
  const next = pop.orders.acknowledged(topic, group, queueId, queueOffset, popTimeMs)
  if (next === undefined) return
  if (offsets.pendingReset(group, topic, queueId) === undefined) offsets.commit(group, topic, queueId, next)
  if (!pop.orders.isBlocked(topic, group, queueId, undefined, 0)) pop.held.wakeOne(topic, group, queueId)
}

const batchAck: Handler = (request, connection, broker) => {
  if (request.body.length === 0) return { code: ResponseCode.NO_MESSAGE }
  const { acks, brokerName } = readBody(batchAckRequest, request.body)
  if (acks.length === 0) return { code: ResponseCode.NO_MESSAGE }
  let waiting = 1
  let worst: number = ResponseCode.SUCCESS
  const one = (code: number): void => {
    if (code !== ResponseCode.SUCCESS) worst = code
    waiting -= 1
    if (waiting === 0) connection.reply(request, { code: worst })
  }
  for (const { t, c, r, q, rq, so, pt, it, b } of acks) {
    const topic = flaggedTopic(t, c, r)
    if (topic === undefined || broker.topics.get(topic) === undefined) continue
    const minOffset = broker.store.minOffset(topic, q)
    const maxOffset = broker.store.maxOffset(topic, q)
    const queueOffsets: number[] = []
    for (const bit of bitsOf(b)) {
      const offset = so + bit
      if (offset >= minOffset && offset <= maxOffset) queueOffsets.push(offset)
    }
    if (rq === orderReviveQueue) {
      for (const offset of queueOffsets) acknowledgeInOrder(broker, topic, c, q, offset, pt)
      continue
    }
    if (queueOffsets.length === 0 || !isReviveQueue(broker, rq) || !isDueInTime(broker, pt + it)) continue
    const entry: PopAck = { ao: -1, bn: brokerName || broker.identity.brokerName, c, pt, q, so, t: topic }
    try {
      broker.pop.journal.acknowledge(entry, queueOffsets, rq, it, (status) => one(putReplyCodes[status]))
      waiting += 1
    } catch (error) {
      worst = replyFor(error, broker.settings.maxMessageSize).code
    }
  }
  one(ResponseCode.SUCCESS)
  return undefined
}

const changeInvisibleTime: Handler = (request, connection, broker) => {
  const header = readHeader(changeInvisibleTimeHeader, request.ext)
  const { topic, queueId, offset, consumerGroup, extraInfo, invisibleTime } = header
  const found = topicFor(broker, header, connection)
  if ('code' in found) return found
  const { store, pop, offsets, clock } = broker
  if (offset < store.minOffset(topic, queueId) || offset >= store.maxOffset(topic, queueId)) {
    const range = `${offset} of ${store.minOffset(topic, queueId)} to ${store.maxOffset(topic, queueId)}`
    return { code: ResponseCode.NO_MESSAGE, remark: `no message lies there: ${topic}@${queueId}, ${range}` }
  }
  const receipt = readReceipt(extraInfo)
  if (receipt === undefined) return noReceipt(extraInfo)
  const { popTimeMs, reviveQueueId, brokerName, startOffset, invisibleMs } = receipt
  if (invisibleTime > pop.journal.maxInvisibleMs) {
    const limit = `at most ${pop.journal.maxInvisibleMs} ms`
    return { code: ResponseCode.INVALID_PARAMETER, remark: `the invisible time is ${invisibleTime} ms, ${limit}` }
  }
  const nowMs = clock()
  if (reviveQueueId === orderReviveQueue) {
    if (offset < offsets.query(consumerGroup, topic, queueId)) return done
    pop.orders.visibleAt(topic, consumerGroup, queueId, offset, popTimeMs, nowMs + invisibleTime)
    return changed(popTimeMs, nowMs + invisibleTime - popTimeMs, reviveQueueId)
  }
  if (!isReviveQueue(broker, reviveQueueId) || !isDueInTime(broker, popTimeMs + invisibleMs))
    return noReceipt(extraInfo)
  const queue = { topic, group: consumerGroup, queueId }
  const entry: PopAck = {
    ao: offset,
    bn: brokerName,
    c: consumerGroup,
    pt: popTimeMs,
    q: queueId,
    so: startOffset,
    t: topic,
  }
  return putting(broker, () => {
    // the new checkpoint comes first: a message with two comes twice, one with none never
    pop.journal.prolong(
      {
        ...queue,
        startOffset: offset,
        queueOffsets: [offset],
        nextOffset: offset + 1,
        popTimeMs: nowMs,
        invisibleMs: invisibleTime,
        reviveQueueId,
      },
      brokerName,
    )
    pop.journal.acknowledge(entry, [offset], reviveQueueId, invisibleMs, (status) => {
      const code = putReplyCodes[status]
      const reply = changed(nowMs, invisibleTime, reviveQueueId)
      connection.reply(request, status === 'failed' ? { code } : reply)
    })
  })
}

const changed = (popTime: number, invisibleTime: number, reviveQid: number): Reply => ({
  code: ResponseCode.SUCCESS,
  ext: writeHeader(changeInvisibleTimeReply, { popTime, invisibleTime, reviveQid }),
})

export const popAckHandlers: HandlerTable = {
  [RequestCode.ACK_MESSAGE]: ack,
  [RequestCode.BATCH_ACK_MESSAGE]: batchAck,
  [RequestCode.CHANGE_MESSAGE_INVISIBLETIME]: changeInvisibleTime,
}
