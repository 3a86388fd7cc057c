// broker/store/log-end.ts: how far the log of a store reaches that nobody has open. Only its last segment with messages is
// read, and nothing in it is mended: that is done when the store is opened.
import { join } from 'node:path'
import { type Files, nodeFiles } from '../file/files'
import { createHandlePool } from '../file/handle-pool'
import { openSegmentRow } from '../file/segment-row'
import { firstTimeOf, scanLog } from './log-scan'

export interface LogEndOptions {
  readonly rootDir: string
  readonly commitLogDir?: string | undefined
  readonly segmentBytes: number
  readonly files?: Files
}

/** 0 where there is no log. Throws a LockedError when the store is open. */
export async function logEndOf({ rootDir, segmentBytes, ...options }: LogEndOptions): Promise<number> {
  const { files = nodeFiles(), commitLogDir = join(rootDir, 'commitlog') } = options
  const lock = files.lock(rootDir)
  const pool = createHandlePool(files, 2)
  try {
    const row = await openSegmentRow({ files, pool, folder: commitLogDir, depth: 1, segmentBytes }, false)
    if (row.starts.length === 0) return 0
    // a killed broker leaves the segment it made ahead of time, which says nothing of how far the log reaches
    const from = row.starts.findLast((start) => firstTimeOf(row, start) !== undefined) ?? row.start
    const reading = { withCrc: false, stopAtEmpty: true, mayBeTorn: true, onRecord: () => {} }
    return (await scanLog(row, from, reading)).end
  } finally {
    pool.close()
    lock.release()
  }
}
