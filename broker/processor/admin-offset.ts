// broker/processor/admin-offset.ts: tools move, copy and read what groups have consumed. A reset is on disk when it is
// answered; consumers learn of it at their next pull (21), or at once when the broker is set to tell them (220).
import { correctionOffsets, resetOffsetBody, resetOffsetBodyForC } from '../protocol/bodies-admin'
import { writeBody } from '../protocol/body-table'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command } from '../protocol/command'
import { type HeaderOf, readHeader } from '../protocol/header-table'
import { cloneGroupOffsetHeader, correctionOffsetHeader, resetOffsetHeader } from '../protocol/headers-admin'
import { answer, answerText, ok, refuse } from './admin-reply'
import type { AdminParts } from './admin-table'
import type { Answer, BrokerContext, HandlerTable } from './context'

export const offsetHandlers = ({ config }: AdminParts): HandlerTable => ({
  [RequestCode.INVOKE_BROKER_TO_RESET_OFFSET]: (request, _connection, broker) => {
    const asked = readHeader(resetOffsetHeader, request.ext)
    return config.values.useServerSideResetOffset ? resetHere(broker, asked) : resetAtClients(broker, asked, request)
  },

  [RequestCode.GET_ALL_CONSUMER_OFFSET]: (_request, _connection, broker) => answerText(broker.offsets.toJson()),
  [RequestCode.GET_ALL_DELAY_OFFSET]: (_request, _connection, broker) => answerText(broker.delays.toJson()),

  [RequestCode.QUERY_CORRECTION_OFFSET]: (request, _connection, broker) => {
    const { topic, compareGroup, filterGroups } = readHeader(correctionOffsetHeader, request.ext)
    // Apache also deletes every offset of the groups left out here; a question must not do that.
    const left = new Set(filterGroups?.split(',') ?? [])
    const lowest = new Map<number, number>()
    for (const group of broker.offsets.groupsOf(topic)) {
      if (left.has(group)) continue
      for (const [queueId, offset] of broker.offsets.of(group, topic) ?? []) {
        if (offset < broker.store.minOffset(topic, queueId)) continue
        lowest.set(queueId, Math.min(offset, lowest.get(queueId) ?? offset))
      }
    }
    for (const [queueId, offset] of broker.offsets.of(compareGroup, topic) ?? []) {
      if ((lowest.get(queueId) ?? 0) > offset) lowest.set(queueId, farthest)
    }
    return answer(correctionOffsets, { correctionOffsets: lowest })
  },

  [RequestCode.CLONE_GROUP_OFFSET]: async (request, _connection, broker) => {
    const { srcGroup, destGroup, topic, offline } = readHeader(cloneGroupOffsetHeader, request.ext)
    const topics = topic === undefined || topic.trim() === '' ? broker.offsets.topicsOf(srcGroup) : [topic]
    const online = broker.consumers.get(srcGroup)
    for (const one of topics) {
      if (!broker.topics.get(one)) continue
      if (!offline && online && !online.subscriptions.has(one)) continue
      broker.offsets.clone(srcGroup, destGroup, one)
    }
    await broker.offsets.save()
    return ok()
  },
})

/** What Java's Long.MAX_VALUE prints as; number enough to say "none". */
const farthest = 2 ** 63

type Asked = HeaderOf<typeof resetOffsetHeader>

