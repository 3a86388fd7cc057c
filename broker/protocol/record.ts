// broker/protocol/record.ts: one message as the commit log holds it; the same bytes are pulled, queried and replicated.
// A record says its own size, place and time. What is read here may come from a torn disk: every length is checked.
import { crc32Positive } from './crc32'
import { ProtocolError } from './errors'
import { i32, i64, layout, readLong, writeInt, writeLong } from './layout'
import { MessageSysFlag } from './sys-flag'

/** The part in front of the hosts, whose size varies. */
export const recordHead = layout({
  totalSize: i32, //       the whole record
  magic: i32, //           which version, or a blank end of a segment
  bodyCrc: i32,
  queueId: i32,
  flag: i32, //            the user's own
  queueOffset: i64,
  commitLogOffset: i64,
  sysFlag: i32,
  bornTimestampMs: i64,
})
const { at } = recordHead

/** What follows the born host, store host and fixed tail, for hosts of 8 or 20 bytes each. */
const places = (bornHostBytes: number, storeHostBytes: number) => {
  const bornHost = recordHead.size
  const storeTimestampMs = bornHost + bornHostBytes
  const storeHost = storeTimestampMs + 8
  const tail = layout(
    { reconsumeTimes: i32, preparedTransactionOffset: i64, bodyBytes: i32 },
    storeHost + storeHostBytes,
  )
  return {
    bornHost,
    bornHostBytes,
    storeTimestampMs,
    storeHost,
    storeHostBytes,
    ...tail.at,
    body: tail.at.bodyBytes + 4,
  }
}
export type RecordPlaces = ReturnType<typeof places>
const v4v4 = places(8, 8)
const v6v4 = places(20, 8)
const v4v6 = places(8, 20)
const v6v6 = places(20, 20)
/** Where the fields of a record with this sysFlag lie, from its start. */
export const placesOf = (sysFlag: number): RecordPlaces => {
  switch (sysFlag & (MessageSysFlag.bornHostV6 | MessageSysFlag.storeHostV6)) {
    case 0:
      return v4v4
    case MessageSysFlag.bornHostV6:
      return v6v4
    case MessageSysFlag.storeHostV6:
      return v4v6
    default:
      return v6v6
  }
}

export const magicV1 = -626843481
/** A topic's length in two bytes: for topics longer than 127 characters. */
export const magicV2 = -626843477
export const magicBlank = -875286124
/** The size and magic that say: the rest of this segment is blank. */
export const blankBytes = 8

/** What a record is made of, before it has a place. */
export interface RecordParts {
  topic: string
  queueId: number
  flag: number
  sysFlag: number
  bornTimestampMs: number
  /** ip (4 or 16 bytes) and port as i32. */
  bornHost: Buffer
  reconsumeTimes: number
  preparedTransactionOffset: number
  body: Buffer
  properties: Buffer
}
/** A record read back. `bornHost`, `storeHost`, `body` and `properties` are views of the buffer it was read from. */
export interface StoredRecord extends RecordParts {
  totalSize: number
  version: 1 | 2
  bodyCrc: number
  queueOffset: number
  commitLogOffset: number
  storeTimestampMs: number
  storeHost: Buffer
}

const longTopic = (topic: string): boolean => topic.length > 127
const maxPropertiesBytes = 0x7fff

/** How many bytes the record will take. Throws when topic or properties do not fit their length fields. */
export function recordSize(
  parts: Pick<RecordParts, 'topic' | 'body' | 'properties' | 'bornHost'>,
  storeHostBytes = 8,
): number {
  const topicBytes = bytesOf(parts.topic)
  const topicLengthBytes = longTopic(parts.topic) ? 2 : 1
  if (topicBytes > (topicLengthBytes === 1 ? 0x7f : 0x7fff)) {
    throw new ProtocolError('too-large', `a topic of ${topicBytes} bytes`)
  }
  if (parts.properties.length > maxPropertiesBytes) {
    throw new ProtocolError(
      'too-large',
      `properties of ${parts.properties.length} bytes, at most ${maxPropertiesBytes}`,
    )
  }
  const fixed = recordHead.size + parts.bornHost.length + 8 + storeHostBytes + 4 + 8 + 4
  return fixed + parts.body.length + topicLengthBytes + topicBytes + 2 + parts.properties.length
}

