// server/message/decode.ts: messages as pages see them. A body is unpacked within a bound and never trusted; without
// the right to read bodies neither it nor what the sender put beside it leaves this file.
import { isSystemProperty, Property, sysFlagWords, type WireMessage } from '../admin/records'
import type { BodyType } from '../shared/body-types'
import type { Reading } from '../shared/desk'
import type { Known } from '../shared/known'
import { HIDDEN, type MaskRule } from '../shared/masks'
import type { ExportedMessage, MessageBody, MessageRow, MessageView } from '../shared/views'
import type { BodyDecoder } from './body/open'
import { maskBody, maskDecoded, maskProperties, masksBody, rulesFor } from './mask'
import { SEARCHED_BYTES, unpack, unpackHead } from './unpack'

const SHOWN_BYTES = 256 * 1024
const PREVIEW_CHARS = 160

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
  preview: reading.bodies ? previewOf(message, reading) : null,
})
/** For a file: whoever may not read bodies gets none. */
export const exportedOf = (message: WireMessage, broker: string, reading: Reading): ExportedMessage => {
  const { preview: _, ...row } = rowOf(message, broker, { bodies: false })
  const { bytes } = shownBody(message, reading, SEARCHED_BYTES)
  const text = textOf(bytes)
  const properties = Object.fromEntries([...message.properties].filter(([name]) => !isSystemProperty(name)))
  return {
    ...row,
    properties: maskProperties(properties, rulesOf(message, reading), reading.masks?.digest ?? String),
    body: text ?? bytes.toString('base64'),
    bodyAs: text === null ? 'base64' : 'text',
  }
}
const previewOf = (message: WireMessage, reading: Reading): string => {
  // Unpacked only so far, and what the cut broke is dropped: a preview costs the same for every size. Only what is masked
  // must be looked at whole.
  const rules = rulesOf(message, reading)
  const bytes = masksBody(rules) ? shownBody(message, reading).bytes : unpackHead(message, PREVIEW_CHARS * 4)
  const head = bytes.subarray(0, PREVIEW_CHARS * 4)
  const text = textOf(head) ?? textOf(head.subarray(0, wholeCharacters(head)))
  return text === null ? head.subarray(0, 48).toString('hex') : text.slice(0, PREVIEW_CHARS)
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
  options: { whole: boolean; min: Known<bigint>; max: Known<bigint>; typed?: Typed | null },
): MessageView => {
  const system: Record<string, string> = {}
  const user: Record<string, string> = {}
  for (const [name, value] of message.properties) (isSystemProperty(name) ? system : user)[name] = value
  const rules = rulesOf(message, reading)
  return {
    row: rowOf(message, broker, reading),
    body: reading.bodies ? bodyOf(message, reading, options.whole, options.typed ?? null) : null,
    bodyTopic: bodyTopicOf(message),
    masked: reading.bodies && rules.length > 0,
    systemProperties: system,
    userProperties: reading.bodies ? maskProperties(user, rules, reading.masks?.digest ?? String) : null,
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
/** A message that is retried, dead or waiting is what it was under its own topic. */
export const bodyTopicOf = ({ topic, properties }: WireMessage): string =>
  properties.get(Property.dlqOriginTopic) ??
  properties.get(Property.retryTopic) ??
  properties.get(Property.realTopic) ??
  topic
const names = { zlib: 'ZLIB', lz4: 'LZ4', zstd: 'ZSTD' } as const
const rulesOf = (message: WireMessage, { masks }: Reading): readonly MaskRule[] => rulesFor(masks?.rules ?? [], message)
/** The body with what is masked hidden in it; one that did not unpack cannot be looked at, and is hidden whole. */
const shownBody = (
  message: WireMessage,
  reading: Reading,
  mostBytes?: number,
): { bytes: Buffer; failed: string | null } => {
  const { bytes, failed } = unpack(message, mostBytes)
  const rules = rulesOf(message, reading)
  if (!masksBody(rules)) return { bytes, failed }
  if (failed !== null) return { bytes: Buffer.from(HIDDEN), failed }
  return { bytes: maskBody(bytes, rules, reading.masks?.digest ?? String), failed }
}
/** What the bodies of its topic are, and who reads them. */
export interface Typed {
  type: BodyType
  decoder: BodyDecoder
}
/** Masked as a JSON body is; what may not be shown at all is not decoded either. */
const decodedOf = (message: WireMessage, reading: Reading, typed: Typed | null): MessageBody['decoded'] => {
  if (typed === null) return null
  const rules = rulesOf(message, reading)
  if (rules.some(({ part }) => part === 'body')) return null
  const { bytes, failed } = unpack(message)
  if (failed !== null) return null // it is said beside the body
  const decoded = typed.decoder.decode(bytes, typed.type)
  if (decoded.json === null || !masksBody(rules)) return decoded
  return { ...decoded, json: maskDecoded(decoded.json, rules, reading.masks?.digest ?? String) }
}
const bodyOf = (message: WireMessage, reading: Reading, whole: boolean, typed: Typed | null): MessageBody => {
  const { bytes, failed } = shownBody(message, reading)
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
    decoded: decodedOf(message, reading, typed),
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
