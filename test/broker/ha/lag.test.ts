// test/broker/ha/lag.test.ts: how far a slave lies behind in time.
import { expect, it } from 'vitest'
import { Lag } from '../../../broker/ha/lag'

const open = () => {
  const at = { nowMs: 1000 }
  return { at, lag: new Lag(() => at.nowMs) }
}

it('is the age of the oldest byte that is not confirmed', () => {
  const { at, lag } = open()
  lag.mark(100)
  at.nowMs += 250
  lag.mark(200)
  at.nowMs += 250
  expect(lag.ms).toBe(500)
  lag.confirmed(150)
  expect(lag.ms).toBe(250)
  lag.confirmed(200)
  expect(lag.ms).toBe(0)
})

it('counts from the first mark however long nothing is confirmed, with a bounded number of marks', () => {
  const { at, lag } = open()
  for (let offset = 1; offset <= 100_000; offset++) {
    lag.mark(offset)
    at.nowMs += 250
  }
  expect(lag.ms).toBe(25_000_000)
  lag.confirmed(99_000)
  expect(lag.ms).toBeLessThanOrEqual(1000 * 250 + 256 * 250)
  expect(lag.ms).toBeGreaterThanOrEqual(100 * 250)
})

it('is none once all is confirmed', () => {
  const { at, lag } = open()
  lag.mark(100)
  lag.confirmed(100)
  at.nowMs += 60_000
  expect(lag.ms).toBe(0)
})
