// server/desk/templates.ts: what somebody sends again and again, kept in console.db; each user has their own, so many and no more.
import { randomBytes } from 'node:crypto'
import { and, asc, count, eq } from 'drizzle-orm'
import type { Db } from '../db/open'
import { sendTemplate } from '../db/schema'
import type { TemplateDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'

const MOST_OF_ONE = 100

export const openTemplates = (db: Db, now: () => number = Date.now): TemplateDesk => ({
  async list(userId) {
    const rows = await db
      .select()
      .from(sendTemplate)
      .where(eq(sendTemplate.userId, userId))
      .orderBy(asc(sendTemplate.name))
    return rows.map(({ userId: _, ...row }) => row)
  },
  async put(userId, { name, draft }) {
    const of = eq(sendTemplate.userId, userId)
    const [held] = await db.select({ n: count() }).from(sendTemplate).where(of)
    const [same] = await db
      .select({ id: sendTemplate.id })
      .from(sendTemplate)
      .where(and(of, eq(sendTemplate.name, name)))
    if (same === undefined && (held?.n ?? 0) >= MOST_OF_ONE)
      throw new DeskError('budget', `At most ${MOST_OF_ONE} templates are kept: remove one first.`)
    await db
      .insert(sendTemplate)
      .values({ id: randomBytes(9).toString('base64url'), userId, name, draft, at: now() })
      .onConflictDoUpdate({ target: [sendTemplate.userId, sendTemplate.name], set: { draft, at: now() } })
  },
  async remove(userId, id) {
    await db.delete(sendTemplate).where(and(eq(sendTemplate.userId, userId), eq(sendTemplate.id, id)))
  },
})
