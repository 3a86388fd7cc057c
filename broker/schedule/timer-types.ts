// broker/schedule/timer-types.ts: timed messages, as processors see them.

/** The settings that timed messages read, by Apache's names; those of files at the start, others at each use. */
export interface TimerSettings {
  readonly timerPrecisionMs: number
  readonly mappedFileSizeTimerLog: number
  readonly timerRollWindowSlot: number
  readonly timerFlushIntervalMs: number
  readonly timerStopEnqueue: boolean
  readonly timerStopDequeue: boolean
  /** Hours that a segment of the commit log is kept: what waits longer is moved on before. */
  readonly fileReservedTime: number
}

/** Of what lies before a place of the timer queue, all whose slot begins before this time was delivered. */
export interface TimerProgress {
  readonly queueOffset: number
  readonly overMs: number
}

/** Messages for any time: they wait in queue 0 of rmq_sys_wheel_timer. */
export interface TimedMessages {
  /** What a slot of the wheel spans; fixed while the broker runs. */
  readonly precisionMs: number
  /** How many wait in the slot of this time. */
  waitingAt(timeMs: number): number
  /** How many wait, by the start of the span in which they are due. */
  waitingBySpan(spanMs: number): ReadonlyMap<number, number>
  figures(): TimerFigures
  /** Whether all that lay in the timer queue before this offset and was due by then has been delivered. */
  isDone(timerQueueOffset: number, dueMs: number): boolean
  /** The 56 bytes that code 60 answers. */
  checkpoint(): Buffer
  /** The JSON that code 61 answers: how many wait per topic. */
  countsJson(): string
  topicRemoved(topic: string): void
  /** Another broker, whose log this one copies, has delivered these: they are not delivered here any more. */
  doneElsewhere(progress: TimerProgress): void
  /** Notes on disk how far they have come; done by itself every timerFlushIntervalMs. */
  note(): Promise<void>
  /** Resolves when what is under way now is done. */
  rested(): Promise<void>
  start(): void
  /** Rests until the next start, which delivers again what is not known to be stored. */
  pause(): Promise<void>
  stop(): Promise<void>
}
export interface TimerFigures {
  /** Seconds that deliveries lie behind. */
  readBehindSec: number
  /** Messages of the timer queue that are not in a slot yet. */
  offsetBehind: number
  waiting: number
  enqueuedPerSec: number
  deliveredPerSec: number
}
