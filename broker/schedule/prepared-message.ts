// broker/schedule/prepared-message.ts: what a transaction's message looks like at each step: prepared and waiting, put
// again for the next check, committed, set aside; and the note that says which prepared ones are done. Only bytes and
// names: where they are stored and when is prepared.ts's business.
import { tagsCode } from '../protocol/java-hash'
import { SystemTopic } from '../protocol/names'
import { encodeProperties, Property, parseProperties, splitKeys } from '../protocol/properties'
import { encodeRecord, recordSize, type StoredRecord } from '../protocol/record'
import { withTransactionType } from '../protocol/sys-flag'
import type { Appended, NewMessage } from '../store/types'

/** All prepared messages of a broker lie in one queue, and so do the notes. */
export const preparedQueueId = 0
/** The name under which Alibaba Cloud's clients give the immunity time. */
const onsImmunityTime = 'CheckImmunityTimeInSeconds'
/** The tag of a note whose offsets are done. */
const doneTag = 'd'

/** The message as it waits for its sender's word: no consumer sees it. Delays count from the commit on. */
export function prepared(message: NewMessage, uniqueKey: string): NewMessage {
  const properties = parseProperties(message.properties)
  properties.set(Property.transactionId, uniqueKey)
  properties.set(Property.realTopic, message.topic)
  properties.set(Property.realQueueId, String(message.queueId))
  return {
    ...message,
    topic: SystemTopic.transactionHalf,
    queueId: preparedQueueId,
    sysFlag: withTransactionType(message.sysFlag, 0), // else it would be in no queue, and nobody could check it
    properties: encodeProperties(properties),
  }
}

/** The message for its real topic; undefined when the record names none. It keeps all properties but the place. */
export function committed(record: StoredRecord): NewMessage | undefined {
  const properties = parseProperties(record.properties)
  const topic = properties.get(Property.realTopic)
  const queueId = Number(properties.get(Property.realQueueId) ?? Number.NaN)
  if (topic === undefined || !Number.isInteger(queueId) || queueId < 0) return undefined
  properties.delete(Property.realTopic)
  properties.delete(Property.realQueueId)
  return {
    ...copyOf(record, properties),
    topic,
    queueId,
    sysFlag: withTransactionType(record.sysFlag, 8),
    reconsumeTimes: record.reconsumeTimes,
    preparedTransactionOffset: record.commitLogOffset,
  }
}

/** The prepared message once more, at the queue's end, asked for the `checks`th time; 0: from the beginning. */
export function checkedAgain(record: StoredRecord, checks: number): NewMessage {
  const properties = parseProperties(record.properties)
  properties.set(Property.transactionCheckTimes, String(checks))
  return { ...copyOf(record, properties), topic: SystemTopic.transactionHalf, queueId: preparedQueueId }
}

/** The prepared message once more, not asked yet: so that the queue's head does not wait for it. */
export function waitingAgain(record: StoredRecord): NewMessage {
  const properties = parseProperties(record.properties)
  if (!properties.has(Property.preparedQueueOffset)) {
    properties.set(Property.preparedQueueOffset, String(record.queueOffset))
  }
  return { ...copyOf(record, properties), topic: SystemTopic.transactionHalf, queueId: preparedQueueId }
}

/** The prepared message where people find it: asked too often, or too old. */
export const setAside = (record: StoredRecord): NewMessage => ({
  ...copyOf(record, parseProperties(record.properties)),
  topic: SystemTopic.transactionCheckMaxTime,
  queueId: 0,
  reconsumeTimes: record.reconsumeTimes,
})

const copyOf = (record: StoredRecord, properties: ReadonlyMap<string, string>): NewMessage => {
  const uniqueKey = properties.get(Property.uniqueKey)
  const keys = splitKeys(properties.get(Property.keys))
  return {
    topic: record.topic,
    queueId: record.queueId,
    flag: record.flag,
    sysFlag: record.sysFlag,
    bornTimestampMs: record.bornTimestampMs,
    bornHost: record.bornHost,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: record.body,
    properties: encodeProperties(properties),
    tagsCode: tagsCode(properties.get(Property.tags)),
    keys: uniqueKey === undefined ? keys : [uniqueKey, ...keys],
  }
}

/** What a check needs to know of a prepared message. */
export interface Waiting {
  /** Not asked before. */
  readonly dueMs: number
  /** The sender said how long it must not be asked: then the time is kept to the second. */
  readonly hasOwnTime: boolean
  readonly checks: number
}
export function waitingOf(record: StoredRecord, timeOutMs: number, intervalMs: number): Waiting {
  const properties = parseProperties(record.properties)
  const times = properties.get(Property.transactionCheckTimes)
  const checks = times === undefined ? 0 : whole(times)
  const immunityMs = immunityOf(properties)
  // a client whose clock is ahead waits from when it was stored
  const bornMs = Math.min(record.bornTimestampMs, record.storeTimestampMs)
  // what was asked before is asked at each round, however young; but a round may follow soon on a check at a time of its own
  const dueMs = checks > 0 ? record.storeTimestampMs + intervalMs / 2 : bornMs + (immunityMs ?? timeOutMs)
  return { dueMs, hasOwnTime: checks === 0 && immunityMs !== undefined, checks }
}

/** How long the sender must not be asked, by its own wish; undefined when it has none that makes sense. */
export function immunityOf(properties: ReadonlyMap<string, string>): number | undefined {
  const text = properties.get(Property.checkImmunityTimeSec) ?? properties.get(onsImmunityTime)
  const seconds = text === undefined ? -1 : whole(text)
  return seconds === -1 ? undefined : seconds * 1000
}

const whole = (text: string): number => (/^[+-]?\d{1,15}$/.test(text) ? Number(text) : -1)

/** The record as its sender knew it, with the place of its newest copy: the body of a check. */
export function checkBody(record: StoredRecord, message: NewMessage, place: Appended): Buffer {
  const properties = parseProperties(message.properties)
  const queueId = Number(properties.get(Property.realQueueId) ?? Number.NaN)
  properties.set(Property.wait, 'false') // only the copy that is asked about says so, not what is stored
  const original: NewMessage = {
    ...message,
    properties: encodeProperties(properties),
    topic: properties.get(Property.realTopic) ?? '',
    queueId: Number.isInteger(queueId) ? queueId : 0,
    reconsumeTimes: record.reconsumeTimes,
  }
  const body = Buffer.alloc(recordSize(original, record.storeHost.length))
  encodeRecord(body, 0, original, place.queueOffset, place.commitLogOffset, record.storeTimestampMs, record.storeHost)
  return body
}

/** A note that these prepared messages are done: settled, put again or set aside. */
export const doneNote = (queueOffsets: readonly number[], storeHost: Buffer, nowMs: number): NewMessage => ({
  topic: SystemTopic.transactionOp,
  queueId: preparedQueueId,
  flag: 0,
  sysFlag: 0,
  bornTimestampMs: nowMs,
  bornHost: storeHost,
  reconsumeTimes: 0,
  preparedTransactionOffset: 0,
  body: Buffer.from(`${queueOffsets.join(',')},`),
  properties: encodeProperties([
    [Property.wait, 'true'],
    [Property.tags, doneTag],
  ]),
  tagsCode: tagsCode(doneTag),
  keys: [],
})

/** The offsets of a note, of Apache's as well; none when it is no note. */
export function doneOffsets(record: StoredRecord): number[] {
  if (parseProperties(record.properties).get(Property.tags) !== doneTag) return []
  const texts = record.body.toString('utf8').split(',')
  return texts.filter((text) => /^\d{1,15}$/.test(text)).map(Number)
}
