// broker/schedule/timer-log.ts: a unit of 52 bytes per timed message, in order of arrival, in Apache's form; the units of
// one slot name each other backwards. A unit says where the message lies, never what it holds. Owner: the timers.
import type { SegmentRow } from '../file/segment-row'
import { bytes, i32, i64, layout, readLong, writeLong } from '../protocol/layout'

export const unitEntry = layout({
  sizeBytes: i32, //         52
  previous: i64, //          the slot's unit before this one, -1 for its first
  magic: i32,
  enqueuedAtMs: i64,
  delayMs: i32, //           from enqueuedAtMs to the time of the slot
  commitLogOffset: i64,
  recordBytes: i32,
  topicHash: i32,
  dueAtMs: i64, //           Apache leaves it 0; the exact time within the slot, ours alone
})
const { at } = unitEntry
export const unitBytes = unitEntry.size
export const UnitMagic = { normal: 1, roll: 2, recall: 4 } as const
const magicBlank = (0xbbccddee ^ (1_880_681_586 + 8)) | 0
const blank = layout({ restBytes: i32, reserved: bytes(8), magic: i32 })

export interface TimerUnit {
  previous: number
  magic: number
  enqueuedAtMs: number
  slotMs: number
  commitLogOffset: number
  recordBytes: number
  topicHash: number
  dueAtMs: number
}

export interface TimerLog {
  /** Place of the next unit. */
  readonly end: number
  readonly start: number
  /** In memory until `writeOut`. Answers with its place. */
  append(unit: TimerUnit): number
  /** Hands what was appended to the operating system. */
  writeOut(): void
  /** Everything appended before the call survives a power cut when it resolves. */
  sync(): Promise<void>
  /** The unit, or undefined when its file is gone or what lies there is none. */
  read(place: number): TimerUnit | undefined | Promise<TimerUnit | undefined>
  /** Place of the unit before this one; undefined when there is none. */
  before(place: number): number | undefined
  /** Units from `from` on, in order. */
  forward(from: number): AsyncIterable<{ place: number; unit: TimerUnit }>
  /** Ends the log here: nothing behind it is ever read again. */
  cut(end: number): Promise<void>
  /** Removes files whose last unit lies before this place of the commit log. */
  removeBefore(commitLogOffset: number): Promise<number>
}

/** The end is found by reading on from `trustedTo`, up to which it was synced. */
export async function openTimerLog(row: SegmentRow, trustedTo: number): Promise<TimerLog> {
  const log = new Log(row)
  await log.findEnd(trustedTo)
  return log
}

const blockBytes = 64 * 1024
const maxBlocks = 32

class Log implements TimerLog {
  readonly #row: SegmentRow
  readonly #lastPlace: number
  /** Units that are not written yet, one after the other from #writtenTo on, each piece in one file. */
  #pending: { place: number; bytes: Buffer }[] = []
  #writtenTo = 0
  #syncedTo = 0
  /** Counts what was written elsewhere than at the end. */
  #changes = 0
  end = 0
  /** Blocks of files, in the order of their last use. */
  readonly #blocks = new Map<number, Buffer>()

  constructor(row: SegmentRow) {
    this.#row = row
    // the last unit of a file leaves room for a blank behind it
    this.#lastPlace = Math.floor((row.segmentBytes - blank.size) / unitBytes) * unitBytes - unitBytes
  }

  get start(): number {
    return this.#row.start
  }

  async findEnd(trustedTo: number): Promise<void> {
    const row = this.#row
    let from = row.start
    if (trustedTo > row.start && trustedTo <= row.end) {
      const first = row.startOf(Math.max(trustedTo - 1, row.start))
      const isWhole = (trustedTo - first) % unitBytes === 0
      const before = isWhole ? await this.#readAt(trustedTo - unitBytes) : undefined
      from = before === undefined ? first : trustedTo
    }
    this.end = this.#writtenTo = this.#syncedTo = from
    if (row.starts.length === 0) return
    this.end = row.end
    let end = from
    for await (const { place } of this.forward(from)) end = place + unitBytes
    this.end = this.#writtenTo = end // what lies behind `from` may never have been synced
  }

