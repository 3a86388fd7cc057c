// broker/protocol/crc32.ts: CRC-32 (IEEE) as records and register bodies hold it: without its highest bit.
import * as zlib from 'node:zlib'

/** Node has its own since 20.15; the table serves the releases before. */
const native: ((data: Buffer, value?: number) => number) | undefined = zlib.crc32

const table = new Int32Array(256).map((_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})
/** The same sum from a table. Exported so that a test can hold both against each other. */
export function crc32ByTable(data: Buffer): number {
  let value = -1
  // both indexes are within their arrays
  for (let at = 0; at < data.length; at++) value = table[(value ^ data[at]!) & 0xff]! ^ (value >>> 8)
  return (value ^ -1) >>> 0
}

export const crc32 = (data: Buffer): number => (native === undefined ? crc32ByTable(data) : native(data))

/** What BODYCRC and bodyCrc32 hold. */
export const crc32Positive = (data: Buffer): number => crc32(data) & 0x7fff_ffff
