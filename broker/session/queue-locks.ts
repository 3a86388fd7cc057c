// broker/session/queue-locks.ts: which client consumes which queue in order. In memory only: after a restart clients take
// their locks again. A lock that its owner does not renew is anybody's after a minute.
import type { QueueLocks, QueueName } from './types'

export interface QueueLocksOptions {
  clock: () => number
  /** rocketmq.broker.rebalance.lockMaxLiveTime, 60,000 as in Apache. */
  liveMs?: number
}
export const createQueueLocks = (options: QueueLocksOptions): QueueLocks => new Locks(options)

interface Lock {
  readonly queue: QueueName
  readonly clientId: string
  readonly renewedAtMs: number
}

class Locks implements QueueLocks {
  readonly #clock: () => number
  readonly #liveMs: number
  readonly #groups = new Map<string, Map<string, Lock>>()
  #sweptAtMs: number

  constructor(options: QueueLocksOptions) {
    this.#clock = options.clock
    this.#liveMs = options.liveMs ?? 60_000
    this.#sweptAtMs = this.#clock()
  }

  get size(): number {
    let size = 0
    for (const locks of this.#groups.values()) size += locks.size
    return size
  }

  lock(group: string, clientId: string, queues: readonly QueueName[]): QueueName[] {
    if (this.#clock() - this.#sweptAtMs > this.#liveMs) this.#sweep()
    let locks = this.#groups.get(group)
    if (locks === undefined) {
      if (queues.length === 0) return []
      locks = new Map()
      this.#groups.set(group, locks)
    }
    const renewedAtMs = this.#clock()
    const held: QueueName[] = []
    for (const queue of queues) {
      const key = keyOf(queue)
      const lock = locks.get(key)
      if (lock !== undefined && lock.clientId !== clientId && this.#isLive(lock)) continue
      locks.set(key, { queue, clientId, renewedAtMs })
      held.push(queue)
    }
    return held
  }

  unlock(group: string, clientId: string, queues: readonly QueueName[]): void {
    const locks = this.#groups.get(group)
    if (locks === undefined) return
    for (const queue of queues) {
      const key = keyOf(queue)
      if (locks.get(key)?.clientId === clientId) locks.delete(key)
    }
    if (locks.size === 0) this.#groups.delete(group)
  }

  isAnyHeld(group: string): boolean {
    for (const lock of this.#groups.get(group)?.values() ?? []) if (this.#isLive(lock)) return true
    return false
  }

  of(group: string): Lock[] {
    return [...(this.#groups.get(group)?.values() ?? [])].filter((lock) => this.#isLive(lock))
  }

  /** Names come from clients, of queues that need not be: what nobody renews is let go of, else it is kept for ever. */
  #sweep(): void {
    this.#sweptAtMs = this.#clock()
    for (const [group, locks] of this.#groups) {
      for (const [key, lock] of locks) if (!this.#isLive(lock)) locks.delete(key)
      if (locks.size === 0) this.#groups.delete(group)
    }
  }

  #isLive(lock: Lock): boolean {
    return this.#clock() - lock.renewedAtMs <= this.#liveMs
  }
}

const keyOf = (queue: QueueName): string => `${queue.topic}@${queue.brokerName}@${queue.queueId}`
