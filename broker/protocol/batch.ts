// broker/protocol/batch.ts: the body of a batch send: entry after entry, all for one topic and queue.
// An entry: i32 size of it all | i32 magic 0 | i32 crc 0 | i32 flag | i32 + body | i16 + properties.
import { ProtocolError } from './errors'
import { i32, layout } from './layout'

const head = layout({ size: i32, magic: i32, crc: i32, flag: i32, bodyBytes: i32 })

/** One message of a batch. `body` and `properties` are views when read. */
export interface BatchEntry {
  flag: number
  body: Buffer
  /** In the text form of properties.ts. */
  properties: Buffer
}

export function decodeBatch(body: Buffer): BatchEntry[] {
  const entries: BatchEntry[] = []
  for (let start = 0; start < body.length; ) {
    const left = body.length - start
    if (left < head.size + 2) throw bad(`${left} bytes left, an entry takes at least ${head.size + 2}`)
    const size = body.readInt32BE(start + head.at.size)
    if (size < head.size + 2 || size > left) throw bad(`an entry of ${size} bytes with ${left} left`)
    const bodyBytes = body.readInt32BE(start + head.at.bodyBytes)
    if (bodyBytes < 0 || bodyBytes > size - head.size - 2) throw bad(`a body of ${bodyBytes} in an entry of ${size}`)
    const bodyAt = start + head.size
    const propertiesAt = bodyAt + bodyBytes + 2
    const propertiesBytes = body.readInt16BE(propertiesAt - 2)
    if (propertiesBytes < 0 || propertiesAt + propertiesBytes !== start + size) {
      throw bad(`properties of ${propertiesBytes} bytes do not end an entry of ${size}`)
    }
    entries.push({
      flag: body.readInt32BE(start + head.at.flag),
      body: body.subarray(bodyAt, bodyAt + bodyBytes),
      properties: body.subarray(propertiesAt, propertiesAt + propertiesBytes),
    })
    start += size
  }
  return entries
}
const bad = (text: string): ProtocolError => new ProtocolError('bad-body', `no batch: ${text}`)

export function encodeBatch(entries: readonly BatchEntry[]): Buffer {
  let total = 0
  for (const { body, properties } of entries) {
    if (properties.length > 0x7fff) throw new ProtocolError('too-large', `properties of ${properties.length} bytes`)
    total += head.size + body.length + 2 + properties.length
  }
  const out = Buffer.alloc(total)
  let start = 0
  for (const { flag, body, properties } of entries) {
    const size = head.size + body.length + 2 + properties.length
    out.writeInt32BE(size, start + head.at.size)
    out.writeInt32BE(flag, start + head.at.flag)
    out.writeInt32BE(body.length, start + head.at.bodyBytes)
    out.set(body, start + head.size)
    out.writeInt16BE(properties.length, start + head.size + body.length)
    out.set(properties, start + head.size + body.length + 2)
    start += size
  }
  return out
}
