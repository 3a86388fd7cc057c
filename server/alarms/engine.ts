// server/alarms/engine.ts: looks at every rule at the end of each sampling turn. What changes is written together with
// what is to be told of it, in one transaction, and only then believed: a restart finds either both or neither. Owner of
// what fires now.
import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { and, eq, ne } from 'drizzle-orm'
import { delivery } from '../db/alarm-tables'
import type { Database } from '../db/open'
import type { Notice } from '../notify/notice'
import type { Notify } from '../notify/open'
import { alarmMetrics, matcherOf } from '../shared/alarms'
import { oneAfterTheOther } from '../shared/pace'
import { type Marks, openMarks } from './marks'
import { type Measure, measure, openMeters, type Sampled } from './measure'
import { type Held, isCalm, quiet, step } from './step'
import type { Alarm, AlarmStore, Rule, Silence, Statement } from './store'

/** A thing that is not there any more ends its alarm after so long: brokers may be slow to tell of it. */
const GONE_MS = 300_000
/** The history of alarms is kept as long as that of figures. */
const KEPT_MS = 90 * 86_400_000
const CLEAN_EVERY_MS = 3_600_000
/** So many things are looked at before others are served. */
const PIECE = 500
/** More at once is one fault of the cluster, and not so many messages to a person. */
export const MOST_FIRING = 2000

export interface Watching extends Held {
  ruleId: string
  subject: string
  alarm: Alarm | null
  /** When it was last among what the metric is about. */
  seenAt: number
}
export interface Engine {
  readonly watching: ReadonlyMap<string, Watching>
  readonly rules: readonly Rule[]
  readonly silences: readonly Silence[]
  /** Things looked at in the last turn, over all rules; and per rule. */
  readonly watched: number
  matched(ruleId: string): number
  readonly at: number
  turn(sampled: Sampled): Promise<void>
  reloadRules(): Promise<void>
  reloadSilences(): Promise<void>
  reloadAlarm(id: string): Promise<void>
  silenceOf(ruleId: string, subject: string, now: number): Silence | null
}
export interface EngineOptions {
  store: AlarmStore
  database: Database
  notify: Pick<Notify, 'channels' | 'outbox'>
  cluster: { id: string; name: string }
  now: () => number
}
const keyOf = (ruleId: string, subject: string): string => `${ruleId}\n${subject}`

export const openEngine = async (options: EngineOptions): Promise<Engine> => {
  const engine = new Watch(options)
  await engine.load()
  return engine
}

class Watch implements Engine {
  readonly #options: EngineOptions
  readonly #meters = openMeters()
  readonly #marks: Marks
  #watching = new Map<string, Watching>()
  #matched = new Map<string, number>()
  #silenceTests: { silence: Silence; test: (name: string) => boolean }[] = []
  #cleanedAt = 0
  /** Of each alarm that fires, the channels that know of it. */
  #told: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  /** Turns and changes of rules come one after the other. */
  readonly #inTurn = oneAfterTheOther()
  rules: Rule[] = []
  silences: Silence[] = []
  watched = 0
  at = 0

  constructor(options: EngineOptions) {
    this.#options = options
    this.#marks = openMarks(options.database, options.cluster.id, options.now)
  }
  get watching() {
    return this.#watching
  }
  matched(ruleId: string): number {
    return this.#matched.get(ruleId) ?? 0
  }

