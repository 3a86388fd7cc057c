// server/admin/store-time.ts: what can be told of an answer's records without reading them: how many, and when the
// first and the last were stored.
import { minRecordBytes, peek } from '../../broker/protocol/record'

export const storeTimeOf = (records: Buffer): number | null =>
  records.length < minRecordBytes ? null : peek.storeTimestampMs(records, 0)

export const lastStoreTimeOf = (records: Buffer): number | null => {
  let last: number | null = null
  for (let at = 0; at + minRecordBytes <= records.length; ) {
    const size = peek.totalSize(records, at)
    if (size < minRecordBytes || at + size > records.length) break
    last = at
    at += size
  }
  return last === null ? null : peek.storeTimestampMs(records, last)
}

export const countRecords = (records: Buffer): number => {
  let count = 0
  for (let at = 0; at + 4 <= records.length; count++) {
    const size = peek.totalSize(records, at)
    if (size < minRecordBytes) break
    at += size
  }
  return count
}
