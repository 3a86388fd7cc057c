// server/audit/facts.ts: what is known of a change only where it is made, for its line in the audit log: which queues it
// moved, which messages it named. Whoever makes the change says so; whoever writes the line gets it. Never a secret or a body.
import { AsyncLocalStorage } from 'node:async_hooks'

export interface Facts {
  /** What it was done to, where the call itself does not name it. */
  object?: string
  before?: object
  after: object
}
/** Where they are put while a change is made. */
export interface FactsHeld {
  facts: Facts | null
}
const calls = new AsyncLocalStorage<FactsHeld>()
export const gathering = <T>(held: FactsHeld, run: () => Promise<T>): Promise<T> => calls.run(held, run)
export const noteFacts = (facts: Facts): void => {
  const held = calls.getStore()
  if (held !== undefined) held.facts = facts
}

/** Of many rows the first stand in a line, and how many there are. */
const MOST_ROWS = 50
export const firstOf = <Row, Name extends string>(name: Name, rows: readonly Row[], all = rows.length): object => ({
  [name]: rows.slice(0, MOST_ROWS),
  ...(all > Math.min(rows.length, MOST_ROWS) ? { [`${name}InAll`]: all } : {}),
})