/** Writes the record at page[at, at + recordSize) and answers with its size. The place must have been checked. */
export function encodeRecord(
  page: Buffer,
  start: number,
  parts: RecordParts,
  queueOffset: number,
  commitLogOffset: number,
  storeTimestampMs: number,
  storeHost: Buffer,
): number {
  const { topic, body, properties, bornHost } = parts
  const bornV6 = bornHost.length === 20 ? MessageSysFlag.bornHostV6 : 0
  const storeV6 = storeHost.length === 20 ? MessageSysFlag.storeHostV6 : 0
  const sysFlag = (parts.sysFlag & ~(MessageSysFlag.bornHostV6 | MessageSysFlag.storeHostV6)) | bornV6 | storeV6
  const place = placesOf(sysFlag)
  const long = longTopic(topic)
  writeInt(page, long ? magicV2 : magicV1, start + at.magic)
  writeInt(page, crc32Positive(body), start + at.bodyCrc)
  writeInt(page, parts.queueId, start + at.queueId)
  writeInt(page, parts.flag, start + at.flag)
  writeLong(page, queueOffset, start + at.queueOffset)
  writeLong(page, commitLogOffset, start + at.commitLogOffset)
  writeInt(page, sysFlag, start + at.sysFlag)
  writeLong(page, parts.bornTimestampMs, start + at.bornTimestampMs)
  copyFew(bornHost, page, start + place.bornHost)
  writeLong(page, storeTimestampMs, start + place.storeTimestampMs)
  copyFew(storeHost, page, start + place.storeHost)
  writeInt(page, parts.reconsumeTimes, start + place.reconsumeTimes)
  writeLong(page, parts.preparedTransactionOffset, start + place.preparedTransactionOffset)
  writeInt(page, body.length, start + place.bodyBytes)
  page.set(body, start + place.body)
  let next = start + place.body + body.length
  const topicBytes = writeTopic(page, topic, next + (long ? 2 : 1))
  if (long) page[next++] = topicBytes >> 8
  page[next++] = topicBytes
  next += topicBytes
  page[next] = properties.length >> 8
  page[next + 1] = properties.length
  page.set(properties, next + 2) // the end of the record: a place that was too small shows itself here
  const totalSize = next + 2 + properties.length - start
  writeInt(page, totalSize, start + at.totalSize)
  return totalSize
}

/** For a dozen bytes: a loop is cheaper than a call out of JavaScript. */
function copyFew(from: Buffer, to: Buffer, place: number): void {
  for (let index = 0; index < from.length; index++) to[place + index] = from[index] ?? 0
}
/** Answers with how many bytes the topic took. */
function writeTopic(page: Buffer, topic: string, place: number): number {
  for (let index = 0; index < topic.length; index++) {
    const unit = topic.charCodeAt(index)
    if (unit > 0x7f) return page.write(topic, place, 'utf8')
    page[place + index] = unit
  }
  return topic.length
}
function bytesOf(topic: string): number {
  for (let index = 0; index < topic.length; index++) if (topic.charCodeAt(index) > 0x7f) return Buffer.byteLength(topic)
  return topic.length
}

/** Says at page[at, at + 8) that the rest of the segment, these 8 bytes included, is blank. */
export function encodeBlank(page: Buffer, start: number, restBytes: number): void {
  page.writeInt32BE(restBytes, start)
  page.writeInt32BE(magicBlank, start + 4)
}

