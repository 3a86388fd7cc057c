// broker/session/held-pulls.ts: pulls that found nothing and wait for a message. One lookup by topic and queue finds those
// that an arrival may concern; a deadline is found by its tick, so neither walks the others.
import type { Connection } from '../net/types'
import { addTo, dropFrom } from './sets'
import type { HeldPull, HeldPulls } from './types'

export interface HeldPullsOptions {
  clock: () => number
  /** Beyond this many a pull is answered at once. */
  maxCount: number
  tickMs?: number
}
export const createHeldPulls = (options: HeldPullsOptions): HeldPulls => new Held(options)

interface Slot {
  readonly pull: HeldPull
  /** Where the deadline table holds it. */
  readonly tick: number
}

class Held implements HeldPulls {
  readonly #clock: () => number
  readonly #maxCount: number
  readonly #tickMs: number
  readonly #byQueue = new Map<string, Map<number, Set<Slot>>>()
  readonly #byTick = new Map<number, Set<Slot>>()
  readonly #byConnection = new Map<Connection, Set<Slot>>()
  readonly #timer: NodeJS.Timeout
  #expiredTo: number
  #count = 0

  constructor(options: HeldPullsOptions) {
    this.#clock = options.clock
    this.#maxCount = options.maxCount
    this.#tickMs = options.tickMs ?? 50
    this.#expiredTo = Math.floor(this.#clock() / this.#tickMs)
    this.#timer = setInterval(() => this.expire(), this.#tickMs)
    this.#timer.unref()
  }

  get count(): number {
    return this.#count
  }

  hold(pull: HeldPull): boolean {
    if (this.#count >= this.#maxCount) return false
    let queues = this.#byQueue.get(pull.topic)
    if (queues === undefined) {
      queues = new Map()
      this.#byQueue.set(pull.topic, queues)
    }
    // rounded up, so that none is woken before its time; one whose time is over already goes with the next tick
    const slot = { pull, tick: Math.max(Math.ceil(pull.deadlineMs / this.#tickMs), this.#expiredTo + 1) }
    addTo(queues, pull.queueId, slot)
    addTo(this.#byTick, slot.tick, slot)
    addTo(this.#byConnection, pull.connection, slot)
    this.#count += 1
    return true
  }

  arrived(topic: string, queueId: number, maxOffset: number, tagsCode: number): void {
    if (this.#count === 0) return // asked for every message there is
    const waiting = this.#byQueue.get(topic)?.get(queueId)
    if (waiting === undefined) return
    for (const slot of [...waiting]) {
      if (maxOffset > slot.pull.queueOffset && slot.pull.wants(tagsCode)) this.#wake(slot)
    }
  }

  wakeGroup(group: string, topic: string, queueId: number): void {
    for (const slot of [...(this.#byQueue.get(topic)?.get(queueId) ?? [])]) {
      if (slot.pull.group === group) this.#wake(slot)
    }
  }

  expire(): void {
    const nowTick = Math.floor(this.#clock() / this.#tickMs)
    if (nowTick - this.#expiredTo > this.#byTick.size) {
      // the clock jumped further than there are ticks in use
      for (const tick of [...this.#byTick.keys()]) if (tick <= nowTick) this.#wakeTick(tick)
    } else {
      for (let tick = this.#expiredTo + 1; tick <= nowTick; tick++) this.#wakeTick(tick)
    }
    if (nowTick > this.#expiredTo) this.#expiredTo = nowTick
  }

  wakeAll(): void {
    for (const tick of [...this.#byTick.keys()]) this.#wakeTick(tick)
  }

  connectionClosed(connection: Connection): void {
    for (const slot of [...(this.#byConnection.get(connection) ?? [])]) this.#forget(slot)
  }

  close(): void {
    clearInterval(this.#timer)
    this.wakeAll()
  }

  #wakeTick(tick: number): void {
    for (const slot of [...(this.#byTick.get(tick) ?? [])]) this.#wake(slot)
  }

  #wake(slot: Slot): void {
    this.#forget(slot)
    slot.pull.wake()
  }

  #forget(slot: Slot): void {
    const { topic, queueId, connection } = slot.pull
    const queues = this.#byQueue.get(topic)
    if (queues !== undefined) {
      dropFrom(queues, queueId, slot)
      if (queues.size === 0) this.#byQueue.delete(topic)
    }
    dropFrom(this.#byConnection, connection, slot)
    dropFrom(this.#byTick, slot.tick, slot)
    this.#count -= 1
  }
}
