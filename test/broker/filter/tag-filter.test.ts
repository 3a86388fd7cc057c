// test/broker/filter/tag-filter.test.ts: which messages pass by their tag.
import { expect, it } from 'vitest'
import { tagFilter } from '../../../broker/filter/tag-filter'
import { tagsCode } from '../../../broker/protocol/java-hash'
import { parseTagExpression } from '../../../broker/protocol/subscription'

const passes = (expression: string, tag: string | undefined) =>
  tagFilter(parseTagExpression('t', expression))?.byUnit(tagsCode(tag)) ?? true

it('lets everything pass for *, also what has no tag', () => {
  expect(passes('*', 'TagA')).toBe(true)
  expect(passes('*', undefined)).toBe(true)
  expect(passes('', 'TagA')).toBe(true)
})

it('lets one tag, or several, pass and nothing else', () => {
  expect(passes('TagA', 'TagA')).toBe(true)
  expect(passes('TagA', 'TagB')).toBe(false)
  expect(passes(' TagA || TagB ', 'TagB')).toBe(true)
  expect(passes(' TagA || TagB ', 'TagC')).toBe(false)
  expect(passes('TagA', undefined)).toBe(false)
})

it('cannot tell tags apart that share a hash: the client does', () => {
  expect(passes('Aa', 'BB')).toBe(true)
})
