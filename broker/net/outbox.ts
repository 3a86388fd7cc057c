// broker/net/outbox.ts: memory for small answers, written side by side instead of each in a buffer of its own. A piece that
// was handed to a socket is never written to again: what is full is left to the collector, and a new one is begun.

export interface Outbox {
  readonly buffer: Buffer
  /** Where the next answer begins. Moved by whoever wrote one. */
  at: number
  /** Makes room for so many bytes behind `at`. */
  need(bytes: number): void
}
export const createOutbox = (): Outbox => new Slab()

/** Some 250 answers to sends. A socket that does not take its answer keeps as much from the collector. */
const slabBytes = 64 * 1024

class Slab implements Outbox {
  buffer: Buffer = Buffer.alloc(0)
  at = 0

  need(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    this.buffer = Buffer.allocUnsafeSlow(Math.max(bytes, slabBytes))
    this.at = 0
  }
}
