// server/audit/open.ts: what was done, by whom, with what result. Lines are added and never changed: each vouches for the
// one before it, so that a line that was changed or taken out is found. Nobody's answer waits for the file.
import { createHash } from 'node:crypto'
import { and, asc, count, desc, eq, gt, gte, inArray, like, lt, lte, max, or, type SQL } from 'drizzle-orm'
import type { Db } from '../db/open'
import { audit, auditAnchor } from '../db/schema'
import type { AuditDesk, AuditEntry, AuditView } from '../shared/desk'
import { DeskError } from '../shared/errors'
import type { AuditFilter, AuditListInput } from '../shared/inputs'
import type { AuditRow, Facet, Page } from '../shared/views'

/** Names and actions to choose from; those with the most lines. */
const MOST_CHOICES = 100
/** Before filters: what may be chosen, and how many lines it has. */
const facetsOf = (kind: string, counted: readonly { key: string; n: number }[]): Facet[] =>
  counted.map(({ key, n }) => ({ key: `${kind}:${key}`, count: n, atLeast: false }))

/** Lines kept, and for how long: what is older goes, and the chain begins after it. */
export const KEPT_LINES = 1_000_000
export const KEPT_MS = 400 * 86_400_000
const CLEAN_EVERY_MS = 3_600_000
/** So many lines wait while the file cannot be written; then nothing more is done that would need one. */
const MOST_WAITING = 5000
const LINES_AT_ONCE = 200
const VERIFY_AT_ONCE = 2000
const EXPORT_AT_ONCE = 1000

type Line = Omit<typeof audit.$inferSelect, 'id' | 'hash'>
/** What a line vouches for: the line before it, and all of its own words. */
const linked = (before: string, line: Line): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        before,
        line.at,
        line.who,
        line.from,
        line.cluster,
        line.action,
        line.object,
        line.before,
        line.after,
        line.reason,
        line.result,
        line.error,
      ]),
    )
    .digest('hex')

/** The first is whose lines may be seen at all. */
const conditionsOf = (input: AuditFilter, seen: AuditView): (SQL | undefined)[] => [
  seen === null ? undefined : or(eq(audit.who, seen.who), inArray(audit.cluster, [...seen.clusters])),
  input.who === undefined ? undefined : eq(audit.who, input.who),
  input.action === undefined ? undefined : eq(audit.action, input.action),
  input.cluster === undefined ? undefined : eq(audit.cluster, input.cluster),
  input.result === undefined ? undefined : eq(audit.result, input.result),
  input.from === undefined ? undefined : gte(audit.at, input.from),
  input.to === undefined ? undefined : lte(audit.at, input.to),
  input.q === '' ? undefined : or(like(audit.object, `%${input.q}%`), like(audit.action, `%${input.q}%`)),
]

const lostLine = (lines: number, at: number): Line => ({
  at,
  who: '',
  from: '',
  cluster: null,
  action: 'audit.lost',
  object: null,
  before: null,
  after: `${lines} lines`,
  reason: null,
  result: 'failed',
  error: 'the audit log could not be written',
  tookMs: 0,
})

