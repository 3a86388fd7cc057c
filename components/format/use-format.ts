// components/format/use-format.ts: every formatter, bound to the reader's language and zone. Holds no state of its own.
'use client'
import { useMemo } from 'react'
import { useLocale, useTimeZone } from 'use-intl'
import { byteRate, bytes, messageBytes } from './bytes'
import { age, ago, duration, durationParts } from './duration'
import { joined, localeOf, unitWords } from './locale'
import { change, count, figure, percent, rate, rateDigits, type Whole } from './number'
import { clock, clockSeconds, dayClock, fullTime, isoTime, parseTime, time, zoneLabel } from './time'

export const useFormat = () => {
  const locale = localeOf(useLocale())
  const zone = useTimeZone() ?? 'UTC'
  return useMemo(
    () => ({
      locale,
      zone,
      messages: unitWords[locale].messages,
      perSecond: unitWords[locale].perSecond,
      messagesPerSecond: unitWords[locale].messagesPerSecond,
      count,
      change,
      percent,
      rateDigits,
      figure: (value: Whole) => figure(value, locale),
      rate: (perSecond: number) => rate(perSecond, locale),
      bytes: (size: number) => joined(bytes(size)),
      bytesParts: bytes,
      messageBytes,
      byteRate: (perSecond: number) => joined(byteRate(perSecond, locale)),
      duration: (ms: number) => duration(ms, locale),
      durationParts: (ms: number) => durationParts(ms, locale),
      age: (ms: number) => age(ms, locale),
      ago: (ms: number) => ago(ms, locale),
      clock: (at: number) => clock(at, zone),
      clockSeconds: (at: number) => clockSeconds(at, zone),
      dayClock: (at: number) => dayClock(at, zone),
      time: (at: number, now: number = Date.now()) => time(at, zone, now),
      fullTime: (at: number) => fullTime(at, zone),
      isoTime: (at: number) => isoTime(at, zone),
      parseTime: (text: string, now: number = Date.now()) => parseTime(text, zone, now),
      /** As `parseTime`; a clock alone lies ahead. */
      parseComing: (text: string, now: number = Date.now()) => parseTime(text, zone, now, 'next'),
      zoneLabel: (at: number = Date.now()) => zoneLabel(zone, at),
    }),
    [locale, zone],
  )
}
export type Format = ReturnType<typeof useFormat>
