// test/broker/schedule/levels.test.ts: the text that names the delay levels.
import { expect, it } from 'vitest'
import { parseDelayLevels } from '../../../broker/schedule/levels'

it('reads the 18 levels of an Apache broker', () => {
  expect(parseDelayLevels('1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h')).toEqual(
    [1, 5, 10, 30, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 1200, 1800, 3600, 7200].map((s) => s * 1000),
  )
})

it('reads days and any number of blanks', () => {
  expect(parseDelayLevels('  0s   1d ')).toEqual([0, 86_400_000])
})

it.each(['', '1', 's', '1w', '1.5s', '-1s', '1s,2s'])('refuses %j', (text) => {
  expect(() => parseDelayLevels(text)).toThrow(/messageDelayLevel/)
})
