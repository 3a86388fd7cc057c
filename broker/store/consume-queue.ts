// broker/store/consume-queue.ts: one queue of one topic: where its messages lie in the commit log, 20 bytes for each. A view: it can
// be rebuilt. Its newest units are in memory and written lazily; older ones are read from the file. Owner: the store.
// Invariant: tailFrom <= writtenTo <= maxOffset, syncedTo <= writtenTo; all count units, from the queue's first ever.
import type { SegmentRow } from '../file/segment-row'
import { i32, i64, layout, readLong, writeInt, writeLong } from '../protocol/layout'

export const unit = layout({ commitLogOffset: i64, sizeBytes: i32, tagsCode: i64 })
/** A place that no message has: before the first of a queue that did not begin at 0. */
const nowhere = { commitLogOffset: 0, sizeBytes: 0x7fff_ffff, tagsCode: 0 }

const nowhereUnit = Buffer.alloc(unit.size)
nowhereUnit.writeInt32BE(nowhere.sizeBytes, unit.at.sizeBytes)

const firstTailUnits = 16
/** 80 KiB. A power of two times the first, so that doubling meets it. */
const maxTailUnits = 4096

/** Units that lie behind each other in `bytes`, the first of them being number `from`. */
export interface Units {
  readonly from: number
  readonly count: number
  readonly bytes: Buffer
  /** Where in `bytes` the first one begins. */
  readonly at: number
}
export const unitOffset = (units: Units, index: number): number => readLong(units.bytes, units.at + index * unit.size)
export const unitSize = (units: Units, index: number): number =>
  units.bytes.readInt32BE(units.at + index * unit.size + unit.at.sizeBytes)
export const unitTagsCode = (units: Units, index: number): number =>
  readLong(units.bytes, units.at + index * unit.size + unit.at.tagsCode)

export class ConsumeQueue {
  readonly topic: string
  readonly queueId: number
  readonly row: SegmentRow
  /** The next message of this queue gets this one: runs ahead of maxOffset while messages are being written. */
  nextOffset = 0
  maxOffset = 0
  minOffset = 0
  /** Where the message at minOffset lies in the commit log; -1 when that is not known. */
  minCommitLogOffset = -1
  /** End of the newest message in the commit log. What lies before it has been seen already. */
  maxCommitLogEnd = 0
  /** Where that message begins. */
  lastCommitLogOffset = 0
  writtenTo = 0
  syncedTo = 0
  /** Its topic was deleted: nothing is written any more. */
  removed = false
  /** For the table of all queues: whether it is in its lists of what is to be flushed and of what is in memory. */
  listed = false
  resident = false
  /** Set by a put, cleared by each flush: whether the memory is likely to be wanted. */
  busy = false
  #tail: Buffer
  #tailFrom = 0
  /** Units read last from the file: a reader asks for the next ones soon. */
  #block: Units | undefined

  constructor(topic: string, queueId: number, row: SegmentRow) {
    this.topic = topic
    this.queueId = queueId
    this.row = row
    this.#tail = emptyTail
  }

  /** The queue is as recovery found it: all of it in the file. */
  restore(minOffset: number, maxOffset: number, lastCommitLogOffset: number, maxCommitLogEnd: number): void {
    this.minOffset = Math.min(minOffset, maxOffset)
    this.maxOffset = this.nextOffset = this.writtenTo = this.syncedTo = this.#tailFrom = maxOffset
    this.minCommitLogOffset = -1
    this.lastCommitLogOffset = lastCommitLogOffset
    this.maxCommitLogEnd = maxCommitLogEnd
    this.#tail = emptyTail
    this.#block = undefined
  }

  get dirtyUnits(): number {
    return this.maxOffset - this.writtenTo
  }
  get unsynced(): boolean {
    return this.syncedTo < this.maxOffset
  }
  /** Whether no message has ever come to this queue that its file or memory knows of. */
  get isNew(): boolean {
    return this.maxOffset === 0
  }

