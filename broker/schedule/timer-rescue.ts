// broker/schedule/timer-rescue.ts: timed messages that still wait are put into the timer queue again before the segment that
// holds them goes, whatever makes it go: their age, a full disk, a command. Their old units stay in the timer log and
// count for nothing from then on. A crash in between brings such a message twice, never not at all.
import { parseProperties } from '../protocol/properties'
import type { BeforeRemoval, MessageStore, NewMessage } from '../store/types'
import { damageLine, wholeRecord } from './damage'
import { movedOn } from './timed'
import type { TimerCounts } from './timer-counts'
import type { TimerLog } from './timer-log'
import { type DueUnit, dueUnit } from './timer-slot'
import type { TimerWheel } from './timer-wheel'

export interface RescueOptions {
  log: TimerLog
  wheel: TimerWheel
  counts: TimerCounts
  store: MessageStore
  clock: () => number
  precisionMs: number
  /** Whether the unit's message is still to be delivered from its slot. */
  waits(unit: DueUnit, slotMs: number): boolean
  /** Everything before this place is moved on. */
  moved(upTo: number): void
  onStored: ((topic: string, queueId: number, sizeBytes: number) => void) | undefined
  say: (level: 'warn' | 'error', line: string) => void
}
export interface Rescue {
  /** Units of messages before this place of the commit log count for nothing. */
  readonly movedTo: number
  /** Answers with how many were moved on. Rejects when they could not be stored. */
  run(upTo: number, restore: Parameters<BeforeRemoval>[1]): Promise<number>
}
export const createRescue = (options: RescueOptions): Rescue => new Mover(options)

const batchMessages = 256
const maxPropertiesBytes = 0x7fff

class Mover implements Rescue {
  readonly #options: RescueOptions
  movedTo = 0
  /** Units before this place of the timer log are of messages before movedTo. */
  #from = 0

  constructor(options: RescueOptions) {
    this.#options = options
  }

  async run(upTo: number, restore: Parameters<BeforeRemoval>[1]): Promise<number> {
    const { log, precisionMs, waits } = this.#options
    let batch: { unit: DueUnit; slotMs: number }[] = []
    let count = 0
    let passed = this.#from
    for await (const { place, unit } of log.forward(Math.max(log.start, this.#from))) {
      if (unit.commitLogOffset >= upTo) break
      passed = place
      if (unit.commitLogOffset < this.movedTo || unit.recordBytes <= 0) continue
      const slotMs = Math.floor(unit.slotMs / precisionMs) * precisionMs
      const due = dueUnit(unit, place, slotMs + precisionMs)
      if (!waits(due, slotMs)) continue
      batch.push({ unit: due, slotMs })
      if (batch.length < batchMessages) continue
      count += await this.#move(batch, restore)
      batch = []
    }
    count += await this.#move(batch, restore)
    this.movedTo = Math.max(this.movedTo, upTo)
    this.#from = passed
    this.#options.moved(this.movedTo)
    return count
  }

  async #move(batch: readonly { unit: DueUnit; slotMs: number }[], restore: Parameters<BeforeRemoval>[1]) {
    const { store, wheel, counts, clock, onStored, say } = this.#options
    const messages: NewMessage[] = []
    /** `topic`: by name or, where it cannot be read, by its hash. */
    const settled: { slotMs: number; topic: string | number; countBy: number }[] = []
    for (const { unit, slotMs } of batch) {
      const bytes = await store.recordAt(unit.commitLogOffset, unit.recordBytes)
      const record = bytes === undefined ? 'what lies there is no record' : wholeRecord(bytes)
      if (typeof record === 'string') {
        const due = new Date(unit.dueAtMs).toISOString()
        say('error', damageLine(`the timed message at ${unit.commitLogOffset}, due ${due},`, record))
        settled.push({ slotMs, topic: unit.topicHash, countBy: unit.isRecall ? 1 : -1 })
        continue
      }
      const message = movedOn(record, unit.enqueuedAtMs, clock())
      // what tells how often it was moved is left out where it does not fit, not the message
      const fits = message.properties.length <= maxPropertiesBytes
      messages.push(fits ? message : { ...message, properties: record.properties })
      const topic = parseProperties(record.properties).get('REAL_TOPIC') ?? ''
      settled.push({ slotMs, topic, countBy: unit.isRecall ? 1 : -1 })
    }
    if (messages.length > 0) await restore(messages)
    for (const { slotMs, topic, countBy } of settled) {
      wheel.add(slotMs, wheel.lastUnit(slotMs), countBy)
      if (typeof topic === 'string') counts.add(topic, countBy)
      else counts.addByHash(topic, countBy)
    }
    for (const { topic, queueId, body } of messages) onStored?.(topic, queueId, body.length)
    return messages.length
  }
}
