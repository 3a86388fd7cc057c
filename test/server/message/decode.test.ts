// test/server/message/decode.test.ts: bodies of every compression, within a bound; nothing of them without the right.
import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { WireMessage } from '../../../server/admin/records'
import { rowOf, viewOf } from '../../../server/message/decode'
import { openMatch } from '../../../server/message/match'
import { SEARCHED_BYTES, unpack, unpackHead } from '../../../server/message/unpack'
import { unknown } from '../../../server/shared/known'

const message = (body: Buffer, more: Partial<WireMessage> = {}): WireMessage => ({
  topic: 'T',
  queueId: 1,
  queueOffset: 9223372036854775807n,
  commitLogOffset: 4096n,
  preparedTransactionOffset: 0n,
  offsetId: '0A00000200002A9F0000000000001000',
  uniqueId: 'ABC',
  storedAt: 2,
  bornAt: 1,
  storeHost: '10.0.0.2:10911',
  bornHost: '10.0.0.1:1234',
  flag: 0,
  sysFlag: 0,
  reconsumeTimes: 0,
  bodyCrc: 1,
  crcOk: true,
  compression: 'none',
  body,
  properties: new Map([
    ['UNIQ_KEY', 'ABC'],
    ['KEYS', 'k1 k2'],
    ['colour', 'crimson'],
  ]),
  tag: 'A',
  keys: ['k1', 'k2'],
  ...more,
})
const options = { whole: false, min: unknown('broker-silent'), max: unknown('broker-silent') }
// "hello hello hello hello hello hello" as the compressors of RocketMQ 5.5.0's Java client write it.
const packed = {
  lz4: '04224d18607073100000006f68656c6c6f200600055068656c6c6f00000000',
  zstd: '28b52ffd00586400003068656c6c6f200100b94b11010000',
  zlib: '785ecb48cdc9c957c8c0470200eb550d19',
} as const

