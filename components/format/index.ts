// components/format/index.ts: the door of the room: numbers, sizes, spans, moments and names as people read them.
export { byteRate, bytes, messageBytes } from './bytes'
export { age, ago, duration, durationParts } from './duration'
export {
  BehindValue,
  behindLevel,
  DrainValue,
  drainIsLong,
  GrowthValue,
  type Level,
  LONGEST_DRAIN_MS,
  lookMs,
  NotApplicable,
  TotalValue,
  UnknownWord,
  Value,
} from './known'
export { joined, type Locale, localeOf, type Parts, unitWords } from './locale'
export { Age, Ago, Moment } from './moment'
export { cutName, Name, nameEnds } from './name'
export { change, count, figure, offsetColumnPx, percent, rate, rateDigits, sampledOffset, type Whole } from './number'
export { shellWord } from './shell-word'
export { clock, clockSeconds, dayClock, fullTime, isoTime, parseTime, time, zoneLabel, zoneOffsetMinutes } from './time'
export { type Format, useFormat } from './use-format'
