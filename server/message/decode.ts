// server/message/decode.ts: messages as pages see them. A body is unpacked within a bound and never trusted; without
// the right to read bodies neither it nor what the sender put beside it leaves this file.
import { inflateSync } from 'node:zlib'
import { Decompress } from 'fzstd'
import lz4 from 'lz4js'
import { isSystemProperty, sysFlagWords, type WireMessage } from '../admin/records'
import type { Reading } from '../shared/desk'
import type { Known } from '../shared/known'
import type { MessageBody, MessageRow, MessageView } from '../shared/views'

const MAX_UNPACKED_BYTES = 64 * 1024 * 1024
const SHOWN_BYTES = 256 * 1024
const PREVIEW_CHARS = 160

export interface Unpacked {
  bytes: Buffer
  failed: string | null
}
/** A body that does not unpack is handed on as it is stored, with the reason. */
export const unpack = ({ compression, body }: Pick<WireMessage, 'compression' | 'body'>): Unpacked => {
  try {
    switch (compression) {
      case 'none':
        return { bytes: body, failed: null }
      case 'zlib':
        return { bytes: inflateSync(body, { maxOutputLength: MAX_UNPACKED_BYTES }), failed: null }
      case 'lz4':
        return { bytes: Buffer.from(lz4.decompress(body, MAX_UNPACKED_BYTES)), failed: null }
      case 'zstd':
        return { bytes: unpackZstd(body), failed: null }
      default:
        return { bytes: body, failed: 'compressed in a way this console does not know' }
    }
  } catch (error) {
    return { bytes: body, failed: error instanceof Error ? error.message : String(error) }
  }
}
const unpackZstd = (body: Buffer): Buffer => {
  const parts: Uint8Array[] = []
  let size = 0
  const stream = new Decompress((part) => {
    size += part.length
    if (size > MAX_UNPACKED_BYTES) throw new Error(`more than ${MAX_UNPACKED_BYTES} bytes when unpacked`)
    parts.push(part)
  })
  stream.push(body, true)
  return Buffer.concat(parts)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
export const textOf = (bytes: Buffer): string | null => {
  try {
    const text = utf8.decode(bytes)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes that no text holds tell a binary body
    return /[\u0000-\u0008\u000e-\u001a]/.test(text) ? null : text
  } catch {
    return null
  }
}

export const rowOf = (message: WireMessage, broker: string, reading: Reading): MessageRow => ({
  topic: message.topic,
  broker,
  queueId: message.queueId,
  queueOffset: message.queueOffset,
  offsetId: message.offsetId,
  uniqueId: message.uniqueId,
  storedAt: message.storedAt,
  bornAt: message.bornAt,
  bornHost: message.bornHost,
  tag: message.tag,
  keys: message.keys,
  sizeBytes: message.body.length,
  reconsumeTimes: message.reconsumeTimes,
  preview: reading.bodies ? previewOf(message) : null,
})
const previewOf = (message: WireMessage): string => {
  const { bytes } = unpack(message)
  // Cut before decoding, and drop what the cut broke: a preview costs the same for every size.
  const head = bytes.subarray(0, PREVIEW_CHARS * 4)
  const text = textOf(head) ?? textOf(head.subarray(0, wholeCharacters(head)))
  return text === null ? bytes.subarray(0, 48).toString('hex') : text.slice(0, PREVIEW_CHARS)
}
/** How many bytes from the start hold whole UTF-8 characters. */
const wholeCharacters = (bytes: Buffer): number => {
  let end = bytes.length
  for (let back = 0; back < 4 && end > 0; back++) {
    const byte = bytes[end - 1] ?? 0
    end -= 1
    if ((byte & 0xc0) !== 0x80) return byte < 0x80 ? end + 1 : end
  }
  return end
}

export const viewOf = (
  message: WireMessage,
  broker: string,
  reading: Reading,
  options: { whole: boolean; min: Known<bigint>; max: Known<bigint> },
): MessageView => {
  const system: Record<string, string> = {}
  const user: Record<string, string> = {}
  for (const [name, value] of message.properties) (isSystemProperty(name) ? system : user)[name] = value
  return {
    row: rowOf(message, broker, reading),
    body: reading.bodies ? bodyOf(message, options.whole) : null,
    systemProperties: system,
    userProperties: reading.bodies ? user : null,
    storeHost: message.storeHost,
    commitLogOffset: message.commitLogOffset,
    preparedTransactionOffset: message.preparedTransactionOffset,
    flag: message.flag,
    sysFlag: message.sysFlag,
    sysFlagWords: sysFlagWords(message.sysFlag),
    bodyCrc: message.bodyCrc,
    crcOk: message.crcOk,
    min: options.min,
    max: options.max,
  }
}
const names = { zlib: 'ZLIB', lz4: 'LZ4', zstd: 'ZSTD' } as const
const bodyOf = (message: WireMessage, whole: boolean): MessageBody => {
  const { bytes, failed } = unpack(message)
  const shown = whole ? bytes : bytes.subarray(0, SHOWN_BYTES)
  const text = textOf(shown) ?? (shown.length < bytes.length ? textOf(shown.subarray(0, wholeCharacters(shown))) : null)
  const { compression } = message
  return {
    text,
    base64: shown.toString('base64'),
    sizeBytes: bytes.length,
    shownBytes: shown.length,
    compressed: compression === undefined || compression === 'none' ? null : names[compression],
    json: text !== null && shown.length === bytes.length && isJson(text),
    failed,
  }
}
const isJson = (text: string): boolean => {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
