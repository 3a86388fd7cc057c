// test/support/still-clock.ts: a clock that moves when told to, and the calls that wait for it.
export interface StillClock {
  nowMs: number
  readonly now: () => number
  callIn(ms: number, work: () => void): { cancel(): void }
  /** Moves on, making the calls that fall due at their own times, and lets each finish. */
  advance(ms: number): Promise<void>
}

/** `settled`: resolves when what a call set going has come to rest. */
export function createStillClock(startMs: number, settled: () => Promise<void>): StillClock {
  let calls: { atMs: number; work: () => void }[] = []
  const clock: StillClock = {
    nowMs: startMs,
    now: () => clock.nowMs,
    callIn(ms, work) {
      const call = { atMs: clock.nowMs + ms, work }
      calls.push(call)
      return {
        cancel: () => {
          calls = calls.filter((one) => one !== call)
        },
      }
    },
    async advance(ms) {
      const endMs = clock.nowMs + ms
      await settled()
      for (;;) {
        const next = calls.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
        if (next === undefined) break
        calls = calls.filter((one) => one !== next)
        clock.nowMs = Math.max(clock.nowMs, next.atMs)
        next.work()
        await settled()
      }
      clock.nowMs = endMs
      await settled()
    },
  }
  return clock
}
