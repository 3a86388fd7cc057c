// broker/processor/static-topic.ts: requests for queues of static topics become requests for this broker's own queues, or are
// passed on to the broker that has the part, and answers are told in the static queue's numbers. A broker without static
// topics pays one comparison. `lo=false` asks for the own queue as it is: that is how brokers and the console ask.
import type { Connection, Reply } from '../net/types'
import type { TopicQueueMappingDetail } from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command, ExtFields } from '../protocol/command'
import { readHeader, wholeNumber, writeHeader } from '../protocol/header-table'
import {
  maxOffsetHeader,
  pullMessageHeader,
  queryConsumerOffsetHeader,
  queueHeader,
  searchOffsetHeader,
  updateConsumerOffsetHeader,
} from '../protocol/headers'
import { SendCommand } from '../protocol/send-command'
import { itemAt, itemBehind, logicOffsetOf, type MappingItem, physicalOffsetOf } from '../protocol/static-topic'
import { PullSysFlag, transactionType } from '../protocol/sys-flag'
import type { Answer, BrokerContext, Handler, HandlerTable } from './context'
import { pullMessage } from './pull'

/** A queue of a static topic at the broker that takes its messages. */
interface StaticQueue {
  readonly topic: string
  readonly globalId: number
  readonly items: readonly MappingItem[]
  readonly leader: MappingItem
  readonly brokerName: string
}
type Mapped = (
  queue: StaticQueue,
  request: Command,
  connection: Connection,
  broker: BrokerContext,
  inner: Handler,
) => Answer | Promise<Answer>

/** The same table, for static topics as well. Those codes that name no queue pass as they are. */
export function withStaticTopics(table: HandlerTable): HandlerTable {
  const mapped: Record<number, Handler> = { ...table }
  for (const [key, handler] of Object.entries(table)) {
    const rule = rules[Number(key)]
    if (rule !== undefined) mapped[Number(key)] = forStatic(rule, handler)
  }
  return mapped
}

interface Rule {
  readonly topic: 'topic' | 'b'
  readonly queueId: 'queueId' | 'e'
  readonly handle: Mapped
  /** What is said to who asks a broker that is not the queue's. */
  readonly stranger: (queue: string, brokerName: string) => string
}

const forStatic =
  (rule: Rule, inner: Handler): Handler =>
  (request, connection, broker) => {
    if (broker.topics.mappings.size === 0) return inner(request, connection, broker)
    const topic = (request instanceof SendCommand ? request.topic : request.ext[rule.topic]) ?? ''
    const detail = broker.topics.mappings.get(topic)
    if (detail === undefined || request.ext.lo === 'false') return inner(request, connection, broker)
    const asked = wholeNumber(request.ext[rule.queueId] ?? '')
    if (asked === undefined) return inner(request, connection, broker) // it says what is wrong
    const globalId = asked < 0 && rule.handle === send ? anyLedBy(detail) : asked
    const items = detail.hostedQueues.get(globalId) ?? []
    const leader = items.at(-1)
    const { brokerName } = broker.identity
    if (leader === undefined || leader.bname !== brokerName) {
      return { code: ResponseCode.NOT_LEADER_FOR_QUEUE, remark: rule.stranger(`${topic}-${globalId}`, brokerName) }
    }
    return rule.handle({ topic, globalId, items, leader, brokerName }, request, connection, broker, inner)
  }

function anyLedBy({ hostedQueues, bname }: TopicQueueMappingDetail): number {
  const led = [...hostedQueues].flatMap(([id, items]) => (items.at(-1)?.bname === bname ? [id] : []))
  return led[Math.floor(Math.random() * led.length)] ?? -1
}

/** The request with other fields, as the general readers take it. */
const withExt = ({ code, language, version, opaque, flag, remark, body, form }: Command, ext: ExtFields): Command => ({
  code,
  language,
  version,
  opaque,
  flag,
  remark,
  body,
  form,
  ext,
})

