// broker/processor/send-request.ts: the header of a send in its two spellings, and what the broker must know of its
// properties. Read by hand rather than by table: this is done for every message.
import type { ExtFields } from '../protocol/command'
import { excerpt, ProtocolError } from '../protocol/errors'
import { wholeNumber } from '../protocol/header-table'
import { Property, parseProperties, writeProperties } from '../protocol/properties'
import type { SendCommand } from '../protocol/send-command'
import { startDeliverTime } from '../schedule/timed'

export interface SendRequest {
  topic: string
  defaultTopic: string
  defaultTopicQueueNums: number
  queueId: number
  sysFlag: number
  bornTimestampMs: number
  flag: number
  /** In the text form of protocol/properties.ts. */
  properties: string
  reconsumeTimes: number
  unitMode: boolean
  batch: boolean
  maxReconsumeTimes: number | undefined
}

/** SEND_MESSAGE. */
export const readSend = (ext: ExtFields): SendRequest => ({
  topic: ext.topic ?? '',
  defaultTopic: ext.defaultTopic ?? '',
  defaultTopicQueueNums: int(ext.defaultTopicQueueNums, 'defaultTopicQueueNums'),
  queueId: int(ext.queueId, 'queueId'),
  sysFlag: int(ext.sysFlag, 'sysFlag'),
  bornTimestampMs: long(ext.bornTimestamp, 'bornTimestamp'),
  flag: int(ext.flag, 'flag'),
  properties: ext.properties ?? '',
  reconsumeTimes: ext.reconsumeTimes === undefined ? 0 : int(ext.reconsumeTimes, 'reconsumeTimes'),
  unitMode: ext.unitMode === 'true',
  batch: ext.batch === 'true',
  maxReconsumeTimes: ext.maxReconsumeTimes === undefined ? undefined : int(ext.maxReconsumeTimes, 'maxReconsumeTimes'),
})

/** SEND_MESSAGE_V2 and SEND_BATCH_MESSAGE: the same under one letter each. */
export const readSendV2 = (ext: ExtFields): SendRequest => ({
  topic: ext.b ?? '',
  defaultTopic: ext.c ?? '',
  defaultTopicQueueNums: int(ext.d, 'd'),
  queueId: int(ext.e, 'e'),
  sysFlag: int(ext.f, 'f'),
  bornTimestampMs: long(ext.g, 'g'),
  flag: int(ext.h, 'h'),
  properties: ext.i ?? '',
  reconsumeTimes: ext.j === undefined ? 0 : int(ext.j, 'j'),
  unitMode: ext.k === 'true',
  batch: ext.m === 'true',
  maxReconsumeTimes: ext.l === undefined ? undefined : int(ext.l, 'l'),
})

/** Of a header that was walked over already. */
export const readSendCommand = (send: SendCommand): SendRequest => ({
  topic: send.topic,
  defaultTopic: send.defaultTopic,
  defaultTopicQueueNums: send.defaultTopicQueueNums,
  queueId: send.queueId,
  sysFlag: send.sysFlag,
  bornTimestampMs: send.bornTimestampMs,
  flag: send.messageFlag,
  properties: send.properties,
  reconsumeTimes: send.reconsumeTimes,
  unitMode: send.unitMode,
  batch: send.batch,
  maxReconsumeTimes: send.maxReconsumeTimes < 0 ? undefined : send.maxReconsumeTimes,
})

function int(text: string | undefined, name: string): number {
  const value = text === undefined ? undefined : wholeNumber(text)
  if (value === undefined || (value | 0) !== value) throw wrong(text, name)
  return value
}
function long(text: string | undefined, name: string): number {
  const value = text === undefined ? undefined : wholeNumber(text)
  if (value === undefined) throw wrong(text, name)
  return value
}
function level(text: string): number {
  const value = Number(text)
  if ((value | 0) !== value) throw new ProtocolError('bad-field', `the property DELAY is no number: ${excerpt(text)}`)
  return value
}
const wrong = (text: string | undefined, name: string): ProtocolError =>
  new ProtocolError(
    'bad-field',
    text === undefined
      ? `the custom field <${name}> is null`
      : `the custom field <${name}> is no number: ${excerpt(text)}`,
  )

