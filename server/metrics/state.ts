// server/metrics/state.ts: what the sampler knows of one cluster right now. Owner: the sampler alone writes; views read.
// Queues are keyed `broker\n3` and offsets are numbers here (exact up to 2^53); what a person acts on is asked anew.
import type {
  BrokerAddress,
  Connection,
  GroupConfig,
  HaStatus,
  Producer,
  Replicas,
  Subscription,
  TopicConfig,
} from '../admin/types'
import { HourLine, Meter, Window } from './meter'

export interface NameServerState {
  address: string
  ok: boolean | null
  sinceMs: number | null
  tookMs: number | null
}
export interface BrokerState extends BrokerAddress {
  key: string
  state: 'ok' | 'silent' | 'unknown'
  silentSinceMs: number | null
  /** When another address was first seen in this place, as after a failover. */
  tookOverAt: number | null
  /** The broker's clock minus ours is not known from any answer; this is when it last answered. */
  answeredAt: number
  runtime: Record<string, string>
  runtimeAt: number
  /** When this life of the broker began, as it says. */
  bootTimestamp: string | undefined
  config: Record<string, string>
  configAt: number
  ha: HaStatus | null
  /** What its controller says; null without one. */
  replicas: Replicas | null
  haAt: number
  /** Permission of the broker's own topic as routes show it; null before it was asked. */
  routePerm: number | null
  routeAt: number
  topicsAt: number
  groupsAt: number
  offsetsAt: number
  statsAt: number
  statsCostMs: number
  statsBytes: number
  producersAt: number
  topicConfigs: Map<string, TopicConfig>
  groupConfigs: Map<string, GroupConfig>
  producers: Producer[]
  in: Meter
  out: Meter
  inBytes: Meter
}
export interface QueueState {
  broker: string
  queueId: number
  min: number
  minAt: number
  max: number
  maxAt: number
  /** When it was not there yet; 0: it was, or nobody had looked. */
  emptyAt: number
  /** Null: never stored, or not known. */
  lastStoredAt: number | null
  statsAt: number
  in: Meter
}
export interface TopicState {
  name: string
  queues: Map<string, QueueState>
  /** When 202 last answered for all brokers of it. */
  statsAt: number
  spark: HourLine
  seenAt: number
  /** It appeared while its broker was being watched: whatever it holds came since. */
  isNew: boolean
}
export interface PositionState {
  topic: string
  broker: string
  queueId: number
  committed: number
  committedAt: number
  /** When it last moved. */
  movedAt: number
  /** Store time of the message before the position, from consume stats; 0 when not known. */
  lastTimestamp: number
  out: Meter
  /** What the slave said last, read in its master's absence; null: the master was the one who told. */
  onSlave: number | null
  /** The master is away and may have known more than it was last asked: where the group stands is at least `committed`. */
  inDoubt: boolean
  /** Store time of the first unread message, read at `exactFor`. */
  exactFor: number
  exactAt: number
  exactStoredAt: number
}
export interface GroupState {
  name: string
  /** Topic to queue to position; includes the retry topic. */
  positions: Map<string, Map<string, PositionState>>
  clients: Connection[] | null
  clientsAt: number
  /** When it last had a client, or when it was first seen. */
  lastClientAt: number
  clientsChangedAt: number
  subscriptions: Subscription[]
  /** The last changes of what the broker holds as the group's subscriptions. */
  subscriptionLog: { key: string; topics: string[]; at: number }[]
  /** What clients say they subscribe to, of those that say it. */
  said: Map<string, { subscriptions: Subscription[]; at: number }>
  /** Clients were last asked about themselves. */
  saidAt: number
  /** Clients that gave no answer, and when. */
  mute: Map<string, number>
  /** Whether its clients consume in order, as they say. */
  orderly: boolean | null
  model: 'CLUSTERING' | 'BROADCASTING' | null
  consumeType: string
  lag: Window
  spark: HourLine
  firstSeenAt: number
  /** It appeared while its broker was being watched: whatever failed in it failed since. */
  isNew: boolean
}
export interface ClusterState {
  turn: number
  /** Grows with every turn and every question asked in between: what is computed from the state holds for one. */
  revision: number
  /** When the last turn ended. */
  at: number
  startedAt: number
  nameServers: NameServerState[]
  brokers: Map<string, BrokerState>
  topics: Map<string, TopicState>
  groups: Map<string, GroupState>
}

