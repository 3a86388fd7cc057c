// server/message/body/reader.ts: a body read value by value, within bounds, and written as JSON text: a 64-bit number goes
// through as its digits. It knows no format. Whatever does not fit is said with the byte at which it was met.
export class NotOfTypeError extends Error {
  override readonly name = 'NotOfTypeError'
  /** From the start of the body. */
  readonly at: number
  constructor(why: string, at: number) {
    super(why)
    this.at = at
  }
}

/** One look at a body costs at most some tens of milliseconds: so many values, so much text, so deep. */
const MOST_VALUES = 200_000
const MOST_CHARACTERS = 8 * 1024 * 1024
const MOST_DEPTH = 100
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What is used up by all that is read of one body. */
interface Spent {
  values: number
  characters: number
}
export class BodyReader {
  readonly #bytes: Buffer
  readonly #spent: Spent
  readonly end: number
  at: number

  constructor(bytes: Buffer, at = 0, end = bytes.length, spent: Spent = { values: 0, characters: 0 }) {
    this.#bytes = bytes
    this.#spent = spent
    this.at = at
    this.end = end
  }
  get done(): boolean {
    return this.at >= this.end
  }
  fail(why: string, at = this.at): never {
    throw new NotOfTypeError(why, at)
  }

  /** A value begins, so many levels below the body. */
  begin(depth: number): void {
    this.#spent.values += 1
    if (this.#spent.values > MOST_VALUES) this.fail(`more than ${MOST_VALUES.toLocaleString('en')} values`)
    if (depth > MOST_DEPTH) this.fail(`nested deeper than ${MOST_DEPTH}`)
  }
  /** Text on its way out. */
  out(text: string): string {
    this.#spent.characters += text.length
    if (this.#spent.characters > MOST_CHARACTERS) this.fail(`more than ${MOST_CHARACTERS / 1024 / 1024} MiB as JSON`)
    return text
  }
  string(text: string): string {
    return this.out(JSON.stringify(text))
  }

  /** The place of the next so many bytes, which are passed. */
  take(size: number, what: string): number {
    if (size < 0) this.fail(`${what} of ${size} bytes`)
    if (size > this.end - this.at) this.fail(`${what} of ${size} bytes, and ${this.end - this.at} are left`)
    const from = this.at
    this.at += size
    return from
  }
  u8(what: string): number {
    return this.#bytes.readUInt8(this.take(1, what))
  }
  bytes(size: number, what: string): Buffer {
    const from = this.take(size, what)
    return this.#bytes.subarray(from, from + size)
  }
  text(size: number, what: string): string {
    const from = this.at
    const bytes = this.bytes(size, what)
    try {
      return utf8.decode(bytes)
    } catch {
      return this.fail(`${what} is no UTF-8`, from)
    }
  }
  /** Of a length-delimited piece: a reader of its own that shares the bounds. */
  piece(size: number, what: string): BodyReader {
    const from = this.take(size, what)
    return new BodyReader(this.#bytes, from, from + size, this.#spent)
  }
  /** Seven bits a byte, the lowest first; 64 bits at most. */
  varint(what: string): bigint {
    const from = this.at
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.u8(what)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    return this.fail(`${what} of more than 10 bytes`, from)
  }
  /** Zigzag: 0, -1, 1, -2, 2 … */
  zigzag(what: string): bigint {
    const value = this.varint(what)
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
  /** A count or size, which no body comes near beyond 2^31. */
  small(value: bigint, what: string, at: number): number {
    if (value > 0x7fff_ffffn || value < -0x8000_0000n) this.fail(`${what} of ${value}`, at)
    return Number(value)
  }
}

/** JSON has no word for what is no number. */
export const numberText = (value: number): string => {
  if (!Number.isFinite(value)) return JSON.stringify(String(value))
  return Object.is(value, -0) ? '-0.0' : JSON.stringify(value)
}
/** A float as few digits as tell it from its neighbours. */
export const floatText = (value: number): string => {
  if (!Number.isFinite(value)) return numberText(value)
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return numberText(short)
  }
  return numberText(value)
}
export const binaryText = (bytes: Buffer): string => JSON.stringify(bytes.toString('base64'))
