// broker/store/queue-recovery.ts: where a consume queue ends, found from its files alone. Files are made at full size and
// zero, so the end is the first unit without a size. Reads on the loop: nothing else runs while a store opens.
import type { SegmentRow } from '../file/segment-row'
import { readLong } from '../protocol/layout'
import { isNowhere, unit } from './consume-queue'

export interface QueueEnd {
  /** First unit that a message may have. */
  first: number
  /** One past the last. */
  max: number
  /** Where the last one's message lies in the commit log; 0 for none. */
  commitLogOffset: number
  commitLogEnd: number
}

/** After an orderly stop units follow each other without a hole: the end can be found by halving. */
export function findEndByHalving(row: SegmentRow): QueueEnd {
  const perFile = row.segmentBytes / unit.size
  for (let file = row.starts.length - 1; file >= 0; file--) {
    const from = (row.starts[file] ?? 0) / unit.size
    let low = 0
    let high = perFile
    while (low < high) {
      const middle = (low + high) >> 1
      if (readUnit(row, from + middle) === undefined) high = middle
      else low = middle + 1
    }
    if (low === 0) continue
    return ending(row, from + low)
  }
  return ending(row, row.start / unit.size)
}

/** After a crash anything may be missing: what follows the first hole of the last three files is not believed. */
export function findEndByReading(row: SegmentRow): QueueEnd {
  const firstFile = Math.max(0, row.starts.length - 3)
  const from = (row.starts[firstFile] ?? 0) / unit.size
  const chunk = Buffer.allocUnsafe(3276 * unit.size)
  let max = from
  scan: while (max * unit.size < row.end) {
    const got = Math.floor(row.readSync(max * unit.size, chunk) / unit.size)
    if (got === 0) break
    for (let index = 0; index < got; index++) {
      if (unitIn(chunk, index * unit.size) === undefined) break scan
      max++
    }
  }
  return ending(row, max)
}

const pageBytes = 4096
/** Whether the last unit lies in two pages: of a write that a crash cut short the first may be there alone, without the tag. */
export function mayBeTorn(row: SegmentRow, { first, max }: QueueEnd): boolean {
  const at = (max - 1) * unit.size
  const within = at - row.startOf(at)
  return max > first && within % pageBytes > pageBytes - unit.size
}
/** The same queue without its last unit. */
export const endBefore = (row: SegmentRow, { max }: QueueEnd): QueueEnd => ending(row, max - 1)

function ending(row: SegmentRow, max: number): QueueEnd {
  const first = row.start / unit.size
  const last = max > first ? readUnit(row, max - 1) : undefined
  return { first, max, commitLogOffset: last?.commitLogOffset ?? 0, commitLogEnd: last?.end ?? 0 }
}

export interface FoundUnit {
  commitLogOffset: number
  sizeBytes: number
  /** Where its message ends; 0 for a place that no message has. */
  end: number
}
export function readUnit(row: SegmentRow, at: number): FoundUnit | undefined {
  const bytes = Buffer.allocUnsafe(unit.size)
  return row.readSync(at * unit.size, bytes) === unit.size ? unitIn(bytes, 0) : undefined
}
function unitIn(bytes: Buffer, at: number): FoundUnit | undefined {
  const commitLogOffset = readLong(bytes, at)
  const sizeBytes = bytes.readInt32BE(at + unit.at.sizeBytes)
  if (commitLogOffset < 0 || sizeBytes <= 0) return undefined
  const end = isNowhere(commitLogOffset, sizeBytes) ? 0 : commitLogOffset + sizeBytes
  return { commitLogOffset, sizeBytes, end }
}
