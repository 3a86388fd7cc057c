// broker/peer/route-lookup.ts: which queues a topic has on all brokers and where these are, asked from the name servers and
// remembered for a while: a broker that gives out queues to a group, or has a part of a static queue, must know the others.
import type { Dialer } from '../net/types'
import { type MessageQueue, type RouteData, readBody, routeData } from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { isReadable, isWriteable } from '../protocol/perm'
import { staticQueuesOf } from '../protocol/static-topic'
import { addressesOf } from './registration'

export interface RouteLookupOptions {
  readonly dialer: Dialer
  readonly namesrvAddr: () => string
  /** An answer counts for so long. */
  readonly keepMs: () => number
  readonly clock: () => number
}
export interface RouteLookup {
  /** All readable queues of the topic; undefined: no name server knows it, or none answers. */
  queuesOf(topic: string): Promise<readonly MessageQueue[] | undefined>
  /** Where the master of this name is that has the topic. */
  masterOf(brokerName: string, topic: string): Promise<string | undefined>
  /** Masters that take messages of the topic, by name. */
  writableOf(topic: string): Promise<readonly WritableAt[]>
  /** What is remembered of the topic has misled: name servers are asked at the next use. */
  forget(topic: string): void
}
export interface WritableAt {
  readonly brokerName: string
  readonly address: string
  readonly writeQueueNums: number
}
export const createRouteLookup = (options: RouteLookupOptions): RouteLookup => new Lookup(options)

const askMs = 3000
/** So many topics are remembered; the oldest goes first. */
const maxTopics = 10_000

interface Known {
  readonly queues: readonly MessageQueue[]
  readonly masters: ReadonlyMap<string, string>
  readonly writable: readonly WritableAt[]
}
interface Held {
  readonly atMs: number
  readonly route: Promise<Known | undefined>
}

class Lookup implements RouteLookup {
  readonly #options: RouteLookupOptions
  readonly #held = new Map<string, Held>()

  constructor(options: RouteLookupOptions) {
    this.#options = options
  }

  async queuesOf(topic: string): Promise<readonly MessageQueue[] | undefined> {
    return (await this.#route(topic))?.queues
  }
  async masterOf(brokerName: string, topic: string): Promise<string | undefined> {
    return (await this.#route(topic))?.masters.get(brokerName)
  }
  async writableOf(topic: string): Promise<readonly WritableAt[]> {
    return (await this.#route(topic))?.writable ?? []
  }
  forget(topic: string): void {
    this.#held.delete(topic)
  }

  async #route(topic: string): Promise<Known | undefined> {
    const { clock, keepMs } = this.#options
    let held = this.#held.get(topic)
    if (held === undefined || clock() - held.atMs >= keepMs()) {
      held = { atMs: clock(), route: this.#ask(topic) }
      this.#held.delete(topic)
      this.#held.set(topic, held)
      const [oldest] = this.#held.keys()
      if (this.#held.size > maxTopics && oldest !== undefined) this.#held.delete(oldest)
    }
    const route = await held.route
    // a topic may be made the next moment
    if (route === undefined && this.#held.get(topic) === held) this.#held.delete(topic)
    return route
  }

  async #ask(topic: string): Promise<Known | undefined> {
    const { dialer, namesrvAddr } = this.#options
    for (const address of addressesOf(namesrvAddr())) {
      try {
        const reply = await dialer.request(address, RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic }, undefined, askMs)
        if (reply.code !== ResponseCode.SUCCESS) continue
        return known(topic, readBody(routeData, reply.body))
      } catch {
        // the next one may know
      }
    }
    return undefined
  }
}

function known(topic: string, route: RouteData): Known {
  const queues = route.queueDatas
    .filter(({ perm }) => isReadable(perm))
    .flatMap(({ brokerName, readQueueNums }) =>
      Array.from({ length: readQueueNums }, (_, queueId) => ({ topic, brokerName, queueId })),
    )
  const masters = route.brokerDatas.flatMap(({ brokerName, brokerAddrs }) => {
    const master = brokerAddrs.get(0)
    return master === undefined ? [] : [[brokerName, master] as const]
  })
  const byName = new Map(masters)
  const writable = route.queueDatas.flatMap(({ brokerName, perm, writeQueueNums }) => {
    const address = byName.get(brokerName)
    return isWriteable(perm) && address !== undefined ? [{ brokerName, address, writeQueueNums }] : []
  })
  writable.sort((a, b) => (a.brokerName < b.brokerName ? -1 : 1))
  return { queues: staticQueuesOf(topic, route) ?? queues, masters: byName, writable }
}
