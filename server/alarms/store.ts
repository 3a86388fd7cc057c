// server/alarms/store.ts: rules, silences and alarms of one cluster in the database: what is read at the start, and the
// statements of a turn, which are written all or none. Owner of the tables alarm_*.
import { randomUUID } from 'node:crypto'
import { and, desc, eq, gte, isNull, ne, or } from 'drizzle-orm'
import { alarm, alarmPending, alarmRule, alarmSilence, delivery, setting } from '../db/alarm-tables'
import type { Database } from '../db/open'
import { type AlarmRuleBody, alarmRuleBody, defaultRules, laterRules } from '../shared/alarms'

export interface Rule extends AlarmRuleBody {
  id: string
}
export type Alarm = typeof alarm.$inferSelect
export type Silence = typeof alarmSilence.$inferSelect
export interface Statement {
  sql: string
  params: readonly unknown[]
}
export interface AlarmStore {
  rules(): Promise<Rule[]>
  putRule(rule: Rule): Promise<void>
  removeRule(id: string): Promise<void>
  pending(): Promise<{ ruleId: string; subject: string; since: number }[]>
  firing(): Promise<Alarm[]>
  /** The channels that were told of each alarm that fires. */
  told(): Promise<Map<string, ReadonlySet<string>>>
  silences(): Promise<Silence[]>
  putSilence(silence: Omit<Silence, 'cluster'>): Promise<void>
  endSilence(id: string, at: number): Promise<void>
  take(id: string, who: string | null, at: number): Promise<void>
  /** Alarms that lasted at some time since then, newest first. */
  since(from: number, limit: number): Promise<Alarm[]>
  get(id: string): Promise<Alarm | undefined>
  deliveries(alarmId: string): Promise<(typeof delivery.$inferSelect)[]>
  write(statements: readonly Statement[]): Promise<void>
}
export const openAlarmStore = async (database: Database, cluster: string, now: () => number): Promise<AlarmStore> => {
  const { db } = database
  await plantDefaults(database, cluster, now())
  return {
    async rules() {
      const rows = await db.select().from(alarmRule).where(eq(alarmRule.cluster, cluster)).orderBy(alarmRule.createdAt)
      return rows.flatMap(({ id, body }) => {
        const parsed = alarmRuleBody.safeParse(JSON.parse(body))
        return parsed.success ? [{ id, ...parsed.data }] : []
      })
    },
    async putRule({ id, ...body }) {
      const text = JSON.stringify(body)
      await db
        .insert(alarmRule)
        .values({ id, cluster, body: text, createdAt: now() })
        .onConflictDoUpdate({ target: alarmRule.id, set: { body: text } })
    },
    async removeRule(id) {
      await db.delete(alarmRule).where(and(eq(alarmRule.id, id), eq(alarmRule.cluster, cluster)))
    },
    async pending() {
      const rows = await db
        .select({ ruleId: alarmPending.ruleId, subject: alarmPending.subject, since: alarmPending.since })
        .from(alarmPending)
        .innerJoin(alarmRule, eq(alarmRule.id, alarmPending.ruleId))
        .where(eq(alarmRule.cluster, cluster))
      return rows
    },
    firing: () =>
      db
        .select()
        .from(alarm)
        .where(and(eq(alarm.cluster, cluster), isNull(alarm.endedAt))),
    async told() {
      const rows = await db
        .selectDistinct({ alarmId: alarm.id, channelId: delivery.channelId })
        .from(alarm)
        .innerJoin(delivery, eq(delivery.alarmId, alarm.id))
        .where(and(eq(alarm.cluster, cluster), isNull(alarm.endedAt), ne(delivery.status, 'silenced')))
      const told = new Map<string, Set<string>>()
      for (const { alarmId, channelId } of rows)
        told.set(alarmId, (told.get(alarmId) ?? new Set<string>()).add(channelId))
      return told
    },
    silences: () =>
      db
        .select()
        .from(alarmSilence)
        .where(eq(alarmSilence.cluster, cluster))
        .orderBy(desc(alarmSilence.createdAt))
        .limit(500),
    async putSilence(silence) {
      await db.insert(alarmSilence).values({ ...silence, cluster })
    },
    async endSilence(id, at) {
      await db
        .update(alarmSilence)
        .set({ endedAt: at })
        .where(and(eq(alarmSilence.id, id), eq(alarmSilence.cluster, cluster), isNull(alarmSilence.endedAt)))
    },
    async take(id, who, at) {
      await db
        .update(alarm)
        .set({ takenBy: who, takenAt: who === null ? null : at })
        .where(and(eq(alarm.id, id), eq(alarm.cluster, cluster)))
    },
    since: (from, limit) =>
      db
        .select()
        .from(alarm)
        .where(and(eq(alarm.cluster, cluster), or(isNull(alarm.endedAt), gte(alarm.endedAt, from))))
        .orderBy(desc(alarm.firedAt))
        .limit(limit),
    async get(id) {
      const [row] = await db
        .select()
        .from(alarm)
        .where(and(eq(alarm.cluster, cluster), eq(alarm.id, id)))
      return row
    },
    deliveries: (alarmId) =>
      db.select().from(delivery).where(eq(delivery.alarmId, alarmId)).orderBy(delivery.createdAt),
    write: (statements) => database.batch(statements),
  }
}

/** Each once per cluster: a default rule that somebody deleted does not come back, and one that a later version brings is added. */
const plantDefaults = async (database: Database, cluster: string, at: number): Promise<void> => {
  const key = `alarms.defaults.${cluster}`
  const [note] = await database.db.select().from(setting).where(eq(setting.key, key))
  const planted = note === undefined ? new Set<string>() : plantedBy(JSON.parse(note.value)) // written below
  const fresh = defaultRules.filter(({ metric }) => !planted.has(metric))
  if (fresh.length === 0) return
  await database.batch([
    ...fresh.map((body, index) => ({
      sql: 'insert into alarm_rule (id, cluster, body, created_at) values (?, ?, ?, ?)',
      params: [randomUUID(), cluster, JSON.stringify(body), at + index],
    })),
    {
      sql: 'insert into setting (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
      params: [key, JSON.stringify([...new Set([...planted, ...fresh.map(({ metric }) => metric)])])],
    },
  ])
}
/** Which rules a cluster had been given: a list of metrics, or, before there were later ones, the time of the first start. */
const plantedBy = (note: unknown): ReadonlySet<string> =>
  new Set(
    Array.isArray(note)
      ? note.map(String)
      : defaultRules.map(({ metric }) => metric).filter((metric) => !laterRules.has(metric)),
  )
