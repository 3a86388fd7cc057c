// server/message/track.ts: what became of a message in a group that reads its topic. An offset only says that the group is past
// it: who did not handle it sent a copy to the group's retry topic or to its dead letters, and by its id that copy is found.
import { type Admin, firstOfEach } from '../admin/open'
import { messagesOf, Property, type WireMessage } from '../admin/records'
import type { BrokerAddress } from '../admin/types'
import { answeredWith, PeerError } from '../shared/errors'
import { known, unknown } from '../shared/known'
import { DLQ_PREFIX, RETRY_PREFIX } from '../shared/names'
import type { TrackRow } from '../shared/views'

/** In which brokers keep copies until their next try. */
const SCHEDULE_TOPIC = 'SCHEDULE_TOPIC_XXXX'
/** More tries than a group has by default, several times over. */
const MOST_COPIES = 64
const CLOCKS_MS = 120_000

export interface Tracked {
  broker: BrokerAddress
  message: WireMessage
  group: string
  now: () => number
}
export const trackOf = async (admin: Admin, { broker, message, group, now }: Tracked): Promise<TrackRow> => {
  try {
    const [stats, consumers] = await Promise.all([
      admin.brokers.consumeStats(broker.address, group, message.topic),
      admin.brokers.consumers(broker.address, group),
    ])
    const at = now()
    const here = consumers !== null && consumers.connections.length > 0
    const row = { group, online: known(here, at), copy: null }
    if (consumers?.messageModel === 'BROADCASTING')
      return { ...row, state: 'broadcasting', before: unknown('broadcasting') }
    const queue = stats.find((one) => one.queueId === message.queueId && one.broker === broker.name)
    if (queue === undefined) return { ...row, state: 'unknown', before: unknown('never-committed') }
    if (queue.consumerOffset <= message.queueOffset) {
      const before = known(Number(message.queueOffset - queue.consumerOffset), at)
      return { ...row, state: here ? 'not-yet' : 'offline', before }
    }
    const subscription = consumers?.subscriptions.find((one) => one.topic === message.topic)
    const filtered = subscription !== undefined && !passes(subscription.expression, subscription.type, message.tag)
    if (filtered) return { ...row, state: 'filtered', before: known(0, at) }
    return { ...row, before: known(0, at), ...(await afterIt(admin, { broker, message, group, now })) }
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    return { group, state: 'unknown', before: unknown('broker-silent'), online: unknown('broker-silent'), copy: null }
  }
}

/** The group is past the message: handled, on its way to another try, or dead. */
const afterIt = async (
  admin: Admin,
  { broker, message, group, now }: Tracked,
): Promise<Pick<TrackRow, 'state' | 'copy'>> => {
  const id = message.uniqueId
  if (id === null) return { state: 'consumed', copy: null }
  const span = { from: Math.max(0, message.storedAt - CLOCKS_MS), to: now() + CLOCKS_MS }
  const copies = async (topic: string, brokers: readonly BrokerAddress[]) => {
    const found = await Promise.all(
      brokers.map(async ({ address, name }) =>
        messagesOf(await queried(admin, address, { topic, key: id, max: MOST_COPIES, ...span, unique: true }))
          .filter(({ uniqueId }) => uniqueId === id)
          .map((copy) => ({ copy, broker: name, address })),
      ),
    )
    return found
      .flat()
      .sort((a, b) => b.copy.storedAt - a.copy.storedAt || b.copy.reconsumeTimes - a.copy.reconsumeTimes)
  }
  const holders = async (topic: string) => firstOfEach((await admin.names.route(topic))?.brokers ?? [])
  const retryTopic = RETRY_PREFIX + group
  const [deadAt, retriedAt] = await Promise.all([holders(DLQ_PREFIX + group), holders(retryTopic)])
  const [[dead], [retried], waiting] = await Promise.all([
    copies(DLQ_PREFIX + group, deadAt),
    message.topic === retryTopic ? [] : copies(retryTopic, retriedAt),
    copies(SCHEDULE_TOPIC, retriedAt.length === 0 ? [broker] : retriedAt),
  ])
  const waits = waiting.find(({ copy }) => copy.properties.get(Property.realTopic) === retryTopic)
  const told = ({ copy }: { copy: WireMessage }) => ({
    offsetId: copy.offsetId,
    tries: copy.reconsumeTimes,
    storedAt: copy.storedAt,
  })
  // One that died and was put back is alive again.
  if (dead !== undefined && dead.copy.storedAt >= (retried?.copy.storedAt ?? 0))
    return { state: 'dead', copy: told(dead) }
  if (waits !== undefined && waits.copy.reconsumeTimes > (retried?.copy.reconsumeTimes ?? 0))
    return { state: 'retrying', copy: told(waits) }
  if (retried === undefined) return { state: 'consumed', copy: null }
  const stats = await admin.brokers.consumeStats(retried.address, group, retryTopic)
  const queue = stats.find((one) => one.queueId === retried.copy.queueId && one.broker === retried.broker)
  const past = queue !== undefined && queue.consumerOffset > retried.copy.queueOffset
  return { state: past ? 'consumed' : 'retrying', copy: told(retried) }
}
/** A topic that a broker makes when it first needs it is not there before. */
const queried = (admin: Admin, address: string, options: Parameters<Admin['messages']['query']>[1]): Promise<Buffer> =>
  admin.messages.query(address, options).catch((error: unknown) => {
    if (answeredWith(error, 17) || answeredWith(error, 1)) return Buffer.alloc(0)
    throw error
  })
const passes = (expression: string, type: string, tag: string | null): boolean => {
  if (type !== 'TAG' || expression === '*' || expression === '') return true
  return tag !== null && expression.split('||').some((one) => one.trim() === tag)
}
