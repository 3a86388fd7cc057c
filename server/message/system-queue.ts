// server/message/system-queue.ts: reads a queue in which brokers keep what waits: from a place on, or its newest part, never
// more than so many messages.
import type { Admin } from '../admin/open'
import { messagesOf, Property, type WireMessage } from '../admin/records'
import type { WaitingMessage } from '../shared/views'

const PULL_MESSAGES = 256

export interface QueuePart {
  messages: WireMessage[]
  /** Messages between the asked place and the queue's end. */
  kept: number
  /** Not all of them were read. */
  more: boolean
}
export const readQueue = async (
  admin: Admin,
  address: string,
  topic: string,
  options: { from: bigint | null; most: number; newest?: boolean; queueId?: number },
): Promise<QueuePart> => {
  const { queueId = 0 } = options
  const [min, max] = await Promise.all([
    admin.messages.minOffset(address, topic, queueId),
    admin.messages.maxOffset(address, topic, queueId),
  ])
  const from = options.from === null || options.from < min ? min : options.from
  const kept = max > from ? Number(max - from) : 0
  const more = kept > options.most
  const start = more && options.newest === true ? max - BigInt(options.most) : from
  const end = more && options.newest !== true ? from + BigInt(options.most) : max
  const messages: WireMessage[] = []
  for (let at = start; at < end; ) {
    const pulled = await admin.messages.pull(address, {
      group: 'TOOLS_CONSUMER',
      topic,
      queueId,
      offset: at,
      max: PULL_MESSAGES,
    })
    for (const message of messagesOf(pulled.records))
      if (message.queueOffset >= at && message.queueOffset < end) messages.push(message)
    if (pulled.next <= at) break // a broker that stands still must not hold us
    at = pulled.next
  }
  return { messages, kept, more }
}

/** A message of such a queue, by the names that people know it under. */
export const waitingOf = (message: WireMessage, broker: string): WaitingMessage => ({
  broker,
  queueOffset: message.queueOffset,
  offsetId: message.offsetId,
  uniqueId: message.uniqueId,
  topic: message.properties.get(Property.realTopic) ?? message.topic,
  keys: message.keys,
  tag: message.tag,
  bornAt: message.bornAt,
})
