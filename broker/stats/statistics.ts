// broker/stats/statistics.ts: what a broker counts: puts and gets by topic, queue and group, under the names that code
// 315 asks for, and totals by day. Owner: the broker's thread. Counting a message is two look-ups and some additions;
// the number of flows is bounded, beyond it only the totals go on.
import { type Figure, Flow, type Rates, type Window, windows } from './flow'

/** The words of code 315: what is counted, and under which key. */
export type StatName = keyof typeof names

export interface BrokerStatistics {
  put(topic: string, queueId: number, messages: number, bytes: number, latencyMs: number): void
  putFailed(topic: string): void
  got(group: string, topic: string, queueId: number, messages: number, bytes: number, latencyMs: number): void
  sentBack(group: string, topic: string): void
  deadLettered(group: string, topic: string): void
  requestFailed(code: number): void
  topicRemoved(topic: string): void
  groupRemoved(group: string): void
  /** What 315 answers, or undefined when nothing was ever counted under this name and key. */
  rates(name: string, key: string): Rates | undefined
  putTps(topic: string): number
  getTps(group: string, topic: string): number
  /** Without system topics, since the start; the morning's values roll at local midnight. */
  readonly totals: Readonly<Totals>
  /** Requests that threw or that nobody understood, by code. */
  readonly failures: ReadonlyMap<number, number>
  /** Latency in ms that this share of the puts of the last 10 to 20 s stayed within; 0 when there were none. */
  putLatencyMs(share: number): number
  readonly failedPuts: ReadonlyMap<string, number>
  readonly flowCount: number
  close(): void
}
export interface Totals {
  putNow: number
  putThisMorning: number
  putYesterdayMorning: number
  getNow: number
  getThisMorning: number
  getYesterdayMorning: number
}

export interface StatisticsOptions {
  clusterName: string
  isSystem: (topic: string) => boolean
  /** Per queue as well: enableDetailStat. */
  perQueue: () => boolean
  clock: () => number
  /** Topics, queues and groups counted one by one; beyond it, only in the totals. */
  maxFlows?: number
  /** Tests drive `tick` themselves. */
  timer?: boolean
}

/** Names of Apache's BrokerStatsManager: the key's form and the figure. */
const names = {
  TOPIC_PUT_NUMS: { key: 'topic', figure: 'messages' },
  TOPIC_PUT_SIZE: { key: 'topic', figure: 'bytes' },
  QUEUE_PUT_NUMS: { key: 'topic@queue', figure: 'messages' },
  QUEUE_PUT_SIZE: { key: 'topic@queue', figure: 'bytes' },
  TOPIC_PUT_LATENCY: { key: 'queue@topic', figure: 'latencyMs' },
  GROUP_GET_NUMS: { key: 'topic@group', figure: 'messages' },
  GROUP_GET_SIZE: { key: 'topic@group', figure: 'bytes' },
  QUEUE_GET_NUMS: { key: 'topic@queue@group', figure: 'messages' },
  QUEUE_GET_SIZE: { key: 'topic@queue@group', figure: 'bytes' },
  GROUP_GET_LATENCY: { key: 'queue@topic@group', figure: 'latencyMs' },
  SNDBCK_PUT_NUMS: { key: 'sent back', figure: 'messages' },
  DLQ_PUT_NUMS: { key: 'dead', figure: 'messages' },
  BROKER_PUT_NUMS: { key: 'broker put', figure: 'messages' },
  BROKER_GET_NUMS: { key: 'broker get', figure: 'messages' },
  BROKER_PUT_NUMS_WITHOUT_SYSTEM_TOPIC: { key: 'broker put plain', figure: 'messages' },
  BROKER_GET_NUMS_WITHOUT_SYSTEM_TOPIC: { key: 'broker get plain', figure: 'messages' },
} as const satisfies Record<string, { key: string; figure: Figure }>

export const openStatistics = (options: StatisticsOptions): BrokerStatistics & { tick(): void } =>
  new Statistics(options)

interface TopicStats {
  readonly system: boolean
  readonly flow: Flow | undefined
  readonly queues: Map<number, Flow>
  readonly groups: Map<string, GroupStats>
}
interface GroupStats {
  readonly flow: Flow | undefined
  readonly queues: Map<number, Flow>
  sentBack: Flow | undefined
  dead: Flow | undefined
}

