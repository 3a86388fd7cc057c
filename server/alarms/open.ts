// server/alarms/open.ts: the alarms of one cluster, as pages and routers ask for them. It opens while the cluster is
// already being sampled; a turn waits for it.
import { randomUUID } from 'node:crypto'
import { and, count, desc, eq, gte, like, lte, or } from 'drizzle-orm'
import { noteFacts } from '../audit/facts'
import { alarm } from '../db/alarm-tables'
import type { Database } from '../db/open'
import type { HistoryOptions } from '../metrics/history'
import { deliveryRow } from '../notify/channels'
import type { Notify } from '../notify/open'
import { GROWTH_MS, matcherOf } from '../shared/alarms'
import type { AlarmDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import type { AlarmRow, AlarmSummary, UnknownRow } from '../shared/views'
import { backtest } from './backtest'
import { type Engine, openEngine } from './engine'
import { lanesOf } from './lanes'
import type { Sampled } from './measure'
import type { Held } from './step'
import { type Alarm, type AlarmStore, openAlarmStore } from './store'

const DAY_MS = 86_400_000
/** Shorter than this nobody needs to know that something could not be checked. */
const UNKNOWN_SHOWN_MS = 60_000
/** What is new is not watched for long enough yet, and that is no trouble. */
const isShown = ({ unknownSince, reason }: Pick<Held, 'unknownSince' | 'reason'>, now: number): boolean =>
  unknownSince !== null &&
  now - unknownSince >= UNKNOWN_SHOWN_MS + (reason === null || reason === 'no-sample-yet' ? GROWTH_MS : 0)
const MOST_SHOWN = 200
const MOST_UNKNOWN = 100
const SUMMARY_ROWS = 5

export interface AlarmsOptions {
  database: Database
  notify: Notify
  past: HistoryOptions
  cluster: { id: string; name: string }
  turnMs: number
  now: () => number
  log: (text: string) => void
}
export interface Alarms extends AlarmDesk {
  turn(sampled: Sampled): Promise<void>
  /** Of the last turn, without asking anybody. */
  summary(): AlarmSummary
}
export const openAlarms = (options: AlarmsOptions): Alarms => {
  const { database, notify, past, cluster, turnMs, now, log } = options
  const { db } = database
  let opened: { store: AlarmStore; engine: Engine } | undefined
  let opening: Promise<{ store: AlarmStore; engine: Engine }> | undefined
  let last: Sampled | undefined
  /** A database that is busy now may answer later: what failed is tried again. */
  const ready = (): Promise<{ store: AlarmStore; engine: Engine }> => {
    opening ??= (async () => {
      const store = await openAlarmStore(database, cluster.id, now)
      opened = { store, engine: await openEngine({ store, database, notify, cluster, now }) }
      return opened
    })()
    opening.catch(() => {
      opening = undefined
    })
    return opening
  }

  const rowOf = async (store: AlarmStore, engine: Engine, one: Alarm): Promise<AlarmRow> => {
    const live = [...engine.watching.values()].find(({ alarm: held }) => held?.id === one.id)
    const silence = one.endedAt === null ? engine.silenceOf(one.ruleId, one.subject, now()) : null
    return {
      id: one.id,
      ruleId: one.ruleId,
      rule: one.rule,
      metric: one.metric,
      severity: one.severity,
      subject: one.subject,
      comparator: one.comparator,
      threshold: one.threshold,
      since: one.since,
      firedAt: one.firedAt,
      endedAt: one.endedAt,
      ending: one.ending,
      value: live === undefined ? one.value : live.unknownSince === null ? live.value : null,
      peak: live?.peak ?? one.peak,
      takenBy: one.takenBy,
      takenAt: one.takenAt,
      silence: silence && { id: silence.id, until: silence.until, who: silence.who, reason: silence.reason },
      deliveries: (await store.deliveries(one.id)).map(deliveryRow),
    }
  }
  const unknownRows = (engine: Engine): UnknownRow[] => {
    const names = new Map(engine.rules.map(({ id, name }) => [id, name]))
    return [...engine.watching.values()]
      .filter((one) => isShown(one, now()))
      .slice(0, MOST_UNKNOWN)
      .map(({ ruleId, subject, unknownSince, reason }) => ({
        ruleId,
        rule: names.get(ruleId) ?? '',
        subject,
        since: unknownSince ?? now(),
        reason: reason ?? 'no-sample-yet',
      }))
  }
  const firingOf = (engine: Engine) =>
    [...engine.watching.values()].flatMap(({ alarm: one }) => (one === null ? [] : [one])).sort(worstFirst)

  return {
    async turn(sampled) {
      last = sampled
      try {
        const { engine } = await ready()
        await engine.turn(sampled)
      } catch (error) {
        log(`alarms: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    summary() {
      if (opened === undefined) return { critical: 0, warning: 0, silenced: 0, first: [] }
      const { engine } = opened
      const rows = firingOf(engine).map(({ id, rule, ruleId, subject, severity, since }) => ({
        id,
        rule,
        subject,
        severity,
        since,
        silenced: engine.silenceOf(ruleId, subject, now()) !== null,
      }))
      const loud = rows.filter(({ silenced }) => !silenced)
      return {
        critical: loud.filter(({ severity }) => severity === 'critical').length,
        warning: loud.filter(({ severity }) => severity === 'warning').length,
        silenced: rows.length - loud.length,
        first: [...loud, ...rows.filter(({ silenced }) => silenced)].slice(0, SUMMARY_ROWS),
      }
    },
    async board() {
      const { store, engine } = await ready()
      const to = now()
      const from = to - DAY_MS
      const firing = await Promise.all(
        firingOf(engine)
          .slice(0, MOST_SHOWN)
          .map((one) => rowOf(store, engine, one)),
      )
      const unknown = unknownRows(engine)
      const channels = await notify.list()
      return {
        at: engine.at,
        turnMs,
        firing,
        unknown,
        lanes: lanesOf(await store.since(from, 1000), unknown, engine.rules, engine.silences, from, to),
        from,
        rules: engine.rules.length,
        watched: engine.watched,
        channels: channels.length,
        failing: channels.filter(({ last: one }) => one !== null && one.status !== 'sent').length,
        silences: engine.silences.filter(({ endedAt, until }) => endedAt === null && until > to).length,
      }
    },
    async rules() {
      const { store, engine } = await ready()
      const week = await store.since(now() - 7 * DAY_MS, 10_000)
      const all = [...engine.watching.values()]
      return engine.rules.map((rule) => {
        const own = all.filter(({ ruleId }) => ruleId === rule.id)
        return {
          ...rule,
          matched: engine.matched(rule.id),
          firing: own.filter(({ alarm: one }) => one !== null).length,
          pending: own.filter(({ phase }) => phase === 'pending').length,
          unknown: own.filter((one) => isShown(one, now())).length,
          firedLast7d: week.filter(({ ruleId, firedAt }) => ruleId === rule.id && firedAt >= now() - 7 * DAY_MS).length,
        }
      })
    },
    async putRule(id, body) {
      const { store, engine } = await ready()
      if (id !== undefined && !engine.rules.some((rule) => rule.id === id))
        throw new DeskError('not-found', 'There is no such rule.')
      const key = id ?? randomUUID()
      await store.putRule({ id: key, ...body })
      await engine.reloadRules()
      return { id: key }
    },
    async removeRule(id) {
      const { store, engine } = await ready()
      await store.removeRule(id)
      await engine.reloadRules()
    },
    backtest: (rule) => backtest(rule, past, last, matcherOf(rule.watches), matcherOf(rule.except)),
    async silences() {
      const { engine } = await ready()
      const names = new Map(engine.rules.map(({ id, name }) => [id, name]))
      return engine.silences.map(({ cluster: _, ...one }) => ({
        ...one,
        rule: one.ruleId === null ? null : (names.get(one.ruleId) ?? null),
        active: one.endedAt === null && one.until > now(),
      }))
    },
    async silence({ ruleId, pattern, forMs, reason }, who) {
      const { store, engine } = await ready()
      const id = randomUUID()
      const at = now()
      await store.putSilence({ id, ruleId, pattern, until: at + forMs, createdAt: at, who, reason, endedAt: null })
      const rule = engine.rules.find((one) => one.id === ruleId)?.name
      if (rule !== undefined) noteFacts({ after: { rule } })
      await engine.reloadSilences()
      return { id }
    },
    async endSilence(id) {
      const { store, engine } = await ready()
      await store.endSilence(id, now())
      await engine.reloadSilences()
    },
    async take(id, who) {
      const { store, engine } = await ready()
      const held = await store.get(id)
      if (held === undefined) throw new DeskError('not-found', 'There is no such alarm.')
      await store.take(id, who, now())
      noteFacts({
        object: `${held.rule}: ${held.subject}`,
        before: { takenBy: held.takenBy },
        after: { takenBy: who },
      })
      await engine.reloadAlarm(id)
    },
    async history(input) {
      const { store, engine } = await ready()
      const own = eq(alarm.cluster, cluster.id)
      const where = and(
        own,
        input.rule === undefined ? undefined : eq(alarm.ruleId, input.rule),
        input.severity === undefined ? undefined : eq(alarm.severity, input.severity),
        input.from === undefined ? undefined : gte(alarm.firedAt, input.from),
        input.to === undefined ? undefined : lte(alarm.firedAt, input.to),
        input.q === '' ? undefined : or(like(alarm.subject, `%${input.q}%`), like(alarm.rule, `%${input.q}%`)),
      )
      const [rows, [matched], [total]] = await Promise.all([
        db
          .select()
          .from(alarm)
          .where(where)
          .orderBy(desc(alarm.firedAt))
          .limit(input.size)
          .offset((input.page - 1) * input.size),
        db.select({ n: count() }).from(alarm).where(where),
        db.select({ n: count() }).from(alarm).where(own),
      ])
      return {
        rows: await Promise.all(rows.map((one) => rowOf(store, engine, one))),
        total: total?.n ?? 0,
        matched: matched?.n ?? 0,
        page: input.page,
        size: input.size,
        facets: [],
        missing: [],
        at: now(),
      }
    },
  }
}
const worstFirst = (a: Alarm, b: Alarm): number =>
  Number(b.severity === 'critical') - Number(a.severity === 'critical') || b.firedAt - a.firedAt
