// test/components/format/number.test.ts: counts, figures and rates as the design writes them.
import { describe, expect, it } from 'vitest'
import {
  change,
  count,
  figure,
  joined,
  offsetColumnPx,
  percent,
  rate,
  rateDigits,
  sampledOffset,
} from '../../../components/format'

describe('a count', () => {
  it('groups its digits and stays whole', () => {
    expect(count(19_562_400)).toBe('19,562,400')
    expect(count(0)).toBe('0')
  })
  it('keeps every digit of an offset beyond 2^53', () => {
    expect(count('9007199254740993')).toBe('9,007,199,254,740,993')
    expect(count(9_223_372_036_854_775_807n)).toBe('9,223,372,036,854,775,807')
  })
  it('shows a change with its sign', () => {
    expect(change(-123_311)).toBe('−123,311')
    expect(change(88_120n)).toBe('+88,120')
    expect(change(0n)).toBe('± 0')
  })
})

describe('a figure', () => {
  it.each([
    [999_999, '999,999', '999,999'],
    [1_000_000, '1.00 M', '100 万'],
    [19_562_400, '19.6 M', '1,956 万'],
    [491_204_118, '491 M', '4.91 亿'],
    [99_999_999, '100 M', '1.00 亿'],
    [999_950_000, '1.00 B', '10.0 亿'],
    [1_000_000_000_000, '1.00 T', '1.00 万亿'],
    [-2_500_000, '−2.50 M', '−250 万'],
  ])('writes %d with three digits and a unit from a million up', (value, en, zh) => {
    expect(joined(figure(value, 'en'))).toBe(en)
    expect(joined(figure(value, 'zh'))).toBe(zh)
  })
})

describe('an offset of a sample', () => {
  it('is whole, and says that it is rounded beyond 2^53', () => {
    expect(sampledOffset(41_886_734n)).toBe('41,886,734')
    expect(sampledOffset(2n ** 53n - 1n)).toBe('9,007,199,254,740,991')
    expect(sampledOffset(2n ** 53n + 2n)).toBe('≈ 9,007,199,254,740,994')
  })
  it('gives its column room for all of it', () => {
    expect(offsetColumnPx([1n, 41_886_734n])).toBe(112)
    expect(offsetColumnPx([2n ** 60n])).toBeGreaterThan(190)
  })
})

describe('a rate', () => {
  it('has one decimal below ten and none above', () => {
    expect(rateDigits(0)).toBe('0')
    expect(rateDigits(0.01)).toBe('< 0.1')
    expect(rateDigits(2.13)).toBe('2.1')
    expect(rateDigits(3)).toBe('3')
    expect(rateDigits(9.96)).toBe('10')
    expect(rateDigits(48_213.4)).toBe('48,213')
  })
  it('names its unit in the reader’s language', () => {
    expect(joined(rate(48_213, 'en'))).toBe('48,213 msg/s')
    expect(joined(rate(48_213, 'zh'))).toBe('48,213 条/秒')
  })
  it('writes a share with one decimal', () => expect(percent(0.714)).toBe('71.4 %'))
})
