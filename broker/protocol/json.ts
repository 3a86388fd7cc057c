// broker/protocol/json.ts: JSON as Java's fastjson writes it and what it accepts: numbers and whole objects as keys,
// keys of an object in alphabetical order, nulls left out, doubles with a point. Bodies.ts says which value is what.
import { excerpt, ProtocolError } from './errors'

/** How keys that are no text are written: raw as fastjson does by default, or so that any JSON reader takes them. */
export type JsonMode = 'fastjson' | 'standard'

/** Parses standard JSON, and what fastjson writes beyond it. Throws a ProtocolError. Objects with raw keys become Maps. */
export function parseLoose(given: string | Buffer): unknown {
  const text = typeof given === 'string' ? given : given.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return new LooseReader(text).whole()
  }
}

/** Deeper nesting than any body has. */
const maxDepth = 64

class LooseReader {
  readonly #text: string
  #at = 0
  #depth = 0
  constructor(text: string) {
    this.#text = text
  }

  whole(): unknown {
    const value = this.#value()
    this.#blank()
    if (this.#at < this.#text.length) throw this.#bad('text after the end')
    return value
  }

  #value(): unknown {
    this.#blank()
    const first = this.#text[this.#at]
    if (first === '{') return this.#nested(() => this.#object())
    if (first === '[') return this.#nested(() => this.#array())
    if (first === '"' || first === "'") return this.#quoted(first)
    return this.#word()
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > maxDepth) throw this.#bad('nested too deeply')
    this.#at++
    const value = read()
    this.#depth--
    return value
  }

  #object(): unknown {
    const pairs: [unknown, unknown][] = []
    let rawKeys = false
    for (;;) {
      this.#blank()
      if (this.#take('}')) break
      if (this.#take(',')) continue
      const first = this.#text[this.#at]
      const key = first === '"' || first === "'" || first === '{' ? this.#value() : this.#word(true)
      if (typeof key !== 'string') rawKeys = true
      this.#blank()
      if (!this.#take(':')) throw this.#bad('a colon is missing')
      pairs.push([key, this.#value()])
      this.#blank()
      if (!this.#take(',') && this.#text[this.#at] !== '}') throw this.#bad('an object does not end')
    }
    if (rawKeys) return new Map(pairs)
    return Object.fromEntries(pairs)
  }

  #array(): unknown[] {
    const items: unknown[] = []
    for (;;) {
      this.#blank()
      if (this.#take(']')) return items
      if (this.#take(',')) continue
      items.push(this.#value())
      this.#blank()
      if (!this.#take(',') && this.#text[this.#at] !== ']') throw this.#bad('an array does not end')
    }
  }

  #quoted(quote: string): string {
    const from = ++this.#at
    for (;;) {
      const unit = this.#text[this.#at]
      if (unit === undefined) throw this.#bad('a text does not end')
      if (unit === quote) break
      this.#at += unit === '\\' ? 2 : 1
    }
    const raw = this.#text.slice(from, this.#at++)
    return this.#unescape(quote === '"' ? raw : raw.replaceAll("\\'", "'").replaceAll('"', '\\"'))
  }

  #unescape(raw: string): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they may stand raw in fastjson's texts
    const legal = raw.replace(/[\u0000-\u001f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    try {
      return String(JSON.parse(`"${legal}"`))
    } catch (cause) {
      throw new ProtocolError('bad-body', `not JSON: a text with a wrong escape: ${excerpt(raw)}`, { cause })
    }
  }

  /** A number, true, false, null, or, as a key, a bare name. */
  #word(asKey = false): unknown {
    const from = this.#at
    while (this.#at < this.#text.length && !/[\s,:{}[\]"']/.test(this.#text[this.#at] ?? ' ')) this.#at++
    const word = this.#text.slice(from, this.#at)
    if (/^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(word)) return Number(word)
    if (/^[-+]?\d+[LSBFD]$/.test(word)) return Number(word.slice(0, -1))
    if (asKey && /^[A-Za-z_$][\w$]*$/.test(word)) return word
    if (word === 'true') return true
    if (word === 'false') return false
    if (word === 'null') return null
    throw this.#bad('a value is missing')
  }

  #blank(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }
  #take(unit: string): boolean {
    if (this.#text[this.#at] !== unit) return false
    this.#at++
    return true
  }
  #bad(why: string): ProtocolError {
    return new ProtocolError('bad-body', `not JSON: ${why} at ${this.#at}: ${excerpt(this.#text.slice(this.#at))}`)
  }
}

/** A double as Java prints it: with a point, and with an exponent from 10^7 on and below 10^-3. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return 'null' // as fastjson writes what JSON has no word for
  const size = Math.abs(value)
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}

/** A text in quotes. Standard mode keeps to ASCII. */
export function jsonText(value: string, mode: JsonMode): string {
  const quoted = JSON.stringify(value)
  if (mode === 'fastjson') return quoted
  return quoted.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}
