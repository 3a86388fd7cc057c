// broker/store/delay-levels.ts: how long each delay level waits. The store needs it for one thing only: a unit of a delay
// queue holds its delivery time, and recovery must find the same one again.
const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export const defaultDelayLevels = '1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h'

/** Delays by level; index 0 is level 1. Words that are no time count as none. */
export function parseDelayLevels(text: string): number[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => Number(word.slice(0, -1)) * (unitMs[word.slice(-1)] ?? Number.NaN))
    .filter((delayMs) => Number.isFinite(delayMs))
}
