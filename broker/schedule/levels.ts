// broker/schedule/levels.ts: messageDelayLevel, the one text that says how long each delay level waits.

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `1s 5s 10s ...` as milliseconds, the first level at index 0. Throws for a text that says nothing or no time. */
export function parseDelayLevels(text: string): number[] {
  const levels = text.trim().split(/\s+/).map(parseDelay)
  if (levels.length === 0) throw new RangeError('messageDelayLevel names no level')
  return levels
}

function parseDelay(text: string): number {
  const [, digits, letter] = /^(\d+)([smhd])$/.exec(text) ?? []
  const unit = letter === undefined ? undefined : unitMs[letter]
  if (unit === undefined) throw new RangeError(`messageDelayLevel: ${text} is no time such as 10s, 5m, 2h or 1d`)
  return Number(digits) * unit
}
