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
/** In the unused rest: the store was last written by a program that syncs index items before what counts them. */
const ownMark = { at: 2048, magic: 0x52_44_43_4b, sumAt: 2056 }

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
    this.ownIndex =
      bytes.readInt32BE(ownMark.at) === ownMark.magic &&
      readLong(bytes, ownMark.sumAt) === this.queuesTimestampMs + this.indexTimestampMs
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
      bytes.writeInt32BE(ownMark.magic, ownMark.at)
      writeLong(bytes, this.queuesTimestampMs + this.indexTimestampMs, ownMark.sumAt)
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
