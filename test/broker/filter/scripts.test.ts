// test/broker/filter/scripts.test.ts: filter scripts judge messages in threads of their own, see nothing of this machine,
// and harm nobody when they fail, loop or eat memory.
import { deflateSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type FilterScript, type FromScriptThread, Judged } from '../../../broker/filter/script-types'
import { createScripts, type Scripts } from '../../../broker/filter/scripts'
import { encodeHost } from '../../../broker/protocol/host'
import { encodeProperties } from '../../../broker/protocol/properties'
import { encodeRecord, recordSize } from '../../../broker/protocol/record'
import { startFilterThread } from '../../../broker/worker/filter-thread'
import { filterEntry } from '../../support/filter-entry'

let entry: string
beforeAll(async () => {
  entry = (await filterEntry()).href
})

const lines: string[] = []
let nowMs = 1_000_000
let scripts: Scripts
beforeAll(() => {
  scripts = open()
})
afterAll(() => scripts.close())
afterEach(() => void lines.splice(0))
const open = (patienceMs?: number): Scripts =>
  createScripts({
    start: (events) => startFilterThread(events, entry),
    clock: () => nowMs,
    log: (level, line) => void lines.push(`${level} ${line}`),
    ...(patienceMs === undefined ? {} : { patienceMs }),
  })

let version = 1
const script = (source: string, more: Partial<FilterScript> = {}): FilterScript => ({
  group: 'g',
  source,
  onFault: 'closed',
  timeLimitMs: 50,
  updatedAtMs: version++,
  ...more,
})
interface Message {
  properties?: Record<string, string>
  body?: Buffer
  sysFlag?: number
}
function stored({ properties = {}, body = Buffer.from('{}'), sysFlag = 0 }: Message, queueOffset = 0): Buffer {
  const record = {
    topic: 'T',
    queueId: 3,
    flag: 0,
    sysFlag,
    bornTimestampMs: 5,
    bornHost: encodeHost('127.0.0.1', 1),
    reconsumeTimes: 2,
    preparedTransactionOffset: 0,
    body,
    properties: encodeProperties(Object.entries(properties)),
  }
  const page = Buffer.alloc(recordSize(record))
  encodeRecord(page, 0, record, queueOffset, 0, 7, encodeHost('127.0.0.1', 2))
  return page
}
const judge = (source: string, messages: Message[], more: Partial<FilterScript> = {}) =>
  scripts.judge(
    script(source, more),
    messages.map((message, n) => stored(message, n)),
  )

