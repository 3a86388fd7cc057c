// test/broker/schedule/timers.test.ts: timed messages come at their time, in order, once; whatever happens meanwhile.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
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
const open = async (options?: TimedStoreOptions): Promise<TimedStore> => {
  const one = await openTimedStore(options)
  opened.push(one)
  return one
}
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop().catch(() => {}) // restarted ones are stopped already
})
const next = async (one: TimedStore, how: 'restart' | 'crash'): Promise<TimedStore> => {
  const after = await one[how]()
  opened.push(after)
  return after
}

describe('a timed message', () => {
  it('comes at its millisecond, not before, with the properties that Apache leaves on it', async () => {
    const one = await open()
    await one.send('late', { TIMER_DELIVER_MS: String(START + 2345), TAGS: 'A' })
    await one.clock.advance(2344)
    expect(await one.bodies()).toEqual([])
    await one.clock.advance(1)
    const [record] = await one.arrived()
    expect(record?.storeTimestampMs).toBe(START + 2345)
    expect(record && propertiesOf(record)).toEqual({
      UNIQ_KEY: 'late',
      TAGS: 'A',
      TIMER_DELIVER_MS: String(START + 2345),
      TIMER_OUT_MS: String(START + 2000),
      REAL_TOPIC: 'T',
      REAL_QID: '0',
      TIMER_ENQUEUE_MS: String(START),
      TIMER_DEQUEUE_MS: String(START + 2345),
    })
    expect(one.warnings()).toEqual([])
  })

  it('of a relative time counts from when it was stored', async () => {
    const one = await open({ nowMs: START + 250 })
    await one.send('ms', { TIMER_DELAY_MS: '1500' })
    await one.send('s', { TIMER_DELAY_SEC: '1' })
    await one.clock.advance(999)
    expect(await one.bodies()).toEqual([])
    await one.clock.advance(1)
    expect(await one.bodies()).toEqual(['s'])
    await one.clock.advance(499)
    expect(await one.bodies()).toEqual(['s'])
    await one.clock.advance(1)
    expect(await one.bodies()).toEqual(['s', 'ms'])
  })

  it('takes its place by time, and by order of sending among equals', async () => {
    const one = await open()
    const times = [5000, 1500, 3000, 1500, 1001, 2000, 3000, 999]
    for (const [n, ms] of times.entries()) await one.send(`${ms}-${n}`, { TIMER_DELIVER_MS: String(START + ms) })
    await one.clock.advance(10 * SECOND)
    expect(await one.bodies()).toEqual(['999-7', '1001-4', '1500-1', '1500-3', '2000-5', '3000-2', '3000-6', '5000-0'])
  })

  it('sent while its second runs still comes in that second', async () => {
    const one = await open()
    await one.send('first', { TIMER_DELIVER_MS: String(START + 1900) })
    await one.clock.advance(1200)
    await one.send('second', { TIMER_DELIVER_MS: String(START + 1500) })
    await one.clock.advance(300)
    expect(await one.bodies()).toEqual(['second'])
    await one.clock.advance(400)
    expect(await one.bodies()).toEqual(['second', 'first'])
  })

  it('is counted while it waits, by topic, by time and in all', async () => {
    const one = await open()
    await one.send('a', { TIMER_DELIVER_MS: String(START + 1500) })
    await one.send('b', { TIMER_DELIVER_MS: String(START + 3_600_000) })
    await one.send('c', { TIMER_DELIVER_MS: String(START + 3_600_000) }, 'U')
    await one.clock.advance(0)
    const counts = () =>
      (JSON.parse(one.timers.countsJson()) as { timingCount: Record<string, { count: number }> }).timingCount
    expect(counts()).toMatchObject({ T: { count: 2 }, U: { count: 1 } })
    expect(one.timers.figures()).toMatchObject({ waiting: 3, offsetBehind: 0, readBehindSec: 0 })
    expect(one.timers.waitingAt(START + 3_599_000)).toBe(2)
    expect([...one.timers.waitingBySpan(DAY).values()]).toEqual([3])
    await one.clock.advance(5 * SECOND)
    expect(counts()).toMatchObject({ T: { count: 1 }, U: { count: 1 } })
    expect(one.timers.figures()).toMatchObject({ waiting: 2 })
  })

  it('whose time is over when the broker comes back comes at once', async () => {
    const one = await open()
    await one.send('slept', { TIMER_DELIVER_MS: String(START + 5000) })
    await one.clock.advance(0)
    one.clock.nowMs += 20 * DAY
    const two = await next(one, 'restart')
    await two.clock.advance(1)
    expect(await two.bodies()).toEqual(['slept'])
  })
})

