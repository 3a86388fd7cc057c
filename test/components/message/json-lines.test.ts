// test/components/message/json-lines.test.ts: bodies are shown as they were written, digit by digit.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, hexLines, isBase64, isHex } from '../../../components/message/hex'
import {
  isList,
  isObject,
  type Json,
  oneLine,
  parseJson,
  RawNumber,
  timeOf,
} from '../../../components/message/json-lines'

const seed = 20261122
const plain = (value: Json): unknown =>
  value instanceof RawNumber
    ? Number(value.text)
    : isList(value)
      ? value.map(plain)
      : isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
        : value

describe('a JSON body', () => {
  it('keeps every digit of a number beyond 2^53', () => {
    const value = parseJson('{"id": 9007199254740993, "price": 0.10}')
    expect(value).toEqual({ id: new RawNumber('9007199254740993'), price: new RawNumber('0.10') })
  })
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = parseJson(text)
        expect(value).toBeDefined()
        expect(plain(value ?? null)).toEqual(JSON.parse(text, (_key, one: unknown) => (Object.is(one, -0) ? -0 : one)))
      }),
      { seed },
    )
  })
  it('is refused where JSON.parse refuses it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => text.slice(0, -1)),
          fc.json().map((text) => `${text},`),
        ),
        (text) => {
          let valid = true
          try {
            JSON.parse(text)
          } catch {
            valid = false
          }
          expect(parseJson(text) !== undefined).toBe(valid)
        },
      ),
      { seed },
    )
  })
  it('nested without end is no JSON, and stops nothing', () => expect(parseJson('['.repeat(100_000))).toBeUndefined())
  it('keeps short objects in one line and long ones not', () => {
    expect(oneLine(parseJson('{"id":"u_1","tier":"gold"}') ?? null, 80)).toBe('{ id: "u_1", tier: "gold" }')
    expect(oneLine(parseJson('{"a":{"b":1}}') ?? null, 80)).toBeNull()
    expect(oneLine(parseJson('[]') ?? null, 80)).toBe('[ ]')
  })
  it('reads milliseconds and seconds of this century as times', () => {
    expect(timeOf(new RawNumber('1795327501209'))).toBe(1_795_327_501_209)
    expect(timeOf(new RawNumber('1795327501'))).toBe(1_795_327_501_000)
    expect(timeOf(new RawNumber('12'))).toBeNull()
    expect(timeOf(new RawNumber('1795327501.2'))).toBeNull()
  })
})

describe('a body as bytes', () => {
  it('is dumped sixteen to a line, with what can be read beside', () => {
    const lines = hexLines(fromBase64(btoa('0123456789abcdefGH\u0001')), 10)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toEqual({
      at: 0,
      hex: '30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66',
      text: '0123456789abcdef',
    })
    expect(lines[1]?.text).toBe('GH·')
  })
  it('is told from what is none', () => {
    expect([isHex('0a FF\n00'), isHex('0a f'), isHex('zz')]).toEqual([true, false, false])
    expect([isBase64('aGVsbG8='), isBase64('aGVsbG8'), isBase64('a$==')]).toEqual([true, false, false])
  })
})
