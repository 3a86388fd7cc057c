// broker/schedule/escaped.ts: what a message looks like that a slave, acting as master, puts at a master of another name: as its
// producer would send it there. What told how it waited here is taken off, else it would wait there anew. Pure.
import { SystemTopic } from '../protocol/names'
import { encodeProperties, Property, parseProperties } from '../protocol/properties'
import type { StoredRecord } from '../protocol/record'
import { MessageSysFlag, withTransactionType } from '../protocol/sys-flag'
import type { NewMessage } from '../store/types'
import { startDeliverTime, waitingIn } from './timed'

/** A send, as the other master is to read it. */
export interface Escaped {
  readonly topic: string
  readonly queueId: number
  readonly flag: number
  readonly sysFlag: number
  readonly bornTimestampMs: number
  readonly reconsumeTimes: number
  readonly body: Buffer
  readonly properties: Buffer
  /** Whom the other master asks about a transaction; undefined: nobody. */
  readonly producerGroup: string | undefined
}

const ofWaiting: readonly string[] = [
  Property.delayLevel,
  Property.realTopic,
  Property.realQueueId,
  Property.timerDelayLevel,
  Property.timerDelaySec,
  Property.timerDelayMs,
  Property.timerDeliverMs,
  Property.timerOutMs,
  Property.timerEnqueueMs,
  Property.timerDequeueMs,
  Property.timerRollTimes,
  Property.transactionCheckTimes,
  Property.preparedQueueOffset,
  startDeliverTime,
]

/** undefined: it has no meaning at another broker (a recall of a message that waits here). */
export function escaped(message: NewMessage, precisionMs: number): Escaped | undefined {
  const properties = parseProperties(message.properties)
  const isMovedOn = message.topic === SystemTopic.timer
  if (isMovedOn && properties.has(Property.timerDeleteUniqueKey)) return undefined
  const dueAtMs = isMovedOn ? waitingIn(message.properties, message.bornTimestampMs, precisionMs)?.dueAtMs : undefined
  const topic = isMovedOn ? properties.get(Property.realTopic) : message.topic
  const queueId = isMovedOn ? Number(properties.get(Property.realQueueId)) : message.queueId
  if (topic === undefined || !Number.isInteger(queueId)) return undefined
  for (const name of ofWaiting) properties.delete(name)
  properties.delete(Property.transactionPrepared) // else it would be taken for one whose end is not known
  if (dueAtMs !== undefined) properties.set(Property.timerDeliverMs, String(dueAtMs))
  return sent(message, properties, topic, queueId, 0)
}

/** A prepared message: its producer is asked by the other master from then on. undefined: it names no topic. */
export function escapedPrepared(record: StoredRecord): Escaped | undefined {
  const properties = parseProperties(record.properties)
  const topic = properties.get(Property.realTopic)
  const queueId = Number(properties.get(Property.realQueueId))
  if (topic === undefined || !Number.isInteger(queueId)) return undefined
  for (const name of ofWaiting) if (name !== Property.delayLevel) properties.delete(name)
  properties.set(Property.transactionPrepared, 'true')
  return {
    ...sent(record, properties, topic, queueId, MessageSysFlag.transactionPrepared),
    producerGroup: properties.get(Property.producerGroup),
  }
}

type Sent = Pick<NewMessage, 'flag' | 'sysFlag' | 'bornTimestampMs' | 'reconsumeTimes' | 'body'>
const sent = (
  { flag, sysFlag, bornTimestampMs, reconsumeTimes, body }: Sent,
  properties: ReadonlyMap<string, string>,
  topic: string,
  queueId: number,
  transaction: 0 | 4,
): Escaped => ({
  topic,
  queueId,
  flag,
  sysFlag: withTransactionType(sysFlag & ~(MessageSysFlag.bornHostV6 | MessageSysFlag.storeHostV6), transaction),
  bornTimestampMs,
  reconsumeTimes,
  body: Buffer.from(body), // the record's memory may be used again before it is sent
  properties: encodeProperties(properties),
  producerGroup: undefined,
})
