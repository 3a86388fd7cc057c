// broker/store/index-file.ts: finds messages by key, as RocketMQ lays it out: a header, a hash table of slots, and items
// that point back to the one before them in their slot. The file is sparse and large (420 MB); what is in memory is the
// slots' pages that were touched and the newest items. Owner: the store, by index-service.ts.
//
// How it survives a crash: items are only ever added, and are synced before any slot or the header that counts them. A
// slot may then point past the header's count: the items there are whole, and their chain leads back to counted ones.
import type { OpenFile } from '../file/files'
import { i32, i64, layout, readLong, writeInt, writeLong } from '../protocol/layout'

export const indexHeader = layout({
  beginTimestampMs: i64,
  endTimestampMs: i64,
  beginCommitLogOffset: i64,
  endCommitLogOffset: i64,
  usedSlots: i32,
  /** One more than there are items: item 0 is never used. */
  itemCount: i32,
})
const item = layout({ keyHash: i32, commitLogOffset: i64, secondsAfterBegin: i32, before: i32 })

const pageSlots = 1024
const pageBytes = pageSlots * 4
/** Pages lie in memory, and go to the file, in blocks of so many. */
const blockPages = 64
const blockSlots = blockPages * pageSlots
const maxPendingItemBytes = 64 * 1024

/** Of a page of slots: not in memory; as in the file; to be written; to be written by the flush under way; and once more after. */
const unread = 0
const clean = 1
const dirty = 2
const leaving = 3
const leavingAndDirty = 4

export const indexFileBytes = (maxSlots: number, maxItems: number): number =>
  indexHeader.size + maxSlots * 4 + maxItems * item.size

export class IndexFile {
  readonly path: string
  #users = 0
  #closed = false
  readonly #file: OpenFile
  readonly #maxSlots: number
  readonly #maxItems: number
  beginTimestampMs = 0
  endTimestampMs = 0
  beginCommitLogOffset = 0
  endCommitLogOffset = 0
  #usedSlots = 0
  #itemCount = 1
  /** Slots by block of pages; undefined until one of them is touched. */
  readonly #blocks: (Buffer | undefined)[]
  /** By page: what is known of it, as the states below. */
  readonly #states: Uint8Array
  /** Pages of the flush under way that a put came to before they were copied: as they were when it began. */
  readonly #kept = new Map<number, Buffer>()
  /** Items from #pendingFrom on that are not in the file yet. */
  #pending = Buffer.allocUnsafeSlow(1024)
  #pendingFrom = 1
  /** Nothing of the slots has ever been written: they need not be read. */
  readonly #fresh: boolean
  changed = false

  constructor(path: string, file: OpenFile, maxSlots: number, maxItems: number, fresh: boolean) {
    this.path = path
    this.#file = file
    this.#maxSlots = maxSlots
    this.#maxItems = maxItems
    this.#fresh = fresh
    const pages = Math.ceil(maxSlots / pageSlots)
    this.#blocks = new Array(Math.ceil(pages / blockPages))
    this.#states = new Uint8Array(pages)
    if (!fresh) this.#readHeader()
  }

  get full(): boolean {
    return this.#itemCount >= this.#maxItems
  }
  /** Items it holds, counted as the header does: 1 for none. */
  get itemCount(): number {
    return this.#itemCount
  }

  /** `hash` is that of `topic#key`, never negative. The file must not be full. */
  put(hash: number, commitLogOffset: number, storeTimestampMs: number): void {
    const slot = hash % this.#maxSlots
    const before = this.#headOf(slot)
    const first = this.#itemCount === 1
    if (first) {
      this.beginTimestampMs = storeTimestampMs
      this.beginCommitLogOffset = commitLogOffset
    }
    const seconds = Math.trunc((storeTimestampMs - this.beginTimestampMs) / 1000)
    this.#addItem(hash, commitLogOffset, Math.min(Math.max(seconds, 0), 0x7fff_ffff), before)
    this.#setSlot(slot, this.#itemCount)
    if (before === 0) this.#usedSlots++
    this.#itemCount++
    this.endTimestampMs = storeTimestampMs
    this.endCommitLogOffset = commitLogOffset
    this.changed = true
  }

