// test/broker/session/queue-locks.test.ts: who may consume a queue in order.
import { beforeEach, expect, it } from 'vitest'
import { createQueueLocks } from '../../../broker/session/queue-locks'
import type { QueueLocks } from '../../../broker/session/types'

let nowMs: number
let locks: QueueLocks
beforeEach(() => {
  nowMs = 1_000_000
  locks = createQueueLocks({ clock: () => nowMs })
})
const queue = (queueId: number) => ({ topic: 't', brokerName: 'b', queueId })

it('gives a free queue, and gives it again to whom it belongs', () => {
  expect(locks.lock('g', 'a', [queue(0), queue(1)])).toEqual([queue(0), queue(1)])
  expect(locks.lock('g', 'a', [queue(0)])).toEqual([queue(0)])
})

it('refuses a queue that another client of the group holds, and leaves other groups alone', () => {
  locks.lock('g', 'a', [queue(0)])
  expect(locks.lock('g', 'b', [queue(0), queue(1)])).toEqual([queue(1)])
  expect(locks.lock('h', 'b', [queue(0)])).toEqual([queue(0)])
})

it('OR3: gives a queue to another when its owner did not renew it for a minute', () => {
  locks.lock('g', 'a', [queue(0)])
  nowMs += 60_000
  expect(locks.lock('g', 'b', [queue(0)])).toEqual([])
  nowMs += 1
  expect(locks.lock('g', 'b', [queue(0)])).toEqual([queue(0)])
})

it('unlocks only what is one’s own', () => {
  locks.lock('g', 'a', [queue(0)])
  locks.unlock('g', 'b', [queue(0)])
  expect(locks.lock('g', 'b', [queue(0)])).toEqual([])
  locks.unlock('g', 'a', [queue(0)])
  expect(locks.lock('g', 'b', [queue(0)])).toEqual([queue(0)])
})

it('knows whether a group consumes in order: any lock that is not over', () => {
  expect(locks.isAnyHeld('g')).toBe(false)
  locks.lock('g', 'a', [queue(0)])
  expect(locks.isAnyHeld('g')).toBe(true)
  expect(locks.of('g')).toEqual([{ queue: queue(0), clientId: 'a', renewedAtMs: nowMs }])
  nowMs += 60_001
  expect(locks.isAnyHeld('g')).toBe(false)
  expect(locks.of('g')).toEqual([])
})

it('lets go of what nobody renews, whatever groups and queues clients make up', () => {
  for (let n = 0; n < 100; n++) locks.lock(`made up ${n}`, 'a', [queue(n)])
  nowMs += 60_001
  locks.lock('g', 'a', [queue(0)])
  expect(locks.size).toBe(1)
})
