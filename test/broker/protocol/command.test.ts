// test/broker/protocol/command.test.ts: commands against the bytes of Apache's own encoder, cut, random and odd.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Command,
  decodeFrame,
  type ExtFields,
  encodeCommand,
  encodeReplyHead,
} from '../../../broker/protocol/command'
import { ProtocolError } from '../../../broker/protocol/errors'
import { cutsOf, golden } from '../../support/golden'

const frames = golden().frames
const frameOf = (hex: string): Buffer => Buffer.from(hex, 'hex').subarray(4)
const jsonFrame = (header: string | object, body = ''): Buffer => {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(text.length)
  return Buffer.concat([prefix, text, Buffer.from(body)])
}
/** As it went in: the binary form has no room for empty values and wraps large codes. */
const expected = (one: (typeof frames)[number]) => ({
  code: one.form === 'JSON' ? one.code : (one.code << 16) >> 16,
  flag: one.flag,
  opaque: one.opaque,
  remark: one.remark ?? null,
  language: 'GO',
  version: 513,
  form: one.form === 'JSON' ? 0 : 1,
  ext: Object.fromEntries(Object.entries(one.ext).filter(([, value]) => one.form === 'JSON' || value !== '')),
})

describe('a command', () => {
  it.each(frames)('RP1: reads the frame of Apache: $form $code', (one) => {
    const { body, ...head } = decodeFrame(frameOf(one.hex))
    expect(head).toEqual(expected(one))
    expect(body.toString()).toBe(one.body)
  })

  it.each(frames)('RP1: is written as Apache writes it: $form $code', (one) => {
    const read = decodeFrame(frameOf(one.hex))
    const written = Buffer.concat(encodeCommand({ ...read, code: one.code }))
    // Java's order of several fields is that of its hash table, and it writes an empty table out
    if (Object.keys(one.ext).length === 1) expect(written.toString('hex').length).toBe(one.hex.length)
    expect(decodeFrame(written.subarray(4))).toEqual(read)
    expect(written.readInt32BE(0)).toBe(written.length - 4)
  })

  it('writes a JSON header letter for letter as Apache does', () => {
    const one = frames.find((frame) => frame.form === 'JSON' && frame.remark === 'ok')
    expect(one).toBeDefined()
    const bytes = Buffer.from(one?.hex ?? '', 'hex')
    expect(Buffer.concat(encodeCommand(decodeFrame(bytes.subarray(4)))).toString()).toBe(bytes.toString())
  })

  it('writes a binary header byte for byte as Apache does', () => {
    for (const one of frames.filter((frame) => frame.form === 'ROCKETMQ' && Object.keys(frame.ext).length <= 1)) {
      const bytes = Buffer.from(one.hex, 'hex')
      expect(Buffer.concat(encodeCommand(decodeFrame(bytes.subarray(4)))).toString('hex')).toBe(one.hex)
    }
  })

  it('refuses every cut through a header', () => {
    for (const one of frames) {
      const frame = frameOf(one.hex)
      const headerEnd = 4 + (frame.readUInt32BE(0) & 0xff_ffff)
      for (const cut of cutsOf(frame.subarray(0, headerEnd))) {
        expect(() => decodeFrame(cut)).toThrow(ProtocolError)
      }
    }
  })

  it('takes numbers, booleans and unknown keys in a JSON header as Apache does', () => {
    const frame = jsonFrame(
      '{"code":"105","extra":[1],"language":"go","opaque":-3, "version":121 ,"extFields":{"a":1,"b":true,"c":null,"d":1.5,"e":"x"}}',
    )
    expect(decodeFrame(frame)).toMatchObject({
      code: 105,
      language: 'GO',
      opaque: -3,
      version: 121,
      flag: 0,
      remark: null,
      ext: { a: '1', b: 'true', d: '1.5', e: 'x' },
    })
  })

  it.each([
    [9, 'GO'],
    ['JAVA', 'JAVA'],
    ['rust', 'RUST'],
    [undefined, 'JAVA'],
    ['KLINGON', 'OTHER'],
    [99, 'OTHER'],
  ])('takes the language %s for %s', (language, name) => {
    expect(decodeFrame(jsonFrame({ code: 1, language })).language).toBe(name)
  })

  it.each([
    ['no JSON', '{"code":1'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a code that is no number', '{"code":"x"}'],
    ['an opaque beyond 32 bits', '{"code":1,"opaque":4294967296}'],
    ['fields that are a list', '{"code":1,"extFields":[]}'],
    ['a half code', '{"code":1.5}'],
  ])('refuses %s', (_, header) => {
    expect(() => decodeFrame(jsonFrame(header))).toThrow(ProtocolError)
  })

  it.each([
    ['a form nobody knows', Buffer.from([2, 0, 0, 0])],
    ['a header longer than its frame', Buffer.from([0, 0, 0, 9, 123, 125])],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_, frame) => {
    expect(() => decodeFrame(frame)).toThrow(ProtocolError)
  })

  it('comes back from either form as it went in', () => {
    const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => text !== '__proto__')
    const command = fc.record({
      code: fc.integer({ min: -32_768, max: 32_767 }),
      language: fc.constantFrom('JAVA' as const, 'GO' as const, 'NODE_JS' as const),
      version: fc.integer({ min: 0, max: 32_767 }),
      opaque: fc.integer(),
      flag: fc.integer({ min: 0, max: 3 }),
      remark: fc.option(fc.string({ minLength: 1, unit: 'grapheme' })),
      ext: fc.dictionary(name, fc.string({ minLength: 1, unit: 'grapheme' }), { noNullPrototype: true }),
      body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      form: fc.constantFrom(0 as const, 1 as const),
    })
    fc.assert(
      fc.property(command, (given: Command) => {
        const frame = Buffer.concat(encodeCommand(given)).subarray(4)
        expect(decodeFrame(frame)).toEqual(given)
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('never does more than refuse random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(0, 1), (bytes, form) => {
        const frame = Buffer.from([form, 0, 0, Math.min(bytes.length, 40), ...bytes])
        try {
          decodeFrame(frame)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
      { seed: 2, numRuns: 2000 },
    )
  })

  it('answers in the form and with the opaque of the request', () => {
    const ext: ExtFields = { queueOffset: '5', msgId: 'ab"c', absent: undefined }
    for (const form of [0, 1] as const) {
      const head = encodeReplyHead({ opaque: 77, form }, { code: 17, remark: 'no', ext }, 3)
      const reply = decodeFrame(Buffer.concat([head, Buffer.from('xyz')]).subarray(4))
      expect(reply).toMatchObject({ code: 17, flag: 1, opaque: 77, remark: 'no', form, language: 'JAVA', version: 513 })
      expect(reply.ext).toEqual({ queueOffset: '5', msgId: 'ab"c' })
      expect(reply.body.toString()).toBe('xyz')
    }
  })
})
