// broker/protocol/header-send-reply.ts: a fast way to write the one header that leaves more often than all others: the
// answer to a stored message. What is the same in every answer stands in a template, copied as a whole; the rest is
// written into it. The general writers say the same in another order of keys: a test holds them against each other.
import { Language, versionOrdinal } from './codes'
import { framePrefixBytes, type HeaderForm, replyFlag } from './command'
import { i16, i32, layout, u8, writeInt } from './layout'
import { entryName, letters, writeBytes, writeDigits, writeHex16, writeNumberEntry, writePlain } from './plain-bytes'

export interface SendReplyHead {
  /**
   * Writes the whole head of a frame without a body to `into` from `at` on and answers with its size; 0 when it must be
   * written the general way. The place must have room for `maxSendReplyBytes`.
   */
  write(
    into: Buffer,
    at: number,
    form: HeaderForm,
    opaque: number,
    queueId: number,
    queueOffset: number,
    commitLogOffset: number,
    transactionId: string,
  ): number
}
export interface SendReplyConstants {
  readonly region: string
  readonly traceOn: boolean
  /** Upper-case hex of the store host, with which every offset id begins. */
  readonly idPrefix: string
}
export const maxSendReplyBytes = 1024

const idDigits = 16
/** A unique id has 32, or 56 from a host with IPv6; longer ones are nobody's habit. */
const maxTransactionIdBytes = 64
/** Three numbers of at most 16 digits, and what stands between and behind them. */
const maxTailBytes = 100

/** The same in all answers of one form whose transaction ids are of one length. */
interface Template {
  readonly bytes: Buffer
  /** Where the digits of the message's id end, and where the transaction id begins. */
  readonly idEnd: number
  readonly transactionIdAt: number
}

/** Of a message that is as safe as its sender asked; every other outcome takes the general way. */
export function createSendReplyHead(constants: SendReplyConstants): SendReplyHead {
  /** By the length of the transaction id: in practice one or two. */
  const json = new Array<Template | undefined>(maxTransactionIdBytes + 1).fill(undefined)
  const binary = new Array<Template | undefined>(maxTransactionIdBytes + 1).fill(undefined)
  return {
    write(into, at, form, opaque, queueId, queueOffset, commitLogOffset, transactionId) {
      const idBytes = transactionId.length
      if (idBytes === 0 || idBytes > maxTransactionIdBytes || opaque < 0 || queueId < 0) return 0
      const templates = form === 0 ? json : binary
      let template = templates[idBytes]
      if (template === undefined) {
        template = form === 0 ? jsonTemplate(constants, idBytes) : binaryTemplate(constants, idBytes)
        templates[idBytes] = template
      }
      if (template.bytes.length + maxTailBytes > maxSendReplyBytes) return 0
      into.set(template.bytes, at)
      writeHex16(into, commitLogOffset, at + template.idEnd - idDigits)
      if (!writePlain(into, transactionId, at + template.transactionIdAt)) return 0
      const tailAt = at + template.bytes.length
      const end =
        form === 0
          ? jsonTail(into, tailAt, opaque, queueId, queueOffset)
          : binaryTail(into, at, tailAt, opaque, queueId, queueOffset)
      const headBytes = end - at
      writeInt(into, headBytes - 4, at)
      writeInt(into, (form << 24) | (headBytes - framePrefixBytes), at + 4)
      return headBytes
    },
  }
}

const beforeQueue = letters('","queueId":"')
const beforeOpaque = letters('"},"opaque":')
const closingBrace = 0x7d

function jsonTemplate({ region, traceOn, idPrefix }: SendReplyConstants, idBytes: number): Template {
  const beforeId =
    `${' '.repeat(framePrefixBytes)}{"code":0,"flag":1,"language":"JAVA","serializeTypeCurrentRPC":"JSON",` +
    `"version":${versionOrdinal},"extFields":{"MSG_REGION":${JSON.stringify(region)},"TRACE_ON":"${traceOn}",` +
    `"msgId":"${idPrefix}`
  const betweenIds = '","transactionId":"'
  const idEnd = Buffer.byteLength(beforeId) + idDigits
  const bytes = Buffer.from(`${beforeId}${'0'.repeat(idDigits)}${betweenIds}${' '.repeat(idBytes)}","queueOffset":"`)
  return { bytes, idEnd, transactionIdAt: idEnd + betweenIds.length }
}

function jsonTail(into: Buffer, from: number, opaque: number, queueId: number, queueOffset: number): number {
  let at = writeDigits(into, queueOffset, from)
  at = writeBytes(into, beforeQueue, at)
  at = writeDigits(into, queueId, at)
  at = writeBytes(into, beforeOpaque, at)
  at = writeDigits(into, opaque, at)
  into[at] = closingBrace
  return at + 1
}

const head = layout({ code: i16, language: u8, version: i16, opaque: i32, flag: i32, remarkBytes: i32, extBytes: i32 })
const opaqueAt = framePrefixBytes + head.at.opaque
const extBytesAt = framePrefixBytes + head.at.extBytes
const queueOffsetName = entryName('queueOffset')
const queueIdName = entryName('queueId')

function binaryTemplate({ region, traceOn, idPrefix }: SendReplyConstants, idBytes: number): Template {
  const fixed = Buffer.alloc(framePrefixBytes + head.size)
  fixed.writeUInt8(Language.JAVA, framePrefixBytes + head.at.language)
  fixed.writeInt16BE(versionOrdinal, framePrefixBytes + head.at.version)
  fixed.writeInt32BE(replyFlag, framePrefixBytes + head.at.flag)
  const toId = Buffer.concat([
    ...[fixed, entry('MSG_REGION', region), entry('TRACE_ON', String(traceOn))],
    entry('msgId', idPrefix + '0'.repeat(idDigits)),
  ])
  const bytes = Buffer.concat([toId, entry('transactionId', ' '.repeat(idBytes))])
  return { bytes, idEnd: toId.length, transactionIdAt: bytes.length - idBytes }
}
function entry(name: string, value: string): Buffer {
  if (value === '') return Buffer.alloc(0)
  const entryBytes = Buffer.alloc(6 + name.length + Buffer.byteLength(value))
  entryBytes.writeInt16BE(name.length, 0)
  entryBytes.write(name, 2)
  entryBytes.writeInt32BE(entryBytes.length - 6 - name.length, 2 + name.length)
  entryBytes.write(value, 6 + name.length)
  return entryBytes
}

function binaryTail(
  into: Buffer,
  start: number,
  from: number,
  opaque: number,
  queueId: number,
  queueOffset: number,
): number {
  let at = writeNumberEntry(into, queueOffsetName, queueOffset, from)
  at = writeNumberEntry(into, queueIdName, queueId, at)
  writeInt(into, opaque, start + opaqueAt)
  writeInt(into, at - start - framePrefixBytes - head.size, start + extBytesAt)
  return at
}
