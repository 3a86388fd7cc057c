// broker/session/consumers.ts: who consumes now, in which group, and what each group subscribes. Owner: the broker's
// thread; told by heartbeats, forgotten with the connection. Lookups by group, by topic and by connection are one step each.
import type { Connection } from '../net/types'
import type { ConsumeFromWhere } from '../protocol/bodies'
import { RequestCode } from '../protocol/codes'
import type { SubscriptionData } from '../protocol/subscription'
import type { ClientChannel, ConsumerGroup, ConsumerRegistration, Consumers, ConsumeType, MessageModel } from './types'

export interface ConsumersOptions {
  clock: () => number
  log: (level: 'debug' | 'info' | 'warn', line: string) => void
}
export const createConsumers = (options: ConsumersOptions): Consumers => new Online(options)

/** How long a subscription that came with a pull is remembered. */
const pullSubscriptionMs = 600_000
/** Pulls can bring any name: no more of their subscriptions than this are kept. */
const maxPullSubscriptions = 10_000

class Group implements ConsumerGroup {
  readonly channels = new Map<Connection, ClientChannel>()
  readonly subscriptions = new Map<string, SubscriptionData>()
  readonly group: string
  consumeType: ConsumeType
  messageModel: MessageModel
  consumeFromWhere: ConsumeFromWhere
  lastUpdateMs: number
  fingerprint = 0
  constructor(said: ConsumerRegistration, nowMs: number) {
    this.group = said.group
    this.consumeType = said.consumeType
    this.messageModel = said.messageModel
    this.consumeFromWhere = said.consumeFromWhere
    this.lastUpdateMs = nowMs
  }
}

class Online implements Consumers {
  readonly #options: ConsumersOptions
  readonly #groups = new Map<string, Group>()
  readonly #groupsByTopic = new Map<string, Set<string>>()
  readonly #groupsByConnection = new Map<Connection, Set<string>>()
  readonly #fromPulls = new Map<string, { subscription: SubscriptionData; atMs: number }>()
  readonly #gone: ((group: string) => void)[] = []

  constructor(options: ConsumersOptions) {
    this.#options = options
  }

