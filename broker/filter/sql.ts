// broker/filter/sql.ts: SQL92 filters: an expression over a message's properties, read once and asked per message. Truth
// has three values; a message passes when it is true for it. Grammar and oddities are those of Apache 5.5.0.
import { FilterSyntaxError, Tokens } from './sql-tokens'
import { compare, equals, smallInteger, smallLiteral, Unjudgeable, type Value } from './sql-values'

export { FilterSyntaxError } from './sql-tokens'

/** Properties of a message are text; what a search looks into may hold numbers and truth as well. */
export type PropertyOf = (name: string) => string | number | boolean | undefined

/** What an expression asks of a message. The two that may be missing say the same as `text`, without making a text. */
export interface Asked {
  text(name: string): ReturnType<PropertyOf>
  /** A value of one to nine digits as a number; undefined: it is none, or not there. */
  digits?(name: string): number | undefined
  /** Whether the value is this text of ASCII letters; undefined: it is not there. */
  is?(name: string, text: string): boolean | undefined
}

export interface SqlOptions {
  /** A name may be a path: `body.items[0].price`. */
  paths?: boolean
  /** What stands behind the end of the expression is a fault, and not passed over as Apache does. */
  whole?: boolean
}
/** Throws a FilterSyntaxError for what is no expression. */
export function compileSql(source: string, options: SqlOptions = {}): (propertyOf: PropertyOf) => boolean {
  const passes = compileFilter(source, options)
  return (propertyOf) => passes({ text: propertyOf })
}
/** The same, for who is asked message after message and can answer cheaply. */
export function compileFilter(source: string, options: SqlOptions = {}): (asked: Asked) => boolean {
  const tokens = new Tokens(source, options.paths)
  const root = condition(disjunction(tokens))
  if (options.whole === true && tokens.next.kind !== 'end') throw tokens.unexpected('the end')
  return (asked) => {
    try {
      return root.of(asked) === true
    } catch (error) {
      if (error instanceof Unjudgeable) return false
      throw error
    }
  }
}

interface Expression {
  readonly of: (asked: Asked) => Value
  readonly kind: 'constant' | 'property' | 'condition' | 'other'
  /** Of a constant. */
  readonly value?: Value
  /** Of a property. */
  readonly property?: string
  /** As error texts show it. */
  readonly shown: string
}
const constant = (value: Value, shown: string): Expression => ({ of: () => value, kind: 'constant', value, shown })
const truth = (shown: string, of: (asked: Asked) => boolean | null): Expression => ({
  of,
  kind: 'condition',
  shown,
})

const isTruth = ({ kind, value }: Expression): boolean =>
  kind === 'condition' || (kind === 'constant' && (typeof value === 'boolean' || value === null))

/** What may stand where truth is asked. A bare property is never true: its value is text. */
function condition(expression: Expression): Expression {
  if (isTruth(expression)) return expression
  if (expression.kind !== 'property') {
    throw new FilterSyntaxError(`${expression.shown} is neither true nor false`)
  }
  return truth(expression.shown, (asked) => (expression.of(asked) === null ? null : false))
}

function disjunction(tokens: Tokens): Expression {
  let left = conjunction(tokens)
  while (tokens.skip('word', 'OR')) left = either(condition(left), condition(conjunction(tokens)))
  return left
}

function conjunction(tokens: Tokens): Expression {
  let left = equality(tokens)
  while (tokens.skip('word', 'AND')) left = both(condition(left), condition(equality(tokens)))
  return left
}

const either = (left: Expression, right: Expression): Expression =>
  truth(`(${left.shown} OR ${right.shown})`, (asked) => {
    const a = left.of(asked)
    if (a === true) return true
    const b = right.of(asked)
    if (b === true) return true
    return a === null || b === null ? null : false
  })

const both = (left: Expression, right: Expression): Expression =>
  truth(`(${left.shown} AND ${right.shown})`, (asked) => {
    const a = left.of(asked)
    if (a === false) return false
    const b = right.of(asked)
    if (b === false) return false
    return a === null || b === null ? null : true
  })