  append(unit: TimerUnit): number {
    const row = this.#row
    let place = this.end
    const within = row.starts.length === 0 && place === 0 ? 0 : place - row.startOf(place)
    if (within > this.#lastPlace) {
      this.#pending.push({ place, bytes: blankOf(row.segmentBytes - within) })
      place += row.segmentBytes - within
    }
    const buffer = Buffer.allocUnsafe(unitBytes)
    writeUnit(buffer, unit)
    this.#pending.push({ place, bytes: buffer })
    this.end = place + unitBytes
    return place
  }

  writeOut(): void {
    const pending = this.#pending
    if (pending.length === 0) return
    const row = this.#row
    for (let first = 0; first < pending.length; ) {
      const start = pending[first]?.place ?? 0
      row.ensure(start)
      const fileEnd = row.startOf(start) + row.segmentBytes
      let next = first
      while (next < pending.length && (pending[next]?.place ?? fileEnd) < fileEnd) next++
      row.writeSync(
        start,
        pending.slice(first, next).map((piece) => piece.bytes),
      )
      first = next
    }
    this.#pending = []
    for (let block = this.#blockOf(this.#writtenTo); block < this.end; block += blockBytes) this.#blocks.delete(block)
    this.#writtenTo = this.end
  }

  async sync(): Promise<void> {
    this.writeOut()
    const upTo = this.#writtenTo
    if (upTo > this.#syncedTo) await this.#row.sync(this.#syncedTo, upTo)
    this.#syncedTo = Math.max(this.#syncedTo, upTo)
  }

  read(place: number): TimerUnit | undefined | Promise<TimerUnit | undefined> {
    if (place < this.#row.start || place + unitBytes > this.#writtenTo) return undefined
    const block = this.#blockOf(place)
    const held = this.#blocks.get(block)
    // units do not keep to blocks: one that lies in two is read by itself
    if (held === undefined || place + unitBytes > block + held.length) return this.#readAt(place)
    return unitIn(held, place - block)
  }

  before(place: number): number | undefined {
    if (place <= this.#row.start) return undefined
    const within = place - this.#row.startOf(place)
    return within === 0 ? place - this.#row.segmentBytes + this.#lastPlace : place - unitBytes
  }

  async *forward(from: number): AsyncGenerator<{ place: number; unit: TimerUnit }> {
    const row = this.#row
    const piece = Buffer.allocUnsafeSlow(unitBytes * 5000)
    for (let place = from; place < this.end; ) {
      const fileEnd = row.startOf(place) + row.segmentBytes
      const read = await row.read(place, piece)
      const count = Math.floor(read / unitBytes)
      let isBlank = count === 0
      for (let index = 0; index < count && place < this.end; index++) {
        const offset = index * unitBytes
        if (piece.readInt32BE(offset + at.magic) === magicBlank) {
          isBlank = true
          break
        }
        const unit = unitIn(piece, offset)
        if (unit === undefined) return
        yield { place, unit }
        place += unitBytes
        if (place >= fileEnd) break
      }
      if (isBlank) place = fileEnd
    }
  }

  async cut(end: number): Promise<void> {
    const row = this.#row
    this.#pending = []
    if (end < row.end) {
      const start = row.startOf(end)
      const before = end === start && start > row.start
      await row.removeFrom(before ? end : start + 1)
      if (!before) await this.#wipe(end, Math.min(row.end, Math.max(this.end, end)))
    }
    this.#blocks.clear()
    this.#changes++
    this.end = this.#writtenTo = end
    this.#syncedTo = Math.min(this.#syncedTo, end)
  }

  async removeBefore(commitLogOffset: number): Promise<number> {
    const row = this.#row
    let removed = 0
    while (row.starts.length > 1) {
      const unit = await this.#readAt(row.start + this.#lastPlace)
      if (unit === undefined || unit.commitLogOffset >= commitLogOffset) break
      for (const block of [...this.#blocks.keys()]) if (block < row.start + row.segmentBytes) this.#blocks.delete(block)
      await row.removeFirst()
      removed++
    }
    return removed
  }

  /** What lay behind the end must not look like units again once the log grows. */
  async #wipe(from: number, to: number): Promise<void> {
    for (let place = from; place < to; place += blockBytes) {
      await this.#row.write(place, [Buffer.alloc(Math.min(blockBytes, to - place))])
    }
    if (to > from) await this.#row.sync(from, to)
  }

  #blockOf(place: number): number {
    const start = this.#row.startOf(place)
    return start + Math.floor((place - start) / blockBytes) * blockBytes
  }

  /** Reads the block that the unit ends in, and the unit. */
  async #readAt(place: number): Promise<TimerUnit | undefined> {
    const block = this.#blockOf(place)
    let held = this.#blocks.get(block)
    if (held === undefined) {
      const bytes = Buffer.allocUnsafeSlow(blockBytes)
      const { writtenTo, changes } = { writtenTo: this.#writtenTo, changes: this.#changes }
      const read = await this.#row.read(block, bytes)
      held = bytes.subarray(0, read)
      // what was written meanwhile may be in it or not
      if (this.#writtenTo === writtenTo && this.#changes === changes) this.#keep(block, held)
    }
    if (place + unitBytes <= block + held.length) return unitIn(held, place - block)
    const alone = Buffer.allocUnsafe(unitBytes)
    return (await this.#row.read(place, alone)) === unitBytes ? unitIn(alone, 0) : undefined
  }

  #keep(block: number, held: Buffer): void {
    const oldest = this.#blocks.keys().next()
    if (this.#blocks.size >= maxBlocks && oldest.done !== true) this.#blocks.delete(oldest.value)
    this.#blocks.set(block, held)
  }
}

function blankOf(restBytes: number): Buffer {
  const bytes = Buffer.alloc(blank.size)
  bytes.writeInt32BE(restBytes, blank.at.restBytes)
  bytes.writeInt32BE(magicBlank, blank.at.magic)
  return bytes
}

function writeUnit(buffer: Buffer, unit: TimerUnit): void {
  buffer.writeInt32BE(unitBytes, at.sizeBytes)
  writeLong(buffer, unit.previous, at.previous)
  buffer.writeInt32BE(unit.magic, at.magic)
  writeLong(buffer, unit.enqueuedAtMs, at.enqueuedAtMs)
  buffer.writeInt32BE((unit.slotMs - unit.enqueuedAtMs) | 0, at.delayMs)
  writeLong(buffer, unit.commitLogOffset, at.commitLogOffset)
  buffer.writeInt32BE(unit.recordBytes, at.recordBytes)
  buffer.writeInt32BE(unit.topicHash, at.topicHash)
  writeLong(buffer, unit.dueAtMs, at.dueAtMs)
}

function unitIn(buffer: Buffer, start: number): TimerUnit | undefined {
  const magic = buffer.readInt32BE(start + at.magic)
  if (buffer.readInt32BE(start + at.sizeBytes) !== unitBytes || (magic | 0xf) !== 0xf) return undefined
  const enqueuedAtMs = readLong(buffer, start + at.enqueuedAtMs)
  return {
    previous: readLong(buffer, start + at.previous),
    magic,
    enqueuedAtMs,
    slotMs: enqueuedAtMs + buffer.readInt32BE(start + at.delayMs),
    commitLogOffset: readLong(buffer, start + at.commitLogOffset),
    recordBytes: buffer.readInt32BE(start + at.recordBytes),
    topicHash: buffer.readInt32BE(start + at.topicHash),
    dueAtMs: readLong(buffer, start + at.dueAtMs),
  }
}
