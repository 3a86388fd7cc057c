// broker/processor/transaction.ts: END_TRANSACTION, a producer's word on what it sent as prepared, and
// RESUME_CHECK_HALF_MESSAGE, an operator's wish to have one asked for again. Nothing of a request is believed: offsets,
// group and kind of the record are looked at before anything is stored. Order of checks and texts are Apache's.
import type { Guard } from '../auth'
import type { Connection, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command } from '../protocol/command'
import { endTransactionHeader, type HeaderOf, readHeader, resumeCheckHalfMessageHeader } from '../protocol/headers'
import { parseOffsetId } from '../protocol/message-id'
import { SystemTopic } from '../protocol/names'
import { Property, parseProperties } from '../protocol/properties'
import { decodeRecord, type StoredRecord } from '../protocol/record'
import { MessageSysFlag } from '../protocol/sys-flag'
import { delayed } from '../schedule/delayed'
import { committed } from '../schedule/prepared-message'
import type { NewMessage } from '../store/types'
import type { Answer, BrokerContext, Handler, HandlerTable } from './context'
import { putReplyCodes, replyFor } from './reply-for'
import { type Placed, placeTimed, withoutTimes } from './timed'

type EndTransaction = HeaderOf<typeof endTransactionHeader>

const fail = (remark: string): Reply => ({ code: ResponseCode.SYSTEM_ERROR, remark })

/** Whether the sender of a request may do that to messages of this topic; undefined: yes. */
type May = (topic: string, request: Command, connection: Connection) => Reply | undefined
const everybodyMay: May = () => undefined

const endWith =
  (may: May): Handler =>
  async (request, connection, broker) => {
    if (broker.settings.brokerRole === 'SLAVE') return { code: ResponseCode.SLAVE_NOT_AVAILABLE }
    const asked = readHeader(endTransactionHeader, request.ext)
    const isCommit = asked.commitOrRollback === MessageSysFlag.transactionCommit
    // not known yet: it will be asked
    if (!isCommit && asked.commitOrRollback !== MessageSysFlag.transactionRollback) return undefined
    const record = await broker.prepared.at(asked.commitLogOffset)
    if (record === undefined) return fail('Find prepared transaction message failed')
    const message = committed(record)
    const refusal = may(message?.topic ?? record.topic, request, connection) ?? refusalOf(record, asked, broker)
    if (refusal !== undefined) return refusal
    const waitsAs = await broker.prepared.waitsAs(record)
    if (waitsAs === undefined || (waitsAs !== 'set-aside' && !broker.prepared.isWaiting(waitsAs))) {
      return fail('The transaction has ended before')
    }
    if (isCommit && message === undefined) return fail('The prepared message names no topic to go to')
    return finish(isCommit ? message : undefined, waitsAs, broker, (reply) => connection.reply(request, reply))
  }

function refusalOf(record: StoredRecord, asked: EndTransaction, broker: BrokerContext): Reply | undefined {
  const properties = parseProperties(record.properties)
  const immunity = properties.get(Property.checkImmunityTimeSec)
  if (immunity !== undefined && !asked.fromTransactionCheck) {
    // from here on only the answer to a check counts
    const seconds = /^[+-]?\d{1,15}$/.test(immunity) ? Number(immunity) : 0
    const immunityMs = Math.max(seconds * 1000, broker.settings.transactionTimeOut)
    if (broker.clock() - record.bornTimestampMs > immunityMs) return { code: ResponseCode.ILLEGAL_OPERATION }
  }
  if (properties.get(Property.producerGroup) !== asked.producerGroup) return fail('The producer group wrong')
  if (record.queueOffset !== asked.tranStateTableOffset) return fail('The transaction state table offset wrong')
  return record.commitLogOffset === asked.commitLogOffset ? undefined : fail('The commit log offset wrong')
}

