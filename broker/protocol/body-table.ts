// broker/protocol/body-table.ts: how the JSON bodies are declared, read and written. Each is a table of fields, which is
// its type as well. Reading is as lenient as Java's: what is unknown is ignored, what is missing gets its default.
import { excerpt, ProtocolError } from './errors'
import { type JsonMode, javaDouble, jsonText, parseLoose } from './json'

export interface Codec<T> {
  /** `where` names the field in an error text. */
  read(value: unknown, where: string): T
  /** undefined leaves the field out. */
  write(value: T, mode: JsonMode): string | undefined
  /** What stands for a missing field. Without it the field is an error when missing. */
  readonly fallback?: () => T
}
interface OptionalCodec<T> extends Codec<T | undefined> {
  readonly isOptional: true
}
export type BodyOf<C> = C extends Codec<infer T> ? T : never

const bad = (where: string, kind: string, value: unknown): ProtocolError =>
  new ProtocolError('bad-body', `${where} is no ${kind}: ${excerpt(String(JSON.stringify(value)))}`)

const numberIn = (value: unknown, where: string, kind: string): number => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || Number.isNaN(number)) throw bad(where, kind, value)
  return number
}
export const int: Codec<number> = {
  read(value, where) {
    const number = numberIn(value, where, 'whole number')
    if (!Number.isInteger(number)) throw bad(where, 'whole number', value)
    return number
  },
  write: (value) => (Math.abs(value) < 2 ** 63 ? String(value) : value < 0 ? minLongText : maxLongText),
  fallback: () => 0,
}
const maxLongText = '9223372036854775807'
const minLongText = '-9223372036854775808'
export const double: Codec<number> = {
  read: (value, where) => numberIn(value, where, 'number'),
  write: javaDouble,
  fallback: () => 0,
}
export const bool: Codec<boolean> = {
  read(value, where) {
    if (typeof value === 'boolean') return value
    if (value === 'true' || value === 1) return true
    if (value === 'false' || value === 0) return false
    throw bad(where, 'boolean', value)
  },
  write: String,
  fallback: () => false,
}
/** Numbers and booleans where a text belongs are taken as text. */
export const text: Codec<string> = {
  read(value, where) {
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw bad(where, 'text', value)
  },
  write: jsonText,
}
/** One of Apache's enums, which print by name. Case does not matter when read. */
export const oneOf = <const N extends string>(...names: readonly N[]): Codec<N> => ({
  read(value, where) {
    const wanted = typeof value === 'string' ? value.toUpperCase() : undefined
    const found = typeof value === 'number' ? names[value] : names.find((name) => name.toUpperCase() === wanted)
    if (found === undefined) throw bad(where, `one of ${names.join(', ')}`, value)
    return found
  },
  write: (value) => `"${value}"`,
})

/** May be missing or null; then undefined. */
export const optional = <T>(inner: Codec<T>): OptionalCodec<T> => ({
  isOptional: true,
  read: (value, where) => (value === undefined || value === null ? undefined : inner.read(value, where)),
  write: (value, mode) => (value === undefined ? undefined : inner.write(value, mode)),
  fallback: () => undefined,
})
/** May be missing or null; then `value`. */
export const orElse = <T>(inner: Codec<T>, value: T): Codec<T> => ({ ...inner, fallback: () => value })
/** Must be there, whatever its kind's usual default. */
export const required = <T>(inner: Codec<T>): Codec<T> => ({ read: inner.read, write: inner.write })

export const list = <T>(item: Codec<T>): Codec<T[]> => ({
  read(value, where) {
    if (!Array.isArray(value)) throw bad(where, 'list', value)
    return value.map((one, index) => item.read(one, `${where}[${index}]`))
  },
  write: (value, mode) => `[${value.map((one) => item.write(one, mode) ?? 'null').join(',')}]`,
  fallback: () => [],
})

const entriesOf = (value: unknown, where: string): [unknown, unknown][] => {
  if (value instanceof Map) return [...value]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(where, 'object', value)
  return Object.entries(value)
}
const keyOf = (key: unknown): string =>
  typeof key === 'string' ? key : typeof key === 'number' ? String(key) : '{...}'