/** Single fields of a record that is known to be whole, without reading the rest. */
export const peek = {
  totalSize: (buffer: Buffer, start: number): number => buffer.readInt32BE(start + at.totalSize),
  magic: (buffer: Buffer, start: number): number => buffer.readInt32BE(start + at.magic),
  bodyCrc: (buffer: Buffer, start: number): number => buffer.readInt32BE(start + at.bodyCrc),
  queueId: (buffer: Buffer, start: number): number => buffer.readInt32BE(start + at.queueId),
  flag: (buffer: Buffer, start: number): number => buffer.readInt32BE(start + at.flag),
  queueOffset: (buffer: Buffer, start: number): number => readLong(buffer, start + at.queueOffset),
  commitLogOffset: (buffer: Buffer, start: number): number => readLong(buffer, start + at.commitLogOffset),
  sysFlag: (buffer: Buffer, start: number): number => buffer.readInt32BE(start + at.sysFlag),
  bornTimestampMs: (buffer: Buffer, start: number): number => readLong(buffer, start + at.bornTimestampMs),
  storeTimestampMs: (buffer: Buffer, start: number): number =>
    readLong(buffer, start + placesOf(peek.sysFlag(buffer, start)).storeTimestampMs),
  reconsumeTimes: (buffer: Buffer, start: number): number =>
    buffer.readInt32BE(start + placesOf(peek.sysFlag(buffer, start)).reconsumeTimes),
  preparedTransactionOffset: (buffer: Buffer, start: number): number =>
    readLong(buffer, start + placesOf(peek.sysFlag(buffer, start)).preparedTransactionOffset),
  bodyBytes: (buffer: Buffer, start: number): number =>
    buffer.readInt32BE(start + placesOf(peek.sysFlag(buffer, start)).bodyBytes),
  topic: (buffer: Buffer, start: number): string => {
    const from = topicStart(buffer, start)
    const size = topicSizeAt(buffer, start, from)
    const lengthBytes = isV2(buffer, start) ? 2 : 1
    return buffer.toString('utf8', from + lengthBytes, from + lengthBytes + size)
  },
  /** The raw text of the properties, as a view. */
  properties: (buffer: Buffer, start: number): Buffer => {
    const from = propertiesStart(buffer, start)
    return buffer.subarray(from + 2, from + 2 + buffer.readInt16BE(from))
  },
  /** Where that text begins, and how long it is: cheaper than a view where only some of it is wanted. */
  propertiesAt: (buffer: Buffer, start: number): number => propertiesStart(buffer, start) + 2,
  propertiesBytes: (buffer: Buffer, propertiesAt: number): number => buffer.readInt16BE(propertiesAt - 2),
}
const propertiesStart = (buffer: Buffer, start: number): number => {
  const topicAt = topicStart(buffer, start)
  return isV2(buffer, start) ? topicAt + 2 + buffer.readInt16BE(topicAt) : topicAt + 1 + buffer.readInt8(topicAt)
}
const isV2 = (buffer: Buffer, start: number): boolean => peek.magic(buffer, start) === magicV2
const topicStart = (buffer: Buffer, start: number): number => {
  const place = placesOf(peek.sysFlag(buffer, start))
  return start + place.body + buffer.readInt32BE(start + place.bodyBytes)
}
const topicSizeAt = (buffer: Buffer, start: number, from: number): number =>
  isV2(buffer, start) ? buffer.readInt16BE(from) : buffer.readInt8(from)

/**
 * Records that lie one behind the other in some buffers, each by itself, as views. Where one that is damaged names a size that
 * cannot be, it is one piece with all that lies behind it in its buffer: `areWhole` tells.
 */
export function piecesOf(records: readonly Buffer[]): Buffer[] {
  const pieces: Buffer[] = []
  for (const buffer of records) {
    for (let at = 0; at < buffer.length; ) {
      const size = sizeIn(buffer, at)
      pieces.push(buffer.subarray(at, at + size))
      at += size
    }
  }
  return pieces
}
/** Whether each piece is as long as it says. */
export const areWhole = (pieces: readonly Buffer[]): boolean =>
  pieces.every((piece) => piece.length >= minRecordBytes && peek.totalSize(piece, 0) === piece.length)

function sizeIn(buffer: Buffer, start: number): number {
  const left = buffer.length - start
  const size = left < minRecordBytes ? 0 : peek.totalSize(buffer, start)
  return size < minRecordBytes || size > left ? left : size
}

/** The smallest record there can be: no body, no topic, no properties. */
export const minRecordBytes = v4v4.body + 1 + 2

