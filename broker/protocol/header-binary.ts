// broker/protocol/header-binary.ts: RocketMQ's own binary form of a command's header.
// On the wire: i16 code | u8 language | i16 version | i32 opaque | i32 flag | i32 + remark | i32 + entries, and each
// entry: i16 + name | i32 + value. A code above 32,767 does not fit and arrives wrapped: such requests come as JSON.
import { Language } from './codes'
import type { Command, CommandHead, ExtFields } from './command'
import { ProtocolError } from './errors'
import { readSendBinary } from './header-send-binary'
import { languageByNumber } from './language'
import { i16, i32, layout, u8 } from './layout'
import type { ReadFields } from './send-command'

const fixed = layout({ code: i16, language: u8, version: i16, opaque: i32, flag: i32, remarkBytes: i32 })
const { at } = fixed

/** Reads the header in frame[from, end). */
export const readBinaryHeader = (frame: Buffer, from: number, end: number, body: Buffer): Command =>
  readSendBinary(frame, from, end, body, readAllFields) ?? readAnyBinary(frame, from, end, body)

const readAllFields: ReadFields = (frame, from, end, body) => readAnyBinary(frame, from, end, body).ext

function readAnyBinary(frame: Buffer, from: number, end: number, body: Buffer): Command {
  if (from + fixed.size + 4 > end) {
    throw new ProtocolError('bad-header', `a binary header of ${end - from} bytes, at least ${fixed.size + 4} needed`)
  }
  let next = from + fixed.size
  const remarkBytes = frame.readInt32BE(from + at.remarkBytes)
  if (remarkBytes < 0 || remarkBytes > end - next - 4) {
    throw new ProtocolError('bad-header', `a remark of ${remarkBytes} bytes with ${end - next - 4} left`)
  }
  const remark = remarkBytes === 0 ? null : frame.toString('utf8', next, next + remarkBytes)
  next += remarkBytes
  const extBytes = frame.readInt32BE(next)
  next += 4
  if (extBytes < 0 || extBytes > end - next) {
    throw new ProtocolError('bad-header', `fields of ${extBytes} bytes with ${end - next} left`)
  }
  return {
    code: frame.readInt16BE(from + at.code),
    language: languageByNumber(frame.readUInt8(from + at.language)),
    version: frame.readInt16BE(from + at.version),
    opaque: frame.readInt32BE(from + at.opaque),
    flag: frame.readInt32BE(from + at.flag),
    remark,
    ext: readEntries(frame, next, next + extBytes),
    body,
    form: 1,
  }
}

function readEntries(frame: Buffer, from: number, end: number): ExtFields {
  const ext: ExtFields = {}
  // one text for all entries, cut where they end, costs a fraction of a text for each; most headers are ASCII
  const all = frame.toString('latin1', from, end)
  const isAscii = !beyondAscii.test(all)
  const piece = (at: number, size: number): string =>
    isAscii ? all.slice(at - from, at - from + size) : frame.toString('utf8', at, at + size)
  let next = from
  while (next < end) {
    if (next + 2 > end) throw new ProtocolError('bad-header', 'fields end within a name size')
    const nameBytes = frame.readUInt16BE(next)
    next += 2
    if (next + nameBytes + 4 > end) throw new ProtocolError('bad-header', 'fields end within a name')
    const nameAt = next
    next += nameBytes
    const valueBytes = frame.readInt32BE(next)
    next += 4
    if (valueBytes < 0 || valueBytes > end - next) throw new ProtocolError('bad-header', 'fields end within a value')
    if (nameBytes > 0 && valueBytes > 0) {
      const name = piece(nameAt, nameBytes)
      if (name !== '__proto__') ext[name] = piece(next, valueBytes)
    }
    next += valueBytes
  }
  return ext
}
/** In a text made of bytes: sizes are bytes too, and the first 128 values of them cover all that is short. */
const beyondAscii = /[\u0080-\u00ff]/

/** The header after `room` bytes left free for what comes before it. */
export function writeBinaryHeader(head: CommandHead, room: number): Buffer {
  const remarkBytes = head.remark === null ? 0 : Buffer.byteLength(head.remark)
  let extBytes = 0
  for (const name in head.ext) {
    const value = head.ext[name]
    if (value === undefined) continue
    const nameBytes = Buffer.byteLength(name)
    if (nameBytes > 0x7fff) throw new ProtocolError('too-large', `a field name of ${nameBytes} bytes`)
    extBytes += 6 + nameBytes + Buffer.byteLength(value)
  }
  const whole = Buffer.allocUnsafe(room + fixed.size + remarkBytes + 4 + extBytes)
  whole.writeInt16BE((head.code << 16) >> 16, room + at.code) // wraps as Java's short does
  whole.writeUInt8(Language[head.language], room + at.language)
  whole.writeInt16BE((head.version << 16) >> 16, room + at.version)
  whole.writeInt32BE(head.opaque, room + at.opaque)
  whole.writeInt32BE(head.flag, room + at.flag)
  whole.writeInt32BE(remarkBytes, room + at.remarkBytes)
  let next = room + fixed.size
  if (head.remark !== null) next += whole.write(head.remark, next)
  whole.writeInt32BE(extBytes, next)
  next += 4
  for (const name in head.ext) {
    const value = head.ext[name]
    if (value === undefined) continue
    const nameBytes = whole.write(name, next + 2)
    whole.writeInt16BE(nameBytes, next)
    next += 2 + nameBytes
    const valueBytes = whole.write(value, next + 4)
    whole.writeInt32BE(valueBytes, next)
    next += 4 + valueBytes
  }
  return whole
}
