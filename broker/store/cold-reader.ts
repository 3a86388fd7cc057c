// broker/store/cold-reader.ts: the older part of the commit log, read from its files in blocks, off the loop. Few reads are
// in flight at once, so that nothing queues ahead of an fdatasync; a reader that goes straight on finds the next block
// on its way. Only written bytes are ever asked for.
//
// Blocks are read into memory that is used again: made anew for each they let the collector walk the whole heap several times
// a second, and everybody wait for it. A block that somebody holds is never read over.
import type { SegmentRow } from '../file/segment-row'

export interface ColdReader {
  /** For blocks, which stay what they are until it is released. */
  lease(): ColdLease
  /** Copies the bytes at `offset` into `into`; false when they are gone. They must lie in one segment. */
  read(offset: number, into: Buffer): Promise<boolean>
  /** Forgets blocks before the log's start. */
  follow(start: number): void
}
export interface ColdLease {
  /** The block that has these bytes, when it is in memory. Undefined when it is not, or they lie in two. */
  find(offset: number, size: number): ColdBlock | undefined
  /** These bytes of it. */
  view(offset: number, size: number): Buffer | undefined
  /** The blocks are not needed any more. A second call does nothing. */
  release(): void
}
export interface ColdOptions {
  blockBytes: number
  maxBlocks: number
  maxInFlight: number
  /** Whether the block behind one that is read is read too. Yes unless given. */
  readsAhead?: () => boolean
  /** Bytes from here on are not in the files yet. */
  writtenTo: () => number
}
export const createColdReader = (row: SegmentRow, options: ColdOptions): ColdReader => new Reader(row, options)

/** Bytes of the log from `offset` on. */
export interface ColdBlock {
  readonly offset: number
  readonly loaded: Buffer
}
interface Block {
  readonly offset: number
  /** Valid bytes: fewer than the block is long where the log ended when it was read. */
  bytes: Promise<Buffer | undefined>
  /** The same, once it has come. */
  loaded: Buffer | undefined
  readonly validTo: number
  /** All of its memory, once a read has begun. */
  memory: Buffer | undefined
  /** Leases and copies under way, and the read itself. */
  holders: number
  /** Still found by its offset. */
  listed: boolean
}

/** Blocks that wait for a next use. More than are read at once would only lie there. */
const maxSpare = 8

class Reader implements ColdReader {
  readonly #row: SegmentRow
  readonly #options: ColdOptions
  /** In the order of their last use. */
  readonly #blocks = new Map<number, Block>()
  readonly #queue: (() => void)[] = []
  readonly #spare: Buffer[] = []
  #inFlight = 0

  constructor(row: SegmentRow, options: ColdOptions) {
    this.#row = row
    this.#options = options
  }

  lease(): ColdLease {
    const held: Block[] = []
    let found: ColdBlock | undefined
    let isAhead = false
    const lease: ColdLease = {
      find: (offset, size) => {
        if (found !== undefined && offset >= found.offset && offset + size <= found.offset + found.loaded.length) {
          if (isAhead || offset - found.offset <= found.loaded.length / 2) return found
        }
        const from = this.#blockOf(offset)
        const block = this.#blocks.get(from)
        const loaded = block?.loaded
        if (block === undefined || loaded === undefined || offset + size > from + loaded.length) return undefined
        if (held.at(-1) !== block) {
          block.holders++
          held.push(block)
        }
        // whoever reads the second half of a block goes on to the next
        isAhead = offset - from > loaded.length / 2
        if (isAhead) this.#readAhead(from + this.#blockLength(from))
        found = { offset: from, loaded }
        return found
      },
      view: (offset, size) => {
        const block = lease.find(offset, size)
        return block?.loaded.subarray(offset - block.offset, offset - block.offset + size)
      },
      release: () => {
        for (const block of held.splice(0)) this.#release(block)
      },
    }
    return lease
  }

  async read(offset: number, into: Buffer): Promise<boolean> {
    for (let done = 0; done < into.length; ) {
      const at = offset + done
      const from = this.#blockOf(at)
      const wanted = Math.min(from + this.#blockLength(from), offset + into.length)
      const sequential = this.#blocks.has(from - this.#options.blockBytes) || at === from
      const block = this.#block(from, wanted)
      block.holders++
      try {
        const bytes = await block.bytes
        if (bytes === undefined || from + bytes.length < wanted) return false
        bytes.copy(into, done, at - from, wanted - from)
      } finally {
        this.#release(block)
      }
      done += wanted - at
      if (sequential) this.#readAhead(from + this.#blockLength(from))
    }
    return true
  }

  follow(start: number): void {
    for (const block of this.#blocks.values()) if (block.validTo <= start) this.#unlist(block)
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
    if (from >= this.#row.end || this.#blocks.has(from) || this.#options.readsAhead?.() === false) return
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
    if (held !== undefined) this.#unlist(held)
    const validTo = Math.min(from + this.#blockLength(from), this.#options.writtenTo())
    const block: Block = {
      offset: from,
      validTo,
      bytes: nothingYet,
      loaded: undefined,
      memory: undefined,
      holders: 1,
      listed: true,
    }
    block.bytes = this.#load(block, Math.max(0, validTo - from))
    this.#blocks.set(from, block)
    for (const oldest of this.#blocks.values()) {
      if (this.#blocks.size <= this.#options.maxBlocks) break
      this.#unlist(oldest)
    }
    // a read that failed is tried again by whoever asks next
    block.bytes.then(
      (bytes) => {
        block.loaded = bytes
        if (bytes === undefined) this.#unlist(block)
        this.#release(block)
      },
      () => {
        this.#unlist(block)
        this.#release(block)
      },
    )
    return block
  }

  #unlist(block: Block): void {
    if (!block.listed) return
    block.listed = false
    this.#blocks.delete(block.offset)
    if (block.holders === 0) this.#reuse(block)
  }
  #release(block: Block): void {
    block.holders--
    if (block.holders === 0 && !block.listed) this.#reuse(block)
  }
  #reuse(block: Block): void {
    const { memory } = block
    block.memory = undefined
    if (memory?.length === this.#options.blockBytes && this.#spare.length < maxSpare) this.#spare.push(memory)
  }

  async #load(block: Block, length: number): Promise<Buffer | undefined> {
    if (this.#inFlight >= this.#options.maxInFlight) await new Promise<void>((resolve) => this.#queue.push(resolve))
    this.#inFlight++
    try {
      if (block.offset < this.#row.start || length === 0) return undefined
      // of full size, however short the block is: so any block may have it next
      const memory = this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#options.blockBytes)
      block.memory = memory
      const got = await this.#row.read(block.offset, memory.subarray(0, length))
      return memory.subarray(0, got)
    } finally {
      this.#inFlight--
      this.#queue.shift()?.()
    }
  }
}
const nothingYet: Promise<Buffer | undefined> = Promise.resolve(undefined)
