// broker/store/recovery.ts: makes log and views agree when a store opens. After an orderly stop only what the views may not
// have seen is read; after a crash everything since the last time that is known to be safe. The log decides: what is
// valid in it is in the views afterwards, and nothing else is.
import type { Files } from '../file/files'
import type { SegmentRow } from '../file/segment-row'
import { peek } from '../protocol/record'
import type { Checkpoint } from './checkpoint'
import type { ConsumeQueue } from './consume-queue'
import { isNowhere, unit, unitOffset, unitSize } from './consume-queue'
import type { ConsumeQueues } from './consume-queues'
import { isQueued, viewsOf } from './dispatch'
import { fillHole, forgetHole, keepDamaged } from './hole'
import { type Damage, firstTimeOf, holdsRecord, type Scanned, scanLog } from './log-scan'
import type { IndexState, MessageIndex } from './message-index'
import { StoreError } from './types'

export interface Recovery {
  files: Files
  rootDir: string
  consumeQueueDir: string
  row: SegmentRow
  queues: ConsumeQueues
  index: MessageIndex
  checkpoint: Checkpoint
  orderly: boolean
  /** What the index lacks; undefined when there is to be none. */
  indexState: IndexState | undefined
  delaysMs: readonly number[]
  /** Whether a body's checksum is compared (Apache's checkCRCOnRecover). */
  withCrc: boolean
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

export interface Recovered {
  end: number
  recordCount: number
  lastTimestampMs: number
}

export async function recover(recovery: Recovery): Promise<Recovered> {
  const { row, queues, index, orderly, log } = recovery
  if (row.starts.length === 0) {
    refuseOrphans(recovery)
    return { end: 0, recordCount: 0, lastTimestampMs: 0 }
  }
  if (orderly) tellMissingStart(recovery)
  const { from, isNewest } = orderly ? orderlyStart(recovery) : { from: crashStart(recovery), isNewest: false }
  let lastTimestampMs = 0
  const onRecord = (buffer: Buffer, start: number, size: number): void => {
    lastTimestampMs = peek.storeTimestampMs(buffer, start)
    const offset = peek.commitLogOffset(buffer, start)
    const topic = peek.topic(buffer, start)
    const queue = isQueued(peek.sysFlag(buffer, start)) ? queues.need(topic, peek.queueId(buffer, start)) : undefined
    const unseen = queue !== undefined && offset + size > queue.maxCommitLogEnd
    const unindexed = recovery.indexState !== undefined && !index.has(offset)
    if (!unseen && !unindexed) return
    const views = viewsOf(buffer, start, recovery.delaysMs)
    if (unseen) putUnit(recovery, queue, peek.queueOffset(buffer, start), offset, size, views.tagsCode)
    if (unindexed && views.keys.length > 0) index.put(topic, views.keys, offset, lastTimestampMs)
  }
  // where views are built again the whole log is read, and a bad place in its midst must not take what lies behind it
  const scan = { withCrc: recovery.withCrc, stopAtEmpty: isNewest, mayBeTorn: !orderly, onRecord }
  const scanned = await scanLog(row, from, scan)
  report(scanned, log)
  await cutLog(row, scanned)
  for (const hole of scanned.damage) await closeHole(recovery, hole)
  // a killed process leaves bytes that a power cut would take: from here on they count as flushed
  if (!orderly && scanned.end > from) await row.sync(from, scanned.end)
  for (const queue of queues.all) await cutQueue(queue, scanned.end)
  await queues.follow(row.start)
  for (const queue of queues.all) if (queue.nextOffset < queue.maxOffset) queue.nextOffset = queue.maxOffset
  return { end: scanned.end, recordCount: scanned.recordCount, lastTimestampMs }
}

function putUnit(
  { queues, log }: Recovery,
  queue: ConsumeQueue,
  queueOffset: number,
  commitLogOffset: number,
  size: number,
  tagsCode: number,
): void {
  const { topic, queueId, maxOffset } = queue
  if (queueOffset > maxOffset && !queue.isNew) {
    log('error', `${topic}-${queueId}: no message has the offsets ${maxOffset} to ${queueOffset - 1}`)
  }
  if (queue.put(queueOffset, commitLogOffset, size, tagsCode)) queues.touched(queue)
}

/** A start without the log would begin anew, and nobody would see that everything is gone until it is overwritten. */
function refuseOrphans({ row, queues, consumeQueueDir }: Recovery): void {
  const topics = [...queues.topics].filter((topic) =>
    [...(queues.ofTopic(topic)?.values() ?? [])].some((queue) => queue.maxOffset > 0),
  )
  if (topics.length === 0) return
  throw new StoreError(
    'corrupt',
    `${row.folder} holds no commit log, but there are consume queues of ${topics.length} topics in ${consumeQueueDir}. ` +
      'Put the commit log back (is its disk mounted, is storePathCommitLog right?) and start again; ' +
      'or, if its messages are given up, remove the consume queues first',
  )
}

function tellMissingStart({ row, checkpoint, log }: Recovery): void {
  const { logStart } = checkpoint
  if (logStart < 0 || row.start <= logStart) return
  log(
    'error',
    `the commit log begins at ${row.start}; when it was closed it began at ${logStart}: segments are missing`,
  )
}

/** From here on the log has no place that is no record, and no queue names one. */
async function closeHole({ files, rootDir, row, queues, log }: Recovery, hole: Damage): Promise<void> {
  const kept = await keepDamaged(files, rootDir, row, hole)
  if (kept !== undefined) log('info', `what was found at ${hole.from} is kept in ${kept}`)
  if (!(await fillHole(row, hole))) {
    log('error', `the ${hole.to - hole.from} bytes at ${hole.from} are too few for a record and stay as they are`)
    return
  }
  for (const queue of queues.all) {
    const count = await forgetHole(queue, hole)
    if (count > 0) log('error', `${queue.topic}-${queue.queueId}: ${count} messages at ${hole.from} are lost`)
  }
}

/** All that the views hold was checked when it was dispatched: reading begins with the newest message they know. */
function orderlyStart({ row, queues, indexState, log }: Recovery): { from: number; isNewest: boolean } {
  const rebuildFrom = indexState?.rebuildFrom ?? Number.POSITIVE_INFINITY
  let newestEnd = 0
  for (const queue of queues.all) newestEnd = Math.max(newestEnd, queue.maxCommitLogEnd)
  if (newestEnd > 0 && newestEnd <= row.end) {
    const newest = newestEnd < row.start ? undefined : lastKnown(queues, newestEnd)
    if (newest !== undefined && rebuildFrom >= newest && holdsRecord(row, newest)) {
      return { from: newest, isNewest: true }
    }
  }
  // the views are older than the log, or there are none: as far back as they reach, by whole segments
  const wanted = Math.min(newestEnd, rebuildFrom)
  for (let at = row.starts.length - 1; at > 0; at--) {
    const start = row.starts[at] ?? 0
    if (start <= wanted && firstTimeOf(row, start) !== undefined) return { from: start, isNewest: false }
  }
  if (newestEnd === 0) log('info', 'no consume queues: building all of them from the commit log')
  return { from: row.start, isNewest: false }
}

/** Place of the message that the most advanced queue knows last. */
function lastKnown(queues: ConsumeQueues, newestEnd: number): number | undefined {
  for (const queue of queues.all) if (queue.maxCommitLogEnd === newestEnd) return queue.lastCommitLogOffset
  return undefined
}

/** Up to where log and views are known to be on the disk; else the last segment that begins with an old enough message. */
function crashStart({ row, queues, checkpoint, indexState }: Recovery): number {
  const { rebuildFrom, upTo } = indexState ?? { rebuildFrom: Number.POSITIVE_INFINITY, upTo: Number.POSITIVE_INFINITY }
  let known = false
  for (const queue of queues.all) if (queue.maxCommitLogEnd > 0) known = true
  if (!known) return row.start
  const { safeOffset } = checkpoint
  if (safeOffset >= row.start && safeOffset <= row.end && rebuildFrom >= safeOffset) return safeOffset
  for (let at = row.starts.length - 1; at > 0; at--) {
    const start = row.starts[at] ?? 0
    if (start > Math.min(rebuildFrom, upTo)) continue
    const first = firstTimeOf(row, start)
    if (first !== undefined && first <= checkpoint.safeTimestampMs) return start
  }
  return row.start
}

function report(scanned: Scanned, log: Recovery['log']): void {
  for (const { from, to, why } of scanned.damage) {
    log(
      'error',
      `commit log damaged at ${from}: ${to - from} bytes are no record (${why}); what lies behind them is kept`,
    )
  }
  if (scanned.torn !== undefined) {
    log(
      'warn',
      `commit log cut at ${scanned.end}: ${scanned.torn.bytes} bytes behind the last whole record (${scanned.torn.why})`,
    )
  }
}

/** Later segments go; what is left of a torn record in its own segment becomes zero, as if it had never come. */
async function cutLog(row: SegmentRow, scanned: Scanned): Promise<void> {
  const start = row.startOf(scanned.end)
  await row.removeFrom(scanned.end === start ? start : start + row.segmentBytes)
  if (scanned.torn === undefined || scanned.end === start) return
  const upTo = Math.min(start + row.segmentBytes, scanned.end + scanned.torn.bytes)
  const pieceBytes = 1024 * 1024
  for (let at = scanned.end; at < upTo; at += pieceBytes) {
    row.writeSync(at, [Buffer.alloc(Math.min(pieceBytes, upTo - at))])
  }
  await row.sync(scanned.end, upTo)
}

/** Takes off the units of messages that are not in the log. */
async function cutQueue(queue: ConsumeQueue, logEnd: number): Promise<void> {
  if (queue.maxCommitLogEnd <= logEnd) return
  let end = queue.maxOffset
  let commitLogOffset = 0
  let commitLogEnd = 0
  while (end > queue.row.start / unit.size) {
    const units = await queue.read(end - 1, 1)
    if (units.count === 0) break
    const offset = unitOffset(units, 0)
    const size = unitSize(units, 0)
    const nowhere = isNowhere(offset, size)
    if (!nowhere && offset + size <= logEnd) {
      commitLogOffset = offset
      commitLogEnd = offset + size
      break
    }
    end--
  }
  const before = queue.maxOffset
  await queue.flush() // what is only in memory is put into the file first, so that one rule serves both
  queue.cut(end, commitLogOffset, commitLogEnd)
  // else a power cut brings them back, behind units that came later
  await queue.row.sync(end * unit.size, before * unit.size)
}
