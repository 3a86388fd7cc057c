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
/** A cluster of which only groups and their positions are looked at. */
const stateOf = (groups: Record<string, number[]>): ClusterState =>
  ({
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
