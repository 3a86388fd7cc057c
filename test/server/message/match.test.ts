// test/server/message/match.test.ts: what a search lets through: words, properties, expressions into the body's JSON, patterns.
// No pattern takes longer than its text is long, and what was not looked into is said.
import { deflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { WireMessage } from '../../../server/admin/records'
import { type MessageFilter, mustRead, openMatch } from '../../../server/message/match'

const message = (body: string | Buffer, properties: Record<string, string> = {}, more: object = {}): WireMessage =>
  ({
    ...{ body: Buffer.from(body), compression: 'none', properties: new Map(Object.entries(properties)), tag: null },
    ...{ keys: [], uniqueId: null, reconsumeTimes: 0, bornHost: '10.0.0.1', ...more },
  }) as unknown as WireMessage // what a filter looks at
const order = {
  id: 9_007_199,
  amount: 120.5,
  paid: true,
  note: null,
  items: [{ sku: 'a-1', 'unit-price': 3 }],
  'a.b': 1,
}
const paid = message(JSON.stringify({ order }), { region: 'eu', retries: '2' }, { tag: 'paid', keys: ['k1', 'k2'] })
const passes = (filter: MessageFilter, one = paid): boolean => openMatch(filter)(one)

it.each([
  ['body.order.amount > 100', true],
  ['body.order.amount BETWEEN 120 AND 121', true],
  ["body.order.amount = 120.5 AND region = 'eu'", true],
  ['body.order.id = 9007199', true],
  ['body.order.paid = TRUE', true],
  ["body.order.items[0].sku = 'a-1'", true],
  ['body.order.items[0].unit-price >= 3', true],
  ["body.order.items[0].sku STARTSWITH 'a'", true],
  ['body.order.items[1].sku IS NULL AND body.order.note IS NULL AND body.order.items IS NOT NULL', true],
  ["tag = 'paid' AND key = 'k1' AND size > 10 AND host = '10.0.0.1'", true],
  ["region IN ('eu', 'us') AND retries > 1", true],
  ['body.order.amount > 200', false],
  ['body.order.constructor IS NOT NULL', false],
  ["body.nothing > 1 OR missing = 'x'", false],
])('judges by %s', (sql, expected) => {
  expect(passes({ sql })).toBe(expected)
})
it('looks for no field in what is no JSON, and for a pattern in any text', () => {
  expect(passes({ sql: 'body.order IS NULL' }, message('plain words'))).toBe(true)
  expect(passes({ regex: '(?i)pl[a-z]+ w\\w+$' }, message('some PLAIN words'))).toBe(true)
  expect(passes({ regex: '^words' }, message('plain words'))).toBe(false)
  expect(passes({ regex: 'wor.s', sql: 'size > 3', body: 'plain' }, message('plain words'))).toBe(true)
})
it('refuses what cannot be read, with a hint', () => {
  for (const filter of [
    { sql: 'a = ' },
    { sql: "a = 'x' and" },
    { sql: "a = 'x' b = 'y'" },
    { regex: '(' },
    { regex: '(a)\\1' },
  ])
    expect(() => openMatch(filter)).toThrow(expect.objectContaining({ kind: 'bad-input' }))
})
it('is not held by a pattern that would try for ever', () => {
  const began = performance.now()
  expect(passes({ regex: '^(a+)+$' }, message(`${'a'.repeat(5000)}!`))).toBe(false)
  expect(passes({ regex: '(x+x+)+y' }, message('x'.repeat(5000)))).toBe(false)
  expect(performance.now() - began).toBeLessThan(20_000) // other engines need longer than the world is old
})
it('says what it did not look into to its end', () => {
  let unread = 0
  const judge = (filter: MessageFilter, one: WireMessage): boolean => openMatch(filter, () => unread++)(one)
  const late = `${'.'.repeat(300_000)}needle`
  expect(judge({ regex: 'needle' }, message(late))).toBe(false)
  expect(judge({ body: 'needle' }, message(late))).toBe(true)
  expect(judge({ regex: 'needle' }, message(deflateSync(`needle${late}`), {}, { compression: 'zlib' }))).toBe(true)
  expect(unread).toBe(1)
})
it('wants the right to read for everything it looks into', () => {
  for (const filter of [{ sql: 'a = 1' }, { regex: 'a' }, { body: 'a' }])
    expect(() => mustRead({ bodies: false }, filter)).toThrow(expect.objectContaining({ kind: 'not-allowed' }))
  expect(() => mustRead({ bodies: false }, { tag: 'a', key: 'b' })).not.toThrow()
})

it('looks less far into a body with a large pattern, and says so: nothing can interrupt it', () => {
  let unread = 0
  const judge = openMatch({ regex: '[\\p{L}]{400}needle' }, () => {
    unread += 1
  })
  expect(judge(message(`${'a'.repeat(100_000)}needle`))).toBe(false)
  expect(unread).toBe(1)
  expect(judge(message(`${'a'.repeat(500)}needle`))).toBe(true)
})
