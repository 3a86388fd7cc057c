// broker/store/view-flusher.ts: writes consume queues, index and checkpoint, lazily. The checkpoint never says more than
// what has been synced: recovery begins where it points.
import type { Checkpoint } from './checkpoint'
import type { ConsumeQueues } from './consume-queues'
import type { MessageIndex } from './message-index'

export interface ViewFlusher {
  /** Everything, now. */
  flushAll(): Promise<void>
  stop(): Promise<void>
}
export interface ViewFlusherOptions {
  queues: ConsumeQueues
  index: MessageIndex
  checkpoint: Checkpoint
  /** How far log and views are. */
  progress: {
    intake: { readonly dispatchedTo: number; readonly dispatchedMs: number; readonly flushedMs: number }
    log: { readonly flushedTo: number; readonly start: number }
  }
  intervalMs: number
  thoroughIntervalMs: number
  failed(error: unknown): void
  flushed(): void
}
export const createViewFlusher = (options: ViewFlusherOptions): ViewFlusher => new Flusher(options)

/** Two pages of 4 KiB, as Apache's flushConsumeQueueLeastPages. */
const leastUnits = 410
/** When nothing else wants the disk any more. */
const lanesAtTheEnd = 16
/** A thorough pass over very many queues takes its time: then it comes less often. */
const restPerCost = 20

class Flusher implements ViewFlusher {
  readonly #options: ViewFlusherOptions
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
    this.#nextThoroughMs = performance.now() + options.thoroughIntervalMs
    this.#arm()
  }

  async flushAll(): Promise<void> {
    await this.#underWay
    await this.#pass(true, lanesAtTheEnd)
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

  async #pass(thorough: boolean, lanes?: number): Promise<void> {
    const { queues, index, checkpoint, progress } = this.#options
    const began = performance.now()
    const { dispatchedMs, flushedMs } = progress.intake
    // views may run ahead of the disk under ASYNC_FLUSH
    const safeOffset = Math.min(progress.intake.dispatchedTo, progress.log.flushedTo)
    try {
      await queues.flush(thorough ? 0 : leastUnits, lanes)
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
      checkpoint.logTimestampMs = flushedMs
      checkpoint.logStart = progress.log.start
    }
    await checkpoint.write()
  }
}