/** What a send's properties say to the broker. */
export interface Said {
  uniqueKey: string | undefined
  tags: string | undefined
  keys: string | undefined
  waits: boolean
  /** Above 0: a delay level. */
  delayLevel: number
  isTransaction: boolean
  isTimed: boolean
  /** -1: none. The queue the message goes to, if it is of no other kind. */
  priority: number
  hasShardingKey: boolean
  /** Holds names that the broker sets itself or removes: the text cannot be stored as it came. */
  mustRewrite: boolean
}

/** The names below: a reader that does not know them must leave a message that has one of them to this one. */
export const namesThatMatter: ReadonlySet<string> = new Set([
  ...[Property.uniqueKey, Property.wait, Property.tags, Property.keys, Property.delayLevel],
  ...[Property.transactionPrepared, Property.timerDelaySec, Property.timerDelayMs, Property.timerDeliverMs],
  ...[Property.priority, startDeliverTime, Property.region, Property.traceOn, Property.cluster, Property.popCheckpoint],
])

/** One walk over the text; no map is made, and no value is cut out that nobody asks for. */
export function scanProperties(text: string): Said {
  const said: Said = {
    uniqueKey: undefined,
    tags: undefined,
    keys: undefined,
    waits: true,
    delayLevel: 0,
    isTransaction: false,
    isTimed: false,
    priority: -1,
    hasShardingKey: false,
    mustRewrite: false,
  }
  let split = text.indexOf('\u0001')
  for (let from = 0; from < text.length; ) {
    let end = text.indexOf('\u0002', from)
    if (end < 0) end = text.length
    if (split >= 0 && split < from) split = text.indexOf('\u0001', from) // as in parseProperties
    if (split > from && split < end - 1) take(said, text, from, split, end)
    else if (end > from) said.mustRewrite = true // a piece that makes no sense is not stored
    from = end + 1
  }
  return said
}

function take(said: Said, text: string, from: number, split: number, end: number): void {
  switch (text.slice(from, split)) {
    case Property.uniqueKey:
      said.uniqueKey = text.slice(split + 1, end)
      break
    case Property.wait:
      said.waits = text.slice(split + 1, end).toLowerCase() !== 'false'
      break
    case Property.tags:
      said.tags = text.slice(split + 1, end)
      break
    case Property.keys:
      said.keys = text.slice(split + 1, end)
      break
    case Property.delayLevel:
      said.delayLevel = level(text.slice(split + 1, end))
      break
    case Property.transactionPrepared:
      said.isTransaction = text.slice(split + 1, end).toLowerCase() === 'true'
      break
    case Property.priority: {
      const value = text.slice(split + 1, end)
      said.priority = /^-?\d{1,9}$/.test(value) ? Number(value) : -1
      break
    }
    case Property.shardingKey:
      said.hasShardingKey = true
      break
    case Property.timerDelaySec:
    case Property.timerDelayMs:
    case Property.timerDeliverMs:
    case startDeliverTime:
      said.isTimed = true
      break
    case Property.region:
    case Property.traceOn:
    case Property.cluster:
    case Property.popCheckpoint:
      said.mustRewrite = true
      break
    default:
  }
}

/** The text with this property, whatever it had under the name. */
export const withProperty = (text: string, name: string, value: string): string =>
  writeProperties(parseProperties(text).set(name, value))

/** The text without the names that the broker sets itself. */
export function withoutOwn(text: string): string {
  let kept = ''
  for (const [name, value] of parseProperties(text)) {
    if (!own.has(name)) kept += `${name}\u0001${value}\u0002`
  }
  return kept
}
const own: ReadonlySet<string> = new Set([Property.region, Property.traceOn, Property.cluster, Property.popCheckpoint])
