// broker/store/log-flusher.ts: when the commit log is synced to the disk. ASYNC_FLUSH does it now and then; SYNC_FLUSH at once,
// one at a time: all that arrives while the disk works shares the next one. The policy may change at any time.
import type { CommitLog } from './commit-log'
import type { FlushPolicy } from './types'

export interface LogFlusher {
  readonly policy: FlushPolicy
  setPolicy(policy: FlushPolicy): void
  /** writtenTo has moved. */
  afterWrite(): void
  /** Syncs all that is written now. Rejects when the disk refuses. */
  flushAll(): Promise<void>
  /** Resolves when nothing is under way and nothing will begin. */
  stop(): Promise<void>
}
export interface FlusherEvents {
  /** `writtenMs` as it was when the flush began, `tookMs` what it lasted. */
  flushed(writtenMs: number, tookMs: number): void
  failed(error: unknown): void
  /** Store time of the newest message that is written. */
  writtenMs(): number
}
export const createLogFlusher = (log: CommitLog, policy: FlushPolicy, events: FlusherEvents): LogFlusher =>
  new Flusher(log, policy, events)

const pageBytes = 4096
const retryAfterFailureMs = 1000

class Flusher implements LogFlusher {
  readonly #log: CommitLog
  readonly #events: FlusherEvents
  policy: FlushPolicy
  #underWay: Promise<boolean> | undefined
  #timer: NodeJS.Timeout | undefined
  #lastThoroughMs = performance.now()
  #retryNotBeforeMs = 0
  #stopped = false

  constructor(log: CommitLog, policy: FlushPolicy, events: FlusherEvents) {
    this.#log = log
    this.policy = policy
    this.#events = events
    this.#arm()
  }

  setPolicy(policy: FlushPolicy): void {
    this.policy = policy
    this.#arm()
    this.afterWrite()
  }

  afterWrite(): void {
    if (this.policy.flushDiskType !== 'SYNC_FLUSH' || this.#underWay !== undefined || this.#stopped) return
    if (performance.now() >= this.#retryNotBeforeMs) void this.#flush()
  }

  async flushAll(): Promise<void> {
    const upTo = this.#log.writtenTo
    while (this.#log.flushedTo < upTo) {
      const good = await (this.#underWay ?? this.#flush())
      if (!good) throw new Error('the commit log could not be synced to the disk')
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#underWay
  }

  #arm(): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(this.#tick, Math.max(1, this.policy.flushIntervalMs))
    this.#timer.unref()
  }

  /** Under SYNC_FLUSH it only looks after what a failure left behind. */
  readonly #tick = (): void => {
    this.#arm()
    if (this.#underWay !== undefined || performance.now() < this.#retryNotBeforeMs) return
    const dirtyBytes = this.#log.writtenTo - this.#log.flushedTo
    if (dirtyBytes === 0) return
    const thorough = performance.now() - this.#lastThoroughMs >= this.policy.flushThoroughIntervalMs
    const due = thorough || dirtyBytes >= this.policy.flushLeastPages * pageBytes
    if (due || this.policy.flushDiskType === 'SYNC_FLUSH') void this.#flush()
  }

  /** Whether it went well. Never rejects. */
  #flush(): Promise<boolean> {
    this.#underWay = this.#flushOnce().finally(() => {
      this.#underWay = undefined
      if (this.#log.writtenTo > this.#log.flushedTo) this.afterWrite()
    })
    return this.#underWay
  }

  async #flushOnce(): Promise<boolean> {
    const writtenMs = this.#events.writtenMs()
    const beganMs = performance.now()
    try {
      await this.#log.flush()
    } catch (error) {
      this.#retryNotBeforeMs = performance.now() + retryAfterFailureMs
      this.#events.failed(error)
      return false
    }
    this.#lastThoroughMs = performance.now()
    this.#retryNotBeforeMs = 0
    this.#events.flushed(writtenMs, this.#lastThoroughMs - beganMs)
    return true
  }
}
