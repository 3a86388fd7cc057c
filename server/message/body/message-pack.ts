// server/message/body/message-pack.ts: MessagePack as JSON text. It describes itself, so there is no schema. Binary parts are
// base64; a time is ISO 8601; another extension is its number and bytes.
import { BodyReader, binaryText, floatText, numberText } from './reader'

const TIME = -1

export const messagePackToJson = (bytes: Buffer): string => {
  const reader = new BodyReader(bytes)
  const text = value(reader, 0)
  if (!reader.done) reader.fail(`the value ends here, and ${reader.end - reader.at} bytes follow`)
  return text
}

const value = (r: BodyReader, depth: number): string => {
  const from = r.at
  r.begin(depth)
  const first = r.u8('a value')
  if (first < 0x80) return r.out(String(first))
  if (first < 0x90) return map(r, first & 0x0f, depth)
  if (first < 0xa0) return list(r, first & 0x0f, depth)
  if (first < 0xc0) return r.string(r.text(first & 0x1f, 'a text'))
  if (first >= 0xe0) return r.out(String(first - 0x100))
  const format = formats[first]
  return format === undefined ? r.fail(`0x${first.toString(16)} begins no value`, from) : format(r, depth)
}
const unsigned = (r: BodyReader, size: 1 | 2 | 4, what: string): number => r.bytes(size, what).readUIntBE(0, size)
const map = (r: BodyReader, count: number, depth: number): string => {
  const parts: string[] = []
  for (let at = 0; at < count; at++) {
    const key = value(r, depth + 1)
    // JSON has texts as keys alone: any other is put into one
    parts.push(`${key.startsWith('"') ? key : JSON.stringify(key)}:${value(r, depth + 1)}`)
  }
  return `{${parts.join(',')}}`
}
const list = (r: BodyReader, count: number, depth: number): string => {
  const parts: string[] = []
  for (let at = 0; at < count; at++) parts.push(value(r, depth + 1))
  return `[${parts.join(',')}]`
}
const extension = (r: BodyReader, size: number): string => {
  const type = r.bytes(1, 'an extension').readInt8(0)
  const bytes = r.bytes(size, 'an extension')
  const at = type === TIME ? timeOf(bytes) : null
  return r.out(at === null ? `{"extension":${type},"base64":${binaryText(bytes)}}` : JSON.stringify(at))
}
/** Of 4, 8 or 12 bytes; null: none of these, or beyond what a date can be. */
const timeOf = (bytes: Buffer): string | null => {
  let seconds: bigint
  let nanos = 0
  if (bytes.length === 4) seconds = BigInt(bytes.readUInt32BE(0))
  else if (bytes.length === 8) {
    const both = bytes.readBigUInt64BE(0)
    seconds = both & 0x3_ffff_ffffn
    nanos = Number(both >> 34n)
  } else if (bytes.length === 12) {
    nanos = bytes.readUInt32BE(0)
    seconds = bytes.readBigInt64BE(4)
  } else return null
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime()) || nanos > 999_999_999) return null
  const whole = date.toISOString().replace('.000Z', '')
  return nanos === 0 ? `${whole}Z` : `${whole}.${String(nanos).padStart(9, '0').replace(/0+$/, '')}Z`
}

const formats: Readonly<Record<number, (r: BodyReader, depth: number) => string>> = {
  192: (r) => r.out('null'),
  194: (r) => r.out('false'),
  195: (r) => r.out('true'),
  196: (r) => r.out(binaryText(r.bytes(unsigned(r, 1, 'a length'), 'bytes'))),
  197: (r) => r.out(binaryText(r.bytes(unsigned(r, 2, 'a length'), 'bytes'))),
  198: (r) => r.out(binaryText(r.bytes(unsigned(r, 4, 'a length'), 'bytes'))),
  199: (r) => extension(r, unsigned(r, 1, 'a length')),
  200: (r) => extension(r, unsigned(r, 2, 'a length')),
  201: (r) => extension(r, unsigned(r, 4, 'a length')),
  202: (r) => r.out(floatText(r.bytes(4, 'a float').readFloatBE(0))),
  203: (r) => r.out(numberText(r.bytes(8, 'a float').readDoubleBE(0))),
  204: (r) => r.out(String(unsigned(r, 1, 'a number'))),
  205: (r) => r.out(String(unsigned(r, 2, 'a number'))),
  206: (r) => r.out(String(unsigned(r, 4, 'a number'))),
  207: (r) => r.out(String(r.bytes(8, 'a number').readBigUInt64BE(0))),
  208: (r) => r.out(String(r.bytes(1, 'a number').readInt8(0))),
  209: (r) => r.out(String(r.bytes(2, 'a number').readInt16BE(0))),
  210: (r) => r.out(String(r.bytes(4, 'a number').readInt32BE(0))),
  211: (r) => r.out(String(r.bytes(8, 'a number').readBigInt64BE(0))),
  212: (r) => extension(r, 1),
  213: (r) => extension(r, 2),
  214: (r) => extension(r, 4),
  215: (r) => extension(r, 8),
  216: (r) => extension(r, 16),
  217: (r) => r.string(r.text(unsigned(r, 1, 'a length'), 'a text')),
  218: (r) => r.string(r.text(unsigned(r, 2, 'a length'), 'a text')),
  219: (r) => r.string(r.text(unsigned(r, 4, 'a length'), 'a text')),
  220: (r, depth) => list(r, unsigned(r, 2, 'a length'), depth),
  221: (r, depth) => list(r, unsigned(r, 4, 'a length'), depth),
  222: (r, depth) => map(r, unsigned(r, 2, 'a length'), depth),
  223: (r, depth) => map(r, unsigned(r, 4, 'a length'), depth),
}
