// broker/store/pages.ts: the newest part of the commit log, in memory. Appends go straight into the open page; readers
// get slices of pages without a copy. A page is used again only when nobody holds it any more: a socket that has not
// yet sent a slice must never see other bytes in it.

/** Bytes [base, base + bytes) of the log. `end` is where the next page begins: further when a segment ends blank. */
export interface Page {
  readonly buffer: Buffer
  base: number
  bytes: number
  end: number
  /** Readers that still need the buffer. */
  holders: number
  /** Still found by offset. */
  listed: boolean
}

export interface HotPages {
  /** First offset that is in memory; `tail` of the log when nothing is. */
  readonly start: number
  readonly sizeBytes: number
  /** A page that begins at `base` and has room for at least `minBytes`. */
  open(base: number, minBytes: number): Page
  /** The page that holds the byte at `offset`. */
  find(offset: number): Page | undefined
  /** Pages that hold bytes of [from, to), in order. */
  range(from: number, to: number): Page[]
  /** Forgets the oldest pages that end at or before `safeTo`, while more than the bound is held. */
  trim(safeTo: number): void
  /** Forgets everything at or after `offset`. */
  cut(offset: number): void
  hold(page: Page): void
  release(page: Page): void
}
export const createHotPages = (pageBytes: number, hotBytes: number): HotPages => new Pages(pageBytes, hotBytes)

/** A few buffers are kept for the next page; the rest goes back to the system, so that a burst leaves no residue. */
const maxSpare = 4

class Pages implements HotPages {
  readonly #pageBytes: number
  readonly #hotBytes: number
  /** Ascending by base. A log of 64 MiB has 64 of them: shifting is cheap and rare. */
  readonly #list: Page[] = []
  readonly #spare: Buffer[] = []
  #sizeBytes = 0

  constructor(pageBytes: number, hotBytes: number) {
    this.#pageBytes = pageBytes
    this.#hotBytes = hotBytes
  }

  get start(): number {
    return this.#list[0]?.base ?? Number.POSITIVE_INFINITY
  }
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  open(base: number, minBytes: number): Page {
    const last = this.#list.at(-1)
    if (last?.bytes === 0) {
      this.#list.pop() // nothing came into it: it was too small, or the tail was cut
      this.#unlist(last)
    }
    const spare = minBytes <= this.#pageBytes ? this.#spare.pop() : undefined
    // not from Node's shared pool: a slice that is held would keep the pool's whole slab
    const buffer = spare ?? Buffer.allocUnsafeSlow(Math.max(minBytes, this.#pageBytes))
    const page: Page = { buffer, base, bytes: 0, end: base, holders: 0, listed: true }
    this.#list.push(page)
    this.#sizeBytes += buffer.length
    return page
  }

  find(offset: number): Page | undefined {
    const list = this.#list
    let low = 0
    let high = list.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const page = list[middle]
      if (page === undefined) return undefined
      if (offset < page.base) high = middle - 1
      else if (offset >= page.base + page.bytes) low = middle + 1
      else return page
    }
    return undefined
  }

  range(from: number, to: number): Page[] {
    const found: Page[] = []
    for (let at = this.#list.length - 1; at >= 0; at--) {
      const page = this.#list[at]
      if (page === undefined || page.base + page.bytes <= from) break
      if (page.base < to) found.push(page)
    }
    return found.reverse()
  }

  trim(safeTo: number): void {
    while (this.#sizeBytes > this.#hotBytes && this.#list.length > 1) {
      const oldest = this.#list[0]
      if (oldest === undefined || oldest.end > safeTo) return
      this.#list.shift()
      this.#unlist(oldest)
    }
  }

  cut(offset: number): void {
    for (;;) {
      const last = this.#list.at(-1)
      if (last === undefined || last.end <= offset) return
      if (last.base < offset) {
        last.bytes = Math.min(last.bytes, offset - last.base)
        last.end = offset
        return
      }
      this.#list.pop()
      this.#unlist(last)
    }
  }

  hold(page: Page): void {
    page.holders++
  }

  release(page: Page): void {
    page.holders--
    if (page.holders === 0 && !page.listed) this.#reuse(page)
  }

  #unlist(page: Page): void {
    page.listed = false
    this.#sizeBytes -= page.buffer.length
    if (page.holders === 0) this.#reuse(page)
  }

  #reuse(page: Page): void {
    if (page.buffer.length === this.#pageBytes && this.#spare.length < maxSpare) this.#spare.push(page.buffer)
  }
}
