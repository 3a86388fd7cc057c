// test/components/chart/series.test.ts: labels of markers never lie on each other.
import { expect, it } from 'vitest'
import { labelMarkers } from '../../../components/chart/series'

const at = (...times: number[]) => times.map((time) => ({ at: time, text: `m${time}` }))
it('labels markers that stand apart', () => {
  expect(labelMarkers(at(10, 60), 0, 100).map(({ label }) => label)).toEqual(['m10', 'm60'])
})
it('lets the newest of a crowd speak for all', () => {
  expect(labelMarkers(at(52, 50, 51), 0, 100).map(({ label }) => label)).toEqual(['', '', 'm52 +2'])
})
it('leaves out what lies outside', () => {
  expect(labelMarkers(at(-1, 50, 101), 0, 100)).toHaveLength(1)
})
