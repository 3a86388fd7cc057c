// broker/protocol/header-table.ts: how a custom header is declared, read and written. Each is a table of fields, which
// is its type as well. On the wire all values are text.
import type { ExtFields } from './command'
import { excerpt, ProtocolError } from './errors'

/** What happens when a field is not there: it is an error, it is undefined, or a value stands for it. */
type Missing = 'required' | 'optional' | 'default'
export interface HeaderField<T, M extends Missing = Missing> {
  /** What stands in an error text. */
  readonly kind: string
  /** undefined when the text is none of this kind. */
  parse(text: string): T | undefined
  print(value: T): string
  readonly missing: M
  readonly fallback: T | undefined
}
type Table = Readonly<Record<string, HeaderField<unknown>>>
type ValueOf<F> = F extends HeaderField<infer T, infer M> ? ('optional' extends M ? T | undefined : T) : never
type MayLack<T> = { [K in keyof T]: T[K] extends HeaderField<unknown, 'required'> ? never : K }[keyof T]

/** What reading a header gives. */
export type HeaderOf<H> = H extends HeaderTable<infer T> ? { [K in keyof T]: ValueOf<T[K]> } : never
/** What writing one takes: fields that may be missing may be left out. */
export type HeaderValues<H> =
  H extends HeaderTable<infer T>
    ? { readonly [K in Exclude<keyof T, MayLack<T>>]: ValueOf<T[K]> } & {
        readonly [K in MayLack<T>]?: ValueOf<T[K]> | undefined
      }
    : never

export interface HeaderTable<T> {
  readonly fields: T
  readonly entries: readonly (readonly [string, HeaderField<unknown>])[]
}
export const header = <const T extends Table>(fields: T): HeaderTable<T> => ({
  fields,
  entries: Object.entries(fields),
})

/** Reads and checks all fields of a table. A ProtocolError names the field that is missing or wrong. */
export function readHeader<T extends Table>(table: HeaderTable<T>, ext: ExtFields): HeaderOf<HeaderTable<T>> {
  const out: Record<string, unknown> = {}
  for (const [name, field] of table.entries) {
    const text = ext[name]
    if (text === undefined) {
      if (field.missing === 'required') throw new ProtocolError('bad-field', `the custom field <${name}> is null`)
      out[name] = field.fallback
      continue
    }
    const value = field.parse(text)
    if (value === undefined) {
      throw new ProtocolError('bad-field', `the custom field <${name}> is no ${field.kind}: ${excerpt(text)}`)
    }
    out[name] = value
  }
  return out as HeaderOf<HeaderTable<T>> // every field of the table was just set to a value of its kind
}

/** The fields as text; undefined ones are left out. */
export function writeHeader<T extends Table>(table: HeaderTable<T>, values: HeaderValues<HeaderTable<T>>): ExtFields {
  const ext: ExtFields = {}
  const given = values as Record<string, unknown> // its keys are those of the table
  for (const [name, field] of table.entries) {
    const value = given[name]
    if (value !== undefined) ext[name] = field.print(value)
  }
  return ext
}

const required = <T>(
  kind: string,
  parse: (text: string) => T | undefined,
  print: (value: T) => string,
): HeaderField<T, 'required'> => ({ kind, parse, print, missing: 'required', fallback: undefined })
/** May be missing; then undefined. */
export const optional = <T>(field: HeaderField<T>): HeaderField<T, 'optional'> => ({ ...field, missing: 'optional' })
/** May be missing; then `value`. */
export const orElse = <T>(field: HeaderField<T>, value: T): HeaderField<T, 'default'> => ({
  ...field,
  missing: 'default',
  fallback: value,
})

export const text = required<string>(
  'text',
  (given) => given,
  (value) => value,
)
export const bool = required<boolean>(
  'boolean',
  (given) => given.length === 4 && given.toLowerCase() === 'true',
  (value) => (value ? 'true' : 'false'),
)
export const i32 = required<number>(
  '32-bit number',
  (given) => {
    const value = wholeNumber(given)
    return value !== undefined && (value | 0) === value ? value : undefined
  },
  (value) => String(value),
)
/** Exact up to 2^53, the nearest number beyond: clients do send Long.MAX_VALUE where they mean "for ever". */
export const i64 = required<number>(
  '64-bit number',
  (given) => {
    const value = wholeNumber(given)
    return value !== undefined && value >= minLong && value <= maxLong ? value : undefined
  },
  (value) =>
    value >= maxLong ? '9223372036854775807' : value <= minLong ? '-9223372036854775808' : String(Math.trunc(value)),
)
const maxLong = 2 ** 63
const minLong = -maxLong

/** Decimal digits with at most one sign in front, as Java's parsers take them; no blanks, no exponent. */
export function wholeNumber(given: string): number | undefined {
  const signed = given.charCodeAt(0) === 45 || given.charCodeAt(0) === 43
  const from = signed ? 1 : 0
  if (given.length === from || given.length > 20) return undefined
  let value = 0
  for (let at = from; at < given.length; at++) {
    const digit = given.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  if (value > Number.MAX_SAFE_INTEGER) return Number(given) // rounded once, not at each digit
  return given.charCodeAt(0) === 45 && value !== 0 ? -value : value
}
