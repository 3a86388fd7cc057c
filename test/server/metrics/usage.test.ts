// test/server/metrics/usage.test.ts: what moved is counted once, over restarts and pauses; the report adds up; charts lie on
// one grid with the span before beneath, and nothing is guessed where nothing was sampled.
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../../server/db/open'
import { explore } from '../../../server/metrics/explore'
import { noValues, openRecorder } from '../../../server/metrics/recorder'
import { stepsOf, usageReport } from '../../../server/metrics/report'
import { openSavedViews } from '../../../server/metrics/saved-views'
import { type ClusterState, newBroker, newGroup, newTopic, positionOf, queueOf } from '../../../server/metrics/state'
import { openUsage } from '../../../server/metrics/usage'
import { exploreInput, usageInput } from '../../../server/shared/inputs'
import { readSpec, writeSpec } from '../../../server/shared/metrics'
import { temporaryFolder } from '../../support/folders'
import { seeded } from '../../support/random'

const START = Date.UTC(2026, 0, 5, 10, 0, 0)
const HOUR = 3_600_000
let database: Database
beforeEach(async () => {
  database = await openDatabase({ file: join(temporaryFolder('usage'), 'console.db'), thread: false })
})
afterEach(() => database.close())

const clusterState = (): ClusterState => {
  const broker = newBroker({ name: 'a', id: 0, address: '127.0.0.1:1', wireCluster: 'C' }, 'a:0')
  broker.state = 'ok'
  broker.bootTimestamp = String(START - HOUR)
  broker.topicConfigs.set('orders', {} as never) // only that it is there is looked at
  return {
    turn: 1,
    revision: 1,
    at: START,
    startedAt: START,
    nameServers: [],
    brokers: new Map([['a:0', broker]]),
    topics: new Map(),
    groups: new Map(),
  }
}
const stand = (state: ClusterState, max: number, committed: number) => {
  const topic = state.topics.get('orders') ?? newTopic('orders', START)
  state.topics.set('orders', topic)
  const queue = queueOf(topic, 'a', 0)
  queue.max = max
  queue.maxAt = START
  const group = state.groups.get('GID_a') ?? newGroup('GID_a', START)
  state.groups.set('GID_a', group)
  positionOf(group, 'orders', 'a', 0).committed = committed
}
const opened = (state: ClusterState) =>
  openUsage({
    database,
    recorder: openRecorder(database, 'c', 5000),
    cluster: 'c',
    state,
    meanSize: async () => 200,
    log: (text) => {
      throw new Error(text)
    },
  })
const report = (of: 'topic' | 'group', by: 'total' | 'day' | 'hour', to: number) =>
  usageReport(
    database,
    'c',
    usageInput.parse({ cluster: 'c', of, by, from: START - HOUR, to, sort: 'name', size: 200 }),
    to,
  )