describe('FI6: a filter script', { timeout: 120_000 }, () => {
  it('sees the message and says whether the group gets it', async () => {
    const source = `function match(m) {
      return m.topic === 'T' && m.queueId === 3 && m.tags === 'A' && m.keys.length === 2 && m.reconsumeTimes === 2 &&
        m.bornTimestamp === 5 && m.storeTimestamp === 7 && Number(m.properties.price) > 10 && m.queueOffset < 2
    }`
    const properties = { TAGS: 'A', KEYS: 'k1 k2', price: '11' }
    const passes = await judge(source, [{ properties }, { properties: { ...properties, price: '9' } }, { properties }])
    expect(passes).toEqual([true, false, false])
  })

  it('reads a body, unpacked', async () => {
    const body = Buffer.from(JSON.stringify({ order: { total: 250 } }))
    const passes = await judge('const match = (m) => JSON.parse(m.body).order.total > 200', [
      { body },
      { body: deflateSync(body), sysFlag: 1 },
      { body: Buffer.from('{"order":{"total":1}}') },
    ])
    expect(passes).toEqual([true, true, false])
  })

  it.each([
    ['process', 'process.exit(1)'],
    ['require', 'require("fs")'],
    ['the constructor of a function', 'this.constructor.constructor("return process")().exit()'],
    ['import', 'import("fs") && true'],
    ['timers', 'setTimeout(() => {}, 1)'],
    ['the network', 'fetch("http://127.0.0.1")'],
  ])('does not reach %s', async (_, code) => {
    const wanted = script(`function match() { ${code}; return true }`)
    const passes = await scripts.judge(wanted, [stored({})]).catch(() => [false])
    expect(passes).toEqual([false])
    expect(scripts.figures(wanted)).toMatchObject({ faults: 1, passed: 0 })
  })

  it('that fails lets a message through, or leaves it out, as its owner chose; the faults are counted and told', async () => {
    const source = `function match(m) {
      if (m.properties.bad) throw new TypeError('no ' + m.properties.bad)
      return m.properties.odd ? 'yes' : true
    }`
    const messages = [{ properties: { bad: 'x' } }, {}, { properties: { odd: '1' } }]
    expect(await judge(source, messages, { onFault: 'closed' })).toEqual([false, true, false])
    const wanted = script(source, { onFault: 'open' })
    expect(
      await scripts.judge(
        wanted,
        messages.map((one) => stored(one)),
      ),
    ).toEqual([true, true, true])
    expect(scripts.figures(wanted)).toMatchObject({ passed: 1, leftOut: 0, faults: 2, lastFaultAtMs: nowMs })
    await scripts.judge(wanted, [stored({ properties: { bad: 'y' } })])
    expect(scripts.figures(wanted).lastFault).toBe('TypeError: no y (line 2)')
  })

  it.each([
    ['loops', 'while (true) {}', /longer than 50 ms/],
    ['tries an evil pattern', '/^(a+)+$/.test("a".repeat(60) + "!")', /longer than 50 ms/],
    ['eats memory', 'const all = []; while (true) all.push({ a: 1 })', /too much memory|longer than/],
    ['eats memory in one text', 'm.x = "x".repeat(2 ** 28)', /too much memory|invalid/],
    ['calls itself for ever', '(function f() { f() })()', /too much memory|stack/],
  ])('that %s is stopped, and the next message is judged', async (_, code, fault) => {
    const source = `function match(m) { if (m.properties.bad) { ${code} } return true }`
    const wanted = script(source)
    const records = [stored({ properties: { bad: '1' } }), stored({}), stored({})]
    expect(await scripts.judge(wanted, records)).toEqual([false, true, true])
    expect(scripts.figures(wanted).lastFault).toMatch(fault)
    expect(scripts.figures(wanted).restsUntilMs).toBe(0)
  })

  it('that keeps running out of time rests for a minute, and others are judged', async () => {
    const wanted = script('function match() { while (true) {} }', { timeLimitMs: 1 })
    await scripts.judge(
      wanted,
      Array.from({ length: 12 }, () => stored({})),
    )
    expect(lines.join()).toMatch(/script of group g is not asked for 60 s: 10 times in a row: it took longer than 1 ms/)
    expect(scripts.figures(wanted).restsUntilMs).toBe(nowMs + 60_000)
    expect(await scripts.judge({ ...wanted, onFault: 'open' }, [stored({})])).toEqual([true])
    expect(await judge('function match() { return true }', [{}], { group: 'other' })).toEqual([true])
    nowMs += 60_001
    await scripts.judge(wanted, [stored({})])
    expect(scripts.figures(wanted).faults).toBe(14)
  })

  it('that loops where the interpreter asks nobody for the time costs its thread; another goes on', async () => {
    const own = open(1000)
    const endless = 'function match() { return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) < 0 }'
    const stuck = script(endless, { timeLimitMs: 1 })
    const fine = script('function match() { return true }', { group: 'fine', timeLimitMs: 30_000 })
    const both = [own.judge(stuck, [stored({})]), own.judge(fine, [stored({}), stored({})])]
    expect(await Promise.all(both)).toEqual([[false], [true, true]])
    expect(own.figures(stuck).lastFault).toMatch(/no answer within/)
    expect(own.figures(stuck).restsUntilMs).toBeGreaterThan(nowMs)
    await own.close()
    expect(await own.judge(fine, [stored({})])).toEqual([false])
  })

  it('is tried before it is taken', async () => {
    expect(await scripts.faultOf('g', 'function match() { return true }', 20)).toBeUndefined()
    expect(await scripts.faultOf('g', 'function match( { ', 20)).toMatch(/SyntaxError.*line 1/)
    expect(await scripts.faultOf('g', 'const x = 1', 20)).toMatch(/defines a function match\(message\)/)
    expect(await scripts.faultOf('g', 'while (true) {}', 20)).toMatch(/interrupted/)
  })

  it('may name its own things as it likes', async () => {
    expect(await judge('const read = (m) => m.queueId; function match(m) { return read(m) === 3 }', [{}])).toEqual([
      true,
    ])
  })

  it('that loops makes no other group wait: it gets all while the loop is still under way', async () => {
    const own = open(600_000)
    let isEnded = false
    const endless = 'function match() { return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) < 0 }'
    const looping = own.judge(script(endless, { group: 'loops' }), [stored({})]).finally(() => {
      isEnded = true
    })
    const fine = script('function match(m) { return m.queueOffset % 2 === 0 }', { group: 'fine', timeLimitMs: 1000 })
    for (let n = 0; n < 20; n++) expect(await own.judge(fine, [stored({}, n)])).toEqual([n % 2 === 0])
    expect(await own.faultOf('g', 'function match() { return true }', 1000)).toBeUndefined()
    expect(isEnded).toBe(false)
    expect(own.figures(fine)).toMatchObject({ passed: 10, leftOut: 10, faults: 0 })
    await own.close()
    expect(await looping).toEqual([false])
  })

  it('that is slow shares all threads but one with others that are, so that those that are not find one', async () => {
    const house = openDoubles()
    const slow = ['s1', 's2', 's3', 's4', 's5'].map((group) => script('', { group }))
    const first = slow.map((one) => house.scripts.judge(one, [stored({})]))
    for (const _ of slow) await house.answer(Judged.overrun)
    await Promise.all(first)
    const again = slow.map((one) => house.scripts.judge(one, [stored({})]))
    await vi.waitFor(() => expect(house.asked).toHaveLength(3), 60_000)
    const fine = house.scripts.judge(script('', { group: 'fine' }), [stored({})])
    await vi.waitFor(() => expect(house.asked.at(-1)?.group).toBe('fine'), 60_000)
    expect(house.asked).toHaveLength(4)
    house.asked.unshift(...house.asked.splice(-1))
    await house.answer(Judged.passed)
    expect(await fine).toEqual([true])
    expect(house.asked.map(({ group }) => group)).toEqual(['s1', 's2', 's3'])
    for (const _ of slow) await house.answer(Judged.passed)
    expect(await Promise.all(again)).toEqual(slow.map(() => [true]))
    await house.scripts.close()
  })

  it('has a few questions on their way together, and all that is asked of it has failed once it rests', async () => {
    const house = openDoubles()
    const wanted = script('')
    const all = Array.from({ length: 40 }, () => house.scripts.judge(wanted, [stored({})]))
    await vi.waitFor(() => expect(house.asked).toHaveLength(1), 60_000)
    await house.answer(Judged.passed)
    await vi.waitFor(() => expect(house.asked).toHaveLength(16), 60_000)
    for (let n = 0; n < 10; n++) await house.answer(Judged.overrun)
    expect((await Promise.all(all)).filter(([passes]) => passes)).toHaveLength(1)
    expect(house.scripts.figures(wanted)).toMatchObject({ passed: 1, faults: 39, restsUntilMs: nowMs + 60_000 })
    expect(house.ended()).toBe(1)
    await house.scripts.close()
  })

  it('is tried only so many times at once for a group, and those of other groups are', async () => {
    const house = openDoubles()
    const tried = Array.from({ length: 4 }, () => house.scripts.faultOf('g', 'while (true) {}', 1000))
    await expect(house.scripts.faultOf('g', 'x', 20)).rejects.toThrow('4 filter scripts of group g are being tried')
    tried.push(house.scripts.tryOn('other', 'x', 20, stored({})).then(() => undefined))
    for (const _ of tried) await house.answerTrial()
    expect(await Promise.all(tried)).toEqual(tried.map(() => undefined))
    tried.push(house.scripts.faultOf('g', 'x', 20))
    await house.answerTrial()
    expect(await tried.at(-1)).toBeUndefined()
    await house.scripts.close()
  })

  it('fails when the machine has no thread for it, and harms nothing else', async () => {
    let threads = 0
    const house = openDoubles(() => {
      if (threads++ > 0) throw new Error('no more threads')
    })
    const first = house.scripts.judge(script('', { group: 'first' }), [stored({})])
    const second = house.scripts.judge(script('', { group: 'second' }), [stored({})])
    await vi.waitFor(() => expect(threads).toBeGreaterThan(1), 60_000)
    await house.answer(Judged.passed)
    await house.answer(Judged.passed)
    expect(await Promise.all([first, second])).toEqual([[true], [true]])
    house.endThread()
    const third = script('', { group: 'third', onFault: 'open' })
    expect(await house.scripts.judge(third, [stored({})])).toEqual([true])
    expect(house.scripts.figures(third).lastFault).toMatch(/no thread can be started.*no more threads/)
    await expect(house.scripts.faultOf('g', 'x', 20)).rejects.toThrow('no more threads')
    await house.scripts.close()
  })

  it('that is slow keeps no more than a bounded amount waiting: what comes then is refused, of its group alone', async () => {
    const house = openDoubles()
    const wanted = script('')
    const large = stored({ body: Buffer.alloc(16 * 1024 * 1024) })
    const waiting = Array.from({ length: 3 }, () => house.scripts.judge(wanted, [large]))
    await expect(house.scripts.judge(wanted, [stored({})])).rejects.toThrow(/2 requests of \d+ bytes wait/)
    const other = house.scripts.judge(script('', { group: 'other' }), [large])
    await house.answer(Judged.passed)
    await house.answer(Judged.passed)
    waiting.push(house.scripts.judge(wanted, [stored({})]))
    for (let n = 0; n < 3; n++) await house.answer(Judged.passed)
    expect(await Promise.all([...waiting, other])).toEqual(Array(5).fill([true]))
    await house.scripts.close()
  })
})

