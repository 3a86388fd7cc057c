// broker/processor/pull.ts: PULL_MESSAGE and LITE_PULL_MESSAGE. Records go from the store to the socket without a copy. A
// pull that finds nothing waits in the table of held pulls and is answered in the loop turn in which its message came.
import type { Connection, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { type Command, onlyToAnswer } from '../protocol/command'
import { PullCommand } from '../protocol/header-pull-json'
import { foundRemark, type PullReplyFields } from '../protocol/header-pull-reply'
import { type PullMessageHeader, pullMessageHeader, readHeader } from '../protocol/headers'
import { isBrokersOwnProgress, SystemGroup } from '../protocol/names'
import { PullSysFlag } from '../protocol/sys-flag'
import type { GetResult, GetStatus } from '../store/types'
import { broadcastPull } from './broadcast-pull'
import type { Answer, BrokerContext, HandlerTable } from './context'
import { getFor } from './get-for'
import { type AskedPull, checkPull } from './pull-check'
import { FoundReply, pullReplyExt } from './pull-reply'

/** A client that does not read what it asked for gets no more until it does. */
const maxUnsentBytes = 32 * 1024 * 1024
/** The store has limits of its own (maxTransfer...OnMessageIn...). */
const defaultMaxBytes = 0x7fff_ffff

const codes: Readonly<Record<GetStatus, number>> = {
  found: ResponseCode.SUCCESS,
  'no-matched-message': ResponseCode.PULL_RETRY_IMMEDIATELY,
  'message-was-removing': ResponseCode.PULL_RETRY_IMMEDIATELY,
  'offset-found-null': ResponseCode.PULL_NOT_FOUND,
  'offset-overflow-badly': ResponseCode.PULL_OFFSET_MOVED,
  'offset-overflow-one': ResponseCode.PULL_NOT_FOUND,
  'offset-too-small': ResponseCode.PULL_OFFSET_MOVED,
  'no-matched-logic-queue': ResponseCode.PULL_OFFSET_MOVED, // PULL_NOT_FOUND at offset 0
  'no-message-in-queue': ResponseCode.PULL_OFFSET_MOVED, //    PULL_NOT_FOUND at offset 0
}
const isEmptyQueue = (status: GetStatus): boolean =>
  status === 'no-matched-logic-queue' || status === 'no-message-in-queue'

/** As Apache spells them in the remark. A queue that the topic has and nobody wrote to is an empty one. */
const names: Readonly<Record<GetStatus, string>> = {
  found: foundRemark,
  'no-matched-message': 'NO_MATCHED_MESSAGE',
  'message-was-removing': 'MESSAGE_WAS_REMOVING',
  'offset-found-null': 'OFFSET_FOUND_NULL',
  'offset-overflow-badly': 'OFFSET_OVERFLOW_BADLY',
  'offset-overflow-one': 'OFFSET_OVERFLOW_ONE',
  'offset-too-small': 'OFFSET_TOO_SMALL',
  'no-matched-logic-queue': 'NO_MESSAGE_IN_QUEUE',
  'no-message-in-queue': 'NO_MESSAGE_IN_QUEUE',
}

/** What a pull answers, before it leaves. */
export type Revise = (reply: Reply) => Reply
const asItIs: Revise = (reply) => reply

/** `revise` sees what is answered later; what this returns is the caller's. */
export function pullMessage(
  request: Command,
  connection: Connection,
  broker: BrokerContext,
  revise: Revise = asItIs,
): Answer | Promise<Answer> {
  const header = request instanceof PullCommand ? request.header : readHeader(pullMessageHeader, request.ext)
  const asked = checkPull(header, request.code, connection, broker)
  if ('code' in asked) return asked
  const answer = new Pull(request, connection, broker, header, asked, revise).first()
  // the first pass alone commits: a woken pull has said it already
  if ((header.sysFlag & PullSysFlag.commitOffset) !== 0) {
    commit(broker, header)
  }
  return answer
}

function commit(broker: BrokerContext, header: PullMessageHeader): void {
  const { consumerGroup, topic, queueId, commitOffset } = header
  if (broker.settings.brokerRole === 'SLAVE' || isBrokersOwnProgress(consumerGroup, topic)) return
  if (broker.offsets.pendingReset(consumerGroup, topic, queueId) !== undefined) return
  broker.offsets.commit(consumerGroup, topic, queueId, commitOffset)
}

/** One pull, which may look twice: when it arrives and, if it found nothing, when it is woken. */
class Pull {
  /** Once it waits, no more of it than its answer needs. */
  #request: Command
  readonly #connection: Connection
  readonly #broker: BrokerContext
  readonly #header: PullMessageHeader
  readonly #asked: AskedPull
  readonly #revise: Revise
  /** Moves on over what the filter left out while the pull waits. */
  #queueOffset: number
  #deadlineMs = 0
  #mostMessages = Number.POSITIVE_INFINITY

  constructor(
    request: Command,
    connection: Connection,
    broker: BrokerContext,
    header: PullMessageHeader,
    asked: AskedPull,
    revise: Revise,
  ) {
    this.#request = request
    this.#connection = connection
    this.#broker = broker
    this.#header = header
    this.#asked = asked
    this.#revise = revise
    this.#queueOffset = header.queueOffset
  }

  first(): Answer | Promise<Answer> {
    const { consumerGroup, topic, queueId } = this.#header
    const reset = this.#broker.offsets.takeReset(consumerGroup, topic, queueId)
    if (reset !== undefined) return this.#reply(ResponseCode.PULL_OFFSET_MOVED, 'OFFSET_RESET', reset)
    const moved = this.#broadcastStart()
    if (moved !== undefined) return this.#reply(ResponseCode.PULL_OFFSET_MOVED, 'OFFSET_RESET', moved)
    if (this.#connection.unsentBytes > maxUnsentBytes) {
      return {
        code: ResponseCode.FLOW_CONTROL,
        remark: `${this.#connection.unsentBytes} bytes still wait for this client to read them`,
      }
    }
    return this.#isReadingTooMuch() ? this.#later() : this.#look((this.#header.sysFlag & PullSysFlag.suspend) !== 0)
  }

  /** Of what lies so far behind that it is read from disk. */
  #isReadingTooMuch(): boolean {
    const { coldReads, groups, store } = this.#broker
    const { consumerGroup, topic, queueId } = this.#header
    if (!coldReads.isOver(consumerGroup) || groups.isSystem(consumerGroup)) return false
    return store.maxOffset(topic, queueId) > this.#queueOffset && !store.inMemory(topic, queueId, this.#queueOffset)
  }

  /** A push consumer waits by itself; who pulls is held for a while and then gets a single message. */
  #later(): Answer | Promise<Answer> {
    const { coldReads, consumers } = this.#broker
    const type = consumers.get(this.#header.consumerGroup)?.consumeType
    if (type === 'CONSUME_PASSIVELY') {
      const remark = 'This consumer group is reading cold data. It has been flow control'
      return { code: ResponseCode.SYSTEM_BUSY, remark }
    }
    this.#mostMessages = 1
    this.#request = onlyToAnswer(this.#request)
    return type === 'CONSUME_ACTIVELY' && coldReads.hold(() => this.#again()) ? undefined : this.#look(false)
  }

  /** A broadcasting client that came from a proxy, or went to one, goes on where it was. */
  #broadcastStart(): number | undefined {
    const pull = broadcastPull(this.#broker, this.#header, this.#connection)
    if (pull === undefined) return undefined
    const { broadcasts } = this.#broker
    const start = broadcasts.startOf(pull)
    broadcasts.note({ ...pull, queueOffset: start ?? pull.queueOffset })
    return start
  }

  #look(maySuspend: boolean): Answer | Promise<Answer> {
    const { consumerGroup, topic, queueId, maxMsgNums, maxMsgBytes } = this.#header
    const { filter } = this.#asked
    const startedMs = this.#broker.clock()
    const result = getFor(this.#broker, consumerGroup, {
      topic,
      queueId,
      queueOffset: this.#queueOffset,
      maxMessages: Math.max(1, Math.min(maxMsgNums, this.#mostMessages)),
      maxBytes: maxMsgBytes ?? defaultMaxBytes,
      givesBack: true, // when they have been sent
      byTool: consumerGroup === SystemGroup.tools,
      ...(filter === undefined ? {} : { filter }),
    })
    return result instanceof Promise
      ? result.then((got) => this.#answer(got, startedMs, maySuspend))
      : this.#answer(result, startedMs, maySuspend)
  }

  #answer(result: GetResult, startedMs: number, maySuspend: boolean): Answer | Promise<Answer> {
    const { consumerGroup, topic, queueId } = this.#header
    const { counters, offsets, clock, coldReads, store } = this.#broker
    if (result.status === 'found') {
      const { messageCount, sizeBytes } = result
      if (coldReads.isOn && !store.inMemory(topic, queueId, this.#queueOffset)) coldReads.note(consumerGroup, sizeBytes)
      counters.got(consumerGroup, topic, queueId, messageCount, sizeBytes, clock() - startedMs)
      offsets.notePull(consumerGroup, topic, queueId, result.nextBeginOffset)
      return new FoundReply(this.#fields(result.nextBeginOffset, true, result), result)
    }
    result.release()
    const code =
      isEmptyQueue(result.status) && this.#queueOffset === 0 ? ResponseCode.PULL_NOT_FOUND : codes[result.status]
    if (code === ResponseCode.PULL_OFFSET_MOVED && this.#mayLag()) {
      // what the client asks for may still be on its way here: its master knows better
      return this.#reply(ResponseCode.PULL_RETRY_IMMEDIATELY, names[result.status], this.#queueOffset, result)
    }
    // what came while this was read, or judged by a script, nobody will tell of again
    const hasCome = store.maxOffset(topic, queueId) > Math.max(this.#queueOffset, result.maxOffset)
    if (code === ResponseCode.PULL_NOT_FOUND && maySuspend) {
      if (hasCome) return this.#lookSoon(maySuspend)
      if (this.#hold()) return undefined
    }
    if (result.status === 'no-matched-message' && this.#isWaiting()) {
      const isBehind = result.nextBeginOffset > this.#queueOffset && result.nextBeginOffset < result.maxOffset
      this.#queueOffset = result.nextBeginOffset
      if (hasCome || isBehind) return this.#lookSoon(false)
      if (this.#hold()) return undefined
    }
    return this.#reply(code, names[result.status], result.nextBeginOffset, result)
  }

  /** When others had their turn. */
  async #lookSoon(maySuspend: boolean): Promise<Answer> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    return this.#connection.closed ? undefined : this.#look(maySuspend)
  }

  #mayLag(): boolean {
    const { brokerRole, offsetCheckInSlave } = this.#broker.settings
    return brokerRole === 'SLAVE' && !offsetCheckInSlave
  }

  /** What was just read lies so far back that a slave should serve the group, as Apache counts it. */
  #isSlow(nextBeginOffset: number, found: boolean): boolean {
    const { suggestedBrokerId, slowBrokerId } = this.#asked
    if (!found || slowBrokerId === suggestedBrokerId) return false
    return !this.#broker.store.inMemory(this.#header.topic, this.#header.queueId, nextBeginOffset - 1)
  }

  /** Woken for messages that its filter then left out, with time left: it sleeps on behind them. */
  #isWaiting(): boolean {
    return this.#deadlineMs > this.#broker.clock()
  }

  #hold(): boolean {
    const { consumerGroup, topic, queueId, suspendTimeoutMillis } = this.#header
    const { settings, clock, heldPulls } = this.#broker
    const { filter } = this.#asked
    if (this.#deadlineMs === 0) {
      const waitMs = settings.longPollingEnable ? suspendTimeoutMillis : settings.shortPollingTimeMills
      this.#deadlineMs = clock() + waitMs
    }
    this.#request = onlyToAnswer(this.#request)
    return heldPulls.hold({
      connection: this.#connection,
      group: consumerGroup,
      topic,
      queueId,
      queueOffset: this.#queueOffset,
      deadlineMs: this.#deadlineMs,
      wants: filter === undefined ? anyTag : (tagsCode) => filter.byUnit(tagsCode),
      wake: () => this.#again(),
    })
  }

  /** Whatever is there now is the answer. */
  #again(): void {
    if (this.#connection.closed) return
    let answer: Answer | Promise<Answer>
    try {
      answer = this.#look(false)
    } catch (error) {
      this.#failed(error) // whoever woke it, the way of a message in, has nothing to do with it
      return
    }
    if (answer instanceof Promise) {
      answer.then(
        (reply) => reply && this.#connection.reply(this.#request, this.#revise(reply)),
        (error: unknown) => this.#failed(error),
      )
    } else if (answer !== undefined) this.#connection.reply(this.#request, this.#revise(answer))
  }

  #failed(error: unknown): void {
    const remark = error instanceof Error ? error.message : String(error)
    this.#broker.log('warn', `a held pull of ${this.#connection.remoteAddress} failed: ${remark}`)
    this.#connection.reply(this.#request, { code: ResponseCode.SYSTEM_ERROR, remark })
  }

  #reply(
    code: number,
    remark: string,
    nextBeginOffset: number,
    range?: { minOffset: number; maxOffset: number },
  ): Reply {
    return { code, remark, ext: pullReplyExt(this.#fields(nextBeginOffset, code === ResponseCode.SUCCESS, range)) }
  }

  #fields(nextBeginOffset: number, found: boolean, range?: { minOffset: number; maxOffset: number }): PullReplyFields {
    const { topic, queueId } = this.#header
    const { topicSysFlag, groupSysFlag, suggestedBrokerId, slowBrokerId } = this.#asked
    const { store } = this.#broker
    return {
      suggestWhichBrokerId: this.#isSlow(nextBeginOffset, found) ? slowBrokerId : suggestedBrokerId,
      nextBeginOffset,
      minOffset: range?.minOffset ?? store.minOffset(topic, queueId),
      maxOffset: range?.maxOffset ?? store.maxOffset(topic, queueId),
      topicSysFlag,
      groupSysFlag,
    }
  }
}

const anyTag = (): boolean => true

export const pullHandlers: HandlerTable = {
  [RequestCode.PULL_MESSAGE]: (request, connection, broker) => pullMessage(request, connection, broker),
  [RequestCode.LITE_PULL_MESSAGE]: (request, connection, broker) => pullMessage(request, connection, broker),
}
