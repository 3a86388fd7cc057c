// server/admin/messages.ts: one broker asked for messages: pull, view, query, send. Records come as the bytes the
// store holds; server/message reads them.
import { RequestCode as code, ResponseCode } from '../../broker/protocol/codes'
import { writeRecallHandle } from '../../broker/protocol/recall-handle'
import { MessageSysFlag } from '../../broker/protocol/sys-flag'
import { PeerError } from '../shared/errors'
import { type Ask, bodyOf } from './ask'
import { flagOf, numberOf, objectOf, textOf } from './loose-json'
import { countRecords, storeTimeOf } from './store-time'
import type { PullAnswer, SendAnswer } from './types'

export interface PullOptions {
  group: string
  topic: string
  queueId: number
  offset: bigint
  max: number
  /** Tag expression the broker filters by, `*` for all. */
  tags?: string
  timeoutMs?: number
}
export interface QueryOptions {
  topic: string
  key: string
  max: number
  from: number
  to: number
  unique: boolean
}
export interface SendOptions {
  topic: string
  producerGroup: string
  queueId: number
  body: Buffer
  /** In the text form of properties. */
  properties: string
  sysFlag: number
  flag?: number
  bornTimestamp: number
  reconsumeTimes?: number
  /** The body holds many messages. */
  batch?: boolean
  timeoutMs?: number
}
/** A half message as its broker must be told of it. */
export interface HalfRef {
  topic: string
  producerGroup: string
  uniqueId: string
  queueOffset: bigint
  commitLogOffset: bigint
}
export interface RecallRef {
  topic: string
  brokerName: string
  /** In the slot in which the message waits. */
  deliverAt: number
  uniqueId: string
}
export interface DirectAnswer {
  result: string
  remark: string | null
  order: boolean
  autoCommit: boolean
  spentMs: number
}
export interface Messages {
  pull(address: string, options: PullOptions): Promise<PullAnswer>
  /** How many messages were pulled from there, so that a rate can leave them out. */
  readFrom(address: string): number
  /** When the first of some records was stored. */
  storedAt(records: Buffer): number | null
  /** One record by its place in the CommitLog; null when there is none. */
  view(address: string, commitLogOffset: bigint, topic?: string): Promise<Buffer | null>
  /** Records back to back; empty when nothing was found. */
  query(address: string, options: QueryOptions): Promise<Buffer>
  minOffset(address: string, topic: string, queueId: number): Promise<bigint>
  maxOffset(address: string, topic: string, queueId: number): Promise<bigint>
  earliestStoredAt(address: string, topic: string, queueId: number): Promise<number | null>
  send(address: string, options: SendOptions): Promise<SendAnswer>
  /** As its producer would that was asked. Refused by the broker when it is settled, where the broker knows that. */
  endTransaction(address: string, half: HalfRef, commit: boolean): Promise<void>
  /** What was asked about too often is asked about again, from the first time on. */
  resumeCheck(address: string, offsetId: string): Promise<void>
  recall(address: string, message: RecallRef): Promise<void>
  consumeDirectly(
    address: string,
    brokerName: string,
    group: string,
    clientId: string,
    offsetId: string,
    topic: string,
  ): Promise<DirectAnswer>
}

/** Reads by a filter of its own and without waiting: bit 4 says that the subscription is in the request. */
const PULL_WITH_SUBSCRIPTION = 4
const statuses: Readonly<Record<number, PullAnswer['status']>> = {
  [ResponseCode.SUCCESS]: 'found',
  [ResponseCode.PULL_NOT_FOUND]: 'no-new',
  [ResponseCode.PULL_RETRY_IMMEDIATELY]: 'no-match',
  [ResponseCode.PULL_OFFSET_MOVED]: 'moved',
}
const sendStatuses: Readonly<Record<number, SendAnswer['status']>> = {
  [ResponseCode.SUCCESS]: 'SEND_OK',
  [ResponseCode.FLUSH_DISK_TIMEOUT]: 'FLUSH_DISK_TIMEOUT',
  [ResponseCode.FLUSH_SLAVE_TIMEOUT]: 'FLUSH_SLAVE_TIMEOUT',
  [ResponseCode.SLAVE_NOT_AVAILABLE]: 'SLAVE_NOT_AVAILABLE',
}
const codesOf = (table: Readonly<Record<number, unknown>>): number[] => Object.keys(table).map(Number)
const longOf = (text: string | undefined): bigint => (text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : 0n)

