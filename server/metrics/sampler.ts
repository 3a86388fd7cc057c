// server/metrics/sampler.ts: the one who asks a cluster in the background. Pages read what it holds and never fan out;
// what is on screen they name as of interest, and it is asked first. One sampler per cluster, one turn at a time.
import type { Admin } from '../admin/open'
import { steady } from '../shared/known'
import { atOnce } from '../shared/pace'
import { Collector } from './collect'
import { groupFigures } from './figures'
import { askable, type ClusterState, type GroupState, type PositionState, silentNames, type TopicState } from './state'

export interface SamplerOptions {
  admin: Admin
  turnMs?: number
  now?: () => number
  /** Called at the end of each turn, before watchers are told. */
  onTurn?: (state: ClusterState) => Promise<void> | void
  log?: (text: string) => void
}
export interface Sampler {
  readonly state: ClusterState
  readonly turnMs: number
  start(): void
  /** On screen now: asked each turn for the next half minute. */
  watchTopic(name: string): void
  watchGroup(name: string): void
  isWatched(kind: 'topic' | 'group', name: string): boolean
  /** Ask about one topic or group at once, if what is held is older than a turn. */
  freshTopic(name: string): Promise<void>
  freshGroup(name: string): Promise<void>
  /** After a change of topics, groups or routes: read the tables again. */
  refresh(): Promise<void>
  /** After a change of brokers' settings or permissions. */
  refreshBrokers(): Promise<void>
  /** Yields the time of each turn that ends, from the first after `after`. */
  turns(signal: AbortSignal | undefined, after: number): AsyncIterable<number>
  close(): Promise<void>
}

export const TURN_MS = 5000
const INTEREST_MS = 30_000
/** Small calls of one turn: topics (202), groups (203), first unread messages (11). */
const BUDGET = { topics: 60, groups: 60, behind: 64, said: 2 }
/** Clients of a group on screen are asked about themselves each minute, of others each five: it costs them a moment. */
const SAID_ON_SCREEN_MS = 60_000
const SAID_MS = 300_000
const AT_ONCE = 8

export const openSampler = (options: SamplerOptions): Sampler => new Turns(options)

class Turns implements Sampler {
  readonly state: ClusterState
  readonly turnMs: number
  readonly #collector: Collector
  readonly #now: () => number
  readonly #onTurn: (state: ClusterState) => Promise<void> | void
  readonly #log: (text: string) => void
  readonly #topicsOnScreen = new Map<string, number>()
  readonly #groupsOnScreen = new Map<string, number>()
  #waiters = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #closed = false

  constructor({
    admin,
    turnMs = TURN_MS,
    now = Date.now,
    onTurn = () => undefined,
    log = () => undefined,
  }: SamplerOptions) {
    this.state = {
      turn: 0,
      revision: 0,
      at: 0,
      startedAt: now(),
      nameServers: [],
      brokers: new Map(),
      topics: new Map(),
      groups: new Map(),
    }
    this.turnMs = turnMs
    this.#collector = new Collector(admin, this.state, now, turnMs)
    this.#now = now
    this.#onTurn = onTurn
    this.#log = log
  }

