// server/metrics/meter.ts: counters to rates, and values to small lines. A counter that falls has started anew: the
// rate is unknown until two readings of the new life are there, never negative and never a jump.
import { type Known, known, unknown } from '../shared/known'
import type { Spark } from '../shared/views'

/** Readings a rate is taken over: about the last 10 s at a turn of 5 s. */
const READINGS = 3
/** Two readings nearer to each other say nothing: a page that is opened asks between two turns, and 3 messages in 20 ms are no 150/s. */
const STEP_MS = 1000

export class Meter {
  #values: number[] = []
  #times: number[] = []

  read(value: number, at: number): void {
    const lastAt = this.#times.at(-1) ?? 0
    if (at <= lastAt) return
    if (value < (this.#values.at(-1) ?? 0)) {
      this.#values = []
      this.#times = []
    }
    if (this.#times.length > 1 && lastAt - (this.#times.at(-2) ?? 0) < STEP_MS) {
      this.#values.pop()
      this.#times.pop()
    }
    this.#values.push(value)
    this.#times.push(at)
    if (this.#values.length > READINGS) {
      this.#values.shift()
      this.#times.shift()
    }
  }
  /** Per second over the readings held. */
  get rate(): Known<number> {
    const first = this.#times[0]
    const last = this.#times.at(-1)
    if (first === undefined || last === undefined || last - first < STEP_MS) return unknown('no-sample-yet')
    const grown = (this.#values.at(-1) ?? 0) - (this.#values[0] ?? 0)
    return known((grown * 1000) / (last - first), last)
  }
  get value(): Known<number> {
    const last = this.#values.at(-1)
    return last === undefined ? unknown('no-sample-yet') : known(last, this.#times.at(-1) ?? 0)
  }
}

/** The last hour, a value a minute: the last reading of each. */
export class HourLine {
  readonly #minutes = new Float64Array(60).fill(Number.NaN)
  #minute = 0

  read(value: number, at: number): void {
    const minute = Math.floor(at / 60_000)
    this.#forward(minute)
    this.#minutes[minute % 60] = value
  }
  line(now: number): Spark {
    const minute = Math.floor(now / 60_000)
    this.#forward(minute)
    // Asked for every topic and group of a list: a loop, since `Array.from` with a function takes several times as long.
    const line: (number | null)[] = []
    for (let at = minute + 1; at <= minute + 60; at++) {
      const value = this.#minutes[at % 60] ?? Number.NaN
      line.push(Number.isNaN(value) ? null : value)
    }
    return line
  }
  #forward(minute: number): void {
    for (let at = Math.max(this.#minute + 1, minute - 59); at <= minute; at++) this.#minutes[at % 60] = Number.NaN
    this.#minute = Math.max(this.#minute, minute)
  }
}

const STILL_MS = 30_000
/** Values of the last minutes, to see whether something grows. */
export class Window {
  readonly #mostMs: number
  #values: { at: number; value: number }[] = []
  constructor(mostMs: number) {
    this.#mostMs = mostMs
  }
  read(value: number, at: number): void {
    if (at <= (this.#values.at(-1)?.at ?? 0)) return
    this.#values.push({ at, value })
    while ((this.#values[1]?.at ?? at) < at - this.#mostMs) this.#values.shift()
  }
  /** What comes now has nothing to do with what was: somebody set it anew. */
  clear(): void {
    this.#values = []
  }
  /** How long the values reach back that the slope is told from. */
  get spanMs(): number {
    return (this.#values.at(-1)?.at ?? 0) - (this.#values[0]?.at ?? 0)
  }
  /** Change per second over the window, once it spans at least 10 s. */
  get slope(): Known<number> {
    const first = this.#values[0]
    const last = this.#values.at(-1)
    if (first === undefined || last === undefined || last.at - first.at < 10_000) return unknown('no-sample-yet')
    // What has stood still for half a minute no longer moves, whatever it did before.
    const moved = this.#values.findLastIndex(({ value }) => value !== last.value)
    if (last.at - (this.#values[moved + 1]?.at ?? last.at) > STILL_MS) return known(0, last.at)
    return known(((last.value - first.value) * 1000) / (last.at - first.at), last.at)
  }
}
