// test/server/desk/offset-snapshots.test.ts: snapshots of offsets in a real console.db: exact beyond 2^53, bounded, once a day, and a day
// like the one before it is none.
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../../server/db/open'
import { openOffsetSnapshots } from '../../../server/desk/offset-snapshots'
import type { ClusterState } from '../../../server/metrics/state'
import { temporaryFolder } from '../../support/folders'

const DAY_MS = 86_400_000
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const open = async (file?: string) => {
  const database: Database = await openDatabase({
    file: file ?? join(temporaryFolder('snapshots'), 'console.db'),
    thread: false,
  })
  ends.push(() => database.close())
  const clock = { at: 100 * DAY_MS }
  const lines: string[] = []
  const one = () =>
    openOffsetSnapshots({ database, cluster: 'c', now: () => clock.at, log: (line) => lines.push(line) })
  return { clock, lines, database, one, snapshots: one() }
}
/** A cluster of which only brokers, groups and their positions are looked at. */
const stateOf = (
  groups: Record<string, number[]>,
  second: { state: 'ok' | 'silent'; offsetsAt: number } = { state: 'ok', offsetsAt: 1 },
): ClusterState =>
  ({
    brokers: new Map([
      ['broker-a', { name: 'broker-a', id: 0, state: 'ok', offsetsAt: 1 }],
      ['broker-b', { name: 'broker-b', id: 0, ...second }],
    ]),
    groups: new Map(
      Object.entries(groups).map(([name, offsets]) => [
        name,
        {
          positions: new Map([
            [
              'T',
              new Map(
                offsets.map((committed, queueId) => [
                  `broker-a\n${queueId}`,
                  { topic: 'T', broker: 'broker-a', queueId, committed, inDoubt: false },
                ]),
              ),
            ],
          ]),
        },
      ]),
    ),
  }) as unknown as ClusterState // nothing else of it is read

