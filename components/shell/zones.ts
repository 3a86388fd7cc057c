// components/shell/zones.ts: the zones offered in menus: the browser's own, UTC, a few that many teams work in, and the one
// that is set. Settings take any IANA name.

const usual = [
  'UTC',
  'Asia/Shanghai',
  'Asia/Singapore',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Los_Angeles',
]

export const zoneChoices = (set: string): string[] => [
  'browser',
  ...usual,
  ...(set === 'browser' || usual.includes(set) ? [] : [set]),
]

/** All names this browser knows, for a field that completes. */
export const allZones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')]
