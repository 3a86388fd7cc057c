// broker/processor/pop.ts: POP_MESSAGE: gives a group its next messages from any queue, invisible to the others of the group
// until acknowledged or their time is over. One that finds nothing waits and is answered when something comes.
import type { MessageFilter } from '../filter/message-filter'
import type { Connection, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command } from '../protocol/command'
import { type HeaderOf, popMessageHeader, popMessageReply, readHeader, writeHeader } from '../protocol/headers'
import { orderReviveQueue, popRetryTopicV1 } from '../protocol/pop'
import { StoreError } from '../store/types'
import type { BrokerContext, Handler, HandlerTable } from './context'
import { checkQueue, ipOf, popFilter, retryTopicFor } from './pop-check'
import { Harvest } from './pop-take'

type Header = HeaderOf<typeof popMessageHeader>

/** More than this in one pop is refused: a checkpoint has one bit per message. */
const maxMessages = 32
/** A request that was under way for so long after its time is not worth an answer with messages. */
const lateMs = 500
/** The answer leaves so much before the client's own time is over. */
const earlyMs = 50

/** A client that does not say when it asked, asked now. */
export const withBornTime = (request: Command, nowMs: number): Command['ext'] =>
  request.ext.bornTime === undefined || request.ext.bornTime === '0'
    ? { ...request.ext, bornTime: String(nowMs) }
    : request.ext

const pop: Handler = (request, connection, broker) => {
  const header = readHeader(popMessageHeader, withBornTime(request, broker.clock()))
  const { bornTime, pollTime, maxMsgNums, invisibleTime } = header
  const ip = ipOf(broker)
  if (broker.clock() - bornTime - pollTime > lateMs) {
    return { code: ResponseCode.POLLING_TIMEOUT, remark: `the broker[${ip}] pop message is timeout too much` }
  }
  const checked = checkQueue(broker, header, connection, 'pop', () => {
    if (maxMsgNums > maxMessages) {
      return { code: ResponseCode.INVALID_PARAMETER, remark: `the broker[${ip}] pop message's num is greater than 32` }
    }
    if (invisibleTime > broker.pop.journal.maxInvisibleMs) {
      const limit = `at most ${broker.pop.journal.maxInvisibleMs} ms`
      return { code: ResponseCode.INVALID_PARAMETER, remark: `the invisible time is ${invisibleTime} ms, ${limit}` }
    }
    if (broker.settings.timerWheelEnable) return undefined
    const remark = `the broker[${ip}] pop message is forbidden because timerWheelEnable is false`
    return { code: ResponseCode.SYSTEM_ERROR, remark }
  })
  if ('code' in checked) return checked
  const asked = popFilter(broker, header, header.exp, header.expType)
  if ('code' in asked) return asked
  return new OnePop(request, connection, broker, header, asked.filter).first()
}

/** One pop, which may look again when it is woken. */
class OnePop {
  readonly #request: Command
  readonly #connection: Connection
  readonly #broker: BrokerContext
  readonly #header: Header
  readonly #filter: MessageFilter | undefined

  constructor(
    request: Command,
    connection: Connection,
    broker: BrokerContext,
    header: Header,
    filter: MessageFilter | undefined,
  ) {
    this.#request = request
    this.#connection = connection
    this.#broker = broker
    this.#header = header
    this.#filter = filter
  }

  async first(): Promise<Reply | undefined> {
    const { topic, consumerGroup, queueId, order } = this.#header
    const { clock, settings, store, pop } = this.#broker
    const popTimeMs = clock()
    const reviveQueueId = order ? orderReviveQueue : Math.floor(Math.random() * Math.max(1, settings.reviveQueueNum))
    const harvest = new Harvest(this.#broker, {
      topic,
      group: consumerGroup,
      maxMessages: Math.max(1, this.#header.maxMsgNums),
      invisibleMs: this.#header.invisibleTime,
      initMode: this.#header.initMode,
      isOrdered: order,
      attemptId: this.#header.attemptId,
      filter: this.#filter,
      popTimeMs,
      reviveQueueId,
    })
    try {
      await this.#gather(harvest)
    } catch (error) {
      // what is not noted was not taken: it is there for the next
      if (!(error instanceof StoreError) || store.writable.ok) {
        harvest.release()
        throw error
      }
    }
    if (harvest.count > 0) {
      if (harvest.rest > 0) pop.held.wakeOne(topic, consumerGroup, queueId)
      return this.#reply(ResponseCode.SUCCESS, 'FOUND', popTimeMs, reviveQueueId, harvest)
    }
    const code = this.#hold()
    if (code === undefined) {
      // nothing else would wake it for what it did not look at
      const isFree = harvest.passedBy.some((key) => !pop.reading.has(key))
      if (harvest.isUnfinished || isFree || harvest.hasMissed) pop.held.wakeOne(topic, consumerGroup, queueId)
      return undefined
    }
    return this.#reply(code, 'NO_MESSAGE_IN_QUEUE', popTimeMs, reviveQueueId, harvest)
  }

