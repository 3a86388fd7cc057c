// broker/store/cut.ts: cuts the log of a store that nobody has open: a broker that was master and is no longer gives up what
// was never acknowledged by all that were in sync. What is cut is kept beside the log, for people; views are built again.
import { join } from 'node:path'
import { type Files, nodeFiles } from '../file/files'
import { createHandlePool } from '../file/handle-pool'
import { openSegmentRow, type SegmentRow } from '../file/segment-row'
import { checkpointBytes, openCheckpoint } from './checkpoint'
import { keepDamaged } from './hole'
import { firstTimeOf } from './log-scan'

export interface CutOptions {
  readonly rootDir: string
  readonly commitLogDir?: string | undefined
  readonly segmentBytes: number
  /** The end of a record, or the start of the log. */
  readonly offset: number
  /** Where the log ends now. */
  readonly end: number
  readonly log: (level: 'info' | 'warn', line: string) => void
  readonly files?: Files
}

const pieceBytes = 1024 * 1024

/** Resolves when the log ends at `offset`, also after a power cut. Throws a LockedError when the store is open. */
export async function cutStore(options: CutOptions): Promise<void> {
  const { rootDir, segmentBytes, offset, end, log, files = nodeFiles() } = options
  const lock = files.lock(rootDir)
  const pool = createHandlePool(files, 8)
  try {
    const folder = options.commitLogDir ?? join(rootDir, 'commitlog')
    const row = await openSegmentRow({ files, pool, folder, depth: 1, segmentBytes }, false)
    // from here on every start reads log and views anew, also if this one is interrupted
    await files.writeWhole(join(rootDir, 'abort'), Buffer.from(`${process.pid}`))
    await files.syncFolder(rootDir)
    const kept = await keepDamaged(files, rootDir, row, { from: offset, to: end, afterMs: 0 })
    if (kept !== undefined) log('info', `the ${end - offset} bytes that are cut at ${offset} are kept in ${kept}`)
    if (offset <= row.start) {
      for (const view of ['consumequeue', 'index', 'checkpoint']) await files.remove(join(rootDir, view))
      await row.removeFrom(0)
    } else {
      // a view that ends before this segment begins holds nothing of what is cut
      await distrust(files, rootDir, (firstTimeOf(row, row.startOf(offset - 1)) ?? 1) - 1)
      await cutRow(row, offset)
    }
    await files.syncFolder(rootDir)
    log('warn', `the commit log is cut at ${offset}: it ended at ${end}`)
  } finally {
    pool.close()
    lock.release()
  }
}

/** What views say of messages after `timeMs` is not believed. */
async function distrust(files: Files, rootDir: string, timeMs: number): Promise<void> {
  const checkpoint = openCheckpoint(files.create(join(rootDir, 'checkpoint'), checkpointBytes))
  checkpoint.logTimestampMs = Math.min(checkpoint.logTimestampMs, timeMs)
  checkpoint.queuesTimestampMs = Math.min(checkpoint.queuesTimestampMs, timeMs)
  checkpoint.indexTimestampMs = Math.min(checkpoint.indexTimestampMs, timeMs)
  checkpoint.trustIndex = false
  await checkpoint.write()
  checkpoint.close()
}

async function cutRow(row: SegmentRow, offset: number): Promise<void> {
  const start = row.startOf(offset)
  const isWhole = offset === start
  await row.removeFrom(isWhole ? start : start + row.segmentBytes)
  if (isWhole) return
  const upTo = Math.min(start + row.segmentBytes, Math.max(offset, start + row.allocatedBytes(start)))
  for (let at = offset; at < upTo; at += pieceBytes) {
    row.writeSync(at, [Buffer.alloc(Math.min(pieceBytes, upTo - at))])
  }
  await row.sync(offset, upTo)
}
