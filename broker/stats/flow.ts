// broker/stats/flow.ts: one stream of events with up to three figures (messages, bytes, milliseconds), counted for ever
// and sampled into three windows, so that a sum and a rate over the last minute, hour and day can be told at any time.
// Counting touches numbers only; sampling is called by the owner's one timer.

/** As code 315 answers: sum over the window, per second, and per event. */
export interface Rate {
  sum: number
  tps: number
  avgpt: number
}
export interface Rates {
  minute: Rate
  hour: Rate
  day: Rate
}
export type Figure = 'messages' | 'bytes' | 'latencyMs'
export type Window = keyof Rates

/** Apache's windows: how often a sample is taken, and how many are kept. */
export const windows = {
  minute: { everyMs: 10_000, kept: 7 },
  hour: { everyMs: 600_000, kept: 7 },
  day: { everyMs: 3_600_000, kept: 25 },
} as const

const placeOf: Readonly<Record<Figure, number>> = { messages: 2, bytes: 3, latencyMs: 4 }

export class Flow {
  events = 0
  messages = 0
  bytes = 0
  latencyMs = 0
  readonly #samples: Record<Window, Samples> = { minute: new Samples(), hour: new Samples(), day: new Samples() }

  add(messages: number, bytes: number, latencyMs: number): void {
    this.events += 1
    this.messages += messages
    this.bytes += bytes
    this.latencyMs += latencyMs
  }

  sample(window: Window, nowMs: number): void {
    this.#samples[window].take(this, nowMs, windows[window])
  }

  /** True when nothing happened within any of the windows: forgetting the flow changes no answer but "not exist". */
  get idle(): boolean {
    return this.#samples.day.sampled && !this.#samples.day.moved
  }

  rates(figure: Figure): Rates {
    const at = placeOf[figure]
    return {
      minute: this.#samples.minute.rate(at),
      hour: this.#samples.hour.rate(at),
      day: this.#samples.day.rate(at),
    }
  }

  /** Messages per second over the last minute. */
  get tps(): number {
    return this.#samples.minute.rate(placeOf.messages).tps
  }
}

const width = 5 // at, events, messages, bytes, latencyMs

/** The last few samples of a window, oldest first. Holds no memory while nothing moves. */
class Samples {
  #rows: number[] = []
  sampled = false

  /** Whether the newest sample differs from the oldest. */
  get moved(): boolean {
    const last = this.#rows.length - width
    return last > 0 && (this.#rows[1] !== this.#rows[last + 1] || this.#rows[2] !== this.#rows[last + 2])
  }

  take(flow: Flow, nowMs: number, window: { everyMs: number; kept: number }): void {
    // The first sample counts as one whole interval of work since nothing, as Apache's does.
    if (!this.sampled) this.#rows.push(nowMs - window.everyMs, 0, 0, 0, 0)
    else if (this.#rows.length === 0) this.#rows.push(nowMs - window.everyMs, ...this.#last)
    this.sampled = true
    this.#last = [flow.events, flow.messages, flow.bytes, flow.latencyMs]
    this.#rows.push(nowMs, ...this.#last)
    if (this.#rows.length > window.kept * width) this.#rows.splice(0, width)
    if (!this.moved) this.#rows = []
  }
  #last: [number, number, number, number] = [0, 0, 0, 0]

  rate(at: number): Rate {
    const rows = this.#rows
    const last = rows.length - width
    if (last <= 0) return { sum: 0, tps: 0, avgpt: 0 }
    const difference = (place: number): number => (rows[last + place] ?? 0) - (rows[place] ?? 0)
    const sum = difference(at)
    const spanMs = difference(0)
    const events = difference(1)
    return { sum, tps: spanMs > 0 ? (sum * 1000) / spanMs : 0, avgpt: events > 0 ? sum / events : 0 }
  }
}
