// test/components/format/time.test.ts: moments in a zone, and what a reader types back into a moment.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clock, fullTime, isoTime, parseTime, time, zoneLabel } from '../../../components/format'

const shanghai = 'Asia/Shanghai'
const at = Date.parse('2026-11-22T14:05:01.215+08:00')

describe('a moment', () => {
  it('is a clock today, has its date on other days, and its year in other years', () => {
    expect(time(at, shanghai, at + 60_000)).toBe('14:05:01.215')
    expect(time(at - 86_400_000, shanghai, at)).toBe('11-21 14:05:01')
    expect(time(Date.parse('2025-01-02T03:04:05Z'), 'UTC', at)).toBe('2025-01-02 03:04:05')
  })
  it('is copied as ISO with its zone', () => {
    expect(isoTime(at, shanghai)).toBe('2026-11-22T14:05:01.215+08:00')
    expect(isoTime(at, 'UTC')).toBe('2026-11-22T06:05:01.215Z')
    expect(isoTime(at, 'America/St_Johns')).toBe('2026-11-22T02:35:01.215-03:30')
  })
  it('names the zone by its distance from UTC', () => {
    expect(zoneLabel(shanghai, at)).toBe('UTC+8')
    expect(zoneLabel('UTC', at)).toBe('UTC')
    expect(zoneLabel('America/St_Johns', at)).toBe('UTC−3:30')
  })
  it('writes midnight as 00', () => expect(clock(Date.parse('2026-11-22T00:00:00+08:00'), shanghai)).toBe('00:00'))
})

describe('what a reader types', () => {
  it('is read in the zone shown', () => {
    expect(parseTime('2026-11-22 14:05:01.215', shanghai, at)).toBe(at)
    expect(parseTime('11-22 14:05:01', shanghai, at)).toBe(at - 215)
    expect(parseTime('2026-11-22T14:05:01.215+08:00', 'UTC', at)).toBe(at)
  })
  it('is yesterday when a clock alone would lie ahead', () => {
    expect(parseTime('14:06', shanghai, at)).toBe(Date.parse('2026-11-21T14:06:00+08:00'))
    expect(parseTime('14:06', shanghai, at, 'next')).toBe(Date.parse('2026-11-22T14:06:00+08:00'))
    expect(parseTime('14:05', shanghai, at, 'next')).toBe(Date.parse('2026-11-23T14:05:00+08:00'))
    expect(parseTime('14:05', shanghai, at)).toBe(Date.parse('2026-11-22T14:05:00+08:00'))
  })
  it.each(['', 'yesterday', '25:00', '2026-02-30 10:00', '2026-13-01 10:00', '14:61', '2026- 14:05'])(
    'is refused when it is no time: %s',
    (text) => expect(parseTime(text, shanghai, at)).toBeUndefined(),
  )
  it('comes back as it was written, in every zone and across changes of the clocks', () => {
    const seed = 20261122
    fc.assert(
      fc.property(
        fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }),
        fc.constantFrom('UTC', shanghai, 'Asia/Kolkata'),
        (moment, zone) => {
          expect(parseTime(fullTime(moment, zone), zone, at)).toBe(moment)
        },
      ),
      { seed },
    )
    expect(parseTime('2026-03-29 03:30:00', 'Europe/Berlin', at)).toBe(Date.parse('2026-03-29T01:30:00Z'))
    expect(parseTime('2026-03-29 01:30:00', 'Europe/Berlin', at)).toBe(Date.parse('2026-03-29T00:30:00Z'))
  })
})
