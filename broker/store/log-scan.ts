// broker/store/log-scan.ts: reads a commit log from its files, record by record, and says where what is valid ends. A crash
// leaves a torn tail; a bad disk may leave damage with good records behind it, which must not be thrown away with it.
import type { SegmentRow } from '../file/segment-row'
import { blankBytes, checkRecord, magicV1, magicV2, type StoredRecord } from '../protocol/record'

/** Bytes that are no record, with good records behind them. */
export interface Damage {
  from: number
  to: number
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
  /** Look for good records behind a bad place. After an orderly stop there are none. */
  lookBehindDamage: boolean
  onRecord: (record: StoredRecord, buffer: Buffer, start: number) => void
}

/** `from` must be the start of a record or of a segment. Pauses now and then, so that the thread stays alive. */
export async function scanLog(row: SegmentRow, from: number, options: ScanOptions): Promise<Scanned> {
  const window = new Window(row)
  const scanned: Scanned = { end: from, recordCount: 0, torn: undefined, damage: [] }
  for (let at = from; at < row.end; ) {
    const found = look(window, at, options.withCrc)
    if (found.kind === 'record') {
      options.onRecord(found.record, window.buffer, at - window.offset)
      scanned.recordCount++
      at += found.record.totalSize
      scanned.end = at
      if ((scanned.recordCount & 0xfff) === 0) await new Promise(setImmediate)
      continue
    }
    if (found.kind === 'blank') {
      at = row.startOf(at) + row.segmentBytes
      scanned.end = at
      continue
    }
    const why = found.kind === 'end' ? 'no record begins there' : found.why
    const next = options.lookBehindDamage ? await findRecord(window, at + 1) : undefined
    if (next === undefined) {
      scanned.torn = options.lookBehindDamage || found.kind === 'broken' ? torn(window, at, why) : undefined
      break
    }
    scanned.damage.push({ from: at, to: next, why })
    at = next
    scanned.end = at
  }
  return scanned
}

type Looked =
  | { kind: 'record'; record: StoredRecord }
  | { kind: 'blank' }
  | { kind: 'end' }
  | { kind: 'broken'; why: string }

/** What lies at `at`. A record is never longer than its segment: what says so is broken. */
function look(window: Window, at: number, withCrc: boolean): Looked {
  const left = window.row.startOf(at) + window.row.segmentBytes - at
  if (left < blankBytes) return { kind: 'broken', why: `${left} bytes before the end of a segment` }
  window.need(at, Math.min(left, 64 * 1024))
  let found = checkRecord(window.buffer, at - window.offset, { withCrc, expectedOffset: at })
  if (found.kind === 'short') {
    if (found.neededBytes > left) return { kind: 'broken', why: `a record of ${found.neededBytes} bytes would not end` }
    window.need(at, found.neededBytes)
    found = checkRecord(window.buffer, at - window.offset, { withCrc, expectedOffset: at })
  }
  if (found.kind === 'short') return { kind: 'broken', why: 'the file ends within a record' }
  if (found.kind === 'blank')
    return found.restBytes === left ? { kind: 'blank' } : { kind: 'broken', why: 'a blank end of a wrong size' }
  return found
}

/** The first place from `from` on where a whole record lies that says it lies there. */
async function findRecord(window: Window, from: number): Promise<number | undefined> {
  const { row } = window
  const magics = [magicV1, magicV2].map((magic) => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(magic)
    return bytes
  })
  for (let at = from; at < row.end; ) {
    await new Promise(setImmediate)
    const segmentEnd = row.startOf(at) + row.segmentBytes
    const piece = Math.min(segmentEnd - at, pieceBytes)
    window.need(at, piece)
    const view = window.buffer.subarray(at - window.offset, at - window.offset + piece)
    const candidates: number[] = []
    for (const magic of magics) {
      for (let hit = view.indexOf(magic); hit >= 0; hit = view.indexOf(magic, hit + 1)) candidates.push(at + hit - 4)
    }
    for (const candidate of candidates.sort((a, b) => a - b)) {
      if (candidate < from || candidate < row.startOf(at)) continue
      if (look(window, candidate, true).kind === 'record') return candidate
    }
    // a magic number may lie across two pieces
    at = at + piece >= segmentEnd ? segmentEnd : at + piece - 8
  }
  return undefined
}

/** How much behind the end is not zero. Only the segment of the end and those after it can hold anything. */
function torn(window: Window, at: number, why: string): { bytes: number; why: string } | undefined {
  const { row } = window
  let last = at
  for (let next = at; next < row.end; ) {
    const piece = Math.min(row.startOf(next) + row.segmentBytes - next, pieceBytes)
    window.need(next, piece)
    const view = window.buffer.subarray(next - window.offset, next - window.offset + piece)
    if (view.compare(zeros, 0, view.length) !== 0) {
      let index = view.length - 1
      while (index >= 0 && view[index] === 0) index--
      last = next + index + 1
    }
    next += piece
  }
  return last === at ? undefined : { bytes: last - at, why }
}

const pieceBytes = 1024 * 1024
const zeros = Buffer.alloc(pieceBytes)

/** A piece of the log in memory that moves along. It never reaches over the end of a segment. */
class Window {
  readonly row: SegmentRow
  buffer: Buffer = Buffer.alloc(0)
  offset = 0
  #space: Buffer = Buffer.allocUnsafeSlow(4 * 1024 * 1024)

  constructor(row: SegmentRow) {
    this.row = row
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

/** Whether a whole record lies at the very start of a segment, and when it was stored. */
export function firstRecordOf(row: SegmentRow, start: number): { storeTimestampMs: number } | undefined {
  const window = new Window(row)
  const found = look(window, start, false)
  return found.kind === 'record' ? { storeTimestampMs: found.record.storeTimestampMs } : undefined
}

/** The record at `at`, if a whole and correct one lies there. */
export function recordAtPlace(row: SegmentRow, at: number): StoredRecord | undefined {
  if (at < row.start || at >= row.end) return undefined
  const found = look(new Window(row), at, true)
  return found.kind === 'record' ? found.record : undefined
}