  /** One pop looks into one retry topic at most: a handle has room for one flag. */
  async #gather(harvest: Harvest): Promise<void> {
    const { topic, consumerGroup, queueId, order } = this.#header
    const { settings } = this.#broker
    const seed = Math.floor(Math.random() * 100)
    const isPrioritized = !order && seed < this.#priorityFactor()
    const { popFromRetryProbabilityForPriority, popFromRetryProbability } = settings
    const retryFirst = seed < (isPrioritized ? popFromRetryProbabilityForPriority : popFromRetryProbability)
    const isV1 = settings.enableRetryTopicV2 && settings.retrieveMessageFromPopRetryTopicV1 && seed % 2 === 0
    const retryTopic = isV1 ? popRetryTopicV1(topic, consumerGroup) : retryTopicFor(this.#broker, topic, consumerGroup)
    const queueSeed = isPrioritized ? 0 : seed
    if (retryFirst && !order) await harvest.fromTopic(retryTopic, queueSeed)
    if (queueId < 0) await harvest.fromTopic(topic, queueSeed)
    else await harvest.fromQueue(topic, queueId)
    if (!retryFirst && !order && !harvest.isFull) await harvest.fromTopic(retryTopic, queueSeed)
  }

  /** Of a hundred pops so many go by priority: none of a topic that is not of that type. */
  #priorityFactor(): number {
    const { topics, groups } = this.#broker
    if (topics.get(this.#header.topic)?.attributes.get('message.type') !== 'PRIORITY') return 0
    const factor = groups.peek(this.#header.consumerGroup)?.attributes.get('priority.factor') ?? ''
    return /^\d{1,3}$/.test(factor) ? Number(factor) : 100
  }

  /** undefined: it waits. */
  #hold(): number | undefined {
    const { topic, consumerGroup, queueId, pollTime, bornTime } = this.#header
    const { pop, clock } = this.#broker
    const deadlineMs = bornTime + pollTime - earlyMs
    if (pollTime <= 0 || deadlineMs <= clock()) return ResponseCode.POLLING_TIMEOUT
    const filter = this.#filter
    const isHeld = pop.held.hold({
      connection: this.#connection,
      topic,
      group: consumerGroup,
      queueId,
      deadlineMs,
      wants: filter === undefined ? () => true : (tagsCode) => filter.byUnit(tagsCode),
      wake: () => this.#again(),
    })
    return isHeld ? undefined : ResponseCode.POLLING_FULL
  }

  #again(): void {
    if (this.#connection.closed) return
    this.first().then(
      (reply) => reply && this.#connection.reply(this.#request, reply),
      (error: unknown) => {
        const remark = error instanceof Error ? error.message : String(error)
        this.#broker.log('warn', `a held pop of ${this.#connection.remoteAddress} failed: ${remark}`)
        this.#connection.reply(this.#request, { code: ResponseCode.SYSTEM_ERROR, remark })
      },
    )
  }

  #reply(code: number, remark: string, popTime: number, reviveQid: number, harvest: Harvest): Reply {
    const { invisibleTime, order } = this.#header
    const ext = writeHeader(popMessageReply, {
      popTime,
      invisibleTime,
      reviveQid,
      restNum: harvest.rest,
      startOffsetInfo: harvest.startOffsets.join(';'),
      msgOffsetInfo: harvest.messageOffsets.join(';'),
      orderCountInfo: order ? harvest.orderCounts.join(';') : undefined,
    })
    if (harvest.records.length === 0) return { code, remark, ext }
    return { code, remark, ext, body: harvest.records, sent: () => harvest.release() }
  }
}

export const popHandlers: HandlerTable = { [RequestCode.POP_MESSAGE]: pop }
