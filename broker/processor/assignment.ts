// broker/processor/assignment.ts: QUERY_ASSIGNMENT and SET_/GET_ALL_MESSAGE_REQUEST_MODE: the broker says which queues a
// client reads, and whether it pulls or pops them. Rules are Apache's.

import { requestModeEntry } from '../pop/request-modes'
import type { RequestModeEntry } from '../pop/types'
import type { MessageQueue } from '../protocol/bodies'
import { assignmentReply, assignmentRequest } from '../protocol/bodies-admin'
import { readBody, writeBody } from '../protocol/body-table'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { isRetryTopic } from '../protocol/names'
import { answerText, noTopic, refuse } from './admin-reply'
import type { BrokerContext, Handler, HandlerTable } from './context'

const setMode: Handler = async (request, _connection, broker) => {
  const wanted = readBody(requestModeEntry, request.body)
  if (isRetryTopic(wanted.topic)) {
    return refuse(ResponseCode.NO_PERMISSION, 'retry topic is not allowed to set mode')
  }
  if (broker.topics.get(wanted.topic) === undefined) return noTopic(wanted.topic)
  if (broker.groups.get(wanted.consumerGroup) === undefined) {
    return refuse(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, 'subscription group does not exist')
  }
  broker.pop.modes.set(wanted)
  await broker.pop.modes.saved()
  return { code: ResponseCode.SUCCESS }
}

const allModes: Handler = (_request, _connection, broker) => answerText(broker.pop.modes.toJson())

const queryAssignment: Handler = async (request, _connection, broker) => {
  const { topic, consumerGroup, clientId, messageModel, strategyName } = readBody(assignmentRequest, request.body)
  const mode = broker.pop.modes.get(topic, consumerGroup) ?? modeByDefault(broker, topic, consumerGroup)
  const queues = await queuesFor(broker, mode, clientId, messageModel === 'BROADCASTING', strategyName)
  const messageQueueAssignments = queues?.map((messageQueue) => ({
    attachments: undefined,
    messageQueue,
    mode: mode.mode,
  }))
  return { code: ResponseCode.SUCCESS, body: writeBody(assignmentReply, { messageQueueAssignments }) }
}

function modeByDefault({ settings }: BrokerContext, topic: string, consumerGroup: string): RequestModeEntry {
  const mode = isRetryTopic(topic) ? 'PULL' : settings.defaultMessageRequestMode
  return { topic, consumerGroup, mode, popShareQueueNum: mode === 'POP' ? settings.defaultPopShareQueueNum : 0 }
}

/** undefined: the client keeps what it has. */
async function queuesFor(
  broker: BrokerContext,
  { topic, consumerGroup, mode, popShareQueueNum }: RequestModeEntry,
  clientId: string,
  isBroadcast: boolean,
  strategyName: string | undefined,
): Promise<MessageQueue[] | undefined> {
  const all = await broker.routes.queuesOf(topic)
  if (all === undefined) return undefined
  if (isBroadcast || !broker.settings.serverLoadBalancerEnable) return [...all]
  const clients = broker.consumers.clientIds(consumerGroup).sort()
  if (clients.length === 0) return undefined
  const shareOf = strategies[strategyName ?? '']
  if (shareOf === undefined) return undefined
  const queues = [...all].sort((a, b) => compare(a.brokerName, b.brokerName) || a.queueId - b.queueId)
  if (mode !== 'POP') return shareOf(queues, clients, clientId)
  if (popShareQueueNum <= 0 || popShareQueueNum >= clients.length - 1) {
    const brokers = new Set(queues.map(({ brokerName }) => brokerName))
    return [...brokers].map((brokerName) => ({ topic, brokerName, queueId: -1 }))
  }
  const at = clients.indexOf(clientId)
  if (at < 0) return []
  if (clients.length > queues.length) return queues.slice(at % queues.length, (at % queues.length) + 1)
  // its own share, and those of the clients behind it
  const shared = Array.from({ length: popShareQueueNum + 1 }, (_, step) => clients[(at + step) % clients.length] ?? '')
  return shared.flatMap((client) => shareOf(queues, clients, client))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

type Strategy = (queues: readonly MessageQueue[], clients: readonly string[], clientId: string) => MessageQueue[]
/** The two that Apache's broker knows, by the names that clients send. */
const strategies: Readonly<Record<string, Strategy>> = {
  AVG(queues, clients, clientId) {
    const at = clients.indexOf(clientId)
    if (at < 0) return []
    const extra = queues.length % clients.length
    const size = Math.floor(queues.length / clients.length) + (at < extra ? 1 : 0)
    const from = Math.floor(queues.length / clients.length) * at + Math.min(at, extra)
    return queues.slice(from, from + size)
  },
  AVG_BY_CIRCLE(queues, clients, clientId) {
    const at = clients.indexOf(clientId)
    return at < 0 ? [] : queues.filter((_, index) => index % clients.length === at)
  },
}

export const assignmentHandlers: HandlerTable = {
  [RequestCode.QUERY_ASSIGNMENT]: queryAssignment,
  [RequestCode.SET_MESSAGE_REQUEST_MODE]: setMode,
  [RequestCode.GET_ALL_MESSAGE_REQUEST_MODE]: allModes,
}
