// test/components/chart/series.test.ts: labels of markers never lie on each other.
import { expect, it } from 'vitest'
import { labelMarkers } from '../../../components/chart/series'

const at = (...times: number[]) => times.map((time) => ({ at: time, text: `m${time}` }))
it('labels markers that stand apart', () => {
  expect(labelMarkers(at(10, 60), 0, 100, 600).map(({ label }) => label)).toEqual(['m10', 'm60'])
})
it('lets the newest of a crowd speak for all', () => {
  expect(labelMarkers(at(52, 50, 51), 0, 100, 600).map(({ label }) => label)).toEqual(['', '', 'm52 +2'])
})
it('leaves out what lies outside', () => {
  expect(labelMarkers(at(-1, 50, 101), 0, 100, 600)).toHaveLength(1)
})
it('hides words that would reach into the next ones, in whichever half they stand', () => {
  const words = (...times: number[]) => times.map((at) => ({ at, text: 'a rather long name' })) // 128 px with a count
  expect(labelMarkers(words(10, 20), 0, 100, 600).map(({ label }) => label)).toEqual(['', 'a rather long name +1'])
  expect(labelMarkers(words(10, 60), 0, 100, 600).map(({ label }) => label)).toEqual([
    'a rather long name',
    'a rather long name',
  ])
  expect(labelMarkers(words(40, 80), 0, 100, 600).map(({ label }) => label)).toEqual(['', 'a rather long name +1'])
})
it('cuts words that a narrow chart has no room for, and says none where not even their beginning fits', () => {
  const words = [{ at: 60, text: 'Disk over 85 %: broker-a:1' }]
  expect(labelMarkers(words, 0, 100, 200)).toMatchObject([{ label: 'Disk over 85 %: bro…', before: true }])
  expect(labelMarkers(words, 0, 100, 50)).toMatchObject([{ label: '' }])
})
