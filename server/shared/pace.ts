// server/shared/pace.ts: how much is done at once: several side by side, or one after the other. Pure: knows no work of its own.

/** Runs over all, so many at once at most. What one throws ends the wait; those under way are not stopped. */
export async function atOnce<T>(
  most: number,
  all: readonly T[],
  run: (one: T, place: number) => Promise<void>,
): Promise<void> {
  const places = all.entries()
  // one iterator for all: each takes the next that nobody has taken
  const lane = async (): Promise<void> => {
    for (const [place, one] of places) await run(one, place)
  }
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, lane))
}

export interface Line {
  /** Resolves with what gives the place up again; null: the signal ended the wait. Throws what `full` makes. */
  enter(signal?: AbortSignal): Promise<(() => void) | null>
}
/** So many at once; who comes then waits, the first one first, and so many wait at most. */
export function openLine(most: number, mostWaiting: number, full: () => Error): Line {
  let inside = 0
  const waiting: (() => void)[] = []
  /** A place goes from one to the next: nobody who comes meanwhile gets between. */
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) inside -= 1
    else next()
  }
  return {
    async enter(signal) {
      if (signal?.aborted) return null
      if (inside < most) inside += 1
      else {
        if (waiting.length >= mostWaiting) throw full()
        const isMine = await new Promise<boolean>((resolve) => {
          const called = (): void => {
            signal?.removeEventListener('abort', gone)
            resolve(true)
          }
          const gone = (): void => {
            waiting.splice(waiting.indexOf(called), 1)
            resolve(false)
          }
          waiting.push(called)
          signal?.addEventListener('abort', gone, { once: true })
        })
        if (!isMine) return null
      }
      let held = true
      return () => {
        if (held) leave()
        held = false
      }
    },
  }
}

/** What is given to it runs when all before it has ended, well or not; whoever gave it hears how it ended. */
export function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}
