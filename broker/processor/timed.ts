// broker/processor/timed.ts: where a message with a time goes: into the timer queue, to its topic at once when the time has
// passed, or back to its sender. Checks and texts are Apache's. For every way in: sends, recalls, committed transactions.
import { ResponseCode } from '../protocol/codes'
import { isRetryTopic } from '../protocol/names'
import { encodeProperties, Property, parseProperties } from '../protocol/properties'
import { writeRecallHandle } from '../protocol/recall-handle'
import { droppedByLevel, held, isTimed, slotOf, wantedAtMs } from '../schedule/timed'
import type { NewMessage } from '../store/types'
import type { BrokerContext } from './context'

export type Placed = { message: NewMessage; recallHandle?: string } | { code: number; remark: string }

/** The message as it is stored now, or why it is refused. One without a time stays as it is. */
export function placeTimed(broker: BrokerContext, message: NewMessage): Placed {
  const { settings, timers, clock, identity } = broker
  const properties = parseProperties(message.properties)
  if (!isTimed(properties)) return { message }
  if (!settings.timerWheelEnable) {
    const remark = 'accurate timer message is not enabled, timerWheelEnable is false'
    return { code: ResponseCode.SYSTEM_ERROR, remark }
  }
  const nowMs = clock()
  const wantedMs = wantedAtMs((name) => properties.get(name), nowMs)
  const isFuture = wantedMs > nowMs
  const maxDelayMs = settings.timerMaxDelaySec * 1000
  const isRecall = properties.has(Property.timerDeleteUniqueKey)
  if (Number.isNaN(wantedMs) || wantedMs - nowMs > maxDelayMs || (isRecall && !isFuture)) {
    const limit = `the delay time should not be bigger than the max delay ${maxDelayMs}ms`
    const remark = `timer message illegal, ${limit}; or if set del msg, the delay time should be bigger than the current time`
    return { code: ResponseCode.MESSAGE_ILLEGAL, remark }
  }
  if (!isFuture) return { message }
  const slotMs = slotOf(wantedMs, timers.precisionMs)
  const congested = congestion(timers.waitingAt(slotMs), settings.timerCongestNumEachSlot)
  if (congested !== undefined) return congested
  const uniqueKey = properties.get(Property.uniqueKey) ?? ''
  // the slot's second millisecond: whatever falls into it is recalled in the same slot
  const handle = { topic: message.topic, brokerName: identity.brokerName, deliverAt: String(slotMs + 1), uniqueKey }
  const placed = { message: held(message, properties, slotMs) }
  return isRetryTopic(message.topic) ? placed : { ...placed, recallHandle: writeRecallHandle(handle) }
}

/** Up to twice the limit some are let in, the fewer the fuller the slot is. */
function congestion(waiting: number, limit: number): { code: number; remark: string } | undefined {
  if (waiting <= limit || (waiting < limit * 2 && Math.random() <= 1 - (waiting - limit) / limit)) return undefined
  const between = `the current value is greater than ${limit} and less than ${limit * 2}, trigger random flow control`
  const remark = `timer message is under flow control, max num limit is ${limit * 2} or ${between}`
  return { code: ResponseCode.SYSTEM_ERROR, remark }
}

/** A delay level wins over a time, which is not even stored then. */
export function withoutTimes(message: NewMessage): NewMessage {
  const properties = parseProperties(message.properties)
  for (const name of droppedByLevel) properties.delete(name)
  return { ...message, properties: encodeProperties(properties) }
}
