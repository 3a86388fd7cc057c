// broker/store/reading.ts: answers a pull from the views and the log. What is in memory is answered at once, as slices of
// pages that are held until they are sent; the rest later, copied from files. Which messages there are is decided by the
// consume queue alone: a body is touched only when a filter asks for it.
import type { ColdReader } from './cold-reader'
import type { CommitLog } from './commit-log'
import { type ConsumeQueue, isNowhere, type Units, unit, unitOffset, unitSize, unitTagsCode } from './consume-queue'
import type { JoinRoom } from './joined'
import type { Page } from './pages'
import type { GetQuery, GetResult, GetStatus } from './types'

/** How much one get may bring. "In memory" is arithmetic on the distance from the tail, as Apache does it. */
export interface ReadLimits {
  readonly maxBytesInMemory: number
  readonly maxMessagesInMemory: number
  readonly maxBytesOnDisk: number
  readonly maxMessagesOnDisk: number
  /** What lies further behind the tail counts as being on disk. */
  readonly memoryBytes: number
}
/** What tools read are whole queues: in pieces as small as a consumer's, most of the work would be asking for the next one. */
const toolBytes = 512 * 1024
const toolMessages = 4096
/** At least so many units are looked at per get, and 20 bytes of them for each message that may come. */
const scannedUnits = 800
/** Short records are copied together: one large piece costs a socket less than many small ones. */
const copyBelowBytes = 1024

export interface ReadFrom {
  log: CommitLog
  cold: ColdReader
  limits: ReadLimits
}

export function get(
  from: ReadFrom,
  queue: ConsumeQueue | undefined,
  query: GetQuery,
  room: JoinRoom,
): GetResult | Promise<GetResult> {
  if (queue === undefined) return nothing('no-matched-logic-queue', 0, 0, 0)
  const { minOffset, maxOffset } = queue
  const { queueOffset } = query
  if (maxOffset === 0) return nothing('no-message-in-queue', 0, minOffset, maxOffset)
  if (queueOffset < minOffset) return nothing('offset-too-small', minOffset, minOffset, maxOffset)
  if (queueOffset === maxOffset) return nothing('offset-overflow-one', queueOffset, minOffset, maxOffset)
  if (queueOffset > maxOffset) return nothing('offset-overflow-badly', maxOffset, minOffset, maxOffset)
  const units = queue.inMemory(queueOffset)
  // records ascend: when the first is in memory, all are
  if (units !== undefined && unitOffset(units, 0) >= from.log.hot.start) return getHot(from, queue, query, units, room)
  return getCold(from, queue, query, room)
}

function nothing(status: GetStatus, next: number, minOffset: number, maxOffset: number): GetResult {
  return {
    status,
    nextBeginOffset: next,
    minOffset,
    maxOffset,
    records: none,
    sizeBytes: 0,
    messageCount: 0,
    cold: false,
    release: noRelease,
  }
}
const none: readonly Buffer[] = []
const noRelease = (): void => {}

/** Whether a message of this size may still be added to what has been gathered. The first one always may. */
function fits(from: ReadFrom, query: GetQuery, count: number, bytes: number, offset: number, size: number): boolean {
  if (count === 0) return true
  const { limits, log } = from
  const onDisk = log.tail - offset > limits.memoryBytes
  const mostCount = onDisk ? limits.maxMessagesOnDisk : limits.maxMessagesInMemory
  const mostBytes = onDisk ? limits.maxBytesOnDisk : limits.maxBytesInMemory
  const isTool = query.byTool === true
  const maxCount = Math.min(query.maxMessages, isTool ? Math.max(mostCount, toolMessages) : mostCount)
  const maxBytes = Math.min(query.maxBytes, isTool ? Math.max(mostBytes, toolBytes) : mostBytes)
  return count < maxCount && bytes + size <= maxBytes
}

const scanLimit = (query: GetQuery): number => Math.max(scannedUnits, query.maxMessages)

