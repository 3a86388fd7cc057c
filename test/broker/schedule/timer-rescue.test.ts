// test/broker/schedule/timer-rescue.test.ts: timed messages outlive the segments they lie in, whatever makes those go.
import { afterEach, describe, expect, it } from 'vitest'
import { type Files, nodeFiles } from '../../../broker/file/files'
import { asyncFlush } from '../../support/stores'
import {
  DAY,
  openTimedStore,
  propertiesOf,
  SECOND,
  START,
  type TimedStore,
  type TimedStoreOptions,
} from './timed-store'

const opened: TimedStore[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop()
})

/** The machine's disk, as full as the test says. */
function fullDisk(use: { ratio: number }): Files {
  const files: Files = Object.create(nodeFiles())
  files.usedRatio = async () => use.ratio
  return files
}
async function open(use: { ratio: number }, more: TimedStoreOptions = {}): Promise<TimedStore> {
  const one = await openTimedStore({
    ...more,
    store: {
      flush: { ...asyncFlush, flushIntervalMs: 1, flushLeastPages: 0 },
      commitLogSegmentBytes: 8192,
      hotBytes: 8192,
      maxMessageBytes: 4096,
      diskSpaceCleanForciblyRatio: 0.85,
      diskSpaceWarningLevelRatio: 0.9,
      more: { files: fullDisk(use), cleanIntervalMs: 1_000_000 },
    },
  })
  opened.push(one)
  return one
}
/** Messages that wait for no time fill the log. */
async function fill(one: TimedStore, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await one.send(`now ${n} ${'x'.repeat(1500)}`, { TIMER_DELIVER_MS: String(one.clock.nowMs - 1) }, 'Filler')
  }
  await one.clock.advance(SECOND)
}
async function forceOut(one: TimedStore, use: { ratio: number }): Promise<void> {
  const { commitLog } = one.store
  while (commitLog.flushedTo < commitLog.tail) await new Promise((resolve) => setTimeout(resolve, 2))
  use.ratio = 0.95
  const { minOffset } = commitLog
  while ((await one.store.deleteExpiredCommitLog()) > 0);
  expect(commitLog.minOffset).toBeGreaterThan(minOffset)
  use.ratio = 0.1
  await one.store.deleteExpiredCommitLog() // the disk has room again
  await one.clock.advance(0)
}

describe('DL6: a timed message', () => {
  it('outlives the segment that a full disk forces out, comes once, at its time, and is counted once', async () => {
    const use = { ratio: 0.1 }
    const one = await open(use)
    for (let n = 0; n < 20; n++) await one.send(`m${n}`, { TIMER_DELIVER_MS: String(START + DAY + n * 100) })
    await one.send('near', { TIMER_DELIVER_MS: String(START + 20 * SECOND) })
    await one.send('later', { TIMER_DELIVER_MS: String(START + 5 * DAY) })
    await fill(one, 30)
    await forceOut(one, use)
    expect(one.store.commitLog.minOffset).toBeGreaterThan(20_000)
    expect(one.timers.countsJson()).toContain('"T":{"count":22')
    expect(one.timers.figures().waiting).toBe(22)
    await one.clock.advance(30 * SECOND)
    expect(await one.bodies()).toEqual(['near'])
    // and once more, what was moved on before included
    await fill(one, 30)
    await forceOut(one, use)
    await one.clock.advance(DAY)
    const expected = Array.from({ length: 20 }, (_, n) => `m${n}`) // `near` had come, and has gone by now
    expect(await one.bodies()).toEqual(expected)
    const records = await one.arrived()
    for (const [n, record] of records.entries()) expect(record.storeTimestampMs).toBe(START + DAY + n * 100)
    expect(Number(propertiesOf(records[0] ?? fail()).TIMER_ROLL_TIMES)).toBeGreaterThanOrEqual(2)
    await one.clock.advance(5 * DAY)
    expect(await one.bodies()).toEqual([...expected, 'later'])
    expect(one.timers.countsJson()).toContain('"T":{"count":0')
    expect(one.warnings().filter((line) => !/takes no messages|segment/.test(line))).toEqual([])
  })

  it('outlives it through a restart and a crash, and its recall too', async () => {
    const use = { ratio: 0.1 }
    let one = await open(use)
    for (let n = 0; n < 5; n++) await one.send(`m${n}`, { TIMER_DELIVER_MS: String(START + DAY + n * 100) })
    await one.recall('m3', START + DAY + 300)
    await fill(one, 30)
    await forceOut(one, use)
    one = await one.crash()
    opened.splice(0, opened.length, one)
    await fill(one, 30)
    await forceOut(one, use)
    one = await one.restart()
    opened.splice(0, opened.length, one)
    await one.clock.advance(DAY)
    expect(await one.bodies()).toEqual(['m0', 'm1', 'm2', 'm4'])
  })

  it('keeps its segment when it cannot be stored again', async () => {
    const use = { ratio: 0.1 }
    const one = await open(use)
    await one.send('kept', { TIMER_DELIVER_MS: String(START + DAY) })
    await fill(one, 30)
    one.store.beforeRemoval(async () => false)
    use.ratio = 0.95
    expect(await one.store.deleteExpiredCommitLog()).toBe(0)
    expect(one.store.commitLog.minOffset).toBe(0)
    use.ratio = 0.1
    await one.store.deleteExpiredCommitLog()
    await one.clock.advance(DAY)
    expect(await one.bodies()).toEqual(['kept'])
  })
})
const fail = (): never => {
  throw new Error('no record')
}
