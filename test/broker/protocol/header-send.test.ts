// test/broker/protocol/header-send.test.ts: the fast ways to read a send and to write its answer, held against the plain
// ones. Whatever the fast way takes it must take alike, and what it does not know it must leave alone.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Command,
  decodeFrame,
  encodeHead,
  encodeReplyHead,
  framePrefixBytes,
} from '../../../broker/protocol/command'
import { ProtocolError } from '../../../broker/protocol/errors'
import { readSendBinary } from '../../../broker/protocol/header-send-binary'
import { readSendJson } from '../../../broker/protocol/header-send-json'
import { createSendReplyHead, maxSendReplyBytes, type SendReplyHead } from '../../../broker/protocol/header-send-reply'
import { createOffsetId } from '../../../broker/protocol/message-id'
import { SendCommand } from '../../../broker/protocol/send-command'

const body = Buffer.from('body')
const noFields = () => ({})
const fast = (header: string) => {
  // other bytes on both sides: a frame lies within a chunk
  const bytes = Buffer.from(header)
  const frame = Buffer.concat([Buffer.from('"}'), bytes, Buffer.from('"},x')])
  return readSendJson(frame, 2, 2 + bytes.length, body, noFields)
}
/** What a reader found, whichever it was. A fast one takes its fields from the plain reader, so they are not compared. */
const headOf = ({ code, language, version, opaque, flag, remark, body: held, form }: Command) => ({
  ...{ code, language, version, opaque, flag, remark, body: held, form },
})
const number = (text: string | undefined) => (text === undefined || text === '' ? -1 : Number(text))
/** The fields that a fast reader has read itself, and the same from the plain one's. */
const readBy = (send: SendCommand) => ({
  ...headOf(send),
  ...{ topic: send.topic, defaultTopic: send.defaultTopic, properties: send.properties },
  numbers: [send.defaultTopicQueueNums, send.queueId, send.sysFlag, send.bornTimestampMs, send.messageFlag],
  ...{ reconsumeTimes: send.reconsumeTimes, maxReconsumeTimes: send.maxReconsumeTimes },
  ...{ unitMode: send.unitMode, batch: send.batch },
})
const saidBy = (command: Command) => {
  const { b = '', c = '', d, e, f, g, h, i = '', j = '0', k, l, m } = command.ext
  return {
    ...headOf(command),
    ...{ topic: b, defaultTopic: c, properties: i, numbers: [d, e, f, g, h].map(number) },
    ...{ reconsumeTimes: number(j), maxReconsumeTimes: number(l), unitMode: k === 'true', batch: m === 'true' },
  }
}
/** By a space after the brace, which the fast way does not know. */
const plain = (header: string) => {
  const bytes = Buffer.from(header.replace('{', '{ '))
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(bytes.length)
  return decodeFrame(Buffer.concat([prefix, bytes, body]))
}
/** As fastjson writes it: JSON.stringify spells the two dividers of properties alike. */
const spelled = (code: number, extFields: Record<string, string>, flag = 0, opaque = 7, version = 513): string =>
  JSON.stringify({ code, extFields, flag, language: 'JAVA', opaque, serializeTypeCurrentRPC: 'JSON', version })
const usual = spelled(310, {
  ...{ a: 'group', b: 'topic', c: 'TBW102', d: '8', e: '3', f: '0', g: '1700000000000', h: '0' },
  ...{ i: 'UNIQ_KEY\u00017F0000010F5A18B4AAC2000000000001\u0002WAIT\u0001true\u0002' },
  ...{ j: '0', k: 'false', m: 'false', n: 'broker-a' },
})

