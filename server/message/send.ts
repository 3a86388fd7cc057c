// server/message/send.ts: makes a message like a producer would, hands one to a chosen client, or puts one into a
// group's retry topic. Nothing here creates a topic by sending to it.
import type { Admin } from '../admin/open'
import {
  encodeBatch,
  isSystemProperty,
  offsetIdOf,
  openMessageIds,
  Property,
  propertiesText,
  type WireMessage,
} from '../admin/records'
import type { PutBack, ReadingOn } from '../shared/desk'
import { DeskError, oneLine } from '../shared/errors'
import type { ConsumeDirectlyInput, ResendInput, SendBatchInput, SendInput } from '../shared/inputs'
import { keyHash } from '../shared/key-hash'
import { DLQ_PREFIX, RETRY_PREFIX } from '../shared/names'
import type { BatchResult, BatchRow, ConsumeDirectlyResult, SendResult } from '../shared/views'
import type { Finder } from './find'
import { rulesFor } from './mask'
import { levelDelays } from './timetable'

const PRODUCER_GROUP = 'CLIENT_INNER_PRODUCER'
/** sysFlag of a half message. */
const PREPARED = 4
/** Lengths, flag and checksum of an entry. */
const BATCH_ENTRY_BYTES = 20
/** Half of what the smallest stock client sends at most: the broker counts its own fields as well. */
const MOST_BATCH_BYTES = 1024 * 1024
const MAX_PROPERTIES_BYTES = 32_767
const PERM_WRITE = 2
const ROUTE_KEPT_MS = 2000
const MOST_ROUTES = 1000

