// broker/schedule/timer-checkpoint.ts: how far the timers have come, in Apache's file `timercheck`. Behind Apache's fields
// lies what ours alone reads: a later state that holds if the commit log still has all that was delivered for it.
import { join } from 'node:path'
import type { Files, OpenFile } from '../file/files'
import { i64, layout, readLong, writeLong } from '../protocol/layout'
import type { TimerProgress } from './timer-types'

/** Where the timers stand. All of it is as safe as the place that `deliveredTo` names in the commit log. */
export interface TimerState {
  /** Slots before are over. */
  readTimeMs: number
  /** In that slot, of what lies before doneEnd all is delivered up to this time, and of this time up to this place. */
  dueToMs: number
  duePlace: number
  doneEnd: number
  /** End of the timer log, which is synced. */
  logEnd: number
  /** The next message of the timer queue that has no unit yet. */
  queueOffset: number
  /** What was delivered so far ends here in the commit log. */
  deliveredTo: number
  /** What a master of before has delivered: see TimerProgress. */
  elsewhereTo: number
  elsewhereMs: number
}
export interface TimerVersion {
  stateVersion: number
  timestamp: number
  counter: number
}
export interface TimerCheckpoint {
  readonly safe: TimerState
  readonly ahead: TimerState | undefined
  readonly version: TimerVersion
  write(safe: TimerState, ahead: TimerState, version: TimerVersion): Promise<void>
  /** The first 56 bytes, as code 60 answers them. */
  body(): Buffer
  close(): void
}

const apacheFields = layout({
  readTimeMs: i64,
  logFlushedTo: i64,
  queueOffset: i64,
  masterQueueOffset: i64,
  stateVersion: i64,
  timestamp: i64,
  counter: i64,
})
const ours = layout(
  {
    mark: i64,
    ofReadTime: i64,
    ofLog: i64,
    readTimeMs: i64,
    dueToMs: i64,
    duePlace: i64,
    doneEnd: i64,
    logEnd: i64,
    queueOffset: i64,
    deliveredTo: i64,
    elsewhereTo: i64,
    elsewhereMs: i64,
  },
  64,
)
const mark = 0x5244_5449_4d52
const fileBytes = 4096

/** What a checkpoint that another broker answered says of deliveries; undefined when it says nothing. */
export function timerProgress(checkpoint: Buffer): TimerProgress | undefined {
  const { at, size } = apacheFields
  if (checkpoint.length < size) return undefined
  const overMs = readLong(checkpoint, at.readTimeMs)
  // a master names its own place in both fields, or the first alone
  const queueOffset = Math.max(readLong(checkpoint, at.queueOffset), 0)
  return overMs > 0 ? { queueOffset, overMs } : undefined
}

export async function openTimerCheckpoint(files: Files, configDir: string): Promise<TimerCheckpoint> {
  const path = join(configDir, 'timercheck')
  const page = Buffer.alloc(fileBytes)
  const found = await files.readWhole(path)
  found?.copy(page, 0, 0, fileBytes)
  return new Page(files, path, page)
}

class Page implements TimerCheckpoint {
  readonly #files: Files
  readonly #path: string
  readonly #page: Buffer
  #file: OpenFile | undefined

  constructor(files: Files, path: string, page: Buffer) {
    this.#files = files
    this.#path = path
    this.#page = page
  }

  get safe(): TimerState {
    const { at } = apacheFields
    const readTimeMs = readLong(this.#page, at.readTimeMs)
    return {
      readTimeMs,
      dueToMs: 0,
      duePlace: 0,
      doneEnd: 0,
      logEnd: readLong(this.#page, at.logFlushedTo),
      queueOffset: readLong(this.#page, at.queueOffset),
      deliveredTo: 0,
      elsewhereTo: 0,
      elsewhereMs: 0,
    }
  }
  get ahead(): TimerState | undefined {
    const { at } = ours
    const of = (place: number): number => readLong(this.#page, place)
    // Apache's broker leaves ours where it is when it goes on by itself
    const isOfThese =
      of(at.mark) === mark &&
      of(at.ofReadTime) === of(apacheFields.at.readTimeMs) &&
      of(at.ofLog) === of(apacheFields.at.logFlushedTo)
    if (!isOfThese) return undefined
    return {
      readTimeMs: of(at.readTimeMs),
      dueToMs: of(at.dueToMs),
      duePlace: of(at.duePlace),
      doneEnd: of(at.doneEnd),
      logEnd: of(at.logEnd),
      queueOffset: of(at.queueOffset),
      deliveredTo: of(at.deliveredTo),
      elsewhereTo: of(at.elsewhereTo),
      elsewhereMs: of(at.elsewhereMs),
    }
  }
  get version(): TimerVersion {
    const { at } = apacheFields
    return {
      stateVersion: readLong(this.#page, at.stateVersion),
      timestamp: readLong(this.#page, at.timestamp),
      counter: readLong(this.#page, at.counter),
    }
  }

  async write(safe: TimerState, ahead: TimerState, version: TimerVersion): Promise<void> {
    const page = this.#page
    const put = (place: number, value: number): void => writeLong(page, value, place)
    const { at } = apacheFields
    put(at.readTimeMs, safe.readTimeMs)
    put(at.logFlushedTo, safe.logEnd)
    put(at.queueOffset, safe.queueOffset)
    put(at.masterQueueOffset, Math.max(safe.queueOffset, ahead.elsewhereTo))
    put(at.stateVersion, version.stateVersion)
    put(at.timestamp, version.timestamp)
    put(at.counter, version.counter)
    put(ours.at.mark, mark)
    put(ours.at.ofReadTime, safe.readTimeMs)
    put(ours.at.ofLog, safe.logEnd)
    put(ours.at.readTimeMs, ahead.readTimeMs)
    put(ours.at.dueToMs, ahead.dueToMs)
    put(ours.at.duePlace, ahead.duePlace)
    put(ours.at.doneEnd, ahead.doneEnd)
    put(ours.at.logEnd, ahead.logEnd)
    put(ours.at.queueOffset, ahead.queueOffset)
    put(ours.at.deliveredTo, ahead.deliveredTo)
    put(ours.at.elsewhereTo, ahead.elsewhereTo)
    put(ours.at.elsewhereMs, ahead.elsewhereMs)
    this.#file ??= this.#files.create(this.#path, fileBytes)
    await this.#file.write([Buffer.from(page)], 0)
    await this.#file.sync()
  }

  body(): Buffer {
    return Buffer.from(this.#page.subarray(0, apacheFields.size))
  }
  close(): void {
    this.#file?.close()
  }
}