  /** Places of messages with this hash, newest first, until `found` has `maxCount`. */
  collect(hash: number, maxCount: number, beginMs: number, endMs: number, found: number[]): Promise<void> {
    return this.#held(() => this.#collect(hash, maxCount, beginMs, endMs, found))
  }

  async #collect(hash: number, maxCount: number, beginMs: number, endMs: number, found: number[]): Promise<void> {
    if (this.#itemCount <= 1 || beginMs > this.endTimestampMs || endMs < this.beginTimestampMs) return
    const slot = hash % this.#maxSlots
    const bytes = Buffer.allocUnsafe(item.size)
    let at = this.#slotValue(slot)
    for (let steps = 0; at > 0 && at < this.#maxItems && steps < this.#itemCount; steps++) {
      await this.#readItem(at, bytes)
      const timeMs = this.beginTimestampMs + bytes.readInt32BE(item.at.secondsAfterBegin) * 1000
      const counted = at < this.#itemCount
      // items are to the second: the last one of a second may have come up to 999 ms after its time here
      if (counted && timeMs + 999 < beginMs) return
      if (counted && bytes.readInt32BE(item.at.keyHash) === hash && timeMs <= endMs) {
        found.push(readLong(bytes, item.at.commitLogOffset))
        if (found.length >= maxCount) return
      }
      const before = bytes.readInt32BE(item.at.before)
      if (before >= at) return // a chain only leads back
      at = before
    }
  }

  /** Writes and syncs all of it: items, then slots, then the header. Never two at a time. */
  flush(): Promise<void> {
    return this.#held(() => this.#flush())
  }

  async #flush(): Promise<void> {
    if (!this.changed) return
    this.changed = false
    try {
      // all three of the same moment: puts go on while the disk works
      const header = this.#header()
      for (let page = 0; page < this.#states.length; page++) {
        if (this.#states[page] === dirty) this.#states[page] = leaving
      }
      this.#writePending()
      await this.#file.sync()
      await this.#writeLeaving()
      await this.#file.sync()
      await this.#file.write([header], 0)
      await this.#file.sync()
    } catch (error) {
      // nothing is known of the file now: all of its slots that are in memory are written again
      this.changed = true
      this.#kept.clear()
      for (let page = 0; page < this.#states.length; page++)
        if (this.#states[page] !== unread) this.#states[page] = dirty
      throw error
    }
  }

  /**
   * Block by block, so that no turn copies more than one: they were all copied at once when the flush began, 20 MB of them,
   * and everybody waited for it.
   */
  async #writeLeaving(): Promise<void> {
    const copy = Buffer.allocUnsafeSlow(blockPages * pageBytes)
    for (let page = 0; page < this.#states.length; ) {
      const from = page
      let bytes = 0
      for (; page < this.#states.length && page - from < blockPages && this.#isLeaving(page); page++) {
        const source = this.#kept.get(page) ?? this.#bytesOf(page, this.#blockOf(page))
        bytes += source.copy(copy, bytes)
        this.#kept.delete(page)
        this.#states[page] = this.#states[page] === leavingAndDirty ? dirty : clean
      }
      if (bytes > 0) await this.#file.write([copy.subarray(0, bytes)], indexHeader.size + from * pageBytes)
      else page++
    }
  }

  #isLeaving(page: number): boolean {
    return this.#states[page] === leaving || this.#states[page] === leavingAndDirty
  }