/** The broker's own offsets move, whether consumers are connected or not. */
async function resetHere(broker: BrokerContext, { topic, group, timestamp, queueId, offset }: Asked): Promise<Answer> {
  const { store, offsets } = broker
  if (broker.settings.brokerRole === 'SLAVE') {
    return refuse(ResponseCode.SYSTEM_ERROR, 'Can not reset offset in slave broker')
  }
  const held = broker.topics.get(topic)
  if (!held) return refuse(ResponseCode.TOPIC_NOT_EXIST, `Topic ${topic} does not exist`)
  if (!broker.groups.peek(group)) {
    return refuse(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, `Group ${group} does not exist`)
  }
  const targets = new Map<number, number>()
  if (queueId >= 0) {
    if (queueId >= Math.max(held.readQueueNums, held.writeQueueNums)) {
      return refuse(ResponseCode.INVALID_PARAMETER, `queueId ${queueId} of topic ${topic} does not exist`)
    }
    if (offset !== undefined && offset !== -1) {
      const min = store.minOffset(topic, queueId)
      const max = store.maxOffset(topic, queueId)
      if (offset < min || offset > max + 1) {
        const remark = `Target offset ${offset} not in consume queue range [${min}-${max}]`
        return refuse(ResponseCode.SYSTEM_ERROR, remark)
      }
    }
    targets.set(
      queueId,
      offset !== undefined && offset !== -1 ? offset : await byTime(broker, topic, queueId, timestamp),
    )
  } else {
    for (let id = 0; id < held.readQueueNums; id++) targets.set(id, await byTime(broker, topic, id, timestamp))
  }
  if (targets.size === 0) return refuse(ResponseCode.SYSTEM_ERROR, 'No queues to reset.')
  for (const [id, target] of targets) offsets.reset(group, topic, id, target)
  await offsets.save()
  // Those who wait for a message learn of it now rather than when their wait is over.
  for (const id of targets.keys()) broker.heldPulls.wakeGroup(group, topic, id)
  broker.log(
    'info',
    `offsets of ${group} in ${topic} were reset: ${[...targets].map((one) => one.join('=')).join(' ')}`,
  )
  return answer(resetOffsetBody, { offsetTable: byQueue(broker, topic, targets) })
}

/** Before every message the first one, after every message (or below zero) the end. */
const byTime = (
  broker: BrokerContext,
  topic: string,
  queueId: number,
  timestampMs: number,
): Promise<number> | number =>
  timestampMs < 0 ? broker.store.maxOffset(topic, queueId) : broker.store.offsetByTime(topic, queueId, timestampMs)

const byQueue = (broker: BrokerContext, topic: string, offsets: ReadonlyMap<number, number>) =>
  new Map(
    [...offsets].map(
      ([queueId, offset]) => [{ topic, brokerName: broker.identity.brokerName, queueId }, offset] as const,
    ),
  )

/** As before 5.x: the connected consumers are told and move themselves. */
async function resetAtClients(broker: BrokerContext, asked: Asked, request: Command): Promise<Answer> {
  const { topic, group, timestamp, isForce } = asked
  const held = broker.topics.get(topic)
  if (!held) {
    const remark = `[reset-offset] reset offset failed, no topic in this broker. topic=${topic}`
    return refuse(ResponseCode.TOPIC_NOT_EXIST, remark)
  }
  const targets = new Map<number, number>()
  for (let queueId = 0; queueId < held.writeQueueNums; queueId++) {
    const consumed = broker.offsets.query(group, topic, queueId)
    if (consumed === -1) return refuse(ResponseCode.SYSTEM_ERROR, `THe consumer group <${group}> not exist`)
    const target = Math.max(0, await byTime(broker, topic, queueId, timestamp))
    targets.set(queueId, isForce || target < consumed ? target : consumed)
  }
  const online = broker.consumers.get(group)
  if (!online) {
    const remark = `Consumer not online, so can not reset offset, Group: ${group} Topic: ${topic} Timestamp: ${timestamp}`
    return refuse(ResponseCode.CONSUMER_NOT_ONLINE, remark)
  }
  const offsetTable = byQueue(broker, topic, targets)
  const listed = [...offsetTable].map(([queue, offset]) => ({ ...queue, offset }))
  const body =
    request.language === 'CPP'
      ? writeBody(resetOffsetBodyForC, { offsetTable: listed })
      : writeBody(resetOffsetBody, { offsetTable })
  for (const { connection } of online.channels.values()) {
    connection.oneway(RequestCode.RESET_CONSUMER_CLIENT_OFFSET, { topic, group, timestamp: String(timestamp) }, body)
  }
  return answer(resetOffsetBody, { offsetTable })
}