  async load(): Promise<void> {
    const { store, now } = this.#options
    this.rules = await store.rules()
    await this.#marks.load(this.#meters)
    await this.reloadSilences()
    for (const { ruleId, subject, since } of await store.pending())
      this.#watching.set(keyOf(ruleId, subject), {
        ...quiet,
        phase: 'pending',
        since,
        ruleId,
        subject,
        alarm: null,
        seenAt: now(),
      })
    for (const one of await store.firing())
      this.#watching.set(keyOf(one.ruleId, one.subject), {
        ...quiet,
        phase: 'firing',
        since: one.since,
        value: one.value,
        peak: one.peak,
        ruleId: one.ruleId,
        subject: one.subject,
        alarm: one,
        seenAt: now(),
      })
    this.#told = await store.told()
  }
  async reloadSilences(): Promise<void> {
    this.silences = await this.#options.store.silences()
    this.#silenceTests = this.silences
      .filter(({ endedAt }) => endedAt === null)
      .map((silence) => ({ silence, test: matcherOf(silence.pattern) }))
  }
  /** Between two turns: what a turn has looked at already would be lost with it. */
  reloadAlarm(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const row = await this.#options.store.get(id)
      for (const one of this.#watching.values()) if (one.alarm?.id === id && row !== undefined) one.alarm = row
    })
  }
  silenceOf(ruleId: string, subject: string, now: number): Silence | null {
    return (
      this.#silenceTests.find(
        ({ silence, test }) =>
          silence.until > now && (silence.ruleId === null || silence.ruleId === ruleId) && test(subject),
      )?.silence ?? null
    )
  }

  turn(sampled: Sampled): Promise<void> {
    return this.#inTurn(() => this.#turn(sampled))
  }
  /**
   * What a changed rule watched so far ends; the next turn begins it anew. Whom a rule tells, and how often, changes nothing of what
   * fires: that goes on.
   */
  reloadRules(): Promise<void> {
    return this.#inTurn(async () => {
      const before = new Map(this.rules.map((rule) => [rule.id, whenOf(rule)]))
      const rules = await this.#options.store.rules()
      const same = new Set(rules.filter((rule) => before.get(rule.id) === whenOf(rule)).map(({ id }) => id))
      const statements: Statement[] = []
      const ended: string[] = []
      const now = this.#options.now()
      for (const [key, one] of this.#watching) {
        if (same.has(one.ruleId)) continue
        if (one.alarm !== null) statements.push(...(await this.#endings(one, one.alarm, 'changed', now)))
        if (one.phase === 'pending') statements.push(forget(one))
        ended.push(key)
      }
      await this.#options.store.write(statements)
      for (const key of ended) this.#watching.delete(key)
      this.rules = rules
      this.#options.notify.outbox.wake()
    })
  }

  async #turn(sampled: Sampled): Promise<void> {
    const { now } = sampled
    const statements: Statement[] = []
    const next = new Map<string, Watching>()
    const told = new Map<string, ReadonlySet<string>>()
    const matched = new Map<string, number>()
    const looked = new Set<string>()
    let watched = 0
    let seen = 0
    let firing = [...this.#watching.values()].filter(({ alarm }) => alarm !== null).length
    // Growth is read for every group in each turn, also by several rules: once, so that each sees the same.
    const measured = new Map<string, { subject: string; measure: Measure | undefined }[]>()
    for (const rule of this.rules) {
      if (!rule.enabled) continue
      let all = measured.get(rule.metric)
      if (all === undefined) {
        all = []
        for (const one of measure(rule.metric, sampled, this.#meters)) {
          all.push(one)
          if (all.length % PIECE === 0) await setImmediate()
        }
        measured.set(rule.metric, all)
      }
      const watches = matcherOf(rule.watches)
      const except = matcherOf(rule.except)
      let count = 0
      for (const { subject, measure: value } of all) {
        if (++seen % PIECE === 0) await setImmediate()
        if (!watches(subject) || except(subject)) continue
        count += 1
        const key = keyOf(rule.id, subject)
        const held = this.#watching.get(key)
        // Does not apply, or no more (a group became broadcasting): as if it were not there.
        if (value === undefined) continue
        if (held === undefined && isCalm(rule, value)) continue
        looked.add(key)
        if (held === undefined && firing >= MOST_FIRING) continue
        const { next: after, change } = step(rule, held ?? quiet, value, now)
        const one: Watching = { ...after, ruleId: rule.id, subject, alarm: held?.alarm ?? null, seenAt: now }
        if (change === 'pending') statements.push(remember(one))
        else if (change === 'calmed') statements.push(forget(one))
        else if (change === 'fired') {
          firing += 1
          one.alarm = this.#newAlarm(rule, one, now)
          statements.push(forget(one), insertAlarm(one.alarm))
        } else if (change === 'resolved' && one.alarm !== null) {
          statements.push(...(await this.#endings({ ...held, ...one }, one.alarm, 'resolved', now)))
          one.alarm = null
        }
        if (one.alarm !== null) statements.push(...this.#telling(rule, one, one.alarm, now, told))
        if (one.phase !== 'quiet' || one.unknownSince !== null) next.set(key, one)
      }
      matched.set(rule.id, count)
      watched += count
    }
    const silent = sampled.silent.size > 0 || sampled.state.brokers.size === 0
    for (const [key, one] of this.#watching) {
      if (looked.has(key) || one.phase === 'quiet') continue
      // A silent broker's groups are not gone, they cannot be seen.
      if (silent) next.set(key, { ...one, seenAt: Math.max(one.seenAt, now - GONE_MS / 2) })
      else if (now - one.seenAt < GONE_MS) next.set(key, one)
      else if (one.alarm !== null) statements.push(...(await this.#endings(one, one.alarm, 'gone', now)))
      else statements.push(forget(one))
    }
    const marks = this.#marks.due(this.#meters, now)
    if (now - this.#cleanedAt >= CLEAN_EVERY_MS) {
      this.#cleanedAt = now
      statements.push({
        sql: 'delete from alarm where cluster = ? and ended_at < ?',
        params: [this.#options.cluster.id, now - KEPT_MS],
      })
    }
    if (statements.length + marks.length > 0) await this.#options.store.write([...statements, ...marks])
    if (statements.length > 0) this.#options.notify.outbox.wake()
    this.#watching = next
    this.#told = new Map(
      [...next.values()].flatMap(({ alarm }): [string, ReadonlySet<string>][] => {
        const channels = alarm && (told.get(alarm.id) ?? this.#told.get(alarm.id))
        return channels ? [[alarm.id, channels]] : []
      }),
    )
    this.#matched = matched
    this.watched = watched
    this.at = now
  }

  #newAlarm(rule: Rule, one: Watching, now: number): Alarm {
    return {
      id: randomUUID(),
      cluster: this.#options.cluster.id,
      ruleId: rule.id,
      rule: rule.name,
      metric: rule.metric,
      severity: rule.severity,
      subject: one.subject,
      comparator: rule.comparator,
      threshold: rule.value,
      since: one.since,
      firedAt: now,
      endedAt: null,
      ending: null,
      value: one.unknownSince === null ? one.value : null,
      peak: one.peak,
      endValue: null,
      takenBy: null,
      takenAt: null,
      toldAt: null,
      silencedAt: null,
    }
  }

  /**
   * Told when it fires, when a silence over it ends, and again while it lasts and nobody took it. A channel that comes later (made,
   * switched on, or added to the rule) is told in the next turn that it fires; from then on it is one of them.
   */
  #telling(rule: Rule, one: Watching, alarm: Alarm, now: number, told: Map<string, ReadonlySet<string>>): Statement[] {
    const silenced = this.silenceOf(rule.id, one.subject, now) !== null
    const first = alarm.toldAt === null
    const again = !first && rule.repeatMs > 0 && alarm.takenBy === null && now - (alarm.toldAt ?? now) >= rule.repeatMs
    if (silenced && (!first || alarm.silencedAt !== null)) return []
    const known = this.#told.get(alarm.id) ?? new Set()
    const channels = this.#options.notify.channels
      .enabled(rule.channels)
      .filter(({ id }) => first || again || (alarm.takenBy === null && !known.has(id)))
    if (!first && !again && channels.length === 0) return []
    const isRepeated = !silenced && (first || again)
    one.alarm = silenced ? { ...alarm, silencedAt: now } : isRepeated ? { ...alarm, toldAt: now } : alarm
    if (!silenced) told.set(alarm.id, new Set([...known, ...channels.map(({ id }) => id)]))
    const event = again ? 'again' : 'firing'
    const notice = this.#notice(event, one.alarm, one.unknownSince === null ? one.value : null, null, now)
    return [
      ...channels.map((channel) =>
        this.#options.notify.outbox.statement({
          id: `${alarm.id}:${silenced ? 'silenced' : event}:${again ? now : 0}:${channel.id}`,
          alarmId: alarm.id,
          channel,
          notice,
          silenced,
        }),
      ),
      ...(silenced || isRepeated
        ? [
            {
              sql: `update alarm set ${silenced ? 'silenced_at' : 'told_at'} = ?, peak = ? where id = ?`,
              params: [now, one.peak, alarm.id],
            },
          ]
        : []),
    ]
  }

  /** Whoever was told that it began is told that it is over, also under a silence; nobody else is. */
  async #endings(
    one: Pick<Watching, 'value' | 'peak'>,
    alarm: Alarm,
    ending: 'resolved' | 'gone' | 'changed',
    now: number,
  ): Promise<Statement[]> {
    const { database, notify } = this.#options
    const told = await database.db
      .selectDistinct({ id: delivery.channelId, name: delivery.channel })
      .from(delivery)
      .where(and(eq(delivery.alarmId, alarm.id), ne(delivery.status, 'silenced')))
    const ended: Alarm = { ...alarm, endedAt: now, ending }
    const notice = this.#notice('resolved', ended, one.value, ending, now)
    const still = new Set(notify.channels.enabled(null).map(({ id }) => id))
    return [
      {
        sql: 'update alarm set ended_at = ?, ending = ?, end_value = ?, peak = ? where id = ? and ended_at is null',
        params: [now, ending, one.value, one.peak ?? alarm.peak, alarm.id],
      },
      ...told
        .filter(({ id }) => still.has(id))
        .map((channel) =>
          notify.outbox.statement({
            id: `${alarm.id}:resolved:0:${channel.id}`,
            alarmId: alarm.id,
            channel,
            notice,
            silenced: false,
          }),
        ),
    ]
  }

  #notice(event: Notice['event'], alarm: Alarm, value: number | null, ending: Notice['ending'], now: number): Notice {
    return {
      version: 1,
      event,
      alarm: alarm.id,
      at: new Date(now).toISOString(),
      cluster: this.#options.cluster,
      rule: alarm.rule,
      severity: alarm.severity,
      subject: { kind: alarmMetrics[alarm.metric].of, name: alarm.subject },
      metric: alarm.metric,
      comparator: alarm.comparator,
      threshold: alarm.threshold,
      value,
      since: new Date(alarm.since).toISOString(),
      ending,
    }
  }
}

/** What of a rule decides when it fires. */
const whenOf = ({ channels: _, repeatMs: __, ...rule }: Rule): string => JSON.stringify(rule)

const remember = ({ ruleId, subject, since }: Watching): Statement => ({
  sql: `insert into alarm_pending (rule_id, subject, since) values (?, ?, ?)
    on conflict (rule_id, subject) do update set since = excluded.since`,
  params: [ruleId, subject, since],
})
const forget = ({ ruleId, subject }: Watching): Statement => ({
  sql: 'delete from alarm_pending where rule_id = ? and subject = ?',
  params: [ruleId, subject],
})
const insertAlarm = (one: Alarm): Statement => ({
  sql: `insert into alarm (id, cluster, rule_id, rule, metric, severity, subject, comparator, threshold, since, fired_at, value, peak)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    one.id,
    one.cluster,
    one.ruleId,
    one.rule,
    one.metric,
    one.severity,
    one.subject,
    one.comparator,
    one.threshold,
    one.since,
    one.firedAt,
    one.value,
    one.peak,
  ],
})
