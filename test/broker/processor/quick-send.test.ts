// test/broker/processor/quick-send.test.ts: the quick way of a plain message, held against the general one.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createQuickSendReader } from '../../../broker/processor/quick-send'
import { scanProperties } from '../../../broker/processor/send-request'
import { decodeFrame, encodeHead } from '../../../broker/protocol/command'
import { Property, splitKeys } from '../../../broker/protocol/properties'
import { SendCommand } from '../../../broker/protocol/send-command'

const own = Buffer.from('CLUSTER\u0001C\u0002')
const reader = createQuickSendReader()
const sent = (properties: string, form: 0 | 1 = 0, more: Record<string, string> = {}, body = 'body'): SendCommand => {
  const ext = { b: 'topic', c: 'TBW102', d: '8', e: '3', f: '0', g: '1700000000000', h: '0', i: properties, ...more }
  const head = encodeHead({ code: 310, language: 'JAVA', version: 513, opaque: 1, flag: 0, remark: null, ext }, form, 4)
  const command = decodeFrame(Buffer.concat([head.subarray(4), Buffer.from(body)]))
  if (!(command instanceof SendCommand)) throw new Error(`not taken: ${JSON.stringify(properties)}`)
  return command
}
const read = (send: SendCommand) => reader.read(send, own)

describe('the quick way of a message', () => {
  it('finds in properties what the general way finds, or leaves them to it', () => {
    const name = fc.oneof(fc.constantFrom(...Object.values(Property)), fc.constantFrom('mine', 'Delay', 'T', ''))
    const value = fc.constantFrom('true', 'false', 'FALSE', 'A', 'k1 k2', '', '3', '\\u0001')
    const piece = fc.oneof(
      { weight: 9, arbitrary: fc.tuple(name, value).map(([left, right]) => `${left}\u0001${right}\u0002`) },
      { weight: 1, arbitrary: fc.constantFrom('\u0002', '\u0001', 'x', 'KEYS\u0001a') },
    )
    let taken = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), fc.constantFrom(1 as const, 0 as const), (pieces, form) => {
        const text = `UNIQ_KEY\u0001U\u0002${pieces.join('')}`
        if (form === 0 && text.includes('\\')) return // the header is then the general reader's
        const quick = read(sent(text, form))
        if (quick === undefined) return
        taken++
        const { uniqueKey, tags, keys, waits, hasShardingKey: _, ...care } = scanProperties(text)
        const plain = { delayLevel: 0, isTransaction: false, isTimed: false, priority: -1, mustRewrite: false }
        expect(care).toEqual(plain)
        expect(quick).toMatchObject({ topic: 'topic', uniqueKey, tags, keys: [uniqueKey, ...splitKeys(keys)], waits })
        expect(quick.properties.toString()).toBe(`${text}${text.endsWith('\u0002') ? '' : '\u0002'}${own}`)
      }),
      { seed: 8, numRuns: 2000 },
    )
    expect(taken).toBeGreaterThan(300)
  }, 120_000)

  const key = 'UNIQ_KEY\u0001U\u0002'
  it.each([
    ['has no unique key', sent('WAIT\u0001true\u0002')],
    ['is a batch', sent(key, 0, { m: 'true' })],
    ['has no body', sent(key, 0, {}, '')],
    ['says that it is part of a transaction', sent(key, 0, { f: '4' })],
    ['goes to a retry topic', sent(key, 0, { b: '%RETRY%group' })],
    ['goes to a topic of the system', sent(key, 0, { b: 'SCHEDULE_TOPIC_XXXX' })],
    ['has properties that no record can hold', sent(`${key}a\u0001${'x'.repeat(32_768)}\u0002`)],
  ])('leaves a message that %s to the general way', (_, send) => {
    expect(read(send)).toBeUndefined()
  })

  it('finds in the properties of a batched message what the general way finds', () => {
    const piece = fc.tuple(
      fc.constantFrom('UNIQ_KEY', 'TAGS', 'KEYS', 'WAIT', 'x', ''),
      fc.constantFrom('ü', 'A b', ''),
    )
    const text = fc.array(piece, { maxLength: 5 }).map((all) => all.map(([n, v]) => `${n}\u0001${v}`).join('\u0002'))
    fc.assert(
      fc.property(text, fc.constantFrom('', '\u0002', '\u0001'), (pieces, end) => {
        const { uniqueKey, tags, keys } = scanProperties(pieces + end)
        expect(reader.readBatched(Buffer.from(pieces + end))).toEqual({ uniqueKey, tags, keys })
      }),
      { seed: 9, numRuns: 1000 },
    )
  })

  it('tells topics apart whose names have one hash', () => {
    expect(['Aa', 'BB', 'Aa'].map((topic) => read(sent(key, 0, { b: topic }))?.topic)).toEqual(['Aa', 'BB', 'Aa'])
  })
})
