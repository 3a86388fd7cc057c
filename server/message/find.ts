// server/message/find.ts: messages by id, by key, by place, and who has consumed one. Only brokers the name server
// knows are ever asked: an offset id with any other address finds nothing.

import type { Admin } from '../admin/open'
import { messagesOf, offsetIdOf, type WireMessage } from '../admin/records'
import type { BrokerAddress, QueueStats } from '../admin/types'
import type { Reading } from '../shared/desk'
import { DeskError, PeerError } from '../shared/errors'
import type {
  MessageAtInput,
  MessageByIdInput,
  MessageByKeyInput,
  MessageGetInput,
  PickedMessage,
} from '../shared/inputs'
import { type Known, known, unknown } from '../shared/known'
import { brokerKey } from '../shared/names'
import { atOnce } from '../shared/pace'
import type { FoundMessages, MessageRow, MessageView, Missing, TrackRow } from '../shared/views'
import { bodyTopicOf, rowOf, type Typed, viewOf } from './decode'
import { trackOf } from './track'

/** A key without a topic asks every topic in turn; past this it says that it did not ask all. */
const MOST_TOPICS = 400
const AT_ONCE = 8
const MOST_BY_ID = 64
const BROKERS_KEPT_MS = 1000

export interface Finder {
  byId(input: MessageByIdInput, reading: Reading): Promise<FoundMessages>
  byKey(input: MessageByKeyInput, reading: Reading): Promise<FoundMessages>
  at(input: MessageAtInput, reading: Reading): Promise<MessageView>
  get(input: MessageGetInput, reading: Reading): Promise<MessageView>
  track(offsetId: string): Promise<TrackRow[]>
  /** The message itself and the broker that holds it. */
  load(offsetId: string): Promise<{ message: WireMessage; broker: BrokerAddress }>
  /** One message, and the record as its broker stores it. */
  pick(wanted: PickedMessage): Promise<Picked>
}
export interface Picked {
  message: WireMessage
  record: Buffer
  broker: BrokerAddress
}
export interface FinderOptions {
  admin: Admin
  /** Topics to ask when none is named, the most likely first. */
  topics: () => string[]
  /** What the bodies of a topic are, where somebody said so. */
  typedOf?: (topic: string) => Promise<Typed | null>
  now?: () => number
}