/** Reads the record at buffer[start...]. Throws a ProtocolError when it is not a whole one or contradicts itself. */
export function decodeRecord(buffer: Buffer, start = 0): StoredRecord {
  const left = buffer.length - start
  if (left < minRecordBytes) throw bad('truncated', `${left} bytes, a record takes at least ${minRecordBytes}`)
  const totalSize = peek.totalSize(buffer, start)
  if (totalSize > left) throw bad('truncated', `${left} bytes of a record of ${totalSize}`)
  const magic = peek.magic(buffer, start)
  if (magic !== magicV1 && magic !== magicV2) throw bad('bad-record', `magic ${(magic >>> 0).toString(16)}`)
  const end = start + totalSize
  const sysFlag = peek.sysFlag(buffer, start)
  const place = placesOf(sysFlag)
  const topicLengthBytes = magic === magicV2 ? 2 : 1
  if (totalSize < place.body + topicLengthBytes + 2) throw bad('bad-record', `a total size of ${totalSize}`)
  const bodyBytes = buffer.readInt32BE(start + place.bodyBytes)
  const bodyAt = start + place.body
  if (bodyBytes < 0 || bodyBytes > end - bodyAt - topicLengthBytes - 2) {
    throw bad('bad-record', `a body of ${bodyBytes} bytes in a record of ${totalSize}`)
  }
  const topicAt = bodyAt + bodyBytes + topicLengthBytes
  const topicBytes = topicSizeAt(buffer, start, topicAt - topicLengthBytes)
  if (topicBytes < 0 || topicBytes > end - topicAt - 2) {
    throw bad('bad-record', `a topic of ${topicBytes} bytes in a record of ${totalSize}`)
  }
  const propertiesAt = topicAt + topicBytes + 2
  const propertiesBytes = buffer.readInt16BE(propertiesAt - 2)
  if (propertiesBytes < 0 || propertiesAt + propertiesBytes !== end) {
    throw bad('bad-record', `properties of ${propertiesBytes} bytes do not end a record of ${totalSize}`)
  }
  return {
    totalSize,
    version: magic === magicV2 ? 2 : 1,
    bodyCrc: buffer.readInt32BE(start + at.bodyCrc),
    queueId: buffer.readInt32BE(start + at.queueId),
    flag: buffer.readInt32BE(start + at.flag),
    queueOffset: readLong(buffer, start + at.queueOffset),
    commitLogOffset: readLong(buffer, start + at.commitLogOffset),
    sysFlag,
    bornTimestampMs: readLong(buffer, start + at.bornTimestampMs),
    bornHost: buffer.subarray(start + place.bornHost, start + place.storeTimestampMs),
    storeTimestampMs: readLong(buffer, start + place.storeTimestampMs),
    storeHost: buffer.subarray(start + place.storeHost, start + place.reconsumeTimes),
    reconsumeTimes: buffer.readInt32BE(start + place.reconsumeTimes),
    preparedTransactionOffset: readLong(buffer, start + place.preparedTransactionOffset),
    body: buffer.subarray(bodyAt, bodyAt + bodyBytes),
    topic: buffer.toString('utf8', topicAt, topicAt + topicBytes),
    properties: buffer.subarray(propertiesAt, end),
  }
}
const bad = (fault: 'truncated' | 'bad-record', text: string): ProtocolError =>
  new ProtocolError(fault, `no record: ${text}`)

/** Records back to back, as a pull's body holds them. */
export function decodeRecords(body: Buffer): StoredRecord[] {
  const records: StoredRecord[] = []
  for (let next = 0; next < body.length; ) {
    const record = decodeRecord(body, next)
    records.push(record)
    next += record.totalSize
  }
  return records
}

/** What lies at a place of a segment: a record, the blank end of the segment, nothing, or something broken. */
export type Checked =
  | { kind: 'record'; record: StoredRecord }
  | { kind: 'blank'; restBytes: number }
  /** Zeros or any other magic: what was written ends here. */
  | { kind: 'end' }
  /** More bytes are needed to say: the record's size when it is known. */
  | { kind: 'short'; neededBytes: number }
  | { kind: 'broken'; why: string }

/** Looks at buffer[start...] as recovery does. `withCrc` also sums up the body; `expectedOffset` is the record's place. */
export function checkRecord(
  buffer: Buffer,
  start: number,
  options: { withCrc: boolean; expectedOffset?: number },
): Checked {
  const left = buffer.length - start
  if (left < blankBytes) return { kind: 'short', neededBytes: blankBytes }
  const magic = peek.magic(buffer, start)
  const totalSize = peek.totalSize(buffer, start)
  if (magic === magicBlank) return { kind: 'blank', restBytes: totalSize }
  if (magic !== magicV1 && magic !== magicV2) return { kind: 'end' }
  if (totalSize < minRecordBytes) return { kind: 'broken', why: `a total size of ${totalSize}` }
  if (totalSize > left) return { kind: 'short', neededBytes: totalSize }
  let record: StoredRecord
  try {
    record = decodeRecord(buffer, start)
  } catch (error) {
    if (error instanceof ProtocolError) return { kind: 'broken', why: error.message }
    throw error
  }
  if (options.expectedOffset !== undefined && record.commitLogOffset !== options.expectedOffset) {
    return { kind: 'broken', why: `a record for ${record.commitLogOffset} lies at ${options.expectedOffset}` }
  }
  if (options.withCrc && crc32Positive(record.body) !== record.bodyCrc) {
    return { kind: 'broken', why: `the body does not match its checksum ${record.bodyCrc}` }
  }
  return { kind: 'record', record }
}
