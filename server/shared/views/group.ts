// server/shared/views/group.ts: consumer groups, their queues and clients. Types only.
import type { Known } from '../known'
import type { Missing } from './fault'
import type { Behind, Drain, Offset, Spark, Total } from './figures'

export type GroupState =
  | 'consuming'
  | 'catching-up'
  | 'stalled'
  | 'blocked'
  | 'rebalancing'
  | 'mismatch'
  | 'no-client'
  | 'switched-off'
  | 'unknown'
/** A queue with unread messages at which a group has stood still for a minute or more. */
export interface StillQueue {
  topic: string
  broker: string
  queueId: number
  /** Of the message it stands at. */
  offset: Offset
  sinceMs: number
  lag: number
}
/** What ails a group whose clients are connected, worst first. */
export type GroupTrouble =
  | {
      /** blocked: these stand while others move, or are read in order; stalled: none moves. */
      kind: 'blocked' | 'stalled'
      /** As its clients say; null when none says. */
      orderly: boolean | null
      queues: StillQueue[]
      /** How many queues stand still: `queues` holds the first of them. */
      count: number
    }
  /** Clients subscribe to different things; who differs from the most, where clients say. */
  | { kind: 'mismatch'; topics: { topic: string; differing: string[] }[] }
  /** One group reads ordered and plain topics: advised against. */
  | { kind: 'mixed-kinds'; ordered: string[]; plain: string[] }
export interface GroupMode {
  model: 'CLUSTERING' | 'BROADCASTING' | null
  order: 'concurrent' | 'orderly' | null
  how: 'push' | 'pull' | 'pop' | null
}
export interface GroupRow {
  name: string
  system: boolean
  state: GroupState
  troubles: GroupTrouble[]
  mode: GroupMode
  clients: Known<number>
  topics: string[]
  lag: Total
  /** Unread messages of the retry topic, never added to lag. */
  retryLag: Total
  behind: Behind
  inPerSecond: Total
  outPerSecond: Total
  growthPerSecond: Known<number>
  drain: Drain
  spark: Spark
  deadLetters: Known<number>
  /** Oldest and newest client version seen. */
  versions: readonly [string, string] | null
  /** No client for 24 h, or switched off: left out of totals and verdict. */
  idle: boolean
  level: 'ok' | 'warning' | 'critical' | 'unknown'
}
export interface GroupQueueRow {
  topic: string
  broker: string
  queueId: number
  min: Known<Offset>
  committed: Known<Offset>
  max: Known<Offset>
  lag: Known<number>
  behind: Behind
  /** Client id of who reads it now. */
  owner: Known<string | null>
  lastCommitAt: Known<number | null>
  outPerSecond: Known<number>
}
export interface GroupBrokerConfig {
  broker: string
  consumeEnable: boolean
  consumeFromMinEnable: boolean
  consumeBroadcastEnable: boolean
  consumeMessageOrderly: boolean
  retryQueueNums: number
  retryMaxTimes: number
  brokerId: number
  whichBrokerWhenConsumeSlowly: number
  notifyConsumerIdsChangedEnable: boolean
  consumeTimeoutMinute: number
  attributes: Record<string, string>
}
export interface GroupView {
  row: GroupRow
  queues: GroupQueueRow[]
  configs: GroupBrokerConfig[]
  clients: GroupClientRow[]
  missing: Missing[]
  at: number
}
/** A script that says which messages a group gets, at one broker. Counts: since the broker's start, or since it was set. */
export interface GroupFilter {
  source: string
  /** What becomes of a message that it cannot judge: delivered, or left out. */
  onFault: 'open' | 'closed'
  timeLimitMs: number
  setAt: number
  passed: number
  leftOut: number
  faults: number
  lastFault: string | null
  lastFaultAt: number | null
  /** It failed too badly, and is not asked until then. */
  restsUntil: number | null
}
export interface GroupFilterRow {
  broker: string
  /** null: it has none; 'not-supported': as Apache's brokers. */
  filter: Known<GroupFilter | null>
}
/** What a script said of one message; it was not given to the group, nor kept from it. */
export interface GroupFilterTrial {
  verdict: 'passed' | 'left-out' | 'fault'
  /** Why it could not judge it. */
  fault: string | null
  message: { topic: string; offsetId: string; broker: string; queueId: number; queueOffset: Offset; storedAt: number }
}
export interface GroupClientRow {
  clientId: string
  address: string
  language: string
  version: string
  protocol: 'remoting' | 'grpc' | 'unknown'
}
/** What one client says about itself (asked on demand; the broker passes the question on). */
export interface ClientRunning {
  clientId: string
  at: number
  properties: Record<string, string>
  queues: {
    topic: string
    broker: string
    queueId: number
    commitOffset: Offset
    cachedMessages: number
    cachedMiB: number
    locked: boolean
    lastPullAt: number | null
    lastConsumeAt: number | null
  }[]
  topics: {
    topic: string
    pullRtMs: number
    pullPerSecond: number
    consumeRtMs: number
    okPerSecond: number
    failedPerSecond: number
    failedLastHour: number
  }[]
  subscriptions: { topic: string; expression: string; type: string; version: number }[]
  /** Null when not asked for, not allowed, or this client's language has none. */
  stack: string | null
}
export interface SubscriptionMatrix {
  /** As the broker holds it for the group. */
  group: { topic: string; expression: string; type: string }[]
  clients: {
    clientId: string
    known: Known<{ topic: string; expression: string; type: string }[]>
    /** After how many tries it gives a message up: -1 as its library does; null: it does not say. */
    tries: number | null
  }[]
  /** The same by the group's configuration: more than one where brokers differ. */
  tries: number[]
  /** Topics on which clients disagree, and who differs from the most. */
  disagreements: { topic: string; differing: string[] }[]
}
