// broker/processor/send.ts: SEND_MESSAGE, SEND_MESSAGE_V2, SEND_BATCH_MESSAGE. The busiest path of a broker: one walk over
// the properties, one record, one answer when it is as safe as the sender asked. Order of checks and texts are Apache's.
import type { TopicConfig } from '../catalog/types'
import type { Connection, Reply } from '../net/types'
import { decodeBatch } from '../protocol/batch'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { type Command, type ExtFields, isOneway } from '../protocol/command'
import { tagsCode } from '../protocol/java-hash'
import { openUniqueKeys, type UniqueKeys } from '../protocol/message-id'
import { isRetryTopic } from '../protocol/names'
import { Property, parseProperties, splitKeys, writeProperties } from '../protocol/properties'
import { SendCommand } from '../protocol/send-command'
import { MessageSysFlag, transactionType } from '../protocol/sys-flag'
import { delayed } from '../schedule/delayed'
import type { Appended, NewMessage } from '../store/types'
import type { Answer, BrokerContext, HandlerTable } from './context'
import { deadLetterQueue } from './dead-letter'
import { createQuickSendReader } from './quick-send'
import { illegalMessage, notStored, putReplyCodes, replyFor } from './reply-for'
import { anyQueueOf, ipOf, noTopic, queueRefusal, topicRefusal, typeRefusal, typeToCheck } from './send-check'
import {
  readSend,
  readSendCommand,
  readSendV2,
  type Said,
  type SendRequest,
  scanProperties,
  withoutOwn,
  withProperty,
} from './send-request'
import { createReplyTemplate, type ReplyTemplate, StoredReply } from './stored-reply'
import { type Placed, placeTimed, withoutTimes } from './timed'
import { topicForSend } from './topic-on-demand'

export function sendHandlers(broker: BrokerContext): HandlerTable {
  const sender = new Sender(broker)
  return {
    [RequestCode.SEND_MESSAGE]: (request, connection) => sender.send(readSend(request.ext), request, connection),
    [RequestCode.SEND_MESSAGE_V2]: (request, connection) => sender.sendV2(request, connection),
    [RequestCode.SEND_BATCH_MESSAGE]: (request, connection) => sender.sendV2(request, connection),
  }
}

/** What this broker says of itself in every message and answer. */
interface Own {
  readonly region: string
  readonly traceOn: boolean
  readonly properties: string
  readonly propertyBytes: Buffer
  readonly ext: ExtFields
  readonly reply: ReplyTemplate
}

class Sender {
  readonly #broker: BrokerContext
  readonly #uniqueKeys: UniqueKeys
  readonly #quick = createQuickSendReader()
  /** Upper-case hex of the store host, with which every offset id begins. */
  readonly #idPrefix: string
  #own: Own

  constructor(broker: BrokerContext) {
    const { storeHost } = broker.identity
    this.#broker = broker
    this.#uniqueKeys = openUniqueKeys(storeHost.subarray(0, storeHost.length - 4), broker.clock)
    this.#idPrefix = storeHost.toString('hex').toUpperCase()
    this.#own = this.#newOwn()
  }

  sendV2(request: Command, connection: Connection): Answer | Promise<Answer> {
    if (!(request instanceof SendCommand)) return this.send(readSendV2(request.ext), request, connection)
    const broker = this.#broker
    const quick = this.#quick.read(request, this.#refreshedOwn().propertyBytes)
    const topic = quick === undefined ? undefined : broker.topics.get(quick.topic)
    const { brokerRole, enableTopicMessageTypeCheck } = broker.settings
    const isPlain =
      topic !== undefined &&
      !topic.order &&
      brokerRole !== 'SLAVE' &&
      typeToCheck(enableTopicMessageTypeCheck, topic) === undefined
    if (quick === undefined || !isPlain || request.queueId >= Math.max(topic.writeQueueNums, topic.readQueueNums)) {
      return this.send(readSendCommand(request), request, connection)
    }
    const message: NewMessage = {
      topic: topic.topicName,
      queueId: request.queueId,
      flag: request.messageFlag,
      sysFlag: topic.topicFilterType === 'MULTI_TAG' ? request.sysFlag | MessageSysFlag.multiTags : request.sysFlag,
      bornTimestampMs: request.bornTimestampMs,
      bornHost: connection.remoteHost,
      reconsumeTimes: request.reconsumeTimes,
      preparedTransactionOffset: 0,
      body: request.body,
      properties: quick.properties,
      tagsCode: tagsCode(quick.tags),
      keys: quick.keys,
    }
    return this.#put({ message }, quick.waits, quick.uniqueKey, request.queueId, request, connection)
  }

