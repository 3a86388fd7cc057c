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

/** What is given to it runs when all before it has ended, well or not; whoever gave it hears how it ended. */
export function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}