const pass = async (
  broker: BrokerContext,
  { topic }: StaticQueue,
  item: MappingItem,
  code: number,
  ext: ExtFields,
): Promise<Reply> => {
  const bname = item.bname ?? ''
  const {
    code: end,
    remark,
    ...reply
  } = await broker.routes.askMaster(bname, topic, code, { ...ext, bname, lo: 'false' })
  return { code: end, remark, ext: reply.ext, body: reply.body }
}
const isHere = (item: MappingItem, { brokerName }: StaticQueue): boolean => item.bname === brokerName

/** Messages go into the newest part. */
const send: Mapped = (queue, request, connection, broker, inner) => {
  const { leader, globalId } = queue
  const field = request.ext.e === undefined ? 'queueId' : 'e'
  const sysFlag = Number(request.ext[field === 'e' ? 'f' : 'sysFlag'])
  const isPrepared = transactionType(sysFlag) !== 0 // its offset is that of the half message, with which it is ended
  const revise = (reply: Reply): Reply => {
    const { queueOffset } = reply.ext ?? {}
    if (queueOffset === undefined) return reply
    const offset = leader.logicOffset < 0 ? -1 : logicOffsetOf(leader, Number(queueOffset))
    return {
      code: reply.code,
      ...(reply.remark === undefined ? {} : { remark: reply.remark }),
      ext: { ...reply.ext, queueId: String(globalId), queueOffset: isPrepared ? queueOffset : String(offset) },
    }
  }
  const asked = withExt(request, { ...request.ext, [field]: String(leader.queueId) })
  return inner(asked, revising(connection, revise), broker)
}

/** The sender's connection; what it is told is revised. */
const revising = (connection: Connection, revise: (reply: Reply) => Reply): Connection => ({
  id: connection.id,
  remoteAddress: connection.remoteAddress,
  remoteHost: connection.remoteHost,
  get closed() {
    return connection.closed
  },
  get unsentBytes() {
    return connection.unsentBytes
  },
  reply: (request, reply) => connection.reply(request, revise(reply)),
  request: (code, ext, body, timeoutMs) => connection.request(code, ext, body, timeoutMs),
  oneway: (code, ext, body) => connection.oneway(code, ext, body),
  close: (why) => connection.close(why),
})

const pull: Mapped = async (queue, request, connection, broker) => {
  const header = readHeader(pullMessageHeader, request.ext)
  const { leader, items } = queue
  const item = itemAt(items, header.queueOffset) ?? leader
  const queueOffset = physicalOffsetOf(item, header.queueOffset)
  if ((header.sysFlag & PullSysFlag.commitOffset) !== 0) await commit(queue, request, broker, header.commitOffset)
  let sysFlag = header.sysFlag & ~PullSysFlag.commitOffset
  if (item !== leader) sysFlag &= ~PullSysFlag.suspend // nothing will arrive there any more
  const ext = writeHeader(pullMessageHeader, { ...header, queueId: item.queueId, queueOffset, sysFlag })
  const revise = (reply: Reply): Reply => revisedPull(queue, item, queueOffset, reply)
  if (!isHere(item, queue)) return revise(await pass(broker, queue, item, request.code, ext))
  const answer = await pullMessage(withExt(request, ext), connection, broker, revise)
  return answer && revise(answer)
}

/** What a pull commits lies where the offset lies, which need not be where it reads. */
async function commit(queue: StaticQueue, request: Command, broker: BrokerContext, offset: number): Promise<void> {
  const { consumerGroup = '' } = request.ext
  const item = itemAt(queue.items, offset)
  if (item === undefined || broker.settings.brokerRole === 'SLAVE') return
  const { topic } = queue
  const commitOffset = physicalOffsetOf(item, offset)
  if (isHere(item, queue)) {
    if (broker.offsets.pendingReset(consumerGroup, topic, item.queueId) !== undefined) return
    broker.offsets.commit(consumerGroup, topic, item.queueId, commitOffset)
    return
  }
  const ext = writeHeader(updateConsumerOffsetHeader, { consumerGroup, topic, queueId: item.queueId, commitOffset })
  await pass(broker, queue, item, RequestCode.UPDATE_CONSUMER_OFFSET, ext)
}

