// components/format/bytes.ts: sizes in powers of 1024, three digits: `412 GiB`, `901 B`, `1.30 KiB`.
import { type Locale, type Parts, unitWords } from './locale'
import { count } from './number'

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

export const bytes = (size: number): Parts => {
  let amount = Math.abs(size)
  let unit = 0
  while (amount >= 999.5 && unit < units.length - 1 && (unit > 0 || amount >= 1024)) {
    amount /= 1024
    unit += 1
  }
  const digits =
    unit === 0
      ? count(Math.round(amount))
      : amount < 9.995
        ? amount.toFixed(2)
        : amount < 99.95
          ? amount.toFixed(1)
          : amount.toFixed(0)
  return { digits: size < 0 ? `−${digits}` : digits, unit: units[unit] ?? 'B' }
}

/** Sizes of single messages stay whole while they can be read: `1,069 B`. */
export const messageBytes = (size: number): Parts => (size < 100_000 ? { digits: count(size), unit: 'B' } : bytes(size))

export const byteRate = (perSecond: number, locale: Locale): Parts => {
  const { digits, unit } = bytes(perSecond)
  return { digits, unit: `${unit}${unitWords[locale].perSecond}` }
}
