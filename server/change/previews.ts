// server/change/previews.ts: holds what was shown before a grave change, so that the change can be compared with it.
// A preview is applied once: asked again, it answers with what came of it, and does nothing twice.
import { randomBytes } from 'node:crypto'
import { DeskError } from '../shared/errors'
import type { ApplyResult } from '../shared/views'

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
export const openPreviews = <P extends { id: string }, R = ApplyResult>(
  now: () => number,
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
      if (one.applied !== null) return one.applied
      one.applied = apply(one.preview)
      try {
        return await one.applied
      } catch (error) {
        one.applied = null
        throw error
      }
    },
  }
}
export const mustMatch = (typed: string, name: string): void => {
  if (typed !== name) throw new DeskError('confirm-mismatch', `The name typed is not ${name}.`)
}
