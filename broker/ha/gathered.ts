// broker/ha/gathered.ts: a fixed number of bytes put together from chunks that are cut anywhere. It copies what it takes.

/** Fills up to a size that may grow once its first bytes are there. */
export class Gathered {
  bytes: Buffer = Buffer.alloc(0)
  #filled = 0
  #wanted = 0

  constructor(sizeBytes: number) {
    this.begin(sizeBytes)
  }

  begin(sizeBytes: number): void {
    this.#wanted = sizeBytes
    this.#filled = 0
    if (this.bytes.length < sizeBytes) this.bytes = Buffer.alloc(sizeBytes)
  }
  /** The same bytes, and more. */
  grow(sizeBytes: number): void {
    const held = this.bytes.subarray(0, this.#filled)
    this.#wanted = sizeBytes
    if (this.bytes.length < sizeBytes) this.bytes = Buffer.concat([held, Buffer.alloc(sizeBytes - held.length)])
  }
  get isWhole(): boolean {
    return this.#filled === this.#wanted
  }
  /** Answers with how many were taken. */
  take(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#wanted - this.#filled, chunk.length - at)
    chunk.copy(this.bytes, this.#filled, at, at + taken)
    this.#filled += taken
    return taken
  }
}