/** Stores the message, if it is to be delivered, and that it is settled, in one write; answers once both are safe. */
function finish(
  message: NewMessage | undefined,
  waitsAs: number | 'set-aside',
  broker: BrokerContext,
  answer: (reply: Reply) => void,
): Answer {
  const { store, counters, clock, settings, prepared } = broker
  const placed = message === undefined ? undefined : withDelay(message, broker)
  if (placed !== undefined && 'code' in placed) return placed
  const ready = placed?.message
  try {
    if (ready !== undefined) {
      const { commitLogOffset, sizeBytes, storeTimestampMs } = store.append(ready, true)
      store.whenSafe(commitLogOffset + sizeBytes, true, (status) => {
        counters.put(ready.topic, ready.queueId, 1, sizeBytes, clock() - storeTimestampMs)
        // stored is committed, however many copies there are
        answer({ code: status === 'failed' ? putReplyCodes.failed : ResponseCode.SUCCESS })
      })
    }
  } catch (error) {
    if (ready !== undefined) counters.putFailed(ready.topic)
    return replyFor(error, settings.maxMessageSize)
  }
  if (waitsAs !== 'set-aside') prepared.settle(waitsAs)
  return ready === undefined ? { code: ResponseCode.SUCCESS } : undefined
}

/** A message that is both: its delay begins with the commit; a time that is over by then does not hold it up. */
function withDelay(message: NewMessage, broker: BrokerContext): Placed {
  const level = Number(parseProperties(message.properties).get(Property.delayLevel) ?? 0)
  if (!Number.isInteger(level) || level <= 0) return placeTimed(broker, message)
  return { message: delayed(withoutTimes(message), level, broker.delays) }
}

const resumable: ReadonlySet<string> = new Set([SystemTopic.transactionCheckMaxTime, SystemTopic.transactionHalf])

const resumeWith =
  (may: May): Handler =>
  async (request, connection, broker) => {
    const { msgId } = readHeader(resumeCheckHalfMessageHeader, request.ext)
    const failed = fail('Exception was thrown when putting message back to RMQ_SYS_TRANS_HALF_TOPIC.')
    const record = await recordOf(msgId, broker)
    if (record === undefined || !resumable.has(record.topic) || committed(record) === undefined) return failed
    const refusal = may(committed(record)?.topic ?? record.topic, request, connection)
    if (refusal !== undefined) return refusal
    if (!(await broker.prepared.liesInQueue(record))) return failed
    // what still waits is asked for as it is
    if (record.topic === SystemTopic.transactionHalf && (await broker.prepared.waitsAs(record)) !== undefined) {
      return { code: ResponseCode.SUCCESS }
    }
    try {
      const { commitLogOffset, sizeBytes } = broker.prepared.resume(record)
      broker.store.whenSafe(commitLogOffset + sizeBytes, true, (status) => {
        connection.reply(request, { code: putReplyCodes[status] })
      })
      return undefined
    } catch (error) {
      replyFor(error, broker.settings.maxMessageSize) // anything but a fault of the store is thrown on
      return fail('Put message back to RMQ_SYS_TRANS_HALF_TOPIC failed.')
    }
  }

async function recordOf(msgId: string | undefined, { store }: BrokerContext): Promise<StoredRecord | undefined> {
  try {
    const bytes = await store.recordAt(parseOffsetId(msgId ?? '').commitLogOffset)
    return bytes === undefined ? undefined : decodeRecord(bytes)
  } catch {
    return undefined // no id
  }
}

export const transactionHandlers: HandlerTable = {
  [RequestCode.END_TRANSACTION]: endWith(everybodyMay),
  [RequestCode.RESUME_CHECK_HALF_MESSAGE]: resumeWith(everybodyMay),
}

/**
 * The same where access control is on: what counts is the topic of the message that is ended, whatever the request names.
 * Clients before 5.x name none, and Apache then asks for no right.
 */
export const guardedTransactionHandlers = (guard: Guard): HandlerTable => {
  const mayWith =
    (action: 'Pub' | 'Update'): May =>
    (topic, request, { remoteAddress }) =>
      request.ext.topic === topic // the guard asked about that one already
        ? undefined
        : guard.check(request, remoteAddress, [{ kind: 'Topic', name: topic, actions: [action] }])
  return {
    [RequestCode.END_TRANSACTION]: endWith(mayWith('Pub')),
    [RequestCode.RESUME_CHECK_HALF_MESSAGE]: resumeWith(mayWith('Update')),
  }
}