describe('the fast way to read a send', () => {
  it('takes what the Java client writes', () => {
    const read = fast(usual)
    expect(read && readBy(read)).toEqual(saidBy(plain(usual)))
    expect(read?.properties).toBe('UNIQ_KEY\u00017F0000010F5A18B4AAC2000000000001\u0002WAIT\u0001true\u0002')
  })

  it('has all fields for who asks for them', () => {
    const bytes = Buffer.from(usual)
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(bytes.length)
    const read = decodeFrame(Buffer.concat([prefix, bytes, body]))
    expect(read).toBeInstanceOf(SendCommand)
    expect(read.ext).toEqual(plain(usual).ext)
  })

  it('reads every send as the plain way does, or leaves it to that one', () => {
    const usualUnits = fc.constantFrom('a', '7', ' ', '\u0001', '\u0002', '}', '{')
    const oddUnits = fc.constantFrom('a', '"', '\\', '\n', 'ü', '中', '\u0000', '\u007f')
    const value = fc.oneof(
      { weight: 9, arbitrary: fc.string({ unit: usualUnits }) },
      { weight: 1, arbitrary: fc.string({ unit: oddUnits }) },
    )
    const letter = fc.oneof(
      { weight: 19, arbitrary: fc.constantFrom(...'abcdefghijklmn') },
      { weight: 1, arbitrary: fc.constantFrom('o', 'topic', '') },
    )
    const number = fc.oneof(
      { weight: 9, arbitrary: fc.nat(999_999_999) },
      { weight: 1, arbitrary: fc.constantFrom(-1, 0, 999_999_999, 1_000_000_000, 2 ** 31 - 1) },
    )
    const five = { d: '8', e: '3', f: '0', g: '1700000000000', h: '0' }
    let taken = 0
    fc.assert(
      fc.property(
        fc.constantFrom(310, 320),
        fc.dictionary(letter, value, { maxKeys: 5, noNullPrototype: true }).map((odd) => ({ ...five, ...odd })),
        number,
        number,
        number,
        (code, ext, flag, opaque, version) => {
          const header = spelled(code, ext, flag, opaque, version)
          const read = fast(header)
          if (read === undefined) return
          taken++
          expect(readBy(read)).toEqual(saidBy(plain(header)))
        },
      ),
      { seed: 4, numRuns: 1500 },
    )
    expect(taken).toBeGreaterThan(100)
  })

  it('takes no damaged header that the plain way refuses, and none otherwise than it', () => {
    const damage = fc.record({
      at: fc.nat(usual.length - 1),
      cut: fc.nat(3),
      put: fc.constantFrom(
        '',
        '"',
        '\\',
        '{',
        '}',
        ',',
        ':',
        '0',
        '-1',
        '.5',
        '\\u0041',
        '\\u0002',
        '\u0001',
        'ä',
        'x',
      ),
    })
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (hits) => {
        let header = usual
        for (const { at, cut, put } of hits) header = header.slice(0, at) + put + header.slice(at + cut)
        const read = fast(header)
        if (read !== undefined) expect(readBy(read)).toEqual(saidBy(plain(header)))
      }),
      { seed: 5, numRuns: 3000 },
    )
  })

  it('takes no cut of a header', () => {
    for (let end = 0; end < usual.length; end++) expect(fast(usual.slice(0, end))).toBeUndefined()
  })

  it.each([
    ['another language', usual.replace('JAVA', 'GO')],
    ['a remark', usual.replace('"serialize', '"remark":"x","serialize')],
    ['a space', usual.replace(',"flag"', ', "flag"')],
    ['a number among the fields', usual.replace('"d":"8"', '"d":8')],
    ['a null among the fields', usual.replace('"d":"8"', '"d":null')],
    ['no fields', usual.replace(/"a":.*"}/, '}')],
    ['more behind it', `${usual}}`],
  ])('leaves a header with %s alone', (_, header) => {
    expect(fast(header)).toBeUndefined()
  })

  it('leaves it to the plain way to say what is wrong', () => {
    expect(() => plain(usual.replace('"version":513', '"version":01'))).toThrow(ProtocolError)
  })
})

