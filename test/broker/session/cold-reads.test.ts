// test/broker/session/cold-reads.test.ts: who reads more of what is not in memory than allowed, by the clock.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ColdReads, createColdReads } from '../../../broker/session/cold-reads'

const settings = { coldDataFlowControlEnable: true, cgColdReadThreshold: 100, globalColdReadThreshold: 1000 }
let reads: ColdReads
beforeEach(() => {
  vi.useFakeTimers()
  settings.coldDataFlowControlEnable = true
  reads = createColdReads({ settings, clock: Date.now })
})
afterEach(() => {
  reads.close()
  vi.useRealTimers()
})

it('holds a group to its own threshold, and all to the one for all, until five seconds are over', () => {
  reads.note('a', 99)
  expect(reads.isOver('a')).toBe(false)
  reads.note('a', 1)
  expect([reads.isOver('a'), reads.isOver('b')]).toEqual([true, false])
  reads.setThreshold('a', 200)
  expect(reads.isOver('a')).toBe(false)
  reads.removeThreshold('a')
  reads.note('b', 900)
  reads.setThreshold('c', 5000)
  reads.note('c', 1)
  expect(reads.isOver('c')).toBe(true) // all together
  vi.advanceTimersByTime(5000)
  expect([reads.isOver('a'), reads.sumBytes, reads.groups.size]).toEqual([false, 0, 3])
  vi.advanceTimersByTime(60_000)
  expect(reads.groups.size).toBe(0)
})

it('wakes who waits after three seconds at least, in the turn of the count', () => {
  const woken: string[] = []
  vi.advanceTimersByTime(1000)
  reads.hold(() => woken.push('early'))
  vi.advanceTimersByTime(2000)
  reads.hold(() => woken.push('late'))
  vi.advanceTimersByTime(2000)
  expect(woken).toEqual(['early'])
  vi.advanceTimersByTime(5000)
  expect(woken).toEqual(['early', 'late'])
  reads.hold(() => woken.push('closing'))
  reads.close()
  expect(woken).toEqual(['early', 'late', 'closing'])
  expect(reads.hold(() => {})).toBe(false)
})

it('counts nothing where it is off', () => {
  settings.coldDataFlowControlEnable = false
  reads.note('a', 1_000_000)
  expect([reads.isOn, reads.isOver('a'), reads.groups.size]).toEqual([false, false, 0])
})
