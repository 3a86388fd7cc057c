// broker/filter/sql-values.ts: how two values of a SQL92 filter compare. Properties are text; beside a number they are
// read as one. What cannot be read is an error of that message alone: it does not pass.

/** A whole number is read as narrow as its literal: int32 within its range, int64 beyond. */
export type Value = string | boolean | bigint | number | null

/** This message cannot be judged by this expression. */
export class Unjudgeable extends Error {
  override readonly name = 'Unjudgeable'
}

const int32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n }
const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

export function compare(left: Exclude<Value, null>, right: Exclude<Value, null>): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') return order(double(left), double(right))
  const [a, b] = alike(left, right)
  if (a === undefined || b === undefined) return undefined
  return order(a, b)
}

export function equals(left: Exclude<Value, null>, right: Exclude<Value, null>): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right
  const [a, b] = alike(left, right)
  return a !== undefined && b !== undefined && order(a, b) === 0
}

/** A literal as a number, where every text that `smallInteger` reads compares with it as with the literal. */
export const smallLiteral = (value: Value | undefined): number | undefined =>
  typeof value === 'bigint' && value >= int32.min && value <= int32.max ? Number(value) : undefined

/** A text of at most nine digits, as most numbers are; undefined: it may be a number all the same. */
export function smallInteger(text: string): number | undefined {
  if (text.length === 0 || text.length > 9) return undefined
  let value = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return value
}

type Plain = boolean | bigint | number
const nothingAlike = [undefined, undefined] as const

/** Both as the same kind, or nothing when no kind fits both. */
function alike(left: Exclude<Value, null>, right: Exclude<Value, null>): readonly [Plain, Plain] | typeof nothingAlike {
  if (typeof left === 'string') return typeof right === 'string' ? nothingAlike : [like(left, right), right]
  if (typeof right === 'string') {
    if (typeof left === 'boolean') throw new Unjudgeable('a condition stands before a property')
    return [left, like(right, left)]
  }
  if ((typeof left === 'boolean') !== (typeof right === 'boolean')) return nothingAlike
  return [left, right]
}

/** The text read as what stands on the other side. */
function like(text: string, other: Plain): Plain {
  if (typeof other === 'boolean') return text.toLowerCase() === 'true'
  return typeof other === 'bigint' ? integer(text, other) : double(text)
}

function integer(text: string, other: bigint): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new Unjudgeable(`${text} is no whole number`)
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  const range = other >= int32.min && other <= int32.max ? int32 : int64
  if (value < range.min || value > range.max) throw new Unjudgeable(`${text} is out of range`)
  return value
}

/** As Java reads a double: blanks around, a suffix f or d, NaN and Infinity. */
function double(text: string): number {
  const bare = text.trim()
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?$/.test(bare)) return Number(bare.replace(/[fFdD]$/, ''))
  const special = /^([+-]?)(NaN|Infinity)$/.exec(bare)
  if (special === null) throw new Unjudgeable(`${text} is no number`)
  return special[2] === 'NaN' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity
}

const order = (a: Plain, b: Plain): number => (a < b ? -1 : a > b ? 1 : 0)
