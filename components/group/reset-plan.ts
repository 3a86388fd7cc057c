// components/group/reset-plan.ts: what a previewed reset would do, for the rows that are ticked; and what must be said before
// anybody confirms it. Pure: the sheet draws it, tests read it.
import { isKnown } from '../../server/shared/known'
import { RETRY_PREFIX } from '../../server/shared/names'
import type { QueueRef, ResetPreview, ResetRow, ResetTarget } from '../../server/shared/views'

export const queueKey = (queue: QueueRef): string => `${queue.topic} ${queue.broker}/${queue.queueId}`

/**
 * The queues that are left out. Unless somebody chose otherwise the retry topic stays as it is; a snapshot is put back
 * with all that it names, and the server leaves out what it does not name.
 */
export const leftOut = (
  chosen: readonly string[] | null,
  kind: ResetTarget['kind'] | 'csv',
  queues: readonly QueueRef[],
): ReadonlySet<string> =>
  new Set(
    chosen ?? (kind === 'snapshot' ? [] : queues.filter(({ topic }) => topic.startsWith(RETRY_PREFIX)).map(queueKey)),
  )

/** Rows that can be applied: their end is known. The others are listed and left out. */
export const canApply = (row: ResetRow): boolean => isKnown(row.after)

/** Nothing of it moves: every queue stands at its target already. */
export const stayPut = (rows: readonly Pick<ResetRow, 'change'>[]): boolean =>
  rows.length > 0 && rows.every(({ change }) => isKnown(change) && change.value === 0)

export interface PlanSums {
  readonly again: bigint
  readonly skipped: bigint
  readonly lagNow: bigint
  readonly lagAfter: bigint
  /** Rows whose figures are not known and so are in none of the sums. */
  readonly missing: number
  readonly applied: number
}
/** Unticked rows stay where they are: their lag counts unchanged. A row that never committed is new from its target on. */
export const planSums = (rows: readonly ResetRow[], unticked: ReadonlySet<string>): PlanSums => {
  let again = 0n
  let skipped = 0n
  let lagNow = 0n
  let lagAfter = 0n
  let missing = 0
  let applied = 0
  for (const row of rows) {
    const max = isKnown(row.max) ? row.max.value : null
    const now = isKnown(row.now) ? row.now.value : null
    const after = isKnown(row.after) ? row.after.value : null
    if (max === null || after === null) {
      missing += 1
      continue
    }
    const held = now ?? after
    const ends = unticked.has(queueKey(row)) ? held : after
    lagNow += max > held ? max - held : 0n
    lagAfter += max > ends ? max - ends : 0n
    if (unticked.has(queueKey(row))) continue
    applied += 1
    // What lay before the oldest kept message is lost already: it is neither delivered again nor skipped by this.
    const min = isKnown(row.min) ? row.min.value : 0n
    const from = held < min ? min : held
    if (ends < held) again += held - ends
    else if (ends > from) skipped += ends - from
  }
  return { again, skipped, lagNow, lagAfter, missing, applied }
}

/** How fast a group was at its best, and whether it had more to do then than it could: only that shows what it can do. */
export interface Pace {
  readonly perSecond: number
  readonly isLimit: boolean
}
/** Work for so long waited when the best pace was seen: it was not held back by having nothing to read. */
const WAITING_S = 10
export const bestPace = (
  points: readonly { readonly out: number | null; readonly lag: number | null }[],
): Pace | null => {
  let best: Pace | null = null
  for (const { out, lag } of points)
    if (out !== null && out > (best?.perSecond ?? 0))
      best = { perSecond: out, isLimit: lag !== null && lag >= out * WAITING_S }
  return best
}

/** How long the work takes at a pace; null when nothing shrinks. */
export const drainMs = (lag: bigint, outPerSecond: number | null, inPerSecond: number | null): number | null => {
  if (lag === 0n) return 0
  if (outPerSecond === null || inPerSecond === null) return null
  const shrink = outPerSecond - inPerSecond
  return shrink > 0 ? (Number(lag) / shrink) * 1000 : null
}

/** Puts a group back to where it stood before: the offsets that were replaced become the target. */
export const putBackTarget = (
  rows: readonly { queue: QueueRef | null; ok: boolean; before: bigint | null }[],
): ResetTarget => ({
  kind: 'offsets',
  offsets: rows.flatMap(({ queue, ok, before }) =>
    ok && queue !== null && before !== null ? [{ ...queue, offset: before }] : [],
  ),
})

export type PreviewIn = Pick<ResetPreview, 'rows'>
/** Topics of a preview, in its order. */
export const topicsOf = (rows: readonly QueueRef[]): readonly string[] => [...new Set(rows.map((row) => row.topic))]