/** Scripts whose threads answer when the test says so. `asked`: what they are at, the oldest first. */
function openDoubles(starts: () => void = () => {}) {
  const asked: { id: number; group: string; said(message: FromScriptThread): void }[] = []
  const trials: { id: number; said(message: FromScriptThread): void }[] = []
  let endThread = () => {}
  let ended = 0
  const own = createScripts({
    start: ({ said, ended: endedBySelf }) => {
      starts()
      endThread = () => endedBySelf('it was told to')
      return {
        tell: (one) => {
          if (one.type === 'judge') asked.push({ id: one.id, group: one.group, said })
          if (one.type === 'try') trials.push({ id: one.id, said })
        },
        end: async () => {
          ended += 1
        },
      }
    },
    clock: () => nowMs,
    log: () => {},
  })
  const answer = async (verdict: number): Promise<void> => {
    await vi.waitFor(() => expect(asked).not.toEqual([]), 60_000)
    const [first] = asked.splice(0, 1)
    first?.said({ type: 'judged', id: first.id, verdicts: Uint8Array.of(verdict), fault: undefined })
  }
  const answerTrial = async (): Promise<void> => {
    await vi.waitFor(() => expect(trials).not.toEqual([]), 60_000)
    const [first] = trials.splice(0, 1)
    first?.said({ type: 'tried', id: first.id, fault: undefined, passes: true })
  }
  return { scripts: own, asked, answer, answerTrial, ended: () => ended, endThread: () => endThread() }
}
