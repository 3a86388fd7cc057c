// broker/peer/route-lookup.ts: which queues a topic has on all brokers, asked from the name servers and remembered for a
// while: a broker that gives out queues to a group must know those of the others.
import type { Dialer } from '../net/types'
import { type MessageQueue, readBody, routeData } from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { isReadable } from '../protocol/perm'
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
}
export const createRouteLookup = (options: RouteLookupOptions): RouteLookup => new Lookup(options)

const askMs = 3000
/** So many topics are remembered; the oldest goes first. */
const maxTopics = 10_000

interface Held {
  readonly atMs: number
  readonly queues: Promise<readonly MessageQueue[] | undefined>
}

class Lookup implements RouteLookup {
  readonly #options: RouteLookupOptions
  readonly #held = new Map<string, Held>()

  constructor(options: RouteLookupOptions) {
    this.#options = options
  }

  async queuesOf(topic: string): Promise<readonly MessageQueue[] | undefined> {
    const { clock, keepMs } = this.#options
    let held = this.#held.get(topic)
    if (held === undefined || clock() - held.atMs >= keepMs()) {
      held = { atMs: clock(), queues: this.#ask(topic) }
      this.#held.delete(topic)
      this.#held.set(topic, held)
      const [oldest] = this.#held.keys()
      if (this.#held.size > maxTopics && oldest !== undefined) this.#held.delete(oldest)
    }
    const queues = await held.queues
    // a topic may be made the next moment
    if (queues === undefined && this.#held.get(topic) === held) this.#held.delete(topic)
    return queues
  }

  async #ask(topic: string): Promise<readonly MessageQueue[] | undefined> {
    const { dialer, namesrvAddr } = this.#options
    for (const address of addressesOf(namesrvAddr())) {
      try {
        const reply = await dialer.request(address, RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic }, undefined, askMs)
        if (reply.code !== ResponseCode.SUCCESS) continue
        const { queueDatas } = readBody(routeData, reply.body)
        return queueDatas
          .filter(({ perm }) => isReadable(perm))
          .flatMap(({ brokerName, readQueueNums }) =>
            Array.from({ length: readQueueNums }, (_, queueId) => ({ topic, brokerName, queueId })),
          )
      } catch {
        // the next one may know
      }
    }
    return undefined
  }
}