  send(send: SendRequest, request: Command, connection: Connection): Answer | Promise<Answer> {
    const broker = this.#broker
    if (broker.settings.brokerRole === 'SLAVE') return flowControl
    const refusal = topicRefusal(broker, send)
    if (refusal !== undefined) return this.#refuse(refusal.code, refusal.remark)
    const topic = broker.topics.get(send.topic)
    return topic === undefined
      ? this.#createTopic(send, request, connection)
      : this.#toTopic(topic, send, request, connection)
  }

  async #createTopic(send: SendRequest, request: Command, connection: Connection): Promise<Answer> {
    const topic = await topicForSend(this.#broker, send)
    if (topic === undefined) {
      const { code, remark } = noTopic(send.topic)
      return this.#refuse(code, remark)
    }
    return this.#toTopic(topic, send, request, connection)
  }

  #toTopic(topic: TopicConfig, send: SendRequest, request: Command, connection: Connection): Answer | Promise<Answer> {
    const refusal = queueRefusal(topic, send.queueId, connection.remoteAddress)
    if (refusal !== undefined) return this.#refuse(refusal.code, refusal.remark)
    if (send.queueId < 0) send.queueId = anyQueueOf(topic)
    if (send.batch) return this.#batch(topic, send, request, connection)
    if (isRetryTopic(send.topic)) return this.#toRetryTopic(topic, send, request, connection)
    const said = scanProperties(send.properties)
    const wrongType = typeRefusal(this.#broker, topic, said)
    if (wrongType !== undefined) return this.#refuse(wrongType.code, wrongType.remark)
    if (said.priority >= 0) prioritize(topic, send, said)
    return this.#one(topic, send.queueId, said, send, request, connection)
  }

