// broker/store/dispatch.ts: what a stored record means for the views: its unit in a consume queue, its keys in the index.
// For records that are read back; a message that was just appended brings the same with it.
import { tagsCode } from '../protocol/java-hash'
import { Property, parseProperties, splitKeys } from '../protocol/properties'
import { peek } from '../protocol/record'
import { transactionType } from '../protocol/sys-flag'

export interface Views {
  tagsCode: number
  /** Unique id first, then each key. */
  keys: string[]
}

const scheduleTopic = 'SCHEDULE_TOPIC_XXXX'
const prepared = 4
const rollback = 12

/** A consumer may see it: prepared and rolled back messages are in no queue. */
export const isQueued = (sysFlag: number): boolean => {
  const type = transactionType(sysFlag)
  return type !== prepared && type !== rollback
}
export const isIndexed = (sysFlag: number): boolean => transactionType(sysFlag) !== rollback

/** Of the record at buffer[start...]. `delaysMs` by level, as in delay-levels.ts. */
export function viewsOf(buffer: Buffer, start: number, delaysMs: readonly number[]): Views {
  const properties = parseProperties(peek.properties(buffer, start))
  const sysFlag = peek.sysFlag(buffer, start)
  const keys: string[] = []
  if (isIndexed(sysFlag)) {
    const unique = properties.get(Property.uniqueKey)
    if (unique !== undefined) keys.push(unique)
    keys.push(...splitKeys(properties.get(Property.keys)))
  }
  const level = Number(properties.get(Property.delayLevel) ?? 0)
  if (level > 0 && peek.topic(buffer, start) === scheduleTopic) {
    // a delay queue's unit holds when the message is due
    const delayMs = delaysMs[Math.min(level, delaysMs.length) - 1] ?? 1000
    return { tagsCode: peek.storeTimestampMs(buffer, start) + delayMs, keys }
  }
  return { tagsCode: tagsCode(properties.get(Property.tags)), keys }
}
