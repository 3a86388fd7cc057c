// broker/store/view-flusher.ts: writes consume queues, index and checkpoint, lazily. The checkpoint never says more than
// what has been synced: recovery begins where it points.
import type { Checkpoint } from './checkpoint'
import type { ConsumeQueues } from './consume-queues'
import type { MessageIndex } from './message-index'

export interface ViewFlusher {
  /** Time of the newest message that the views have. */
  dispatchedMs: number
  /** Up to where the views have the log. */
  dispatchedTo: number
  /** Time of the newest message that is synced in the log. */
  logFlushedMs: number
  /** Everything, now. */
  flushAll(): Promise<void>
  stop(): Promise<void>
}
export interface ViewFlusherOptions {
  queues: ConsumeQueues
  index: MessageIndex
  checkpoint: Checkpoint
  /** Up to where the log is synced. */
  flushedTo: () => number
  dispatchedTo: number
  intervalMs: number
  thoroughIntervalMs: number
  failed(error: unknown): void
  flushed(): void
}
export const createViewFlusher = (options: ViewFlusherOptions): ViewFlusher => new Flusher(options)

/** Two pages of 4 KiB, as Apache's flushConsumeQueueLeastPages. */
const leastUnits = 410
/** A thorough pass over very many queues takes its time: then it comes less often. */
const restPerCost = 20

class Flusher implements ViewFlusher {
  readonly #options: ViewFlusherOptions
  dispatchedMs: number
  dispatchedTo: number
  logFlushedMs: number
  #timer: NodeJS.Timeout | undefined
  #underWay: Promise<void> | undefined
  #nextThoroughMs: number
  #stopped = false
  /**
   * A sync failed once: what the system had not yet written of the views may be gone, whatever it says of later syncs.
   * The checkpoint then stays where it was, so that the next start builds from there.
   */
  #failed = false

  constructor(options: ViewFlusherOptions) {
    this.#options = options
    this.dispatchedMs = options.checkpoint.queuesTimestampMs
    this.dispatchedTo = options.dispatchedTo
    this.logFlushedMs = options.checkpoint.logTimestampMs
    this.#nextThoroughMs = performance.now() + options.thoroughIntervalMs
    this.#arm()
  }

  async flushAll(): Promise<void> {
    await this.#underWay
    await this.#pass(true)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#underWay
  }

  #arm(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      const thorough = performance.now() >= this.#nextThoroughMs
      this.#underWay = this.#pass(thorough)
        .then(this.#options.flushed, this.#options.failed)
        .finally(() => {
          this.#underWay = undefined
          this.#arm()
        })
    }, this.#options.intervalMs)
    this.#timer.unref()
  }

  async #pass(thorough: boolean): Promise<void> {
    const { queues, index, checkpoint } = this.#options
    const began = performance.now()
    const { dispatchedMs } = this
    // views may run ahead of the disk under ASYNC_FLUSH
    const safeOffset = Math.min(this.dispatchedTo, this.#options.flushedTo())
    try {
      await queues.flush(thorough ? 0 : leastUnits)
      const indexMs = thorough ? await index.flush() : 0
      if (thorough && !this.#failed) {
        checkpoint.queuesTimestampMs = dispatchedMs
        checkpoint.indexTimestampMs = indexMs
        checkpoint.safeOffset = safeOffset
      }
    } catch (error) {
      this.#failed = true
      checkpoint.trustIndex = false
      throw error
    } finally {
      if (thorough) {
        const rest = Math.max(this.#options.thoroughIntervalMs, (performance.now() - began) * restPerCost)
        this.#nextThoroughMs = performance.now() + rest
      }
      checkpoint.logTimestampMs = this.logFlushedMs
    }
    await checkpoint.write()
  }
}
