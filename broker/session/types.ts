// broker/session/types.ts: who is connected now and what they wait for. All of it may be forgotten at a restart: clients
// say it again. One thread owns the tables. Nothing here is walked on the path of a message.

import type { Connection } from '../net/types'
import type { ConsumeFromWhere, ConsumeType, MessageModel } from '../protocol/bodies'
import type { LanguageName } from '../protocol/codes'
import type { SubscriptionData } from '../protocol/subscription'

export type { ConsumeType, MessageModel }

/** One client on one connection. */
export interface ClientChannel {
  readonly connection: Connection
  readonly clientId: string
  readonly language: LanguageName
  /** The client's MQVersion ordinal. */
  readonly version: number
  readonly lastUpdateMs: number
}

/** What the members of a group said last: type, model and start are those of the last heartbeat. */
export interface ConsumerGroup {
  readonly group: string
  readonly consumeType: ConsumeType
  readonly messageModel: MessageModel
  readonly consumeFromWhere: ConsumeFromWhere
  /** Of the last heartbeat with subscriptions; 0 in the first form of the heartbeat. */
  readonly fingerprint: number
  readonly channels: ReadonlyMap<Connection, ClientChannel>
  readonly subscriptions: ReadonlyMap<string, SubscriptionData>
  readonly lastUpdateMs: number
}

export interface ConsumerRegistration {
  group: string
  consumeType: ConsumeType
  messageModel: MessageModel
  consumeFromWhere: ConsumeFromWhere
  /** undefined: as last time (heartbeat V2 without subscriptions). */
  subscriptions: readonly SubscriptionData[] | undefined
  fingerprint: number
  notify: boolean
}

export interface Consumers {
  /** A group with at least one channel, or undefined. */
  get(group: string): ConsumerGroup | undefined
  groups(): Iterable<ConsumerGroup>
  /** Client ids in the order they came. */
  clientIds(group: string): string[]
  channelOf(group: string, clientId: string): ClientChannel | undefined
  /** Groups that subscribe the topic now. */
  groupsOf(topic: string): string[]
  /** The subscription of a connected group, or one that a pull brought itself within the last 10 minutes. */
  subscriptionOf(group: string, topic: string): SubscriptionData | undefined
  /** Remembers what a pull said about itself, for groups without heartbeat. */
  notePullSubscription(group: string, subscription: SubscriptionData): void
  /** True when members or subscribed topics changed; the members were then told (40). */
  register(channel: Omit<ClientChannel, 'lastUpdateMs'>, registration: ConsumerRegistration): boolean
  unregister(group: string, clientId: string, connection: Connection, notify: boolean): void
  connectionClosed(connection: Connection): void
  /** Closes and drops channels without a heartbeat for `expiryMs`; members are not told, as in Apache. */
  expire(expiryMs: number): void
  /** Told when a group lost its last channel. */
  onGroupGone(listener: (group: string) => void): void
}

export interface Producers {
  get(group: string): ReadonlyMap<Connection, ClientChannel> | undefined
  groups(): Iterable<readonly [group: string, channels: ReadonlyMap<Connection, ClientChannel>]>
  register(group: string, channel: Omit<ClientChannel, 'lastUpdateMs'>): void
  unregister(group: string, clientId: string, connection: Connection): void
  /** The connection of the producer with this client id, in any group. */
  channelOf(clientId: string): ClientChannel | undefined
  /** A live channel of the group, another one each time. */
  next(group: string): ClientChannel | undefined
  connectionClosed(connection: Connection): void
  expire(expiryMs: number): void
}

export interface QueueName {
  topic: string
  brokerName: string
  queueId: number
}
/** Order locks: who may consume a queue in order. A lock not renewed for 60 s is anybody's. */
export interface QueueLocks {
  /** Takes what is free, own or expired; answers with the queues the client now holds. */
  lock(group: string, clientId: string, queues: readonly QueueName[]): QueueName[]
  unlock(group: string, clientId: string, queues: readonly QueueName[]): void
  /** How many are kept, expired ones for a while too. */
  readonly size: number
  /** Whether any client holds an unexpired lock in the group. */
  isAnyHeld(group: string): boolean
  /** Unexpired holders by queue, for the console. */
  of(group: string): { queue: QueueName; clientId: string; renewedAtMs: number }[]
}

/** A pull that found nothing. Exactly one of its two ends is called, once. */
export interface HeldPull {
  readonly connection: Connection
  readonly group: string
  readonly topic: string
  readonly queueId: number
  /** Wakes when the queue's max offset passes this. */
  readonly queueOffset: number
  readonly deadlineMs: number
  /** By tag hash: may the new message be one of mine? */
  readonly wants: (tagsCode: number) => boolean
  /** A message came, the time is over, or the role of the broker changed: look again and answer. */
  readonly wake: () => void
}
export interface HeldPulls {
  readonly count: number
  /** False when the table is full: answer at once. */
  hold(pull: HeldPull): boolean
  /** A queue's max offset moved: wakes, in this same loop turn, those that wait for less and may want the message. */
  arrived(topic: string, queueId: number, maxOffset: number, tagsCode: number): void
  /** Wakes what this group waits for in a queue: its offset there was moved. */
  wakeGroup(group: string, topic: string, queueId: number): void
  /** Wakes those whose time is over; driven by the table's own timer. */
  expire(): void
  wakeAll(): void
  connectionClosed(connection: Connection): void
  close(): void
}

/** One who pops and found nothing. */
export interface HeldPop {
  readonly connection: Connection
  readonly topic: string
  readonly group: string
  /** -1: whichever queue has something. */
  readonly queueId: number
  readonly deadlineMs: number
  /** Of the topic's own messages; retries are always wanted. */
  wants(tagsCode: number): boolean
  wake(): void
}
export interface HeldPops {
  readonly count: number
  /** False when too many wait, all in all or for this queue and group. */
  hold(pop: HeldPop): boolean
  waiting(topic: string, group: string, queueId: number): number
  /** A message came to a topic, or to a retry topic of it: one pop of each group is woken. */
  arrived(topic: string, queueId: number, tagsCode: number): void
  /** There may be something for the group: one that waits for this queue or for any is woken, later in this turn. */
  wakeOne(topic: string, group: string, queueId: number): void
  connectionClosed(connection: Connection): void
  /** Wakes all, and nobody is held from then on. */
  close(): void
}
