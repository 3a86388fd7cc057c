// broker/store/record-check.ts: records asked for by their place, which may be any number: from an id, an index, a client.
// Nothing is believed of the bytes there before they have been seen to be a record that says it lies there.
import { checkRecord, minRecordBytes, peek, placesOf } from '../protocol/record'
import type { ReadFrom } from './reading'
import { readRecord } from './reading'

/** Head, born host and store time, whatever kind the hosts are. */
export const timeFieldsBytes = placesOf(0x30).storeHost
export const storeTimeIn = (record: Buffer): number | undefined =>
  record.length < timeFieldsBytes && record.length < minRecordBytes ? undefined : peek.storeTimestampMs(record, 0)

/** A copy of the record at this place, or undefined when there is none. */
export async function checkedRecord(
  from: ReadFrom,
  offset: number,
  sizeBytes: number | undefined,
): Promise<Buffer | undefined> {
  if (!Number.isSafeInteger(offset) || offset < from.log.start) return undefined
  let size = sizeBytes
  if (size === undefined) {
    const head = await readRecord(from, offset, 8)
    if (head === undefined) return undefined
    size = head.readInt32BE(0)
  }
  const left = from.log.row.startOf(offset) + from.log.row.segmentBytes - offset
  if (size < minRecordBytes || size > left) return undefined
  const record = await readRecord(from, offset, size)
  if (record === undefined) return undefined
  const checked = checkRecord(record, 0, { withCrc: false, expectedOffset: offset })
  return checked.kind === 'record' && checked.record.totalSize === size ? record : undefined
}

/** Topics become folders: one that would lead elsewhere is no topic. */
export const mayName = (topic: string): boolean =>
  topic !== '' && topic !== '.' && topic !== '..' && !topic.includes('/') && !topic.includes('\0')
