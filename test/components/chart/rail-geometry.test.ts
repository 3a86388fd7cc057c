// test/components/chart/rail-geometry.test.ts: where offsets lie on a rail.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { railBar, railMoves, railPercent, railScale } from '../../../components/chart/rail-geometry'

const seed = 20261122

describe('a rail', () => {
  it('has one scale for all rows, with room at both ends', () => {
    const scale = railScale([
      { min: 1_000n, max: 9_000n, points: [2_000n] },
      { min: 2_000n, max: 11_000n, points: [5_000n] },
    ])
    expect(scale.broken).toBe(false)
    expect(scale.from).toBeLessThan(1_000n)
    expect(scale.to).toBeGreaterThan(11_000n)
    expect(railPercent(scale, 5_000n)).toBeGreaterThan(railPercent(scale, 2_000n))
  })
  it('breaks off its left in all rows alike when what matters is under a tenth of the range', () => {
    const rows = [
      { min: 4_146_043n, max: 9_484_791n, points: [9_484_616n, 9_361_305n] },
      { min: 4_154_696n, max: 9_472_052n, points: [9_470_660n, 9_228_780n] },
    ]
    const scale = railScale(rows)
    expect(scale.broken).toBe(true)
    for (const row of rows) {
      expect(railBar(scale, row.min, row.max)).toMatchObject({ leftPercent: 0, cut: true })
      for (const point of row.points) expect(railPercent(scale, point)).toBeGreaterThan(60)
    }
  })
  it('stays whole when what matters is a tenth or more', () => {
    expect(railScale([{ min: 0n, max: 1_000n, points: [900n] }]).broken).toBe(false)
    expect(railScale([{ min: 0n, max: 1_000n, points: [901n] }]).broken).toBe(true)
  })
  it('can be drawn for a queue that holds nothing, and for no queue at all', () => {
    const scale = railScale([{ min: 0n, max: 0n, points: [0n] }])
    expect(railPercent(scale, 0n)).toBe(50)
    expect(railBar(scale, 0n, 0n).widthPercent).toBe(0)
    expect(railScale([])).toEqual({ from: 0n, to: 1n, broken: false })
  })
  it('tells neighbours apart beyond 2^53', () => {
    const base = 9_007_199_254_740_992n
    const scale = railScale([{ min: base, max: base + 10n, points: [base + 3n] }])
    expect(railPercent(scale, base + 4n)).toBeGreaterThan(railPercent(scale, base + 3n))
  })
  it('keeps the order of offsets and never leaves its box, whatever the rows', () => {
    const row = fc
      .array(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), { minLength: 3, maxLength: 3 })
      .map((values) => values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
      .map(([min = 0n, at = 0n, max = 0n]) => ({ min, max, points: [at] }))
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        const scale = railScale(rows)
        for (const { min, max, points } of rows) {
          const places = [min, ...points, max].map((offset) => railPercent(scale, offset))
          for (const [index, place] of places.entries()) {
            expect(place).toBeGreaterThanOrEqual(index === 0 ? 0 : (places[index - 1] ?? 0))
            expect(place).toBeLessThanOrEqual(100)
          }
        }
      }),
      { seed },
    )
  })
})

describe('a move on a rail', () => {
  const scale = railScale([{ min: 100n, max: 1_000n, points: [100n, 900n] }])
  it('back means delivered again', () => {
    const [move, ...others] = railMoves(scale, { min: 100n, now: 900n, after: 400n })
    expect(move).toMatchObject({ kind: 'again', leftPercent: railPercent(scale, 400n) })
    expect(others).toEqual([])
  })
  it('ahead means skipped', () =>
    expect(railMoves(scale, { min: 100n, now: 400n, after: 900n })[0]?.kind).toBe('skipped'))
  it('from before the oldest kept message loses nothing more', () => {
    expect(railMoves(scale, { min: 100n, now: 20n, after: 100n }).map((move) => move.kind)).toEqual(['lost'])
    expect(railMoves(scale, { min: 100n, now: 20n, after: 300n }).map((move) => move.kind)).toEqual(['lost', 'skipped'])
  })
  it('to where it stands is none', () =>
    expect(railMoves(scale, { min: 0n, now: 5n, after: 5n })[0]?.kind).toBe('still'))
})
