// broker/protocol/header-send-binary.ts: a fast way to read a send (310, 320) in the binary form, as the benchmark mains of
// Apache write it. Whatever is odd in it is left to header-binary.ts, which this may never contradict: a test holds the
// two against each other.

import { languageByNumber } from './language'
import { i16, i32, layout, u8 } from './layout'
import { type ReadFields, SendCommand } from './send-command'

const { at, size } = layout({
  code: i16,
  language: u8,
  version: i16,
  opaque: i32,
  flag: i32,
  remarkBytes: i32,
  extBytes: i32,
})

/** The send in frame[from, end), or undefined when the general reader must look at it. */
export function readSendBinary(
  frame: Buffer,
  from: number,
  end: number,
  body: Buffer,
  readFields: ReadFields,
): SendCommand | undefined {
  if (from + size > end) return undefined
  const code = frame.readInt16BE(from + at.code)
  if ((code !== 310 && code !== 320) || frame.readInt32BE(from + at.remarkBytes) !== 0) return undefined
  const extEnd = from + size + frame.readInt32BE(from + at.extBytes)
  if (extEnd < from + size || extEnd > end) return undefined
  const send = new SendCommand(frame, from, end, body, 1, readFields)
  if (!takeEntries(send, from + size, extEnd) || !send.isWhole) return undefined
  send.code = code
  send.language = languageByNumber(frame[from + at.language] ?? 0)
  send.version = frame.readInt16BE(from + at.version)
  send.opaque = frame.readInt32BE(from + at.opaque)
  send.flag = frame.readInt32BE(from + at.flag)
  return send
}

function takeEntries(send: SendCommand, from: number, end: number): boolean {
  const { frame } = send
  for (let next = from; next < end; ) {
    // a name of one letter: 0x00 0x01 letter, then the value's size
    if (next + 7 > end || frame[next] !== 0 || frame[next + 1] !== 1) return false
    const letter = frame[next + 2] ?? 0
    const valueAt = next + 7
    const valueEnd = valueAt + frame.readInt32BE(next + 3)
    if (valueEnd < valueAt || valueEnd > end || !isAscii(frame, valueAt, valueEnd)) return false
    if (valueEnd > valueAt && !send.take(letter, valueAt, valueEnd)) return false
    next = valueEnd
  }
  return true
}

function isAscii(frame: Buffer, from: number, end: number): boolean {
  for (let place = from; place < end; place++) if ((frame[place] ?? 0) > 0x7f) return false
  return true
}