  /** Adds the unit of a message. One that is already there is left alone: recovery shows messages twice. */
  put(queueOffset: number, commitLogOffset: number, sizeBytes: number, tagsCode: number): boolean {
    if (commitLogOffset + sizeBytes <= this.maxCommitLogEnd) return false
    if (queueOffset < this.maxOffset) {
      if (queueOffset !== 0) return false
      // the topic was deleted and made anew: what recovery has found of the old one goes
      this.cut(this.row.start / unit.size, 0, 0)
      this.minOffset = this.maxOffset = this.nextOffset = this.writtenTo = this.syncedTo = this.#tailFrom = 0
    }
    if (queueOffset > this.maxOffset) this.#skipTo(queueOffset)
    if (this.minOffset === this.maxOffset) this.minCommitLogOffset = commitLogOffset
    this.#add(commitLogOffset, sizeBytes, tagsCode)
    this.lastCommitLogOffset = commitLogOffset
    this.maxCommitLogEnd = commitLogOffset + sizeBytes
    if (this.nextOffset < this.maxOffset) this.nextOffset = this.maxOffset
    return true
  }

  /** Forgets the units from `end` on, also in the file: a later recovery must not find them there. */
  cut(end: number, lastCommitLogOffset: number, maxCommitLogEnd: number): void {
    for (let offset = end * unit.size; offset < this.writtenTo * unit.size; ) {
      const upTo = Math.min(this.writtenTo * unit.size, this.row.startOf(offset) + this.row.segmentBytes)
      this.row.writeSync(offset, [Buffer.alloc(upTo - offset)])
      offset = upTo
    }
    this.restore(this.minOffset, end, lastCommitLogOffset, maxCommitLogEnd)
  }

  /** No message has these places any more: what they named is gone from the log. At the end they are cut off. */
  async forget(from: number, end: number): Promise<void> {
    await this.flush()
    if (end >= this.maxOffset) {
      const last = await this.read(from - 1, 1)
      const place = last.count > 0 ? unitOffset(last, 0) : 0
      const isReal = last.count > 0 && !isNowhere(place, unitSize(last, 0))
      this.cut(from, isReal ? place : 0, isReal ? place + unitSize(last, 0) : 0)
    } else {
      for (let at = from; at < end; at++) this.row.writeSync(at * unit.size, [nowhereUnit])
      this.restore(this.minOffset, this.maxOffset, this.lastCommitLogOffset, this.maxCommitLogEnd)
    }
    await this.row.sync(from * unit.size, end * unit.size)
  }

