// server/admin/store-time.ts: when the first record of an answer was stored, without reading the rest of it.
import { minRecordBytes, peek } from '../../broker/protocol/record'

export const storeTimeOf = (records: Buffer): number | null =>
  records.length < minRecordBytes ? null : peek.storeTimestampMs(records, 0)
