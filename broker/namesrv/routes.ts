// broker/namesrv/routes.ts: who is there and who has which topic. All of it comes from brokers that register and is
// forgotten when they go; nothing is kept on disk. Owner: the name server's thread.
import type { Connection } from '../net/types'
import {
  type BrokerData,
  type ClusterInfo,
  type DataVersion,
  type QueueData,
  type RegisterBrokerBody,
  type RouteData,
  sameVersion,
  type TopicConfig,
  type TopicQueueMappingInfo,
} from '../protocol/bodies'
import { Perm } from '../protocol/perm'

export interface Registration {
  clusterName: string
  brokerName: string
  brokerAddr: string
  brokerId: number
  haServerAddr: string | undefined
  zoneName: string | undefined
  heartbeatTimeoutMs: number | undefined
  /** undefined: the broker is older than 5.0. */
  enableActingMaster: boolean | undefined
  body: RegisterBrokerBody
  connection: Connection
}
/** What a slave learns about its master. */
export interface Registered {
  haServerAddr?: string | undefined
  masterAddr?: string | undefined
}
export interface BrokerAt {
  clusterName: string
  brokerName: string
  brokerAddr: string
  brokerId: number
}

/** Read at each use: an operator may change them. */
export interface RouteRules {
  readonly supportActingMaster: boolean
  readonly deleteTopicWithBrokerRegistration: boolean
}
export interface RouteTableOptions {
  rules: RouteRules
  clock: () => number
  log: (level: 'info' | 'warn', line: string) => void
  /** The smallest id among a broker's servers changed; `offline` is the address that left, if one did. */
  onMinBrokerIdChange?: (broker: Broker, change: { offlineAddr?: string; haAddr?: string | undefined }) => void
}

/** A broker's name and the servers under it. */
export interface Broker {
  name: string
  cluster: string
  /** By id; 0 is the master. In ascending order when shown. */
  addrs: Map<number, string>
  enableActingMaster: boolean
  zoneName: string | undefined
}
/** One server that showed itself. */
interface Live extends BrokerAt {
  lastUpdateMs: number
  timeoutMs: number
  dataVersion: DataVersion
  connection: Connection
  haServerAddr: string | undefined
}

const masterId = 0
const defaultTimeoutMs = 120_000
/** Every broker starts with more topics than one: a single one is a change sent by a broker nobody knows yet. */
const onlyAChange = 1
const liveKey = (clusterName: string, brokerAddr: string): string => `${clusterName}\n${brokerAddr}`

export class RouteTable {
  readonly #options: RouteTableOptions
  readonly #topics = new Map<string, Map<string, QueueData>>()
  /** The names of each broker's topics: with many of both nobody looks through all for those of one. */
  readonly #topicsOf = new Map<string, Set<string>>()
  readonly #brokers = new Map<string, Broker>()
  readonly #clusters = new Map<string, Set<string>>()
  readonly #live = new Map<string, Live>()
  /** Keys of those who registered over a connection: many of them may come and go at once. */
  readonly #liveOver = new Map<Connection, Set<string>>()
  readonly #filterServers = new Map<string, string[]>()
  readonly #mappings = new Map<string, Map<string, TopicQueueMappingInfo>>()

  constructor(options: RouteTableOptions) {
    this.#options = options
  }
  get liveCount(): number {
    return this.#live.size
  }

