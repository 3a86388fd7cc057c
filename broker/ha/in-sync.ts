// broker/ha/in-sync.ts: at a master under a controller: which brokers hold all that was acknowledged. The controller keeps the
// set, and elects from it; the master asks it to take somebody in or out. Until it has answered both the old and the new
// set hold: nothing is acknowledged that a broker who could be elected lacks.
import type { HaLog } from './types'

export interface SyncStateSet {
  readonly syncStateSet: readonly number[]
  readonly syncStateSetEpoch: number
}
/** A slave as it stands now. */
export interface Candidate {
  readonly brokerId: number
  readonly confirmedTo: number
  /** How old the oldest byte is that it has not confirmed. */
  readonly behindMs: number
  readonly isLearner: boolean
}
export interface InSyncOptions {
  readonly brokerId: number
  readonly set: SyncStateSet
  /** Asks the controller. Resolves with what holds now; rejects with `refused` true when it said no. */
  readonly alter: (wanted: readonly number[], syncStateSetEpoch: number) => Promise<SyncStateSet>
  readonly maxLagMs: () => number
  readonly clock: () => number
  readonly log: HaLog
  /** What is required for an acknowledgement may be less now. */
  readonly changed: () => void
}

/** A slave that is gone is missed so long before it is put out. */
const GONE_MS = 500
/** Nobody further behind is waited for. */
const NEAR_BYTES = 1024 * 1024
/** Who was taken for near and does not come is not waited for. */
const JOIN_MS = 1000

export class InSync {
  readonly #options: InSyncOptions
  #agreed: ReadonlySet<number>
  #epoch: number
  /** Asked for and not yet answered. */
  #wanted: ReadonlySet<number> | undefined
  #isAsking = false
  /** Waited for already; taken in once they reach what was acknowledged before. */
  readonly #joining = new Map<number, { mustReach: number; sinceMs: number }>()
  /** Members that are not connected, and since when. */
  readonly #goneSinceMs = new Map<number, number>()
  #rests = 0

  constructor(options: InSyncOptions) {
    this.#options = options
    this.#agreed = new Set(options.set.syncStateSet)
    this.#epoch = options.set.syncStateSetEpoch
  }

  get row(): SyncStateSet {
    return { syncStateSet: [...this.#agreed].sort((a, b) => a - b), syncStateSetEpoch: this.#epoch }
  }
  /** How many are in it, this broker included. */
  get size(): number {
    return this.#agreed.size
  }
  has(brokerId: number): boolean {
    return this.#agreed.has(brokerId)
  }

  /** Up to where everybody who could be elected holds the log. */
  heldByAll(ownEnd: number, slaves: readonly Candidate[]): number {
    let upTo = ownEnd
    for (const id of new Set([...this.#agreed, ...(this.#wanted ?? []), ...this.#joining.keys()])) {
      if (id === this.#options.brokerId) continue
      const confirmed = slaves.filter(({ brokerId }) => brokerId === id).map(({ confirmedTo }) => confirmedTo)
      upTo = Math.min(upTo, Math.max(-1, ...confirmed))
    }
    return upTo
  }

  /** The controller says what holds; what was asked for meanwhile is settled with it. */
  told(set: SyncStateSet): void {
    if (set.syncStateSetEpoch < this.#epoch || this.#isAsking) return
    this.#epoch = set.syncStateSetEpoch
    this.#agreed = new Set(set.syncStateSet)
    this.#wanted = undefined
    this.#options.changed()
  }

  /** Called now and then, and when a slave has confirmed more or is gone. */
  look(ownEnd: number, epochStart: number, slaves: readonly Candidate[]): void {
    const nowMs = this.#options.clock()
    for (const { brokerId } of slaves) this.#goneSinceMs.delete(brokerId)
    if (this.#wanted !== undefined) return
    const staying = [...this.#agreed].filter(
      (id) => id === this.#options.brokerId || !this.#isMissed(id, slaves, nowMs),
    )
    const joined = this.#joined(ownEnd, epochStart, slaves, nowMs)
    if (joined.length === 0 && staying.length === this.#agreed.size) return
    if (nowMs < this.#rests) return
    this.#ask(new Set([...staying, ...joined]))
  }

  #isMissed(id: number, slaves: readonly Candidate[], nowMs: number): boolean {
    const behindMs = slaves.filter(({ brokerId }) => brokerId === id).map((slave) => slave.behindMs)
    if (behindMs.length > 0) return Math.min(...behindMs) > this.#options.maxLagMs()
    const sinceMs = this.#goneSinceMs.get(id)
    if (sinceMs === undefined) this.#goneSinceMs.set(id, nowMs)
    return nowMs - (sinceMs ?? nowMs) > GONE_MS
  }

  #joined(ownEnd: number, epochStart: number, slaves: readonly Candidate[], nowMs: number): number[] {
    for (const id of this.#joining.keys()) {
      const isThere = slaves.some(({ brokerId }) => brokerId === id)
      const { sinceMs } = this.#joining.get(id) ?? { sinceMs: 0 }
      if (isThere && nowMs - sinceMs < JOIN_MS) continue
      this.#joining.delete(id)
      this.#options.changed()
    }
    const joined: number[] = []
    for (const { brokerId, confirmedTo, isLearner } of slaves) {
      if (isLearner || confirmedTo < epochStart || this.#agreed.has(brokerId)) continue
      const held = this.#joining.get(brokerId)
      if (held === undefined) {
        if (ownEnd - confirmedTo > NEAR_BYTES) continue
        this.#joining.set(brokerId, { mustReach: ownEnd, sinceMs: nowMs })
        if (confirmedTo >= ownEnd) joined.push(brokerId)
      } else if (confirmedTo >= held.mustReach) joined.push(brokerId)
    }
    return joined
  }

  #ask(wanted: ReadonlySet<number>): void {
    this.#wanted = wanted
    this.#isAsking = true
    for (const id of wanted) this.#joining.delete(id) // `wanted` waits for them now
    this.#options.alter([...wanted], this.#epoch).then(
      (set) => {
        this.#isAsking = false
        this.#options.log('info', `in sync are ${[...set.syncStateSet].join(', ')}`)
        this.told(set)
      },
      (error: unknown) => {
        this.#isAsking = false
        this.#rests = this.#options.clock() + JOIN_MS
        const isRefused = error instanceof Error && 'refused' in error && error.refused === true
        this.#options.log('warn', `the in-sync set stays: ${error instanceof Error ? error.message : error}`)
        // not answered: it may hold or not, and both sets are heeded until the controller is heard
        if (isRefused) {
          this.#wanted = undefined
          this.#options.changed()
        }
      },
    )
  }
}
