// broker/store/joined.ts: memory in which short records are copied together on their way out. It is used again and again:
// making it anew for each answer, some 10 KB many thousand times a second, keeps the collector walking through the heap.
// A piece must never be given twice: its slab is begun anew only when every piece of it has come back.

export interface Joined {
  readonly bytes: Buffer
  /** The bytes are not needed any more. A second call does nothing. */
  release(): void
}
export interface JoinRoom {
  join(records: readonly Buffer[], sizeBytes: number): Joined
}
export const createJoinRoom = (slabBytes = defaultSlabBytes): JoinRoom => new Slabs(slabBytes)

/** One holds the answers of many pulls; a client that does not read keeps as many as its unsent bytes fill. */
const defaultSlabBytes = 512 * 1024
const maxSpare = 4

interface Slab {
  readonly buffer: Buffer
  at: number
  holders: number
}

class Slabs implements JoinRoom {
  readonly #slabBytes: number
  readonly #spare: Slab[] = []
  #open: Slab | undefined

  constructor(slabBytes: number) {
    this.#slabBytes = slabBytes
  }

  join(records: readonly Buffer[], sizeBytes: number): Joined {
    if (sizeBytes > this.#slabBytes / 2) return { bytes: Buffer.concat(records, sizeBytes), release: nothing }
    const slab = this.#roomFor(sizeBytes)
    const from = slab.at
    for (const record of records) {
      slab.buffer.set(record, slab.at)
      slab.at += record.length
    }
    slab.holders++
    let isHeld = true
    const release = (): void => {
      if (!isHeld) return
      isHeld = false
      slab.holders--
      if (slab.holders === 0) this.#empty(slab)
    }
    return { bytes: slab.buffer.subarray(from, slab.at), release }
  }

  #roomFor(sizeBytes: number): Slab {
    if (this.#open !== undefined && this.#open.at + sizeBytes <= this.#slabBytes) return this.#open
    // the one that is full comes back with its last piece
    this.#open = this.#spare.pop() ?? { buffer: Buffer.allocUnsafeSlow(this.#slabBytes), at: 0, holders: 0 }
    return this.#open
  }

  #empty(slab: Slab): void {
    slab.at = 0
    if (slab !== this.#open && this.#spare.length < maxSpare) this.#spare.push(slab)
  }
}
const nothing = (): void => {}