describe('a recall', () => {
  it('in time takes the message away, and no other', async () => {
    const one = await open()
    for (const key of ['x', 'y', 'z']) await one.send(key, { TIMER_DELIVER_MS: String(START + 2500) })
    await one.recall('y', START + 2001)
    await one.clock.advance(5 * SECOND)
    expect(await one.bodies()).toEqual(['x', 'z'])
  })
  it('may come before its message is in the wheel, or after a restart', async () => {
    const one = await open()
    await one.recall('early', START + 2001)
    await one.send('early', { TIMER_DELIVER_MS: String(START + 2500) })
    await one.send('later', { TIMER_DELIVER_MS: String(START + 2500) })
    const two = await next(one, 'restart')
    await two.recall('later', START + 2001)
    await two.send('stays', { TIMER_DELIVER_MS: String(START + 2500) })
    await two.clock.advance(5 * SECOND)
    expect(await two.bodies()).toEqual(['stays'])
  })
  it('of another topic, or with the topic of another in its key, takes nothing', async () => {
    const one = await open()
    await one.send('mine', { TIMER_DELIVER_MS: String(START + 2500) })
    await one.recall('mine', START + 2001, 'Other')
    await one.recall('T+mine', START + 2001, 'Other')
    await one.clock.advance(5 * SECOND)
    expect(await one.bodies()).toEqual(['mine'])
    expect(await one.bodies('Other')).toEqual([])
  })
  it('that came too late is counted as no loss', async () => {
    const one = await open()
    await one.recall('nobody', START + 2001)
    await one.clock.advance(5 * SECOND)
    expect(one.timers.countsJson()).toContain('"T":{"count":0')
    expect(one.warnings()).toEqual([])
  })
})

describe('a far message', () => {
  it('is stored again before its segment may go, as often as needed, and comes once', async () => {
    const one = await open()
    const due = START + 5 * DAY + 1234
    await one.send('far', { TIMER_DELIVER_MS: String(due) })
    for (let day = 0; day < 5; day++) await one.clock.advance(DAY)
    expect(await one.bodies()).toEqual([])
    const waiting = await one.arrived('rmq_sys_wheel_timer')
    const ages = waiting.map(({ storeTimestampMs }) => (storeTimestampMs - START) / DAY)
    expect(ages.length).toBe(3)
    for (const [n, age] of ages.slice(1).entries()) expect(age - (ages[n] ?? 0)).toBeLessThanOrEqual(2.1)
    expect(waiting.map((record) => propertiesOf(record).TIMER_ROLL_TIMES)).toEqual([undefined, '1', '2'])
    await one.clock.advance(1233)
    expect(await one.bodies()).toEqual([])
    await one.clock.advance(1)
    const [record] = await one.arrived()
    expect(record?.storeTimestampMs).toBe(due)
    expect(one.timers.countsJson()).toContain('"T":{"count":0')
  })
  it('is recalled on its way', async () => {
    const one = await open()
    const due = START + 5 * DAY
    await one.send('far', { TIMER_DELIVER_MS: String(due) })
    await one.clock.advance(3 * DAY)
    await one.recall('far', due - SECOND + 1)
    await one.clock.advance(3 * DAY)
    expect(await one.bodies()).toEqual([])
    expect(one.timers.countsJson()).toContain('"T":{"count":0')
  })
  it('is moved on sooner where segments are kept for a shorter time', async () => {
    const one = await open({ settings: { fileReservedTime: 3 } })
    await one.send('far', { TIMER_DELIVER_MS: String(START + DAY / 4) })
    await one.clock.advance(DAY)
    const waiting = await one.arrived('rmq_sys_wheel_timer')
    const hours = waiting.map(({ storeTimestampMs }) => (storeTimestampMs - START) / 3_600_000)
    for (const [n, hour] of hours.slice(1).entries()) expect(hour - (hours[n] ?? 0)).toBeLessThan(3)
    expect(await one.bodies()).toEqual(['far'])
  })
})

