// test/components/audit/audit-range.test.ts: a span of the audit log is one question for a minute, and what was asked is laid out.
import { expect, it } from 'vitest'
import { rangeStart, readable } from '../../../components/audit/audit-range'

it('asks the same question all through a minute', () => {
  const start = rangeStart('1h', 3_600_000 + 60_000)
  expect(start).toBe(60_000)
  expect(rangeStart('1h', 3_600_000 + 119_999)).toBe(start)
  expect(rangeStart('1h', 3_600_000 + 120_000)).toBe(start + 60_000)
})
it('lays out JSON and leaves any other text as it is, also JSON that was cut', () => {
  expect(readable('{"queues":[1]}')).toBe('{\n  "queues": [\n    1\n  ]\n}')
  expect(readable('3 shown')).toBe('3 shown')
  expect(readable('{"queues":[1,')).toBe('{"queues":[1,')
})
