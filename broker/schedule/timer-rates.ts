// broker/schedule/timer-rates.ts: how many messages a second come to the timer and leave it, from one look to the next.

export interface TimerRates {
  /** Counted up by the timer. */
  enqueued: number
  delivered: number
  readonly enqueuedPerSec: number
  readonly deliveredPerSec: number
  /** Ends one span and begins the next. */
  measure(): void
}
export const createTimerRates = (clock: () => number): TimerRates => new Rates(clock)

class Rates implements TimerRates {
  enqueued = 0
  delivered = 0
  enqueuedPerSec = 0
  deliveredPerSec = 0
  readonly #clock: () => number
  #sinceMs: number

  constructor(clock: () => number) {
    this.#clock = clock
    this.#sinceMs = clock()
  }

  measure(): void {
    const nowMs = this.#clock()
    const spanSec = Math.max(0.001, (nowMs - this.#sinceMs) / 1000)
    this.enqueuedPerSec = this.enqueued / spanSec
    this.deliveredPerSec = this.delivered / spanSec
    this.enqueued = this.delivered = 0
    this.#sinceMs = nowMs
  }
}
