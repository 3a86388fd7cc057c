// broker/schedule/timers.ts: brings timed messages to their real topics at their time. What arrives in the timer queue gets
// a unit in the timer log and a place in the wheel; a slot's units are read when its time begins, and each message goes
// at its own millisecond. One walk at a time does both, so a recall that was stored before is always seen.
// What was delivered and is not noted in the checkpoint is delivered again after a crash, never lost.
import { type Files, nodeFiles } from '../file/files'
import { SystemTopic } from '../protocol/names'
import type { BeforeRemoval, MessageStore } from '../store/types'
import type { TimerState } from './timer-checkpoint'
import { openTimerCounts, type TimerCounts } from './timer-counts'
import { createTimerDelivery, type TimerDelivery } from './timer-delivery'
import { createTimerIntake, type TimerIntake } from './timer-intake'
import { createTimerNotes, type TimerNotes } from './timer-notes'
import { createTimerRates, type TimerRates } from './timer-rates'
import { openTimerFiles, spareSlots, type TimerFiles } from './timer-recovery'
import { createRescue, type Rescue } from './timer-rescue'
import { type DueUnit, loadSlot, type TimerSlot } from './timer-slot'
import type { TimedMessages, TimerFigures, TimerProgress, TimerSettings } from './timer-types'
import { wheelSlots } from './timer-wheel'

export interface TimersOptions {
  rootDir: string
  configDir: string
  store: MessageStore
  settings: TimerSettings
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
  /** A message was stored in its real topic, or again in the timer queue. */
  onStored?: (topic: string, queueId: number, sizeBytes: number) => void
  /** The disk, and how to be called later: the machine's own unless a test hands in others. */
  files?: Files
  callIn?: (ms: number, work: () => void) => { cancel(): void }
}

export async function openTimers(options: TimersOptions): Promise<TimedMessages> {
  const { rootDir, configDir, store, settings, clock, log } = options
  const files = options.files ?? nodeFiles()
  const counts = await openTimerCounts({ configDir, clock, log })
  const precisionMs = settings.timerPrecisionMs
  const opened = await openTimerFiles({
    files,
    rootDir,
    configDir,
    logSegmentBytes: settings.mappedFileSizeTimerLog,
    precisionMs,
    store,
    counts,
    nowMs: clock(),
    say: log,
  })
  const timers = new Timers(options, precisionMs, opened, counts)
  await timers.note()
  return timers
}

const batchMessages = 256
/** When the store refuses or fails, the same message is tried again after so long. */
const retryMs = 100
/** setTimeout takes no more. */
const maxTimerMs = 0x7fff_ffff
const cleanEveryMs = 30_000
const rateEveryMs = 1000

class Timers implements TimedMessages {
  readonly #options: TimersOptions
  readonly precisionMs: number
  readonly #files: TimerFiles
  readonly #counts: TimerCounts
  readonly #notes: TimerNotes
  readonly #rescue: Rescue
  readonly #intake: TimerIntake
  readonly #delivery: TimerDelivery
  /** Slots before are over; the slot of this time may be the open one. */
  #readTimeMs: number
  #slot: TimerSlot | undefined
  /** What is not to be delivered here, since a master of before did. */
  #elsewhere: TimerProgress
  /** A delivery from here on was not stored after all. */
  #againFromMs = Number.POSITIVE_INFINITY
  #wake: { cancel(): void } | undefined
  #upkeep: NodeJS.Timeout[] = []
  #isRunning = false
  #walking: Promise<void> | undefined
  #hasArrival = false
  readonly #rates: TimerRates

