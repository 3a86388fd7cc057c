// broker/store/dispatch.ts: what a stored record means for the views: its unit in a consume queue, its keys in the index.
// For records that are read back; a message that was just appended brings the same with it.
import { tagsCode } from '../protocol/java-hash'
import { Property, parseProperties, splitKeys } from '../protocol/properties'
import type { StoredRecord } from '../protocol/record'
import { transactionType } from '../protocol/sys-flag'

export interface Views {
  /** A consumer may see it: prepared and rolled back messages are in no queue. */
  queued: boolean
  tagsCode: number
  /** Unique id first, then each key. */
  keys: string[]
}

const scheduleTopic = 'SCHEDULE_TOPIC_XXXX'
const prepared = 4
const rollback = 12

export const isQueued = (sysFlag: number): boolean => {
  const type = transactionType(sysFlag)
  return type !== prepared && type !== rollback
}
export const isIndexed = (sysFlag: number): boolean => transactionType(sysFlag) !== rollback

export function viewsOf(record: StoredRecord, delaysMs: readonly number[]): Views {
  const properties = parseProperties(record.properties)
  const keys: string[] = []
  if (isIndexed(record.sysFlag)) {
    const unique = properties.get(Property.uniqueKey)
    if (unique !== undefined) keys.push(unique)
    keys.push(...splitKeys(properties.get(Property.keys)))
  }
  return { queued: isQueued(record.sysFlag), tagsCode: codeOf(record, properties, delaysMs), keys }
}

function codeOf(record: StoredRecord, properties: Map<string, string>, delaysMs: readonly number[]): number {
  const level = record.topic === scheduleTopic ? Number(properties.get(Property.delayLevel) ?? 0) : 0
  if (level > 0) {
    const delayMs = delaysMs[Math.min(level, delaysMs.length) - 1] ?? 1000
    return record.storeTimestampMs + delayMs
  }
  return tagsCode(properties.get(Property.tags))
}
