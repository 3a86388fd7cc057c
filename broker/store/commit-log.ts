// broker/store/commit-log.ts: the ledger, every message of every topic in order of arrival. Consume queues and indexes
// are views that can be rebuilt from it; nothing can rebuild the ledger. Owner: the store's thread.
// Invariant: start <= flushedTo <= writtenTo <= tail. All only grow, except when a failed write or recovery cuts the tail.
import type { SegmentRow } from '../file/segment-row'
import { blankBytes, encodeBlank } from '../protocol/record'
import { createHotPages, type HotPages, type Page } from './pages'
import { StoreError } from './types'

/** Bytes that are to be written with one call: they lie in one segment. `end` is the tail once they are written. */
export interface Chunk {
  readonly offset: number
  readonly buffers: readonly Buffer[]
  readonly end: number
}

export interface CommitLog {
  readonly row: SegmentRow
  readonly hot: HotPages
  readonly start: number
  readonly tail: number
  readonly writtenTo: number
  readonly flushedTo: number
  /**
   * Takes `sizeBytes` at the tail, in one piece and one segment, and answers with their offset. They are to be filled at
   * once, at `page.buffer[at]`; `take` moves the tail over them, and until then nothing has happened.
   */
  reserve(sizeBytes: number): number
  /** The same for bytes of another ledger, which bring their blank ends themselves. They must fit the segment. */
  reserveCopy(sizeBytes: number): number
  /** An empty log begins here, at the start of a segment. */
  beginAt(offset: number): void
  readonly page: Page
  readonly at: number
  take(sizeBytes: number): void
  /** What is in memory and not yet written, as few writes. */
  unwritten(): Chunk[]
  /** The chunk has been written. */
  markWritten(chunk: Chunk): void
  /** Gives up what could not be written. */
  cutToWritten(): void
  /** Resolves when all that was written before the call is on the disk. Never two at a time. */
  flush(): Promise<void>
  /** The first bytes of a record, or all of it, if they are still in memory. */
  hotAt(offset: number): Page | undefined
}

export interface CommitLogOptions {
  pageBytes: number
  hotBytes: number
  /** Where recovery found the end of what is valid. */
  end: number
}
export const openCommitLog = (row: SegmentRow, options: CommitLogOptions): CommitLog => new Ledger(row, options)

class Ledger implements CommitLog {
  readonly row: SegmentRow
  readonly hot: HotPages
  page: Page
  at = 0
  #tail: number
  #writtenTo: number
  #flushedTo: number
  /** A sync has failed and what was to be synced has not been written again yet. */
  #rewrite = false

  constructor(row: SegmentRow, { pageBytes, hotBytes, end }: CommitLogOptions) {
    this.row = row
    this.hot = createHotPages(Math.min(pageBytes, row.segmentBytes), hotBytes)
    this.#tail = this.#writtenTo = this.#flushedTo = end
    this.page = this.hot.open(end, 0)
  }

  get start(): number {
    return this.row.starts.length === 0 ? this.#tail : this.row.start
  }
  get tail(): number {
    return this.#tail
  }
  get writtenTo(): number {
    return this.#writtenTo
  }
  get flushedTo(): number {
    return this.#flushedTo
  }

  reserve(sizeBytes: number): number {
    const { segmentBytes } = this.row
    // a segment always keeps room to say that its rest is blank
    if (sizeBytes + blankBytes > segmentBytes) {
      throw new StoreError('record-too-large', `${sizeBytes} bytes do not fit a segment of ${segmentBytes}`)
    }
    const segmentEnd = this.row.startOf(this.#tail) + segmentBytes
    const room = segmentEnd - this.#tail
    if (sizeBytes + blankBytes > room) {
      this.row.ensure(segmentEnd) // first, because it may fail
      this.#endSegment(room, segmentEnd)
      this.#open(sizeBytes)
    } else {
      if (this.row.end <= this.#tail) this.row.ensure(this.#tail)
      if (this.page.bytes + sizeBytes > this.page.buffer.length || this.page.end !== this.#tail) this.#open(sizeBytes)
    }
    this.at = this.page.bytes
    return this.#tail
  }

  reserveCopy(sizeBytes: number): number {
    if (this.row.end <= this.#tail) this.row.ensure(this.#tail)
    const beginsSegment = this.row.startOf(this.#tail) === this.#tail
    const isFull = this.page.bytes + sizeBytes > this.page.buffer.length
    if (beginsSegment || isFull || this.page.end !== this.#tail) this.#open(sizeBytes)
    this.at = this.page.bytes
    return this.#tail
  }

  beginAt(offset: number): void {
    this.#tail = this.#writtenTo = this.#flushedTo = offset
    this.#open(0)
  }

  take(sizeBytes: number): void {
    this.page.bytes += sizeBytes
    this.page.end += sizeBytes
    this.#tail += sizeBytes
  }

  unwritten(): Chunk[] {
    return this.#chunks(this.#writtenTo, this.#tail)
  }

  markWritten(chunk: Chunk): void {
    this.#writtenTo = chunk.end
    // what is not yet synced stays in memory: it must be written again if the sync fails
    this.hot.trim(Math.min(this.#writtenTo, this.#flushedTo))
  }

  cutToWritten(): void {
    this.#tail = this.#writtenTo
    this.hot.cut(this.#tail)
    this.#open(0)
  }

  async flush(): Promise<void> {
    const upTo = this.#writtenTo // it may grow while the disk works: promise only what was asked
    if (upTo === this.#flushedTo && !this.#rewrite) return
    try {
      // After a failed sync the system may have dropped the dirty pages and call the next sync a success. So nothing
      // after flushedTo is believed to be in the file: it is written once more from memory, where it is kept until
      // it is flushed, and only then synced.
      if (this.#rewrite) {
        for (const chunk of this.#chunks(this.#flushedTo, upTo)) await this.row.write(chunk.offset, chunk.buffers)
      }
      await this.row.sync(this.#flushedTo, upTo)
    } catch (error) {
      this.#rewrite = true
      throw error
    }
    this.#rewrite = false
    this.#flushedTo = Math.max(this.#flushedTo, upTo)
    this.hot.trim(this.#flushedTo)
  }

  hotAt(offset: number): Page | undefined {
    return this.hot.find(offset)
  }

  #open(sizeBytes: number): void {
    this.page = this.hot.open(this.#tail, sizeBytes)
  }

  /** Says that the rest of the segment is blank, and moves the tail to its end. */
  #endSegment(restBytes: number, segmentEnd: number): void {
    if (restBytes >= blankBytes) {
      if (this.page.bytes + blankBytes > this.page.buffer.length || this.page.end !== this.#tail) this.#open(blankBytes)
      encodeBlank(this.page.buffer, this.page.bytes, restBytes)
      this.page.bytes += blankBytes
    }
    this.page.end = segmentEnd
    this.#tail = segmentEnd
  }

  #chunks(from: number, to: number): Chunk[] {
    const chunks: { offset: number; buffers: Buffer[]; end: number }[] = []
    for (const page of this.hot.range(from, to)) {
      const skipped = Math.max(0, from - page.base)
      const bytes = page.buffer.subarray(skipped, Math.min(page.bytes, to - page.base))
      const offset = page.base + skipped
      const end = Math.min(page.end, to)
      const last = chunks.at(-1)
      if (last !== undefined && last.end === offset && this.row.startOf(last.offset) === this.row.startOf(offset)) {
        last.buffers.push(bytes)
        last.end = end
      } else {
        chunks.push({ offset, buffers: [bytes], end })
      }
    }
    return chunks
  }
}
