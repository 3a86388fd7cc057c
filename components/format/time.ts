// components/format/time.ts: moments in the reader's zone, and back from what a reader typed.
// Today is written as a clock, other days with their date; what is copied is always ISO with its zone.

interface Fields {
  readonly year: string
  readonly month: string
  readonly day: string
  readonly hour: string
  readonly minute: string
  readonly second: string
}

const formats = new Map<string, Intl.DateTimeFormat>() // making one costs ~50 microseconds, and a table asks for thousands
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const held = formats.get(zone)
  if (held !== undefined) return held
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, made)
  return made
}

const fieldsOf = (at: number, zone: string): Fields => {
  const found: Record<string, string> = {}
  for (const part of formatOf(zone).formatToParts(at)) found[part.type] = part.value
  const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = found
  return { year: year.padStart(4, '0'), month, day, hour, minute, second }
}

const millis = (at: number): string => String(((at % 1000) + 1000) % 1000).padStart(3, '0')

/** `14:05`, for axes. */
export const clock = (at: number, zone: string): string => {
  const { hour, minute } = fieldsOf(at, zone)
  return `${hour}:${minute}`
}
/** `14:05:01`, for crosshairs and short ranges. */
export const clockSeconds = (at: number, zone: string): string => {
  const { hour, minute, second } = fieldsOf(at, zone)
  return `${hour}:${minute}:${second}`
}
/** `11-21 14:05`, for axes that span days. */
export const dayClock = (at: number, zone: string): string => {
  const { month, day, hour, minute } = fieldsOf(at, zone)
  return `${month}-${day} ${hour}:${minute}`
}

/** Today `14:05:01.215`, this year `11-21 14:05:01`, else with the year. */
export const time = (at: number, zone: string, now: number): string => {
  const there = fieldsOf(at, zone)
  const here = fieldsOf(now, zone)
  const hms = `${there.hour}:${there.minute}:${there.second}`
  if (there.year !== here.year) return `${there.year}-${there.month}-${there.day} ${hms}`
  if (there.month !== here.month || there.day !== here.day) return `${there.month}-${there.day} ${hms}`
  return `${hms}.${millis(at)}`
}

/** Whole, for headlines and fields: `2026-11-22 14:05:00.000`. */
export const fullTime = (at: number, zone: string): string => {
  const { year, month, day, hour, minute, second } = fieldsOf(at, zone)
  return `${year}-${month}-${day} ${hour}:${minute}:${second}.${millis(at)}`
}

/** Minutes that the zone's clocks are ahead of UTC at that moment. */
export const zoneOffsetMinutes = (at: number, zone: string): number => {
  const { year, month, day, hour, minute, second } = fieldsOf(at, zone)
  const asUtc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  return Math.round((asUtc - Math.floor(at / 1000) * 1000) / 60_000)
}

/** `UTC+8`, `UTC−3:30`, `UTC`. */
export const zoneLabel = (zone: string, at: number): string => {
  const offset = zoneOffsetMinutes(at, zone)
  if (offset === 0) return 'UTC'
  const hours = Math.floor(Math.abs(offset) / 60)
  const minutes = Math.abs(offset) % 60
  return `UTC${offset < 0 ? '−' : '+'}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`
}

/** `2026-11-22T14:05:00.000+08:00`: what is copied, and what links carry. */
export const isoTime = (at: number, zone: string): string => {
  const { year, month, day, hour, minute, second } = fieldsOf(at, zone)
  const offset = zoneOffsetMinutes(at, zone)
  const size = Math.abs(offset)
  const suffix =
    offset === 0
      ? 'Z'
      : `${offset < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${millis(at)}${suffix}`
}

const typed =
  /^(?:(\d{4})-)?(?:(\d{1,2})-(\d{1,2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/

/**
 * What a reader typed, in the zone shown beside the field: `14:05`, `11-21 14:05:00`, `2026-11-22 14:05:00.000`, or ISO with
 * a zone of its own. Undefined when it is not a time. A clock alone is the last time it showed that, or the next one.
 */
export const parseTime = (
  text: string,
  zone: string,
  now: number,
  clockIs: 'last' | 'next' = 'last',
): number | undefined => {
  const match = typed.exec(text.trim())
  if (match === null) return undefined
  const here = fieldsOf(now, zone)
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match
  if (year !== undefined && month === undefined) return undefined
  const fields = {
    year: Number(year ?? here.year),
    month: Number(month ?? here.month),
    day: Number(day ?? here.day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  }
  const asUtc = Date.UTC(fields.year, fields.month - 1, fields.day, fields.hour, fields.minute, fields.second)
  const back = new Date(asUtc)
  const real =
    back.getUTCMonth() === fields.month - 1 &&
    back.getUTCDate() === fields.day &&
    back.getUTCHours() === fields.hour &&
    back.getUTCMinutes() === fields.minute
  if (!real) return undefined
  const ms = Number(fraction.padEnd(3, '0') || 0)
  if (offset !== undefined) return asUtc + ms - offsetMinutesOf(offset) * 60_000
  const guess = asUtc - zoneOffsetMinutes(asUtc, zone) * 60_000
  const at = asUtc - zoneOffsetMinutes(guess, zone) * 60_000 + ms // once more: the guess may lie across a change of the clocks
  if (month !== undefined) return at
  if (clockIs === 'next') return at <= now ? at + 86_400_000 : at
  return at > now ? at - 86_400_000 : at
}

const offsetMinutesOf = (text: string): number => {
  if (text === 'Z') return 0
  const digits = text.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return text.startsWith('-') ? -minutes : minutes
}
