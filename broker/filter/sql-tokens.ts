// broker/filter/sql-tokens.ts: the words of a SQL92 filter. Read one by one as the parser asks: what stands behind the
// end of an expression is not looked at, as in Apache.

/** What is wrong with an expression, for people. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError'
}

export type Token =
  | { readonly kind: 'word'; readonly text: string } //     a keyword, in capitals
  | { readonly kind: 'name'; readonly text: string } //     a property
  | { readonly kind: 'text'; readonly text: string } //     'it''s'
  | { readonly kind: 'integer'; readonly text: string }
  | { readonly kind: 'decimal'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'end'; readonly text: string }

const words: ReadonlySet<string> = new Set([
  ...['NOT', 'AND', 'OR', 'BETWEEN', 'IN', 'TRUE', 'FALSE', 'NULL', 'IS', 'CONTAINS', 'STARTSWITH', 'ENDSWITH'],
])

/** Each is tried where the last token ended. A comment to the end of a line needs that line's end. */
const blank = /(?:[\s]|--[^\n\r]*(?:\r\n|\n|\r)|\/\*[\s\S]*?\*\/)*/y
const decimal = /\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y
const integer = /(?:0|[1-9]\d*)[lL]?/y
const name = /[A-Za-z_$][A-Za-z0-9_$]*/y
const path = /[A-Za-z_$][A-Za-z0-9_$]*(?:\.[A-Za-z0-9_$-]+|\[\d{1,9}\])*/y
const text = /'(?:''|[^'])*'/y
const sign = /<>|<=|>=|[=<>(),+-]/y

/** Longer than anybody writes. Some ends of comments are looked for from every token on. */
const maxLength = 32_768

export class Tokens {
  readonly #source: string
  readonly #name: RegExp
  #at = 0
  #next: Token
  constructor(source: string, paths = false) {
    if (source.length > maxLength) {
      throw new FilterSyntaxError(`an expression of ${source.length} characters, at most ${maxLength}`)
    }
    this.#source = source
    this.#name = paths ? path : name
    this.#next = this.#read()
  }

  get next(): Token {
    return this.#next
  }
  /** The next token, which is then passed. */
  take(): Token {
    const taken = this.#next
    this.#next = this.#read()
    return taken
  }
  isNext(kind: Token['kind'], value: string): boolean {
    return this.#next.kind === kind && this.#next.text === value
  }
  /** Passes the token if it comes next. */
  skip(kind: Token['kind'], value: string): boolean {
    if (!this.isNext(kind, value)) return false
    this.take()
    return true
  }
  expect(kind: Token['kind'], value?: string): Token {
    if (this.#next.kind === kind && (value === undefined || this.#next.text === value)) return this.take()
    throw this.unexpected(value ?? kind)
  }
  unexpected(wanted: string): FilterSyntaxError {
    const found = this.#next.kind === 'end' ? 'the end' : `'${this.#next.text}'`
    return new FilterSyntaxError(`${found} stands where ${wanted} should, before position ${this.#at}`)
  }

  #read(): Token {
    this.#match(blank)
    if (this.#at >= this.#source.length) return { kind: 'end', text: '' }
    const number = this.#match(decimal)
    if (number !== undefined) return { kind: 'decimal', text: number }
    const whole = this.#match(integer)
    if (whole !== undefined) return { kind: 'integer', text: whole.replace(/[lL]$/, '') }
    const word = this.#match(this.#name)
    if (word !== undefined) {
      const upper = word.toUpperCase()
      return words.has(upper) ? { kind: 'word', text: upper } : { kind: 'name', text: word }
    }
    const quoted = this.#match(text)
    if (quoted !== undefined) return { kind: 'text', text: quoted.slice(1, -1).replaceAll("''", "'") }
    const mark = this.#match(sign)
    if (mark !== undefined) return { kind: 'sign', text: mark }
    throw new FilterSyntaxError(`nothing begins with '${this.#source[this.#at]}' at position ${this.#at}`)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)?.[0]
    if (found === undefined || found === '') return undefined
    this.#at += found.length
    return found
  }
}
