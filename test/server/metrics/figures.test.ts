// test/server/metrics/figures.test.ts: sums that lack a part say so, ages are the worst that is known, and a rate is
// never made from a counter that started anew.
import { describe, expect, it } from 'vitest'
import { behindOf, drainOf, groupFigures, levelOf, total, worstBehind } from '../../../server/metrics/figures'
import { groupRow, groupView } from '../../../server/metrics/group-view'
import { HourLine, Meter, Window } from '../../../server/metrics/meter'
import { overviewOf } from '../../../server/metrics/overview'
import { type ClusterState, newGroup, newTopic, positionOf, queueOf } from '../../../server/metrics/state'
import { known, steady, unknown } from '../../../server/shared/known'
import type { Behind } from '../../../server/shared/views'

const none: ReadonlySet<string> = new Set()

describe('a total', () => {
  it('is a lower bound when a part is missing, unknown when all are, and 0 of nothing', () => {
    expect(total([known(3, 10), unknown('broker-silent'), known(4, 5)], 99)).toEqual({
      value: 7,
      missing: 1,
      because: 'broker-silent',
      at: 5,
    })
    expect(total([unknown('broker-silent'), unknown('no-sample-yet')], 99)).toEqual({ unknown: 'broker-silent' })
    expect(total([], 99)).toEqual({ value: 0, missing: 0, at: 99 })
  })
})
describe('a rate', () => {
  it('needs two readings', () => {
    const meter = new Meter()
    expect(meter.rate).toEqual(unknown('no-sample-yet'))
    meter.read(100, 1000)
    expect(meter.rate).toEqual(unknown('no-sample-yet'))
    meter.read(150, 6000)
    expect(meter.rate).toEqual(known(10, 6000))
  })
  it('is unknown after a restart, not negative and not a jump', () => {
    const meter = new Meter()
    meter.read(1_000_000, 1000)
    meter.read(1_000_100, 2000)
    meter.read(5, 3000)
    expect(meter.rate).toEqual(unknown('no-sample-yet'))
    meter.read(15, 4000)
    expect(meter.rate).toEqual(known(10, 4000))
  })
  it('is taken over the last readings only', () => {
    const meter = new Meter()
    for (const [value, at] of [
      [0, 1000],
      [1000, 2000],
      [1000, 3000],
      [1000, 4000],
    ] as const)
      meter.read(value, at)
    expect(meter.rate).toEqual(known(0, 4000))
  })
})
describe('a line of an hour', () => {
  it('keeps gaps as gaps', () => {
    const line = new HourLine()
    const start = 60_000 * 1000
    line.read(7, start)
    line.read(9, start + 3 * 60_000)
    expect(line.line(start + 3 * 60_000).slice(-4)).toEqual([7, null, null, 9])
    expect(line.line(start + 64 * 60_000).every((value) => value === null)).toBe(true)
  })
})
describe('growth', () => {
  it('is unknown until it was watched for ten seconds', () => {
    const window = new Window(300_000)
    window.read(100, 1000)
    window.read(50, 6000)
    expect(window.slope).toEqual(unknown('no-sample-yet'))
    window.read(0, 11_000)
    expect(window.slope).toEqual(known(-10, 11_000))
    expect(window.spanMs).toBe(10_000)
  })
  it('begins anew when the group was set back, and says nothing of the jump', () => {
    const window = new Window(300_000)
    for (let at = 1000; at <= 60_000; at += 1000) window.read(0, at)
    window.clear()
    window.read(1_000_000, 61_000)
    window.read(900_000, 66_000)
    expect(window.slope).toEqual(unknown('no-sample-yet'))
    window.read(800_000, 71_000)
    expect(window.slope).toEqual(known(-20_000, 71_000))
  })
})
describe('behind', () => {
  const place = (committed: number, max: number) => {
    const topic = newTopic('T', 0)
    const queue = queueOf(topic, 'b', 0)
    Object.assign(queue, { max, maxAt: 1000, min: 5, minAt: 1000 })
    const position = positionOf(newGroup('g', 0), 'T', 'b', 0)
    Object.assign(position, { committed, committedAt: 1000 })
    return { topic: 'T', key: 'b\n0', queue, position }
  }
  it('is 0 without lag, exact when the message was read, and marked when it was guessed', () => {
    const even = place(9, 9)
    expect(behindOf(even, none, 60_000)).toMatchObject({ value: 0, approx: false })
    const guessed = place(7, 9)
    guessed.position.lastTimestamp = 40_000
    expect(behindOf(guessed, none, 60_000)).toMatchObject({ value: 20_000, approx: true })
    Object.assign(guessed.position, { exactFor: 7, exactStoredAt: 45_000 })
    expect(behindOf(guessed, none, 60_000)).toMatchObject({ value: 15_000, approx: false })
    guessed.position.committed = 8 // it moved on: what was read belongs to another message
    expect(behindOf(guessed, none, 60_000)).toMatchObject({ approx: true })
  })
  it('says when the position lies before the oldest kept message, and who is silent', () => {
    const lost = place(1, 9)
    lost.position.lastTimestamp = 1
    expect(behindOf(lost, none, 2)).toMatchObject({ pastKept: true })
    expect(behindOf(lost, new Set(['b']), 2)).toEqual(unknown('broker-silent'))
  })
  it('is not 0 over queues of which one is unknown', () => {
    const zero: Behind = { value: 0, at: 1, approx: false, pastKept: false }
    const late: Behind = { ...zero, value: 9 }
    expect(worstBehind([zero, unknown('no-sample-yet')], 1)).toEqual(unknown('no-sample-yet'))
    expect(worstBehind([zero, late, unknown('no-sample-yet')], 1)).toEqual(late)
    expect(worstBehind([zero, zero], 1)).toEqual(zero)
  })
})
describe('levels and drain', () => {
  const behind = (value: number): Behind => ({ value, at: 1, approx: false, pastKept: false })
  const lag = (value: number) => ({ value, missing: 0, at: 1 })
  it('never paint a lag of one red', () => {
    expect(levelOf(lag(1), behind(86_400_000))).toBe('ok')
    expect(levelOf(lag(2), behind(60_000))).toBe('warning')
    expect(levelOf(lag(2), behind(600_000))).toBe('critical')
    expect(levelOf(lag(1_000_000), behind(0))).toBe('critical')
    expect(levelOf(unknown('broadcasting'), behind(0))).toBe('unknown')
  })
  it('tell how long it takes only when it shrinks', () => {
    const out = (value: number) => ({ value, missing: 0, at: 1 })
    expect(drainOf(lag(0), known(5, 1), out(0), 9)).toEqual({ kind: 'done' })
    expect(drainOf(lag(100), known(-10, 1), out(0), 9)).toEqual({ kind: 'shrinking', ms: 10_000, overMs: 9 })
    expect(drainOf(lag(100), known(0, 1), out(0), 9)).toEqual({ kind: 'not-shrinking' })
    expect(drainOf(lag(100), unknown('no-sample-yet'), out(0), 9)).toEqual({
      kind: 'unknown',
      reason: 'no-sample-yet',
    })
  })
  it('take what a group has in hand for what it is, and no sway of a lag for progress', () => {
    const out = (value: number) => ({ value, missing: 0, at: 1 })
    expect(drainOf(lag(88), known(-0.1, 1), out(44), 9)).toEqual({ kind: 'shrinking', ms: 2000, overMs: 10_000 })
    expect(drainOf(lag(88), known(3, 1), out(44), 9)).toMatchObject({ kind: 'shrinking', ms: 2000 })
    expect(drainOf(lag(100_000), known(-2, 1), out(1000), 9)).toEqual({ kind: 'not-shrinking' })
    expect(drainOf(lag(100_000), known(-200, 1), out(1000), 9)).toMatchObject({ kind: 'shrinking', ms: 500_000 })
  })
})
describe('a group that committed on some queues only', () => {
  const partly = () => {
    const state: ClusterState = {
      turn: 1,
      revision: 1,
      at: 5000,
      startedAt: 0,
      nameServers: [],
      brokers: new Map(),
      topics: new Map(),
      groups: new Map(),
    }
    const topic = newTopic('T', 0)
    state.topics.set('T', topic)
    for (const [id, max] of [300, 40, 0].entries())
      Object.assign(queueOf(topic, 'b', id), { max, maxAt: 1000, min: 0, minAt: 1000 })
    const group = newGroup('g', 0)
    Object.assign(positionOf(group, 'T', 'b', 0), { committed: 50, committedAt: 1000 })
    state.groups.set('g', group)
    return { state, group }
  }
  it('says at least in its total, unknown in the queue it never committed to, and 0 where nothing was ever sent', () => {
    const { state, group } = partly()
    expect(groupFigures(state, group, none, 5000).lag).toEqual({
      value: 250,
      missing: 1,
      because: 'never-committed',
      at: 1000,
    })
    expect(groupView(state, group, new Map(), 5000).queues.map(({ lag }) => lag)).toEqual([
      known(250, 1000),
      unknown('never-committed'),
      known(0, 1000),
    ])
  })
  it('draws the known part in its charts, and a gap only while a broker is away', () => {
    const { state, group } = partly()
    expect(steady(groupFigures(state, group, none, 5000).lag)).toBe(250)
    expect(steady(total([known(250, 1), unknown('never-committed'), unknown('broker-silent')], 1))).toBeNull()
  })
})
it('a lag that stood still for half a minute neither grows nor shrinks', () => {
  const window = new Window(300_000)
  for (const [at, value] of [
    [1000, 0],
    [21_000, 40],
    [31_000, 40],
    [51_000, 40],
  ] as const)
    window.read(value, at)
  expect(window.slope).toMatchObject({ value: expect.closeTo(0.8, 5) })
  window.read(40, 61_000)
  expect(window.slope).toEqual(known(0, 61_000))
})
it('a stopped consumer that left little behind is a warning, however old that grows', () => {
  const behind: Behind = { value: 3_600_000, at: 1, approx: false, pastKept: false }
  expect(levelOf({ value: 20, missing: 0, at: 1 }, behind, false)).toBe('warning')
  expect(levelOf({ value: 20, missing: 0, at: 1 }, behind, true)).toBe('critical')
  expect(levelOf({ value: 5000, missing: 0, at: 1 }, behind, false)).toBe('critical')
})

