// server/trpc/input-words.ts: what is wrong with an input, in sentences that name the field as the caller wrote it. What a
// schema says of itself is kept; the rest is said here instead of in the words of the library.
import { z } from 'zod'

type Raw = z.core.$ZodRawIssue
const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  nan: 'no number',
}
const formats: Readonly<Record<string, string>> = {
  url: 'a URL',
  email: 'an e-mail address',
}
const units: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', set: 'entries' }

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isNaN(value) ? 'nan' : typeof value
const nounOf = (type: string): string => nouns[type] ?? type
const choice = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${String(values[0])}` : `must be one of ${values.map(String).join(', ')}`

const bound = (issue: Raw & ({ code: 'too_big' } | { code: 'too_small' }), most: boolean): string => {
  const limit = String(most ? issue.maximum : issue.minimum)
  const unit = units[issue.origin]
  if (unit !== undefined && !most && limit === '1') return 'must not be empty'
  const word = issue.exact === true ? '' : most ? 'at most ' : 'at least '
  if (unit !== undefined) return `must have ${word}${limit} ${unit}`
  if (issue.inclusive === false) return `must be ${most ? 'less' : 'more'} than ${limit}`
  return `must be ${word}${limit}`
}
/** What is said of a field after its name. */
const saidOf = (issue: Raw): string => {
  if (issue.input === undefined) return 'is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${nounOf(issue.expected)}, and is ${nounOf(typeOf(issue.input))}`
    case 'invalid_value':
      return choice(issue.values)
    case 'too_big':
      return bound(issue, true)
    case 'too_small':
      return bound(issue, false)
    case 'invalid_format':
      return issue.format === 'regex'
        ? `must match ${issue.pattern}`
        : `must be ${formats[issue.format] ?? issue.format}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return `must not hold ${issue.keys.join(', ')}`
    case 'invalid_union':
      return Array.isArray(issue.options) ? choice(issue.options) : 'must have one of the forms that are described'
    default:
      return 'must be something else'
  }
}
z.config({ localeError: saidOf })

const MOST_TOLD = 5
/** What the library was given words for above begins so; a schema's own words stand for themselves. */
const SAID = /^(is missing|must )/
export const describeInput = (error: z.ZodError): string =>
  error.issues
    .slice(0, MOST_TOLD)
    .map(({ path, message }) => {
      const field = path.length === 0 ? 'The input' : JSON.stringify(path.join('.'))
      return SAID.test(message) ? `${field} ${message}.` : `${field}: ${message}.`
    })
    .join(' ')
