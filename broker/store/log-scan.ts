// broker/store/log-scan.ts: reads a commit log from its files, record by record, and says where what is valid ends. A crash
// leaves a torn tail; a bad disk may leave damage with good records behind it, which must not be thrown away with it.
import type { SegmentRow } from '../file/segment-row'
import { crc32Positive } from '../protocol/crc32'
import {
  blankBytes,
  checkRecord,
  magicBlank,
  magicV1,
  magicV2,
  minRecordBytes,
  peek,
  placesOf,
} from '../protocol/record'

/** Bytes that are no record, with good records behind them. */
export interface Damage {
  from: number
  to: number
  /** Store time of the record before them. */
  afterMs: number
  why: string
}
export interface Scanned {
  /** One past the last valid byte. */
  end: number
  recordCount: number
  /** What lies behind the end and is not zero, with the reason why it is no record. */
  torn: { bytes: number; why: string } | undefined
  damage: Damage[]
}
export interface ScanOptions {
  withCrc: boolean
  /** A place where nothing was ever written is the end: so it is behind the newest message after an orderly stop. */
  stopAtEmpty: boolean
  /** The last record may be half of one: so it may be after a crash. */
  mayBeTorn: boolean
  /** The record lies at buffer[start, start + size). */
  onRecord: (buffer: Buffer, start: number, size: number) => void
}

/** `from` must be the start of a record or of a segment. Pauses now and then, so that the thread stays alive. */
export async function scanLog(row: SegmentRow, from: number, options: ScanOptions): Promise<Scanned> {
  const window = new Window(row)
  const scanned: Scanned = { end: from, recordCount: 0, torn: undefined, damage: [] }
  /** Start of the last record, if its last byte is zero: properties have no checksum and never end so. */
  let suspect: number | undefined
  let lastMs = 0
  for (let at = from; at < row.end; ) {
    const found = look(window, at, options.withCrc)
    if (typeof found === 'number') {
      suspect = options.mayBeTorn && endsInZeros(window.buffer, at - window.offset, found) ? at : undefined
      lastMs = peek.storeTimestampMs(window.buffer, at - window.offset)
      options.onRecord(window.buffer, at - window.offset, found)
      scanned.recordCount++
      at += found
      scanned.end = at
      if ((scanned.recordCount & 0xfff) === 0) await new Promise(setImmediate)
      continue
    }
    if (found === 'blank') {
      at = row.startOf(at) + row.segmentBytes
      scanned.end = at
      continue
    }
    if (options.stopAtEmpty && found.empty) break
    const behind = await lookBehind(window, at)
    if (behind.record === undefined) {
      if (behind.usedTo > at) scanned.torn = { bytes: behind.usedTo - at, why: found.why }
      break
    }
    suspect = undefined
    scanned.damage.push({ from: at, to: behind.record, afterMs: lastMs, why: found.why })
    at = behind.record
    scanned.end = at
  }
  if (suspect !== undefined) {
    scanned.torn = { bytes: scanned.end - suspect + (scanned.torn?.bytes ?? 0), why: 'its properties end in zeros' }
    scanned.end = suspect
  }
  return scanned
}

/** `empty`: as if nothing had ever been written there. */
interface NoRecord {
  why: string
  empty: boolean
}
const broken = (why: string): NoRecord => ({ why, empty: false })

/** What lies at `at`: the size of a whole record, a blank rest of the segment, or why it is neither. */
function look(window: Window, at: number, withCrc: boolean): number | 'blank' | NoRecord {
  const left = window.row.startOf(at) + window.row.segmentBytes - at
  if (left < blankBytes) return broken(`only ${left} bytes before the end of a segment`)
  window.need(at, Math.min(left, 4096))
  const start = at - window.offset
  const magic = peek.magic(window.buffer, start)
  const size = peek.totalSize(window.buffer, start)
  if (magic === magicBlank)
    return size === left ? 'blank' : broken(`a blank end of ${size} bytes where ${left} are left`)
  if (magic !== magicV1 && magic !== magicV2) {
    return { why: 'no record begins there', empty: magic === 0 && size === 0 }
  }
  if (size < minRecordBytes || size > left) return broken(`a record of ${size} bytes where ${left} are left`)
  window.need(at, size)
  if (isWhole(window.buffer, at - window.offset, size, at, withCrc)) return size
  // once more, for the reason
  const checked = checkRecord(window.buffer, at - window.offset, { withCrc, expectedOffset: at })
  return broken(checked.kind === 'broken' ? checked.why : 'the file ends within a record')
}

