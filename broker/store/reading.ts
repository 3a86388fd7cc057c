// broker/store/reading.ts: answers a pull from the views and the log. What is in memory is answered at once, as slices of
// pages that are held until they are sent; the rest later, copied from files. Which messages there are is decided by the
// consume queue alone: a body is touched only when a filter asks for it.
import type { ColdReader } from './cold-reader'
import type { CommitLog } from './commit-log'
import { type ConsumeQueue, isNowhere, type Units, unit, unitOffset, unitSize, unitTagsCode } from './consume-queue'
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
/** Whoever keeps pages from being used again for short records keeps much more than they are: those are copied together. */
const copyBelowBytes = 1024

export interface ReadFrom {
  log: CommitLog
  cold: ColdReader
  limits: ReadLimits
}

export function get(from: ReadFrom, queue: ConsumeQueue | undefined, query: GetQuery): GetResult | Promise<GetResult> {
  if (queue === undefined) return nothing('no-matched-logic-queue', 0, 0, 0)
  const { minOffset, maxOffset } = queue
  const { queueOffset } = query
  if (maxOffset === 0) return nothing('no-message-in-queue', 0, minOffset, maxOffset)
  if (queueOffset < minOffset) return nothing('offset-too-small', minOffset, minOffset, maxOffset)
  if (queueOffset === maxOffset) return nothing('offset-overflow-one', queueOffset, minOffset, maxOffset)
  if (queueOffset > maxOffset) return nothing('offset-overflow-badly', maxOffset, minOffset, maxOffset)
  const units = queue.inMemory(queueOffset) ?? queue.readBefore(queueOffset)
  return units !== undefined && isHot(from, units) ? getHot(from, queue, query, units) : getCold(from, queue, query)
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

/** How much of what lies as far back as this a get may bring. */
interface Bounds {
  readonly messages: number
  readonly bytes: number
}
function boundsOf({ limits }: ReadFrom, { byTool, maxMessages, maxBytes }: GetQuery, onDisk: boolean): Bounds {
  const messages = onDisk ? limits.maxMessagesOnDisk : limits.maxMessagesInMemory
  const bytes = onDisk ? limits.maxBytesOnDisk : limits.maxBytesInMemory
  return {
    messages: Math.min(maxMessages, byTool ? Math.max(messages, toolMessages) : messages),
    bytes: Math.min(maxBytes, byTool ? Math.max(bytes, toolBytes) : bytes),
  }
}
/** Whether a message of this size may still be added to what has been gathered. The first one always may. */
const fits = (bounds: Bounds, count: number, bytes: number, size: number): boolean =>
  count === 0 || (count < bounds.messages && bytes + size <= bounds.bytes)

const scanLimit = (query: GetQuery): number => Math.max(scannedUnits, query.maxMessages)

/** Records ascend: when the first is in memory, all are. */
const isHot = ({ log }: ReadFrom, units: Units): boolean => unitOffset(units, 0) >= log.hot.start

function getHot(from: ReadFrom, queue: ConsumeQueue, query: GetQuery, units: Units): GetResult {
  const { log, limits } = from
  const { filter } = query
  const scan = Math.min(units.count, scanLimit(query))
  const near = boundsOf(from, query, false)
  const far = boundsOf(from, query, true)
  const nearFrom = log.tail - limits.memoryBytes
  const pages: Page[] = []
  const pieces = new Pieces()
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
    if (!fits(offset < nearFrom ? far : near, count, pieces.sizeBytes, size)) break
    if (filter !== undefined && !filter.byUnit(unitTagsCode(units, index))) continue
    if (page === undefined || offset >= page.base + page.bytes || offset < page.base) page = log.hot.find(offset)
    if (page === undefined) {
      gone = true
      continue
    }
    const at = offset - page.base
    if (filter?.byRecord !== undefined && !filter.byRecord(page.buffer.subarray(at, at + size))) continue
    pieces.add(page.buffer, at, size)
    if (pages.at(-1) !== page) pages.push(page)
    count++
  }
  const status = count > 0 ? 'found' : gone ? 'message-was-removing' : 'no-matched-message'
  if (count === 0) return nothing(status, next, queue.minOffset, queue.maxOffset)
  for (const held of pages) log.hot.hold(held)
  let released = false
  const release = (): void => {
    if (released) return
    released = true
    for (const held of pages) log.hot.release(held)
  }
  return found(queue, query, next, pieces, count, false, release)
}

