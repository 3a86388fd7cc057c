// broker/net/outbox.ts: memory in which what leaves is written side by side, instead of each answer in a buffer of its own.
// It is used again and again: made anew, it keeps the collector walking through the heap. A byte that was handed to a
// socket must never be written again before it has left: a slab is begun anew only when every piece of it has come back.

export interface Slab {
  readonly buffer: Buffer
  /** Where the next piece begins. Moved by whoever wrote one. */
  at: number
  holders: number
}

export interface Outbox {
  /** The slab that is being filled, with room for so many bytes behind `at`. */
  need(bytes: number): Slab
  /** A piece of the slab begins: before its first byte is written. */
  hold(slab: Slab): void
  /** A piece has left. */
  release(slab: Slab): void
}
export const createOutbox = (slabBytes = defaultSlabBytes): Outbox => new Slabs(slabBytes)

/**
 * A socket that does not take its answers keeps the slabs that one turn's lie in, with whatever others have there. Later ones
 * leave the outbox before they wait: gathered.ts.
 */
const defaultSlabBytes = 256 * 1024
/** A turn that answers more leaves the rest to the collector. */
const maxSpare = 16

class Slabs implements Outbox {
  readonly #slabBytes: number
  readonly #spare: Slab[] = []
  #open: Slab

  constructor(slabBytes: number) {
    this.#slabBytes = slabBytes
    this.#open = { buffer: Buffer.alloc(0), at: 0, holders: 0 } // a thread that answers nobody needs none
  }

  need(bytes: number): Slab {
    const open = this.#open
    if (open.at + bytes <= open.buffer.length) return open
    const isLarge = bytes > this.#slabBytes
    const spare = isLarge ? undefined : this.#spare.pop()
    this.#open = spare ?? { buffer: Buffer.allocUnsafeSlow(Math.max(bytes, this.#slabBytes)), at: 0, holders: 0 }
    // one that is held comes back with its last piece
    if (open.holders === 0) this.#keep(open)
    return this.#open
  }

  hold(slab: Slab): void {
    slab.holders++
  }

  release(slab: Slab): void {
    slab.holders--
    if (slab.holders > 0) return
    slab.at = 0
    if (slab !== this.#open) this.#keep(slab)
  }

  #keep(slab: Slab): void {
    slab.at = 0
    if (slab.buffer.length === this.#slabBytes && this.#spare.length < maxSpare) this.#spare.push(slab)
  }
}
