// broker/schedule/delayed.ts: what a message looks like while it waits for its time, and when the time has come. Only the
// record's topic, queue and properties change; body, flags and birth stay.
import { tagsCode } from '../protocol/java-hash'
import { SystemTopic } from '../protocol/names'
import { encodeProperties, Property, parseProperties, splitKeys } from '../protocol/properties'
import type { StoredRecord } from '../protocol/record'
import { forConsumers } from '../protocol/sys-flag'
import type { NewMessage } from '../store/types'
import type { DelayLevels } from './types'

/** Where a message has a level, it counts and these do not: nobody may take it for one that waits in the wheel. */
const timerProperties = [Property.timerDelaySec, Property.timerDelayMs, Property.timerDeliverMs]

/** The message as it waits in its level's queue. A level beyond the last counts as the last. */
export function delayed(message: NewMessage, level: number, levels: Pick<DelayLevels, 'max' | 'delayMs'>): NewMessage {
  const held = Math.min(level, levels.max)
  const properties = parseProperties(message.properties)
  for (const name of timerProperties) properties.delete(name)
  properties.set(Property.delayLevel, String(held))
  properties.set(Property.realTopic, message.topic)
  properties.set(Property.realQueueId, String(message.queueId))
  return {
    ...message,
    topic: SystemTopic.schedule,
    queueId: held - 1,
    delayMs: levels.delayMs(held),
    properties: encodeProperties(properties),
  }
}

/** The message as it goes to its real topic; its properties stay as they are stored. undefined: it names none. */
export function delivered(record: StoredRecord): NewMessage | undefined {
  const properties = parseProperties(record.properties)
  const topic = properties.get(Property.realTopic)
  const queueId = Number(properties.get(Property.realQueueId))
  if (topic === undefined || !Number.isInteger(queueId) || topic === SystemTopic.transactionHalf) return undefined
  const uniqueKey = properties.get(Property.uniqueKey)
  const keys = splitKeys(properties.get(Property.keys))
  return {
    topic,
    queueId,
    flag: record.flag,
    sysFlag: forConsumers(record.sysFlag),
    bornTimestampMs: record.bornTimestampMs,
    bornHost: record.bornHost,
    reconsumeTimes: record.reconsumeTimes,
    preparedTransactionOffset: 0,
    body: record.body,
    properties: record.properties,
    tagsCode: tagsCode(properties.get(Property.tags)),
    keys: uniqueKey === undefined ? keys : [uniqueKey, ...keys],
  }
}
