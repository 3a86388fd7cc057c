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
  const summing = new Summing()
  for (const figure of figures) summing.add(figure)
  return summing.sum()
}
/** A sum part by part. */
export class Summing {
  #value = 0
  #at = Number.POSITIVE_INFINITY
  #because: Reason | undefined
  missing = 0

  add(figure: Known<number>): void {
    if (isKnown(figure)) {
      this.#value += figure.value
      if (figure.at < this.#at) this.#at = figure.at
      return
    }
    this.missing += 1
    if (this.#because === undefined || lasting.has(this.#because)) this.#because = figure.unknown
  }
  sum(): Sum {
    const at = Number.isFinite(this.#at) ? this.#at : 0
    return this.#because === undefined
      ? { value: this.#value, missing: this.missing, at }
      : { value: this.#value, missing: this.missing, because: this.#because, at }
  }
}