export const openMessages = (ask: Ask): Messages => {
  const read = new Map<string, number>()
  return {
    async pull(address, { group, topic, queueId, offset, max, tags = '*', timeoutMs = 10_000 }) {
      const ext = {
        consumerGroup: group,
        topic,
        queueId: String(queueId),
        queueOffset: String(offset),
        maxMsgNums: String(max),
        sysFlag: String(PULL_WITH_SUBSCRIPTION),
        commitOffset: '0',
        suspendTimeoutMillis: '0',
        subscription: tags,
        subVersion: '0',
        expressionType: 'TAG',
      }
      const answer = await ask(address, code.PULL_MESSAGE, ext, { timeoutMs, accept: codesOf(statuses) })
      if (answer.code === ResponseCode.SUCCESS) read.set(address, (read.get(address) ?? 0) + countRecords(answer.body))
      return {
        status: statuses[answer.code] ?? 'no-new',
        records: answer.code === ResponseCode.SUCCESS ? answer.body : Buffer.alloc(0),
        next: longOf(answer.ext.nextBeginOffset),
        min: longOf(answer.ext.minOffset),
        max: longOf(answer.ext.maxOffset),
      }
    },
    readFrom: (address) => read.get(address) ?? 0,
    storedAt: storeTimeOf,
    async view(address, commitLogOffset, topic) {
      const ext = { offset: String(commitLogOffset), ...(topic === undefined ? {} : { topic }) }
      // A broker says SYSTEM_ERROR for "nothing there", as for any other fault: its remark tells them apart.
      const answer = await ask(address, code.VIEW_MESSAGE_BY_ID, ext, { accept: [ResponseCode.SYSTEM_ERROR] })
      if (answer.code === ResponseCode.SUCCESS) return answer.body
      if (/can not find message/i.test(answer.remark ?? '')) return null
      throw new PeerError('answered', address, `${address} could not read the message.`, {
        kind: 'broker-refused',
        code: answer.code,
        codeName: 'SYSTEM_ERROR',
        remark: answer.remark,
      })
    },
    async query(address, { topic, key, max, from, to, unique }) {
      const ext = {
        topic,
        key,
        maxNum: String(max),
        beginTimestamp: String(from),
        endTimestamp: String(to),
        ...(unique ? { _UNIQUE_KEY_QUERY: 'true' } : {}),
      }
      const answer = await ask(address, code.QUERY_MESSAGE, ext, {
        timeoutMs: 10_000,
        accept: [ResponseCode.QUERY_NOT_FOUND],
      })
      return answer.code === ResponseCode.SUCCESS ? answer.body : Buffer.alloc(0)
    },
    minOffset: async (address, topic, queueId) =>
      longOf((await ask(address, code.GET_MIN_OFFSET, { topic, queueId: String(queueId) })).ext.offset),
    maxOffset: async (address, topic, queueId) =>
      longOf(
        (await ask(address, code.GET_MAX_OFFSET, { topic, queueId: String(queueId), committed: 'true' })).ext.offset,
      ),
    async earliestStoredAt(address, topic, queueId) {
      const at = Number(
        longOf(
          (await ask(address, code.GET_EARLIEST_MSG_STORETIME, { topic, queueId: String(queueId) })).ext.timestamp,
        ),
      )
      return at > 0 ? at : null
    },
    async send(address, options) {
      const ext = {
        a: options.producerGroup,
        b: options.topic,
        c: 'TBW102',
        d: '4',
        e: String(options.queueId),
        f: String(options.sysFlag),
        g: String(options.bornTimestamp),
        h: String(options.flag ?? 0),
        i: options.properties,
        j: String(options.reconsumeTimes ?? 0),
        k: 'false',
        m: String(options.batch === true),
      }
      const answer = await ask(address, options.batch ? code.SEND_BATCH_MESSAGE : code.SEND_MESSAGE_V2, ext, {
        body: options.body,
        timeoutMs: options.timeoutMs ?? 10_000,
        accept: codesOf(sendStatuses),
      })
      return {
        status: sendStatuses[answer.code] ?? 'SEND_OK',
        offsetId: answer.ext.msgId ?? '',
        queueId: Number(answer.ext.queueId ?? options.queueId),
        queueOffset: longOf(answer.ext.queueOffset),
        transactionId: answer.ext.transactionId ?? null,
      }
    },
    async endTransaction(address, { topic, producerGroup, uniqueId, queueOffset, commitLogOffset }, commit) {
      await ask(address, code.END_TRANSACTION, {
        topic,
        producerGroup,
        tranStateTableOffset: String(queueOffset),
        commitLogOffset: String(commitLogOffset),
        commitOrRollback: String(commit ? MessageSysFlag.transactionCommit : MessageSysFlag.transactionRollback),
        msgId: uniqueId,
        transactionId: uniqueId,
        fromTransactionCheck: 'true',
      })
    },
    async resumeCheck(address, msgId) {
      await ask(address, code.RESUME_CHECK_HALF_MESSAGE, { topic: 'TRANS_CHECK_MAX_TIME_TOPIC', msgId })
    },
    async recall(address, { topic, brokerName, deliverAt, uniqueId }) {
      const recallHandle = writeRecallHandle({ topic, brokerName, deliverAt: String(deliverAt), uniqueKey: uniqueId })
      await ask(address, code.RECALL_MESSAGE, { producerGroup: 'CLIENT_INNER_PRODUCER', topic, recallHandle })
    },
    async consumeDirectly(address, brokerName, consumerGroup, clientId, offsetId, topic) {
      const ext = { consumerGroup, clientId, msgId: offsetId, brokerName, topic }
      const found = objectOf(
        bodyOf(address, await ask(address, code.CONSUME_MESSAGE_DIRECTLY, ext, { timeoutMs: 15_000 })),
      )
      return {
        result: textOf(found.consumeResult, 'UNKNOWN'),
        remark: typeof found.remark === 'string' ? found.remark : null,
        order: flagOf(found.order),
        autoCommit: flagOf(found.autoCommit, true),
        spentMs: numberOf(found.spentTimeMills),
      }
    },
  }
}
