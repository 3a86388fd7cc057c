// server/desk/templates.ts: what somebody sends or searches for again and again, kept in console.db under a name; each user has
// their own, so many of a kind and no more.
import { randomBytes } from 'node:crypto'
import { and, asc, count, eq } from 'drizzle-orm'
import type { Db } from '../db/open'
import { keptDraft } from '../db/schema'
import type { TemplateDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'

const MOST_OF_ONE = 100

export const openTemplates = (db: Db, now: () => number = Date.now): TemplateDesk => ({
  async list(userId, kind) {
    const rows = await db
      .select()
      .from(keptDraft)
      .where(and(eq(keptDraft.userId, userId), eq(keptDraft.kind, kind)))
      .orderBy(asc(keptDraft.name))
    return rows.map(({ userId: _, kind: __, ...row }) => row)
  },
  async put(userId, { kind, name, draft }) {
    const of = and(eq(keptDraft.userId, userId), eq(keptDraft.kind, kind))
    const [held] = await db.select({ n: count() }).from(keptDraft).where(of)
    const [same] = await db
      .select({ id: keptDraft.id })
      .from(keptDraft)
      .where(and(of, eq(keptDraft.name, name)))
    if (same === undefined && (held?.n ?? 0) >= MOST_OF_ONE)
      throw new DeskError('budget', `At most ${MOST_OF_ONE} are kept: remove one first.`)
    await db
      .insert(keptDraft)
      .values({ id: randomBytes(9).toString('base64url'), userId, kind, name, draft, at: now() })
      .onConflictDoUpdate({
        target: [keptDraft.userId, keptDraft.kind, keptDraft.name],
        set: { draft, at: now() },
      })
  },
  async remove(userId, id) {
    await db.delete(keptDraft).where(and(eq(keptDraft.userId, userId), eq(keptDraft.id, id)))
  },
})
