// test/components/broker/config-value.test.ts: a property is checked as it is typed.
import { expect, it } from 'vitest'
import { valueFault } from '../../../components/broker/config-value'

const number = { type: 'number', min: 1, max: 72 } as const
const flag = { type: 'boolean', min: null, max: null } as const
const text = { type: 'text', min: null, max: null } as const

it.each([
  [number, '72', null],
  [number, ' 1 ', null],
  [number, '0', 'out-of-range'],
  [number, '73', 'out-of-range'],
  [number, '', 'not-number'],
  [number, '4.5', 'not-number'],
  [number, '1e2', 'not-number'],
  [flag, 'true', null],
  [flag, 'yes', 'not-boolean'],
  [text, '04', null],
  [text, '  ', 'empty'],
])('%j takes %j as %j', (entry, typed, fault) => {
  expect(valueFault(entry, typed)).toBe(fault)
})