describe('the fast way to read a send in the binary form', () => {
  const binary = (ext: Record<string, string>, remark: string | null = null): Buffer =>
    encodeHead({ code: 310, language: 'GO', version: 513, opaque: -7, flag: 2, remark, ext }, 1, 0).subarray(
      framePrefixBytes,
    )
  const quick = (header: Buffer) =>
    readSendBinary(
      Buffer.concat([Buffer.from('\0\u0001'), header, Buffer.from('n\0')]),
      2,
      2 + header.length,
      body,
      noFields,
    )
  /** By an entry that the fast way does not know. */
  const slow = (ext: Record<string, string>) => {
    const header = binary({ ...ext, other: 'x' })
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(((1 << 24) | header.length) >>> 0)
    return decodeFrame(Buffer.concat([prefix, header, body]))
  }
  const given = {
    ...{ a: 'group', b: 'topic', c: 'TBW102', d: '8', e: '3', f: '0', g: '1700000000000', h: '0' },
    ...{ i: 'UNIQ_KEY\u0001\\u0001\u0002', j: '1', k: 'true', l: '16', m: 'false', n: 'broker-a' },
  }

  it('reads what the plain way reads', () => {
    const read = quick(binary(given))
    expect(read && readBy(read)).toEqual(saidBy(slow(given)))
    expect(read?.properties).toBe(given.i)
  })

  it('reads every value as the plain way does, or leaves it to that one', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.nat().map(String),
      fc.constantFrom('', '-1', '007', 'true', 'ü'),
    )
    let taken = 0
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...'abcdefghijklmno'), value, { maxKeys: 3 }), (odd) => {
        const ext = { ...given, ...odd }
        const read = quick(binary(ext))
        if (read === undefined) return
        taken++
        expect(readBy(read)).toEqual(saidBy(slow(ext)))
      }),
      { seed: 7, numRuns: 1000 },
    )
    expect(taken).toBeGreaterThan(100)
  })

  it('leaves a cut header, and one with a remark, alone', () => {
    const whole = binary(given)
    for (let end = 0; end < whole.length; end++) expect(quick(whole.subarray(0, end))).toBeUndefined()
    expect(quick(binary(given, 'x'))).toBeUndefined()
  })
})

describe('the fast way to write the answer to a send', () => {
  const storeHost = Buffer.from([127, 0, 0, 1, 0, 0, 0x2a, 0x9f])
  const idPrefix = storeHost.toString('hex').toUpperCase()
  const read = (frame: Buffer) => {
    expect(frame.readInt32BE(0)).toBe(frame.length - 4)
    expect(frame.readInt32BE(4) & 0xff_ffff).toBe(frame.length - framePrefixBytes)
    return decodeFrame(frame.subarray(4))
  }

  /** Into the middle of a used buffer, of which it may touch no more than it says. */
  const written = (writer: SendReplyHead, ...said: Said) => {
    const into = Buffer.alloc(maxSendReplyBytes + 20, 0xee)
    const bytes = writer.write(into, 10, ...said)
    if (bytes > 0) expect(into.subarray(10 + bytes).every((byte) => byte === 0xee)).toBe(true)
    return into.subarray(10, 10 + bytes)
  }
  type Said = Parameters<SendReplyHead['write']> extends [Buffer, number, ...infer Rest] ? Rest : never

  it('says what the plain way says', () => {
    const offset = fc.oneof(
      fc.nat(),
      fc.maxSafeNat(),
      fc.constantFrom(0, 2 ** 32, 2 ** 32 - 1, 2 ** 36, 0x10_0000_0000),
    )
    fc.assert(
      fc.property(
        fc.record({
          region: fc.string({ unit: 'grapheme' }),
          traceOn: fc.boolean(),
          form: fc.constantFrom(0 as const, 1 as const),
          opaque: fc.nat(0x7fff_ffff),
          queueId: fc.nat(),
          queueOffset: offset,
          commitLogOffset: offset,
          transactionId: fc.stringMatching(/^[ !#-[\]-~]{1,64}$/),
        }),
        ({ region, traceOn, form, opaque, queueId, queueOffset, commitLogOffset, transactionId }) => {
          const writer = createSendReplyHead({ region, traceOn, idPrefix })
          const frame = written(writer, form, opaque, queueId, queueOffset, commitLogOffset, transactionId)
          const ext = {
            MSG_REGION: region,
            TRACE_ON: String(traceOn),
            msgId: createOffsetId(storeHost, commitLogOffset),
            transactionId,
            queueOffset: String(queueOffset),
            queueId: String(queueId),
          }
          const expected = encodeReplyHead({ opaque, form }, { code: 0, ext }, 0)
          expect(read(frame)).toEqual(read(expected))
        },
      ),
      { seed: 6, numRuns: 1000 },
    )
  })

  it.each(['"', '\\', '\u0001', 'ü', 'š', '中', 'x'.repeat(65)])('leaves the transaction id %j alone', (id) => {
    const writer = createSendReplyHead({ region: 'r', traceOn: true, idPrefix })
    expect(written(writer, 0, 1, 0, 0, 0, id)).toHaveLength(0)
  })

  it('leaves a negative opaque to the plain way', () => {
    const writer = createSendReplyHead({ region: 'r', traceOn: true, idPrefix })
    expect(written(writer, 1, -1, 0, 0, 0, 'id')).toHaveLength(0)
  })
})
