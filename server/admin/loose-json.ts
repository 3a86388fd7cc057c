// server/admin/loose-json.ts: reads the JSON that brokers really send: bare numbers and whole objects as keys, NaN,
// numbers of 64 bit. An object in key position becomes its own text, as a key. Nothing here knows what it reads.

export type Loose = null | boolean | number | bigint | string | Loose[] | { [key: string]: Loose }

export class LooseJsonError extends Error {
  override readonly name = 'LooseJsonError'
}

/** Strict JSON takes the engine's own parser, which is some ten times faster; the rest is read here. */
export const parseLoose = (text: string): Loose => {
  if (!needsLoose.test(text)) {
    try {
      return JSON.parse(text) as Loose // every value JSON.parse makes is a Loose
    } catch {
      // read on below: it says where it fails
    }
  }
  return new Reader(text).whole()
}
/** A bare or object key, NaN, or digits past what a double holds. */
const needsLoose = /[{,]\s*[-\d{]|NaN|Infinity|\d{16}/

class Reader {
  readonly #text: string
  #at = 0
  constructor(text: string) {
    this.#text = text
  }

  whole(): Loose {
    const value = this.#value(0)
    this.#space()
    if (this.#at < this.#text.length) throw this.#wrong('something follows the end')
    return value
  }

  #value(depth: number): Loose {
    if (depth > 200) throw this.#wrong('nested too deep')
    this.#space()
    const char = this.#text[this.#at]
    if (char === '{') return this.#object(depth)
    if (char === '[') return this.#array(depth)
    if (char === '"') return this.#string()
    return this.#word()
  }

  #object(depth: number): Loose {
    const found: { [key: string]: Loose } = Object.create(null) as { [key: string]: Loose } // no __proto__ from outside
    this.#at += 1
    for (;;) {
      this.#space()
      if (this.#take('}')) return found
      const from = this.#at
      const char = this.#text[from]
      let key: string
      if (char === '"') key = this.#string()
      else if (char === '{') {
        this.#object(depth + 1)
        key = this.#text.slice(from, this.#at)
      } else {
        this.#word()
        key = this.#text.slice(from, this.#at)
      }
      this.#space()
      if (!this.#take(':')) throw this.#wrong('a colon is missing')
      found[key] = this.#value(depth + 1)
      this.#space()
      if (this.#take(',')) continue
      if (this.#take('}')) return found
      throw this.#wrong('an object does not end')
    }
  }

  #array(depth: number): Loose {
    const found: Loose[] = []
    this.#at += 1
    for (;;) {
      this.#space()
      if (this.#take(']')) return found
      found.push(this.#value(depth + 1))
      this.#space()
      if (this.#take(',')) continue
      if (this.#take(']')) return found
      throw this.#wrong('an array does not end')
    }
  }

  #string(): string {
    const from = this.#at
    for (let at = from + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === 0x5c) at += 1
      else if (code === 0x22) {
        this.#at = at + 1
        const raw = this.#text.slice(from, at + 1)
        if (!raw.includes('\\') && !control.test(raw)) return raw.slice(1, -1)
        try {
          return JSON.parse(raw.replace(controls, escapeControl)) as string // a quoted text
        } catch {
          throw this.#wrong('a text holds a wrong escape')
        }
      }
    }
    throw this.#wrong('a text does not end')
  }

  #word(): Loose {
    word.lastIndex = this.#at
    const found = word.exec(this.#text)?.[0]
    if (found === undefined) throw this.#wrong('no value')
    this.#at += found.length
    if (found === 'true') return true
    if (found === 'false') return false
    if (found === 'null' || found === 'NaN' || found.endsWith('Infinity')) return null
    const value = Number(found)
    if (Number.isNaN(value)) throw this.#wrong('no value')
    return Number.isSafeInteger(value) || !/^-?\d+$/.test(found) ? value : BigInt(found)
  }

  #space(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= 0x20) this.#at += 1
  }
  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }
  #wrong(what: string): LooseJsonError {
    return new LooseJsonError(`${what} at ${this.#at}: ${this.#text.slice(Math.max(0, this.#at - 20), this.#at + 20)}`)
  }
}
const word = /[-+.\w]+/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: bodies may hold them bare, which JSON.parse refuses
const control = /[\u0000-\u001f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controls = /[\u0000-\u001f]/g
const escapeControl = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

// ---- taking values out: what is absent or of another kind becomes the fallback, so that one odd field costs itself ----

export type LooseObject = { [key: string]: Loose }
export const objectOf = (value: Loose | undefined): LooseObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
export const listOf = (value: Loose | undefined): readonly Loose[] => (Array.isArray(value) ? value : [])
export const textOf = (value: Loose | undefined, fallback = ''): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
      ? String(value)
      : fallback
export const numberOf = (value: Loose | undefined, fallback = 0): number => {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'bigint' || typeof value === 'string'
        ? Number(value)
        : fallback
  return Number.isFinite(number) ? number : fallback
}
export const bigOf = (value: Loose | undefined, fallback = 0n): bigint => {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : fallback
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : fallback
}
export const flagOf = (value: Loose | undefined, fallback = false): boolean =>
  typeof value === 'boolean' ? value : typeof value === 'string' ? value === 'true' : fallback
export const textsOf = (value: Loose | undefined): string[] =>
  listOf(value).flatMap((one) => (typeof one === 'string' ? [one] : []))
export const tableOf = (value: Loose | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(objectOf(value)).map(([key, one]) => [key, textOf(one)]))
