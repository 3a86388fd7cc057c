// server/metrics/collect.ts: asks the brokers and writes what they say into the state. Few and batched: per broker and
// turn one runtime table and one table of all offsets; long answers at an interval of 50 times what they cost.
import type { Admin } from '../admin/open'
import { storeTimeOf } from '../admin/store-time'
import type { BrokerAddress } from '../admin/types'
import { brokerKey, RETRY_PREFIX } from '../shared/names'
import { commitOfMaster, commitOfSlave } from './commit'
import {
  askable,
  type BrokerState,
  type ClusterState,
  type GroupState,
  newBroker,
  newGroup,
  newTopic,
  type PositionState,
  positionOf,
  queueOf,
  type TopicState,
} from './state'

/** A long answer costs the broker at most 2 % of its time. */
const COST_FACTOR = 50
const SMALL_ANSWER_BYTES = 256 * 1024
/** A small answer that took long waited for a busy machine: what appears there is seen soon all the same. */
const SMALL_EVERY_MS = 15_000
const LARGE_EVERY_MS = 60_000
const CONFIG_EVERY_MS = 600_000
const HA_EVERY_MS = 15_000
const PRODUCERS_EVERY_MS = 15_000
const SILENT_KEPT_MS = 24 * 3_600_000
const CALL_TIMEOUT_MS = 3000
/** Clients of one group that are asked about themselves in one turn; who gave no answer is left alone for so long. */
const CLIENTS_ASKED = 8
const MUTE_MS = 600_000
const CHANGES_KEPT = 8

export class Collector {
  readonly #admin: Admin
  readonly #state: ClusterState
  readonly #now: () => number
  readonly #turnMs: number
  /** Keys that the name servers named last. */
  #listed: ReadonlySet<string> = new Set()
  /** Addresses whose place another took, and since when they were silent. */
  readonly #lost = new Map<string, number>()
  /** Where each broker's master was named last, by the broker's name: for a while in between it may be named nowhere. */
  readonly #masters = new Map<string, string>()
  constructor(admin: Admin, state: ClusterState, now: () => number, turnMs: number) {
    this.#admin = admin
    this.#state = state
    this.#now = now
    this.#turnMs = turnMs
  }

