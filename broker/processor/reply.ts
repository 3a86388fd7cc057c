// broker/processor/reply.ts: SEND_REPLY_MESSAGE and its second form: a consumer answers a request. The answer is pushed to
// the producer that asked, which must be connected to this broker, and stored in the cluster's reply topic.
import type { TopicConfig } from '../catalog/types'
import type { Connection, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { type Command, type ExtFields, isOneway } from '../protocol/command'
import { pushReplyHeader, writeHeader } from '../protocol/headers'
import { hostText } from '../protocol/host'
import { tagsCode } from '../protocol/java-hash'
import { createOffsetId } from '../protocol/message-id'
import { Property, parseProperties, splitKeys, writeProperties } from '../protocol/properties'
import { MessageSysFlag } from '../protocol/sys-flag'
import type { Appended, NewMessage } from '../store/types'
import type { BrokerContext, Handler, HandlerTable } from './context'
import { replyFor } from './reply-for'
import { anyQueueOf, noTopic, queueRefusal, type Refusal, topicRefusal } from './send-check'
import { readSend, readSendV2, type SendRequest } from './send-request'
import { topicForSend } from './topic-on-demand'

const pushTimeoutMs = 10_000

const reply =
  (read: (ext: ExtFields) => SendRequest, groupField: 'producerGroup' | 'a'): Handler =>
  async (request, connection, broker) => {
    const send = read(request.ext)
    const { regionId, traceOn } = broker.settings
    const ext = { MSG_REGION: regionId, TRACE_ON: String(traceOn) }
    const topic = await replyTopic(send, connection, broker)
    if ('code' in topic) return { ...topic, ext }
    if (send.queueId < 0) send.queueId = anyQueueOf(topic)
    const properties = new Map([...parseProperties(send.properties), ...Object.entries(ext)]) // as on any message sent
    const group = request.ext[groupField] ?? ''
    const failure = await push(properties, group, send, request, connection, broker)
    const answer: Reply =
      failure === undefined
        ? { code: ResponseCode.SUCCESS, ext: { ...ext, ...place('0', send.queueId, 0) } }
        : { code: ResponseCode.SYSTEM_ERROR, remark: failure, ext }
    if (!broker.settings.storeReplyMessageEnable) return answer
    const appended = store(messageOf(send, properties, request, connection), broker)
    if (appended === undefined) return answer
    const { commitLogOffset, queueOffset, sizeBytes } = appended
    const msgId = createOffsetId(broker.identity.storeHost, commitLogOffset)
    const stored = { ...answer, ext: { ...ext, ...place(msgId, send.queueId, queueOffset) } }
    if (isOneway(request)) return undefined
    broker.store.whenSafe(commitLogOffset + sizeBytes, properties.get(Property.wait) !== 'false', () =>
      connection.reply(request, stored),
    )
    return undefined
  }

const place = (msgId: string, queueId: number, queueOffset: number): ExtFields => ({
  msgId,
  queueId: String(queueId),
  queueOffset: String(queueOffset),
})

async function replyTopic(
  send: SendRequest,
  connection: Connection,
  broker: BrokerContext,
): Promise<TopicConfig | Refusal> {
  const refusal = topicRefusal(broker, send)
  if (refusal !== undefined) return refusal
  const topic = broker.topics.get(send.topic) ?? (await topicForSend(broker, send))
  if (topic === undefined) return noTopic(send.topic)
  return queueRefusal(topic, send.queueId, connection.remoteAddress) ?? topic
}

/** Hands the answer to the client that asked. What went wrong, or undefined. */
async function push(
  properties: ReadonlyMap<string, string>,
  producerGroup: string,
  send: SendRequest,
  request: Command,
  connection: Connection,
  broker: BrokerContext,
): Promise<string | undefined> {
  const clientId = properties.get(Property.replyToClient)
  if (clientId === undefined) return 'reply message properties[REPLY_TO_CLIENT] is null'
  const requester = broker.producers.channelOf(clientId)
  if (requester === undefined || requester.connection.closed) {
    return `push reply message fail, channel of <${clientId}> not found.`
  }
  const nowMs = broker.clock()
  const header = writeHeader(pushReplyHeader, {
    producerGroup,
    topic: send.topic,
    defaultTopic: send.defaultTopic,
    defaultTopicQueueNums: send.defaultTopicQueueNums,
    queueId: send.queueId,
    sysFlag: send.sysFlag,
    bornTimestamp: send.bornTimestampMs,
    flag: send.flag,
    properties: writeProperties(new Map(properties).set(Property.pushReplyTime, String(nowMs))),
    reconsumeTimes: send.reconsumeTimes,
    unitMode: send.unitMode,
    bornHost: connection.remoteAddress,
    storeHost: hostText(broker.identity.storeHost),
    storeTimestamp: nowMs,
  })
  const failed = `push reply message to ${clientId}fail.`
  try {
    const { code, remark } = await requester.connection.request(
      RequestCode.PUSH_REPLY_MESSAGE_TO_CLIENT,
      header,
      request.body,
      pushTimeoutMs,
    )
    if (code === ResponseCode.SUCCESS) return undefined
    broker.log('warn', `${clientId} does not take a reply: ${code} ${remark ?? ''}`)
  } catch (error) {
    broker.log('warn', `${clientId} cannot be given a reply: ${error instanceof Error ? error.message : error}`)
  }
  return failed
}

function messageOf(
  send: SendRequest,
  properties: ReadonlyMap<string, string>,
  request: Command,
  connection: Connection,
): NewMessage {
  const uniqueKey = properties.get(Property.uniqueKey)
  const keys = splitKeys(properties.get(Property.keys))
  return {
    topic: send.topic,
    queueId: send.queueId,
    flag: send.flag,
    // how the body is packed; nothing else makes sense for a reply
    sysFlag: send.sysFlag & (MessageSysFlag.compressed | MessageSysFlag.compressionType),
    bornTimestampMs: send.bornTimestampMs,
    bornHost: connection.remoteHost,
    reconsumeTimes: send.reconsumeTimes,
    preparedTransactionOffset: 0,
    body: request.body,
    properties: Buffer.from(writeProperties(properties)),
    tagsCode: tagsCode(properties.get(Property.tags)),
    keys: uniqueKey === undefined ? keys : [uniqueKey, ...keys],
  }
}

/** A reply that cannot be stored was pushed all the same: its sender hears of the push alone, as from Apache. */
function store(message: NewMessage, broker: BrokerContext): Appended | undefined {
  try {
    const appended = broker.store.append(message)
    broker.counters.put(message.topic, message.queueId, 1, appended.sizeBytes, 0)
    return appended
  } catch (error) {
    const { remark } = replyFor(error, broker.settings.maxMessageSize)
    broker.counters.putFailed(message.topic)
    broker.log('warn', `a reply is not stored: ${remark}`)
    return undefined
  }
}

export const replyHandlers: HandlerTable = {
  [RequestCode.SEND_REPLY_MESSAGE]: reply(readSend, 'producerGroup'),
  [RequestCode.SEND_REPLY_MESSAGE_V2]: reply(readSendV2, 'a'),
}