  constructor(options: TimersOptions, precisionMs: number, files: TimerFiles, counts: TimerCounts) {
    this.#options = options
    this.precisionMs = precisionMs
    this.#files = files
    this.#counts = counts
    const { readTimeMs, deliveredTo, elsewhereTo, elsewhereMs } = files.state
    this.#elsewhere = { queueOffset: elsewhereTo, overMs: elsewhereMs }
    this.#readTimeMs = readTimeMs
    this.#rates = createTimerRates(options.clock)
    const { store, clock, log: say } = options
    const shared = { store, counts, rates: this.#rates, clock, say }
    this.#intake = createTimerIntake({
      ...shared,
      files,
      settings: options.settings,
      precisionMs,
      readTimeMs: () => this.#readTimeMs,
      openSlot: () => this.#slot,
      elsewhere: () => this.#elsewhere,
    })
    this.#delivery = createTimerDelivery({
      elsewhere: () => this.#elsewhere,
      ...shared,
      deliveredTo,
      failed: (slotMs) => {
        this.#againFromMs = Math.min(this.#againFromMs, slotMs)
        if (this.#walking === undefined) this.#walkIn(retryMs)
      },
      onStored: options.onStored,
    })
    this.#notes = createTimerNotes({
      files,
      store: options.store,
      counts,
      clock: options.clock,
      stateNow: () => this.#state(),
    })
    this.#rescue = createRescue({
      ...files,
      counts,
      store: options.store,
      clock: options.clock,
      precisionMs,
      waits: (unit, slotMs) => this.#waits(unit, slotMs),
      moved: (upTo) => this.#slot?.forgetBefore(upTo),
      onStored: options.onStored,
      say,
    })
    options.store.beforeRemoval((upTo, restore) => this.#moveAllBefore(upTo, restore))
    options.store.onArrival(({ topic }) => {
      if (topic !== SystemTopic.timer) return
      this.#hasArrival = true
      if (this.#walking === undefined) this.#walkIn(0)
    })
  }

  waitingAt(timeMs: number): number {
    return Math.max(0, this.#files.wheel.count(timeMs))
  }
  waitingBySpan(spanMs: number): ReadonlyMap<number, number> {
    const { wheel } = this.#files
    const spans = new Map<number, number>()
    for (const timeMs of wheel.times(this.#readTimeMs)) {
      const from = Math.floor(timeMs / spanMs) * spanMs
      spans.set(from, (spans.get(from) ?? 0) + Math.max(0, wheel.count(timeMs)))
    }
    return spans
  }
  figures(): TimerFigures {
    const { store, clock } = this.#options
    const { enqueuedPerSec, deliveredPerSec } = this.#rates
    // with nothing due the read time rests: then nothing is behind
    const next = this.#slot?.head?.dueAtMs ?? this.#files.wheel.next(this.#readTimeMs)
    return {
      readBehindSec: next === undefined ? 0 : Math.max(0, Math.floor((clock() - next) / 1000)),
      offsetBehind: Math.max(0, store.maxOffset(SystemTopic.timer, 0) - this.#intake.queueOffset),
      waiting: this.#files.wheel.total(this.#readTimeMs),
      enqueuedPerSec,
      deliveredPerSec,
    }
  }
  isDone(timerQueueOffset: number, dueMs: number): boolean {
    if (this.#intake.queueOffset < timerQueueOffset) return false
    const next = this.#slot?.head?.dueAtMs ?? this.#files.wheel.next(this.#readTimeMs)
    return next === undefined || next > dueMs
  }
  checkpoint(): Buffer {
    return this.#files.checkpoint.body()
  }
  countsJson(): string {
    return this.#counts.toJson()
  }
  topicRemoved(topic: string): void {
    this.#counts.removeTopic(topic)
  }
  doneElsewhere(progress: TimerProgress): void {
    if (this.#isRunning || progress.overMs < this.#elsewhere.overMs) return
    this.#elsewhere = progress
    // not noted: delivered twice after a kill
    this.#notes.write().catch((error: unknown) => this.#options.log('warn', `timed messages: ${textOf(error)}`))
  }
  note(): Promise<void> {
    return this.#notes.write()
  }

  async rested(): Promise<void> {
    await this.#walking
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    const { settings, log } = this.#options
    const every = (ms: number, work: () => Promise<unknown>): void => {
      const timer = setInterval(() => {
        work().catch((error: unknown) => log('warn', `timed messages: ${textOf(error)}`))
      }, ms)
      timer.unref()
      this.#upkeep.push(timer)
    }
    every(settings.timerFlushIntervalMs, () => this.#notes.write())
    every(cleanEveryMs, () => this.#files.log.removeBefore(this.#options.store.commitLog.minOffset))
    every(rateEveryMs, async () => this.#rates.measure())
    this.#walkIn(0)
  }

  async pause(): Promise<void> {
    this.#isRunning = false
    this.#wake?.cancel()
    for (const timer of this.#upkeep.splice(0)) clearInterval(timer)
    await this.#walking
    this.#takeBack()
    const { log } = this.#options
    await this.#notes.write().catch(() => {}) // one that was under way knows an older state
    await this.#notes.write().catch((error: unknown) => log('error', `timed messages: ${textOf(error)}`))
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    this.#wake?.cancel()
    for (const timer of this.#upkeep.splice(0)) clearInterval(timer)
    await this.#walking
    const { log } = this.#options
    await this.#notes.write().catch((error: unknown) => log('error', `timed messages: ${textOf(error)}`))
    await this.#notes.write().catch(() => {}) // told above: the first one failed
    await this.#counts.close()
    const { wheel, checkpoint, pool } = this.#files
    wheel.close()
    checkpoint.close()
    pool.close()
  }

  #state(): TimerState {
    const { log } = this.#files
    const moving = {
      logEnd: log.end,
      queueOffset: this.#intake.queueOffset,
      deliveredTo: this.#delivery.deliveredTo,
      elsewhereTo: this.#elsewhere.queueOffset,
      elsewhereMs: this.#elsewhere.overMs,
    }
    const slot = this.#slot
    // a slot that was begun before the start and is not read yet stands where it stood
    if (slot === undefined) return { ...moving, readTimeMs: this.#readTimeMs, ...this.#begun() }
    const { head } = slot
    return {
      ...moving,
      readTimeMs: this.#readTimeMs,
      dueToMs: head?.dueAtMs ?? slot.endMs,
      duePlace: head?.place ?? log.end,
      doneEnd: log.end,
    }
  }
  #begun() {
    const { readTimeMs, dueToMs, duePlace, doneEnd } = this.#files.state
    return readTimeMs === this.#readTimeMs ? { dueToMs, duePlace, doneEnd } : { dueToMs: 0, duePlace: 0, doneEnd: 0 }
  }

  #walkIn(inMs: number): void {
    if (!this.#isRunning) return
    this.#wake?.cancel()
    this.#wake = (this.#options.callIn ?? callIn)(Math.min(Math.max(0, inMs), maxTimerMs), () => {
      if (this.#walking === undefined && this.#isRunning) this.#walking = this.#walk()
    })
  }

  async #walk(): Promise<void> {
    let waitMs: number | undefined = 0
    try {
      while (waitMs === 0 && this.#isRunning) {
        this.#hasArrival = false
        waitMs = await this.#step()
        if (this.#hasArrival) waitMs = 0
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    } catch (error) {
      this.#options.log('warn', `timed messages wait at ${this.#readTimeMs}: ${textOf(error)}`)
      waitMs = retryMs
    }
    this.#walking = undefined
    if (this.#hasArrival && waitMs !== retryMs) waitMs = 0
    if (waitMs !== undefined) this.#walkIn(waitMs)
  }

  /** When to look again: 0 at once, undefined when nothing waits. */
  async #step(): Promise<number | undefined> {
    this.#takeBack()
    this.#files.log.writeOut() // if it failed before
    const { settings, store, clock } = this.#options
    const { timerStopEnqueue, timerStopDequeue } = settings
    // what lies a week behind goes first: its slots would meet those of next week
    const isFarBehind = clock() - this.#readTimeMs > (wheelSlots - spareSlots) * this.precisionMs
    const upTo = store.maxOffset(SystemTopic.timer, 0)
    while (!timerStopEnqueue && !isFarBehind && this.#intake.queueOffset < upTo && this.#isRunning) {
      if (!(await this.#intake.take())) break
    }
    const waitMs = timerStopDequeue ? undefined : await this.#deliver()
    if (timerStopEnqueue || timerStopDequeue) return Math.min(waitMs || 1000, 1000)
    return isFarBehind ? 0 : waitMs
  }

  #takeBack(): void {
    if (this.#againFromMs === Number.POSITIVE_INFINITY) return
    this.#readTimeMs = Math.min(this.#readTimeMs, this.#againFromMs)
    this.#againFromMs = Number.POSITIVE_INFINITY
    this.#slot = undefined
  }

  async #deliver(): Promise<number | undefined> {
    const { clock, store, log: say } = this.#options
    const { wheel, log } = this.#files
    const { precisionMs } = this
    const nowMs = clock()
    if (this.#slot === undefined) {
      const timeMs = wheel.next(this.#readTimeMs)
      if (timeMs === undefined || timeMs > nowMs) {
        this.#readTimeMs = Math.max(this.#readTimeMs, Math.floor(nowMs / precisionMs) * precisionMs)
        return timeMs === undefined ? undefined : timeMs + 1 - nowMs
      }
      this.#readTimeMs = timeMs
      const isDone = (unit: DueUnit): boolean => this.#isDone(unit, timeMs)
      const lastUnit = wheel.lastUnit(timeMs)
      this.#slot = await loadSlot({ log, store, timeMs, endMs: timeMs + precisionMs, lastUnit, isDone, say })
    }
    const slot = this.#slot
    const due = slot.due(nowMs, batchMessages)
    if (due.length > 0) {
      await this.#delivery.all(slot, due)
      return 0
    }
    if (slot.head !== undefined) return Math.max(1, slot.head.dueAtMs - nowMs)
    if (nowMs < slot.endMs) return slot.endMs - nowMs
    for (const topic of slot.unmet()) this.#counts.add(topic, 1)
    this.#slot = undefined
    this.#readTimeMs = slot.endMs
    return 0
  }

  /** Delivered before the start, or put into the queue again before its segment went: then it has another unit. */
  #isDone({ place, dueAtMs, commitLogOffset }: DueUnit, slotMs: number): boolean {
    const { state } = this.#files
    if (commitLogOffset < Math.max(this.#rescue.movedTo, this.#options.store.commitLog.minOffset)) return true
    const isBefore = dueAtMs < state.dueToMs || (dueAtMs === state.dueToMs && place < state.duePlace)
    return slotMs === state.readTimeMs && place < state.doneEnd && isBefore
  }

  #waits(unit: DueUnit, slotMs: number): boolean {
    if (slotMs < this.#readTimeMs) return false
    if (this.#slot?.timeMs !== slotMs) return !this.#isDone(unit, slotMs)
    const { head } = this.#slot
    if (head === undefined || (unit.isRecall && !unit.isMoving)) return false // the open slot knows its recalls
    return unit.dueAtMs > head.dueAtMs || (unit.dueAtMs === head.dueAtMs && unit.place >= head.place)
  }

  /** Between two walks. A slave delivers nothing and leaves it to its master. */
  async #moveAllBefore(upTo: number, restore: Parameters<BeforeRemoval>[1]): Promise<boolean> {
    while (this.#walking !== undefined) await this.#walking
    if (!this.#isRunning) return true
    const { log } = this.#options
    let done = false
    this.#walking = (async () => {
      try {
        this.#takeBack()
        while (await this.#intake.take());
        const count = await this.#rescue.run(upTo, restore)
        if (count > 0) log('info', `${count} timed messages put into the queue again: the segment they lay in goes`)
        done = true
      } catch (error) {
        log('error', `a segment stays: the timed messages in it cannot be stored again: ${textOf(error)}`)
      }
    })()
    await this.#walking
    this.#walking = undefined
    this.#walkIn(done ? 0 : retryMs)
    return done
  }
}

function callIn(ms: number, work: () => void): { cancel(): void } {
  const timer = setTimeout(work, ms)
  timer.unref()
  return { cancel: () => clearTimeout(timer) }
}
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
