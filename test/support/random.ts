// test/support/random.ts: chance that can be repeated. A test prints its seed; ROCKETDECK_SEED repeats a run.

export interface Random {
  readonly seed: number
  /** 0 <= value < 1 */
  next(): number
  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number
}

export function seeded(fallback: number): Random {
  const seed = Number(process.env.ROCKETDECK_SEED ?? fallback)
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { seed, next, between: (lowest, highest) => lowest + Math.floor(next() * (highest - lowest + 1)) }
}
