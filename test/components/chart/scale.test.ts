// test/components/chart/scale.test.ts: hairlines on round numbers, gaps that stay gaps, and paths of small lines.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distinctTicks, gapsOf, niceTicks, timeTicks } from '../../../components/chart/scale'
import { sparkPaths } from '../../../components/chart/sparkline'

describe('an axis', () => {
  it.each([
    [0, [0, 1]],
    [3_500, [0, 1_000, 2_000, 3_000, 4_000]],
    [480, [0, 100, 200, 300, 400, 500]],
    [39_000, [0, 10_000, 20_000, 30_000, 40_000]],
    [0.7, [0, 0.15, 0.3, 0.45, 0.6, 0.75]],
  ])('up to %d has its lines on round numbers', (most, ticks) => expect(niceTicks(most)).toEqual(ticks))
  it('never has more than six lines, starts at zero and holds the largest value', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), (most) => {
        const ticks = niceTicks(most)
        expect(ticks.length).toBeLessThanOrEqual(6)
        expect(ticks[0]).toBe(0)
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(most * 0.9999)
      }),
      { seed: 20261122 },
    )
  })
  it('of what is counted has no line between two whole numbers', () => {
    expect(niceTicks(1, true)).toEqual([0, 1])
    expect(niceTicks(3, true)).toEqual([0, 1, 2, 3])
    expect(niceTicks(7, true)).toEqual([0, 2, 4, 6, 8])
  })
  it('writes no two lines alike', () => {
    const percent = (tick: number) => `${Math.round(tick)} %`
    expect(distinctTicks(1.2, false, percent)).toEqual([0, 1, 2])
    expect(distinctTicks(0.3, false, percent)).toEqual([0, 1])
    expect(distinctTicks(80, false, percent)).toEqual(niceTicks(80))
    expect(distinctTicks(5, false, () => 'same')).toHaveLength(2)
  })
  it('of time shows both its ends', () => expect(timeTicks(0, 60, 6)).toEqual([0, 10, 20, 30, 40, 50, 60]))
})

describe('a span without samples', () => {
  const points = [0, 5, 10, 15, 20, 25, 30, 35, 40].map((at) => ({ at, empty: at >= 15 && at <= 25 }))
  it('runs from the last sample before it to the first after it', () =>
    expect(gapsOf(points, 5, 0, 40)).toEqual([{ from: 10, to: 30 }]))
  it('is seen before the first sample and after the last', () =>
    expect(gapsOf([{ at: 50, empty: false }], 5, 0, 100)).toEqual([
      { from: 0, to: 50 },
      { from: 50, to: 100 },
    ]))
  it('is not one late sample', () =>
    expect(
      gapsOf(
        [
          { at: 0, empty: false },
          { at: 9, empty: false },
        ],
        5,
        0,
        10,
      ),
    ).toEqual([]))
})

describe('a small line', () => {
  it('is broken where there is no sample', () => {
    const { line } = sparkPaths([1, 2, null, 3, 4], 58, 18)
    expect(line.match(/M/g)).toHaveLength(2)
  })
  it('lies on the bottom when all is zero, and is nothing without samples', () => {
    expect(sparkPaths([0, 0], 58, 18).line).toBe('M1.0 17.0L57.0 17.0')
    expect(sparkPaths([null, null], 58, 18).line).toBe('')
    expect(sparkPaths([null, 3], 58, 18)).toEqual({ line: 'M57.0 2.5h-4', area: '' })
  })
})
