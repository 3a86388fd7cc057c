// broker/session/held-pops.ts: pops that found nothing and wait for a message. Of a group one is woken per message, since it
// takes all there is; the others go on waiting. A deadline is found by its tick.
import type { Connection } from '../net/types'
import { popRetryTopicV1, popRetryTopicV2 } from '../protocol/pop'
import { addTo, dropFrom } from './sets'
import type { HeldPop, HeldPops } from './types'

export interface HeldPopsOptions {
  clock: () => number
  /** Bounds of all that wait, and of those of one topic, group and queue; read at each use. */
  maxCount: () => number
  maxPerQueue: () => number
  tickMs?: number
}
export const createHeldPops = (options: HeldPopsOptions): HeldPops => new Held(options)

interface Slot {
  readonly pop: HeldPop
  readonly tick: number
}
/** Those of one topic and group, by queue; -1 waits for any. */
type Waiting = Map<number, Set<Slot>>
const anyQueue = -1

class Held implements HeldPops {
  readonly #options: HeldPopsOptions
  readonly #tickMs: number
  /** By the topic a message may come to: the topic itself and both of its retry topics. */
  readonly #byTopic = new Map<string, Map<string, Waiting>>()
  readonly #byTick = new Map<number, Set<Slot>>()
  readonly #byConnection = new Map<Connection, Set<Slot>>()
  readonly #timer: NodeJS.Timeout
  #expiredTo: number
  #count = 0
  #isClosed = false

  constructor(options: HeldPopsOptions) {
    this.#options = options
    this.#tickMs = options.tickMs ?? 50
    this.#expiredTo = Math.floor(options.clock() / this.#tickMs)
    this.#timer = setInterval(() => this.#expire(), this.#tickMs)
    this.#timer.unref()
  }

  get count(): number {
    return this.#count
  }

  hold(pop: HeldPop): boolean {
    const { maxCount, maxPerQueue } = this.#options
    if (this.#isClosed || this.#count >= maxCount()) return false
    if (this.waiting(pop.topic, pop.group, pop.queueId) >= maxPerQueue()) return false
    const slot = { pop, tick: Math.max(Math.ceil(pop.deadlineMs / this.#tickMs), this.#expiredTo + 1) }
    let groups = this.#byTopic.get(pop.topic)
    if (groups?.get(pop.group) === undefined) {
      // one table under all three names
      const waiting: Waiting = new Map()
      for (const topic of namesOf(pop)) {
        groups = this.#byTopic.get(topic) ?? new Map<string, Waiting>()
        this.#byTopic.set(topic, groups.set(pop.group, waiting))
      }
    }
    const waiting = this.#byTopic.get(pop.topic)?.get(pop.group)
    if (waiting === undefined) return false // it was just put there
    addTo(waiting, pop.queueId, slot)
    addTo(this.#byTick, slot.tick, slot)
    addTo(this.#byConnection, pop.connection, slot)
    this.#count += 1
    return true
  }

  waiting(topic: string, group: string, queueId: number): number {
    return this.#byTopic.get(topic)?.get(group)?.get(queueId)?.size ?? 0
  }

  arrived(topic: string, queueId: number, tagsCode: number): void {
    const groups = this.#byTopic.get(topic)
    if (groups === undefined) return
    for (const waiting of [...groups.values()]) {
      const slot = first(waiting, ({ pop }) =>
        pop.topic === topic ? (pop.queueId === anyQueue || pop.queueId === queueId) && pop.wants(tagsCode) : true,
      )
      if (slot !== undefined) this.#wake(slot)
    }
  }

  wakeOne(topic: string, group: string, queueId: number): void {
    setImmediate(() => {
      const waiting = this.#byTopic.get(topic)?.get(group)
      if (waiting === undefined) return
      const slot = first(
        waiting,
        ({ pop }) => queueId === anyQueue || pop.queueId === anyQueue || pop.queueId === queueId,
      )
      if (slot !== undefined) this.#wake(slot)
    })
  }

  connectionClosed(connection: Connection): void {
    for (const slot of [...(this.#byConnection.get(connection) ?? [])]) this.#forget(slot)
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    for (const tick of [...this.#byTick.keys()]) this.#wakeTick(tick)
  }

  #expire(): void {
    const nowTick = Math.floor(this.#options.clock() / this.#tickMs)
    if (nowTick - this.#expiredTo > this.#byTick.size) {
      for (const tick of [...this.#byTick.keys()]) if (tick <= nowTick) this.#wakeTick(tick)
    } else {
      for (let tick = this.#expiredTo + 1; tick <= nowTick; tick++) this.#wakeTick(tick)
    }
    if (nowTick > this.#expiredTo) this.#expiredTo = nowTick
  }

  #wakeTick(tick: number): void {
    for (const slot of [...(this.#byTick.get(tick) ?? [])]) this.#wake(slot)
  }

  #wake(slot: Slot): void {
    this.#forget(slot)
    slot.pop.wake()
  }

  #forget(slot: Slot): void {
    const { topic, group, queueId, connection } = slot.pop
    const waiting = this.#byTopic.get(topic)?.get(group)
    if (waiting === undefined || waiting.get(queueId)?.has(slot) !== true) return
    dropFrom(waiting, queueId, slot)
    if (waiting.size === 0) {
      for (const name of namesOf(slot.pop)) {
        const groups = this.#byTopic.get(name)
        groups?.delete(group)
        if (groups?.size === 0) this.#byTopic.delete(name)
      }
    }
    dropFrom(this.#byConnection, connection, slot)
    dropFrom(this.#byTick, slot.tick, slot)
    this.#count -= 1
  }
}

const namesOf = ({ topic, group }: HeldPop): string[] => [
  topic,
  popRetryTopicV1(topic, group),
  popRetryTopicV2(topic, group),
]

/** Who waits for any queue comes before who waits for one; among equals who came first. */
function first(waiting: Waiting, suits: (slot: Slot) => boolean): Slot | undefined {
  for (const slot of waiting.get(anyQueue) ?? []) if (suits(slot)) return slot
  for (const [queueId, slots] of waiting) {
    if (queueId === anyQueue) continue
    for (const slot of slots) if (suits(slot)) return slot
  }
  return undefined
}