  get(group: string): ConsumerGroup | undefined {
    return this.#groups.get(group)
  }
  groups(): Iterable<ConsumerGroup> {
    return this.#groups.values()
  }
  clientIds(group: string): string[] {
    return [...(this.#groups.get(group)?.channels.values() ?? [])].map((channel) => channel.clientId)
  }
  channelOf(group: string, clientId: string): ClientChannel | undefined {
    for (const channel of this.#groups.get(group)?.channels.values() ?? []) {
      if (channel.clientId === clientId) return channel
    }
    return undefined
  }
  groupsOf(topic: string): string[] {
    return [...(this.#groupsByTopic.get(topic) ?? [])]
  }

  subscriptionOf(group: string, topic: string): SubscriptionData | undefined {
    const held = this.#groups.get(group)?.subscriptions.get(topic)
    if (held !== undefined) return held
    const pulled = this.#fromPulls.get(`${topic}@${group}`)
    return pulled !== undefined && pulled.atMs > this.#options.clock() - pullSubscriptionMs
      ? pulled.subscription
      : undefined
  }

  notePullSubscription(group: string, subscription: SubscriptionData): void {
    const key = `${subscription.topic}@${group}`
    if (!this.#fromPulls.has(key) && this.#fromPulls.size >= maxPullSubscriptions) {
      const oldest = this.#fromPulls.keys().next().value
      if (oldest !== undefined) this.#fromPulls.delete(oldest)
    }
    this.#fromPulls.delete(key) // the map stays in order of age
    this.#fromPulls.set(key, { subscription, atMs: this.#options.clock() })
  }

  register(channel: Omit<ClientChannel, 'lastUpdateMs'>, said: ConsumerRegistration): boolean {
    const nowMs = this.#options.clock()
    let group = this.#groups.get(said.group)
    if (group === undefined) {
      group = new Group(said, nowMs)
      this.#groups.set(said.group, group)
    }
    group.consumeType = said.consumeType
    group.messageModel = said.messageModel
    group.consumeFromWhere = said.consumeFromWhere
    group.lastUpdateMs = nowMs
    if (said.subscriptions !== undefined) group.fingerprint = said.fingerprint
    const isNewMember = !group.channels.has(channel.connection)
    group.channels.set(channel.connection, { ...channel, lastUpdateMs: nowMs })
    if (isNewMember) add(this.#groupsByConnection, channel.connection, said.group)
    const hasOtherTopics = said.subscriptions !== undefined && this.#subscribe(group, said.subscriptions)
    if (!isNewMember && !hasOtherTopics) return false
    if (isNewMember) this.#options.log('info', `${channel.clientId} joined group ${said.group}`)
    if (said.notify) this.#notify(group)
    return true
  }

  /** True when a topic came or went; another expression for a known topic does not count. */
  #subscribe(group: Group, subscriptions: readonly SubscriptionData[]): boolean {
    let changed = false
    const topics = new Set<string>()
    for (const subscription of subscriptions) {
      topics.add(subscription.topic)
      const held = group.subscriptions.get(subscription.topic)
      if (held === undefined) {
        changed = true
        add(this.#groupsByTopic, subscription.topic, group.group)
      } else if (held.subVersion >= subscription.subVersion) continue
      group.subscriptions.set(subscription.topic, subscription)
    }
    for (const topic of group.subscriptions.keys()) {
      if (topics.has(topic)) continue
      changed = true
      group.subscriptions.delete(topic)
      drop(this.#groupsByTopic, topic, group.group)
    }
    return changed
  }

  unregister(name: string, clientId: string, connection: Connection, notify: boolean): void {
    const group = this.#groups.get(name)
    if (group === undefined || group.channels.get(connection)?.clientId !== clientId) return
    this.#leave(group, connection)
    if (notify) this.#notify(group)
  }

  connectionClosed(connection: Connection): void {
    for (const name of [...(this.#groupsByConnection.get(connection) ?? [])]) {
      const group = this.#groups.get(name)
      if (group === undefined) continue
      this.#leave(group, connection)
      this.#notify(group)
    }
  }

  expire(expiryMs: number): void {
    const before = this.#options.clock() - expiryMs
    for (const group of [...this.#groups.values()]) {
      for (const channel of [...group.channels.values()]) {
        if (channel.lastUpdateMs >= before) continue
        this.#options.log('warn', `${channel.clientId} of group ${group.group} sent no heartbeat for ${expiryMs} ms`)
        this.#leave(group, channel.connection)
        channel.connection.close('no heartbeat')
      }
    }
  }

  onGroupGone(listener: (group: string) => void): void {
    this.#gone.push(listener)
  }

  #leave(group: Group, connection: Connection): void {
    const channel = group.channels.get(connection)
    if (channel === undefined) return
    group.channels.delete(connection)
    drop(this.#groupsByConnection, connection, group.group)
    this.#options.log('info', `${channel.clientId} left group ${group.group}`)
    if (group.channels.size > 0) return
    this.#groups.delete(group.group)
    for (const topic of group.subscriptions.keys()) drop(this.#groupsByTopic, topic, group.group)
    for (const listener of this.#gone) listener(group.group)
  }

  /** Members look again who shares the queues. In broadcasting nobody shares. */
  #notify(group: Group): void {
    if (group.messageModel === 'BROADCASTING') return
    for (const connection of group.channels.keys()) {
      connection.oneway(RequestCode.NOTIFY_CONSUMER_IDS_CHANGED, { consumerGroup: group.group })
    }
  }
}

function add<K>(table: Map<K, Set<string>>, key: K, name: string): void {
  const names = table.get(key)
  if (names === undefined) table.set(key, new Set([name]))
  else names.add(name)
}
function drop<K>(table: Map<K, Set<string>>, key: K, name: string): void {
  const names = table.get(key)
  names?.delete(name)
  if (names?.size === 0) table.delete(key)
}
