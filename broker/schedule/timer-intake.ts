// broker/schedule/timer-intake.ts: reads the timer queue: each message gets a unit in the timer log and a place in the wheel.
// Which of them have theirs is told by the offset of the next one. Nothing is delivered here.
import { ProtocolError } from '../protocol/errors'
import { javaHash } from '../protocol/java-hash'
import { SystemTopic } from '../protocol/names'
import { parseProperties } from '../protocol/properties'
import { decodeRecord, peek } from '../protocol/record'
import type { GetResult, MessageStore } from '../store/types'
import { damageLine } from './damage'
import { recallKeyOf, waitingIn } from './timed'
import type { TimerCounts } from './timer-counts'
import { type TimerUnit, UnitMagic } from './timer-log'
import type { TimerRates } from './timer-rates'
import type { TimerFiles } from './timer-recovery'
import { dueUnit, type TimerSlot } from './timer-slot'
import type { TimerProgress, TimerSettings } from './timer-types'
import { slotFor } from './timer-window'

export interface TimerIntake {
  /** The next message of the timer queue. */
  readonly queueOffset: number
  /** Gives units to what came; false when there was nothing. */
  take(): Promise<boolean>
}
export interface TimerIntakeOptions {
  files: TimerFiles
  store: MessageStore
  settings: TimerSettings
  counts: TimerCounts
  rates: TimerRates
  precisionMs: number
  clock: () => number
  say: (level: 'info' | 'warn' | 'error', line: string) => void
  /** Slots before are over. */
  readTimeMs: () => number
  /** What comes for the slot that is open goes to it. */
  openSlot: () => TimerSlot | undefined
  /** What is not to be delivered here. */
  elsewhere: () => TimerProgress
}
export const createTimerIntake = (options: TimerIntakeOptions): TimerIntake => new Intake(options)

const batchMessages = 256
const batchBytes = 1024 * 1024

class Intake implements TimerIntake {
  readonly #options: TimerIntakeOptions
  #queueOffset: number
  /** What comes next could not be read among others: it is looked at alone. */
  #isAlone = false

  constructor(options: TimerIntakeOptions) {
    this.#options = options
    this.#queueOffset = options.files.state.queueOffset
  }

  get queueOffset(): number {
    return this.#queueOffset
  }

  async take(): Promise<boolean> {
    const { store, say, files } = this.#options
    const began = this.#queueOffset
    const result = await store.get({
      topic: SystemTopic.timer,
      queueId: 0,
      queueOffset: began,
      maxMessages: this.#isAlone ? 1 : batchMessages,
      maxBytes: batchBytes,
    })
    const { messageCount, nextBeginOffset } = result
    if (messageCount === 0) {
      result.release()
      if (nextBeginOffset > began) this.#passOver(nextBeginOffset)
      return nextBeginOffset > began
    }
    const isWhole = this.#addAll(result)
    files.log.writeOut()
    if (isWhole) this.#passOver(nextBeginOffset)
    else if (this.#isAlone && this.#queueOffset === began) {
      say('error', damageLine(`the message at offset ${began} of the timer queue`, 'it cannot be read'))
      this.#queueOffset++
    } else {
      this.#isAlone = true
      return true
    }
    this.#isAlone = false
    return true
  }

  /** What the commit log does not hold any more. */
  #passOver(upTo: number): void {
    const missing = upTo - this.#queueOffset
    if (missing > 0) {
      const from = `timer queue: ${missing} messages from offset ${this.#queueOffset} on`
      this.#options.say('error', `${from} are no longer in the commit log, and are not delivered`)
    }
    this.#queueOffset = upTo
  }

  /** Up to the first one that is damaged: false when there was one. */
  #addAll({ records, nextBeginOffset, release }: GetResult): boolean {
    try {
      for (const piece of records) {
        for (let at = 0; at < piece.length; ) {
          const { totalSize, queueOffset } = decodeRecord(piece, at)
          if (queueOffset < this.#queueOffset || queueOffset >= nextBeginOffset) return false
          this.#passOver(queueOffset)
          this.#add(piece, at)
          this.#queueOffset++
          at += totalSize
        }
      }
      return true
    } catch (error) {
      if (error instanceof ProtocolError || error instanceof RangeError) return false
      throw error
    } finally {
      release()
    }
  }

  #add(piece: Buffer, at: number): void {
    const { files, settings, counts, rates, precisionMs, say } = this.#options
    const { log, wheel } = files
    const properties = peek.properties(piece, at)
    const waiting = waitingIn(properties, peek.storeTimestampMs(piece, at), precisionMs)
    if (waiting === undefined) {
      say('warn', `the message at ${peek.commitLogOffset(piece, at)} of the timer queue says no time`)
      return
    }
    const { queueOffset, overMs } = this.#options.elsewhere()
    if (waiting.slotMs < overMs && peek.queueOffset(piece, at) < queueOffset) return
    const nowMs = this.#options.clock()
    const readTimeMs = this.#options.readTimeMs()
    const { slotMs, isMoving } = slotFor(waiting.slotMs, { nowMs, readTimeMs, precisionMs, settings })
    const magic = UnitMagic.normal | (isMoving ? UnitMagic.roll : 0) | (waiting.isRecall ? UnitMagic.recall : 0)
    const unit: TimerUnit = {
      previous: wheel.lastUnit(slotMs),
      magic,
      enqueuedAtMs: Math.floor(nowMs / precisionMs) * precisionMs, // Apache tells the second, too
      slotMs,
      commitLogOffset: peek.commitLogOffset(piece, at),
      recordBytes: peek.totalSize(piece, at),
      topicHash: javaHash(waiting.realTopic),
      dueAtMs: isMoving ? 0 : waiting.dueAtMs,
    }
    const place = log.append(unit)
    const countBy = waiting.isRecall ? -1 : 1
    wheel.add(slotMs, place, countBy)
    counts.add(waiting.realTopic, countBy)
    rates.enqueued++
    const slot = this.#options.openSlot()
    if (slot?.timeMs !== slotMs) return
    const due = dueUnit(unit, place, slot.endMs)
    if (!due.isRecall || due.isMoving) slot.add(due)
    else slot.recall(recallKeyOf(parseProperties(properties)) ?? '', waiting.realTopic)
  }
}
