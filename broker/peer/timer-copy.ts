// broker/peer/timer-copy.ts: how far the master's timed messages have come, for the slave that may be started as the master
// one day. Believed only once this log holds all that the master's held when it said so: what it delivered is then here,
// too. Says too little rather than too much: what is delivered twice is a nuisance, what is skipped is lost.
import { timerProgress } from '../schedule/timer-checkpoint'
import type { TimerProgress } from '../schedule/timer-types'

export interface TimerCopy {
  /** The 56 bytes that code 60 answered, and where the master's log ended after that. */
  said(checkpoint: Buffer, masterTail: number): void
  /** This log holds all before `confirmOffset`. Answers what is sure now, if that is news. */
  reached(confirmOffset: number): TimerProgress | undefined
}

export const createTimerCopy = (): TimerCopy => new Copied()

class Copied implements TimerCopy {
  #known: TimerProgress | undefined
  #waiting: { sure: TimerProgress; masterTail: number } | undefined

  said(checkpoint: Buffer, masterTail: number): void {
    const progress = timerProgress(checkpoint)
    if (progress === undefined || this.#waiting !== undefined) return
    const before = this.#known
    this.#known = progress
    if (before === undefined || progress.overMs <= before.overMs) return
    // what was late went into the slot of its day: all that had a slot at the earlier time had one that is over by now
    const sure = { queueOffset: before.queueOffset, overMs: progress.overMs }
    this.#waiting = { sure, masterTail }
  }

  reached(confirmOffset: number): TimerProgress | undefined {
    if (this.#waiting === undefined || confirmOffset < this.#waiting.masterTail) return undefined
    const { sure } = this.#waiting
    this.#waiting = undefined
    return sure
  }
}