class Statistics implements BrokerStatistics {
  readonly #options: StatisticsOptions
  readonly #maxFlows: number
  readonly #topics = new Map<string, TopicStats>()
  readonly #broker = { put: new Flow(), get: new Flow(), putPlain: new Flow(), getPlain: new Flow() }
  readonly #flows = new Set<Flow>(Object.values(this.#broker))
  readonly failures = new Map<number, number>()
  readonly failedPuts = new Map<string, number>()
  readonly totals: Totals = {
    putNow: 0,
    putThisMorning: 0,
    putYesterdayMorning: 0,
    getNow: 0,
    getThisMorning: 0,
    getYesterdayMorning: 0,
  }
  readonly #latency = new Latency()
  #day: number
  #ticks = 0
  #timer: NodeJS.Timeout | undefined
  /** The last topic counted: most bursts stay with one. */
  #lastName = ''
  #last: TopicStats | undefined

  constructor(options: StatisticsOptions) {
    this.#options = options
    this.#maxFlows = options.maxFlows ?? 100_000
    this.#day = dayOf(options.clock())
    if (options.timer ?? true) this.#timer = setInterval(() => this.tick(), windows.minute.everyMs).unref()
  }

  put(topic: string, queueId: number, messages: number, bytes: number, latencyMs: number): void {
    const stats = this.#topic(topic)
    stats.flow?.add(messages, bytes, latencyMs)
    if (stats.flow && this.#options.perQueue()) this.#queue(stats.queues, queueId)?.add(messages, bytes, latencyMs)
    this.#latency.add(latencyMs)
    this.#broker.put.messages += messages
    if (stats.system) return
    this.#broker.putPlain.messages += messages
    this.totals.putNow += messages
  }

  got(group: string, topic: string, queueId: number, messages: number, bytes: number, latencyMs: number): void {
    const stats = this.#topic(topic)
    const ofGroup = this.#group(stats, group)
    ofGroup.flow?.add(messages, bytes, latencyMs)
    if (ofGroup.flow && this.#options.perQueue()) this.#queue(ofGroup.queues, queueId)?.add(messages, bytes, latencyMs)
    this.#broker.get.messages += messages
    if (stats.system) return
    this.#broker.getPlain.messages += messages
    this.totals.getNow += messages
  }

  sentBack(group: string, topic: string): void {
    const stats = this.#group(this.#topic(topic), group)
    if (stats.flow) stats.sentBack ??= this.#newFlow()
    stats.sentBack?.add(1, 0, 0)
  }

  deadLettered(group: string, topic: string): void {
    const stats = this.#group(this.#topic(topic), group)
    if (stats.flow) stats.dead ??= this.#newFlow()
    stats.dead?.add(1, 0, 0)
  }

  putFailed(topic: string): void {
    if (this.failedPuts.size < 10_000 || this.failedPuts.has(topic)) count(this.failedPuts, topic)
  }

  requestFailed(code: number): void {
    if (this.failures.size < 1000 || this.failures.has(code)) count(this.failures, code)
  }

  topicRemoved(topic: string): void {
    const stats = this.#topics.get(topic)
    if (!stats) return
    this.#forget(stats.flow, ...stats.queues.values())
    for (const group of stats.groups.values()) this.#forgetGroup(group)
    this.#topics.delete(topic)
    this.failedPuts.delete(topic)
    this.#last = undefined
    this.#lastName = ''
  }

  groupRemoved(group: string): void {
    for (const { groups } of this.#topics.values()) {
      const stats = groups.get(group)
      if (!stats) continue
      this.#forgetGroup(stats)
      groups.delete(group)
    }
  }

  rates(name: string, key: string): Rates | undefined {
    if (!Object.hasOwn(names, name)) return undefined
    const row = names[name as StatName] // just looked up
    return this.#find(row.key, key)?.rates(row.figure)
  }

  putTps(topic: string): number {
    return this.#topics.get(topic)?.flow?.tps ?? 0
  }

  getTps(group: string, topic: string): number {
    return this.#topics.get(topic)?.groups.get(group)?.flow?.tps ?? 0
  }

  putLatencyMs(share: number): number {
    return this.#latency.within(share)
  }

  get flowCount(): number {
    return this.#flows.size
  }

  /** Every 10 s: samples what is due, rolls the day, forgets what has been idle for a day. */
  tick(): void {
    const now = this.#options.clock()
    const due: Window[] = ['minute']
    this.#ticks += 1
    if (this.#ticks % (windows.hour.everyMs / windows.minute.everyMs) === 0) due.push('hour')
    const daily = this.#ticks % (windows.day.everyMs / windows.minute.everyMs) === 0
    if (daily) due.push('day')
    this.#latency.turn()
    for (const flow of this.#flows) for (const window of due) flow.sample(window, now)
    if (daily) this.#forgetIdle()
    const day = dayOf(now)
    if (day !== this.#day) this.#rollDay(day)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #rollDay(day: number): void {
    this.#day = day
    const { totals } = this
    totals.putYesterdayMorning = totals.putThisMorning
    totals.getYesterdayMorning = totals.getThisMorning
    totals.putThisMorning = totals.putNow
    totals.getThisMorning = totals.getNow
  }

  #forgetIdle(): void {
    for (const [topic, stats] of this.#topics) {
      for (const [group, ofGroup] of stats.groups) {
        if (!isIdle(ofGroup.flow) || !isIdle(ofGroup.sentBack) || !isIdle(ofGroup.dead)) continue
        this.#forgetGroup(ofGroup)
        stats.groups.delete(group)
      }
      if (stats.groups.size === 0 && isIdle(stats.flow)) this.topicRemoved(topic)
    }
  }

  #topic(topic: string): TopicStats {
    if (this.#last && this.#lastName === topic) return this.#last
    let stats = this.#topics.get(topic)
    if (!stats) {
      const flow = this.#newFlow()
      stats = { system: this.#options.isSystem(topic), flow, queues: new Map(), groups: new Map() }
      if (flow) this.#topics.set(topic, stats)
    }
    this.#last = stats
    this.#lastName = topic
    return stats
  }

  #group(stats: TopicStats, group: string): GroupStats {
    const held = stats.groups.get(group)
    if (held) return held
    const flow = stats.flow && this.#newFlow()
    const made = { flow, queues: new Map(), sentBack: undefined, dead: undefined }
    if (flow) stats.groups.set(group, made)
    return made
  }

  #queue(queues: Map<number, Flow>, queueId: number): Flow | undefined {
    const held = queues.get(queueId)
    if (held) return held
    const made = this.#newFlow()
    if (made) queues.set(queueId, made)
    return made
  }

  #newFlow(): Flow | undefined {
    if (this.#flows.size >= this.#maxFlows) return undefined
    const flow = new Flow()
    this.#flows.add(flow)
    return flow
  }

  #forget(...flows: (Flow | undefined)[]): void {
    for (const flow of flows) if (flow) this.#flows.delete(flow)
  }
  #forgetGroup(stats: GroupStats): void {
    this.#forget(stats.flow, stats.sentBack, stats.dead, ...stats.queues.values())
  }

  #find(form: (typeof names)[StatName]['key'], key: string): Flow | undefined {
    const parts = key.split('@')
    const [first = '', second = '', third = ''] = parts
    switch (form) {
      case 'topic':
        return this.#topics.get(key)?.flow
      case 'topic@queue':
        return this.#topics.get(first)?.queues.get(Number(second))
      case 'queue@topic':
        return this.#topics.get(second)?.queues.get(Number(first))
      case 'topic@group':
        return this.#topics.get(first)?.groups.get(second)?.flow
      case 'topic@queue@group':
        return this.#topics.get(first)?.groups.get(third)?.queues.get(Number(second))
      case 'queue@topic@group':
        return this.#topics.get(second)?.groups.get(third)?.queues.get(Number(first))
      case 'sent back':
        return this.#topics.get(first)?.groups.get(second)?.sentBack
      case 'dead':
        return this.#topics.get(first)?.groups.get(second)?.dead
      default:
        return this.#brokerFlow(form, key)
    }
  }