export interface AuditLimits {
  keptLines?: number
  keptMs?: number
  mostWaiting?: number
}
export const openAudit = (
  db: Db,
  now: () => number = Date.now,
  { keptLines = KEPT_LINES, keptMs = KEPT_MS, mostWaiting = MOST_WAITING }: AuditLimits = {},
): AuditDesk => {
  let waiting: Line[] = []
  let writing: Promise<void> = Promise.resolve()
  /** Hash of the newest line; undefined until it was read from the file. */
  let newest: string | undefined
  let cleanedAt = 0
  /** What was under way when no more was begun still gets its line; beyond that a line says how many got none. */
  const mostKept = 2 * mostWaiting
  let lost = 0

  const newestHash = async (): Promise<string> => {
    const [last] = await db.select({ hash: audit.hash }).from(audit).orderBy(desc(audit.id)).limit(1)
    if (last !== undefined) return last.hash
    const [anchor] = await db.select().from(auditAnchor)
    return anchor?.hash ?? ''
  }
  const drain = async (): Promise<void> => {
    while (waiting.length > 0 || lost > 0) {
      let before = newest ?? (await newestHash())
      const told = waiting.length === 0 ? lost : 0
      const next = told > 0 ? [lostLine(told, now())] : waiting.slice(0, LINES_AT_ONCE)
      const lines = next.map((line) => {
        before = linked(before, line)
        return { ...line, hash: before }
      })
      await db.insert(audit).values(lines)
      newest = before
      if (told > 0) lost -= told
      else waiting = waiting.slice(lines.length)
    }
    if (now() - cleanedAt < CLEAN_EVERY_MS) return
    cleanedAt = now()
    await clean()
  }
  const clean = async (): Promise<void> => {
    const [over] = await db.select({ id: audit.id }).from(audit).orderBy(desc(audit.id)).limit(1).offset(keptLines)
    const [old] = await db
      .select({ id: max(audit.id) })
      .from(audit)
      .where(lt(audit.at, now() - keptMs))
    const upTo = Math.max(over?.id ?? 0, old?.id ?? 0)
    if (upTo === 0) return
    const [last] = await db
      .select({ hash: audit.hash })
      .from(audit)
      .where(lte(audit.id, upTo))
      .orderBy(desc(audit.id))
      .limit(1)
    const hash = last?.hash ?? ''
    // The anchor first: a kill in between leaves lines that are removed the next time.
    await db.insert(auditAnchor).values({ id: 1, hash }).onConflictDoUpdate({ target: auditAnchor.id, set: { hash } })
    await db.delete(audit).where(lte(audit.id, upTo))
  }
  const highestId = async (): Promise<number> => {
    const [row] = await db.select({ id: max(audit.id) }).from(audit)
    return row?.id ?? 0
  }
  /** One writer at a time; a fault is told to whoever asks for the file's state, and the lines wait for the next try. */
  const flush = (): Promise<void> => {
    const turn = writing.catch(() => undefined).then(drain)
    writing = turn
    return turn
  }
  return {
    async write(entry: AuditEntry) {
      if (waiting.length >= mostKept) {
        lost += 1
        return
      }
      waiting.push({
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
      flush().catch(() => undefined) // the lines are kept and written with the next one
    },
    async mustBeWritable() {
      if (waiting.length < mostWaiting) return
      await flush().catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause)
        const text = `The audit log cannot be written (${why}), and ${waiting.length} lines wait for it.`
        throw new DeskError('budget', text, {}, { cause })
      })
    },
    close: () => flush(),
    async verify() {
      await flush()
      const [anchor] = await db.select().from(auditAnchor)
      let before = anchor?.hash ?? ''
      let checked = 0
      let unchained = 0
      for (let after = 0; ; ) {
        const rows = await db
          .select()
          .from(audit)
          .where(gt(audit.id, after))
          .orderBy(asc(audit.id))
          .limit(VERIFY_AT_ONCE)
        for (const { id, hash, ...line } of rows) {
          after = id
          // Only lines from before the first link may be without one.
          if (hash === '' && checked === 0 && before === '') unchained += 1
          else if (hash !== linked(before, line)) return { checked, unchained, brokenAt: id }
          else {
            checked += 1
            before = hash
          }
        }
        if (rows.length < VERIFY_AT_ONCE) break
      }
      // What is missing at the end leaves the newest hash without its line.
      if (newest !== undefined && newest !== before) return { checked, unchained, brokenAt: (await highestId()) + 1 }
      return { checked, unchained, brokenAt: null }
    },
    async *lines(input, seen) {
      await flush()
      const conditions = conditionsOf(input, seen)
      for (let below: number | undefined; ; ) {
        const rows = await db
          .select()
          .from(audit)
          .where(and(...conditions, below === undefined ? undefined : lt(audit.id, below)))
          .orderBy(desc(audit.id))
          .limit(EXPORT_AT_ONCE)
        for (const { hash: _, ...row } of rows) yield row
        below = rows.at(-1)?.id
        if (rows.length < EXPORT_AT_ONCE) return
      }
    },
    async list(input: AuditListInput, view: AuditView): Promise<Page<AuditRow>> {
      await flush()
      const conditions = conditionsOf(input, view)
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
      const [found, [matched], [total], whos, actions, results] = await Promise.all([
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
      const rows = found.map(({ hash: _, ...row }): AuditRow => row)
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
  }
}
