// broker/store/cold-reader.ts: the older part of the commit log, read from its files in blocks, off the loop. Few reads are
// in flight at once, so that nothing queues ahead of an fdatasync; a reader that goes straight on finds the next block
// on its way. Only written bytes are ever asked for.
import type { SegmentRow } from '../file/segment-row'

export interface ColdReader {
  /** The bytes at `offset` at once, when the block that has them is in memory. Undefined when it is not, or they lie in two. */
  view(offset: number, size: number): Buffer | undefined
  /** Copies the bytes at `offset` into `into`; false when they are gone. They must lie in one segment. */
  read(offset: number, into: Buffer): Promise<boolean>
  /** Forgets blocks before the log's start. */
  follow(start: number): void
}
export interface ColdOptions {
  blockBytes: number
  maxBlocks: number
  maxInFlight: number
  /** Bytes from here on are not in the files yet. */
  writtenTo: () => number
}
export const createColdReader = (row: SegmentRow, options: ColdOptions): ColdReader => new Reader(row, options)

interface Block {
  readonly offset: number
  /** Valid bytes: fewer than the block is long where the log ended when it was read. */
  readonly bytes: Promise<Buffer | undefined>
  /** The same, once it has come. */
  loaded: Buffer | undefined
  readonly validTo: number
}

class Reader implements ColdReader {
  readonly #row: SegmentRow
  readonly #options: ColdOptions
  /** In the order of their last use. */
  readonly #blocks = new Map<number, Block>()
  readonly #queue: (() => void)[] = []
  #inFlight = 0

  constructor(row: SegmentRow, options: ColdOptions) {
    this.#row = row
    this.#options = options
  }

  view(offset: number, size: number): Buffer | undefined {
    const from = this.#blockOf(offset)
    const bytes = this.#blocks.get(from)?.loaded
    if (bytes === undefined || offset + size > from + bytes.length) return undefined
    // whoever reads the second half of a block goes on to the next
    if (offset - from > bytes.length / 2) this.#readAhead(from + this.#blockLength(from))
    return bytes.subarray(offset - from, offset - from + size)
  }

  async read(offset: number, into: Buffer): Promise<boolean> {
    for (let done = 0; done < into.length; ) {
      const at = offset + done
      const from = this.#blockOf(at)
      const wanted = Math.min(from + this.#blockLength(from), offset + into.length)
      const sequential = this.#blocks.has(from - this.#options.blockBytes) || at === from
      const bytes = await this.#block(from, wanted).bytes
      if (bytes === undefined || from + bytes.length < wanted) return false
      bytes.copy(into, done, at - from, wanted - from)
      done += wanted - at
      if (sequential) this.#readAhead(from + this.#blockLength(from))
    }
    return true
  }

  follow(start: number): void {
    for (const [offset, block] of this.#blocks) if (block.validTo <= start) this.#blocks.delete(offset)
  }

  /** Blocks never reach over the end of a segment. */
  #blockOf(offset: number): number {
    const start = this.#row.startOf(offset)
    return start + Math.floor((offset - start) / this.#options.blockBytes) * this.#options.blockBytes
  }
  #blockLength(from: number): number {
    return Math.min(this.#options.blockBytes, this.#row.startOf(from) + this.#row.segmentBytes - from)
  }

  #readAhead(from: number): void {
    if (from >= this.#row.end || this.#blocks.has(from)) return
    const written = this.#options.writtenTo()
    // the newest part is served from memory: half a block there is not worth a read
    if (from + this.#blockLength(from) <= written) this.#block(from, from + 1)
  }

  #block(from: number, wanted: number): Block {
    const held = this.#blocks.get(from)
    if (held !== undefined && held.validTo >= wanted) {
      this.#blocks.delete(from)
      this.#blocks.set(from, held)
      return held
    }
    const validTo = Math.min(from + this.#blockLength(from), this.#options.writtenTo())
    const block: Block = {
      offset: from,
      validTo,
      bytes: this.#load(from, Math.max(0, validTo - from)),
      loaded: undefined,
    }
    this.#blocks.delete(from)
    this.#blocks.set(from, block)
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= this.#options.maxBlocks) break
      this.#blocks.delete(oldest)
    }
    // a read that failed is tried again by whoever asks next
    block.bytes.then(
      (bytes) => {
        block.loaded = bytes
        if (bytes === undefined && this.#blocks.get(from) === block) this.#blocks.delete(from)
      },
      () => {
        if (this.#blocks.get(from) === block) this.#blocks.delete(from)
      },
    )
    return block
  }

  async #load(from: number, length: number): Promise<Buffer | undefined> {
    if (this.#inFlight >= this.#options.maxInFlight) await new Promise<void>((resolve) => this.#queue.push(resolve))
    this.#inFlight++
    try {
      if (from < this.#row.start || length === 0) return undefined
      const bytes = Buffer.allocUnsafeSlow(length)
      const got = await this.#row.read(from, bytes)
      return bytes.subarray(0, got)
    } finally {
      this.#inFlight--
      this.#queue.shift()?.()
    }
  }
}
