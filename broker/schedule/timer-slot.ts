// broker/schedule/timer-slot.ts: the slot whose time it is: where its messages lie, in the order in which they are due, and
// which of them were recalled. Only places are held, no message.

import { parseProperties } from '../protocol/properties'
import type { MessageStore } from '../store/types'
import { wholeRecord } from './damage'
import { recallKeyOf } from './timed'
import { type TimerLog, type TimerUnit, UnitMagic } from './timer-log'

/** Where a message lies, and when it is due. */
export interface DueUnit {
  readonly place: number
  readonly dueAtMs: number
  readonly enqueuedAtMs: number
  readonly commitLogOffset: number
  readonly recordBytes: number
  readonly topicHash: number
  readonly isMoving: boolean
  readonly isRecall: boolean
}

export interface TimerSlot {
  readonly timeMs: number
  readonly endMs: number
  /** The first one that is not delivered. */
  readonly head: DueUnit | undefined
  /** The next ones that are due, oldest first; they stay until `passed`. */
  due(nowMs: number, maxCount: number): readonly DueUnit[]
  /** The head is done with. */
  passed(): void
  add(unit: DueUnit): void
  /** Messages before this place of the commit log have other units now. */
  forgetBefore(commitLogOffset: number): void
  /** A message under this key is not wanted any more. */
  recall(key: string, topic: string): void
  /** Whether the message is recalled; asked once for each. */
  isRecalled(key: string): boolean
  /** Topics of recalls that met no message. */
  unmet(): Iterable<string>
}

export interface SlotSource {
  log: TimerLog
  store: MessageStore
  timeMs: number
  endMs: number
  /** The slot's newest unit. */
  lastUnit: number
  /** Whether the unit was delivered before. */
  isDone: (unit: DueUnit) => boolean
  say: (level: 'warn' | 'error', line: string) => void
}

/** So many units are read before others get their turn of the loop. */
const turnUnits = 2000

export async function loadSlot(source: SlotSource): Promise<TimerSlot> {
  const { log, store, timeMs, endMs, isDone, say } = source
  const units: DueUnit[] = []
  const recalls: DueUnit[] = []
  let count = 0
  for (let place = source.lastUnit; place >= 0; ) {
    const reading = log.read(place)
    const unit = reading instanceof Promise ? await reading : reading
    // what a slot names further back is of another time, or went with its file
    if (unit === undefined || (unit.previous >= place && unit.previous >= 0)) break
    const due = dueUnit(unit, place, endMs)
    if (due.isRecall && !due.isMoving) recalls.push(due)
    else if (due.recordBytes > 0 && !isDone(due)) units.push(due)
    place = unit.previous
    if (++count % turnUnits === 0) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  units.reverse()
  units.sort((a, b) => a.dueAtMs - b.dueAtMs || a.place - b.place)
  const slot = new Slot(timeMs, endMs, units)
  for (const recall of recalls.reverse()) {
    const { commitLogOffset, recordBytes } = recall
    if (commitLogOffset < store.commitLog.minOffset) continue // moved on before its segment went
    const bytes = await store.recordAt(commitLogOffset, recordBytes)
    const record = bytes === undefined ? 'what lies there is no record' : wholeRecord(bytes)
    if (typeof record === 'string') {
      say('error', `the recall at ${commitLogOffset} is damaged, and the message it recalls will come: ${record}`)
      continue
    }
    const properties = parseProperties(record.properties)
    const key = recallKeyOf(properties)
    if (key !== undefined) slot.recall(key, properties.get('REAL_TOPIC') ?? '')
  }
  return slot
}

export const dueUnit = (unit: TimerUnit, place: number, endMs: number): DueUnit => ({
  place,
  dueAtMs: unit.dueAtMs > 0 ? unit.dueAtMs : endMs,
  enqueuedAtMs: unit.enqueuedAtMs,
  commitLogOffset: unit.commitLogOffset,
  recordBytes: unit.recordBytes,
  topicHash: unit.topicHash,
  isMoving: (unit.magic & UnitMagic.roll) !== 0,
  isRecall: (unit.magic & UnitMagic.recall) !== 0,
})

class Slot implements TimerSlot {
  readonly timeMs: number
  readonly endMs: number
  readonly #units: DueUnit[]
  readonly #recalls = new Map<string, { topic: string; isMet: boolean }>()
  #next = 0

  constructor(timeMs: number, endMs: number, units: DueUnit[]) {
    this.timeMs = timeMs
    this.endMs = endMs
    this.#units = units
  }

  get head(): DueUnit | undefined {
    return this.#units[this.#next]
  }
  due(nowMs: number, maxCount: number): readonly DueUnit[] {
    let end = this.#next
    while (end < this.#next + maxCount && (this.#units[end]?.dueAtMs ?? Number.POSITIVE_INFINITY) <= nowMs) end++
    return this.#units.slice(this.#next, end)
  }
  passed(): void {
    this.#next++
  }

  add(unit: DueUnit): void {
    let low = this.#next
    let high = this.#units.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#units[middle]?.dueAtMs ?? 0) <= unit.dueAtMs) low = middle + 1
      else high = middle
    }
    if (low === this.#units.length) this.#units.push(unit)
    else this.#units.splice(low, 0, unit)
  }

  forgetBefore(commitLogOffset: number): void {
    const rest = this.#units.slice(this.#next).filter((unit) => unit.commitLogOffset >= commitLogOffset)
    this.#units.splice(this.#next, this.#units.length, ...rest)
  }

  recall(key: string, topic: string): void {
    if (!this.#recalls.has(key)) this.#recalls.set(key, { topic, isMet: false })
  }
  isRecalled(key: string): boolean {
    const recall = this.#recalls.get(key)
    if (recall === undefined) return false
    recall.isMet = true
    return true
  }
  *unmet(): Generator<string> {
    for (const { topic, isMet } of this.#recalls.values()) if (!isMet) yield topic
  }
}
