// broker/processor/pop-look.ts: NOTIFICATION, POLLING_INFO and PEEK_MESSAGE: is there something to pop, who waits for it, and
// what is it. Nothing is taken.
import type { Connection, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command } from '../protocol/command'
import {
  type HeaderOf,
  notificationHeader,
  notificationReply,
  peekMessageHeader,
  pollingInfoHeader,
  pollingInfoReply,
  popMessageReply,
  readHeader,
  writeHeader,
} from '../protocol/headers'
import { popRetryTopicV1 } from '../protocol/pop'
import { piecesOf } from '../protocol/record'
import type { BrokerContext, Handler, HandlerTable } from './context'
import { withBornTime } from './pop'
import { checkQueue, initModeMin, popFilter, popOffset, retryTopicFor } from './pop-check'

type Notified = HeaderOf<typeof notificationHeader>
const earlyMs = 50

const notify: Handler = (request, connection, broker) => {
  const header = readHeader(notificationHeader, withBornTime(request, broker.clock()))
  const checked = checkQueue(broker, header, connection, 'peeking')
  if ('code' in checked) return checked
  const asked = popFilter(broker, header, header.exp, header.expType)
  if ('code' in asked) return asked
  if (hasMessage(broker, header)) return told(true, false)
  const deadlineMs = header.bornTime + header.pollTime - earlyMs
  if (header.pollTime <= 0 || deadlineMs <= broker.clock()) return told(false, false)
  const { filter } = asked
  const isHeld = broker.pop.held.hold({
    connection,
    topic: header.topic,
    group: header.consumerGroup,
    queueId: header.queueId,
    deadlineMs,
    wants: filter === undefined ? () => true : (tagsCode) => filter.byUnit(tagsCode),
    wake: () => wake(request, connection, broker, header),
  })
  return isHeld ? undefined : told(false, true)
}

/** Who is only told takes nothing: the message is still there for one that pops. */
function wake(request: Command, connection: Connection, broker: BrokerContext, header: Notified): void {
  const hasMsg = hasMessage(broker, header)
  connection.reply(request, told(hasMsg, false))
  if (hasMsg) broker.pop.held.wakeOne(header.topic, header.consumerGroup, header.queueId)
}

const told = (hasMsg: boolean, pollingFull: boolean): Reply => ({
  code: ResponseCode.SUCCESS,
  ext: writeHeader(notificationReply, { hasMsg, pollingFull }),
})

function hasMessage(broker: BrokerContext, header: Notified): boolean {
  const { topic, consumerGroup, queueId, order, attemptId } = header
  const has = (name: string, id: number): boolean => {
    if (order && broker.pop.orders.isBlocked(topic, consumerGroup, id, attemptId, 0)) return false
    return broker.store.maxOffset(name, id) > popOffset(broker, name, consumerGroup, id, initModeMin, false)
  }
  const hasAny = (name: string): boolean => {
    const queues = broker.topics.get(name)?.readQueueNums ?? 0
    for (let id = 0; id < queues; id++) if (has(name, id)) return true
    return false
  }
  if (queueId < 0 ? hasAny(topic) : has(topic, queueId)) return true
  const { enableRetryTopicV2, retrieveMessageFromPopRetryTopicV1 } = broker.settings
  if (hasAny(retryTopicFor(broker, topic, consumerGroup))) return true
  return enableRetryTopicV2 && retrieveMessageFromPopRetryTopicV1 && hasAny(popRetryTopicV1(topic, consumerGroup))
}

const pollingInfo: Handler = (request, connection, broker) => {
  const header = readHeader(pollingInfoHeader, request.ext)
  const checked = checkQueue(broker, header, connection, 'peeking')
  if ('code' in checked) return checked
  const pollingNum = broker.pop.held.waiting(header.topic, header.consumerGroup, header.queueId)
  return { code: ResponseCode.SUCCESS, ext: writeHeader(pollingInfoReply, { pollingNum }) }
}

const peekMessages: Handler = async (request, connection, broker) => {
  const header = readHeader(peekMessageHeader, request.ext)
  const { topic, consumerGroup, queueId, maxMsgNums } = header
  const checked = checkQueue(broker, header, connection, 'peeking')
  if ('code' in checked) return checked
  const { store, topics, clock, counters } = broker
  const popTime = clock()
  const seed = Math.floor(Math.random() * 100)
  const records: Buffer[] = []
  const releases: (() => void)[] = []
  let restNum = 0
  let count = 0
  const look = async (name: string, id: number): Promise<void> => {
    const offset = popOffset(broker, name, consumerGroup, id, initModeMin, false)
    restNum += Math.max(0, store.maxOffset(name, id) - offset)
    const maxMessages = maxMsgNums - count
    if (maxMessages <= 0) return
    const got = await store.get({ topic: name, queueId: id, queueOffset: offset, maxMessages, maxBytes: 0x7fff_ffff })
    releases.push(() => got.release())
    records.push(...got.records)
    count += piecesOf(got.records).length
  }
  const lookAll = async (name: string): Promise<void> => {
    const queues = topics.get(name)?.readQueueNums ?? 0
    for (let at = 0; at < queues; at++) await look(name, (seed + at) % queues)
  }
  const retryTopic = retryTopicFor(broker, topic, consumerGroup)
  const retryFirst = seed % 5 === 0
  if (retryFirst) await lookAll(retryTopic)
  if (queueId < 0) await lookAll(topic)
  else await look(topic, queueId)
  if (!retryFirst && count < maxMsgNums) await lookAll(retryTopic)
  const release = (): void => {
    for (const one of releases) one()
  }
  const ext = writeHeader(popMessageReply, { popTime, invisibleTime: 0, reviveQid: 0, restNum })
  if (count === 0) {
    release()
    return { code: ResponseCode.PULL_NOT_FOUND, remark: 'NO_MESSAGE_IN_QUEUE', ext }
  }
  const sizeBytes = records.reduce((sum, one) => sum + one.length, 0)
  counters.got(consumerGroup, topic, Math.max(0, queueId), count, sizeBytes, clock() - popTime)
  return { code: ResponseCode.SUCCESS, remark: 'FOUND', ext, body: records, sent: release }
}

export const popLookHandlers: HandlerTable = {
  [RequestCode.NOTIFICATION]: notify,
  [RequestCode.POLLING_INFO]: pollingInfo,
  [RequestCode.PEEK_MESSAGE]: peekMessages,
}
