// broker/config/property.ts: what one row of a property table says. A row never does anything: open-config.ts reads it.

/**
 * When a key may change. `live`: while the broker runs (code 25). `fixed`: at a start only. `identity`: who and where this
 * part is (names, ids, addresses, ports, store paths); never over the wire, and under a preset the preset's value holds.
 */
export type Change = 'live' | 'fixed' | 'identity'

interface Common {
  readonly change: Change
  /** Why the key has no effect here. Absent: it has one. */
  readonly without?: string
  /** Apache's default where ours differs, and why it does. */
  readonly apache?: { readonly default: string; readonly why: string }
}
export interface FlagProperty extends Common {
  readonly type: 'boolean'
  readonly default: boolean
}
export interface NumberProperty extends Common {
  readonly type: 'int' | 'long' | 'double'
  readonly default: number
  readonly min: number
  readonly max: number
}
export interface TextProperty<V extends string | null = string | null> extends Common {
  readonly type: 'string'
  /** null: not set, and then not listed either, as in Apache. */
  readonly default: V
  readonly oneOf?: readonly string[]
  readonly pattern?: { readonly expression: RegExp; readonly says: string }
}
export type Property = FlagProperty | NumberProperty | TextProperty
export type PropertyTable = Readonly<Record<string, Property>>

/** What a row of type P holds once read. */
export type ValueOf<P extends Property> = P extends FlagProperty
  ? boolean
  : P extends NumberProperty
    ? number
    : P extends TextProperty<infer V>
      ? V
      : never
/** All values of a table, by name. */
export type Values<T extends PropertyTable> = { readonly [K in keyof T]: ValueOf<T[K]> }

type Trait = Partial<Common>
type NumberTrait = Trait & { readonly min?: number; readonly max?: number }
type TextTrait = Trait & Pick<Partial<TextProperty>, 'pattern'>

const int32 = 2 ** 31

/** The words of which the tables are made. Without a trait a key is fixed and has an effect. */
export const flag = (value: boolean, ...traits: readonly Trait[]): FlagProperty =>
  Object.assign({ type: 'boolean' as const, default: value, change: 'fixed' as const }, ...traits)
export const int = (value: number, ...traits: readonly NumberTrait[]): NumberProperty =>
  Object.assign({ type: 'int', default: value, change: 'fixed', min: -int32, max: int32 - 1 }, ...traits)
export const long = (value: number, ...traits: readonly NumberTrait[]): NumberProperty =>
  Object.assign(
    { type: 'long', default: value, change: 'fixed', min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
    ...traits,
  )
export const double = (value: number, ...traits: readonly NumberTrait[]): NumberProperty =>
  Object.assign(
    { type: 'double', default: value, change: 'fixed', min: -Number.MAX_VALUE, max: Number.MAX_VALUE },
    ...traits,
  )
export const text = (value: string, ...traits: readonly TextTrait[]): TextProperty<string> =>
  Object.assign({ type: 'string' as const, default: value, change: 'fixed' as const }, ...traits)
/** Not set unless somebody sets it. */
export const unset = (...traits: readonly TextTrait[]): TextProperty =>
  Object.assign({ type: 'string' as const, default: null, change: 'fixed' as const }, ...traits)
export const choice = <const V extends string>(
  value: NoInfer<V>,
  values: readonly V[],
  ...traits: readonly Trait[]
): TextProperty<V> =>
  Object.assign({ type: 'string' as const, default: value, change: 'fixed' as const, oneOf: values }, ...traits)

export const live = { change: 'live' } as const
export const identity = { change: 'identity' } as const
export const between = (min: number, max: number) => ({ min, max })
export const atLeast = (min: number) => ({ min })
export const matching = (expression: RegExp, says: string) => ({ pattern: { expression, says } })
export const without = (reason: string) => ({ without: reason })
export const differs = (theirs: string, why: string) => ({ apache: { default: theirs, why } })

/** An hour of the day, or several: `04`, `02;14`. */
export const hours = matching(/^([01]?\d|2[0-3])(;([01]?\d|2[0-3]))*$/, 'hours of the day such as 04 or 02;14')
/** `ip:port` or `host:port`, several separated by `;`. */
export const addresses = matching(
  /^$|^[A-Za-z0-9_.\-[\]:]+:\d{1,5}(;[A-Za-z0-9_.\-[\]:]+:\d{1,5})*$/,
  'host:port, several separated by ;',
)
/** One `host:port`. */
export const address = matching(/^[A-Za-z0-9_.\-[\]:]+:\d{1,5}$/, 'host:port')
/** A single host name or address. */
export const host = matching(/^[A-Za-z0-9_.\-:[\]]*$/, 'a host name or an IP address')
/** Numbers of requests, by commas. */
export const requestCodes = matching(/^\s*(\d+\s*(,\s*\d+\s*)*)?$/, 'request codes such as 105,34')
/** Names that go into topics, groups and file-free tables. */
export const plainName = matching(/^[%|a-zA-Z0-9_-]+$/, 'letters, digits, and % | _ -')
/** `1s 5s 10s 30m 2h`. */
export const delayLevels = matching(/^\d+[smhd]( \d+[smhd])*$/, 'times such as 1s 5s 10m 2h 1d, separated by blanks')

const controlCharacter = /\p{Cc}/u

/** The value of a row for a text, or why it cannot be one: what is allowed. */
export function parseValue(
  property: Property,
  value: string,
): { value: boolean | number | string } | { allowed: string } {
  const trimmed = value.trim()
  switch (property.type) {
    case 'boolean': {
      const lower = trimmed.toLowerCase()
      return lower === 'true' || lower === 'false' ? { value: lower === 'true' } : { allowed: allowed(property) }
    }
    case 'int':
    case 'long':
    case 'double': {
      const form = property.type === 'double' ? /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/ : /^[+-]?\d+$/
      const number = form.test(trimmed) ? Number(trimmed) : Number.NaN
      const fits = number >= property.min && number <= property.max
      return fits ? { value: number === 0 ? 0 : number } : { allowed: allowed(property) }
    }
    case 'string': {
      if (property.oneOf) {
        const found = property.oneOf.find((one) => one.toLowerCase() === trimmed.toLowerCase())
        return found === undefined ? { allowed: allowed(property) } : { value: found }
      }
      const clean = !controlCharacter.test(trimmed) && trimmed.length <= 4096
      const matches = clean && (property.pattern === undefined || property.pattern.expression.test(trimmed))
      return matches ? { value: trimmed } : { allowed: allowed(property) }
    }
  }
}

/** What a key takes, in words: the second half of an error message. */
export function allowed(property: Property): string {
  switch (property.type) {
    case 'boolean':
      return 'true or false'
    case 'int':
    case 'long':
      return `a whole number from ${property.min} to ${property.max}`
    case 'double':
      return property.max === Number.MAX_VALUE ? 'a number' : `a number from ${property.min} to ${property.max}`
    case 'string':
      if (property.oneOf) return `one of ${property.oneOf.join(', ')}`
      return property.pattern?.says ?? 'text of at most 4096 characters without control characters'
  }
}

/** As Apache writes it: Java shows a double with at least one decimal. */
export const showValue = (property: Property, value: boolean | number | string | null): string | null => {
  if (value === null) return null
  if (property.type === 'double' && typeof value === 'number' && Number.isInteger(value)) return value.toFixed(1)
  return String(value)
}
