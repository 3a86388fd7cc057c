// broker/schedule/timer-wheel.ts: one slot per second of a fortnight, each with the place of its newest unit in the timer
// log. File and slots are Apache's; only pages that hold something are in memory, and only those that changed are
// written. Owner: the timers. It never reads the timer log.
import type { Files, OpenFile } from '../file/files'
import { i32, i64, layout, readLong, writeLong } from '../protocol/layout'

export interface TimerWheel {
  /** Place of the slot's newest unit in the timer log, or -1 for a slot without any. */
  lastUnit(timeMs: number): number
  /** How many wait in the slot: those that recall another count as one less. */
  count(timeMs: number): number
  /** The unit at `unitAt` is the slot's newest now. */
  add(timeMs: number, unitAt: number, countBy: number): void
  /** Begins the slot's time again without units: what it named is not in the timer log any more. */
  clear(timeMs: number): void
  /** Time of the first slot from `fromMs` on that holds a unit. */
  next(fromMs: number): number | undefined
  /** How many wait from `fromMs` on. */
  total(fromMs: number): number
  /** Times of all slots from `fromMs` on that hold units. */
  times(fromMs: number): Iterable<number>
  /** Writes what changed and makes it survive a power cut; then forgets pages whose time is over. */
  flush(doneBeforeMs: number): Promise<void>
  readonly heldBytes: number
  close(): void
}

export const slotEntry = layout({
  time: i64, //      in units of the precision
  firstPos: i64,
  lastPos: i64,
  count: i32,
  magic: i32,
})
const daySeconds = 86_400
/** How far a unit may lie ahead; the ring is twice as long, so that what is late stays apart from what is new. */
export const wheelSlots = 7 * daySeconds
const ringSlots = 2 * wheelSlots
export const wheelBytes = ringSlots * slotEntry.size
const pageBytes = 4096
const slotsPerPage = pageBytes / slotEntry.size
const pageCount = wheelBytes / pageBytes
const readBytes = 256 * pageBytes

export interface TimerWheelPlace {
  files: Files
  path: string
  precisionMs: number
  /** Slots before are over. */
  fromMs: number
}

/** `isNew`: there was no file, or none that is a wheel: its slots must come from the timer log. */
export async function openTimerWheel(place: TimerWheelPlace): Promise<{ wheel: TimerWheel; isNew: boolean }> {
  const { files, path } = place
  const folder = path.slice(0, path.lastIndexOf('/'))
  const name = path.slice(folder.length + 1)
  const entry = (await files.list(folder)).find((candidate) => candidate.name === name)
  const isNew = entry === undefined || entry.sizeBytes !== wheelBytes
  if (isNew && entry !== undefined) await files.remove(path)
  const pages = new Map<number, Buffer>()
  if (!isNew) await readPages(place, pages)
  return { wheel: new Wheel(place, pages), isNew }
}

/** Pages with a slot whose time is not over; the rest of the file is a hole or of the past. */
async function readPages({ files, path, precisionMs, fromMs }: TimerWheelPlace, pages: Map<number, Buffer>) {
  const file = files.open(path)
  const from = Math.floor(fromMs / precisionMs)
  try {
    const block = Buffer.allocUnsafeSlow(readBytes)
    for (let first = 0; first < pageCount; first += readBytes / pageBytes) {
      const read = await file.read(block, first * pageBytes)
      for (let at = 0; at + pageBytes <= read; at += pageBytes) {
        const page = block.subarray(at, at + pageBytes)
        if (holdsAny(page, first + at / pageBytes, from)) pages.set(first + at / pageBytes, Buffer.from(page))
      }
    }
  } finally {
    file.close()
  }
}

/** Whether the page holds a slot from `from` on; a slot that is not where its time belongs is none. */
function holdsAny(page: Buffer, number: number, from: number): boolean {
  for (let slot = 0; slot < slotsPerPage; slot++) {
    const time = readLong(page, slot * slotEntry.size)
    if (time >= from && time > 0 && time % ringSlots === number * slotsPerPage + slot) return true
  }
  return false
}

class Wheel implements TimerWheel {
  readonly #place: TimerWheelPlace
  readonly #pages: Map<number, Buffer>
  readonly #dirty = new Set<number>()
  #file: OpenFile | undefined
  /** Pages whose slots all lie before are let go; in units of the precision. */
  #forgottenTo: number

  constructor(place: TimerWheelPlace, pages: Map<number, Buffer>) {
    this.#place = place
    this.#pages = pages
    this.#forgottenTo = this.#unitsOf(place.fromMs)
  }

  get heldBytes(): number {
    return this.#pages.size * pageBytes
  }