export const openFinder = ({ admin, topics, typedOf = async () => null, now = Date.now }: FinderOptions): Finder => {
  let held: { at: number; brokers: ReturnType<typeof admin.names.brokers> } | undefined
  /** Many ids in a row ask the name server once in a while. */
  const brokers = () => {
    if (held === undefined || now() - held.at >= BROKERS_KEPT_MS) {
      const asked = { at: now(), brokers: admin.names.brokers() }
      held = asked
      asked.brokers.catch(() => {
        if (held === asked) held = undefined
      })
    }
    return held.brokers
  }
  const holderOf = async (offsetId: string): Promise<{ broker: BrokerAddress; commitLogOffset: bigint } | null> => {
    const place = offsetIdOf(offsetId)
    if (place === null) return null
    const broker = (await brokers()).find(({ address }) => address === place.address)
    return broker === undefined ? null : { broker, commitLogOffset: place.commitLogOffset }
  }
  const byPlace = async (offsetId: string): Promise<Picked | null> => {
    const holder = await holderOf(offsetId)
    if (holder === null) return null
    const record = await admin.messages.view(holder.broker.address, holder.commitLogOffset)
    const message = record === null ? undefined : messagesOf(record)[0]
    // Any number points somewhere into the log: only a record that says so itself lies there.
    return record === null || message === undefined || message.commitLogOffset !== holder.commitLogOffset
      ? null
      : { message, record, broker: holder.broker }
  }
  const load = async (offsetId: string): Promise<Picked> => {
    const found = await byPlace(offsetId)
    if (found === null)
      throw new DeskError('not-found', 'No message lies there: it was deleted, or the id belongs to another cluster.')
    return found
  }

  const query = async (
    asked: readonly string[],
    key: string,
    unique: boolean,
    span: { from: number; to: number },
    limit: number,
    reading: Reading,
  ): Promise<FoundMessages> => {
    const began = performance.now()
    const rows = new Map<string, MessageRow>()
    const missing = new Map<string, Missing>()
    await atOnce(AT_ONCE, asked, async (topic) => {
      if (rows.size >= limit) return
      const route = await admin.names.route(topic)
      for (const broker of (route?.brokers ?? []).filter(
        ({ id }, _, all) => id === Math.min(...all.map((other) => other.id)) || id === 0,
      ))
        try {
          const found = await admin.messages.query(broker.address, { topic, key, max: limit, ...span, unique })
          for (const message of messagesOf(found))
            if (matches(message, key, unique)) rows.set(message.offsetId, rowOf(message, broker.name, reading))
        } catch (error) {
          if (!(error instanceof PeerError)) throw error
          if (error.answer?.kind === 'not-found') continue
          const who = brokerKey(broker.name, broker.id)
          missing.set(who, { who, reason: 'broker-silent', sinceMs: null, touches: 1 })
        }
    })
    return {
      rows: [...rows.values()].sort((a, b) => b.storedAt - a.storedAt).slice(0, limit),
      asked: [...asked],
      missing: [...missing.values()],
      tookMs: performance.now() - began,
    }
  }

  const byId = async (id: string, topic: string | undefined, reading: Reading): Promise<FoundMessages> => {
    const trimmed = id.trim()
    const placed = await byPlace(trimmed.toUpperCase()).catch((error: unknown) => {
      if (error instanceof PeerError) return null // the same id may be a unique one, held by a broker that answers
      throw error
    })
    if (placed !== null && (topic === undefined || placed.message.topic === topic))
      return {
        rows: [rowOf(placed.message, placed.broker.name, reading)],
        asked: [placed.message.topic],
        missing: [],
        tookMs: 0,
      }
    const asked = topic === undefined ? topics().slice(0, MOST_TOPICS) : [topic]
    return query(asked, trimmed, true, { from: 0, to: now() + 3_600_000 }, MOST_BY_ID, reading)
  }
  const newestOf = async (topic: string): Promise<Picked> => {
    const all: { broker: BrokerAddress; queue: QueueStats }[] = []
    for (const broker of await admin.brokersOfTopic(topic))
      for (const queue of await admin.brokers.topicStats(broker.address, topic))
        if (queue.broker === broker.name && queue.max > queue.min) all.push({ broker, queue })
    const [newest] = all.sort((a, b) => b.queue.lastStoredAt - a.queue.lastStoredAt)
    if (newest === undefined) throw new DeskError('not-found', `${topic} holds no message.`)
    const { broker, queue } = newest
    const { records } = await admin.messages.pull(broker.address, {
      ...{ group: 'TOOLS_CONSUMER', topic, queueId: queue.queueId, offset: queue.max - 1n, max: 1 },
    })
    const message = messagesOf(records)[0]
    if (message === undefined) throw new DeskError('not-found', `${topic} holds no message at its end any more.`)
    return { message, record: records, broker }
  }

  return {
    load,
    async pick(wanted) {
      if ('newestOf' in wanted) return newestOf(wanted.newestOf)
      const { rows, missing } = await byId(wanted.id, undefined, { bodies: false })
      const [row] = rows
      if (row !== undefined) return load(row.offsetId)
      if (missing.length === 0) throw new DeskError('not-found', `No message has the id ${wanted.id}.`)
      const who = missing.map((one) => one.who).join(', ')
      throw new DeskError('broker-silent', `No broker that answered has the id ${wanted.id}; ${who} did not.`)
    },
    byId: ({ id, topic }, reading) => byId(id, topic, reading),
    byKey({ key, topic, from, to, limit }, reading) {
      const asked = topic === undefined ? topics().slice(0, MOST_TOPICS) : [topic]
      return query(asked, key, false, { from: from ?? 0, to: to ?? now() + 3_600_000 }, limit, reading)
    },
    async at({ topic, broker: name, queueId, queueOffset }, reading) {
      const broker = (await admin.brokersOfTopic(topic)).find((one) => one.name === name)
      if (broker === undefined) throw new DeskError('not-found', `${name} does not hold the topic ${topic}.`)
      const pulled = await admin.messages.pull(broker.address, {
        group: 'TOOLS_CONSUMER',
        topic,
        queueId,
        offset: queueOffset,
        max: 1,
      })
      const message = messagesOf(pulled.records)[0]
      if (message === undefined || message.queueOffset !== queueOffset)
        throw new DeskError('not-found', `The queue holds offsets ${pulled.min} to ${pulled.max} (exclusive).`)
      const at = now()
      const range = { min: known(pulled.min, at), max: known(pulled.max, at) }
      return viewOf(message, name, reading, { whole: false, ...range, typed: await typedOf(bodyTopicOf(message)) })
    },
    async get({ offsetId, whole }, reading) {
      const { message, broker } = await load(offsetId.toUpperCase())
      const range = async (ask: Promise<bigint>): Promise<Known<bigint>> =>
        ask.then(
          (offset) => known(offset, now()),
          () => unknown('broker-silent'),
        )
      const [min, max] = await Promise.all([
        range(admin.messages.minOffset(broker.address, message.topic, message.queueId)),
        range(admin.messages.maxOffset(broker.address, message.topic, message.queueId)),
      ])
      return viewOf(message, broker.name, reading, { whole, min, max, typed: await typedOf(bodyTopicOf(message)) })
    },
    async track(offsetId) {
      const { message, broker } = await load(offsetId.toUpperCase())
      const groups = await admin.brokers.groupsOfTopic(broker.address, message.topic)
      return Promise.all(groups.sort().map((group) => trackOf(admin, { broker, message, group, now })))
    },
  }
}

/** An index holds hashes: what it finds may be another message with the same one. */
const matches = (message: WireMessage, key: string, unique: boolean): boolean =>
  unique
    ? message.uniqueId === key || message.uniqueId?.toUpperCase() === key.toUpperCase()
    : message.keys.includes(key) || message.uniqueId === key
