// broker/store/copied.ts: what comes from another ledger, looked at before it is taken: one whole record that says it lies
// where it is put, or the blank end of a segment. Whatever a peer sends, nothing else gets into the log.
import { checkRecord, peek } from '../protocol/record'
import { isQueued, viewsOf } from './dispatch'
import { mayName } from './record-check'
import { StoreError } from './types'

export interface Copied {
  topic: string
  queueId: number
  queueOffset: number
  storeTimestampMs: number
  tagsCode: number
  keys: readonly string[]
  isQueued: boolean
}

/** Of bytes for the place `tail`; undefined for a blank end. Throws StoreError 'corrupt'. */
export function readCopy(
  bytes: Buffer,
  tail: number,
  segmentBytes: number,
  segmentStart: number,
  delaysMs: readonly number[],
): Copied | undefined {
  const left = segmentStart + segmentBytes - tail
  const checked = checkRecord(bytes, 0, { withCrc: false, expectedOffset: tail })
  if (checked.kind === 'blank') {
    if (checked.restBytes === left && bytes.length === left) return undefined
    throw wrong(
      tail,
      `a segment ends after ${checked.restBytes} bytes there, after ${left} here: sizes of files differ`,
    )
  }
  if (checked.kind !== 'record') throw wrong(tail, checked.kind === 'broken' ? checked.why : 'no record begins there')
  const { record } = checked
  if (record.totalSize !== bytes.length) throw wrong(tail, `${bytes.length} bytes for a record of ${record.totalSize}`)
  if (bytes.length > left) throw wrong(tail, 'a record reaches over the end of a segment: sizes of files differ')
  if (!mayName(record.topic)) throw wrong(tail, 'a topic that cannot name a folder')
  return {
    topic: record.topic,
    queueId: record.queueId,
    queueOffset: record.queueOffset,
    storeTimestampMs: peek.storeTimestampMs(bytes, 0),
    ...viewsOf(bytes, 0, delaysMs),
    isQueued: isQueued(record.sysFlag),
  }
}

const wrong = (at: number, why: string): StoreError => new StoreError('corrupt', `no copy at ${at}: ${why}`)
