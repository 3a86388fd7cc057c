// test/broker/long-texts.test.ts: texts as long as a frame may hold, made to be walked through once for each of their
// pieces. The thread of a broker that did so would stand still for minutes, and so would this test.
import { expect, it } from 'vitest'
import { parseProperties as parsePropertiesText } from '../../broker/config/properties-text'
import { compileSql, FilterSyntaxError } from '../../broker/filter/sql'
import { scanProperties } from '../../broker/processor/send-request'
import { parseProperties } from '../../broker/protocol/properties'
import { parseTagExpression } from '../../broker/protocol/subscription'

const million = 1_000_000

it('reads properties of many pieces without a name', () => {
  const text = `${'aaa\u0002'.repeat(million)}TAGS\u0001A`
  expect(parseProperties(text)).toEqual(new Map([['TAGS', 'A']]))
  expect(scanProperties(text)).toMatchObject({ tags: 'A', mustRewrite: true })
})

it('reads an expression of many tags', () => {
  const tags = Array.from({ length: million }, (_, number) => `t${number}`)
  expect(parseTagExpression('T', tags.join(' || ')).tagsSet).toHaveLength(million)
})

it('judges a property of many digits that is no number', () => {
  const passes = compileSql('a > 1.5')
  const property = `${'1'.repeat(32_000)}x`
  expect(Array.from({ length: 20 }, () => passes(() => property))).not.toContain(true)
})

it('refuses an expression that nobody writes', () => {
  expect(() => compileSql(`a > ${'-'.repeat(million)}1`)).toThrow(FilterSyntaxError)
  expect(() => compileSql(`a > ${'/*'.repeat(16_000)}`)).toThrow()
})

it('reads settings of many backslashes', () => {
  const text = `a=${'\\'.repeat(million)}b`
  expect(parsePropertiesText(text).get('a')).toBe(`${'\\'.repeat(million / 2)}b`)
})
