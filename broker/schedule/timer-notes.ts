// broker/schedule/timer-notes.ts: notes on disk how far the timers have come. The timer log is synced before the wheel, the
// wheel before the checkpoint; Apache's part of it says no more than what the commit log has synced, too.
import type { MessageStore } from '../store/types'
import type { TimerState } from './timer-checkpoint'
import type { TimerCounts } from './timer-counts'
import type { TimerFiles } from './timer-recovery'

export interface TimerNotes {
  /** One at a time; whoever asks while one is under way waits for that one. */
  write(): Promise<void>
}
export interface TimerNotesOptions {
  files: TimerFiles
  store: MessageStore
  counts: TimerCounts
  clock: () => number
  stateNow: () => TimerState
}
export const createTimerNotes = (options: TimerNotesOptions): TimerNotes => new Notes(options)

class Notes implements TimerNotes {
  readonly #options: TimerNotesOptions
  #writing: Promise<void> | undefined
  #noted: TimerState | undefined
  /** Synced, deliveries and all. */
  #safe: TimerState
  /** Older than #noted: safe as soon as the commit log is synced up to its deliveries. */
  #soonSafe: TimerState | undefined

  constructor(options: TimerNotesOptions) {
    this.#options = options
    this.#safe = options.files.state
  }

  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  async #write(): Promise<void> {
    const { files, store, counts, clock, stateNow } = this.#options
    const state = stateNow()
    if (this.#noted !== undefined && isSame(state, this.#noted) && this.#soonSafe === undefined) return
    await files.log.sync()
    await files.wheel.flush(this.#safe.readTimeMs)
    const status = await new Promise((resolve) => store.whenSafe(state.deliveredTo, false, resolve))
    if (status === 'failed') return // what was delivered is not stored: it is delivered again
    this.#soonSafe ??= state
    if (this.#soonSafe.deliveredTo <= store.commitLog.flushedTo) {
      this.#safe = this.#soonSafe
      this.#soonSafe = isSame(this.#safe, state) ? undefined : state
    }
    if (this.#soonSafe !== undefined && this.#soonSafe.deliveredTo <= store.commitLog.flushedTo) {
      this.#safe = this.#soonSafe
      this.#soonSafe = undefined
    }
    const { stateVersion, counter } = files.checkpoint.version
    await files.checkpoint.write(this.#safe, state, { stateVersion, timestamp: clock(), counter: counter + 1 })
    this.#noted = state
    counts.save()
  }
}

const isSame = (a: TimerState, b: TimerState): boolean =>
  a.readTimeMs === b.readTimeMs &&
  a.dueToMs === b.dueToMs &&
  a.duePlace === b.duePlace &&
  a.doneEnd === b.doneEnd &&
  a.logEnd === b.logEnd &&
  a.queueOffset === b.queueOffset &&
  a.deliveredTo === b.deliveredTo &&
  a.elsewhereTo === b.elsewhereTo &&
  a.elsewhereMs === b.elsewhereMs
