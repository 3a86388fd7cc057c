// broker/processor/admin-client.ts: tools ask who is connected, who consumes what, and, through the broker, a consumer
// itself. A client that does not answer in time costs the asker that time and nobody else.
import type { Guard } from '../auth'
import { type Connection, NetError, type Reply } from '../net/types'
import { readBody, topicList } from '../protocol/bodies'
import {
  type clientConnection,
  consumerConnection,
  consumerStatusBody,
  groupList,
  producerConnection,
  producerTable,
  subscriptionByConsumer,
} from '../protocol/bodies-admin'
import type { BodyOf } from '../protocol/body-table'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command, ExtFields } from '../protocol/command'
import { readHeader } from '../protocol/header-table'
import { consumerGroupHeader } from '../protocol/headers'
import {
  consumeDirectlyHeader,
  consumerRunningInfoHeader,
  consumerStatusHeader,
  groupHeader,
  producerGroupHeader,
  subscriptionByConsumerHeader,
  topicHeader,
} from '../protocol/headers-admin'
import { parseOffsetId } from '../protocol/message-id'
import { dlqTopicOf, retryTopicOf } from '../protocol/names'
import { decodeRecord } from '../protocol/record'
import type { ClientChannel } from '../session/types'
import { answer, eachInSlices, refuse } from './admin-reply'
import type { AdminParts } from './admin-table'
import type { Answer, BrokerContext, HandlerTable } from './context'

export const clientHandlers = ({ guard }: AdminParts): HandlerTable => ({
  [RequestCode.GET_CONSUMER_CONNECTION_LIST]: (request, _connection, broker) => {
    const { consumerGroup } = readHeader(consumerGroupHeader, request.ext)
    const group = broker.consumers.get(consumerGroup)
    if (!group) return refuse(ResponseCode.CONSUMER_NOT_ONLINE, `the consumer group[${consumerGroup}] not online`)
    return answer(consumerConnection, {
      connectionSet: [...group.channels.values()].map(connectionOf),
      consumeFromWhere: group.consumeFromWhere,
      consumeType: group.consumeType,
      messageModel: group.messageModel,
      subscriptionTable: new Map(group.subscriptions),
    })
  },

  [RequestCode.GET_PRODUCER_CONNECTION_LIST]: (request, _connection, broker) => {
    const { producerGroup } = readHeader(producerGroupHeader, request.ext)
    const channels = broker.producers.get(producerGroup)
    if (!channels) return refuse(ResponseCode.SYSTEM_ERROR, `the producer group[${producerGroup}] not exist`)
    return answer(producerConnection, { connectionSet: [...channels.values()].map(connectionOf) })
  },

  [RequestCode.GET_ALL_PRODUCER_INFO]: async (_request, _connection, broker) => {
    const data: BodyOf<typeof producerTable>['data'] = new Map()
    await eachInSlices([...broker.producers.groups()], ([group, channels]) => {
      const rows = [...channels.values()].map(({ clientId, language, version, lastUpdateMs, connection }) => {
        return {
          clientId,
          language,
          version,
          lastUpdateTimestamp: lastUpdateMs,
          remoteIP: `/${connection.remoteAddress}`,
        }
      })
      data.set(group, rows)
    })
    return answer(producerTable, { data })
  },

  [RequestCode.QUERY_TOPIC_CONSUME_BY_WHO]: (request, _connection, broker) => {
    const { topic } = readHeader(topicHeader, request.ext)
    const groups = new Set([...broker.consumers.groupsOf(topic), ...broker.offsets.groupsOf(topic)])
    return answer(groupList, { groupList: [...groups] })
  },

  [RequestCode.QUERY_TOPICS_BY_CONSUMER]: (request, _connection, broker) => {
    const { group } = readHeader(groupHeader, request.ext)
    return answer(topicList, { topicList: broker.offsets.topicsOf(group), brokerAddr: broker.identity.address })
  },

  [RequestCode.QUERY_SUBSCRIPTION_BY_CONSUMER]: (request, _connection, broker) => {
    const { group, topic } = readHeader(subscriptionByConsumerHeader, request.ext)
    const found = topic === undefined ? undefined : broker.consumers.subscriptionOf(group, topic)
    return answer(subscriptionByConsumer, {
      group,
      ...(topic === undefined ? {} : { topic }),
      ...(found ? { subscriptionData: found } : {}),
    })
  },

  [RequestCode.INVOKE_BROKER_TO_GET_CONSUMER_STATUS]: async (request, _connection, broker) => {
    const { topic, group, clientAddr } = readHeader(consumerStatusHeader, request.ext)
    const channels = [...(broker.consumers.get(group)?.channels.values() ?? [])]
    if (channels.length === 0) {
      return refuse(ResponseCode.SYSTEM_ERROR, `No Any Consumer online in the consumer group: [${group}]`)
    }
    const wanted = clientAddr === undefined || clientAddr.trim() === '' ? undefined : clientAddr
    const asked = channels.filter(({ clientId }) => wanted === undefined || clientId === wanted)
    const old = asked.find(({ version }) => version < firstWithStatus)
    if (old) {
      const remark = `the client does not support this feature. version=${old.version}`
      return refuse(ResponseCode.SYSTEM_ERROR, remark)
    }
    const consumerTable: BodyOf<typeof consumerStatusBody>['consumerTable'] = new Map()
    await Promise.all(
      asked.map(async ({ connection, clientId }) => {
        const status = await statusOf(broker, connection, { topic, group })
        if (status) consumerTable.set(clientId, status)
      }),
    )
    return answer(consumerStatusBody, { consumerTable, messageQueueTable: new Map() })
  },

  [RequestCode.GET_CONSUMER_RUNNING_INFO]: (request, _connection, broker) => {
    const { consumerGroup, clientId } = readHeader(consumerRunningInfoHeader, request.ext)
    return askConsumer(broker, request, consumerGroup, clientId, request.ext, request.body)
  },

  [RequestCode.CONSUME_MESSAGE_DIRECTLY]: async (request, connection, broker) => {
    const { consumerGroup, clientId, msgId, topic } = readHeader(consumeDirectlyHeader, request.ext)
    const ext: ExtFields = { ...request.ext, brokerName: broker.identity.brokerName }
    const topicConfig = topic === undefined ? undefined : broker.topics.get(topic)
    if (topicConfig) ext.topicSysFlag = String(topicConfig.topicSysFlag)
    const groupConfig = broker.groups.get(consumerGroup)
    if (groupConfig) ext.groupSysFlag = String(groupConfig.groupSysFlag)
    if (msgId === undefined) return refuse(ResponseCode.INVALID_PARAMETER, 'the custom field <msgId> is null')
    const { commitLogOffset } = parseOffsetId(msgId)
    const record = await broker.store.recordAt(commitLogOffset)
    if (!record) return refuse(ResponseCode.SYSTEM_ERROR, `can not find message by the offset, ${commitLogOffset}`)
    const refused = guard && mayNotHandOver(guard, request, connection, decodeRecord(record).topic, consumerGroup)
    if (refused !== undefined) return refused
    return askConsumer(broker, request, consumerGroup, clientId ?? '', ext, record)
  },
})