it('keeps offsets as they are, beyond 2^53 too, for their group alone', async () => {
  const { snapshots } = await open()
  const queues = [{ topic: '%RETRY%组', broker: 'broker-a', queueId: 3, offset: 2n ** 62n + 1n }]
  const id = await snapshots.keep({ group: '组', why: 'reset', who: 'li.wei', queues })
  expect(await snapshots.find('组', id)).toMatchObject({ queues })
  expect(await snapshots.find('other', id)).toBeNull()
  expect(await snapshots.list('组')).toMatchObject([
    { id, why: 'reset', who: 'li.wei', queues: 1, topics: ['%RETRY%组'] },
  ])
})
it('keeps every group once a day, over a restart too, and leaves out a day that is like the one before', async () => {
  const { clock, one, snapshots } = await open()
  const daysOf = async (group: string) => (await snapshots.list(group)).map(({ why }) => why)
  await snapshots.turn(stateOf({ g: [1, 2], idle: [5], empty: [], CID_RMQ_SYS_TRANS: [1] }))
  await snapshots.turn(stateOf({ g: [3, 4], idle: [5] }))
  expect(await daysOf('g')).toEqual(['day'])
  clock.at += DAY_MS / 2
  await one().turn(stateOf({ g: [5, 6], idle: [5] })) // a restart in between
  expect(await daysOf('g')).toEqual(['day'])
  clock.at += DAY_MS / 2
  await snapshots.turn(stateOf({ g: [7, 8], idle: [5] }))
  expect(await daysOf('g')).toEqual(['day', 'day'])
  expect(await daysOf('idle')).toEqual(['day'])
  expect(await daysOf('empty')).toEqual([])
  expect(await daysOf('CID_RMQ_SYS_TRANS')).toEqual([])
})
it('lets go of what is older than 30 days, and of all but the newest hundred', async () => {
  const { clock, snapshots } = await open()
  const keep = (offset: bigint) =>
    snapshots.keep({
      group: 'g',
      why: 'hand',
      who: null,
      queues: [{ topic: 'T', broker: 'b', queueId: 0, offset }],
    })
  for (let offset = 0n; offset < 103n; offset += 1n) {
    clock.at += 1
    await keep(offset)
  }
  const held = await snapshots.list('g')
  expect(held).toHaveLength(100)
  expect(await snapshots.find('g', held.at(-1)?.id ?? '')).toMatchObject({ queues: [{ offset: 3n }] })
  clock.at += 31 * DAY_MS
  await snapshots.turn(stateOf({ g: [9] }))
  expect(await snapshots.list('g')).toMatchObject([{ why: 'day' }])
})
it('lets go of days and of what was kept by hand before what stood before a reset, and never of what was just kept', async () => {
  const { clock, snapshots } = await open()
  const keep = (why: 'reset' | 'hand') => {
    clock.at += 1
    return snapshots.keep({ group: 'g', why, who: null, queues: [{ topic: 'T', broker: 'b', queueId: 0, offset: 1n }] })
  }
  const first = await keep('reset')
  for (let count = 0; count < 101; count += 1) await keep('hand')
  expect(await snapshots.find('g', first)).not.toBeNull()
  for (let count = 0; count < 99; count += 1) await keep('reset')
  const last = await keep('hand')
  expect(await snapshots.find('g', last)).not.toBeNull()
  const held = await snapshots.list('g')
  expect(held.filter(({ why }) => why === 'reset')).toHaveLength(99)
  expect(held).toHaveLength(100)
})
it('waits for a broker that is silent or was not asked yet, some hours at most', async () => {
  const { clock, snapshots } = await open()
  const held = async () => (await snapshots.list('g')).length
  await snapshots.turn(stateOf({ g: [1] }, { state: 'silent', offsetsAt: 5 }))
  await snapshots.turn(stateOf({ g: [1] }, { state: 'ok', offsetsAt: 0 }))
  expect(await held()).toBe(0)
  await snapshots.turn(stateOf({ g: [1] }))
  expect(await held()).toBe(1)
  clock.at += DAY_MS
  const silent = stateOf({ g: [2] }, { state: 'silent', offsetsAt: 5 })
  await snapshots.turn(silent)
  expect(await held()).toBe(1)
  clock.at += DAY_MS / 4
  await snapshots.turn(silent)
  expect(await held()).toBe(2)
})
it('begins a day again that was cut short', async () => {
  const { clock, database, one, snapshots } = await open()
  const groups = Object.fromEntries(Array.from({ length: 101 }, (_, place) => [`g${place}`, [place]]))
  const batch = database.batch
  let batches = 0
  Object.assign(database, {
    // The first hundred are written; then the process ends.
    batch: (statements: Parameters<Database['batch']>[0]) => {
      if (statements.some(({ params }) => params.includes('g0'))) batches += 1
      else if (batches > 0) return Promise.reject(new Error('killed'))
      return batch(statements)
    },
  })
  await snapshots.turn(stateOf(groups))
  expect([await snapshots.list('g0'), await snapshots.list('g100')]).toMatchObject([[{ why: 'day' }], []])
  Object.assign(database, { batch })
  clock.at += 1000
  await one().turn(stateOf(groups))
  expect(await snapshots.list('g0')).toHaveLength(1)
  expect(await snapshots.list('g100')).toHaveLength(1)
})
it('never leaves a group that stands still without any', async () => {
  const { clock, snapshots } = await open()
  await snapshots.turn(stateOf({ idle: [5] }))
  clock.at += 30 * DAY_MS + 1
  await snapshots.turn(stateOf({ idle: [5] }))
  expect(await snapshots.list('idle')).toMatchObject([{ at: clock.at }])
})
it('answers a turn when the day that an earlier turn began is written', async () => {
  const { snapshots } = await open()
  const first = snapshots.turn(stateOf({ g: [1] }))
  await snapshots.turn(stateOf({ g: [1] }))
  expect(await snapshots.list('g')).toHaveLength(1)
  await first
})
it('says that a day could not be kept, and tries again on the next', async () => {
  const { clock, lines, database, snapshots } = await open()
  const batch = database.batch
  Object.assign(database, { batch: () => Promise.reject(new Error('disk full')) })
  await snapshots.turn(stateOf({ g: [1] }))
  await snapshots.turn(stateOf({ g: [1] }))
  expect(lines).toEqual(['snapshots of offsets: disk full'])
  Object.assign(database, { batch })
  clock.at += DAY_MS
  await snapshots.turn(stateOf({ g: [1] }))
  expect(await snapshots.list('g')).toHaveLength(1)
})
