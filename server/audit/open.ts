// server/audit/open.ts: what was done, by whom, with what result. Lines are added and never changed.
import { and, count, desc, eq, gte, like, lte, or, type SQL } from 'drizzle-orm'
import type { Db } from '../db/open'
import { audit } from '../db/schema'
import type { AuditDesk, AuditEntry } from '../shared/desk'
import type { AuditListInput } from '../shared/inputs'
import type { AuditRow, Page } from '../shared/views'

export const openAudit = (db: Db, now: () => number = Date.now): AuditDesk => ({
  async write(entry: AuditEntry) {
    await db.insert(audit).values({
      at: now(),
      who: entry.who,
      from: entry.from,
      cluster: entry.cluster,
      action: entry.action,
      object: entry.object,
      before: entry.before ?? null,
      after: entry.after ?? null,
      reason: entry.reason ?? null,
      result: entry.result,
      error: entry.error ?? null,
      tookMs: entry.tookMs,
    })
  },
  async list(input: AuditListInput, who: string | null): Promise<Page<AuditRow>> {
    const conditions: (SQL | undefined)[] = [
      who === null ? undefined : eq(audit.who, who),
      input.who === undefined ? undefined : eq(audit.who, input.who),
      input.action === undefined ? undefined : eq(audit.action, input.action),
      input.cluster === undefined ? undefined : eq(audit.cluster, input.cluster),
      input.result === undefined ? undefined : eq(audit.result, input.result),
      input.from === undefined ? undefined : gte(audit.at, input.from),
      input.to === undefined ? undefined : lte(audit.at, input.to),
      input.q === '' ? undefined : or(like(audit.object, `%${input.q}%`), like(audit.action, `%${input.q}%`)),
    ]
    const where = and(...conditions)
    const [rows, [matched], [total]] = await Promise.all([
      db
        .select()
        .from(audit)
        .where(where)
        .orderBy(desc(audit.id))
        .limit(input.size)
        .offset((input.page - 1) * input.size),
      db.select({ n: count() }).from(audit).where(where),
      db.select({ n: count() }).from(audit).where(conditions[0]),
    ])
    return {
      rows,
      total: total?.n ?? 0,
      matched: matched?.n ?? 0,
      page: input.page,
      size: input.size,
      facets: [],
      missing: [],
      at: now(),
    }
  },
})
