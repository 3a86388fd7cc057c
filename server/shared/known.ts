// server/shared/known.ts: a figure is either known, with its age, or unknown, with a reason. Never zero in place of
// unknown. Types and pure functions only: components look in here.

/** Why a value is not known. A closed list: each has its text in both languages. */
export type Reason =
  | 'broker-silent'
  | 'no-sample-yet'
  | 'not-allowed'
  | 'broadcasting'
  | 'client-does-not-report'
  | 'not-supported'
  | 'stats-off'
  | 'never-committed'
  | 'budget'
  | 'no-traffic'

export interface KnownValue<T> {
  readonly value: T
  /** When it was measured, ms since 1970. */
  readonly at: number
}
export interface Unknown {
  readonly unknown: Reason
}
export type Known<T> = KnownValue<T> | Unknown

export const known = <T>(value: T, at: number): Known<T> => ({ value, at })
export const unknown = (reason: Reason): Unknown => ({ unknown: reason })
export const isKnown = <T>(figure: Known<T>): figure is KnownValue<T> => 'value' in figure

/** A sum of what is known, and how many parts are missing: with missing > 0 the value is a lower bound. */
export interface Sum {
  readonly value: number
  readonly missing: number
  /** Why parts are missing; what may come back next turn stands before what stays so. Only with missing > 0. */
  readonly because?: Reason
  readonly at: number
}
/** A part that lacks for one of these reasons lacks in the next turn too: what is known of the sum can be followed over time. */
const lasting: ReadonlySet<Reason> = new Set([
  'never-committed',
  'broadcasting',
  'client-does-not-report',
  'not-supported',
  'stats-off',
])
/** The sum as history may hold it: null while a part is away that counted a moment ago and will again. */
export const steady = (figure: Known<number> | Sum): number | null => {
  if (!isKnown(figure)) return null
  const because = 'because' in figure ? figure.because : undefined
  return because === undefined || lasting.has(because) ? figure.value : null
}
export const sum = (figures: Iterable<Known<number>>): Sum => {
  let value = 0
  let missing = 0
  let because: Reason | undefined
  let at = Number.POSITIVE_INFINITY
  for (const figure of figures) {
    if (isKnown(figure)) {
      value += figure.value
      at = Math.min(at, figure.at)
      continue
    }
    missing += 1
    if (because === undefined || lasting.has(because)) because = figure.unknown
  }
  return { value, missing, ...(because === undefined ? {} : { because }), at: Number.isFinite(at) ? at : 0 }
}
