// broker/ha/lag.ts: how old the oldest bytes are that a slave has not confirmed. Marks are set now and then, not for each
// record: the answer is as exact as their distance.

const maxMarks = 1024

export class Lag {
  readonly #clock: () => number
  /** Where the log ended at a time, oldest first; all of it unconfirmed. */
  #marks: { readonly offset: number; readonly atMs: number }[] = []

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** The log reaches to here now. */
  mark(offset: number): void {
    if (offset <= (this.#marks.at(-1)?.offset ?? 0)) return
    this.#marks.push({ offset, atMs: this.#clock() })
    // a slave that is hours behind is measured by fewer marks; the oldest stays
    if (this.#marks.length > maxMarks) this.#marks = this.#marks.filter((_, at) => at % 2 === 0)
  }

  confirmed(upTo: number): void {
    const first = this.#marks.findIndex(({ offset }) => offset > upTo)
    if (first !== 0) this.#marks = first < 0 ? [] : this.#marks.slice(first)
  }

  get ms(): number {
    const oldest = this.#marks[0]
    return oldest === undefined ? 0 : Math.max(0, this.#clock() - oldest.atMs)
  }
}
