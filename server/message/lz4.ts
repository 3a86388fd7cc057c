// server/message/lz4.ts: the beginning of an LZ4 frame, unpacked up to a bound. The bound is kept while unpacking, so that
// a few bytes that unpack to gigabytes cost no more than the bound. Checksums are not looked at: the record has its own.

const MAGIC = 0x184d2204
const LONGEST_RUN = 15
const SHORTEST_MATCH = 4

export interface Head {
  bytes: Buffer
  /** There was more than the bound. */
  cut: boolean
}
/** Throws when the frame makes no sense. */
export const lz4Head = (frame: Buffer, mostBytes: number): Head => {
  if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) throw new Error('no LZ4 frame')
  const flags = frame.readUInt8(4)
  if (flags >> 6 !== 1) throw new Error(`LZ4 frame of version ${flags >> 6}`)
  const blockChecksum = (flags & 0x10) !== 0 ? 4 : 0
  let at = 4 + 2 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1
  const out = new Output(mostBytes)
  while (!out.full) {
    if (at + 4 > frame.length) throw new Error('the LZ4 frame ends too soon')
    const head = frame.readUInt32LE(at)
    const size = head & 0x7fff_ffff
    if (head === 0) break
    at += 4
    if (at + size > frame.length) throw new Error('an LZ4 block is longer than its frame')
    const block = frame.subarray(at, at + size)
    if (head >>> 31 === 1) out.put(block, 0, size)
    else unpackBlock(block, out)
    at += size + blockChecksum
  }
  return out.head()
}

const unpackBlock = (block: Buffer, out: Output): void => {
  let at = 0
  const next = (): number => {
    const byte = block[at++]
    if (byte === undefined) throw new Error('an LZ4 block ends too soon')
    return byte
  }
  const long = (run: number): number => {
    if (run < LONGEST_RUN) return run
    for (let byte = 255; byte === 255; run += byte) byte = next()
    return run
  }
  while (at < block.length && !out.full) {
    const token = next()
    const literals = long(token >> 4)
    if (at + literals > block.length) throw new Error('an LZ4 block ends too soon')
    out.put(block, at, at + literals)
    at += literals
    if (at >= block.length) return // the last sequence has no match
    const back = next() | (next() << 8)
    out.repeat(back, long(token & 15) + SHORTEST_MATCH)
  }
}

/** Grows as it is filled, never past its bound. */
class Output {
  readonly #most: number
  #bytes: Buffer
  #size = 0
  /** Something did not fit. */
  full = false
  constructor(mostBytes: number) {
    this.#most = mostBytes
    this.#bytes = Buffer.alloc(Math.min(mostBytes, 64 * 1024))
  }
  put(from: Buffer, start: number, end: number): void {
    const fits = this.#room(end - start)
    from.copy(this.#bytes, this.#size, start, start + fits)
    this.#size += fits
  }
  /** Byte by byte: a match may reach into what it writes. */
  repeat(back: number, length: number): void {
    if (back === 0 || back > this.#size) throw new Error('an LZ4 match points before the beginning')
    const fits = this.#room(length)
    const bytes = this.#bytes
    const end = this.#size + fits
    for (let to = this.#size; to < end; to++) bytes[to] = bytes[to - back] ?? 0
    this.#size = end
  }
  head(): Head {
    return { bytes: this.#bytes.subarray(0, this.#size), cut: this.full }
  }
  #room(wanted: number): number {
    const fits = Math.min(wanted, this.#most - this.#size)
    if (fits < wanted) this.full = true
    if (this.#size + fits > this.#bytes.length) {
      const grown = Buffer.alloc(Math.min(this.#most, Math.max(this.#bytes.length * 2, this.#size + fits)))
      this.#bytes.copy(grown, 0, 0, this.#size)
      this.#bytes = grown
    }
    return fits
  }
}
