// broker/store/hole.ts: bytes of the commit log that are no record, with good records behind them: a power cut may keep a
// later page and lose an earlier one, and a disk may lose a sector. Nothing may stand before such a place for good, neither
// a later recovery nor a copy of the log, so it is filled with records that no queue and no index ever shows: rolled back
// ones. Places of all other records stay what they were, and Apache's broker reads over them too.
import { join } from 'node:path'
import type { Files } from '../file/files'
import type { SegmentRow } from '../file/segment-row'
import { blankBytes, encodeBlank, encodeRecord, recordSize } from '../protocol/record'
import type { ConsumeQueue } from './consume-queue'
import { firstUnitFrom } from './queue-search'

export interface Hole {
  /** Where the first record that is gone began, and where the next whole one begins. */
  from: number
  to: number
  /** Store time of the record before it. */
  afterMs: number
}

const rolledBack = 12
const filler = {
  topic: '-',
  queueId: 0,
  flag: 0,
  sysFlag: rolledBack,
  bornHost: Buffer.alloc(8),
  reconsumeTimes: 0,
  preparedTransactionOffset: 0,
  properties: Buffer.alloc(0),
}
const storeHost = Buffer.alloc(8)
const smallestBytes = recordSize({ ...filler, body: Buffer.alloc(0) })
/** No filler is larger: whoever copies records one by one copies these too. */
const largestBytes = 64 * 1024

/** False when there is no room for a record: then the place stays what it is. */
export async function fillHole(row: SegmentRow, { from, to, afterMs }: Hole): Promise<boolean> {
  const pieces: { at: number; bytes: Buffer }[] = []
  for (let at = from; at < to; ) {
    const segmentEnd = row.startOf(at) + row.segmentBytes
    if (to >= segmentEnd) {
      if (segmentEnd - at < blankBytes) return false
      const bytes = Buffer.alloc(blankBytes)
      encodeBlank(bytes, 0, segmentEnd - at)
      pieces.push({ at, bytes })
      at = segmentEnd
      continue
    }
    const left = to - at
    if (left < smallestBytes) return false
    const size = left <= largestBytes ? left : Math.min(largestBytes, left - smallestBytes)
    const bytes = Buffer.alloc(size)
    const body = Buffer.alloc(size - smallestBytes)
    encodeRecord(bytes, 0, { ...filler, bornTimestampMs: afterMs, body }, 0, at, afterMs, storeHost)
    pieces.push({ at, bytes })
    at += size
  }
  for (const { at, bytes } of pieces) row.writeSync(at, [bytes])
  await row.sync(from, to)
  return true
}

const keptBytes = 64 * 1024 * 1024

/** What was found there is kept beside the log, for people. Answers with its path; undefined when it is nothing but zeros. */
export async function keepDamaged(
  files: Files,
  rootDir: string,
  row: SegmentRow,
  { from, to }: Hole,
): Promise<string | undefined> {
  const bytes = Buffer.alloc(Math.min(to - from, keptBytes))
  for (let at = from; at < from + bytes.length; ) {
    const got = row.readSync(at, bytes.subarray(at - from))
    if (got === 0) break
    at += got
  }
  if (bytes.every((byte) => byte === 0)) return undefined
  const path = join(rootDir, 'damaged', `commitlog-${from}`)
  await files.writeWhole(path, bytes)
  return path
}

/** The queue names no message of the hole any more. */
export async function forgetHole(queue: ConsumeQueue, { from, to }: Hole): Promise<number> {
  if (queue.maxCommitLogEnd <= from || queue.minOffset >= queue.maxOffset) return 0
  const first = await firstUnitFrom(queue, from)
  const end = await firstUnitFrom(queue, to)
  if (first >= end) return 0
  await queue.forget(first, end)
  return end - first
}
