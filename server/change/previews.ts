// server/change/previews.ts: holds what was shown before a grave change, so that the change can be compared with it.
// A preview is applied once: asked again, it answers with what came of it, and does nothing twice.
import { randomBytes } from 'node:crypto'
import { type Facts, noteFacts } from '../audit/facts'
import { DeskError } from '../shared/errors'
import { isKnown } from '../shared/known'
import type { ApplyResult, DeletePreview } from '../shared/views'

const KEPT_MS = 600_000
const MOST_KEPT = 200

interface Held<P, R> {
  preview: P
  at: number
  applied: Promise<R> | null
}
export interface Previews<P extends { id: string }, R = ApplyResult> {
  /** Keeps it under a new id. */
  keep(preview: Omit<P, 'id'>): P
  /** Runs `apply` with the preview, or answers with the result of the first time. A failed try may be made again. */
  apply(id: string, apply: (preview: P) => Promise<R>): Promise<R>
  /** The one of that id, while it is kept. */
  find(id: string): P | undefined
}
/** `factsOf` says for the audit log what was applied; without a result: what was to be, and was not. */
export const openPreviews = <P extends { id: string }, R = ApplyResult>(
  now: () => number,
  factsOf: (preview: P, result: R | null) => Facts,
  mostKept = MOST_KEPT,
): Previews<P, R> => {
  const held = new Map<string, Held<P, R>>()
  return {
    keep(given) {
      // Everything but the id is given, and the id is added.
      const preview = { ...given, id: randomBytes(9).toString('base64url') } as P
      held.set(preview.id, { preview, at: now(), applied: null })
      for (const [id, { at }] of held) if (now() - at > KEPT_MS || held.size > mostKept) held.delete(id)
      return preview
    },
    find: (id) => held.get(id)?.preview,
    async apply(id, apply) {
      const one = held.get(id)
      if (one === undefined || now() - one.at > KEPT_MS)
        throw new DeskError('preview-expired', 'This preview is too old or unknown here.')
      const wasApplied = one.applied !== null
      one.applied ??= apply(one.preview)
      try {
        const result = await one.applied
        noteFacts(factsOf(one.preview, result))
        return result
      } catch (error) {
        if (!wasApplied) one.applied = null
        // One of something else says nothing of what was asked for.
        if (!(error instanceof DeskError && error.kind === 'preview-expired')) noteFacts(factsOf(one.preview, null))
        throw error
      }
    },
  }
}
/** What is deleted is in the line's `before`; this is where, and how much went with it. */
export const deletedFacts = ({ brokers, kept }: DeletePreview): Facts => ({
  after: { brokers, kept: isKnown(kept) ? kept.value : null },
})
export const mustMatch = (typed: string, name: string): void => {
  if (typed !== name) throw new DeskError('confirm-mismatch', `The name typed is not ${name}.`)
}