  /** Totals are under the cluster's name, once something was counted. */
  #brokerFlow(
    form: 'broker put' | 'broker get' | 'broker put plain' | 'broker get plain',
    key: string,
  ): Flow | undefined {
    if (key !== this.#options.clusterName) return undefined
    const { put, get, putPlain, getPlain } = this.#broker
    const flow = { 'broker put': put, 'broker get': get, 'broker put plain': putPlain, 'broker get plain': getPlain }[
      form
    ]
    return flow.messages > 0 ? flow : undefined
  }
}

/** Counts per millisecond of this interval and the one before it. */
class Latency {
  #now = new Uint32Array(1001)
  #before = new Uint32Array(1001)

  add(ms: number): void {
    const at = ms <= 0 ? 0 : Math.min(1000, Math.round(ms))
    this.#now[at] = (this.#now[at] ?? 0) + 1
  }
  turn(): void {
    const oldest = this.#before
    this.#before = this.#now
    this.#now = oldest.fill(0)
  }
  within(share: number): number {
    const counts = this.#now.map((count, ms) => count + (this.#before[ms] ?? 0))
    const wanted = counts.reduce((sum, count) => sum + count, 0) * share
    let seen = 0
    for (const [ms, count] of counts.entries()) {
      seen += count
      if (count > 0 && seen >= wanted) return ms
    }
    return 0
  }
}

const isIdle = (flow: Flow | undefined): boolean => flow === undefined || flow.idle
const count = <K>(table: Map<K, number>, key: K): void => void table.set(key, (table.get(key) ?? 0) + 1)
/** A number that changes at local midnight. */
const dayOf = (atMs: number): number => {
  const date = new Date(atMs)
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate()
}
