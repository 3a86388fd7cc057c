// broker/protocol/header-send-reply.ts: a fast way to write the one JSON header that leaves more often than all others:
// the answer to a stored message. What is the same in every answer stands in a template, copied as a whole; the rest is
// written into it. header-json.ts says the same in another order of keys: a test holds the two against each other.
import { versionOrdinal } from './codes'
import { framePrefixBytes } from './command'

export interface SendReplyHead {
  /** The whole head of a frame without a body; undefined when it must be written the general way. */
  write(
    opaque: number,
    queueId: number,
    queueOffset: number,
    commitLogOffset: number,
    transactionId: string,
  ): Buffer | undefined
}
export interface SendReplyConstants {
  readonly region: string
  readonly traceOn: boolean
  /** Upper-case hex of the store host, with which every offset id begins. */
  readonly idPrefix: string
}

const idDigits = 16
/** A unique id has 32, or 56 from a host with IPv6; longer ones are nobody's habit. */
const maxTransactionIdBytes = 64
const beforeQueue = Buffer.from('","queueId":"')
const beforeOpaque = Buffer.from('"},"opaque":')
const closingBrace = 0x7d

/** Of a message that is as safe as its sender asked; every other outcome takes the general way. */
export function createSendReplyHead({ region, traceOn, idPrefix }: SendReplyConstants): SendReplyHead {
  const beforeId =
    `{"code":0,"flag":1,"language":"JAVA","serializeTypeCurrentRPC":"JSON","version":${versionOrdinal},` +
    `"extFields":{"MSG_REGION":${JSON.stringify(region)},"TRACE_ON":"${traceOn}","msgId":"${idPrefix}`
  const idEnd = framePrefixBytes + Buffer.byteLength(beforeId) + idDigits
  const transactionIdAt = idEnd + '","transactionId":"'.length
  const templateFor = (transactionIdBytes: number): Buffer =>
    Buffer.from(
      `${' '.repeat(framePrefixBytes)}${beforeId}${'0'.repeat(idDigits)}` +
        `","transactionId":"${' '.repeat(transactionIdBytes)}","queueOffset":"`,
    )
  /** By the length of the transaction id: in practice one or two. */
  const templates: (Buffer | undefined)[] = new Array(maxTransactionIdBytes + 1).fill(undefined)
  return {
    write(opaque, queueId, queueOffset, commitLogOffset, transactionId) {
      const idBytes = transactionId.length
      if (idBytes > maxTransactionIdBytes || opaque < 0 || queueId < 0) return undefined
      let template = templates[idBytes]
      if (template === undefined) templates[idBytes] = template = templateFor(idBytes)
      const digits = digitsOf(queueOffset) + digitsOf(queueId) + digitsOf(opaque)
      const whole = Buffer.allocUnsafe(template.length + beforeQueue.length + beforeOpaque.length + 1 + digits)
      template.copy(whole)
      writeInt32(whole, whole.length - 4, 0)
      writeInt32(whole, whole.length - framePrefixBytes, 4) // form 0, JSON, in the highest byte
      writeHex(whole, commitLogOffset, idEnd)
      if (!writePlain(whole, transactionId, transactionIdAt)) return undefined
      let at = writeDigits(whole, queueOffset, template.length)
      at = writeBytes(whole, beforeQueue, at)
      at = writeDigits(whole, queueId, at)
      at = writeBytes(whole, beforeOpaque, at)
      at = writeDigits(whole, opaque, at)
      whole[at] = closingBrace
      return whole
    },
  }
}

/** Byte by byte: for a dozen of them that is cheaper than a call out of JavaScript. */
function writeBytes(buffer: Buffer, bytes: Buffer, at: number): number {
  for (let index = 0; index < bytes.length; index++) buffer[at + index] = bytes[index] ?? 0
  return at + bytes.length
}
function writeInt32(buffer: Buffer, value: number, at: number): void {
  buffer[at] = value >> 24
  buffer[at + 1] = value >> 16
  buffer[at + 2] = value >> 8
  buffer[at + 3] = value
}

/** Upper-case hex that ends before `end`, in place of as many zeros. */
function writeHex(buffer: Buffer, value: number, end: number): void {
  let at = end
  for (let left = value; left > 0; ) {
    // the low 32 bits first: whole numbers beyond them know no shifts
    let low = left >= 0x1_0000_0000 ? (left % 0x1_0000_0000) >>> 0 : left >>> 0
    const rest = left >= 0x1_0000_0000 ? Math.floor(left / 0x1_0000_0000) : 0
    for (let digit = 0; digit < 8 && (low > 0 || rest > 0); digit++) {
      const four = low & 15
      buffer[--at] = four < 10 ? 0x30 + four : 0x37 + four
      low >>>= 4
    }
    left = rest
  }
}

/** How many decimal digits a whole number has that is not negative. */
function digitsOf(value: number): number {
  let size = 1
  for (let bound = 10; bound <= value; bound *= 10) size++
  return size
}

/** Writes them from `at` on; answers with where they end. */
function writeDigits(buffer: Buffer, value: number, at: number): number {
  const end = at + digitsOf(value)
  let left = value
  for (let digit = end - 1; digit >= at; digit--) {
    const rest = Math.floor(left / 10)
    buffer[digit] = 0x30 + (left - rest * 10) // in this order: near 2^53 the sum would be rounded
    left = rest
  }
  return end
}

/** False when something in the text must be written otherwise between quotes, or takes more than a byte. */
function writePlain(buffer: Buffer, text: string, at: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return false
    buffer[at + index] = unit
  }
  return true
}