describe('a body', () => {
  it.each(Object.entries(packed))('that the stock client packed as %s is unpacked', (compression, hex) => {
    // Object.entries forgets that the keys are compressions.
    const unpacked = unpack({ compression: compression as keyof typeof packed, body: Buffer.from(hex, 'hex') })
    expect({ text: unpacked.bytes.toString(), failed: unpacked.failed }).toEqual({
      text: 'hello hello hello hello hello hello',
      failed: null,
    })
  })
  it('of zlib is unpacked, and one that lies about it is shown as stored, with the reason', () => {
    const text = 'hello '.repeat(1000)
    expect(unpack({ compression: 'zlib', body: deflateSync(text) }).bytes.toString()).toBe(text)
    const broken = unpack({ compression: 'zlib', body: Buffer.from('not zlib') })
    expect(broken.bytes.toString()).toBe('not zlib')
    expect(broken.failed).not.toBeNull()
    expect(unpack({ compression: 'zlib', body: gzipSync(text) }).failed).not.toBeNull()
  })
  it('of JSON, of text and of bytes is told apart', () => {
    const body = (bytes: Buffer) => viewOf(message(bytes), 'b', { bodies: true }, options).body
    expect(body(Buffer.from('{"a":[1]}'))).toMatchObject({ json: true, text: '{"a":[1]}' })
    expect(body(Buffer.from('你好'))).toMatchObject({ json: false, text: '你好' })
    expect(body(Buffer.from([0xff, 0x00, 0x01]))).toMatchObject({ text: null, base64: '/wAB' })
  })
  it('that is long is cut between characters', () => {
    const body = viewOf(message(Buffer.from('汉'.repeat(100_000))), 'b', { bodies: true }, options).body
    expect(body?.sizeBytes).toBe(300_000)
    expect(body?.shownBytes).toBe(262_144)
    expect(body?.text?.replaceAll('汉', '')).toBe('')
  })
  it('of 4 MiB at random is shown in part and whole, byte by byte, and takes one line in a list', () => {
    const random = randomBytes(4 * 1024 * 1024)
    random[0] = 0xff // no text begins so
    const body = (whole: boolean) =>
      viewOf(message(random), 'b', { bodies: true }, { ...options, whole }).body ?? expect.unreachable()
    expect(body(false)).toMatchObject({ text: null, json: false, sizeBytes: random.length, shownBytes: 262_144 })
    expect(Buffer.from(body(true).base64, 'base64').equals(random)).toBe(true)
    expect(rowOf(message(random), 'b', { bodies: true }).preview?.length).toBeLessThanOrEqual(160)
  })
  it('is hidden without the right, with what the sender put beside it', () => {
    const view = viewOf(message(Buffer.from('secret')), 'b', { bodies: false }, options)
    expect(view.body).toBeNull()
    expect(view.userProperties).toBeNull()
    expect(view.row.preview).toBeNull()
    expect(JSON.stringify(view, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(
      /secret|c2VjcmV0|crimson/,
    )
  })
  it('is previewed by its first characters, its offset keeping 64 bits', () => {
    const row = rowOf(message(Buffer.from('x'.repeat(5000))), 'b', { bodies: true })
    expect(row.preview).toHaveLength(160)
    expect(row.queueOffset).toBe(9223372036854775807n)
  })
})
/** 128 KiB of one letter in four bytes, over and over: what zstd calls a block of one value. */
const zstdBomb = (blocks: number): Buffer =>
  Buffer.concat([
    Buffer.from('28b52ffd0038', 'hex'),
    ...Array.from({ length: blocks }, (_, at) => {
      const head = ((128 * 1024) << 3) | (1 << 1) | (at === blocks - 1 ? 1 : 0)
      return Buffer.from([head & 255, (head >> 8) & 255, head >> 16, 0x78])
    }),
  ])
/** One letter and a match that repeats it 255 times for each byte that follows. */
const lz4Bomb = (bytes: number): Buffer => {
  const block = Buffer.concat([
    Buffer.from([0x1f, 0x78, 1, 0]),
    Buffer.alloc(bytes, 255),
    Buffer.from([0, 0x50]),
    Buffer.from('xxxxx'),
  ])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(block.length)
  return Buffer.concat([Buffer.from('04224d18607073', 'hex'), size, block, Buffer.alloc(4)])
}
const bombs = {
  zlib: deflateSync(Buffer.alloc(SEARCHED_BYTES * 2, 'x')),
  lz4: lz4Bomb((SEARCHED_BYTES * 2) / 255),
  zstd: zstdBomb((SEARCHED_BYTES * 2) / (128 * 1024)),
} as const
describe.each(Object.entries(bombs))('a body that %s makes large', (name, body) => {
  const compression = name as keyof typeof bombs // Object.entries forgets that the keys are compressions
  it('unpacks whole within the bound, and says past it why it does not', () => {
    const within = unpack({ compression, body }, SEARCHED_BYTES * 3)
    expect(within.failed).toBeNull()
    expect(within.bytes.length).toBeGreaterThan(SEARCHED_BYTES * 1.9)
    expect(within.bytes.every((byte) => byte === 0x78)).toBe(true)
    expect(unpack({ compression, body }, SEARCHED_BYTES)).toEqual({
      bytes: body,
      failed: 'more than 8 MiB when unpacked',
    })
  })
  it('is previewed by its head, of which no more is made than a line needs', () => {
    const head = unpackHead({ compression, body }, 640)
    expect(head.subarray(0, 640).toString()).toBe('x'.repeat(640))
    expect(head.length).toBeLessThanOrEqual(1032 * 1024)
    expect(rowOf(message(body, { compression }), 'b', { bodies: true }).preview).toBe('x'.repeat(160))
  })
  it('is not looked into by a search, which counts it', () => {
    let unread = 0
    const passes = openMatch({ body: 'xyz' }, () => {
      unread += 1
    })
    expect(passes(message(body, { compression }))).toBe(false)
    expect(unread).toBe(1)
  })
})
describe('a frame that lies', () => {
  it('about the memory it needs, its length or what it repeats is shown as stored', () => {
    const wanting = Buffer.from('28b52ffd00a80100000000', 'hex') // a window of 2 GiB
    const skipped = '502a4d1803000000aabbcc' // three bytes that are no frame's
    for (const [compression, hex] of [
      ['zstd', wanting.toString('hex')],
      ['zstd', packed.zstd + wanting.toString('hex')],
      ['zstd', skipped + packed.zstd + skipped + wanting.toString('hex')],
      ['lz4', '04224d186070730600000010780500'], // a match from before the beginning
      ['lz4', '04224d18607073ffffff7f00'],
      ['lz4', '04224d18'],
    ] as const) {
      const body = Buffer.from(hex, 'hex')
      expect(unpack({ compression, body }).failed).not.toBeNull()
      expect(unpackHead({ compression, body }, 640)).toBe(body)
    }
  })
})
describe('a search', () => {
  const yes = (
    filter: Parameters<typeof openMatch>[0],
    one = message(deflateSync('the body'), { compression: 'zlib' }),
  ) => openMatch(filter)(one)
  it('looks into the unpacked body, keys, tag and properties', () => {
    expect(yes({ body: 'e bod' })).toBe(true)
    expect(yes({ body: 'else' })).toBe(false)
    expect(yes({ key: 'k2' })).toBe(true)
    expect(yes({ key: 'k' })).toBe(false)
    expect(yes({ tag: 'B || A' })).toBe(true)
    expect(yes({ tag: 'B' })).toBe(false)
    expect(yes({ property: { name: 'colour', value: 'im', how: 'contains' } })).toBe(true)
    expect(yes({ property: { name: 'colour', value: 'im', how: 'is' } })).toBe(false)
  })
})
