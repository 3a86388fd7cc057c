// server/admin/store-time.ts: what can be told of an answer's records without reading them: how many, and when the
// first was stored.
import { minRecordBytes, peek } from '../../broker/protocol/record'

export const storeTimeOf = (records: Buffer): number | null =>
  records.length < minRecordBytes ? null : peek.storeTimestampMs(records, 0)

export const countRecords = (records: Buffer): number => {
  let count = 0
  for (let at = 0; at + 4 <= records.length; count++) {
    const size = peek.totalSize(records, at)
    if (size < minRecordBytes) break
    at += size
  }
  return count
}
