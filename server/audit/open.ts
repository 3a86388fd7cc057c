// server/audit/open.ts: what was done, by whom, with what result. Lines are added and never changed.
import { and, count, desc, eq, gte, like, lte, or, type SQL } from 'drizzle-orm'
import type { Db } from '../db/open'
import { audit } from '../db/schema'
import type { AuditDesk, AuditEntry } from '../shared/desk'
import type { AuditListInput } from '../shared/inputs'
import type { AuditRow, Facet, Page } from '../shared/views'

/** Names and actions to choose from; those with the most lines. */
const MOST_CHOICES = 100
/** Before filters: what may be chosen, and how many lines it has. */
const facetsOf = (kind: string, counted: readonly { key: string; n: number }[]): Facet[] =>
  counted.map(({ key, n }) => ({ key: `${kind}:${key}`, count: n, atLeast: false }))

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
    const seen = conditions[0]
    const counts = async (column: typeof audit.who | typeof audit.action | typeof audit.result) =>
      db
        .select({ key: column, n: count() })
        .from(audit)
        .where(seen)
        .groupBy(column)
        .orderBy(desc(count()))
        .limit(MOST_CHOICES)
    const [rows, [matched], [total], whos, actions, results] = await Promise.all([
      db
        .select()
        .from(audit)
        .where(where)
        .orderBy(desc(audit.id))
        .limit(input.size)
        .offset((input.page - 1) * input.size),
      db.select({ n: count() }).from(audit).where(where),
      db.select({ n: count() }).from(audit).where(seen),
      counts(audit.who),
      counts(audit.action),
      counts(audit.result),
    ])
    return {
      rows,
      total: total?.n ?? 0,
      matched: matched?.n ?? 0,
      page: input.page,
      size: input.size,
      facets: [...facetsOf('who', whos), ...facetsOf('action', actions), ...facetsOf('result', results)],
      missing: [],
      at: now(),
    }
  },
})