/** Offsets in the static queue's numbers; the end of an older part is the way into the next. */
function revisedPull(queue: StaticQueue, read: MappingItem, requestOffset: number, reply: Reply): Reply {
  const { ext } = reply
  if (ext?.nextBeginOffset === undefined) return reply
  let item = read
  let next = Number(ext.nextBeginOffset)
  let min = Number(ext.minOffset)
  let max = Number(ext.maxOffset)
  let { code } = reply
  const { items, leader } = queue
  if (code !== ResponseCode.SUCCESS && reply.remark !== 'OFFSET_RESET') {
    const isFirst = item === itemAt(items, 0)
    if (requestOffset < min) {
      next = min
      code = isFirst ? ResponseCode.PULL_OFFSET_MOVED : ResponseCode.PULL_RETRY_IMMEDIATELY
    } else if (requestOffset >= max && (isFirst || item !== leader)) {
      const behind = itemBehind(items, item)
      if (item === leader && code === ResponseCode.PULL_OFFSET_MOVED) next = max
      code = behind === undefined ? ResponseCode.PULL_NOT_FOUND : ResponseCode.PULL_RETRY_IMMEDIATELY
      if (behind !== undefined) {
        item = behind
        next = min = max = behind.startOffset
      }
    } else if (item === leader && code === ResponseCode.PULL_OFFSET_MOVED && requestOffset > max) next = max
  }
  if (item.endOffset > item.startOffset && next >= item.endOffset) next = item.endOffset
  const logic = (offset: number): string => String(logicOffsetOf(item, offset))
  return {
    ...reply,
    code,
    ext: {
      ...ext,
      nextBeginOffset: logic(next),
      minOffset: logic(Math.max(item.startOffset, min)),
      maxOffset: String(Math.max(logicOffsetOf(item, max), leader.logicOffset)),
      offsetDelta: String(item.logicOffset - item.startOffset),
    },
  }
}

const updateOffset: Mapped = (queue, request, connection, broker, inner) => {
  const header = readHeader(updateConsumerOffsetHeader, request.ext)
  const item = itemAt(queue.items, header.commitOffset) ?? queue.leader
  const commitOffset = physicalOffsetOf(item, header.commitOffset)
  const ext = writeHeader(updateConsumerOffsetHeader, { ...header, queueId: item.queueId, commitOffset })
  return inPart(queue, item, request, connection, broker, inner, ext)
}

/** A group that has not come into the newest part yet stands in one before. */
const queryOffset: Mapped = async (queue, request, connection, broker, inner) => {
  const header = readHeader(queryConsumerOffsetHeader, request.ext)
  const [only, ...more] = queue.items
  if (only !== undefined && more.length === 0 && only.logicOffset === 0) {
    const ext = writeHeader(queryConsumerOffsetHeader, { ...header, queueId: only.queueId })
    return inSameNumbers(only, await inner(withExt(request, ext), connection, broker))
  }
  for (const item of [...queue.items].reverse()) {
    const asked = { ...header, queueId: item.queueId, setZeroIfNotFound: false }
    const ext = writeHeader(queryConsumerOffsetHeader, asked)
    const answer = await inPart(queue, item, request, connection, broker, inner, ext)
    if (answer?.code !== ResponseCode.QUERY_NOT_FOUND) return inSameNumbers(item, answer)
  }
  return { code: ResponseCode.QUERY_NOT_FOUND, remark: 'Not found, maybe this group consumer boot first' }
}

const inSameNumbers = (item: MappingItem, answer: Answer): Answer =>
  answer?.ext?.offset === undefined
    ? answer
    : { ...answer, ext: { ...answer.ext, offset: String(logicOffsetOf(item, Number(answer.ext.offset))) } }