  lastUnit(timeMs: number): number {
    const page = this.#pageOf(timeMs)
    return page === undefined ? -1 : readLong(page, this.#placeOf(timeMs) + slotEntry.at.lastPos)
  }
  count(timeMs: number): number {
    const page = this.#pageOf(timeMs)
    return page === undefined ? 0 : page.readInt32BE(this.#placeOf(timeMs) + slotEntry.at.count)
  }

  add(timeMs: number, unitAt: number, countBy: number): void {
    const held = this.#pageOf(timeMs)
    const page = held ?? this.#makePage(timeMs)
    const at = this.#placeOf(timeMs)
    const isFirst = held === undefined || readLong(page, at + slotEntry.at.lastPos) < 0
    if (isFirst) {
      writeLong(page, this.#unitsOf(timeMs), at)
      writeLong(page, unitAt, at + slotEntry.at.firstPos)
    }
    writeLong(page, unitAt, at + slotEntry.at.lastPos)
    page.writeInt32BE((isFirst ? 0 : page.readInt32BE(at + slotEntry.at.count)) + countBy, at + slotEntry.at.count)
    if (isFirst) page.writeInt32BE(0, at + slotEntry.at.magic)
    this.#dirty.add(this.#pageNumber(timeMs))
  }

  clear(timeMs: number): void {
    const page = this.#pageOf(timeMs)
    if (page === undefined) return
    const at = this.#placeOf(timeMs)
    page.fill(0, at, at + slotEntry.size)
    this.#dirty.add(this.#pageNumber(timeMs))
  }

  next(fromMs: number): number | undefined {
    for (const timeMs of this.times(fromMs)) return timeMs
    return undefined
  }

  total(fromMs: number): number {
    let total = 0
    for (const timeMs of this.times(fromMs)) total += this.count(timeMs)
    return total
  }

  *times(fromMs: number): Generator<number> {
    const { precisionMs } = this.#place
    const from = this.#unitsOf(fromMs)
    const upTo = from + ringSlots
    for (let units = from; units < upTo; ) {
      const index = units % ringSlots
      const page = this.#pages.get(Math.floor(index / slotsPerPage))
      if (page === undefined) {
        units += slotsPerPage - (index % slotsPerPage)
        continue
      }
      const at = (index % slotsPerPage) * slotEntry.size
      if (units > 0 && readLong(page, at) === units && readLong(page, at + slotEntry.at.lastPos) >= 0) {
        yield units * precisionMs
      }
      units++
    }
  }

  async flush(doneBeforeMs: number): Promise<void> {
    if (this.#dirty.size > 0) {
      const { files, path } = this.#place
      this.#file ??= files.create(path, wheelBytes)
      const numbers = [...this.#dirty].sort((a, b) => a - b)
      this.#dirty.clear()
      try {
        for (const number of numbers) {
          const page = this.#pages.get(number)
          // a copy: slots go on changing while the disk works
          if (page !== undefined) await this.#file.write([Buffer.from(page)], number * pageBytes)
        }
        await this.#file.sync()
      } catch (error) {
        for (const number of numbers) this.#dirty.add(number)
        throw error
      }
    }
    this.#forgetBefore(this.#unitsOf(doneBeforeMs))
  }

  close(): void {
    this.#file?.close()
  }

  /** Pages that the time has passed since, and that hold nothing newer. */
  #forgetBefore(units: number): void {
    for (let passed = Math.max(this.#forgottenTo, units - ringSlots); passed + slotsPerPage <= units; ) {
      const number = Math.floor((passed % ringSlots) / slotsPerPage)
      const page = this.#pages.get(number)
      if (page !== undefined && this.#dirty.has(number)) return
      if (page !== undefined && !holdsAny(page, number, units)) this.#pages.delete(number)
      passed += slotsPerPage - (passed % slotsPerPage)
      this.#forgottenTo = passed
    }
  }

  #unitsOf(timeMs: number): number {
    return Math.floor(timeMs / this.#place.precisionMs)
  }
  #pageNumber(timeMs: number): number {
    return Math.floor((this.#unitsOf(timeMs) % ringSlots) / slotsPerPage)
  }
  #placeOf(timeMs: number): number {
    return ((this.#unitsOf(timeMs) % ringSlots) % slotsPerPage) * slotEntry.size
  }
  /** The page, when the slot there is this time's and no other's. */
  #pageOf(timeMs: number): Buffer | undefined {
    const page = this.#pages.get(this.#pageNumber(timeMs))
    return page !== undefined && readLong(page, this.#placeOf(timeMs)) === this.#unitsOf(timeMs) ? page : undefined
  }
  #makePage(timeMs: number): Buffer {
    const number = this.#pageNumber(timeMs)
    const held = this.#pages.get(number)
    if (held !== undefined) {
      // the place is that of an older time: it begins anew
      held.fill(0, this.#placeOf(timeMs), this.#placeOf(timeMs) + slotEntry.size)
      writeLong(held, -1, this.#placeOf(timeMs) + slotEntry.at.lastPos)
      return held
    }
    const page = Buffer.alloc(pageBytes)
    this.#pages.set(number, page)
    return page
  }
}