function getHot(from: ReadFrom, queue: ConsumeQueue, query: GetQuery, units: Units, room: JoinRoom): GetResult {
  const { hot } = from.log
  const { filter } = query
  const scan = Math.min(units.count, scanLimit(query))
  const pages: Page[] = []
  const records: Buffer[] = []
  let bytes = 0
  let count = 0
  let next = query.queueOffset
  let page: Page | undefined
  let gone = false
  for (let index = 0; index < scan; index++, next++) {
    const offset = unitOffset(units, index)
    const size = unitSize(units, index)
    if (isNowhere(offset, size)) {
      gone = true
      continue
    }
    if (!fits(from, query, count, bytes, offset, size)) break
    if (filter !== undefined && !filter.byUnit(unitTagsCode(units, index))) continue
    if (page === undefined || offset >= page.base + page.bytes || offset < page.base) page = hot.find(offset)
    if (page === undefined) {
      gone = true
      continue
    }
    const at = offset - page.base
    const record = page.buffer.subarray(at, at + size)
    if (filter?.byRecord !== undefined && !filter.byRecord(record)) continue
    records.push(record)
    if (pages.at(-1) !== page) pages.push(page)
    bytes += size
    count++
  }
  const status = count > 0 ? 'found' : gone ? 'message-was-removing' : 'no-matched-message'
  const result = nothing(status, next, queue.minOffset, queue.maxOffset)
  if (count === 0) return result
  if (bytes < count * copyBelowBytes) {
    return { ...result, ...joined(records, bytes, query, room), sizeBytes: bytes, messageCount: count }
  }
  for (const held of pages) hot.hold(held)
  let released = false
  const release = (): void => {
    if (released) return
    released = true
    for (const held of pages) hot.release(held)
  }
  return { ...result, records, sizeBytes: bytes, messageCount: count, release }
}

async function getCold(from: ReadFrom, queue: ConsumeQueue, query: GetQuery, room: JoinRoom): Promise<GetResult> {
  const { filter } = query
  const records: Buffer[] = []
  let bytes = 0
  let count = 0
  let next = query.queueOffset
  let gone = false
  const units = await queue.read(next, scanLimit(query))
  if (units.count === 0) {
    // a hole: its file is missing or was removed under us
    const perFile = queue.row.segmentBytes / unit.size
    const nextFile = (Math.floor(next / perFile) + 1) * perFile
    return nothing('offset-found-null', Math.min(nextFile, queue.maxOffset), queue.minOffset, queue.maxOffset)
  }
  const lease = from.cold.lease()
  try {
    for (let index = 0; index < units.count; index++, next++) {
      const offset = unitOffset(units, index)
      const size = unitSize(units, index)
      if (isNowhere(offset, size)) {
        gone = true
        continue
      }
      if (!fits(from, query, count, bytes, offset, size)) break
      if (filter !== undefined && !filter.byUnit(unitTagsCode(units, index))) continue
      const record = lease.view(offset, size) ?? (await readRecord(from, offset, size))
      if (record === undefined) {
        gone = true
        continue
      }
      if (filter?.byRecord !== undefined && !filter.byRecord(record)) continue
      records.push(record)
      bytes += size
      count++
    }
  } catch (error) {
    lease.release()
    throw error
  }
  const status = count > 0 ? 'found' : gone ? 'message-was-removing' : 'no-matched-message'
  const isCopied = count > 1 && bytes < count * copyBelowBytes
  const result: GetResult = {
    ...nothing(status, next, queue.minOffset, queue.maxOffset),
    ...(isCopied ? joined(records, bytes, query, room) : { records, release: () => lease.release() }),
    sizeBytes: bytes,
    messageCount: count,
    cold: true,
  }
  if (isCopied) lease.release()
  return result
}

function joined(
  records: readonly Buffer[],
  sizeBytes: number,
  query: GetQuery,
  room: JoinRoom,
): Pick<GetResult, 'records' | 'release'> {
  if (!query.givesBack) return { records: [Buffer.concat(records, sizeBytes)], release: noRelease }
  const { bytes, release } = room.join(records, sizeBytes)
  return { records: [bytes], release }
}

/** A copy of the bytes at `offset`, from memory or file; undefined when they are gone. */
export async function readRecord(from: ReadFrom, offset: number, size: number): Promise<Buffer | undefined> {
  const { log, cold } = from
  if (offset < log.start || offset + size > log.tail || size <= 0) return undefined
  const page = log.hot.find(offset)
  if (page !== undefined) {
    const at = offset - page.base
    return at + size <= page.bytes ? Buffer.from(page.buffer.subarray(at, at + size)) : undefined
  }
  const bytes = Buffer.allocUnsafe(size)
  return (await cold.read(offset, bytes)) ? bytes : undefined
}
