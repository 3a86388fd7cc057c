// test/broker/peer/timer-copy.test.ts: what a slave believes of its master's timed messages, and when.
import { expect, it } from 'vitest'
import { createTimerCopy } from '../../../broker/peer/timer-copy'

/** As code 60 answers it. */
const checkpoint = (overMs: number, queueOffset: number): Buffer => {
  const bytes = Buffer.alloc(56)
  for (const [at, value] of [overMs, 0, queueOffset, queueOffset].entries())
    bytes.writeBigInt64BE(BigInt(value), at * 8)
  return bytes
}

it('believes the master once its own log holds what the master delivered', () => {
  const copy = createTimerCopy()
  copy.said(checkpoint(10_000, 4), 100)
  expect(copy.reached(1000)).toBeUndefined() // of what came late nobody knows yet in which slot it lies
  copy.said(checkpoint(12_000, 9), 500)
  expect(copy.reached(499)).toBeUndefined()
  expect(copy.reached(500)).toEqual({ queueOffset: 4, overMs: 12_000 })
  expect(copy.reached(500)).toBeUndefined()
})

it('waits for the end it was told first, however far the master has gone meanwhile', () => {
  const copy = createTimerCopy()
  copy.said(checkpoint(10_000, 4), 100)
  copy.said(checkpoint(12_000, 9), 500)
  copy.said(checkpoint(14_000, 12), 900)
  expect(copy.reached(600)).toEqual({ queueOffset: 4, overMs: 12_000 })
  copy.said(checkpoint(14_000, 12), 900)
  expect(copy.reached(900)).toEqual({ queueOffset: 9, overMs: 14_000 })
})

it('learns nothing from a master that stands still, or says nothing', () => {
  const copy = createTimerCopy()
  for (const body of [checkpoint(10_000, 4), checkpoint(10_000, 5), checkpoint(0, 0), Buffer.alloc(8)])
    copy.said(body, 1)
  expect(copy.reached(1000)).toBeUndefined()
})