export const queueKey = (broker: string, queueId: number): string => `${broker}\n${queueId}`

export const newBroker = (address: BrokerAddress, key: string): BrokerState => ({
  ...address,
  key,
  state: 'unknown',
  silentSinceMs: null,
  tookOverAt: null,
  answeredAt: 0,
  runtime: {},
  runtimeAt: 0,
  bootTimestamp: undefined,
  config: {},
  configAt: 0,
  ha: null,
  replicas: null,
  haAt: 0,
  routePerm: null,
  routeAt: 0,
  topicsAt: 0,
  groupsAt: 0,
  offsetsAt: 0,
  statsAt: 0,
  statsCostMs: 0,
  statsBytes: 0,
  producersAt: 0,
  topicConfigs: new Map(),
  groupConfigs: new Map(),
  producers: [],
  in: new Meter(),
  out: new Meter(),
  inBytes: new Meter(),
})
export const newTopic = (name: string, seenAt: number, isNew = false): TopicState => ({
  name,
  queues: new Map(),
  statsAt: 0,
  spark: new HourLine(),
  seenAt,
  isNew,
})
export const GROWTH_WINDOW_MS = 300_000
export const newGroup = (name: string, now: number, isNew = false): GroupState => ({
  name,
  positions: new Map(),
  clients: null,
  clientsAt: 0,
  lastClientAt: now,
  clientsChangedAt: 0,
  subscriptions: [],
  subscriptionLog: [],
  said: new Map(),
  saidAt: 0,
  mute: new Map(),
  orderly: null,
  model: null,
  consumeType: '',
  lag: new Window(GROWTH_WINDOW_MS),
  spark: new HourLine(),
  firstSeenAt: now,
  isNew,
})
export const queueOf = (topic: TopicState, broker: string, queueId: number): QueueState => {
  const key = queueKey(broker, queueId)
  let queue = topic.queues.get(key)
  if (queue === undefined) {
    queue = {
      broker,
      queueId,
      min: 0,
      minAt: 0,
      max: 0,
      maxAt: 0,
      emptyAt: 0,
      lastStoredAt: null,
      statsAt: 0,
      in: new Meter(),
    }
    topic.queues.set(key, queue)
  }
  return queue
}
export const positionOf = (group: GroupState, topic: string, broker: string, queueId: number): PositionState => {
  let queues = group.positions.get(topic)
  if (queues === undefined) {
    queues = new Map()
    group.positions.set(topic, queues)
  }
  const key = queueKey(broker, queueId)
  let position = queues.get(key)
  if (position === undefined) {
    position = {
      topic,
      broker,
      queueId,
      committed: -1,
      committedAt: 0,
      movedAt: 0,
      lastTimestamp: 0,
      out: new Meter(),
      onSlave: null,
      inDoubt: false,
      exactFor: -1,
      exactAt: 0,
      exactStoredAt: 0,
    }
    queues.set(key, position)
  }
  return position
}
/** A master that name servers send no producer to: its write permission was wiped, or its own setting forbids writes. */
export const isWiped = ({ id, routePerm }: BrokerState): boolean =>
  id === 0 && routePerm !== null && (routePerm & 2) === 0
/** Slaves that serve its consumers while this one is away: one without the setting refuses every pull. */
export const readFrom = (state: ClusterState, broker: Pick<BrokerState, 'name' | 'key'>): BrokerState[] =>
  [...state.brokers.values()].filter(
    (one) =>
      one.name === broker.name &&
      one.key !== broker.key &&
      one.id !== 0 &&
      one.state === 'ok' &&
      one.config.slaveReadEnable === 'true',
  )
/** The member of each broker name to ask about topics and groups: the smallest id that answers. */
export const askable = (state: ClusterState): BrokerState[] => {
  const byName = new Map<string, BrokerState>()
  for (const broker of state.brokers.values()) {
    if (broker.state !== 'ok') continue
    const held = byName.get(broker.name)
    if (held === undefined || broker.id < held.id) byName.set(broker.name, broker)
  }
  return [...byName.values()]
}
/** Names of brokers of which no member answers. */
export const silentNames = (state: ClusterState): Set<string> => {
  const answering = new Set(askable(state).map(({ name }) => name))
  return new Set([...state.brokers.values()].map(({ name }) => name).filter((name) => !answering.has(name)))
}