/** Records, as few views: those that follow each other in the log are one. */
class Pieces {
  readonly #list: Buffer[] = []
  #bytes: Buffer | undefined
  #from = 0
  #end = 0
  sizeBytes = 0

  add(bytes: Buffer, at: number, size: number): void {
    if (bytes === this.#bytes && at === this.#end) {
      this.#end += size
    } else {
      this.#endPiece()
      this.#bytes = bytes
      this.#from = at
      this.#end = at + size
    }
    this.sizeBytes += size
  }
  end(): Buffer[] {
    this.#endPiece()
    return this.#list
  }
  #endPiece(): void {
    if (this.#bytes !== undefined) this.#list.push(this.#bytes.subarray(this.#from, this.#end))
    this.#bytes = undefined
  }
}

/** `release`: of the memory that the pieces lie in. */
function found(
  { minOffset, maxOffset }: ConsumeQueue,
  query: GetQuery,
  nextBeginOffset: number,
  pieces: Pieces,
  messageCount: number,
  cold: boolean,
  release: () => void,
): GetResult {
  const { sizeBytes } = pieces
  const status = 'found'
  if (!isShort(query, sizeBytes, messageCount)) {
    const records = pieces.end()
    return { status, nextBeginOffset, minOffset, maxOffset, records, sizeBytes, messageCount, cold, release }
  }
  const records = [Buffer.concat(pieces.end(), sizeBytes)]
  release()
  return { status, nextBeginOffset, minOffset, maxOffset, records, sizeBytes, messageCount, cold, release: noRelease }
}

const isShort = ({ givesBack }: GetQuery, bytes: number, count: number): boolean =>
  !givesBack && bytes < count * copyBelowBytes

async function getCold(from: ReadFrom, queue: ConsumeQueue, query: GetQuery): Promise<GetResult> {
  const { log, limits, cold } = from
  const { filter } = query
  let next = query.queueOffset
  const units = await queue.read(next, scanLimit(query))
  if (units.count === 0) {
    // a hole: its file is missing or was removed under us
    const perFile = queue.row.segmentBytes / unit.size
    const nextFile = (Math.floor(next / perFile) + 1) * perFile
    return nothing('offset-found-null', Math.min(nextFile, queue.maxOffset), queue.minOffset, queue.maxOffset)
  }
  if (isHot(from, units)) return getHot(from, queue, query, units)
  const near = boundsOf(from, query, false)
  const far = boundsOf(from, query, true)
  const pieces = new Pieces()
  let count = 0
  let gone = false
  const lease = cold.lease()
  try {
    for (let index = 0; index < units.count; index++, next++) {
      const offset = unitOffset(units, index)
      const size = unitSize(units, index)
      if (isNowhere(offset, size)) {
        gone = true
        continue
      }
      if (!fits(log.tail - offset > limits.memoryBytes ? far : near, count, pieces.sizeBytes, size)) break
      if (filter !== undefined && !filter.byUnit(unitTagsCode(units, index))) continue
      const block = lease.find(offset, size)
      const bytes = block?.loaded ?? (await readRecord(from, offset, size))
      if (bytes === undefined) {
        gone = true
        continue
      }
      const at = block === undefined ? 0 : offset - block.offset
      if (filter?.byRecord !== undefined && !filter.byRecord(bytes.subarray(at, at + size))) continue
      pieces.add(bytes, at, size)
      count++
    }
  } catch (error) {
    lease.release()
    throw error
  }
  if (count > 0) return found(queue, query, next, pieces, count, true, () => lease.release())
  lease.release()
  return {
    ...nothing(gone ? 'message-was-removing' : 'no-matched-message', next, queue.minOffset, queue.maxOffset),
    cold: true,
  }
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