describe('usage', () => {
  it('CN10: counts what moved since it first looked, once, over a restart and the pause before it', async () => {
    const state = clusterState()
    stand(state, 1000, 400)
    const first = opened(state)
    await first.write(START)
    first.turn(START + 5000)
    stand(state, 1300, 600)
    first.turn(START + 10_000)
    await first.write(START + 10_000) // asks for the mean size
    stand(state, 1500, 700)
    first.turn(START + 15_000)
    await first.write(START + 15_000, true)

    const second = opened(state)
    await second.write(START + 2 * HOUR)
    stand(state, 2100, 1300)
    second.turn(START + 2 * HOUR)
    await second.write(START + 2 * HOUR, true)
    await second.write(START + 2 * HOUR, true)

    const topics = await report('topic', 'total', START + 3 * HOUR)
    expect(topics.rows).toMatchObject([{ name: 'orders', messagesIn: 1100, messagesOut: 900, estimated: true }])
    const groups = await report('group', 'total', START + 3 * HOUR)
    expect(groups.rows).toMatchObject([{ name: 'GID_a', messagesIn: 0, messagesOut: 900 }])
    // 600 came in two hours without a look: laid over them evenly, and said to be.
    const hours = await report('topic', 'hour', START + 3 * HOUR)
    expect(hours.rows.reduce((sum, { messagesIn }) => sum + messagesIn, 0)).toBe(1100)
    expect(hours.rows.length).toBeGreaterThan(1)
    expect(topics.rows[0]?.bytes).toBeCloseTo(1100 * 200, 0)
    expect(groups.rows[0]?.bytes).toBeCloseTo(900 * 200, 0)
  })
  it('takes all of what a new topic holds, and nothing of what was there before', async () => {
    const state = clusterState()
    const usage = opened(state)
    await usage.write(START)
    state.topics.set('orders', newTopic('orders', START, true))
    stand(state, 70, 0)
    usage.turn(START + 5000)
    await usage.write(START + 5000, true)
    expect((await report('topic', 'total', START + HOUR)).rows).toMatchObject([{ messagesIn: 70 }])
  })
  it('never counts below zero: a topic made anew and a reset backwards add nothing', async () => {
    const state = clusterState()
    stand(state, 1000, 1000)
    const usage = opened(state)
    await usage.write(START)
    usage.turn(START + 5000)
    stand(state, 20, 10)
    usage.turn(START + 10_000)
    stand(state, 30, 15)
    usage.turn(START + 15_000)
    await usage.write(START + 15_000, true)
    expect((await report('topic', 'total', START + HOUR)).rows).toMatchObject([{ messagesIn: 10, messagesOut: 5 }])
  })
  it('adds up to the same by blocks and by hours, wherever days begin', async () => {
    const next = seeded(4711)
    const recorder = openRecorder(database, 'c', 5000)
    const ids = await recorder.idsOf(['topic\na', 'topic\nb'])
    const from = Date.UTC(2026, 2, 25, 3)
    const hours: { id: number; hour: number; count: number }[] = []
    for (const id of ids.values())
      for (let hour = from; hour < from + 7 * 24 * HOUR; hour += HOUR)
        if (next.chance(0.7)) hours.push({ id, hour, count: next.below(1000) })
    const put = (table: string, start: (hour: number) => number) =>
      database.batch(
        hours.map(({ id, hour, count }) => ({
          sql: `insert into ${table} values (?, ?, ?, 0, 0, 0, 0)
            on conflict (series_id, hour) do update set messages_in = messages_in + excluded.messages_in`,
          params: [id, start(hour), count],
        })),
      )
    await put('usage_hour', (hour) => hour)
    await put('usage_block', (hour) => hour - (hour % (8 * HOUR)))
    const first = ids.get('topic\na')
    for (const zone of ['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'])
      for (const by of ['total', 'day', 'hour'] as const) {
        const span = { from: from + 5 * HOUR, to: from + 150 * HOUR }
        const asked = usageInput.parse({ cluster: 'c', of: 'topic', by, zone, ...span, q: 'a', sort: 'at', size: 200 })
        const { rows, matched } = await usageReport(database, 'c', asked, span.to)
        const plain = stepsOf(by, span.from, span.to, zone).flatMap(({ at, until }) => {
          const inside = hours.filter(({ id, hour }) => id === first && hour >= at && hour < until)
          return inside.length === 0
            ? []
            : [{ at, until, messagesIn: inside.reduce((sum, { count }) => sum + count, 0) }]
        })
        expect({
          zone,
          by,
          matched,
          rows: rows.map(({ at, until, messagesIn }) => ({ at, until, messagesIn })),
        }).toEqual({
          zone,
          by,
          matched: plain.length,
          rows: plain.reverse().slice(0, 200),
        })
        const beyond = await usageReport(database, 'c', { ...asked, page: 9 }, span.to)
        expect(beyond).toMatchObject({ rows: [], matched: plain.length })
      }
  })
  it('begins days where the reader does, also when the clocks change', () => {
    const from = Date.UTC(2026, 2, 28, 0)
    const days = stepsOf('day', from, from + 3 * 24 * HOUR, 'Europe/Berlin')
    expect(days.map(({ at, until }) => (until - at) / HOUR)).toEqual([23, 23, 24, 2])
    expect(stepsOf('total', from, from + 90 * 60_000, 'UTC')).toEqual([{ at: from, until: from + 2 * HOUR }])
  })
})

