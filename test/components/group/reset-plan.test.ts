// test/components/group/reset-plan.test.ts: what a reset would do, before anybody confirms it.
import { describe, expect, it } from 'vitest'
import {
  bestPace,
  canApply,
  drainMs,
  leftOut,
  planSums,
  putBackTarget,
  queueKey,
  stayPut,
} from '../../../components/group/reset-plan'
import { known, unknown } from '../../../server/shared/known'
import type { ResetRow } from '../../../server/shared/views'

const row = (queueId: number, now: bigint | null, after: bigint | null, min = 100n, max = 1_000n): ResetRow => ({
  topic: 'orders',
  broker: 'broker-a',
  queueId,
  min: known(min, 1),
  max: known(max, 1),
  now: now === null ? unknown('never-committed') : known(now, 1),
  after: after === null ? unknown('broker-silent') : known(after, 1),
  change: unknown('no-sample-yet'),
  firstMessageAt: unknown('no-sample-yet'),
  note: null,
  changed: false,
})
const none: ReadonlySet<string> = new Set()

it('leaves out the retry topic unless somebody chose otherwise, and nothing of a snapshot', () => {
  const queues = ['%RETRY%g', 'orders'].map((topic) => ({ topic, broker: 'broker-a', queueId: 0 }))
  expect([...leftOut(null, 'time', queues)]).toEqual(['%RETRY%g broker-a/0'])
  expect([...leftOut(null, 'snapshot', queues)]).toEqual([])
  expect([...leftOut(['orders broker-a/0'], 'snapshot', queues)]).toEqual(['orders broker-a/0'])
})
describe('a previewed reset', () => {
  it('moves nothing only when no queue moves, as far as that is known', () => {
    const still = { ...row(0, 900n, 900n), change: known(0, 1) }
    expect(stayPut([still])).toBe(true)
    expect(stayPut([still, { ...row(1, 900n, 890n), change: known(-10, 1) }])).toBe(false)
    expect(stayPut([still, row(2, null, null)])).toBe(false)
    expect(stayPut([])).toBe(false)
  })
  it('counts what is delivered again and what is skipped apart', () => {
    const sums = planSums([row(0, 900n, 400n), row(1, 300n, 500n)], none)
    expect(sums).toEqual({ again: 500n, skipped: 200n, lagNow: 800n, lagAfter: 1_100n, missing: 0, applied: 2 })
  })
  it('leaves an unticked queue where it stands', () => {
    const rows = [row(0, 900n, 400n), row(1, 300n, 500n)]
    const sums = planSums(rows, new Set(rows.slice(0, 1).map(queueKey)))
    expect(sums).toEqual({ again: 0n, skipped: 200n, lagNow: 800n, lagAfter: 600n, missing: 0, applied: 1 })
  })
  it('never guesses for a queue whose broker is silent', () => {
    const silent = row(0, 900n, null)
    expect(planSums([silent, row(1, 900n, 800n)], none)).toMatchObject({ missing: 1, applied: 1, again: 100n })
    expect(canApply(silent)).toBe(false)
  })
  it('does not call skipped what was deleted before', () => {
    expect(planSums([row(0, 20n, 100n)], none)).toMatchObject({ again: 0n, skipped: 0n })
    expect(planSums([row(0, 20n, 300n)], none)).toMatchObject({ skipped: 200n })
  })
  it('keeps every digit beyond 2^53', () => {
    const base = 9_007_199_254_740_993n
    expect(planSums([row(0, base + 7n, base + 4n, base, base + 9n)], none)).toMatchObject({ again: 3n, lagAfter: 5n })
  })
  it('can be put back to exactly where each queue stood', () => {
    const queue = { topic: 'orders', broker: 'broker-a', queueId: 0 }
    expect(
      putBackTarget([
        { queue, ok: true, before: 900n },
        { queue: { ...queue, queueId: 1 }, ok: false, before: 300n },
      ]),
    ).toEqual({ kind: 'offsets', offsets: [{ ...queue, offset: 900n }] })
  })
})

describe('the best pace of a group', () => {
  it('shows what it can do only where more was waiting than it could read', () => {
    expect(bestPace([])).toBeNull()
    expect(
      bestPace([
        { out: 5, lag: 0 },
        { out: null, lag: null },
      ]),
    ).toEqual({ perSecond: 5, isLimit: false })
    expect(
      bestPace([
        { out: 40, lag: 3 },
        { out: 2110, lag: 90_000 },
        { out: 50, lag: 0 },
      ]),
    ).toEqual({ perSecond: 2110, isLimit: true })
  })
})
describe('the time to work it off', () => {
  it('is the lag over the rate at which it shrinks', () =>
    expect(drainMs(981_776n, 2_110, 388)).toBeCloseTo(570_137, 0))
  it('is unknown while it does not shrink', () => {
    expect(drainMs(10n, 5, 5)).toBeNull()
    expect(drainMs(10n, null, 5)).toBeNull()
    expect(drainMs(0n, null, null)).toBe(0)
  })
})