  /** Clients send here by themselves when a send-back failed, and ordered consumers to bury a message. */
  async #toRetryTopic(
    topic: TopicConfig,
    send: SendRequest,
    request: Command,
    connection: Connection,
  ): Promise<Answer> {
    const said = scanProperties(send.properties)
    const buried = await deadLetterQueue(this.#broker, send, request.version)
    if (buried === undefined) return this.#one(topic, send.queueId, said, send, request, connection)
    if ('code' in buried) return { ...buried, ext: this.#ownExt() }
    said.delayLevel = 0
    send.properties = withProperty(send.properties, Property.delayLevel, '-1')
    return this.#one(buried.topic, buried.queueId, said, send, request, connection)
  }

  #one(
    topic: TopicConfig,
    queueId: number,
    said: Said,
    send: SendRequest,
    request: Command,
    connection: Connection,
  ): Answer {
    const broker = this.#broker
    if (request.body.length === 0)
      return this.#refuse(ResponseCode.MESSAGE_ILLEGAL, illegalMessage(broker.settings.maxMessageSize))
    // clients older than 4.6.1 leave the mark on what they send back themselves
    const isPrepared = said.isTransaction && !(send.reconsumeTimes > 0 && said.delayLevel > 0)
    if (isPrepared && broker.settings.rejectTransactionMessage) {
      const ip = ipOf(broker.identity.address)
      const remark = `the broker[${ip}] sending transaction message is forbidden`
      return this.#refuse(ResponseCode.NO_PERMISSION, remark)
    }
    if (!isPrepared && transactionType(send.sysFlag) !== 0) {
      const remark = 'the message is illegal: transaction bits in its sysFlag, but no property TRAN_MSG=true'
      return this.#refuse(ResponseCode.MESSAGE_ILLEGAL, remark) // it would be in no queue, for ever
    }
    let text = said.mustRewrite ? withoutOwn(send.properties) : send.properties
    if (text !== '' && text.charCodeAt(text.length - 1) !== 2) text += '\u0002'
    const uniqueKey = said.uniqueKey ?? this.#uniqueKeys.next()
    if (said.uniqueKey === undefined) text += `UNIQ_KEY\u0001${uniqueKey}\u0002`
    text += this.#refreshedOwn().properties
    const message: NewMessage = {
      topic: topic.topicName,
      queueId,
      flag: send.flag,
      sysFlag: topic.topicFilterType === 'MULTI_TAG' ? send.sysFlag | MessageSysFlag.multiTags : send.sysFlag,
      bornTimestampMs: send.bornTimestampMs,
      bornHost: connection.remoteHost,
      reconsumeTimes: send.reconsumeTimes,
      preparedTransactionOffset: 0,
      body: request.body,
      properties: Buffer.from(text),
      tagsCode: tagsCode(said.tags),
      keys: said.keys === undefined ? [uniqueKey] : [uniqueKey, ...splitKeys(said.keys)],
    }
    const scheduled = this.#scheduled(message, said) // a prepared message too, so that no commit is refused for its time
    const placed =
      isPrepared && !('code' in scheduled) ? { message: broker.prepared.hold(message, uniqueKey) } : scheduled
    if ('code' in placed) return this.#refuse(placed.code, placed.remark)
    return this.#put(placed, said.waits, uniqueKey, send.queueId, request, connection)
  }

  /** As it waits for its time, if it has one. */
  #scheduled(message: NewMessage, said: Said): Placed {
    const { delays } = this.#broker
    if (said.delayLevel <= 0) return said.isTimed ? placeTimed(this.#broker, message) : { message }
    const plain = said.isTimed ? withoutTimes(message) : message
    return { message: delayed(plain, said.delayLevel, delays) }
  }

  #put(
    { message, recallHandle }: { message: NewMessage; recallHandle?: string },
    waits: boolean,
    uniqueKey: string,
    queueId: number,
    request: Command,
    connection: Connection,
  ): Answer {
    const { store, counters, clock } = this.#broker
    let appended: Appended
    try {
      appended = store.append(message, waits)
    } catch (error) {
      counters.putFailed(message.topic)
      return this.#fault(error)
    }
    const { commitLogOffset, queueOffset, sizeBytes, storeTimestampMs } = appended
    store.whenSafe(commitLogOffset + sizeBytes, waits, (status) => {
      if (status === 'failed') return this.#notStored(connection, request, message.topic)
      counters.put(message.topic, message.queueId, 1, sizeBytes, clock() - storeTimestampMs)
      if (isOneway(request)) return
      const code = putReplyCodes[status]
      const reply = new StoredReply(
        code,
        this.#own.reply,
        queueId,
        queueOffset,
        commitLogOffset,
        uniqueKey,
        recallHandle,
      )
      connection.reply(request, reply)
    })
    return undefined
  }

  #batch(topic: TopicConfig, send: SendRequest, request: Command, connection: Connection): Answer {
    const { store, counters, clock, settings } = this.#broker
    if (isRetryTopic(send.topic)) {
      return this.#refuse(ResponseCode.MESSAGE_ILLEGAL, `batch request does not support retry group ${send.topic}`)
    }
    const said = scanProperties(send.properties)
    const wrongType = typeRefusal(this.#broker, topic, said)
    if (wrongType !== undefined) return this.#refuse(wrongType.code, wrongType.remark)
    const isIllegal = said.delayLevel > 0 || said.isTransaction || said.isTimed || transactionType(send.sysFlag) !== 0
    if (isIllegal || request.body.length === 0 || request.body.length > settings.maxMessageSize) {
      return this.#refuse(ResponseCode.MESSAGE_ILLEGAL, illegalMessage(settings.maxMessageSize))
    }
    const messages: NewMessage[] = []
    for (const { flag, body, properties } of decodeBatch(request.body)) {
      const own = this.#quick.readBatched(properties)
      const keys = splitKeys(own.keys)
      messages.push({
        topic: topic.topicName,
        queueId: send.queueId,
        flag,
        sysFlag: topic.topicFilterType === 'MULTI_TAG' ? send.sysFlag | MessageSysFlag.multiTags : send.sysFlag,
        bornTimestampMs: send.bornTimestampMs,
        bornHost: connection.remoteHost,
        reconsumeTimes: send.reconsumeTimes,
        preparedTransactionOffset: 0,
        body,
        properties,
        tagsCode: tagsCode(own.tags),
        keys: own.uniqueKey === undefined ? keys : [own.uniqueKey, ...keys],
      })
    }
    let appended: Appended[]
    try {
      appended = store.appendBatch(messages, said.waits)
    } catch (error) {
      counters.putFailed(topic.topicName)
      return this.#fault(error)
    }
    const [first] = appended
    const last = appended.at(-1)
    if (first === undefined || last === undefined) {
      return this.#refuse(ResponseCode.MESSAGE_ILLEGAL, illegalMessage(settings.maxMessageSize))
    }
    const endOffset = last.commitLogOffset + last.sizeBytes
    store.whenSafe(endOffset, said.waits, (status) => {
      if (status === 'failed') return this.#notStored(connection, request, topic.topicName)
      const sizeBytes = endOffset - first.commitLogOffset
      counters.put(topic.topicName, send.queueId, appended.length, sizeBytes, clock() - first.storeTimestampMs)
      if (isOneway(request)) return
      connection.reply(request, {
        code: putReplyCodes[status],
        ext: {
          queueId: String(send.queueId),
          ...(said.uniqueKey === undefined ? {} : { transactionId: said.uniqueKey }),
          msgId: appended.map((one) => this.#idOf(one.commitLogOffset)).join(','),
          ...this.#ownExt(),
          queueOffset: String(first.queueOffset),
        },
      })
    })
    return undefined
  }

  #notStored(connection: Connection, request: Command, topic: string): void {
    this.#broker.counters.putFailed(topic)
    if (!isOneway(request)) connection.reply(request, notStored)
  }

  #idOf(commitLogOffset: number): string {
    return this.#idPrefix + commitLogOffset.toString(16).toUpperCase().padStart(16, '0')
  }

  /** What the broker adds to every message; made anew only when a setting changed. */
  #refreshedOwn(): Own {
    const { regionId, traceOn } = this.#broker.settings
    if (this.#own.region !== regionId || this.#own.traceOn !== traceOn) this.#own = this.#newOwn()
    return this.#own
  }
  #newOwn(): Own {
    const { regionId: region, traceOn } = this.#broker.settings
    const { clusterName } = this.#broker.identity
    const properties = `MSG_REGION\u0001${region}\u0002TRACE_ON\u0001${traceOn}\u0002CLUSTER\u0001${clusterName}\u0002`
    return {
      region,
      traceOn,
      properties,
      propertyBytes: Buffer.from(properties),
      ext: { TRACE_ON: String(traceOn), MSG_REGION: region },
      reply: createReplyTemplate({ region, traceOn, idPrefix: this.#idPrefix }),
    }
  }
  #ownExt(): ExtFields {
    return this.#refreshedOwn().ext
  }

  #refuse(code: number, remark: string): Reply {
    return { code, remark, ext: this.#ownExt() }
  }
  #fault(error: unknown): Reply {
    return { ...replyFor(error, this.#broker.settings.maxMessageSize), ext: this.#ownExt() }
  }
}

const flowControl: Reply = {
  code: ResponseCode.SYSTEM_BUSY,
  remark: '[REJECTREQUEST]system busy, start flow control for a while',
}

/** A priority is the queue that a message goes to, the last one at most; beside any other kind of message it is dropped. */
function prioritize(topic: TopicConfig, send: SendRequest, said: Said): void {
  if (said.isTransaction || said.delayLevel > 0 || said.isTimed || said.hasShardingKey) {
    const properties = parseProperties(send.properties)
    properties.delete(Property.priority)
    send.properties = writeProperties(properties)
  } else send.queueId = Math.min(said.priority, topic.writeQueueNums - 1)
}
