// broker/protocol/header-send-json.ts: a fast way to read the one JSON header that arrives more often than all others: a
// send in its one-letter spelling (310, 320), as the stock Java client writes it. Whatever is not spelled so, be it by one
// space, is left to header-json.ts, which this may never contradict: a test holds the two against each other.
import { letters } from './plain-bytes'
import { type ReadFields, SendCommand, wholeNumber } from './send-command'

const start310 = letters('{"code":310,"extFields":{')
const start320 = letters('{"code":320,"extFields":{')
const beforeFlag = letters(',"flag":')
const beforeOpaque = letters(',"language":"JAVA","opaque":')
const beforeVersion = letters(',"serializeTypeCurrentRPC":"JSON","version":')

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const backslash = 0x5c
const closingBrace = 0x7d
const letterI = 0x69

/** The send in frame[from, end), or undefined when its header is spelled in any other way. */
export function readSendJson(
  frame: Buffer,
  from: number,
  end: number,
  body: Buffer,
  readFields: ReadFields,
): SendCommand | undefined {
  const is310 = holds(frame, from, end, start310)
  if (!is310 && !holds(frame, from, end, start320)) return undefined
  const send = new SendCommand(frame, from, end, body, 0, readFields)
  send.code = is310 ? 310 : 320
  const fieldsEnd = takeFields(send, from + start310.length, end)
  if (fieldsEnd < 0 || !send.isWhole || !takeEnd(send, frame, fieldsEnd, end)) return undefined
  return send
}

/** What the stock Java client writes behind the fields, into the command; false when it is spelled in any other way. */
export function takeEnd(
  command: { flag: number; opaque: number; version: number },
  frame: Buffer,
  fieldsEnd: number,
  end: number,
): boolean {
  if (!holds(frame, fieldsEnd, end, beforeFlag)) return false
  const flagAt = fieldsEnd + beforeFlag.length
  const flagEnd = digitsEnd(frame, flagAt)
  if (!holds(frame, flagEnd, end, beforeOpaque)) return false
  const opaqueAt = flagEnd + beforeOpaque.length
  const opaqueEnd = digitsEnd(frame, opaqueAt)
  if (!holds(frame, opaqueEnd, end, beforeVersion)) return false
  const versionAt = opaqueEnd + beforeVersion.length
  const versionEnd = digitsEnd(frame, versionAt)
  if (versionEnd !== end - 1 || frame[versionEnd] !== closingBrace) return false
  command.flag = wholeNumber(frame, flagAt, flagEnd)
  command.opaque = wholeNumber(frame, opaqueAt, opaqueEnd)
  command.version = wholeNumber(frame, versionAt, versionEnd)
  return command.flag >= 0 && command.opaque >= 0 && command.version >= 0
}

/** Reads `"a":"...","b":"..."}`; answers with the place after the brace, or -1. */
function takeFields(send: SendCommand, from: number, end: number): number {
  const { frame } = send
  for (let at = from; ; ) {
    const letter = frame[at + 1] ?? 0
    if (frame[at] !== quote || frame[at + 2] !== quote || frame[at + 3] !== colon || frame[at + 4] !== quote) return -1
    const valueAt = at + 5
    const valueEnd = textEnd(frame, valueAt, end, letter === letterI)
    if (valueEnd < 0 || !send.take(letter, valueAt, valueEnd)) return -1
    const next = frame[valueEnd + 1]
    if (next === closingBrace) return valueEnd + 2
    if (next !== comma) return -1
    at = valueEnd + 2
  }
}

/** Where the closing quote is; -1 when there is anything but plain ASCII before it, or none. */
export function textEnd(frame: Buffer, from: number, end: number, mayDivide: boolean): number {
  for (let at = from; at < end; at++) {
    const byte = frame[at] ?? 0
    if (byte === quote) return at
    if (byte < 0x20 || byte > 0x7e) return -1
    if (byte !== backslash) continue
    // fastjson's spelling of 0x01 and 0x02, which divide properties; other escapes are rare
    if (!mayDivide || !isDivider(frame, at)) return -1
    at += 5
  }
  return -1
}

/** Whether an escaped 0x01 or 0x02 begins here. */
export const isDivider = (frame: Buffer, at: number): boolean =>
  frame[at + 1] === 0x75 &&
  frame[at + 2] === 0x30 &&
  frame[at + 3] === 0x30 &&
  frame[at + 4] === 0x30 &&
  (frame[at + 5] === 0x31 || frame[at + 5] === 0x32)

export function holds(frame: Buffer, at: number, end: number, bytes: Uint8Array): boolean {
  if (at + bytes.length > end) return false
  for (let index = 0; index < bytes.length; index++) if (frame[at + index] !== bytes[index]) return false
  return true
}

function digitsEnd(frame: Buffer, from: number): number {
  let at = from
  for (let byte = frame[at] ?? 0; byte >= 0x30 && byte <= 0x39; byte = frame[at] ?? 0) at++
  return at
}
