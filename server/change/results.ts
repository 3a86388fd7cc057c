// server/change/results.ts: many small acts, each with its own end: what failed is told and the rest goes on.
import { oneLine } from '../shared/errors'
import type { ApplyResult, QueueRef, ResultRow } from '../shared/views'

const AT_ONCE = 8

export interface Act {
  item: string
  queue?: ResultRow['queue']
  before?: bigint | null
  /** Answers with the offset that stands now, where there is one, or with the place of what was made. */
  run: () => Promise<unknown>
}
/** Where something new lies. */
export interface NewPlace {
  queue: QueueRef
  after: bigint
}
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
        rows[index] = isPlace(done)
          ? { ...row, queue: done.queue, ok: true, after: done.after, error: null }
          : { ...row, ok: true, after: typeof done === 'bigint' ? done : null, error: null }
      } catch (error) {
        rows[index] = { ...row, ok: false, after: null, error: oneLine(error) }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, acts.length) }, worker))
  const ok = rows.filter((row) => row.ok).length
  return { rows, ok, failed: rows.length - ok, tookMs: performance.now() - began }
}
