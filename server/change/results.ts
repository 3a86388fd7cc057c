// server/change/results.ts: many small acts, each with its own end: what failed is told and the rest goes on.
import { oneLine } from '../shared/errors'
import type { ApplyResult, QueueRef, ResultRow } from '../shared/views'

const AT_ONCE = 8

export interface Act {
  item: string
  queue?: ResultRow['queue']
  before?: bigint | null
  /** Answers with what was set and stands now, where there is such a thing, or with the place of what was made. */
  run: () => Promise<unknown>
}
/** Where something new lies. */
export interface NewPlace {
  queue: QueueRef
  after: bigint
}
/** An offset that was set, and what stood there right after. */
export interface Moved {
  set: bigint
  now: bigint | null
}
const isMoved = (done: unknown): done is Moved =>
  typeof done === 'object' && done !== null && 'set' in done && typeof done.set === 'bigint' && 'now' in done
const isPlace = (done: unknown): done is NewPlace =>
  typeof done === 'object' && done !== null && 'queue' in done && 'after' in done && typeof done.after === 'bigint'

export const carryOut = async (acts: readonly Act[]): Promise<ApplyResult> => {
  const began = performance.now()
  const rows: ResultRow[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (;;) {
      const index = next++
      const act = acts[index]
      if (act === undefined) return
      const row = { item: act.item, queue: act.queue ?? null, before: act.before ?? null }
      try {
        const done = await act.run()
        const came = isPlace(done)
          ? { queue: done.queue, after: done.after, now: null }
          : isMoved(done)
            ? { after: done.set, now: done.now }
            : { after: null, now: null }
        rows[index] = { ...row, ...came, ok: true, error: null }
      } catch (error) {
        rows[index] = { ...row, ok: false, after: null, now: null, error: oneLine(error) }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, acts.length) }, worker))
  const ok = rows.filter((row) => row.ok).length
  return { rows, ok, failed: rows.length - ok, tookMs: performance.now() - began }
}