const not = (inner: Expression): Expression =>
  truth(`(NOT ${inner.shown})`, (asked) => {
    const value = inner.of(asked)
    return value === null ? null : value !== true
  })

function equality(tokens: Tokens): Expression {
  let left = comparison(tokens)
  for (;;) {
    if (tokens.skip('sign', '=')) left = same(left, comparison(tokens))
    else if (tokens.skip('sign', '<>')) left = not(same(left, comparison(tokens)))
    else if (tokens.skip('word', 'IS')) {
      const isNot = tokens.skip('word', 'NOT')
      tokens.expect('word', 'NULL')
      left = isNot ? not(missing(left)) : missing(left)
    } else return left
  }
}

const missing = (inner: Expression): Expression =>
  truth(`(${inner.shown} IS NULL)`, (asked) => inner.of(asked) === null)

function same(left: Expression, right: Expression): Expression {
  for (const side of [left, right]) {
    if (side.kind === 'constant' && side.value === null) throw new FilterSyntaxError(`'NULL' cannot be compared`)
  }
  if (left.kind === 'constant' && right.kind === 'constant' && isTruth(left) && !isTruth(right)) {
    throw new FilterSyntaxError(`'${left.shown}' cannot be compared with '${right.shown}'`)
  }
  const small = right.kind === 'constant' ? smallLiteral(right.value) : undefined
  const name = left.property
  const wanted = right.value
  const plain =
    right.kind === 'constant' && typeof right.value === 'string' && isAscii(right.value) ? right.value : undefined
  return truth(`(${left.shown} = ${right.shown})`, (asked) => {
    if (name !== undefined) {
      if (plain !== undefined && asked.is !== undefined) return asked.is(name, plain) ?? null
      if (typeof wanted === 'boolean') {
        if (asked.is?.(name, 'true') === true) return wanted
        if (asked.is?.(name, 'false') === true) return !wanted
      }
      const digits = small === undefined ? undefined : asked.digits?.(name)
      if (digits !== undefined) return digits === small
    }
    const a = left.of(asked)
    const b = right.of(asked)
    if (a === null || b === null) {
      if (a === b) return true
      return a === null ? null : false
    }
    const number = small !== undefined && typeof a === 'string' ? smallInteger(a) : undefined
    return number === undefined ? equals(a, b) : number === small
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)

const relations: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function comparison(tokens: Tokens): Expression {
  let left = unary(tokens)
  for (;;) {
    const { kind, text } = tokens.next
    const relation = kind === 'sign' ? relations[text] : undefined
    if (relation !== undefined) {
      tokens.take()
      left = related(left, unary(tokens), text)
      continue
    }
    const isNot = tokens.skip('word', 'NOT')
    const word = tokens.next.kind === 'word' ? tokens.next.text : ''
    if (word === 'BETWEEN') left = between(tokens, left, isNot)
    else if (word === 'IN') left = oneOf(tokens, left, isNot)
    else if (word in parts) left = partOf(tokens, left, isNot)
    else if (isNot) throw tokens.unexpected('BETWEEN, IN, CONTAINS, STARTSWITH or ENDSWITH')
    else return left
  }
}

function related(left: Expression, right: Expression, sign: string): Expression {
  const holds = relations[sign]
  for (const side of [left, right]) {
    const isNumber = typeof side.value === 'bigint' || typeof side.value === 'number'
    if (isTruth(side) || (side.kind === 'constant' && !isNumber)) {
      throw new FilterSyntaxError(`Value '${side.shown}' cannot be compared with '${sign}'`)
    }
  }
  const small = right.kind === 'constant' ? smallLiteral(right.value) : undefined
  const name = left.property
  return truth(`(${left.shown} ${sign} ${right.shown})`, (asked) => {
    if (small !== undefined && name !== undefined) {
      const digits = asked.digits?.(name)
      if (digits !== undefined) return holds?.(digits - small) ?? false
    }
    const a = left.of(asked)
    const b = a === null ? null : right.of(asked)
    if (a === null || b === null) return null
    const number = small !== undefined && typeof a === 'string' ? smallInteger(a) : undefined
    const order = small !== undefined && number !== undefined ? number - small : compare(a, b)
    return order === undefined ? false : (holds?.(order) ?? false)
  })
}

function between(tokens: Tokens, value: Expression, isNot: boolean): Expression {
  tokens.expect('word', 'BETWEEN')
  const low = unary(tokens)
  tokens.expect('word', 'AND')
  const high = unary(tokens)
  if (!isNot && low.kind === 'constant' && high.kind === 'constant') {
    const areNumbers = [low.value, high.value].every((bound) => typeof bound === 'bigint' || typeof bound === 'number')
    // both are numbers, of which one kind compares with the other
    if (areNumbers && (low.value as number) > (high.value as number)) {
      throw new FilterSyntaxError(`BETWEEN ${low.shown} AND ${high.shown} holds nothing`)
    }
  }
  return isNot
    ? either(related(value, low, '<'), related(value, high, '>'))
    : both(related(value, low, '>='), related(value, high, '<='))
}

function oneOf(tokens: Tokens, left: Expression, isNot: boolean): Expression {
  tokens.expect('word', 'IN')
  if (left.kind !== 'property') throw new FilterSyntaxError('Expected a property before IN')
  const wanted = new Set<Value>()
  tokens.expect('sign', '(')
  do wanted.add(tokens.expect('text').text)
  while (tokens.skip('sign', ','))
  tokens.expect('sign', ')')
  return truth(`(${left.shown} ${isNot ? 'NOT ' : ''}IN ...)`, (asked) => {
    const value = left.of(asked)
    return value === null ? null : wanted.has(value) !== isNot
  })
}

const parts = {
  CONTAINS: (value: string, part: string) => value.includes(part),
  STARTSWITH: (value: string, part: string) => value.startsWith(part),
  ENDSWITH: (value: string, part: string) => value.endsWith(part),
}

function partOf(tokens: Tokens, left: Expression, isNot: boolean): Expression {
  const word = tokens.take().text as keyof typeof parts // the caller looked
  const part = tokens.expect('text').text
  return truth(`(${left.shown} ${isNot ? 'NOT ' : ''}${word} '${part}')`, (asked) => {
    if (part === '') return false
    const value = left.of(asked)
    return typeof value === 'string' && parts[word](value, part) !== isNot
  })
}

function unary(tokens: Tokens): Expression {
  if (tokens.skip('sign', '+')) return unary(tokens)
  if (tokens.skip('sign', '-')) return negative(unary(tokens))
  if (tokens.skip('word', 'NOT')) return not(condition(unary(tokens)))
  return primary(tokens)
}

const negative = (inner: Expression): Expression => ({
  of: (asked) => {
    const value = inner.of(asked)
    return typeof value === 'bigint' || typeof value === 'number' ? -value : null
  },
  kind: 'other',
  shown: `-${inner.shown}`,
})

function primary(tokens: Tokens): Expression {
  const token = tokens.next
  switch (token.kind) {
    case 'integer':
      tokens.take()
      return constant(whole(token.text), token.text)
    case 'decimal':
      tokens.take()
      return constant(fraction(token.text), token.text)
    case 'text':
      tokens.take()
      return constant(token.text, `'${token.text}'`)
    case 'name':
      tokens.take()
      return {
        of: (asked) => asked.text(token.text) ?? null,
        kind: 'property',
        property: token.text,
        shown: token.text,
      }
    default:
  }
  if (tokens.skip('word', 'TRUE')) return constant(true, 'TRUE')
  if (tokens.skip('word', 'FALSE')) return constant(false, 'FALSE')
  if (tokens.skip('word', 'NULL')) return constant(null, 'NULL')
  if (!tokens.skip('sign', '(')) throw tokens.unexpected('a value')
  const inner = disjunction(tokens)
  tokens.expect('sign', ')')
  return inner
}

function whole(text: string): bigint {
  const value = BigInt(text)
  if (value >= 2n ** 63n) throw new FilterSyntaxError(`${text} is too large for a number`)
  return value
}
function fraction(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value)) throw new FilterSyntaxError(`${text} is greater than any number`)
  if (value === 0 && /[1-9]/.test(text.replace(/[eE].*/, ''))) {
    throw new FilterSyntaxError(`${text} is less than any number`)
  }
  return value
}