const mapOf = <K, V>(
  readKey: (key: unknown, where: string) => K,
  writeKey: (key: K, mode: JsonMode) => string,
  value: Codec<V>,
): Codec<Map<K, V>> => ({
  read: (given, where) =>
    new Map(
      entriesOf(given, where)
        .filter(([, held]) => held !== null)
        .map(([key, held]) => [readKey(key, where), value.read(held, `${where}.${keyOf(key)}`)]),
    ),
  write(given, mode) {
    const parts: string[] = []
    for (const [key, held] of given) {
      const written = value.write(held, mode)
      if (written !== undefined) parts.push(`${writeKey(key, mode)}:${written}`)
    }
    return `{${parts.join(',')}}`
  },
  fallback: () => new Map(),
})
/** Names to values. A Map, because the names come from outside. */
export const dict = <V>(value: Codec<V>): Codec<Map<string, V>> =>
  mapOf((key, where) => text.read(key, where), jsonText, value)
/** Numbers to values: `{0:..}`, in standard mode `{"0":..}`. Both are read. */
export const numberDict = <V>(value: Codec<V>): Codec<Map<number, V>> =>
  mapOf(
    (key, where) => int.read(key, where),
    (key, mode) => (mode === 'fastjson' ? String(key) : `"${key}"`),
    value,
  )
/** Objects to values, the objects in key position: `{{"topic":..}:..}`. Also read: the key as a text that holds it. */
export const objectDict = <K, V>(key: Codec<K>, value: Codec<V>): Codec<Map<K, V>> =>
  mapOf(
    (given, where) => key.read(typeof given === 'string' ? parseLoose(given) : given, where),
    (given, mode) => {
      const written = key.write(given, mode) ?? 'null'
      return mode === 'fastjson' ? written : jsonText(written, mode)
    },
    value,
  )

type Fields = Readonly<Record<string, Codec<never> | Codec<unknown>>>
type Plain<T> = { -readonly [K in keyof T as T[K] extends { isOptional: true } ? never : K]: BodyOf<T[K]> }
type Maybe<T> = { -readonly [K in keyof T as T[K] extends { isOptional: true } ? K : never]?: BodyOf<T[K]> }
type Flat<T> = { [K in keyof T]: T[K] }

/** An object with these fields. Written with keys in alphabetical order. */
export function bean<const T extends Fields>(fields: T): Codec<Flat<Plain<T> & Maybe<T>>> {
  // each codec reads and writes its own kind only: the table pairs them, so inside it their kinds need no names
  const entries = Object.entries(fields as unknown as Record<string, Codec<unknown>>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )
  type Value = Flat<Plain<T> & Maybe<T>>
  return {
    read(given, where) {
      if (typeof given !== 'object' || given === null || Array.isArray(given)) throw bad(where, 'object', given)
      const held = given instanceof Map ? Object.fromEntries(given) : (given as Record<string, unknown>) // looked at above
      const out: Record<string, unknown> = {}
      for (const [name, codec] of entries) {
        const value = held[name]
        if (value === undefined || value === null) {
          if (codec.fallback === undefined) throw new ProtocolError('bad-body', `${where}.${name} is missing`)
          const fallback = codec.fallback()
          if (fallback !== undefined) out[name] = fallback
        } else {
          out[name] = codec.read(value, `${where}.${name}`)
        }
      }
      return out as Value // every field was set by its own codec
    },
    write(given, mode) {
      const held = given as Record<string, unknown> // its keys are those of the table
      let out = ''
      for (const [name, codec] of entries) {
        const value = held[name]
        const written = value === undefined ? undefined : codec.write(value, mode)
        if (written !== undefined) out += out === '' ? `"${name}":${written}` : `,"${name}":${written}`
      }
      return `{${out}}`
    },
  }
}

/** Reads a request's or reply's body. Throws a ProtocolError that names the field. */
export const readBody = <T>(codec: Codec<T>, body: Buffer | string): T => {
  if (body.length === 0) throw new ProtocolError('bad-body', 'the body is empty')
  return codec.read(parseLoose(body), 'body')
}
export const writeBodyText = <T>(codec: Codec<T>, value: T, mode: JsonMode = 'fastjson'): string =>
  codec.write(value, mode) ?? 'null'
export const writeBody = <T>(codec: Codec<T>, value: T, mode: JsonMode = 'fastjson'): Buffer =>
  Buffer.from(writeBodyText(codec, value, mode), 'utf8')