  /** Who is there: name servers and the brokers they know. */
  async nameServers(): Promise<void> {
    const probes = await this.#admin.names.probe(CALL_TIMEOUT_MS)
    const now = this.#now()
    this.#state.nameServers = probes.map(({ address, ok, tookMs }) => {
      const before = this.#state.nameServers.find((one) => one.address === address)
      return { address, ok, tookMs: ok ? tookMs : null, sinceMs: before?.ok === ok ? before.sinceMs : now }
    })
    if (!probes.some(({ ok }) => ok)) return
    const found = await this.#admin.names.brokers()
    for (const address of found) {
      const key = brokerKey(address.name, address.id)
      const held = this.#state.brokers.get(key)
      if (held === undefined) {
        const moved = address.id === 0 && (this.#masters.get(address.name) ?? address.address) !== address.address
        this.#state.brokers.set(key, Object.assign(newBroker(address, key), { tookOverAt: moved ? now : null }))
      } else if (held.address === address.address) Object.assign(held, address)
      else this.#tookOver(held, address)
      if (address.id === 0) this.#masters.set(address.name, address.address)
    }
    const listed = new Set(found.map(({ name, id }) => brokerKey(name, id)))
    this.#listed = listed
    const taken = new Set(found.map(({ address }) => address))
    for (const [key, broker] of this.#state.brokers) {
      if (listed.has(key)) continue
      // Under a controller a slave that becomes master has another id at the same address.
      if (taken.has(broker.address)) this.#state.brokers.delete(key)
      else if (broker.state !== 'silent') this.#silent(broker)
      else if (now - (broker.silentSinceMs ?? now) > SILENT_KEPT_MS) {
        this.#state.brokers.delete(key)
        if (broker.id === 0) this.#masters.delete(broker.name)
      }
    }
  }

  /** One broker, all that is due. A silent one costs one call that times out. */
  async broker(broker: BrokerState, registered: (address: BrokerAddress) => boolean = () => true): Promise<void> {
    if (!registered(broker)) return
    try {
      await this.#runtime(broker)
    } catch {
      this.#silent(broker) // whatever the fault: there is no figure of this turn
      return
    }
    const now = this.#now()
    const due = (at: number, everyMs: number): boolean => now - at >= everyMs - this.#turnMs / 2
    const parts: Promise<void>[] = []
    if (due(broker.configAt, CONFIG_EVERY_MS)) parts.push(this.config(broker))
    if (askable(this.#state).includes(broker)) {
      const longEvery =
        broker.statsBytes <= SMALL_ANSWER_BYTES
          ? Math.max(this.#turnMs, Math.min(SMALL_EVERY_MS, COST_FACTOR * broker.statsCostMs))
          : Math.max(LARGE_EVERY_MS, COST_FACTOR * broker.statsCostMs)
      if (due(broker.topicsAt, longEvery)) parts.push(this.topicConfigs(broker))
      if (due(broker.groupsAt, longEvery)) parts.push(this.groupConfigs(broker))
      if (due(broker.producersAt, PRODUCERS_EVERY_MS)) parts.push(this.#producers(broker))
      parts.push(this.offsets(broker))
      if (due(broker.statsAt, longEvery)) parts.push(this.#consumeStats(broker))
    }
    // Each part that fails keeps its old values, whose age says so.
    await Promise.allSettled(parts)
    // after the config, which says where the controller is
    if (due(broker.haAt, HA_EVERY_MS)) await this.#ha(broker).catch(() => undefined) // as above
    if (due(broker.routeAt, HA_EVERY_MS)) await this.route(broker).catch(() => undefined) // as above
  }
  /** Another process stands in this place now, as after a failover: nothing that the former one said holds for it. */
  #tookOver(held: BrokerState, address: BrokerAddress): void {
    const at = this.#now()
    this.#lost.set(held.address, held.silentSinceMs ?? at)
    const { key, topicConfigs, groupConfigs } = held
    // topics and groups go with the name; they are asked for anew, and are not new to us
    const asked = { topicConfigs, groupConfigs, topicsAt: 1, groupsAt: 1 }
    this.#state.brokers.set(key, Object.assign(newBroker(address, key), { ...asked, tookOverAt: at }))
  }
  /**
   * A master that ended has no place in the routes, where its id is the new one's: the controller alone still tells of it,
   * until it is made to forget it.
   */
  #members({ name, wireCluster, replicas }: BrokerState): void {
    if (replicas === null) return
    const { brokers } = this.#state
    for (const { id, address, alive } of replicas.brokers) {
      const key = brokerKey(name, id)
      if (alive || brokers.has(key) || [...brokers.values()].some((one) => one.address === address)) continue
      const broker = newBroker({ name, wireCluster, id, address }, key)
      this.#silent(broker)
      broker.silentSinceMs = this.#lost.get(address) ?? broker.silentSinceMs
      brokers.set(key, broker)
    }
    const known = new Set(replicas.brokers.map(({ address }) => address))
    for (const [key, one] of brokers)
      if (one.name === name && one.state === 'silent' && !this.#listed.has(key) && !known.has(one.address))
        brokers.delete(key)
  }
  #silent(broker: BrokerState): void {
    if (broker.state !== 'silent') broker.silentSinceMs = this.#now()
    broker.state = 'silent'
  }

  async #runtime(broker: BrokerState): Promise<void> {
    const runtime = await this.#admin.brokers.runtime(broker.address)
    const at = this.#now()
    broker.runtime = runtime
    broker.runtimeAt = broker.answeredAt = at
    broker.state = 'ok'
    broker.silentSinceMs = null
    const restarted = broker.bootTimestamp !== runtime.bootTimestamp
    broker.bootTimestamp = runtime.bootTimestamp
    const counters = [
      [broker.in, 'msgPutTotalTodayNow', 0],
      // What this console reads itself is no traffic of the cluster.
      [broker.out, 'msgGetTotalTodayNow', this.#admin.messages.readFrom(broker.address)],
      [broker.inBytes, 'putMessageSizeTotal', 0],
    ] as const
    for (const [meter, key, own] of counters) {
      const value = Number(runtime[key]) - own
      if (runtime[key] === undefined || !Number.isFinite(value)) continue
      // A read under way is counted by the broker before it is by us: that is no restart.
      const before = meter.value
      meter.read(!restarted && 'value' in before ? Math.max(value, before.value) : value, at)
    }
  }
  async config(broker: BrokerState): Promise<void> {
    broker.config = await this.#admin.brokers.config(broker.address)
    broker.configAt = this.#now()
  }
  async #ha(broker: BrokerState): Promise<void> {
    broker.haAt = this.#now()
    broker.ha = broker.id === 0 ? await this.#admin.brokers.haStatus(broker.address) : null
    const { enableControllerMode, controllerAddr = '' } = broker.config
    const [controller = ''] = controllerAddr.split(';')
    broker.replicas =
      enableControllerMode === 'true' && controller !== ''
        ? await this.#admin.brokers.replicas(controller, broker.name)
        : null
    this.#members(broker)
  }
  /** Whether producers are sent to this broker. A topic of the broker's own name is on every broker. */
  async route(broker: BrokerState): Promise<void> {
    if (broker.id !== 0) return
    const own = broker.topicConfigs.has(broker.name)
      ? broker.name
      : [...broker.topicConfigs.values()].find(({ perm }) => (perm & 2) !== 0)?.topic
    if (own === undefined) return
    const route = await this.#admin.names.route(own)
    broker.routePerm = route?.queues.find((queue) => queue.broker === broker.name)?.perm ?? null
    broker.routeAt = this.#now()
  }
  async #producers(broker: BrokerState): Promise<void> {
    broker.producersAt = this.#now()
    broker.producers = await this.#admin.brokers.producers(broker.address)
  }

  async topicConfigs(broker: BrokerState): Promise<void> {
    const configs = await this.#admin.brokers.topicConfigs(broker.address)
    const at = this.#now()
    const lookedAt = broker.topicsAt
    const isNew = lookedAt > 0
    broker.topicConfigs = new Map(configs.map((config) => [config.topic, config]))
    broker.topicsAt = at
    for (const { topic, readQueues, writeQueues } of configs) {
      const held = this.topic(topic, isNew)
      held.seenAt = at
      for (let id = 0; id < Math.max(readQueues, writeQueues); id++) {
        const queue = queueOf(held, broker.name, id)
        // It was not there when we last looked: what lies in it came since, and is a rate already.
        if (held.isNew && queue.maxAt === 0 && queue.emptyAt === 0) queue.emptyAt = lookedAt
      }
    }
    for (const [name, topic] of this.#state.topics) {
      if (this.#brokersWithTopic(name)) continue
      // A topic of a broker that is silent now stays listed; its figures say why they are unknown.
      if ([...this.#state.brokers.values()].some((one) => one.state === 'silent' && one.topicConfigs.has(name)))
        continue
      if (topic.seenAt < at) this.#state.topics.delete(name)
    }
  }
  async groupConfigs(broker: BrokerState): Promise<void> {
    const configs = await this.#admin.brokers.groupConfigs(broker.address)
    const isNew = broker.groupsAt > 0
    broker.groupConfigs = new Map(configs.map((config) => [config.group, config]))
    broker.groupsAt = this.#now()
    for (const { group } of configs) this.group(group, isNew)
    for (const name of this.#state.groups.keys())
      if (![...this.#state.brokers.values()].some((one) => one.groupConfigs.has(name))) this.#state.groups.delete(name)
  }
  #brokersWithTopic(name: string): boolean {
    return [...this.#state.brokers.values()].some((one) => one.state === 'ok' && one.topicConfigs.has(name))
  }

  /** Where all groups stand, in one call. */
  async offsets(broker: BrokerState): Promise<void> {
    const offsets = await this.#admin.brokers.allOffsets(broker.address)
    // While a slave was asked its master may have come back: then the master tells.
    if (!askable(this.#state).includes(broker)) return
    const at = this.#now()
    const commit = broker.id === 0 ? commitOfMaster : commitOfSlave
    broker.offsetsAt = at
    for (const [key, queues] of offsets) {
      const split = key.indexOf('@')
      const group = this.#state.groups.get(key.slice(split + 1))
      const topic = key.slice(0, split)
      if (group === undefined || split < 0) continue
      for (const [queueId, committed] of queues) {
        const position = positionOf(group, topic, broker.name, queueId)
        const before = position.committed
        commit(position, committed, at)
        // Set back: the lag jumped, and a line through the jump would say for minutes that it grows while it is worked off.
        if (position.committed < before) group.lag.clear()
      }
    }
    // What is not in the table any more was removed: a deleted group that came back, a cleaned offset.
    for (const group of this.#state.groups.values())
      for (const [topic, positions] of group.positions) {
        const there = offsets.get(`${topic}@${group.name}`)
        for (const [key, one] of positions) {
          if (one.broker !== broker.name || there?.has(one.queueId) === true) continue
          // A slave may not have copied it yet: that takes nothing away.
          if (broker.id === 0) positions.delete(key)
          else if (one.onSlave === null) one.inDoubt = true
        }
        if (positions.size === 0) group.positions.delete(topic)
      }
  }
  async #consumeStats(broker: BrokerState): Promise<void> {
    const began = performance.now()
    const { groups, sizeBytes } = await this.#admin.brokers.allConsumeStats(broker.address)
    broker.statsCostMs = performance.now() - began
    broker.statsBytes = sizeBytes
    const at = this.#now()
    broker.statsAt = at
    for (const { group: name, queues } of groups) {
      const group = this.#state.groups.get(name)
      for (const one of queues) {
        const queue = queueOf(this.topic(one.topic), one.broker, one.queueId)
        this.#newest(queue, Number(one.brokerOffset), at)
        const position = group?.positions.get(one.topic)?.get(`${one.broker}\n${one.queueId}`)
        if (position !== undefined && Number(one.consumerOffset) === position.committed)
          position.lastTimestamp = one.lastTimestamp
      }
    }
  }
  #newest(queue: TopicState['queues'] extends Map<string, infer Q> ? Q : never, max: number, at: number): void {
    if (at <= queue.maxAt) return
    if (queue.maxAt === 0 && queue.emptyAt > 0) queue.in.read(0, queue.emptyAt)
    queue.max = max
    queue.maxAt = at
    queue.in.read(max, at)
  }

  /** Range and last message of every queue of a topic: one call per broker that has it. */
  async topicStats(topic: TopicState): Promise<void> {
    const brokers = askable(this.#state).filter((one) => one.topicConfigs.has(topic.name))
    const answers = await Promise.allSettled(
      brokers.map((one) => this.#admin.brokers.topicStats(one.address, topic.name)),
    )
    const at = this.#now()
    for (const answer of answers) {
      if (answer.status === 'rejected') continue
      for (const one of answer.value) {
        const queue = queueOf(topic, one.broker, one.queueId)
        this.#newest(queue, Number(one.max), at)
        queue.min = Number(one.min)
        queue.minAt = queue.statsAt = at
        queue.lastStoredAt = one.lastStoredAt > 0 ? one.lastStoredAt : null
      }
    }
    topic.statsAt = at
  }

  /** Who reads for a group: asked of one broker, since a client tells all of them. */
  async clients(group: GroupState): Promise<void> {
    const broker = askable(this.#state).find((one) => one.groupConfigs.has(group.name))
    if (broker === undefined) return
    const found = await this.#admin.brokers.consumers(broker.address, group.name)
    const at = this.#now()
    const ids = (list: readonly { clientId: string }[] | null): string =>
      (list ?? [])
        .map(({ clientId }) => clientId)
        .sort()
        .join('\n')
    const next = found?.connections ?? []
    if (group.clientsAt > 0 && ids(group.clients) !== ids(next)) group.clientsChangedAt = at
    group.clients = next
    group.clientsAt = at
    if (found === null) return
    group.lastClientAt = at
    group.subscriptions = found.subscriptions
    this.#subscribed(group, at)
    group.model = found.messageModel === 'BROADCASTING' ? 'BROADCASTING' : 'CLUSTERING'
    group.consumeType = found.consumeType
  }

  /** Keeps the changes of what the broker holds, to see two clients overwrite each other. */
  #subscribed(group: GroupState, at: number): void {
    const of = group.subscriptions.filter(({ topic }) => !topic.startsWith(RETRY_PREFIX))
    const key = of
      .map(({ topic, type, expression }) => `${topic} ${type} ${expression}`)
      .sort()
      .join('\n')
    if (group.subscriptionLog.at(-1)?.key === key) return
    group.subscriptionLog.push({ key, topics: of.map(({ topic }) => topic), at })
    if (group.subscriptionLog.length > CHANGES_KEPT) group.subscriptionLog.shift()
  }
  /** What the clients of a group say of themselves: their own subscriptions, and whether they read in order. */
  async said(group: GroupState): Promise<void> {
    const broker = askable(this.#state).find((one) => one.groupConfigs.has(group.name))
    const now = this.#now()
    group.saidAt = now
    const online = new Set((group.clients ?? []).map(({ clientId }) => clientId))
    for (const table of [group.said, group.mute]) for (const id of table.keys()) if (!online.has(id)) table.delete(id)
    if (broker === undefined) return
    const asked = [...online].filter((id) => now - (group.mute.get(id) ?? 0) > MUTE_MS).slice(0, CLIENTS_ASKED)
    await Promise.all(
      asked.map(async (id) => {
        try {
          const one = await this.#admin.brokers.running(broker.address, group.name, id, false, CALL_TIMEOUT_MS)
          group.mute.delete(id)
          group.said.set(id, { subscriptions: one.subscriptions, at: now })
          group.orderly = one.properties.PROP_CONSUMEORDERLY === 'true'
        } catch {
          group.mute.set(id, now) // many libraries have no answer: it is left alone for a while
        }
      }),
    )
  }

  /** Store time of the first unread message: one pull, repeated only when the position has moved. */
  async behind(position: PositionState, min: number): Promise<void> {
    const broker = askable(this.#state).find((one) => one.name === position.broker)
    if (broker === undefined) return
    const offset = Math.max(position.committed, min)
    const pulled = await this.#admin.messages.pull(broker.address, {
      group: 'TOOLS_CONSUMER',
      topic: position.topic,
      queueId: position.queueId,
      offset: BigInt(offset),
      max: 1,
      timeoutMs: CALL_TIMEOUT_MS,
    })
    const storedAt = storeTimeOf(pulled.records)
    if (storedAt === null) return
    position.exactFor = position.committed
    position.exactAt = this.#now()
    position.exactStoredAt = storedAt
  }

  topic(name: string, isNew = false): TopicState {
    let topic = this.#state.topics.get(name)
    if (topic === undefined) {
      topic = newTopic(name, this.#now(), isNew)
      this.#state.topics.set(name, topic)
    }
    return topic
  }
  group(name: string, isNew = false): GroupState {
    let group = this.#state.groups.get(name)
    if (group === undefined) {
      group = newGroup(name, this.#now(), isNew)
      this.#state.groups.set(name, group)
    }
    return group
  }
}