/** What counts is the topic of the message, whatever the request names; a group's own retry queue is the group's. */
function mayNotHandOver(
  guard: Guard,
  request: Command,
  { remoteAddress }: Connection,
  topic: string,
  group: string,
): Reply | undefined {
  if (topic === request.ext.topic || topic === retryTopicOf(group) || topic === dlqTopicOf(group)) return undefined
  return guard.check(request, remoteAddress, [{ kind: 'Topic', name: topic, actions: ['Sub'] }])
}

/** Ordinals of MQVersion: 3.0.7 can tell its offsets, 3.1.8 can be asked about itself. */
const firstWithStatus = 28
const firstWithRunningInfo = 62
const statusTimeoutMs = 5000
const consumerTimeoutMs = 10_000

const connectionOf = (channel: ClientChannel): BodyOf<typeof clientConnection> => ({
  clientId: channel.clientId,
  clientAddr: channel.connection.remoteAddress,
  language: channel.language,
  version: channel.version,
})

/** A client that fails to answer is left out, with a line in the log. */
async function statusOf(broker: BrokerContext, connection: ClientChannel['connection'], ext: ExtFields) {
  try {
    const reply = await connection.request(RequestCode.GET_CONSUMER_STATUS_FROM_CLIENT, ext, undefined, statusTimeoutMs)
    if (reply.code !== ResponseCode.SUCCESS || reply.body.length === 0) return undefined
    return readBody(consumerStatusBody, reply.body).messageQueueTable
  } catch (error) {
    broker.log('warn', `${connection.remoteAddress} did not tell its offsets: ${messageOf(error)}`)
    return undefined
  }
}

/** Hands a request through to one consumer and its answer back. */
async function askConsumer(
  broker: BrokerContext,
  { code }: Command,
  group: string,
  clientId: string,
  ext: ExtFields,
  body: Buffer,
): Promise<Answer> {
  const channel = broker.consumers.channelOf(group, clientId)
  if (!channel) return refuse(ResponseCode.SYSTEM_ERROR, `The Consumer <${group}> <${clientId}> not online`)
  if (channel.version < firstWithRunningInfo) {
    const remark = `The Consumer <${clientId}> Version <${channel.version}> too low to finish, please upgrade it to V3_1_8_SNAPSHOT`
    return refuse(ResponseCode.SYSTEM_ERROR, remark)
  }
  try {
    const reply = await channel.connection.request(code, ext, body, consumerTimeoutMs)
    return { code: reply.code, remark: reply.remark, ext: reply.ext, body: reply.body }
  } catch (error) {
    const timeout = error instanceof NetError && error.fault === 'timeout'
    const [status, what] = timeout
      ? [ResponseCode.CONSUME_MSG_TIMEOUT, `consumer <${group}> <${clientId}> Timeout`]
      : [ResponseCode.SYSTEM_ERROR, `invoke consumer <${group}> <${clientId}> Exception`]
    return refuse(status, `${what}: ${messageOf(error)}`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