it('CN7: what a broadcasting group has read is kept by its clients: it is said so, and counts nowhere as nothing or as all', () => {
  const now = 1_000_000
  const state: ClusterState = {
    ...{ turn: 3, revision: 3, at: now, startedAt: 0, nameServers: [] },
    ...{ brokers: new Map(), topics: new Map(), groups: new Map() },
  }
  const topic = newTopic('T', 0)
  Object.assign(queueOf(topic, 'b', 0), { min: 0, max: 500, minAt: now, maxAt: now, statsAt: now })
  state.topics.set('T', topic)
  const group = newGroup('g', 0)
  group.model = 'BROADCASTING'
  group.clients = [{ clientId: 'c@1', address: '127.0.0.1:5', language: 'JAVA', version: 477 }]
  group.clientsAt = now
  group.subscriptions = [{ topic: 'T', expression: '*', type: 'TAG', version: 1 }]
  // what an older client of the group left at the broker is nobody's position now
  Object.assign(positionOf(group, 'T', 'b', 0), { committed: 3, committedAt: now, lastTimestamp: 5 })
  state.groups.set('g', group)
  const kept = { unknown: 'broadcasting' }
  const row = groupRow(state, group, none, now)
  expect(row).toMatchObject({
    ...{ state: 'consuming', lag: kept, behind: kept, inPerSecond: kept, outPerSecond: kept, growthPerSecond: kept },
    ...{ level: 'unknown', troubles: [], drain: { kind: 'unknown', reason: 'broadcasting' } },
  })
  const [queue] = groupView(state, group, new Map(), now).queues
  expect(queue).toMatchObject({ committed: kept, lag: kept, behind: kept, lastCommitAt: kept })
  const brokers = { rows: [], total: 0, matched: 0, page: 1, size: 50, facets: [], missing: [], at: now }
  const overview = overviewOf(state, { turnMs: 5000, rows: [row], brokers, namesrv: [], clients: 1, now })
  expect(overview).toMatchObject({ unknownGroups: 1, lag: kept })
})
