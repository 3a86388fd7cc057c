// test/server/metrics/history.test.ts: what was measured comes back as it was; what was not stays a gap; what stands
// still costs a row, not a row per turn.
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../../server/db/open'
import { sample1m, sample5s } from '../../../server/db/schema'
import { pointsOf, readHistory } from '../../../server/metrics/history'
import { noValues, openRecorder } from '../../../server/metrics/recorder'
import { temporaryFolder } from '../../support/folders'

const START = 1_800_000_000_000
const TURN = 5000
let database: Database
beforeEach(async () => {
  database = await openDatabase({ file: join(temporaryFolder('history'), 'console.db'), thread: false })
})
afterEach(() => database.close())
const figures = (value: number) => ({ ...noValues, in: value, lag: value * 2 })

describe('history', () => {
  it('gives back what was read, before it is written and after', async () => {
    const recorder = openRecorder(database, 'c', TURN)
    for (let i = 0; i < 12; i++) recorder.read('topic', 'T', figures(i), START + i * TURN)
    const now = START + 12 * TURN
    const options = { database, recorder, cluster: 'c', turnMs: TURN, now: () => now }
    const before = await readHistory(options, 'topic', 'T', { lastMs: 60_000 })
    expect(before.points.map((point) => point.in)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    await recorder.flush()
    const after = await readHistory({ ...options, recorder: openRecorder(database, 'c', TURN) }, 'topic', 'T', {
      lastMs: 60_000,
    })
    expect(after.points.map(({ in: rate, lag }) => [rate, lag])).toEqual(
      before.points.map(({ in: rate, lag }) => [rate, lag]),
    )
    expect(after.collectingSince).toBe(START)
  })
  it('leaves a span without samples empty, and an unknown figure too', async () => {
    const recorder = openRecorder(database, 'c', TURN)
    recorder.read('group', 'g', figures(4), START)
    recorder.read('group', 'g', { ...noValues, in: 4 }, START + TURN)
    recorder.read('group', 'g', figures(6), START + 6 * TURN)
    await recorder.flush()
    const { points } = await readHistory(
      { database, recorder, cluster: 'c', turnMs: TURN, now: () => START + 7 * TURN },
      'group',
      'g',
      { from: START, to: START + 7 * TURN },
    )
    expect(points.map((point) => point.in)).toEqual([4, 4, null, null, null, null, 6])
    expect(points.map((point) => point.lag)).toEqual([8, null, null, null, null, null, 12])
  })
  it('keeps a run of equal values as one row, and means by the minute', async () => {
    const recorder = openRecorder(database, 'c', TURN)
    for (let i = 0; i < 25; i++) recorder.read('topic', 'idle', figures(0), START + i * TURN)
    for (let i = 0; i < 25; i++) recorder.read('topic', 'busy', figures(i % 2), START + i * TURN)
    await recorder.flush()
    await recorder.flush()
    const rows = await database.db.select().from(sample5s)
    expect(rows.filter(({ until, at }) => until > at)).toHaveLength(1)
    expect(rows).toHaveLength(26)
    const minutes = await database.db.select().from(sample1m)
    expect(minutes.filter((row) => row.in === 0.5).length).toBeGreaterThan(0)
  })
  it('does not lose the end of a run that was written before it went on', async () => {
    const recorder = openRecorder(database, 'c', TURN)
    recorder.read('topic', 'T', figures(1), START)
    await recorder.flush()
    recorder.read('topic', 'T', figures(1), START + TURN)
    recorder.read('topic', 'T', figures(2), START + 2 * TURN)
    await recorder.flush()
    const rows = await database.db.select().from(sample5s)
    expect(rows.map(({ at, until }) => [at, until])).toEqual([
      [START, START + TURN],
      [START + 2 * TURN, START + 2 * TURN],
    ])
  })
  it('forgets what is past its time', async () => {
    const recorder = openRecorder(database, 'c', TURN)
    recorder.read('topic', 'T', figures(1), START)
    await recorder.turn(START)
    await recorder.turn(START + 3 * 3_600_000)
    expect(await database.db.select().from(sample5s)).toEqual([])
  })
  it('thins a long span to means, weighted by time', () => {
    const points = pointsOf(
      [
        { at: 0, until: 15_000, values: { ...noValues, in: 4 } },
        { at: 20_000, until: 35_000, values: { ...noValues, in: 8 } },
      ],
      0,
      40_000,
      40_000,
      5000,
      ['in'],
    )
    expect(points.in).toEqual([6])
  })
})
