// broker/store/checkpoint.ts: up to which time log, queues and index are known to be on the disk. One page of numbers, as
// RocketMQ lays it out, and behind them, where it looks at nothing, a word of our own. Owner: the store.
import type { OpenFile } from '../file/files'
import { i64, layout, readLong, writeLong } from '../protocol/layout'

const page = layout({
  logTimestampMs: i64,
  queuesTimestampMs: i64,
  indexTimestampMs: i64,
  masterFlushedOffset: i64,
  confirmOffset: i64,
})
export const checkpointBytes = 4096
/** In the unused rest: that the store was last written by this program, and what only it knows. */
const own = layout({ magic: i64, timestampSum: i64, safeOffset: i64, logStartPlusOne: i64 }, 2048)
const ownMagic = 0x52_44_43_4b

export interface Checkpoint {
  logTimestampMs: number
  queuesTimestampMs: number
  indexTimestampMs: number
  masterFlushedOffset: number
  confirmOffset: number
  /** Read from the file: its index files can be believed as index-file.ts describes. */
  readonly ownIndex: boolean
  /** Whether the next `write` says that they can. */
  trustIndex: boolean
  /** Of the commit log: before it everything is synced in log, queues and index; -1 when that is not known. */
  safeOffset: number
  /** Where the commit log began; -1 when that is not known. */
  logStart: number
  /** Time at which recovery may start: what is older is safe in log and queues. */
  readonly safeTimestampMs: number
  /** Writes and syncs the page if it has changed. */
  write(): Promise<void>
  close(): void
}
export const openCheckpoint = (file: OpenFile): Checkpoint => new Page(file)

class Page implements Checkpoint {
  readonly #file: OpenFile
  #written: Buffer
  logTimestampMs: number
  queuesTimestampMs: number
  indexTimestampMs: number
  masterFlushedOffset: number
  confirmOffset: number
  readonly ownIndex: boolean
  safeOffset: number
  logStart: number
  trustIndex = true

  constructor(file: OpenFile) {
    this.#file = file
    const bytes = Buffer.alloc(checkpointBytes)
    file.readSync(bytes, 0)
    this.#written = bytes
    this.logTimestampMs = readLong(bytes, page.at.logTimestampMs)
    this.queuesTimestampMs = readLong(bytes, page.at.queuesTimestampMs)
    this.indexTimestampMs = readLong(bytes, page.at.indexTimestampMs)
    this.masterFlushedOffset = readLong(bytes, page.at.masterFlushedOffset)
    this.confirmOffset = readLong(bytes, page.at.confirmOffset)
    // another program leaves the mark and changes the numbers: then it no longer holds
    this.ownIndex = readLong(bytes, own.at.magic) === ownMagic && readLong(bytes, own.at.timestampSum) === this.#sum
    this.safeOffset = this.ownIndex ? readLong(bytes, own.at.safeOffset) : -1
    this.logStart = this.ownIndex ? readLong(bytes, own.at.logStartPlusOne) - 1 : -1
  }

  get #sum(): number {
    return this.logTimestampMs + this.queuesTimestampMs + this.indexTimestampMs
  }

  get safeTimestampMs(): number {
    return Math.max(0, Math.min(this.logTimestampMs, this.queuesTimestampMs) - 3000)
  }

  async write(): Promise<void> {
    const bytes = Buffer.alloc(checkpointBytes)
    writeLong(bytes, this.logTimestampMs, page.at.logTimestampMs)
    writeLong(bytes, this.queuesTimestampMs, page.at.queuesTimestampMs)
    writeLong(bytes, this.indexTimestampMs, page.at.indexTimestampMs)
    writeLong(bytes, this.masterFlushedOffset, page.at.masterFlushedOffset)
    writeLong(bytes, this.confirmOffset, page.at.confirmOffset)
    if (this.trustIndex) {
      writeLong(bytes, ownMagic, own.at.magic)
      writeLong(bytes, this.#sum, own.at.timestampSum)
      writeLong(bytes, this.safeOffset, own.at.safeOffset)
      writeLong(bytes, this.logStart + 1, own.at.logStartPlusOne)
    }
    if (bytes.equals(this.#written)) return
    await this.#file.write([bytes], 0)
    await this.#file.sync()
    this.#written = bytes
  }

  close(): void {
    this.#file.close()
  }
}
