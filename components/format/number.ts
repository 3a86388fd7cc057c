// components/format/number.ts: counts, figures, rates, shares and changes as people read them.
// Offsets and counts may be bigint or digits in a string: they never pass through a float on their way to the screen.
import { type Locale, type Parts, unitWords } from './locale'

export type Whole = number | bigint | string

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const wholeOf = (value: Whole): number | bigint => (typeof value === 'string' ? BigInt(value) : value)

/** Grouped digits, always whole: `19,562,400`. The minus is a real one, as wide as a plus. */
export const count = (value: Whole): string => grouped.format(wholeOf(value)).replace('-', '−')

/** With its sign, as in a column of changes: `+88,120`, `−123,311`, `± 0`. */
export const change = (value: Whole): string => {
  const whole = wholeOf(value)
  if (whole === 0 || whole === 0n) return '± 0'
  return whole > 0 ? `+${count(whole)}` : count(whole)
}

/** `1` digit before the point leaves two after it, and so on: three digits in all. */
const threeDigits = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)

interface Step {
  readonly at: number
  readonly unit: string
}
const steps: Readonly<Record<Locale, readonly Step[]>> = {
  en: [
    { at: 1e12, unit: 'T' },
    { at: 1e9, unit: 'B' },
    { at: 1e6, unit: 'M' },
  ],
  zh: [
    { at: 1e12, unit: '万亿' },
    { at: 1e8, unit: '亿' },
    { at: 1e4, unit: '万' },
  ],
}

/** A figure: whole below a million, from there three digits and a unit (zh counts in 万 and 亿, 万 stays whole). */
export const figure = (value: Whole, locale: Locale): Parts => {
  const amount = Number(wholeOf(value))
  const size = Math.abs(amount)
  if (size < 1e6) return { digits: count(Math.round(amount)), unit: '' }
  const sign = amount < 0 ? '−' : ''
  for (const [index, step] of steps[locale].entries()) {
    if (size < step.at) continue
    const scaled = size / step.at
    const digits =
      step.unit === '万' ? count(Math.round(scaled)) : scaled >= 999.5 ? count(Math.round(scaled)) : threeDigits(scaled)
    const above = steps[locale][index - 1]
    if (above !== undefined && Math.round(scaled) * step.at >= above.at)
      return { digits: `${sign}1.00`, unit: above.unit }
    return { digits: `${sign}${digits}`, unit: step.unit }
  }
  return { digits: count(Math.round(amount)), unit: '' }
}

/** Events per second without the unit, which stands in the table's head: one decimal below 10, whole above. */
export const rateDigits = (perSecond: number): string => {
  const size = Math.abs(perSecond)
  if (size === 0) return '0'
  if (size < 0.05) return '< 0.1'
  const tenth = Math.round(size * 10) / 10
  const digits = tenth < 10 ? (Number.isInteger(tenth) ? String(tenth) : tenth.toFixed(1)) : count(Math.round(size))
  return perSecond < 0 ? `−${digits}` : digits
}

export const rate = (perSecond: number, locale: Locale): Parts => ({
  digits: rateDigits(perSecond),
  unit: unitWords[locale].messagesPerSecond,
})

/** `71.4 %`: one decimal, from a share of 1. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** An offset as the sampler holds it: a number, and so rounded beyond 2^53. What a person acts on is asked anew and is exact. */
export const sampledOffset = (value: bigint): string =>
  `${value > BigInt(Number.MAX_SAFE_INTEGER) ? '≈ ' : ''}${count(value)}`
const DIGIT_PX = 7.6
/** The width of a column of offsets: none is ever abbreviated. */
export const offsetColumnPx = (offsets: readonly bigint[]): number => {
  const most = Math.max(0, ...offsets.map((offset) => sampledOffset(offset).length))
  return Math.max(112, Math.ceil(most * DIGIT_PX) + 26)
}
