// broker/store/waiters.ts: who waits for a place of the log to become safe, in the order of asking. Nobody is called
// before those that asked earlier, and everybody is called once.
import type { PutStatus } from './types'

export type Done = (status: PutStatus) => void

export interface Waiters {
  readonly size: number
  /** `done` is called once `settle` has been told of `upTo` or more, or when `deadlineMs` has passed. */
  add(upTo: number, deadlineMs: number, done: Done): void
  settle(safeTo: number): void
  /** Whoever waits for something past `writtenTo` will never get it. */
  fail(writtenTo: number): void
  expire(nowMs: number, status: PutStatus): void
  /** Deadline of the first one, or undefined when nobody waits. */
  readonly nextDeadlineMs: number | undefined
}
export const createWaiters = (): Waiters => new Line()

interface Waiter {
  readonly upTo: number
  readonly deadlineMs: number
  readonly done: Done
}

class Line implements Waiters {
  #waiting: Waiter[] = []
  /** Those before it have been called. Shifting an array of thousands for each would be slow. */
  #head = 0

  get size(): number {
    return this.#waiting.length - this.#head
  }
  get nextDeadlineMs(): number | undefined {
    return this.#waiting[this.#head]?.deadlineMs
  }

  add(upTo: number, deadlineMs: number, done: Done): void {
    this.#waiting.push({ upTo, deadlineMs, done })
  }

  settle(safeTo: number): void {
    for (let next = this.#waiting[this.#head]; next !== undefined && next.upTo <= safeTo; ) {
      this.#head++
      next.done('ok')
      next = this.#waiting[this.#head]
    }
    this.#compact()
  }

  fail(writtenTo: number): void {
    const all = this.#waiting.slice(this.#head)
    this.#waiting = all.filter((waiter) => waiter.upTo <= writtenTo)
    this.#head = 0
    for (const waiter of all) if (waiter.upTo > writtenTo) waiter.done('failed')
  }

  expire(nowMs: number, status: PutStatus): void {
    for (let next = this.#waiting[this.#head]; next !== undefined && next.deadlineMs <= nowMs; ) {
      this.#head++
      next.done(status)
      next = this.#waiting[this.#head]
    }
    this.#compact()
  }

  #compact(): void {
    if (this.#head === this.#waiting.length) {
      this.#waiting = []
      this.#head = 0
    } else if (this.#head > 4096) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
  }
}
