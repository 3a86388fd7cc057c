// broker/store/view-flusher.ts: writes consume queues, index and checkpoint, lazily. The checkpoint never says more than
// what has been synced: recovery begins where it points.
import type { Checkpoint } from './checkpoint'
import type { ConsumeQueues } from './consume-queues'
import type { MessageIndex } from './message-index'

export interface ViewFlusher {
  /** Time of the newest message that the views have. */
  dispatchedMs: number
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
  logFlushedMs: number
  #timer: NodeJS.Timeout | undefined
  #underWay: Promise<void> | undefined
  #nextThoroughMs: number
  #stopped = false

  constructor(options: ViewFlusherOptions) {
    this.#options = options
    this.dispatchedMs = options.checkpoint.queuesTimestampMs
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
    const dispatchedMs = this.dispatchedMs
    await queues.flush(thorough ? 0 : leastUnits)
    if (thorough) {
      checkpoint.queuesTimestampMs = dispatchedMs
      checkpoint.indexTimestampMs = await index.flush()
      const cost = performance.now() - began
      this.#nextThoroughMs = performance.now() + Math.max(this.#options.thoroughIntervalMs, cost * restPerCost)
    }
    checkpoint.logTimestampMs = this.logFlushedMs
    await checkpoint.write()
  }
}