  /** At once, or when whoever reads or writes it now is done: it may go while a flush or a query is under way. */
  close(): void {
    this.#closed = true
    if (this.#users === 0) this.#file.close()
  }

  async #held(work: () => Promise<void>): Promise<void> {
    if (this.#closed) return
    this.#users++
    try {
      await work()
    } finally {
      this.#users--
      if (this.#closed && this.#users === 0) this.#file.close()
    }
  }

  /** Newest counted item of the slot, or 0. After a crash a slot may point past what is counted: see above. */
  #headOf(slot: number): number {
    let at = this.#slotValue(slot)
    if (at < this.#itemCount) return Math.max(at, 0)
    const bytes = Buffer.allocUnsafe(item.size)
    while (at >= this.#itemCount && at < this.#maxItems) {
      if (this.#file.readSync(bytes, this.#itemPlace(at)) < item.size) return 0
      const before = bytes.readInt32BE(item.at.before)
      if (before >= at || before < 0) return 0
      at = before
    }
    return at < this.#itemCount ? at : 0
  }

  #slotValue(slot: number): number {
    return this.#blockOf(Math.floor(slot / pageSlots)).readInt32BE((slot % blockSlots) * 4)
  }

  #setSlot(slot: number, value: number): void {
    const page = Math.floor(slot / pageSlots)
    const block = this.#blockOf(page)
    const state = this.#states[page]
    if (state === clean) this.#states[page] = dirty
    else if (state === leaving) {
      this.#kept.set(page, Buffer.from(this.#bytesOf(page, block))) // its items may not be synced when the flush comes to it
      this.#states[page] = leavingAndDirty
    }
    writeInt(block, value, (slot % blockSlots) * 4)
  }

  /** The block that holds the page, which has been read. */
  #blockOf(page: number): Buffer {
    const at = Math.floor(page / blockPages)
    let block = this.#blocks[at]
    if (block === undefined) this.#blocks[at] = block = Buffer.alloc(blockPages * pageBytes)
    if (this.#states[page] === unread) {
      if (!this.#fresh) {
        const slots = this.#bytesOf(page, block)
        this.#file.readSync(slots, indexHeader.size + page * pageBytes)
      }
      this.#states[page] = clean
    }
    return block
  }

  #bytesOf(page: number, block: Buffer): Buffer {
    const from = (page % blockPages) * pageBytes
    return block.subarray(from, from + Math.min(pageBytes, this.#maxSlots * 4 - page * pageBytes))
  }

  #addItem(hash: number, commitLogOffset: number, seconds: number, before: number): void {
    let at = (this.#itemCount - this.#pendingFrom) * item.size
    if (at + item.size > this.#pending.length) {
      if (this.#pending.length >= maxPendingItemBytes) {
        this.#writePending()
        at = 0
      } else {
        const larger = Buffer.allocUnsafeSlow(this.#pending.length * 4)
        this.#pending.copy(larger, 0, 0, at)
        this.#pending = larger
      }
    }
    const pending = this.#pending
    writeInt(pending, hash, at)
    writeLong(pending, commitLogOffset, at + item.at.commitLogOffset)
    writeInt(pending, seconds, at + item.at.secondsAfterBegin)
    writeInt(pending, before, at + item.at.before)
  }

  #writePending(): void {
    const bytes = (this.#itemCount - this.#pendingFrom) * item.size
    if (bytes > 0) this.#file.writeSync([this.#pending.subarray(0, bytes)], this.#itemPlace(this.#pendingFrom))
    this.#pendingFrom = this.#itemCount
  }

  async #readItem(at: number, into: Buffer): Promise<void> {
    if (at >= this.#pendingFrom && at < this.#itemCount) {
      const from = (at - this.#pendingFrom) * item.size
      this.#pending.copy(into, 0, from, from + item.size)
      return
    }
    await this.#file.read(into, this.#itemPlace(at))
  }

  #itemPlace(at: number): number {
    return indexHeader.size + this.#maxSlots * 4 + at * item.size
  }

  #header(): Buffer {
    const header = Buffer.alloc(indexHeader.size)
    const { at } = indexHeader
    writeLong(header, this.beginTimestampMs, at.beginTimestampMs)
    writeLong(header, this.endTimestampMs, at.endTimestampMs)
    writeLong(header, this.beginCommitLogOffset, at.beginCommitLogOffset)
    writeLong(header, this.endCommitLogOffset, at.endCommitLogOffset)
    header.writeInt32BE(this.#usedSlots, at.usedSlots)
    header.writeInt32BE(this.#itemCount, at.itemCount)
    return header
  }

  #readHeader(): void {
    const header = Buffer.alloc(indexHeader.size)
    this.#file.readSync(header, 0)
    const { at } = indexHeader
    this.beginTimestampMs = readLong(header, at.beginTimestampMs)
    this.endTimestampMs = readLong(header, at.endTimestampMs)
    this.beginCommitLogOffset = readLong(header, at.beginCommitLogOffset)
    this.endCommitLogOffset = readLong(header, at.endCommitLogOffset)
    this.#usedSlots = header.readInt32BE(at.usedSlots)
    this.#itemCount = Math.max(1, header.readInt32BE(at.itemCount))
    this.#pendingFrom = this.#itemCount
  }
}
