// test/components/format/duration.test.ts: spans by their two largest units, and sizes by three digits.
import { expect, it } from 'vitest'
import {
  age,
  ago,
  byteRate,
  bytes,
  cutName,
  duration,
  joined,
  messageBytes,
  nameEnds,
} from '../../../components/format'

it.each([
  [0, '0', '0'],
  [0.4, '0.4 ms', '0.4 ms'],
  [310, '310 ms', '310 ms'],
  [1900, '1.9 s', '1.9 秒'],
  [22_000, '22 s', '22 秒'],
  [59_700, '1 min', '1 分'],
  [64_000, '1 min 04 s', '1 分 04 秒'],
  [112_000, '1 min 52 s', '1 分 52 秒'],
  [38 * 60_000, '38 min', '38 分'],
  [3_599_700, '1 h', '1 小时'],
  [9 * 3_600_000 + 12 * 60_000, '9 h 12 min', '9 小时 12 分'],
  [51 * 3_600_000, '2 d 3 h', '2 天 3 小时'],
  [34 * 86_400_000, '34 d', '34 天'],
])('writes a span of %d ms by its two largest units', (ms, en, zh) => {
  expect(duration(ms, 'en')).toBe(en)
  expect(duration(ms, 'zh')).toBe(zh)
})
it('writes an age no finer than a tenth of a second', () => {
  expect(age(87, 'en')).toBe('0.1 s')
  expect(age(12, 'en')).toBe('0 s')
  expect(ago(41_000, 'en')).toBe('41 s ago')
  expect(ago(41_000, 'zh')).toBe('41 秒前')
})
it.each([
  [0, '0 B'],
  [901, '901 B'],
  [1023, '1,023 B'],
  [1331, '1.30 KiB'],
  [64_382_566, '61.4 MiB'],
  [412 * 1024 ** 3, '412 GiB'],
  [1024 ** 2 - 1, '1.00 MiB'],
])('writes %d bytes with three digits', (size, text) => expect(joined(bytes(size))).toBe(text))
it('keeps the size of a message whole while it can be read', () => {
  expect(joined(messageBytes(1069))).toBe('1,069 B')
  expect(joined(messageBytes(4_194_304))).toBe('4.00 MiB')
  expect(joined(byteRate(64_382_566, 'zh'))).toBe('61.4 MiB/秒')
})
it('cuts a name in its middle and keeps both ends', () => {
  expect(cutName('GID_risk_feature_extractor_realtime_v2', 16)).toBe('GID_risk_f…me_v2')
  expect(cutName('short', 16)).toBe('short')
  const [head, tail] = nameEnds('trade_inventory_reservation_changed_cn_east_2_canary_v3')
  expect(tail).toBe('_canary_v3')
  expect(head + tail).toBe('trade_inventory_reservation_changed_cn_east_2_canary_v3')
})
it('never cuts a character in two', () => {
  const name = '🚀'.repeat(40)
  expect(cutName(name, 10)).toBe(`${'🚀'.repeat(6)}…${'🚀'.repeat(3)}`)
  expect(nameEnds(name)[1]).toBe('🚀'.repeat(10))
})
