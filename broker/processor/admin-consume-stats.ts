// broker/processor/admin-consume-stats.ts: tools ask how full queues are and how far groups have come. Long tables are
// built in slices: while one is, messages go on.
import type { MessageQueue } from '../protocol/bodies'
import {
  type ConsumeStats,
  consumeStats,
  consumeStatsList,
  consumeTimeSpan,
  queryConsumeQueueBody,
  topicStatsTable,
} from '../protocol/bodies-admin'
import type { BodyOf } from '../protocol/body-table'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { readHeader } from '../protocol/header-table'
import {
  brokerConsumeStatsHeader,
  consumeStatsHeader,
  consumeTimeSpanHeader,
  queryConsumeQueueHeader,
  topicHeader,
} from '../protocol/headers-admin'
import { answer, eachInSlices, noTopic, ok, refuse } from './admin-reply'
import type { AdminParts } from './admin-table'
import type { BrokerContext, HandlerTable } from './context'

export const consumeStatsHandlers = ({ statistics }: AdminParts): HandlerTable => {
  const addQueues = async (broker: BrokerContext, group: string, topic: string, queues: number, into: ConsumeStats) => {
    await eachInSlices(upTo(queues), async (queueId) => {
      const committed = broker.offsets.query(group, topic, queueId)
      // of a part of a static queue: -1 says that the group's offset is that of the part before
      const isPart = broker.topics.mappings.get(topic) !== undefined
      const consumerOffset = isPart ? committed : Math.max(0, committed)
      const pulled = broker.offsets.pulledTo(group, topic, queueId)
      into.offsetTable.set(queueOf(broker, topic, queueId), {
        brokerOffset: Math.max(0, broker.store.maxOffset(topic, queueId)),
        consumerOffset,
        pullOffset: Math.max(consumerOffset, pulled),
        lastTimestamp:
          consumerOffset > 0 ? Math.max(0, await broker.store.storeTimeOf(topic, queueId, consumerOffset - 1)) : 0,
      })
    })
    into.consumeTps += statistics.getTps(group, topic)
  }

  return {
    [RequestCode.GET_TOPIC_STATS_INFO]: async (request, _connection, broker) => {
      const { topic } = readHeader(topicHeader, request.ext)
      const held = broker.topics.get(topic)
      if (!held) return noTopic(topic)
      const offsetTable: BodyOf<typeof topicStatsTable>['offsetTable'] = new Map()
      await eachInSlices(upTo(Math.max(held.writeQueueNums, held.readQueueNums)), async (queueId) => {
        const maxOffset = Math.max(0, broker.store.maxOffset(topic, queueId))
        offsetTable.set(queueOf(broker, topic, queueId), {
          minOffset: Math.max(0, broker.store.minOffset(topic, queueId)),
          maxOffset,
          lastUpdateTimestamp: maxOffset > 0 ? await broker.store.storeTimeOf(topic, queueId, maxOffset - 1) : 0,
        })
      })
      return answer(topicStatsTable, { offsetTable, topicPutTps: statistics.putTps(topic) })
    },

    [RequestCode.GET_CONSUME_STATS]: async (request, _connection, broker) => {
      const { consumerGroup, topic, topicList } = readHeader(consumeStatsHeader, request.ext)
      const given = topicList?.split(';').filter((one) => one !== '') ?? []
      const asked = topic === undefined || topic.trim() === '' ? broker.offsets.topicsOf(consumerGroup) : [topic]
      const topics = given.length > 0 ? given : asked.filter((one) => isConsumed(broker, consumerGroup, one))
      const stats: ConsumeStats = { consumeTps: 0, offsetTable: new Map() }
      for (const one of new Set(topics)) {
        const held = broker.topics.get(one)
        if (held) await addQueues(broker, consumerGroup, one, held.readQueueNums, stats)
      }
      return answer(consumeStats, stats)
    },

    [RequestCode.GET_BROKER_CONSUME_STATS]: async (request, _connection, broker) => {
      const { isOrder } = readHeader(brokerConsumeStatsHeader, request.ext)
      const rows: Map<string, ConsumeStats[]>[] = []
      let totalDiff = 0
      let totalInflightDiff = 0
      await eachInSlices([...broker.groups.all()], async ({ groupName }) => {
        const ofGroup: ConsumeStats[] = []
        for (const topic of broker.offsets.topicsOf(groupName)) {
          const held = broker.topics.get(topic)
          if (!held || (isOrder && !held.order) || !isConsumed(broker, groupName, topic)) continue
          const stats: ConsumeStats = { consumeTps: 0, offsetTable: new Map() }
          await addQueues(broker, groupName, topic, held.writeQueueNums, stats)
          for (const queue of stats.offsetTable.values()) {
            totalDiff += queue.brokerOffset - queue.consumerOffset
            totalInflightDiff += queue.pullOffset - queue.consumerOffset
          }
          ofGroup.push(stats)
        }
        rows.push(new Map([[groupName, ofGroup]]))
      })
      const body = { brokerAddr: broker.identity.address, consumeStatsList: rows, totalDiff, totalInflightDiff }
      return answer(consumeStatsList, body)
    },

    [RequestCode.QUERY_CONSUME_TIME_SPAN]: async (request, _connection, broker) => {
      const { topic, group } = readHeader(consumeTimeSpanHeader, request.ext)
      const held = broker.topics.get(topic)
      if (!held) return noTopic(topic)
      const consumeTimeSpanSet: BodyOf<typeof consumeTimeSpan>['consumeTimeSpanSet'] = []
      await eachInSlices(upTo(held.writeQueueNums), async (queueId) => {
        consumeTimeSpanSet.push(await timeSpan(broker, group, topic, queueId))
      })
      return answer(consumeTimeSpan, { consumeTimeSpanSet })
    },

    [RequestCode.QUERY_CONSUME_QUEUE]: async (request, _connection, broker) => {
      const asked = readHeader(queryConsumeQueueHeader, request.ext)
      const { topic, queueId, index, consumerGroup } = asked
      const { store } = broker
      if (!store.queuesOf(topic).includes(queueId)) {
        return refuse(ResponseCode.SYSTEM_ERROR, `${queueId}@${topic} is not exist!`)
      }
      const maxQueueIndex = store.maxOffset(topic, queueId)
      const minQueueIndex = store.minOffset(topic, queueId)
      if (index < minQueueIndex || index >= maxQueueIndex) {
        return { ...ok(), remark: `Index ${index} of ${queueId}@${topic} is not exist!` }
      }
      const body: BodyOf<typeof queryConsumeQueueBody> = { maxQueueIndex, minQueueIndex, queueData: [] }
      if (consumerGroup !== undefined) Object.assign(body, filterOf(broker, consumerGroup, topic))
      const end = Math.min(maxQueueIndex, index + Math.min(Math.max(0, asked.count), maxUnits))
      await eachInSlices(upTo(end - index), async (at) => {
        const unit = await store.unitAt(topic, queueId, index + at)
        if (!unit) return
        const { commitLogOffset: physicOffset, sizeBytes: physicSize, tagsCode } = unit
        body.queueData.push({ physicOffset, physicSize, tagsCode, eval: false })
      })
      return answer(queryConsumeQueueBody, body)
    },
  }
}