describe('the explorer', () => {
  const options = (now: number) => ({
    database,
    recorder: openRecorder(database, 'c', 5000),
    cluster: 'c',
    turnMs: 5000,
    now: () => now,
  })
  it('draws the largest on one grid, the span before beneath them, and gaps as gaps', async () => {
    const recorder = openRecorder(database, 'c', 5000)
    for (let step = 0; step < 24; step++) {
      const at = START + step * 5000
      for (const [name, value] of [
        ['small', 1],
        ['large', 100],
      ] as const)
        if (step < 12 || step >= 18) recorder.read('topic', name, { ...noValues, in: value + (step < 12 ? 0 : 5) }, at)
    }
    await recorder.flush()
    const input = exploreInput.parse({
      cluster: 'c',
      metric: 'in',
      of: 'topic',
      top: 1,
      from: START + 60_000,
      to: START + 120_000,
      compare: 'before',
    })
    const found = await explore(options(START + 125_000), () => ['large', 'small'], input)
    expect(found).toMatchObject({ more: 1, stepMs: 5000, shiftMs: 60_000 })
    expect(found.series.map(({ name }) => name)).toEqual(['large'])
    expect(found.series[0]?.values).toEqual([null, null, null, null, null, null, 105, 105, 105, 105, 105, 105])
    expect(found.series[0]?.before).toEqual(Array(12).fill(100))
  })
  it('ranks who stood still for hours, in one long run, above who moves below it', async () => {
    const recorder = openRecorder(database, 'c', 5000)
    const now = START + 20 * HOUR
    for (let at = START; at <= now; at += 600_000) {
      recorder.read('group', 'stuck', { ...noValues, lag: 500 }, at)
      recorder.read('group', 'busy', { ...noValues, lag: (at / 600_000) % 2 === 0 ? 10 : 400 }, at)
    }
    await recorder.flush()
    const input = exploreInput.parse({ cluster: 'c', metric: 'lag', of: 'group', top: 1, lastMs: 12 * HOUR })
    const found = await explore(options(now), () => ['busy', 'stuck'], input)
    expect(found.series.map(({ name }) => name)).toEqual(['stuck'])
    const known = found.series[0]?.values.filter((value) => value !== null) ?? []
    expect({ values: new Set(known), steps: known.length > 60 }).toEqual({ values: new Set([500]), steps: true })
  })
  it('marks what was done, what fired and when a broker began', async () => {
    const state = clusterState()
    const usage = opened(state)
    await usage.write(START, true)
    // another broker took the master's place, which began long before: that is no start of it
    for (const broker of state.brokers.values())
      Object.assign(broker, { bootTimestamp: String(START - 3 * HOUR), tookOverAt: START + 2000 })
    await usage.write(START + 2000)
    await database.batch([
      {
        sql: "insert into audit (at, who, from_address, cluster, action, object, result, took_ms) values (?, 'me', '', 'c', 'group.reset', 'GID_a', 'ok', 1)",
        params: [START],
      },
      {
        sql: `insert into alarm (id, cluster, rule_id, rule, metric, severity, subject, comparator, threshold, since, fired_at)
          values ('1', 'c', 'r', 'Lag', 'lag', 'warning', 'GID_a', 'over', 1, ?, ?)`,
        params: [START, START + 1000],
      },
    ])
    const ask = (of: 'group' | 'cluster') =>
      explore(
        options(START + 60_000),
        () => [],
        exploreInput.parse({
          cluster: 'c',
          metric: 'lag',
          of,
          names: of === 'group' ? ['GID_a'] : undefined,
          from: START - 2 * HOUR,
          to: START + 60_000,
        }),
      )
    expect((await ask('group')).markers.map(({ kind }) => kind)).toEqual(['reset', 'alarm'])
    expect((await ask('cluster')).markers.map(({ kind }) => kind)).toEqual(['start', 'reset', 'alarm', 'failover'])
  })
  it('writes charts into an address and reads them back, whatever the names hold', () => {
    for (const names of [['%RETRY%GID_a', 'a,b:c', '订单'], 5] as const) {
      const spec = { metric: 'lag', of: 'group', names } as const
      expect(readSpec(writeSpec(spec))).toEqual(spec)
    }
    for (const text of ['', 'lag', 'lag:topic:x', 'toString:group:x', 'lag:group:'])
      expect({ text, spec: readSpec(text) }).toEqual({ text, spec: null })
  })
  it('keeps views for all; whoever saved one or an admin takes it away', async () => {
    const views = openSavedViews(database, 'c', () => START)
    const { id } = await views.put('Lag', 'm=lag%3Agroup%3A*5', 'ann')
    expect(await openSavedViews(database, 'other', () => START).list()).toEqual([])
    await expect(views.remove(id, 'bob', false)).rejects.toThrow(/ann/)
    await views.remove(id, 'bob', true)
    expect(await views.list()).toEqual([])
  })
})
