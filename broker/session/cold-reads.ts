// broker/session/cold-reads.ts: which groups read what lies far behind, and how much of it within five seconds. Who reads
// more than allowed waits, so that consumers that keep up are not held up by the disk. Forgotten at a restart, thresholds too,
// as with Apache.
export interface ColdReadSettings {
  readonly coldDataFlowControlEnable: boolean
  /** Bytes within five seconds: of a group without a threshold of its own, and of all groups. */
  readonly cgColdReadThreshold: number
  readonly globalColdReadThreshold: number
}
export interface ColdReadsOptions {
  readonly settings: ColdReadSettings
  readonly clock: () => number
  readonly periodMs?: number
}

export interface ColdReads {
  readonly isOn: boolean
  /** A group was given so many bytes that are not in memory. */
  note(group: string, sizeBytes: number): void
  /** The group, or all groups together, have read their share of these five seconds. */
  isOver(group: string): boolean
  /** Called again some 3 to 8 s later. False when too many wait: go on at once. */
  hold(wake: () => void): boolean
  /** False when there is no room for another group. */
  setThreshold(group: string, sizeBytes: number): boolean
  removeThreshold(group: string): void
  readonly thresholds: ReadonlyMap<string, number>
  readonly groups: ReadonlyMap<string, Readonly<ColdGroup>>
  readonly sumBytes: number
  /** The settings changed: who waits goes on. */
  wakeAll(): void
  /** Wakes all, and nobody is held from then on. */
  close(): void
}
export interface ColdGroup {
  sumBytes: number
  readonly beganMs: number
  lastReadMs: number
}
export const createColdReads = (options: ColdReadsOptions): ColdReads => new Counts(options)

const periodMs = 5000
const holdMs = 3000
/** A group that has read nothing cold for so long is forgotten. */
const residesMs = 60_000
const maxHeld = 10_000
const maxThresholds = 10_000

class Counts implements ColdReads {
  readonly thresholds = new Map<string, number>()
  readonly groups = new Map<string, ColdGroup>()
  sumBytes = 0
  readonly #settings: ColdReadSettings
  readonly #clock: () => number
  readonly #timer: NodeJS.Timeout
  #held: { readonly sinceMs: number; readonly wake: () => void }[] = []
  #isClosed = false

  constructor({ settings, clock, periodMs: everyMs = periodMs }: ColdReadsOptions) {
    this.#settings = settings
    this.#clock = clock
    this.#timer = setInterval(() => this.#next(), everyMs)
    this.#timer.unref()
  }

  get isOn(): boolean {
    return this.#settings.coldDataFlowControlEnable
  }

  note(group: string, sizeBytes: number): void {
    if (!this.isOn) return
    const nowMs = this.#clock()
    const held = this.groups.get(group)
    if (held === undefined) this.groups.set(group, { sumBytes: sizeBytes, beganMs: nowMs, lastReadMs: nowMs })
    else {
      held.sumBytes += sizeBytes
      held.lastReadMs = nowMs
    }
    this.sumBytes += sizeBytes
  }

  isOver(group: string): boolean {
    const { coldDataFlowControlEnable, cgColdReadThreshold, globalColdReadThreshold } = this.#settings
    if (!coldDataFlowControlEnable) return false
    const held = this.groups.get(group)
    if (held === undefined) return false
    return (
      held.sumBytes >= (this.thresholds.get(group) ?? cgColdReadThreshold) || this.sumBytes >= globalColdReadThreshold
    )
  }

  hold(wake: () => void): boolean {
    if (this.#isClosed || this.#held.length >= maxHeld) return false
    this.#held.push({ sinceMs: this.#clock(), wake })
    return true
  }

  setThreshold(group: string, sizeBytes: number): boolean {
    if (!this.thresholds.has(group) && this.thresholds.size >= maxThresholds) return false
    this.thresholds.set(group, sizeBytes)
    return true
  }
  removeThreshold(group: string): void {
    this.thresholds.delete(group)
  }

  wakeAll(): void {
    for (const { wake } of this.#held.splice(0)) wake()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#isClosed = true
    this.wakeAll()
  }

  /** Five seconds are over. */
  #next(): void {
    const nowMs = this.#clock()
    for (const [group, held] of this.groups) {
      if (nowMs >= held.lastReadMs + residesMs) this.groups.delete(group)
      held.sumBytes = 0
    }
    this.sumBytes = 0
    const due = this.#held.filter(({ sinceMs }) => nowMs >= sinceMs + holdMs)
    if (due.length === 0) return
    this.#held = this.#held.filter(({ sinceMs }) => nowMs < sinceMs + holdMs)
    for (const { wake } of due) wake()
  }
}
