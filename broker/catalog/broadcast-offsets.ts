// broker/catalog/broadcast-offsets.ts: where broadcasting clients stand, for those that change between a proxy, which keeps
// no place for them, and this broker, whose clients keep their own. In memory; of the clients of a proxy the least of each
// queue is committed under `group@broadcast`, as Apache does it. Owner: the broker's thread. It never moves a client
// that stays where it was.
import type { OffsetCatalog } from './types'

export interface BroadcastOffsetsOptions {
  offsets: OffsetCatalog
  /** Where a client begins of which nothing is known. */
  beginOf(topic: string, queueId: number): number
  isOnline(group: string, clientId: string): boolean
  /** How long one is remembered that pulls no more: that is away, and that is still connected. */
  expireMs(): number
  expireOnlineMs(): number
  clock: () => number
}
export interface BroadcastPull {
  readonly group: string
  readonly topic: string
  readonly queueId: number
  readonly clientId: string
  readonly fromProxy: boolean
  /** Below 0: a proxy wants to know where to begin. */
  readonly queueOffset: number
}
export interface BroadcastOffsets {
  /** Where the client is to go on, or undefined: where it says. */
  startOf(pull: BroadcastPull): number | undefined
  /** It has come so far. */
  note(pull: BroadcastPull): void
  /** Commits and forgets; called by the table's own timer. */
  scan(): void
  readonly size: number
  close(): void
}

interface Place {
  readonly group: string
  readonly topic: string
  readonly clientId: string
  atMs: number
  fromProxy: boolean
  readonly queues: Map<number, number>
}

const scanEveryMs = 5000
/** Anybody can name clients: no more places than this are kept. */
const maxPlaces = 20_000

export const openBroadcastOffsets = (options: BroadcastOffsetsOptions): BroadcastOffsets => new Places(options)

class Places implements BroadcastOffsets {
  readonly #options: BroadcastOffsetsOptions
  readonly #places = new Map<string, Place>()
  readonly #timer: NodeJS.Timeout

  constructor(options: BroadcastOffsetsOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.scan(), scanEveryMs)
    this.#timer.unref()
  }
  get size(): number {
    return this.#places.size
  }

  startOf({ group, topic, queueId, clientId, fromProxy, queueOffset }: BroadcastPull): number | undefined {
    const place = this.#places.get(keyOf(group, topic, clientId))
    const hasMoved = place !== undefined && place.fromProxy !== fromProxy
    if (!hasMoved && !(fromProxy && queueOffset < 0)) return undefined
    const known = place?.queues.get(queueId) ?? this.#options.offsets.query(committedAs(group), topic, queueId)
    return known >= 0 ? known : this.#options.beginOf(topic, queueId)
  }

  note({ group, topic, queueId, clientId, fromProxy, queueOffset }: BroadcastPull): void {
    const key = keyOf(group, topic, clientId)
    const place = this.#places.get(key)
    if (place === undefined) {
      if (this.#places.size >= maxPlaces) return
      const atMs = this.#options.clock()
      this.#places.set(key, { group, topic, clientId, atMs, fromProxy, queues: new Map([[queueId, queueOffset]]) })
      return
    }
    place.atMs = this.#options.clock()
    place.fromProxy = fromProxy
    place.queues.set(queueId, queueOffset)
  }

  scan(): void {
    const { clock, expireMs, expireOnlineMs, isOnline, offsets } = this.#options
    const least = new Map<string, { group: string; topic: string; queues: Map<number, number> }>()
    for (const [key, place] of this.#places) {
      const { group, topic, clientId, atMs, fromProxy, queues } = place
      const sinceMs = clock() - atMs
      const online = isOnline(group, clientId)
      if (sinceMs >= (online ? expireOnlineMs() : expireMs())) this.#places.delete(key)
      if (!fromProxy || !(online || sinceMs < expireMs())) continue
      const of = least.get(`${topic}@${group}`) ?? { group, topic, queues: new Map() }
      least.set(`${topic}@${group}`, of)
      for (const [queueId, offset] of queues) of.queues.set(queueId, Math.min(of.queues.get(queueId) ?? offset, offset))
    }
    for (const { group, topic, queues } of least.values()) {
      for (const [queueId, offset] of queues) offsets.commit(committedAs(group), topic, queueId, offset)
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

const committedAs = (group: string): string => `${group}@broadcast`
const keyOf = (group: string, topic: string, clientId: string): string => `${topic}@${group}@${clientId}`