/** The checks of checkRecord without making an object of the record: a start after a crash does this millions of times. */
function isWhole(buffer: Buffer, start: number, size: number, offset: number, withCrc: boolean): boolean {
  if (start + size > buffer.length || peek.commitLogOffset(buffer, start) !== offset) return false
  const bodyAt = start + placesOf(peek.sysFlag(buffer, start)).body
  const end = start + size
  const lengthBytes = peek.magic(buffer, start) === magicV2 ? 2 : 1
  if (bodyAt + lengthBytes + 2 > end) return false
  const bodyBytes = buffer.readInt32BE(bodyAt - 4)
  const topicAt = bodyAt + bodyBytes
  if (bodyBytes < 0 || topicAt + lengthBytes + 2 > end) return false
  const topicBytes = lengthBytes === 2 ? buffer.readInt16BE(topicAt) : buffer.readInt8(topicAt)
  const propertiesAt = topicAt + lengthBytes + topicBytes
  if (topicBytes < 0 || propertiesAt + 2 > end) return false
  if (propertiesAt + 2 + buffer.readInt16BE(propertiesAt) !== end) return false
  return !withCrc || crc32Positive(buffer.subarray(bodyAt, topicAt)) === peek.bodyCrc(buffer, start)
}

const endsInZeros = (buffer: Buffer, start: number, size: number): boolean =>
  buffer[start + size - 1] === 0 && peek.properties(buffer, start).length > 0

/** What lies behind a bad place: the next whole record that says it lies there, and where the zeros begin. */
async function lookBehind(window: Window, from: number): Promise<{ record: number | undefined; usedTo: number }> {
  const { row } = window
  let usedTo = from
  for (let at = from; at < row.end; ) {
    const segmentEnd = row.startOf(at) + row.segmentBytes
    if (at - from >= nearBytes && isSparseFrom(row, at)) {
      at = segmentEnd
      continue
    }
    const piece = Math.min(segmentEnd - at, pieceBytes)
    window.need(at, piece)
    const view = window.buffer.subarray(at - window.offset, at - window.offset + piece)
    if (view.compare(zeros, 0, view.length) !== 0) {
      for (const place of placesOfMagic(view)) {
        if (at + place <= from || at + place < row.startOf(at)) continue
        if (typeof look(window, at + place, true) === 'number') return { record: at + place, usedTo }
      }
      window.need(at, piece)
      let last = view.length - 1
      while (last >= 0 && view[last] === 0) last--
      usedTo = at + last + 1
    }
    await new Promise(setImmediate)
    // a magic number may lie across two pieces
    at = at + piece >= segmentEnd ? segmentEnd : at + piece - overlapBytes
  }
  return { record: undefined, usedTo }
}

/**
 * Whether the disk holds no more of the segment than lies before `at`, so that reading gigabytes of zeros can be spared.
 * A disk counts some of its own bookkeeping too, and may compress: what is near is read in any case.
 */
function isSparseFrom(row: SegmentRow, at: number): boolean {
  const start = row.startOf(at)
  return row.allocatedBytes(start) <= at - start + bookkeepingBytes
}

/** Where records might begin: 4 bytes before each magic number, in order. */
function placesOfMagic(view: Buffer): number[] {
  const places: number[] = []
  for (const magic of magics) {
    for (let hit = view.indexOf(magic); hit >= 0; hit = view.indexOf(magic, hit + 1)) places.push(hit - 4)
  }
  return places.sort((a, b) => a - b)
}
const magics = [magicV1, magicV2].map((magic) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(magic)
  return bytes
})

const pieceBytes = 1024 * 1024
const nearBytes = 16 * pieceBytes
const bookkeepingBytes = 64 * 1024
const overlapBytes = 8
const windowBytes = 4 * pieceBytes
const zeros = Buffer.alloc(pieceBytes)

/** A piece of the log in memory that moves along. It never reaches over the end of a segment. */
class Window {
  readonly row: SegmentRow
  buffer: Buffer = Buffer.alloc(0)
  offset = 0
  #space: Buffer

  constructor(row: SegmentRow, bytes = windowBytes) {
    this.row = row
    this.#space = Buffer.allocUnsafeSlow(Math.min(bytes, row.segmentBytes))
  }

  /** Sees to it that [at, at + bytes) is in the buffer, as far as the segment goes. */
  need(at: number, bytes: number): void {
    if (at >= this.offset && at + bytes <= this.offset + this.buffer.length) return
    if (bytes > this.#space.length) this.#space = Buffer.allocUnsafeSlow(bytes)
    const left = this.row.startOf(at) + this.row.segmentBytes - at
    const wanted = this.#space.subarray(0, Math.min(left, this.#space.length))
    this.offset = at
    this.buffer = wanted.subarray(0, this.row.readSync(at, wanted))
  }
}

/** Store time of the record at the very start of a segment, if there is a whole one. */
export function firstTimeOf(row: SegmentRow, start: number): number | undefined {
  const window = new Window(row, 64 * 1024)
  if (typeof look(window, start, false) !== 'number') return undefined
  return peek.storeTimestampMs(window.buffer, start - window.offset)
}

/** Whether a whole and correct record lies at `at`. */
export const holdsRecord = (row: SegmentRow, at: number): boolean =>
  at >= row.start && at < row.end && typeof look(new Window(row, 64 * 1024), at, true) === 'number'
