// test/server/admin/loose-json.test.ts: what brokers really send is read, exactly; what is no JSON is refused.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bigOf, LooseJsonError, objectOf, parseLoose } from '../../../server/admin/loose-json'

/** As the engine would have read it: numbers past 2^53 as the nearest double. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? Number(one) : one)))

describe('loose JSON', () => {
  it('takes bare numbers and whole objects as keys', () => {
    expect(plain(parseLoose('{"T@g":{0:5,1:6}}'))).toEqual({ 'T@g': { '0': 5, '1': 6 } })
    const table = objectOf(
      parseLoose('{"offsetTable":{{"brokerName":"b","queueId":0,"topic":"T"}:{"maxOffset":9}}}'),
    ).offsetTable
    expect(plain(table)).toEqual({ '{"brokerName":"b","queueId":0,"topic":"T"}': { maxOffset: 9 } })
  })
  it('keeps all digits of 64 bits, on the strict path and on the loose one', () => {
    for (const text of ['{"a":9223372036854775807}', '{1:9223372036854775807}', '{"x":[9007199254740993]}'])
      expect(JSON.stringify(parseLoose(text), (_, value) => (typeof value === 'bigint' ? `${value}` : value))).toMatch(
        /9223372036854775807|9007199254740993/,
      )
    expect(bigOf(objectOf(parseLoose('{1:-9223372036854775808}'))['1'])).toBe(-9223372036854775808n)
  })
  it('reads what has no word in JSON as nothing', () => {
    expect(parseLoose('{"tps":NaN,"a":Infinity,"b":1}')).toMatchObject({ tps: null, a: null, b: 1 })
  })
  it('reads every JSON value as the engine does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value)
        // A bare key in front sends all of it down the loose path.
        expect(plain(objectOf(parseLoose(`{0:${text}}`))['0'])).toEqual(JSON.parse(text))
      }),
      { seed: 20_261_124, numRuns: 300 },
    )
  })
  it('ends on any text, with a value or an error of its own', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[{}[\]:,"0-9a-z\\-]*$/)), (text) => {
        try {
          parseLoose(text)
        } catch (error) {
          expect(error).toBeInstanceOf(LooseJsonError)
        }
      }),
      { seed: 20_261_124, numRuns: 2000 },
    )
  })
  it('does not let a key named __proto__ touch anything', () => {
    const found = objectOf(parseLoose('{0:1,"__proto__":{"polluted":true}}'))
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.keys(found)).toContain('__proto__')
  })
})
