// broker/net/turn.ts: the end of a turn of the event loop, shared by all who gather work during it. What one turn's
// sockets brought is written by the store once, answered, and sent with one write per socket. One per thread.

/** In this order at a turn's end: the store writes, what that makes safe is answered, the sockets send. */
export type Stage = 'write' | 'answer' | 'send'

export interface Turn {
  /**
   * Runs `work` once, at the end of this turn (after every socket that was readable has been read). Work added during
   * the end itself still runs in it, unless its stage has passed: then in the next turn. `work` must not throw.
   */
  atEnd(stage: Stage, work: () => void): void
}
export const createTurn = (): Turn => new LoopTurn()

class LoopTurn implements Turn {
  readonly #write: (() => void)[] = []
  readonly #answer: (() => void)[] = []
  readonly #send: (() => void)[] = []
  #asked = false
  /** Which stage is running: 0 none, then 1, 2, 3. */
  #running = 0

  atEnd(stage: Stage, work: () => void): void {
    const rank = stage === 'write' ? 1 : stage === 'answer' ? 2 : 3
    const list = rank === 1 ? this.#write : rank === 2 ? this.#answer : this.#send
    list.push(work)
    if (this.#asked || (this.#running > 0 && rank >= this.#running)) return
    this.#asked = true
    setImmediate(this.#end)
  }

  readonly #end = (): void => {
    this.#asked = false
    this.#stage(1, this.#write)
    this.#stage(2, this.#answer)
    this.#stage(3, this.#send)
    this.#running = 0
  }

  #stage(rank: number, list: (() => void)[]): void {
    this.#running = rank
    // work may add to the list it stands in; that runs too
    for (let at = 0; at < list.length; at++) list[at]?.()
    list.length = 0
  }
}