/** One answer of 321 holds no more units than a page of them may. */
const maxUnits = 100_000

function* upTo(end: number): Generator<number> {
  for (let at = 0; at < end; at++) yield at
}
const queueOf = (broker: BrokerContext, topic: string, queueId: number): MessageQueue => ({
  topic,
  brokerName: broker.identity.brokerName,
  queueId,
})

/** A connected group's offsets of topics that it no longer subscribes are left out, as Apache does. */
const isConsumed = (broker: BrokerContext, group: string, topic: string): boolean => {
  const online = broker.consumers.get(group)
  return !online || online.subscriptions.size === 0 || online.subscriptions.has(topic)
}

async function timeSpan(broker: BrokerContext, group: string, topic: string, queueId: number) {
  const { store } = broker
  const minTimeStamp = await store.earliestStoreTime(topic, queueId)
  const maxOffset = store.maxOffset(topic, queueId)
  const consumed = broker.offsets.query(group, topic, queueId)
  const timeOf = (offset: number): Promise<number> => store.storeTimeOf(topic, queueId, offset)
  const maxTimeStamp = maxOffset > 0 ? await timeOf(maxOffset - 1) : -1
  const consumeTimeStamp = consumed > 0 ? await timeOf(consumed - 1) : minTimeStamp
  const waits = consumed < maxOffset
  return {
    messageQueue: queueOf(broker, topic, queueId),
    minTimeStamp,
    maxTimeStamp,
    consumeTimeStamp,
    minTimeStampStr: showTime(minTimeStamp),
    maxTimeStampStr: showTime(maxTimeStamp),
    consumeTimeStampStr: showTime(consumeTimeStamp),
    delayTime: waits ? broker.clock() - (await timeOf(Math.max(0, consumed))) : 0,
  }
}

/** `2026-01-31#07:08:09:010` in the broker's time zone. */
export function showTime(atMs: number): string {
  const at = new Date(atMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return `${day}#${time}:${String(at.getMilliseconds()).padStart(3, '0')}`
}

function filterOf(broker: BrokerContext, group: string, topic: string) {
  const subscriptionData = broker.consumers.subscriptionOf(group, topic)
  return subscriptionData
    ? { subscriptionData, filterData: 'null' }
    : { filterData: `${group}@${topic} is not online!` }
}
