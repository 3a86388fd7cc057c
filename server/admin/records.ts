// server/admin/records.ts: stored records to messages, and the ids that find them. Offsets keep all their 64 bits.
import { crc32Positive } from '../../broker/protocol/crc32'
import { encodeHost, hostText } from '../../broker/protocol/host'
import { createOffsetId, openUniqueKeys, parseOffsetId, type UniqueKeys } from '../../broker/protocol/message-id'
import { encodeProperties, Property, parseProperties, splitKeys } from '../../broker/protocol/properties'
import { decodeRecord, minRecordBytes, peek, recordHead } from '../../broker/protocol/record'
import { type Compression, compressionOf, MessageSysFlag, transactionType } from '../../broker/protocol/sys-flag'

export { encodeBatch } from '../../broker/protocol/batch'
export { Property }
export interface WireMessage {
  topic: string
  queueId: number
  queueOffset: bigint
  commitLogOffset: bigint
  preparedTransactionOffset: bigint
  offsetId: string
  uniqueId: string | null
  storedAt: number
  bornAt: number
  storeHost: string
  bornHost: string
  flag: number
  sysFlag: number
  reconsumeTimes: number
  bodyCrc: number
  crcOk: boolean
  compression: Compression | undefined
  /** As stored. */
  body: Buffer
  properties: Map<string, string>
  tag: string | null
  keys: string[]
}

/** All records of an answer. A piece that is no whole record ends it: what was read stands. */
export const messagesOf = (records: Buffer): WireMessage[] => [...eachMessage(records, () => true)]
/** May a record's bytes `[from, to)` be what is looked for? It is read only then. */
export type Glance = (records: Buffer, from: number, to: number) => boolean
/** One after the other, each made when it is asked for. */
export function* eachMessage(records: Buffer, glance: Glance): Generator<WireMessage> {
  for (let next = 0; next + minRecordBytes <= records.length; ) {
    const size = peek.totalSize(records, next)
    if (size < minRecordBytes || next + size > records.length) return
    if (glance(records, next, next + size)) {
      let message: WireMessage
      try {
        message = messageAt(records, next).message
      } catch {
        return
      }
      yield message
    }
    next += size
  }
}
/** A record's body is stored compressed. */
export const isCompressedAt = (records: Buffer, from: number): boolean =>
  compressionOf(peek.sysFlag(records, from)) !== 'none'
const messageAt = (records: Buffer, start: number): { message: WireMessage; size: number } => {
  const record = decodeRecord(records, start)
  const properties = parseProperties(record.properties)
  const long = (field: 'queueOffset' | 'commitLogOffset'): bigint =>
    records.readBigInt64BE(start + recordHead.at[field])
  const tag = properties.get(Property.tags)
  return {
    size: record.totalSize,
    message: {
      topic: record.topic,
      queueId: record.queueId,
      queueOffset: long('queueOffset'),
      commitLogOffset: long('commitLogOffset'),
      preparedTransactionOffset: BigInt(record.preparedTransactionOffset),
      offsetId: createOffsetId(record.storeHost, record.commitLogOffset),
      uniqueId: properties.get(Property.uniqueKey) ?? null,
      storedAt: record.storeTimestampMs,
      bornAt: record.bornTimestampMs,
      storeHost: hostText(record.storeHost),
      bornHost: hostText(record.bornHost),
      flag: record.flag,
      sysFlag: record.sysFlag,
      reconsumeTimes: record.reconsumeTimes,
      bodyCrc: record.bodyCrc,
      crcOk: crc32Positive(record.body) === record.bodyCrc,
      compression: compressionOf(record.sysFlag),
      body: record.body,
      properties,
      tag: tag === undefined ? null : tag,
      keys: splitKeys(properties.get(Property.keys)),
    },
  }
}
export const sysFlagWords = (sysFlag: number): string[] => {
  const words: string[] = []
  const compression = compressionOf(sysFlag)
  if (compression !== 'none') words.push(`compressed ${compression ?? 'unknown'}`)
  if (sysFlag & MessageSysFlag.multiTags) words.push('multi tags')
  const transaction = { 0: null, 4: 'half message', 8: 'committed', 12: 'rolled back' }[transactionType(sysFlag)]
  if (transaction !== null) words.push(transaction)
  if (sysFlag & MessageSysFlag.bornHostV6) words.push('born host IPv6')
  if (sysFlag & MessageSysFlag.storeHostV6) words.push('store host IPv6')
  if (sysFlag & MessageSysFlag.needUnwrap) words.push('batch to unwrap')
  if (sysFlag & MessageSysFlag.innerBatch) words.push('inner batch')
  return words
}

const systemNames: ReadonlySet<string> = new Set(Object.values(Property))
export const isSystemProperty = (name: string): boolean => systemNames.has(name) || name.startsWith('__RMQ.')

/** Null: no id of that form. A unique id has the same length and reads as one: only a look-up tells. */
export const offsetIdOf = (text: string): { address: string; commitLogOffset: bigint } | null => {
  try {
    const { storeAddress } = parseOffsetId(text)
    return { address: storeAddress, commitLogOffset: BigInt(`0x${text.slice(-16)}`) }
  } catch {
    return null // no hex of that length
  }
}
export const propertiesText = (pairs: Iterable<readonly [string, string | undefined]>): string =>
  encodeProperties(pairs).toString('utf8')
/** Makes the ids that producers give their messages. */
export const openMessageIds = (now: () => number): UniqueKeys =>
  openUniqueKeys(encodeHost('127.0.0.1', 0).subarray(0, 4), now)
