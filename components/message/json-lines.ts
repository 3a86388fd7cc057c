// components/message/json-lines.ts: a JSON body as lines that can be folded. Numbers keep every digit they were written with:
// an order id beyond 2^53 must not be shown as another order. Pure.

/** A number as it stands in the text. */
export class RawNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type Json = null | boolean | string | RawNumber | readonly Json[] | { readonly [key: string]: Json }

/** Reads strict JSON; undefined when it is none. Objects keep the order of their keys, doubled keys keep the last. */
export const parseJson = (text: string): Json | undefined => {
  const reader = new Reader(text)
  try {
    const value = reader.value(0)
    reader.space()
    return reader.at === text.length ? value : undefined
  } catch (error) {
    if (error instanceof NotJson) return undefined
    throw error
  }
}

class NotJson extends Error {}
const MOST_LEVELS = 200
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them bare, so they end a string here
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y

class Reader {
  at = 0
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  space(): void {
    while (' \n\r\t'.includes(this.#text[this.at] ?? 'x')) this.at += 1
  }
  value(level: number): Json {
    if (level > MOST_LEVELS) throw new NotJson()
    this.space()
    const first = this.#text[this.at]
    if (first === '{') return this.#object(level)
    if (first === '[') return this.#array(level)
    if (first === '"') return this.#string()
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#text.startsWith(word, this.at)) {
        this.at += word.length
        return value
      }
    }
    NUMBER.lastIndex = this.at
    const found = NUMBER.exec(this.#text)
    if (found === null) throw new NotJson()
    this.at += found[0].length
    return new RawNumber(found[0])
  }
  #string(): string {
    STRING.lastIndex = this.at
    const found = STRING.exec(this.#text)
    if (found === null) throw new NotJson()
    this.at += found[0].length
    const text: unknown = JSON.parse(found[0])
    return String(text)
  }
  #take(character: string): boolean {
    this.space()
    if (this.#text[this.at] !== character) return false
    this.at += 1
    return true
  }
  #array(level: number): Json {
    this.at += 1
    const items: Json[] = []
    if (this.#take(']')) return items
    do items.push(this.value(level + 1))
    while (this.#take(','))
    if (!this.#take(']')) throw new NotJson()
    return items
  }
  #object(level: number): Json {
    this.at += 1
    const entries: [string, Json][] = []
    if (this.#take('}')) return {}
    do {
      this.space()
      if (this.#text[this.at] !== '"') throw new NotJson()
      const key = this.#string()
      if (!this.#take(':')) throw new NotJson()
      entries.push([key, this.value(level + 1)])
    } while (this.#take(','))
    if (!this.#take('}')) throw new NotJson()
    return Object.fromEntries(entries)
  }
}

export const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
export const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !isList(value) && !(value instanceof RawNumber)

/** Short enough to stand in one line: an object of few plain values, a list of few plain values. */
export const oneLine = (value: Json, most: number): string | null => {
  const parts = (inner: readonly Json[]) => inner.every((one) => !isList(one) && !isObject(one))
  if (isList(value)) {
    if (!parts(value)) return null
    const text = value.length === 0 ? '[ ]' : `[ ${value.map(plain).join(', ')} ]`
    return text.length <= most ? text : null
  }
  if (isObject(value)) {
    if (!parts(Object.values(value))) return null
    const entries = Object.entries(value)
    const text = entries.length === 0 ? '{ }' : `{ ${entries.map(([key, one]) => `${key}: ${plain(one)}`).join(', ')} }`
    return text.length <= most ? text : null
  }
  return null
}
const plain = (value: Json): string => (value instanceof RawNumber ? value.text : JSON.stringify(value))

const YEAR_2000_MS = 946_684_800_000
const YEAR_2100_MS = 4_102_444_800_000
/** Whole milliseconds or seconds of this century are read as a time, in a remark behind the number. */
export const timeOf = (number: RawNumber): number | null => {
  if (!/^\d+$/.test(number.text)) return null
  const value = Number(number.text)
  if (number.text.length === 13 && value >= YEAR_2000_MS && value < YEAR_2100_MS) return value
  return number.text.length === 10 && value * 1000 >= YEAR_2000_MS && value * 1000 < YEAR_2100_MS ? value * 1000 : null
}
