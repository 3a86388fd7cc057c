// components/format/duration.ts: spans of time by their two largest units: `310 ms`, `22 s`, `1 min 52 s`, `2 d 3 h`.
import { type Locale, type Parts, unitWords } from './locale'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const twoDigits = (value: number): string => String(value).padStart(2, '0')

const pair = (large: number, largeUnit: string, small: number, smallUnit: string, pad: boolean): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${pad ? twoDigits(small) : small} ${smallUnit}`

/** From a second up; below ten seconds with one decimal where it says something. */
const fromSeconds = (ms: number, locale: Locale): string => {
  const words = unitWords[locale]
  if (ms < 9950) {
    const tenths = Math.round(ms / 100) / 10
    return `${Number.isInteger(tenths) ? tenths : tenths.toFixed(1)} ${words.second}`
  }
  const seconds = Math.round(ms / SECOND_MS)
  if (seconds < 60) return `${seconds} ${words.second}`
  if (ms < HOUR_MS - 500) return pair(Math.floor(seconds / 60), words.minute, seconds % 60, words.second, true)
  const minutes = Math.round(ms / MINUTE_MS)
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), words.hour, minutes % 60, words.minute, true)
  const hours = Math.round(ms / HOUR_MS)
  const days = Math.floor(hours / 24)
  return days >= 10 ? `${Math.floor(ms / DAY_MS)} ${words.day}` : pair(days, words.day, hours % 24, words.hour, false)
}

/** How long something took, or how far behind it is. 0 is `0`: nothing to wait for has no unit. */
export const duration = (ms: number, locale: Locale): string => {
  if (ms <= 0) return '0'
  if (ms < 1) return `${ms.toFixed(1)} ms`
  if (ms < 10 && !Number.isInteger(ms)) return `${ms.toFixed(1)} ms`
  return ms < 999.5 ? `${Math.round(ms)} ms` : fromSeconds(ms, locale)
}

/** How old something is: never finer than a tenth of a second, for clocks of two machines do not agree better. */
export const age = (ms: number, locale: Locale): string => {
  const tenth = Math.max(0, ms)
  if (tenth < 50) return `0 ${unitWords[locale].second}`
  return fromSeconds(tenth, locale)
}
export const ago = (ms: number, locale: Locale): string => unitWords[locale].ago(age(ms, locale))

/** A duration in digits and unit, for large figures: the last unit is drawn small. */
export const durationParts = (ms: number, locale: Locale): Parts => {
  const text = duration(ms, locale)
  const cut = text.lastIndexOf(' ')
  return cut < 0 ? { digits: text, unit: '' } : { digits: text.slice(0, cut), unit: text.slice(cut + 1) }
}
