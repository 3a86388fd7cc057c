// broker/schedule/delayed.ts: what a message looks like while it waits for its time, and when the time has come. Only the
// record's topic, queue and properties change; body, flags and birth stay.
import { SystemTopic } from '../protocol/names'
import { encodeProperties, Property, parseProperties } from '../protocol/properties'
import type { NewMessage } from '../store/types'
import type { DelayLevels } from './types'

/** The message as it waits in its level's queue. A level beyond the last counts as the last. */
export function delayed(message: NewMessage, level: number, levels: DelayLevels, nowMs: number): NewMessage {
  const held = Math.min(level, levels.max)
  const properties = parseProperties(message.properties)
  properties.set(Property.delayLevel, String(held))
  properties.set(Property.realTopic, message.topic)
  properties.set(Property.realQueueId, String(message.queueId))
  return {
    ...message,
    topic: SystemTopic.schedule,
    queueId: held - 1,
    tagsCode: nowMs + levels.delayMs(held),
    properties: encodeProperties(properties),
  }
}