  start(): void {
    const go = (): void => {
      const began = performance.now()
      this.#running = this.#turn().then(
        () => undefined,
        (error: unknown) =>
          this.#log(`a sampling turn failed: ${error instanceof Error ? error.message : String(error)}`),
      )
      void this.#running.then(() => {
        if (this.#closed) return
        // Nothing answers at start: look again soon, a cluster beside us may be about to come up.
        const everyMs =
          this.state.turn <= 2 || askable(this.state).length === 0 ? Math.min(1000, this.turnMs) : this.turnMs
        this.#timer = setTimeout(go, Math.max(Math.min(200, this.turnMs), everyMs - (performance.now() - began)))
      })
    }
    go()
  }

  async #turn(): Promise<void> {
    await this.#collector.nameServers().catch((error: unknown) => this.#log(`name servers: ${String(error)}`))
    await Promise.all([...this.state.brokers.values()].map((broker) => this.#collector.broker(broker)))
    await this.#details()
    this.#derive()
    this.state.turn += 1
    this.state.revision += 1
    this.state.at = this.#now()
    await this.#onTurn(this.state)
    const waiters = this.#waiters
    this.#waiters = new Set()
    for (const wake of waiters) wake()
  }

  /** What is on screen first, then what was asked longest ago, within the turn's budget. */
  async #details(): Promise<void> {
    const silent = silentNames(this.state)
    if (askable(this.state).length === 0) return
    const now = this.#now()
    const topics = this.#dueFirst([...this.state.topics.values()], this.#topicsOnScreen, ({ statsAt }) => statsAt, now)
    const groups = this.#dueFirst(
      [...this.state.groups.values()],
      this.#groupsOnScreen,
      ({ clientsAt }) => clientsAt,
      now,
    )
    await limited(topics.slice(0, BUDGET.topics), (topic) => this.#collector.topicStats(topic))
    await limited(groups.slice(0, BUDGET.groups), (group) => this.#collector.clients(group))
    await limited(this.#toAsk(now).slice(0, BUDGET.said), (group) => this.#collector.said(group))
    const unread = this.#unread(now).filter(({ position }) => !silent.has(position.broker))
    await limited(unread.slice(0, BUDGET.behind), ({ position, min }) => this.#collector.behind(position, min))
  }
  /** Groups whose clients may disagree, or of which nobody knows how they read. */
  #toAsk(now: number): GroupState[] {
    return [...this.state.groups.values()]
      .filter((group) => {
        const clients = group.clients ?? []
        if (clients.length === 0 || clients.every(({ clientId }) => group.mute.has(clientId))) return false
        const onScreen = this.#groupsOnScreen.has(group.name)
        if (clients.length < 2 && !onScreen) return false
        return now - group.saidAt > (onScreen ? SAID_ON_SCREEN_MS : SAID_MS)
      })
      .sort(
        (a, b) =>
          Number(this.#groupsOnScreen.has(b.name)) - Number(this.#groupsOnScreen.has(a.name)) || a.saidAt - b.saidAt,
      )
  }
  #dueFirst<T extends TopicState | GroupState>(
    all: T[],
    onScreen: Map<string, number>,
    askedAt: (one: T) => number,
    now: number,
  ): T[] {
    for (const [name, until] of onScreen) if (until < now) onScreen.delete(name)
    const due = all.filter((one) => now - askedAt(one) > this.turnMs / 2)
    return due.sort((a, b) => Number(onScreen.has(b.name)) - Number(onScreen.has(a.name)) || askedAt(a) - askedAt(b))
  }
  /** Positions behind their queue whose first unread message was not read yet: on screen, then the furthest behind. */
  #unread(now: number): { position: PositionState; min: number }[] {
    const found: { position: PositionState; min: number; weight: number }[] = []
    for (const group of this.state.groups.values()) {
      if (group.model === 'BROADCASTING') continue
      for (const [topic, positions] of group.positions)
        for (const [key, position] of positions) {
          const queue = this.state.topics.get(topic)?.queues.get(key)
          const lag = queue === undefined ? 0 : queue.max - position.committed
          if (queue === undefined || lag <= 0) continue
          // A position that stands still keeps its first message until retention takes it.
          if (
            position.exactFor === position.committed &&
            position.exactAt > queue.minAt - 60_000 &&
            now - position.exactAt < 60_000
          )
            continue
          found.push({
            position,
            min: queue.min,
            weight: this.#groupsOnScreen.has(group.name) ? Number.MAX_SAFE_INTEGER : lag,
          })
        }
    }
    return found.sort((a, b) => b.weight - a.weight)
  }

  /** Lines and slopes that views read. */
  #derive(): void {
    const now = this.#now()
    const silent = silentNames(this.state)
    for (const topic of this.state.topics.values()) {
      let rate = 0
      let some = false
      for (const { in: meter } of topic.queues.values()) {
        const figure = meter.rate
        if ('value' in figure) {
          rate += figure.value
          some = true
        }
      }
      if (some) topic.spark.read(rate, now)
    }
    for (const group of this.state.groups.values()) {
      const lag = steady(groupFigures(this.state, group, silent, now).lag)
      if (lag === null) continue
      group.lag.read(lag, now)
      group.spark.read(lag, now)
    }
  }

  watchTopic(name: string): void {
    if (this.#topicsOnScreen.size < 500) this.#topicsOnScreen.set(name, this.#now() + INTEREST_MS)
  }
  watchGroup(name: string): void {
    if (this.#groupsOnScreen.size < 500) this.#groupsOnScreen.set(name, this.#now() + INTEREST_MS)
  }
  isWatched(kind: 'topic' | 'group', name: string): boolean {
    return (kind === 'topic' ? this.#topicsOnScreen : this.#groupsOnScreen).has(name)
  }
  async freshTopic(name: string): Promise<void> {
    this.watchTopic(name)
    if (!this.state.topics.has(name)) await this.refresh()
    const topic = this.state.topics.get(name)
    if (topic === undefined || this.#now() - topic.statsAt <= this.turnMs) return
    await this.#collector.topicStats(topic)
    this.state.revision += 1
  }
  async freshGroup(name: string): Promise<void> {
    this.watchGroup(name)
    if (!this.state.groups.has(name)) await this.refresh()
    const group = this.state.groups.get(name)
    if (group === undefined) return
    const now = this.#now()
    if (now - group.clientsAt > this.turnMs) await this.#collector.clients(group).catch(() => undefined) // its age says so
    const topics = [...group.positions.keys()].flatMap((topic) => this.state.topics.get(topic) ?? [])
    await limited(topics.filter(({ statsAt }) => now - statsAt > this.turnMs).slice(0, BUDGET.topics), (topic) =>
      this.#collector.topicStats(topic),
    )
    this.state.revision += 1
  }
  async refresh(): Promise<void> {
    if (this.state.brokers.size === 0) await this.#collector.nameServers().catch(() => undefined) // still nobody: the state says so
    await Promise.all(
      askable(this.state).map(async (broker) => {
        await Promise.allSettled([this.#collector.topicConfigs(broker), this.#collector.groupConfigs(broker)])
        await this.#collector.offsets(broker).catch(() => undefined) // its age says so
      }),
    )
    this.state.revision += 1
  }

  async refreshBrokers(): Promise<void> {
    await Promise.allSettled(
      [...this.state.brokers.values()].flatMap((broker) =>
        broker.state === 'ok' ? [this.#collector.config(broker), this.#collector.route(broker)] : [],
      ),
    )
    this.state.revision += 1
  }

  async *turns(signal: AbortSignal | undefined, after: number): AsyncIterable<number> {
    let seen = after
    while (!this.#closed && signal?.aborted !== true) {
      if (this.state.at > seen) {
        seen = this.state.at
        yield seen
        continue
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal?.removeEventListener('abort', wake)
          this.#waiters.delete(wake)
          resolve()
        }
        this.#waiters.add(wake)
        signal?.addEventListener('abort', wake, { once: true })
      })
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const wake of [...this.#waiters]) wake()
    await this.#running
  }
}

/** Runs over all, a few at once; one that fails leaves its old values behind. */
const limited = <T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> =>
  atOnce(AT_ONCE, all, (one) => run(one).catch(() => undefined))