export interface Sender {
  send(input: SendInput): Promise<SendResult>
  sendBatch(input: SendBatchInput): Promise<BatchResult>
  consumeDirectly(input: ConsumeDirectlyInput, readingOn: ReadingOn): Promise<ConsumeDirectlyResult>
  resend(input: ResendInput, readingOn: ReadingOn): Promise<SendResult>
  /** A dead message, alive again: to its topic of old, or to the retry topic of its group. */
  putBack(message: WireMessage, way: PutBack): Promise<SendResult>
}
/** What a message gathered on its way to its death; with it, it would wait again or count old tries. */
const leftBehind = [
  Property.delayLevel,
  Property.realTopic,
  Property.realQueueId,
  Property.timerDeliverMs,
  Property.timerOutMs,
  Property.timerDelayLevel,
  Property.reconsumeTime,
  Property.maxReconsumeTimes,
  Property.consumeStartTime,
  Property.dlqOriginTopic,
  Property.dlqOriginMessageId,
  Property.popCheckpoint,
  Property.popCheckpointOffset,
  Property.firstPopTime,
]
export interface SenderOptions {
  admin: Admin
  finder: Finder
  now?: () => number
  /** Picks a queue; tests hand in their own. */
  random?: () => number
}
export const openSender = ({ admin, finder, now = Date.now, random = Math.random }: SenderOptions): Sender => {
  const ids = openMessageIds(now)

  const routes = new Map<string, { at: number; route: ReturnType<typeof admin.names.route> }>()
  /** Many in a row ask the name server once in a while, as a producer does. */
  const routeOf = (topic: string, keptMs: number) => {
    const held = routes.get(topic)
    if (held !== undefined && now() - held.at < keptMs) return held.route
    const route = admin.names.route(topic)
    if (keptMs > 0) {
      if (routes.size >= MOST_ROUTES) routes.clear()
      routes.set(topic, { at: now(), route })
      route.catch(() => routes.delete(topic))
    }
    return route
  }
  const queueFor = async (topic: string, wanted: SendInput['queue'], shardingKey?: string, routeKeptMs = 0) => {
    const route = await routeOf(topic, routeKeptMs)
    if (route === null) throw new DeskError('not-found', `No broker has the topic ${topic}.`)
    const master = (name: string) => route.brokers.find((broker) => broker.name === name && broker.id === 0)
    const queues = route.queues
      .filter(({ perm, broker }) => (perm & PERM_WRITE) !== 0 && master(broker) !== undefined)
      .sort((a, b) => (a.broker < b.broker ? -1 : 1))
      .flatMap(({ broker, writeQueues }) => Array.from({ length: writeQueues }, (_, queueId) => ({ broker, queueId })))
    const found =
      wanted !== undefined
        ? queues.find((queue) => queue.broker === wanted.broker && queue.queueId === wanted.queueId)
        : queues[shardingKey ? keyHash(shardingKey) % queues.length : Math.floor(random() * queues.length)]
    const address = found === undefined ? undefined : master(found.broker)?.address
    if (found === undefined || address === undefined)
      throw new DeskError(
        'no-permission',
        wanted === undefined
          ? `No queue of ${topic} may be written to.`
          : `${wanted.broker} ${wanted.queueId} may not be written to.`,
      )
    return { ...found, address }
  }
  const deliver = async (
    topic: string,
    queue: Awaited<ReturnType<typeof queueFor>>,
    body: Buffer,
    properties: string,
    uniqueId: string,
    more: { sysFlag: number; flag?: number; reconsumeTimes?: number; producerGroup?: string; batch?: boolean },
  ): Promise<SendResult> => {
    if (Buffer.byteLength(properties) > MAX_PROPERTIES_BYTES)
      throw new DeskError(
        'bad-input',
        `Properties take ${Buffer.byteLength(properties)} bytes; ${MAX_PROPERTIES_BYTES} are allowed.`,
      )
    const began = performance.now()
    const answer = await admin.messages.send(queue.address, {
      topic,
      producerGroup: PRODUCER_GROUP,
      queueId: queue.queueId,
      body,
      properties,
      bornTimestamp: now(),
      ...more,
    })
    return {
      status: answer.status,
      uniqueId,
      offsetId: answer.offsetId,
      broker: queue.broker,
      queueId: answer.queueId,
      queueOffset: answer.queueOffset,
      tookMs: performance.now() - began,
    }
  }

  /** What a message carries: what the user set, checked, between what makes it one. */
  const textOf = (
    input: Pick<SendInput, 'tag' | 'keys' | 'properties'>,
    uniqueId: string,
    more: readonly (readonly [string, string | undefined])[],
  ): string => {
    for (const [name, value] of Object.entries(input.properties)) {
      if (isSystemProperty(name))
        throw new DeskError('bad-input', `${name} is a name of the system; a message of a user cannot set it.`)
      if (separators.test(name) || separators.test(value))
        throw new DeskError('bad-input', `${name} holds a character that separates properties.`)
      if (value === '') throw new DeskError('bad-input', `${name} has no value: brokers drop such a property.`)
    }
    if (separators.test(input.tag) || input.tag.includes('|'))
      throw new DeskError('bad-input', 'A tag holds no | and no control character.')
    return propertiesText([
      [Property.uniqueKey, uniqueId],
      [Property.wait, 'true'],
      [Property.tags, input.tag === '' ? undefined : input.tag],
      [Property.keys, input.keys.length === 0 ? undefined : input.keys.join(' ')],
      ...more,
      ...Object.entries(input.properties),
    ])
  }

  const dueAfter = async (address: string, level: number): Promise<number | null> => {
    const sentAt = now()
    const config = await admin.brokers.config(address).catch(() => null) // it is sent: that alone must not fail it
    const delayMs = config === null ? undefined : levelDelays(config.messageDelayLevel).slice(0, level).at(-1)
    return delayMs === undefined ? null : sentAt + delayMs
  }
  /** Says which of many it is about. */
  const numbered = <T>(index: number, of: number, make: () => T): T => {
    try {
      return make()
    } catch (error) {
      if (of === 1 || !(error instanceof DeskError)) throw error
      throw new DeskError(error.kind, `Message ${index + 1}: ${error.message}`, error.details)
    }
  }

  return {
    async send(input) {
      const body = bodyOf(input.body)
      const level = input.delayLevel ?? 0
      const ways = [level > 0, input.deliverAt !== undefined, input.transaction !== undefined].filter(Boolean).length
      if (ways > 1)
        throw new DeskError('bad-input', 'A delay level, a time or a transaction: a message goes one of these ways.')
      const { transaction } = input
      const uniqueId = ids.next()
      const properties = textOf(input, uniqueId, [
        [Property.shardingKey, input.shardingKey || undefined],
        [Property.delayLevel, level > 0 ? String(level) : undefined],
        [Property.timerDeliverMs, input.deliverAt === undefined ? undefined : String(input.deliverAt)],
        [Property.priority, input.priority === undefined ? undefined : String(input.priority)],
        [Property.transactionPrepared, transaction === undefined ? undefined : 'true'],
        [Property.producerGroup, transaction?.producerGroup],
      ])
      const queue = await queueFor(input.topic, input.queue, input.shardingKey)
      if (transaction === undefined) {
        const sent = await deliver(input.topic, queue, body, properties, uniqueId, { sysFlag: 0 })
        const { deliverAt } = input
        if (level > 0) return { ...sent, waitsUntil: await dueAfter(queue.address, level) }
        return deliverAt === undefined || deliverAt <= now() ? sent : { ...sent, waitsUntil: deliverAt }
      }
      const { producerGroup } = transaction
      const sent = await deliver(input.topic, queue, body, properties, uniqueId, { sysFlag: PREPARED, producerGroup })
      if (transaction.end !== 'unknown') {
        const { commitLogOffset } = offsetIdOf(sent.offsetId) ?? {}
        if (commitLogOffset === undefined)
          throw new DeskError(
            'broker-refused',
            'The broker did not say where the half message lies: it stays undecided.',
          )
        const half = { topic: input.topic, producerGroup, uniqueId, queueOffset: sent.queueOffset, commitLogOffset }
        await admin.messages.endTransaction(queue.address, half, transaction.end === 'commit')
      }
      return { ...sent, ended: transaction.end }
    },

    async sendBatch({ topic, messages, queue: wanted }) {
      const began = performance.now()
      const entries = messages.map((message, index) =>
        numbered(index, messages.length, () => {
          const uniqueId = ids.next()
          const properties = Buffer.from(textOf(message, uniqueId, []))
          return { uniqueId, flag: 0, body: bodyOf(message.body), properties }
        }),
      )
      const rows: BatchRow[] = []
      for (let first = 0; first < entries.length; ) {
        // As many as a stock broker takes in one request, and at least one.
        let bytes = 0
        let count = 0
        for (const { body, properties } of entries.slice(first)) {
          bytes += body.length + properties.length + BATCH_ENTRY_BYTES
          if (count > 0 && bytes > MOST_BATCH_BYTES) break
          count += 1
        }
        const part = entries.slice(first, first + count)
        const row = { first, count, uniqueIds: part.map(({ uniqueId }) => uniqueId) }
        try {
          const queue = await queueFor(topic, wanted)
          const own = propertiesText([[Property.wait, 'true']])
          const id = part[0]?.uniqueId ?? ''
          const result = await deliver(topic, queue, encodeBatch(part), own, id, { sysFlag: 0, batch: true })
          rows.push({ ...row, result: { ...result, offsetId: result.offsetId.split(',')[0] ?? '' }, error: null })
        } catch (error) {
          rows.push({ ...row, result: null, error: oneLine(error) })
        }
        first += count
      }
      const ok = rows.reduce((sum, { count, result }) => sum + (result === null ? 0 : count), 0)
      return { rows, ok, failed: messages.length - ok, tookMs: performance.now() - began }
    },

    async consumeDirectly({ group, offsetId, clientId, confirm }, readingOn) {
      if (confirm !== group) throw new DeskError('confirm-mismatch', `The name typed is not ${group}.`)
      const { message, broker } = await finder.load(offsetId)
      mustMayHandOver(message, group, readingOn)
      const answer = await admin.messages.consumeDirectly(
        broker.address,
        broker.name,
        group,
        clientId,
        message.offsetId,
        message.topic,
      )
      return { ...answer, clientId }
    },

    async putBack(message, { topic, origin, marks }) {
      const properties = new Map(message.properties)
      for (const name of leftBehind) properties.delete(name)
      if (topic.startsWith(RETRY_PREFIX)) {
        properties.set(Property.retryTopic, origin)
        if (!properties.has(Property.originMessageId)) properties.set(Property.originMessageId, message.offsetId)
      } else {
        properties.delete(Property.retryTopic)
        properties.delete(Property.originMessageId)
      }
      for (const [name, value] of Object.entries(marks)) properties.set(name, value)
      const queue = await queueFor(topic, undefined, properties.get(Property.shardingKey), ROUTE_KEPT_MS)
      return deliver(topic, queue, message.body, propertiesText(properties), message.uniqueId ?? '', {
        sysFlag: message.sysFlag & ~0xc,
        flag: message.flag,
        reconsumeTimes: 0,
      })
    },

    async resend({ group, offsetId, confirm }, readingOn) {
      if (confirm !== group) throw new DeskError('confirm-mismatch', `The name typed is not ${group}.`)
      const { message } = await finder.load(offsetId)
      mustMayHandOver(message, group, readingOn)
      const properties = new Map(message.properties)
      for (const name of [
        Property.delayLevel,
        Property.realTopic,
        Property.realQueueId,
        Property.timerDeliverMs,
        Property.timerOutMs,
      ])
        properties.delete(name) // else it would wait again
      if (!properties.has(Property.retryTopic)) properties.set(Property.retryTopic, message.topic)
      if (!properties.has(Property.originMessageId)) properties.set(Property.originMessageId, message.offsetId)
      const queue = await queueFor(RETRY_PREFIX + group, undefined)
      return deliver(RETRY_PREFIX + group, queue, message.body, propertiesText(properties), message.uniqueId ?? '', {
        sysFlag: message.sysFlag & ~0xc, // a copy is no part of a transaction
        flag: message.flag,
        // A dead one with its old count would be buried again at once.
        reconsumeTimes: message.topic.startsWith(DLQ_PREFIX) ? 0 : message.reconsumeTimes,
      })
    },
  }
}
/**
 * Whoever runs a group could else read any topic through it, and what masks hide. What died or waits in the group's own queues
 * is the group's: its clients were given it before.
 */
const mustMayHandOver = (message: WireMessage, group: string, readingOn: ReadingOn): void => {
  const { topic } = message
  if (topic === RETRY_PREFIX + group || topic === DLQ_PREFIX + group) return
  const { bodies, masks } = readingOn(topic)
  if (!bodies)
    throw new DeskError('not-allowed', `This needs the right message.read on ${topic}.`, { right: 'message.read' })
  if (masks !== undefined && rulesFor(masks.rules, message).length > 0)
    throw new DeskError('not-allowed', `Parts of it are masked: this needs the right message.unmask on ${topic}.`, {
      right: 'message.unmask',
    })
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: the two that end a name and a value
const separators = /[\u0001\u0002]/
const bodyOf = ({ kind, value }: SendInput['body']): Buffer => {
  if (kind === 'text') return Buffer.from(value, 'utf8')
  const digits = value.replace(/\s+/g, '')
  const valid = kind === 'hex' ? /^(?:[0-9a-fA-F]{2})*$/ : /^[A-Za-z0-9+/]*={0,2}$/
  if (!valid.test(digits)) throw new DeskError('bad-input', `The body is no ${kind}.`)
  return Buffer.from(digits, kind)
}
