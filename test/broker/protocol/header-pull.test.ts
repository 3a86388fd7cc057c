// test/broker/protocol/header-pull.test.ts: the fast way to read a pull, and to write its answer, held against the plain ones:
// what is read must be the same, what is written the same bytes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame, encodeReplyHead, type HeaderForm } from '../../../broker/protocol/command'
import { PullCommand, readPullJson } from '../../../broker/protocol/header-pull-json'
import { writePullReplyHead } from '../../../broker/protocol/header-pull-reply'
import { pullMessageHeader, readHeader } from '../../../broker/protocol/headers'

const body = Buffer.from('body')
const fast = (header: string) => {
  // other bytes on both sides: a frame lies within a chunk
  const bytes = Buffer.from(header)
  const frame = Buffer.concat([Buffer.from('"}'), bytes, Buffer.from('"},x')])
  return readPullJson(frame, 2, 2 + bytes.length, body, () => ({}))
}
/** By a space after the brace, which the fast way does not know. */
const plain = (header: string) => {
  const bytes = Buffer.from(header.replace('{', '{ '))
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(bytes.length)
  const command = decodeFrame(Buffer.concat([prefix, bytes, body]))
  expect(command).not.toBeInstanceOf(PullCommand)
  return command
}
/** As fastjson writes it. */
const spelled = (extFields: Record<string, string>, flag = 0, opaque = 7, version = 513): string =>
  JSON.stringify({ code: 11, extFields, flag, language: 'JAVA', opaque, serializeTypeCurrentRPC: 'JSON', version })
const usualFields = {
  ...{ queueId: '3', bname: 'broker-a', maxMsgNums: '32', sysFlag: '3', suspendTimeoutMillis: '15000' },
  ...{ expressionType: 'TAG', topic: 'orders', queueOffset: '123456789012', requestSource: '0' },
  ...{ maxMsgBytes: '2147483647', subVersion: '1700000000000', commitOffset: '0', consumerGroup: 'group' },
}
const usual = spelled(usualFields)

/** The same of both, or that the fast way leaves it. */
const agrees = (header: string): boolean => {
  const read = fast(header)
  if (read === undefined) return false
  const { header: fields, ext: _, ...head } = read
  const { ext, ...expected } = plain(header)
  expect({ ...head, body: read.body }).toEqual(expected)
  expect({ ...fields }).toEqual(readHeader(pullMessageHeader, ext))
  return true
}

describe('the fast way to read a pull', () => {
  it('takes what the Java client writes, and has all fields for who asks for them', () => {
    expect(agrees(usual)).toBe(true)
    const bytes = Buffer.from(usual)
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(bytes.length)
    const read = decodeFrame(Buffer.concat([prefix, bytes]))
    expect(read).toBeInstanceOf(PullCommand)
    expect(read.ext).toEqual(usualFields)
  })

  it('reads every pull as the plain way does, or leaves it to that one', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.integer().map(String),
      fc.maxSafeNat().map(String),
      fc.constantFrom('', '-1', '007', '2147483647', '2147483648', '999999999999999', '1e3', 'ü', 'a > 5', '"'),
    )
    const name = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...pullMessageHeader.entries.map(([one]) => one)) },
      { weight: 1, arbitrary: fc.constantFrom('lo', 'tupic', 'topics', '', 'Signature') },
    )
    let taken = 0
    fc.assert(
      fc.property(
        fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: true }),
        fc.constantFrom(-1, 0, 1, 2, 2 ** 31 - 1),
        fc.nat(),
        (odd, flag, opaque) => {
          if (agrees(spelled({ ...usualFields, ...odd }, flag, opaque))) taken++
        },
      ),
      { seed: 13, numRuns: 2000 },
    )
    expect(taken).toBeGreaterThan(200)
  })

  it('takes no damaged header otherwise than the plain way', () => {
    const damage = fc.record({
      at: fc.nat(usual.length - 1),
      cut: fc.nat(3),
      put: fc.constantFrom('', '"', '\\', '{', '}', ',', ':', '0', '-1', '.5', '\\u0041', '\u0001', 'ä', 'x'),
    })
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (hits) => {
        let header = usual
        for (const { at, cut, put } of hits) header = header.slice(0, at) + put + header.slice(at + cut)
        if (fast(header) !== undefined) agrees(header)
      }),
      { seed: 14, numRuns: 3000 },
    )
  })

  it('takes no cut of a header, and none that lacks what a pull must say', () => {
    for (let end = 0; end < usual.length; end++) expect(fast(usual.slice(0, end))).toBeUndefined()
    for (const name of ['consumerGroup', 'topic', 'queueId', 'queueOffset', 'maxMsgNums', 'sysFlag', 'subVersion']) {
      const { [name as 'topic']: _, ...less } = usualFields
      expect(fast(spelled(less as typeof usualFields)), name).toBeUndefined()
    }
  })

  it.each([
    ['another language', usual.replace('JAVA', 'GO')],
    ['a remark', usual.replace('"serialize', '"remark":"x","serialize')],
    ['a space', usual.replace(',"flag"', ', "flag"')],
    ['a number among the fields', usual.replace('"queueId":"3"', '"queueId":3')],
    ['an escape in a text', usual.replace('orders', '\\u006frders')],
    ['a signature', spelled({ ...usualFields, Signature: 's' })],
    ['more behind it', `${usual}}`],
  ])('leaves a header with %s alone', (_, header) => {
    expect(fast(header)).toBeUndefined()
  })
})

const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 9, 10, 2 ** 32, 2 ** 53 - 1))
/** Into a used buffer, of which no more may be touched than is said. */
const written = (room: number, write: (into: Buffer, at: number) => number): Buffer => {
  const into = Buffer.alloc(room + 20, 0xee)
  const bytes = write(into, 10)
  if (bytes > 0) expect(into.subarray(10 + bytes).every((byte) => byte === 0xee)).toBe(true)
  return into.subarray(10, 10 + bytes)
}
const form = fc.constantFrom<HeaderForm>(0, 1)

describe('the fast way to write the answer to a pull', () => {
  it('writes what the plain way writes', () => {
    fc.assert(
      fc.property(
        form,
        fc.nat(0x7fff_ffff),
        fc.nat(1 << 24),
        fc.array(number, { minLength: 6, maxLength: 6 }),
        (...given) => {
          const [of, opaque, bodyBytes, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]] = given
          const fields = {
            suggestWhichBrokerId: a,
            nextBeginOffset: b,
            minOffset: c,
            maxOffset: d,
            topicSysFlag: e,
            groupSysFlag: f,
          }
          const ext = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
          const expected = encodeReplyHead({ opaque, form: of }, { code: 0, remark: 'FOUND', ext }, bodyBytes)
          const head = written(1024, (into, at) => writePullReplyHead(into, at, of, opaque, fields, bodyBytes))
          expect(head.toString('latin1')).toBe(expected.toString('latin1'))
        },
      ),
      { seed: 15, numRuns: 500 },
    )
  })

  it.each([-1, 0.5, 2 ** 53])('leaves the number %d to the plain way', (odd) => {
    const fields = {
      suggestWhichBrokerId: 0,
      nextBeginOffset: odd,
      minOffset: 0,
      maxOffset: 0,
      topicSysFlag: 0,
      groupSysFlag: 0,
    }
    expect(writePullReplyHead(Buffer.alloc(1024), 0, 0, 1, fields, 0)).toBe(0)
  })
})
