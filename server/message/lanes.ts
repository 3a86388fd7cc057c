// server/message/lanes.ts: many queues read side by side and handed out in order of store time. Each goes on by itself: none
// waits for another's answer, and those that have shown their next match look a little further meanwhile. A match is handed out
// as soon as no other queue can hold one before it. A queue whose broker fails is asked again before it counts as not read.
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireMessage } from '../admin/records'
import { PeerError } from '../shared/errors'
import type { QueueReader } from './queue-reader'

/** Queues of one broker read at once. */
const AT_ONCE = 8
/** A queue that still holds so many matches looks no further. */
const HELD_MESSAGES = 16
/** What all hold together when they look further than they must. */
const HELD_BYTES = 64 * 1024 * 1024
/** Waits before a queue is asked again: what a busy broker needs, and one that is started again. */
const AGAIN_AFTER_MS = [100, 500, 2000]

export interface Lane {
  readonly reader: QueueReader
  /** Matches not handed out yet, in reading order. */
  readonly ready: readonly WireMessage[]
  /** What is not read yet, [next, end), as of those matches: the reader itself may be a moment ahead. */
  readonly next: bigint
  readonly end: bigint
  /** Why it is not read to its end. */
  readonly fault: PeerError | null
}
export interface LanesOptions {
  readers: readonly QueueReader[]
  /** Of two messages of different queues: is the first handed out first? */
  before(a: WireMessage, b: WireMessage): boolean
  /** The newest first: what comes later was stored earlier. */
  backwards: boolean
  /** So many are handed out at most. */
  limit: number
  /** No more is read after so many messages: also while nobody takes what was found. */
  spent?: (scanned: number) => boolean
  /** Waits before the same is asked again, the one after the other. */
  againAfterMs?: readonly number[]
}
export interface Lanes {
  readonly all: readonly Lane[]
  /** Messages looked at. */
  readonly scanned: number
  /** The next in time; 'wait': it is not known yet, since some queue may still hold it; undefined: none is left. */
  take(): { message: WireMessage; broker: string } | 'wait' | undefined
  /** Until something was read, or so long. Throws what is no broker's fault. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>
  /** Nothing more is asked. */
  close(): void
}
export const openLanes = (options: LanesOptions): Lanes => new SideBySide(options)

interface Held {
  reader: QueueReader
  ready: WireMessage[]
  next: bigint
  end: bigint
  reachedAt: number | null
  fault: PeerError | null
  isReading: boolean
}
/** What is known of one broker while it is read. */
interface Source {
  reading: number
  answeredAt: number
}

class SideBySide implements Lanes {
  readonly #options: LanesOptions
  /** Who was read longest ago comes first. */
  readonly #turns: Held[]
  readonly all: readonly Held[]
  readonly #sources = new Map<string, Source>()
  scanned = 0
  #taken = 0
  #heldMessages = 0
  #heldBytes = 0
  #failure: { error: unknown } | undefined
  #isClosed = false
  #ring: (() => void) | undefined
  #hasRung = false

  constructor(options: LanesOptions) {
    this.#options = options
    this.all = options.readers.map((reader) => ({
      ...{ reader, ready: [], next: reader.next, end: reader.end },
      ...{ reachedAt: null, fault: null, isReading: false },
    }))
    this.#turns = [...this.all]
    for (const { address } of options.readers) this.#sources.set(address, { reading: 0, answeredAt: 0 })
    this.#start()
  }

  take() {
    let first: Held | undefined
    for (const lane of this.all) {
      const head = lane.ready[0]
      const held = first?.ready[0]
      if (head !== undefined && (held === undefined || this.#options.before(head, held))) first = lane
    }
    const next = first?.ready[0]
    if (this.all.some((lane) => isHungry(lane) && (next === undefined || !this.#isPast(lane, next)))) return 'wait'
    const message = first?.ready.shift()
    if (first === undefined || message === undefined) return undefined
    this.#taken += 1
    this.#hold(-1, [message])
    if (first.ready.length < HELD_MESSAGES) this.#start()
    return { message, broker: first.reader.broker }
  }

  /** All that the queue still holds comes after the message. Within a queue messages lie in order of store time. */
  #isPast({ reachedAt }: Held, { storedAt }: WireMessage): boolean {
    if (reachedAt === null) return false
    return this.#options.backwards ? reachedAt <= storedAt : reachedAt >= storedAt
  }

  async wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#hasRung && signal?.aborted !== true)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          this.#ring = undefined
          resolve()
        }
        const timer = setTimeout(done, Math.max(0, ms))
        signal?.addEventListener('abort', done, { once: true })
        this.#ring = done
      })
    this.#hasRung = false
    if (this.#failure !== undefined) throw this.#failure.error
  }

  close(): void {
    this.#isClosed = true
  }

  /** Whoever may read and does not, reads: first those that hold the others up. */
  #start(): void {
    if (this.#isClosed || this.#options.spent?.(this.scanned)) return
    for (const may of [isHungry, this.#mayLookFurther])
      for (const lane of [...this.#turns]) {
        const source = this.#sources.get(lane.reader.address)
        if (source === undefined || source.reading >= AT_ONCE || lane.isReading || !may(lane)) continue
        this.#turns.splice(this.#turns.indexOf(lane), 1)
        this.#turns.push(lane)
        lane.isReading = true
        source.reading += 1
        void this.#read(lane, source).catch((error: unknown) => {
          this.#failure ??= { error }
          this.#rung()
        })
      }
  }
  readonly #mayLookFurther = (lane: Held): boolean =>
    !isOver(lane) &&
    lane.ready.length < HELD_MESSAGES &&
    this.#heldBytes < HELD_BYTES &&
    this.#taken + this.#heldMessages < this.#options.limit

  async #read(lane: Held, source: Source): Promise<void> {
    const waits = this.#options.againAfterMs ?? AGAIN_AFTER_MS
    for (let tried = 0; !this.#isClosed; tried++) {
      const askedAt = performance.now()
      try {
        const { matches, scanned } = await lane.reader.read()
        source.answeredAt = performance.now()
        lane.ready.push(...matches)
        Object.assign(lane, { next: lane.reader.next, end: lane.reader.end, reachedAt: lane.reader.reachedAt })
        this.scanned += scanned
        this.#hold(1, matches)
        break
      } catch (error) {
        if (!(error instanceof PeerError)) throw error
        const waitMs = mayPass(error) ? waits[tried] : undefined
        // where nothing answered meanwhile either, one wait for an answer is long enough
        const isGone = error.fault === 'silent' && source.answeredAt < askedAt && tried > 0
        if (waitMs === undefined || isGone) {
          lane.fault = error
          break
        }
        await sleep(waitMs, undefined, { ref: false })
      }
    }
    lane.isReading = false
    source.reading -= 1
    this.#start()
    this.#rung()
  }

  #hold(sign: 1 | -1, messages: readonly WireMessage[]): void {
    this.#heldMessages += sign * messages.length
    for (const { body } of messages) this.#heldBytes += sign * body.length
  }
  #rung(): void {
    this.#hasRung = true
    this.#ring?.()
  }
}
const isOver = ({ next, end, fault }: Held): boolean => next >= end || fault !== null
const isHungry = (lane: Held): boolean => lane.ready.length === 0 && !isOver(lane)
/** The same question may be answered a little later. */
const mayPass = ({ fault, answer }: PeerError): boolean => fault !== 'answered' || answer?.kind === 'broker-busy'