describe('what lies on the disk', () => {
  const sent = async (): Promise<TimedStore> => {
    const one = await open()
    for (let n = 0; n < 150; n++) await one.send(`m${n}`, { TIMER_DELIVER_MS: String(START + 5000 + n * 20) })
    await one.clock.advance(100)
    await one.stop()
    return one
  }
  const everything = Array.from({ length: 150 }, (_, n) => `m${n}`)

  it.each(['timerwheel', 'config/timercheck', 'config/timermetrics', 'timerlog'])(
    'may lose %s: every message still comes, once',
    async (name) => {
      const { rootDir } = await sent()
      rmSync(join(rootDir, name), { recursive: true })
      rmSync(join(rootDir, `${name}.bak`), { force: true })
      const two = await open({ rootDir, nowMs: START + 200 })
      await two.clock.advance(20 * SECOND)
      expect(await two.bodies()).toEqual(everything)
    },
  )
  it('may end in a torn timer log: the timer queue is read again from there', async () => {
    const { rootDir } = await sent()
    const log = join(rootDir, 'timerlog')
    const last = join(log, readdirSync(log).sort().at(-1) ?? '')
    const bytes = readFileSync(last)
    writeFileSync(last, bytes.fill(0, 52 * 7 + 20))
    const two = await open({ rootDir, nowMs: START + 200 })
    await two.clock.advance(20 * SECOND)
    expect(await two.bodies()).toEqual(everything)
    expect(two.warnings().some((line) => line.includes('timer queue is read again'))).toBe(true)
  })
})

describe.each(['restart', 'crash'] as const)('after a %s', (how) => {
  it('at every step each message comes, and only what the last second brought comes twice after a crash', async () => {
    for (let step = 0; step <= 6; step++) {
      let one = await open()
      const stepMs = 700
      for (let n = 0; n < 5; n++) await one.send(`m${n}`, { TIMER_DELIVER_MS: String(START + 600 + n * 800) })
      for (let at = 0; at < step; at++) await one.clock.advance(stepMs)
      if (step % 2 === 0) await one.timers.note()
      one = await next(one, how)
      await one.clock.advance(10 * SECOND)
      const seen = await one.bodies()
      expect([...new Set(seen)].sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
      if (how === 'restart' || step % 2 === 0) expect(seen).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
    }
  })
  it('the timer log goes on from where it ended, over many files', async () => {
    let one = await open()
    for (let round = 0; round < 4; round++) {
      for (let n = 0; n < 130; n++)
        await one.send(`${round}-${n}`, { TIMER_DELIVER_MS: String(START + 60_000 + n * 10) })
      await one.clock.advance(100)
      one = await next(one, how)
    }
    await one.clock.advance(120 * SECOND)
    const seen = await one.bodies()
    expect(seen.length).toBe(4 * 130)
    expect(new Set(seen).size).toBe(4 * 130)
    expect(one.warnings()).toEqual([])
  })
})

describe('a slave that is started as the master', () => {
  const sent = async (one: TimedStore) => {
    await one.send('first', { TIMER_DELIVER_MS: String(START + SECOND) })
    await one.send('second', { TIMER_DELIVER_MS: String(START + 3 * SECOND) })
    await one.send('late', { TIMER_DELIVER_MS: String(START + 9 * SECOND) })
  }
  /** The log of `master` with no timer files but what a slave noted of its master. */
  const takeOver = async (master: TimedStore, progress?: { queueOffset: number; overMs: number }) => {
    await master.stop()
    for (const path of ['timerwheel', 'timerlog', 'config/timercheck']) {
      rmSync(join(master.rootDir, path), { recursive: true, force: true })
    }
    const options = { rootDir: master.rootDir, nowMs: master.clock.nowMs }
    const idle = await open({ ...options, starts: false })
    if (progress !== undefined) idle.timers.doneElsewhere(progress)
    await idle.stop()
    return open(options)
  }

  it('delivers once more what it does not know to be delivered', async () => {
    const master = await open()
    await sent(master)
    await master.clock.advance(4 * SECOND)
    const next = await takeOver(master)
    await next.clock.advance(10 * SECOND)
    expect(await next.bodies()).toEqual(['first', 'second', 'first', 'second', 'late'])
  })

  it('does not deliver again what its master had delivered, and nothing less', async () => {
    const master = await open()
    await sent(master)
    await master.clock.advance(4 * SECOND)
    const next = await takeOver(master, { queueOffset: 1, overMs: START + 4 * SECOND })
    await next.clock.advance(0)
    expect(await next.bodies()).toEqual(['first', 'second', 'second'])
    const after = await goneOn(next)
    await after.clock.advance(10 * SECOND)
    expect(await after.bodies()).toEqual(['first', 'second', 'second', 'late'])
  })
  const goneOn = (one: TimedStore) => next(one, 'restart')
})
