// broker/schedule/timer-delivery.ts: stores timed messages in their real topics, or in the timer queue again when they have to
// wait on. What was delivered ends at a place of the commit log; what was not stored after all is told, to be done again.
import { SystemTopic } from '../protocol/names'
import { parseProperties } from '../protocol/properties'
import type { StoredRecord } from '../protocol/record'
import { type Appended, type MessageStore, type NewMessage, StoreError } from '../store/types'
import { damageLine, wholeRecord } from './damage'
import { arrived, keyOf, movedOn } from './timed'
import type { TimerCounts } from './timer-counts'
import type { TimerRates } from './timer-rates'
import type { DueUnit, TimerSlot } from './timer-slot'
import type { TimerProgress } from './timer-types'

export interface TimerDelivery {
  /** What was delivered ends here in the commit log. */
  readonly deliveredTo: number
  /** Those units of the slot, which are its next ones. Throws when the store takes no more: then it is tried again. */
  all(slot: TimerSlot, units: readonly DueUnit[]): Promise<void>
}
export interface TimerDeliveryOptions {
  store: MessageStore
  counts: TimerCounts
  rates: TimerRates
  deliveredTo: number
  /** What another broker has delivered, of which this one copies, or for which it acted. */
  elsewhere: () => TimerProgress
  clock: () => number
  say: (level: 'info' | 'warn' | 'error', line: string) => void
  /** A delivery of this slot was not stored after all. */
  failed: (slotMs: number) => void
  onStored: ((topic: string, queueId: number, sizeBytes: number) => void) | undefined
}
export const createTimerDelivery = (options: TimerDeliveryOptions): TimerDelivery => new Delivery(options)

class Delivery implements TimerDelivery {
  readonly #options: TimerDeliveryOptions
  #deliveredTo: number

  constructor(options: TimerDeliveryOptions) {
    this.#options = options
    this.#deliveredTo = options.deliveredTo
  }

  get deliveredTo(): number {
    return this.#deliveredTo
  }

  async all(slot: TimerSlot, units: readonly DueUnit[]): Promise<void> {
    const { store } = this.#options
    const records = await Promise.all(
      units.map(({ commitLogOffset, recordBytes }) => store.recordAt(commitLogOffset, recordBytes)),
    )
    for (const [index, unit] of units.entries()) {
      const bytes = records[index]
      const record = bytes === undefined ? 'what lies there is no record' : wholeRecord(bytes)
      if (typeof record === 'string') this.#lost(unit, record)
      else if (record.topic !== SystemTopic.timer) this.#lost(unit, `it is a message of topic ${record.topic}`)
      else this.#one(slot, unit, record)
      slot.passed()
    }
  }

  #lost({ commitLogOffset, dueAtMs, isRecall, topicHash }: DueUnit, why: string): void {
    const { counts, say } = this.#options
    say('error', damageLine(`the timed message at ${commitLogOffset}, due ${new Date(dueAtMs).toISOString()},`, why))
    counts.addByHash(topicHash, isRecall ? 1 : -1)
  }

  #one(slot: TimerSlot, unit: DueUnit, record: StoredRecord): void {
    const { clock, counts, say, elsewhere } = this.#options
    const nowMs = clock()
    const properties = parseProperties(record.properties)
    const realTopic = properties.get('REAL_TOPIC') ?? ''
    // it had its unit before it was known that another broker delivered it
    const { queueOffset, overMs } = elsewhere()
    if (slot.timeMs < overMs && record.queueOffset < queueOffset) {
      counts.add(realTopic, unit.isRecall ? 1 : -1)
      return
    }
    if (!unit.isMoving && slot.isRecalled(keyOf(properties))) return
    const message = unit.isMoving
      ? movedOn(record, unit.enqueuedAtMs, nowMs)
      : arrived(record, unit.enqueuedAtMs, nowMs)
    if (message === undefined) say('warn', `the timed message at ${unit.commitLogOffset} names no topic to go to`)
    else this.#append(slot, message, record)
    counts.add(realTopic, unit.isRecall ? 1 : -1)
  }

  #append(slot: TimerSlot, message: NewMessage, record: StoredRecord): void {
    const { store, onStored, rates, failed } = this.#options
    let appended: Appended
    try {
      appended = store.append(message)
    } catch (error) {
      // the times it waited are told in properties: where they do not fit, they are left out, not the message
      if (!(error instanceof StoreError) || error.fault !== 'properties-too-large') throw error
      appended = store.append({ ...message, properties: record.properties })
    }
    const end = appended.commitLogOffset + appended.sizeBytes
    this.#deliveredTo = end
    rates.delivered++
    store.whenSafe(end, true, (status) => {
      if (status === 'failed') failed(slot.timeMs)
    })
    onStored?.(message.topic, message.queueId, appended.sizeBytes)
  }
}