  /** Units from `from` on that are in memory; undefined when the first is not. */
  inMemory(from: number): Units | undefined {
    if (from < this.#tailFrom || from >= this.maxOffset) return undefined
    return {
      from,
      count: this.maxOffset - from,
      bytes: this.#tail,
      at: (from - this.#tailFrom) * unit.size,
    }
  }

  /** The same of those that were read last from the file. */
  readBefore(from: number): Units | undefined {
    const block = this.#block
    if (block === undefined || from < block.from || from >= block.from + block.count) return undefined
    const skipped = from - block.from
    return { from, count: block.count - skipped, bytes: block.bytes, at: block.at + skipped * unit.size }
  }

  /** Up to `count` units from `from` on, within one file. Fewer, or none, where the queue or the file ends. */
  async read(from: number, count: number): Promise<Units> {
    const hot = this.inMemory(from)
    if (hot !== undefined) {
      // a copy: the tail moves when units come in while the caller waits for something else
      const bytes = Buffer.from(hot.bytes.subarray(hot.at, hot.at + Math.min(count, hot.count) * unit.size))
      return { from, count: bytes.length / unit.size, bytes, at: 0 }
    }
    const before = this.readBefore(from)
    if (before !== undefined) return { ...before, count: Math.min(count, before.count) }
    const wanted = Math.min(count, this.writtenTo - from)
    if (wanted <= 0 || from * unit.size < this.row.start) return { from, count: 0, bytes: emptyTail, at: 0 }
    const bytes = Buffer.allocUnsafeSlow(wanted * unit.size)
    const got = await this.row.read(from * unit.size, bytes)
    const units = { from, count: Math.floor(got / unit.size), bytes, at: 0 }
    if (wanted > 32) this.#block = units
    return units
  }

  /** Gives the memory of units that are in the file back. */
  shrink(): void {
    this.#block = undefined
    if (this.writtenTo < this.maxOffset) return
    this.#tail = emptyTail
    this.#tailFrom = this.maxOffset
  }
  get memoryBytes(): number {
    return this.#tail.length + (this.#block?.bytes.length ?? 0)
  }

  /** Writes on the loop. For when the tail is full before its time. */
  writeSync(): void {
    for (const piece of this.#pieces(false)) {
      this.row.ensure(piece.offset)
      this.row.writeSync(piece.offset, [piece.bytes])
      this.writtenTo = (piece.offset + piece.bytes.length) / unit.size
    }
  }

  /** Writes and syncs off the loop. Never two at a time. */
  async flush(): Promise<void> {
    const upTo = this.maxOffset
    // a copy, because units that come meanwhile may move the tail
    for (const piece of this.#pieces(true)) {
      this.row.ensure(piece.offset)
      await this.row.write(piece.offset, [piece.bytes])
      this.writtenTo = Math.max(this.writtenTo, (piece.offset + piece.bytes.length) / unit.size)
    }
    if (upTo > this.syncedTo) await this.row.sync(this.syncedTo * unit.size, upTo * unit.size)
    this.syncedTo = Math.max(this.syncedTo, upTo)
  }

  /** What is not yet written, cut where a file ends. */
  #pieces(copied: boolean): { offset: number; bytes: Buffer }[] {
    const pieces: { offset: number; bytes: Buffer }[] = []
    const end = this.maxOffset * unit.size
    for (let offset = this.writtenTo * unit.size; offset < end; ) {
      const upTo = Math.min(end, this.row.startOf(offset) + this.row.segmentBytes)
      const at = offset - this.#tailFrom * unit.size
      const bytes = this.#tail.subarray(at, at + upTo - offset)
      pieces.push({ offset, bytes: copied ? Buffer.from(bytes) : bytes })
      offset = upTo
    }
    return pieces
  }

  #add(commitLogOffset: number, sizeBytes: number, tagsCode: number): void {
    let at = (this.maxOffset - this.#tailFrom) * unit.size
    if (at + unit.size > this.#tail.length) {
      this.#makeRoom()
      at = (this.maxOffset - this.#tailFrom) * unit.size
    }
    writeLong(this.#tail, commitLogOffset, at)
    writeInt(this.#tail, sizeBytes, at + unit.at.sizeBytes)
    writeLong(this.#tail, tagsCode, at + unit.at.tagsCode)
    this.maxOffset++
  }

  /** Grows the tail up to its bound; then the older half goes, once it is in the file. */
  #makeRoom(): void {
    const held = this.maxOffset - this.#tailFrom
    if (held >= maxTailUnits && this.#dropOlderHalf()) return
    const units = held === 0 ? firstTailUnits : held * 2
    const larger = Buffer.allocUnsafeSlow(units * unit.size)
    this.#tail.copy(larger, 0, 0, held * unit.size)
    this.#tail = larger
  }

  /** False when the units could not be written: then they must stay. The next flush meets the same fault and reports it. */
  #dropOlderHalf(): boolean {
    const keepFrom = this.maxOffset - maxTailUnits / 2
    if (this.writtenTo < keepFrom) {
      try {
        this.writeSync()
      } catch {
        return false
      }
    }
    this.#tail.copyWithin(0, (keepFrom - this.#tailFrom) * unit.size, (this.maxOffset - this.#tailFrom) * unit.size)
    this.#tailFrom = keepFrom
    return true
  }

  /** Places up to `queueOffset` that no message has. In an empty queue only those of its first file are written. */
  #skipTo(queueOffset: number): void {
    if (this.isNew) {
      const first = this.row.startOf(queueOffset * unit.size) / unit.size
      this.maxOffset = this.writtenTo = this.syncedTo = this.#tailFrom = first
      this.minOffset = queueOffset
    }
    while (this.maxOffset < queueOffset) {
      this.#add(nowhere.commitLogOffset, nowhere.sizeBytes, nowhere.tagsCode)
    }
  }
}
const emptyTail = Buffer.alloc(0)

/** Whether a unit says that no message has its place. */
export const isNowhere = (commitLogOffset: number, sizeBytes: number): boolean =>
  commitLogOffset === nowhere.commitLogOffset && sizeBytes === nowhere.sizeBytes