/** The first message at or after the time, in the first part that has one. */
const searchOffset: Mapped = async (queue, request, connection, broker, inner) => {
  const header = readHeader(searchOffsetHeader, request.ext)
  const parts = queue.items.filter(({ logicOffset }) => logicOffset >= 0)
  let answer: Answer = { code: ResponseCode.SUCCESS, ext: { offset: '-1' } }
  for (const [index, item] of parts.entries()) {
    const ext = writeHeader(searchOffsetHeader, { ...header, queueId: item.queueId })
    const found = await inPart(queue, item, request, connection, broker, inner, ext)
    answer = inSameNumbers(item, found)
    if (found?.code !== ResponseCode.SUCCESS || index === parts.length - 1) break
    if (Number(found.ext?.offset) < (await endOf(queue, item, broker))) break
  }
  return answer
}

async function endOf(queue: StaticQueue, item: MappingItem, broker: BrokerContext): Promise<number> {
  if (isHere(item, queue)) return broker.store.maxOffset(queue.topic, item.queueId)
  const ext = writeHeader(maxOffsetHeader, { topic: queue.topic, queueId: item.queueId, committed: true })
  const { ext: told } = await pass(broker, queue, item, RequestCode.GET_MAX_OFFSET, ext)
  return Number(told?.offset ?? 0)
}

const inPart = (
  queue: StaticQueue,
  item: MappingItem,
  request: Command,
  connection: Connection,
  broker: BrokerContext,
  inner: Handler,
  ext: ExtFields,
): Answer | Promise<Answer> =>
  isHere(item, queue) ? inner(withExt(request, ext), connection, broker) : pass(broker, queue, item, request.code, ext)

/** The end lies in the newest part that has offsets, the beginning in the oldest. */
const atEdge =
  (edge: 'first' | 'last'): Mapped =>
  async (queue, request, connection, broker, inner) => {
    const header = readHeader(edge === 'last' ? maxOffsetHeader : queueHeader, request.ext)
    const item = itemAt(queue.items, edge === 'last' ? Number.MAX_SAFE_INTEGER : 0) ?? queue.leader
    const ext = writeHeader(queueHeader, { ...header, queueId: item.queueId })
    return inSameNumbers(item, await inPart(queue, item, request, connection, broker, inner, ext))
  }

const notHere = (queue: string, brokerName: string): string =>
  `${queue} does not exit in request process of current broker ${brokerName}`
const onQueue = (handle: Mapped): Rule => ({ topic: 'topic', queueId: 'queueId', handle, stranger: notHere })
const byLetter = (handle: Mapped): Rule => ({ topic: 'b', queueId: 'e', handle, stranger: notHere })
const pulling: Rule = {
  ...onQueue(pull),
  stranger: (queue, brokerName) =>
    `${queue} cannot find mapping item in request process of current broker ${brokerName}`,
}

const rules: Readonly<Record<number, Rule>> = {
  [RequestCode.SEND_MESSAGE]: onQueue(send),
  [RequestCode.SEND_MESSAGE_V2]: byLetter(send),
  [RequestCode.SEND_BATCH_MESSAGE]: byLetter(send),
  [RequestCode.PULL_MESSAGE]: pulling,
  [RequestCode.LITE_PULL_MESSAGE]: pulling,
  [RequestCode.QUERY_CONSUMER_OFFSET]: onQueue(queryOffset),
  [RequestCode.UPDATE_CONSUMER_OFFSET]: onQueue(updateOffset),
  [RequestCode.SEARCH_OFFSET_BY_TIMESTAMP]: onQueue(searchOffset),
  [RequestCode.GET_MAX_OFFSET]: onQueue(atEdge('last')),
  [RequestCode.GET_MIN_OFFSET]: {
    ...onQueue(atEdge('first')),
    stranger: (queue, brokerName) => `${queue} is not leader in broker ${brokerName}, request code 31`,
  },
  [RequestCode.GET_EARLIEST_MSG_STORETIME]: onQueue(atEdge('first')),
}
