// broker/net/turn.ts: the end of a turn of the event loop, shared by all who gather work during it. What one turn's
// sockets brought is written by the store once, answered, and sent with one write per socket. One per thread.
//
// A turn has a bound: a peer that sends faster than its frames are handled gets its share of each turn and no more, so that
// whoever asks for little waits for one short turn of the others, however much they have sent.

/** In this order at a turn's end: the store writes, what that makes safe is answered, the sockets send. */
export type Stage = 'write' | 'answer' | 'send'

/** What all connections with more than their share may take of a turn, in frames of up to 4 KiB: a millisecond or two. */
const sharedFrames = 256
/** A share is never less, however many there are: the turn's end costs as much as a few frames. */
const leastFrames = 8
/** Nor more: it is what one alone gets. */
const mostFrames = 128

export interface Turn {
  /**
   * Runs `work` once, at the end of this turn (after every socket that was readable has been read). Work added during
   * the end itself still runs in it, unless its stage has passed: then in the next turn. `work` must not throw.
   */
  atEnd(stage: Stage, work: () => void): void
  /** Runs `work` when this turn has ended: with it the next one begins, before any socket is read. It must not throw. */
  atNext(work: () => void): void
  /** Which turn this is. */
  readonly number: number
  /** How many frames of up to 4 KiB one connection may take of this turn. */
  readonly share: number
}
export const createTurn = (): Turn => new LoopTurn()

class LoopTurn implements Turn {
  readonly #write: (() => void)[] = []
  readonly #answer: (() => void)[] = []
  readonly #send: (() => void)[] = []
  #next: (() => void)[] = []
  number = 0
  share = mostFrames
  #asked = false
  /** Which stage is running: 0 none, then 1, 2, 3. */
  #running = 0

  atEnd(stage: Stage, work: () => void): void {
    const rank = stage === 'write' ? 1 : stage === 'answer' ? 2 : 3
    const list = rank === 1 ? this.#write : rank === 2 ? this.#answer : this.#send
    list.push(work)
    if (this.#asked || (this.#running > 0 && rank >= this.#running)) return
    this.#ask()
  }

  atNext(work: () => void): void {
    this.#next.push(work)
    if (!this.#asked) this.#ask()
  }

  #ask(): void {
    this.#asked = true
    setImmediate(this.#end)
  }

  readonly #end = (): void => {
    this.#asked = false
    this.#stage(1, this.#write)
    this.#stage(2, this.#answer)
    this.#stage(3, this.#send)
    this.#running = 0
    this.number++
    const next = this.#next
    this.share = Math.min(mostFrames, Math.max(leastFrames, Math.floor(sharedFrames / Math.max(1, next.length))))
    if (next.length === 0) return
    this.#next = []
    for (const work of next) work()
  }

  #stage(rank: number, list: (() => void)[]): void {
    this.#running = rank
    // work may add to the list it stands in; that runs too
    for (let at = 0; at < list.length; at++) list[at]?.()
    list.length = 0
  }
}
