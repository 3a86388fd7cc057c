// test/components/shell/range.test.ts: what a time range in the address means.
import { expect, it } from 'vitest'
import { spanOf } from '../../../components/shell/range'

it('knows the named ranges', () => {
  expect(spanOf('15m')).toEqual({ name: '15m', span: { lastMs: 900_000 } })
  expect(spanOf('7d')).toEqual({ name: '7d', span: { lastMs: 604_800_000 } })
})
it('takes an hour when nothing or nonsense is said', () => {
  for (const text of [
    null,
    '',
    'yesterday',
    'toString',
    '__proto__',
    '..',
    '2026-01-02T00:00:00Z..2026-01-01T00:00:00Z',
  ])
    expect(spanOf(text)).toEqual({ name: '1h', span: { lastMs: 3_600_000 } })
})
it('reads a span with its zones', () => {
  expect(spanOf('2026-11-22T14:00:00+08:00..2026-11-22T06:30:00Z')).toEqual({
    name: null,
    span: { from: Date.UTC(2026, 10, 22, 6), to: Date.UTC(2026, 10, 22, 6, 30) },
  })
})
