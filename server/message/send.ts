// server/message/send.ts: makes a message like a producer would, hands one to a chosen client, or puts one into a
// group's retry topic. Nothing here creates a topic by sending to it.
import type { Admin } from '../admin/open'
import { isSystemProperty, openMessageIds, Property, propertiesText, type WireMessage } from '../admin/records'
import { DeskError } from '../shared/errors'
import type { ConsumeDirectlyInput, ResendInput, SendInput } from '../shared/inputs'
import { DLQ_PREFIX, RETRY_PREFIX } from '../shared/names'
import type { ConsumeDirectlyResult, SendResult } from '../shared/views'
import type { Finder } from './find'

const PRODUCER_GROUP = 'CLIENT_INNER_PRODUCER'
const MAX_PROPERTIES_BYTES = 32_767
const PERM_WRITE = 2
const ROUTE_KEPT_MS = 2000
const MOST_ROUTES = 1000

export interface Sender {
  send(input: SendInput): Promise<SendResult>
  consumeDirectly(input: ConsumeDirectlyInput): Promise<ConsumeDirectlyResult>
  resend(input: ResendInput): Promise<SendResult>
  /** A dead message, alive again: to its topic of old, or to the retry topic of its group. */
  putBack(message: WireMessage, way: PutBack): Promise<SendResult>
}
export interface PutBack {
  topic: string
  /** Where it came from before it died. */
  origin: string
  /** What is written on it, so that it is found again. */
  marks: Readonly<Record<string, string>>
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
        : queues[shardingKey ? hash(shardingKey) % queues.length : Math.floor(random() * queues.length)]
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
    more: { sysFlag: number; flag?: number; reconsumeTimes?: number },
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

  return {
    async send(input) {
      const body = bodyOf(input.body)
      for (const [name, value] of Object.entries(input.properties)) {
        if (isSystemProperty(name))
          throw new DeskError('bad-input', `${name} is a name of the system; a message of a user cannot set it.`)
        if (separators.test(name) || separators.test(value))
          throw new DeskError('bad-input', `${name} holds a character that separates properties.`)
        if (value === '') throw new DeskError('bad-input', `${name} has no value: brokers drop such a property.`)
      }
      if (separators.test(input.tag) || input.tag.includes('|'))
        throw new DeskError('bad-input', 'A tag holds no | and no control character.')
      if (input.deliverAt !== undefined && (input.delayLevel ?? 0) > 0)
        throw new DeskError('bad-input', 'A delay level or a time, not both.')
      const uniqueId = ids.next()
      const level = input.delayLevel ?? 0
      const properties = propertiesText([
        [Property.uniqueKey, uniqueId],
        [Property.wait, 'true'],
        [Property.tags, input.tag === '' ? undefined : input.tag],
        [Property.keys, input.keys.length === 0 ? undefined : input.keys.join(' ')],
        [Property.shardingKey, input.shardingKey || undefined],
        [Property.delayLevel, level > 0 ? String(level) : undefined],
        [Property.timerDeliverMs, input.deliverAt === undefined ? undefined : String(input.deliverAt)],
        ...Object.entries(input.properties),
      ])
      const queue = await queueFor(input.topic, input.queue, input.shardingKey)
      return deliver(input.topic, queue, body, properties, uniqueId, { sysFlag: 0 })
    },

    async consumeDirectly({ group, offsetId, clientId, confirm }) {
      if (confirm !== group) throw new DeskError('confirm-mismatch', `The name typed is not ${group}.`)
      const { message, broker } = await finder.load(offsetId)
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

    async resend({ group, offsetId, confirm }) {
      if (confirm !== group) throw new DeskError('confirm-mismatch', `The name typed is not ${group}.`)
      const { message } = await finder.load(offsetId)
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
// biome-ignore lint/suspicious/noControlCharactersInRegex: the two that end a name and a value
const separators = /[\u0001\u0002]/
const bodyOf = ({ kind, value }: SendInput['body']): Buffer => {
  if (kind === 'text') return Buffer.from(value, 'utf8')
  const digits = value.replace(/\s+/g, '')
  const valid = kind === 'hex' ? /^(?:[0-9a-fA-F]{2})*$/ : /^[A-Za-z0-9+/]*={0,2}$/
  if (!valid.test(digits)) throw new DeskError('bad-input', `The body is no ${kind}.`)
  return Buffer.from(digits, kind)
}
/** As Java's String.hashCode, without its sign: the same key goes to the same queue. */
const hash = (text: string): number => {
  let found = 0
  for (let i = 0; i < text.length; i++) found = (Math.imul(found, 31) + text.charCodeAt(i)) | 0
  return Math.abs(found === -0x8000_0000 ? 0 : found)
}
