// broker/schedule/timed.ts: what a timed message looks like while it waits, when it is moved on, and when its time has
// come; which property says the time, and which slot of the wheel that is. Pure: it reads bytes and makes messages.
import { tagsCode } from '../protocol/java-hash'
import { SystemTopic } from '../protocol/names'
import { encodeProperties, Property, parseProperties, propertyOfBytes, splitKeys } from '../protocol/properties'
import type { StoredRecord } from '../protocol/record'
import type { NewMessage } from '../store/types'

/** Alibaba Cloud's clients say the time so, in milliseconds. */
export const startDeliverTime = '__STARTDELIVERTIME'
const timeProperties = [
  Property.timerDelaySec,
  Property.timerDelayMs,
  Property.timerDeliverMs,
  startDeliverTime,
] as const

export const isTimed = (properties: ReadonlyMap<string, string>): boolean =>
  !properties.has(Property.timerOutMs) && timeProperties.some((name) => properties.has(name))

/** A delay level wins: then these are not stored. */
export const droppedByLevel: readonly string[] = [
  Property.timerDeliverMs,
  Property.timerDelaySec,
  Property.timerDelayMs,
  startDeliverTime,
]

const javaLong = /^[+-]?\d{1,19}$/

/** When the message is wanted; NaN when its property is no number. The first of the names that is there counts. */
export function wantedAtMs(textOf: (name: string) => string | undefined, nowMs: number): number {
  const name = timeProperties.find((candidate) => textOf(candidate) !== undefined)
  const text = name === undefined ? '' : (textOf(name) ?? '')
  if (!javaLong.test(text)) return Number.NaN
  const value = Number(text)
  if (name === Property.timerDelaySec) return nowMs + value * 1000
  return name === Property.timerDelayMs ? nowMs + value : value
}

/** The slot a time falls into, as Apache floors it: a full second belongs to the slot before. */
export const slotOf = (timeMs: number, precisionMs: number): number =>
  timeMs % precisionMs === 0 ? timeMs - precisionMs : Math.floor(timeMs / precisionMs) * precisionMs

/** The message as it waits in the timer queue. */
export function held(message: NewMessage, properties: Map<string, string>, slotMs: number): NewMessage {
  properties.set(Property.timerOutMs, String(slotMs))
  properties.set(Property.realTopic, message.topic)
  properties.set(Property.realQueueId, String(message.queueId))
  return { ...message, topic: SystemTopic.timer, queueId: 0, properties: encodeProperties(properties) }
}

/** What a unit of the timer log is made of, read from the record's properties; undefined: nothing to wait for. */
export interface Waiting {
  slotMs: number
  /** Within (slotMs, slotMs + precision]. */
  dueAtMs: number
  realTopic: string
  isRecall: boolean
}
export function waitingIn(raw: Buffer, storedAtMs: number, precisionMs: number): Waiting | undefined {
  const outMs = Number(propertyOfBytes(raw, Property.timerOutMs))
  if (!Number.isSafeInteger(outMs) || outMs <= 0) return undefined
  const slotMs = Math.floor(outMs / precisionMs) * precisionMs
  // moved on: it is not known any more what its length of time was counted from
  const isMoved = propertyOfBytes(raw, Property.timerRollTimes) !== undefined
  const isRelative = [Property.timerDelaySec, Property.timerDelayMs].some(
    (name) => propertyOfBytes(raw, name) !== undefined,
  )
  const wanted = isMoved && isRelative ? Number.NaN : wantedAtMs((name) => propertyOfBytes(raw, name), storedAtMs)
  const last = slotMs + precisionMs
  return {
    slotMs,
    dueAtMs: Number.isNaN(wanted) ? last : Math.min(Math.max(wanted, slotMs + 1), last),
    realTopic: propertyOfBytes(raw, Property.realTopic) ?? '',
    isRecall: propertyOfBytes(raw, Property.timerDeleteUniqueKey) !== undefined,
  }
}

/** The message again, for the timer queue: a younger record outlives the segment of the older. */
export function movedOn(record: StoredRecord, enqueuedAtMs: number, nowMs: number): NewMessage {
  const properties = parseProperties(record.properties)
  const times = Number(properties.get(Property.timerRollTimes) ?? 0)
  properties.set(Property.timerEnqueueMs, String(enqueuedAtMs))
  properties.set(Property.timerRollTimes, String((Number.isInteger(times) ? times : 0) + 1))
  properties.set(Property.timerDequeueMs, String(nowMs))
  return again(record, properties, record.topic, record.queueId)
}

/** The message as it goes to its real topic. undefined: it names none. */
export function arrived(record: StoredRecord, enqueuedAtMs: number, nowMs: number): NewMessage | undefined {
  const properties = parseProperties(record.properties)
  const topic = properties.get(Property.realTopic)
  const queueId = Number(properties.get(Property.realQueueId))
  if (topic === undefined || !Number.isInteger(queueId)) return undefined
  properties.set(Property.timerEnqueueMs, String(enqueuedAtMs))
  properties.set(Property.timerDequeueMs, String(nowMs))
  return again(record, properties, topic, queueId)
}

function again(
  record: StoredRecord,
  properties: ReadonlyMap<string, string>,
  topic: string,
  queueId: number,
): NewMessage {
  const uniqueKey = properties.get(Property.uniqueKey)
  const keys = splitKeys(properties.get(Property.keys))
  return {
    topic,
    queueId,
    flag: record.flag,
    sysFlag: record.sysFlag,
    bornTimestampMs: record.bornTimestampMs,
    bornHost: record.bornHost,
    reconsumeTimes: record.reconsumeTimes,
    preparedTransactionOffset: 0,
    body: record.body,
    properties: encodeProperties(properties),
    tagsCode: tagsCode(properties.get(Property.tags)),
    keys: uniqueKey === undefined ? keys : [uniqueKey, ...keys],
  }
}

/** Under which text a message is recalled: by its own topic only. */
export function recallKeyOf(properties: ReadonlyMap<string, string>): string | undefined {
  const key = properties.get(Property.timerDeleteUniqueKey)
  const topic = properties.get(Property.realTopic)
  if (key === undefined || topic === undefined) return undefined
  // Apache 5.5.0 writes the key alone, 5.3 and appendTopicForTimerDeleteKey put the topic before it
  return key.startsWith(`${topic}+`) ? key : `${topic}+${key}`
}
export const keyOf = (properties: ReadonlyMap<string, string>): string =>
  `${properties.get(Property.realTopic)}+${properties.get(Property.uniqueKey)}`