  /** Undefined when it is refused: a lone topic of a broker that has not registered. */
  register(given: Registration): Registered | undefined {
    const { clusterName, brokerName, brokerAddr, brokerId } = given
    const wrapper = given.body.topicConfigSerializeWrapper
    const known = this.#brokers.get(brokerName)
    const key = liveKey(clusterName, brokerAddr)
    const before = known?.addrs.get(brokerId)
    if (before !== undefined && before !== brokerAddr) {
      const held = this.#live.get(liveKey(clusterName, before))?.dataVersion.stateVersion ?? Number.NEGATIVE_INFINITY
      if (held > wrapper.dataVersion.stateVersion) {
        this.#options.log('warn', `${brokerName}:${brokerId} at ${brokerAddr} is ignored: ${before} is newer`)
        this.#dropLive(key)
        return {}
      }
    }
    if (before === undefined && wrapper.topicConfigTable.size === onlyAChange) {
      this.#options.log('warn', `${brokerName}:${brokerId} at ${brokerAddr} sent a single topic before it registered`)
      return undefined
    }
    const held = this.#live.get(key)
    if (held !== undefined && held.brokerName !== brokerName) this.unregister(held) // it goes by another name now
    const cluster = this.#clusters.get(clusterName) ?? new Set()
    this.#clusters.set(clusterName, cluster.add(brokerName))
    const broker = known ?? {
      name: brokerName,
      cluster: clusterName,
      addrs: new Map(),
      enableActingMaster: false,
      zoneName: undefined,
    }
    this.#brokers.set(brokerName, broker)
    broker.enableActingMaster = given.enableActingMaster ?? false
    broker.zoneName = given.zoneName
    const lowered = brokerId < (broker.addrs.size === 0 ? 0 : smallest(broker.addrs))
    for (const [id, addr] of broker.addrs) if (addr === brokerAddr && id !== brokerId) broker.addrs.delete(id)
    broker.addrs.set(brokerId, brokerAddr)
    const isFirst = known === undefined || before === undefined || before === ''

    const isPrimeSlave =
      given.enableActingMaster !== undefined && brokerId !== masterId && brokerId === smallest(broker.addrs)
    if (brokerId === masterId || isPrimeSlave) this.#takeTopics(broker, given, isFirst, isPrimeSlave)

    if (!this.#live.has(key)) {
      this.#options.log('info', `${brokerName}:${brokerId} of ${clusterName} registered from ${brokerAddr}`)
    }
    this.#putLive(key, {
      clusterName,
      brokerName,
      brokerAddr,
      brokerId,
      lastUpdateMs: this.#options.clock(),
      timeoutMs: given.heartbeatTimeoutMs ?? defaultTimeoutMs,
      dataVersion: wrapper.dataVersion,
      connection: given.connection,
      haServerAddr: given.haServerAddr,
    })
    if (given.body.filterServerList.length === 0) this.#filterServers.delete(key)
    else this.#filterServers.set(key, given.body.filterServerList)
    if (lowered) this.#options.onMinBrokerIdChange?.(broker, { haAddr: given.haServerAddr })
    return brokerId === masterId ? {} : this.#masterOf(broker, clusterName)
  }

  #masterOf(broker: Broker, clusterName: string): Registered {
    const masterAddr = broker.addrs.get(masterId)
    const master = masterAddr === undefined ? undefined : this.#live.get(liveKey(clusterName, masterAddr))
    return master === undefined ? {} : { haServerAddr: master.haServerAddr, masterAddr }
  }

  #takeTopics(broker: Broker, given: Registration, isFirst: boolean, isPrimeSlave: boolean): void {
    const { dataVersion, topicConfigTable, topicQueueMappingInfoMap } = given.body.topicConfigSerializeWrapper
    const changed = isFirst || this.hasChanged(given.clusterName, given.brokerAddr, dataVersion)
    if (this.#options.rules.deleteTopicWithBrokerRegistration && topicQueueMappingInfoMap.size === 0) {
      for (const topic of this.#namesOf(broker.name)) {
        if (!topicConfigTable.has(topic)) this.#dropQueues(topic, broker.name)
      }
    }
    const readOnly = isPrimeSlave && broker.enableActingMaster
    for (const topic of topicConfigTable.values()) {
      if (!changed && this.#topics.get(topic.topicName)?.has(broker.name)) continue
      this.#setQueues(broker.name, readOnly ? { ...topic, perm: topic.perm & ~Perm.write } : topic)
    }
    if (!changed) return
    for (const [topic, info] of topicQueueMappingInfoMap) {
      const byBroker = this.#mappings.get(topic) ?? new Map<string, TopicQueueMappingInfo>()
      this.#mappings.set(topic, byBroker.set(info.bname ?? broker.name, info))
    }
  }

  #setQueues(brokerName: string, topic: TopicConfig): void {
    const { perm, readQueueNums, topicSysFlag, writeQueueNums } = topic
    this.#putQueues(topic.topicName, { brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums })
  }
  #putQueues(topic: string, queues: QueueData): void {
    const { brokerName } = queues
    const byBroker = this.#topics.get(topic)
    if (byBroker === undefined) this.#topics.set(topic, new Map([[brokerName, queues]]))
    else byBroker.set(brokerName, queues)
    const names = this.#topicsOf.get(brokerName)
    if (names === undefined) this.#topicsOf.set(brokerName, new Set([topic]))
    else names.add(topic)
  }
  /** A copy: who walks through it may drop some. */
  #namesOf(brokerName: string): string[] {
    return [...(this.#topicsOf.get(brokerName) ?? [])]
  }

  #dropQueues(topic: string, brokerName: string): void {
    const byBroker = this.#topics.get(topic)
    if (byBroker?.delete(brokerName) && byBroker.size === 0) this.#topics.delete(topic)
    // Apache keeps it, and a topic that is made anew under the name stays static for its clients
    const mappings = this.#mappings.get(topic)
    if (mappings?.delete(brokerName) && mappings.size === 0) this.#mappings.delete(topic)
    const names = this.#topicsOf.get(brokerName)
    names?.delete(topic)
    if (names?.size === 0) this.#topicsOf.delete(brokerName)
  }

  unregister({ clusterName, brokerName, brokerAddr, brokerId }: BrokerAt): void {
    const key = liveKey(clusterName, brokerAddr)
    if (this.#dropLive(key)) this.#options.log('info', `${brokerName}:${brokerId} at ${brokerAddr} is gone`)
    this.#filterServers.delete(key)
    const broker = this.#brokers.get(brokerName)
    if (broker === undefined) return
    const wasSmallest = broker.addrs.size > 0 && brokerId === smallest(broker.addrs)
    for (const [id, addr] of broker.addrs) if (addr === brokerAddr) broker.addrs.delete(id)
    if (broker.addrs.size === 0) {
      this.#forget(broker, clusterName)
      return
    }
    if (broker.enableActingMaster && !broker.addrs.has(masterId)) {
      for (const topic of this.#namesOf(brokerName)) {
        const queues = this.#topics.get(topic)?.get(brokerName)
        if (queues !== undefined) queues.perm &= ~Perm.write
      }
    }
    if (wasSmallest) this.#options.onMinBrokerIdChange?.(broker, { offlineAddr: brokerAddr })
  }

  #forget(broker: Broker, clusterName: string): void {
    this.#brokers.delete(broker.name)
    const cluster = this.#clusters.get(clusterName)
    if (cluster?.delete(broker.name) && cluster.size === 0) this.#clusters.delete(clusterName)
    for (const topic of this.#namesOf(broker.name)) this.#dropQueues(topic, broker.name)
  }

  /** Whatever registered over this connection is gone, at once. */
  connectionClosed(connection: Connection): void {
    for (const key of [...(this.#liveOver.get(connection) ?? [])]) {
      const live = this.#live.get(key)
      if (live !== undefined) this.#gone(live)
    }
  }

  #putLive(key: string, live: Live): void {
    this.#dropLive(key)
    this.#live.set(key, live)
    const keys = this.#liveOver.get(live.connection)
    if (keys === undefined) this.#liveOver.set(live.connection, new Set([key]))
    else keys.add(key)
  }
  /** Whether it was there. */
  #dropLive(key: string): boolean {
    const live = this.#live.get(key)
    if (live === undefined) return false
    this.#live.delete(key)
    const keys = this.#liveOver.get(live.connection)
    keys?.delete(key)
    if (keys?.size === 0) this.#liveOver.delete(live.connection)
    return true
  }

  /** Those that have been silent too long are gone. */
  expire(): void {
    const nowMs = this.#options.clock()
    for (const live of [...this.#live.values()]) {
      if (live.lastUpdateMs + live.timeoutMs >= nowMs) continue
      this.#options.log('warn', `${live.brokerAddr} of ${live.clusterName} was silent for ${live.timeoutMs} ms`)
      this.#gone(live)
      live.connection.close(`its broker was silent for ${live.timeoutMs} ms`)
    }
  }

  #gone(live: Live): void {
    const { clusterName, brokerName, brokerAddr, brokerId } = live
    const isThere = this.#brokers.get(brokerName)?.addrs.get(brokerId) === brokerAddr
    if (isThere) this.unregister({ clusterName, brokerName, brokerAddr, brokerId })
    else this.#dropLive(liveKey(clusterName, brokerAddr)) // its place was taken by another address
  }

  /** A sign of life. */
  touch(clusterName: string, brokerAddr: string): void {
    const live = this.#live.get(liveKey(clusterName, brokerAddr))
    if (live !== undefined) live.lastUpdateMs = this.#options.clock()
  }
  versionOf(clusterName: string, brokerAddr: string): DataVersion | undefined {
    return this.#live.get(liveKey(clusterName, brokerAddr))?.dataVersion
  }
  hasChanged(clusterName: string, brokerAddr: string, version: DataVersion): boolean {
    const held = this.versionOf(clusterName, brokerAddr)
    return held === undefined || !sameVersion(held, version)
  }

  /** Who serves the topic, or undefined. */
  route(topic: string): RouteData | undefined {
    const byBroker = this.#topics.get(topic)
    if (byBroker === undefined) return undefined
    const brokers = [...byBroker.keys()].flatMap((name) => this.#brokers.get(name) ?? [])
    if (brokers.length === 0) return undefined
    const actsAsMaster = this.#options.rules.supportActingMaster && !topic.startsWith(memberTopicPrefix)
    const filterServers = brokers.flatMap((broker) =>
      [...broker.addrs.values()].flatMap((addr) => {
        const servers = this.#filterServers.get(liveKey(broker.cluster, addr))
        return servers === undefined ? [] : [[addr, servers] as const]
      }),
    )
    const mappings = this.#mappings.get(topic)
    return {
      brokerDatas: brokers.map((broker) => {
        const shown = shownBroker(broker)
        return actsAsMaster ? withActingMaster(shown, byBroker.get(broker.name)) : shown
      }),
      filterServerTable: new Map(filterServers),
      queueDatas: [...byBroker.values()],
      ...(mappings === undefined ? {} : { topicQueueMappingByBroker: mappings }),
    }
  }

  clusterInfo(): ClusterInfo {
    return {
      brokerAddrTable: new Map([...this.#brokers].map(([name, broker]) => [name, shownBroker(broker)])),
      clusterAddrTable: new Map([...this.#clusters].map(([name, brokers]) => [name, [...brokers]])),
    }
  }
  /** The servers under a broker's name, by id. */
  members(brokerName: string): Map<number, string> {
    const broker = this.#brokers.get(brokerName)
    return broker === undefined ? new Map() : ascending(broker.addrs)
  }

  /** Takes the write permission of every topic of a broker, or gives it back. Answers with how many. */
  setWritable(brokerName: string, writable: boolean): number {
    let count = 0
    for (const topic of this.#namesOf(brokerName)) {
      const queues = this.#topics.get(topic)?.get(brokerName)
      if (queues === undefined) continue
      queues.perm = writable ? Perm.read | Perm.write : queues.perm & ~Perm.write
      count++
    }
    return count
  }

  registerTopic(topic: string, queues: readonly QueueData[]): void {
    const stranger = queues.find((one) => !this.#brokers.has(one.brokerName))
    if (queues.length === 0 || stranger !== undefined) return
    for (const one of queues) this.#putQueues(topic, one)
  }
  deleteTopic(topic: string, clusterName?: string): void {
    if (clusterName === undefined || clusterName === '') {
      for (const brokerName of [...(this.#topics.get(topic)?.keys() ?? [])]) this.#dropQueues(topic, brokerName)
      return
    }
    for (const brokerName of this.#clusters.get(clusterName) ?? []) this.#dropQueues(topic, brokerName)
  }

  get topicNames(): string[] {
    return [...this.#topics.keys()]
  }
  topicsOfCluster(clusterName: string): string[] {
    const brokers = [...(this.#clusters.get(clusterName) ?? [])]
    return [...this.#topics].flatMap(([topic, byBroker]) => (brokers.some((name) => byBroker.has(name)) ? [topic] : []))
  }
  /** Topics whose system flags, as their first broker has them, pass. */
  topicsBySysFlag(passes: (topicSysFlag: number) => boolean): string[] {
    return [...this.#topics].flatMap(([topic, byBroker]) => {
      const [first] = byBroker.values()
      return first !== undefined && passes(first.topicSysFlag) ? [topic] : []
    })
  }
  /** Cluster and broker names, which are topics too, and one server's address. */
  systemTopics(): { topics: string[]; brokerAddr: string | undefined } {
    const topics = [...this.#clusters].flatMap(([cluster, brokers]) => [cluster, ...brokers])
    const [first] = this.#brokers.values()
    const brokerAddr = first === undefined ? undefined : [...ascending(first.addrs).values()][0]
    return { topics: [...new Set(topics)], brokerAddr }
  }
}

const memberTopicPrefix = 'rmq_sys_SYNC_BROKER_MEMBER_'
/** In a loop: who registers a hundred thousand ids must not make too many arguments of them. */
export function smallest(addrs: ReadonlyMap<number, string>): number {
  let least = Number.POSITIVE_INFINITY
  for (const id of addrs.keys()) if (id < least) least = id
  return least
}
const ascending = (addrs: ReadonlyMap<number, string>): Map<number, string> =>
  new Map([...addrs].sort(([a], [b]) => a - b))

const shownBroker = (broker: Broker): BrokerData => ({
  brokerAddrs: ascending(broker.addrs),
  brokerName: broker.name,
  cluster: broker.cluster,
  enableActingMaster: broker.enableActingMaster,
  ...(broker.zoneName === undefined ? {} : { zoneName: broker.zoneName }),
})

/** The slave with the smallest id, shown as master when there is none and nobody may write. */
function withActingMaster(broker: BrokerData, queues: QueueData | undefined): BrokerData {
  const [first] = broker.brokerAddrs
  if (first === undefined || first[0] === masterId || !broker.enableActingMaster) return broker
  if (queues === undefined || (queues.perm & Perm.write) !== 0) return broker
  const others = [...broker.brokerAddrs].slice(1)
  return { ...broker, brokerAddrs: new Map([[masterId, first[1]], ...others]) }
}
