// test/server/message/lanes.test.ts: a search over many queues: no question waits for another queue's answer, the next is under
// way before the last is looked through, and what could not be read is asked again, then told with its reason.
import { expect, it, onTestFinished, vi } from 'vitest'
import { encodeRecord, recordSize } from '../../../broker/protocol/record'
import type { Admin } from '../../../server/admin/open'
import type { PullAnswer } from '../../../server/admin/types'
import { openLanes } from '../../../server/message/lanes'
import { openGlance, openMatch } from '../../../server/message/match'
import { openQueueReader } from '../../../server/message/queue-reader'
import { scan } from '../../../server/message/scan'
import { PeerError } from '../../../server/shared/errors'
import { scanInput } from '../../../server/shared/inputs'
import type { NotRead, ScanEvent } from '../../../server/shared/views'

const host = Buffer.from([10, 0, 0, 1, 0, 0, 0, 1])
/** Stored one after the other over all queues. */
const recordAt = (queueId: number, queueOffset: number, text: string): Buffer => {
  const parts = {
    ...{ topic: 'T', queueId, flag: 0, bornTimestampMs: 1, bornHost: host, reconsumeTimes: 0 },
    ...{ preparedTransactionOffset: 0, sysFlag: 0, body: Buffer.from(text), properties: Buffer.alloc(0) },
  }
  const page = Buffer.alloc(recordSize(parts))
  encodeRecord(page, 0, parts, queueOffset, queueOffset * 1000, 1000 + queueOffset * 10 + queueId, host)
  return page
}

interface Question {
  address: string
  queueId: number
  offset: number
  max: number
}
interface World {
  brokers: number
  queues: number
  messages: number
  textOf?: (queueId: number, queueOffset: number) => string
  /** Before it is answered; throws in place of an answer. */
  before?: (question: Question) => Promise<void> | void
  /** Most messages in one answer. */
  most?: number
}
/** Brokers with as many messages in each queue, and what they were asked. */
const openWorld = ({ brokers, queues, messages, textOf = () => 'text', before, most = 4096 }: World) => {
  const asked: Question[] = []
  const now = { open: 0, most: 0, perQueue: new Map<string, number>(), mostOfQueue: 0 }
  const names = Array.from({ length: brokers }, (_, at) => `broker-${'ab'[at]}`)
  const admin = {
    brokersOfTopic: async () => names.map((name) => ({ name, id: 0, address: `${name}:1` })),
    brokers: {
      topicStats: async (address: string) =>
        Array.from({ length: queues }, (_, queueId) => ({
          ...{ broker: address.slice(0, -2), queueId, min: 0n, max: BigInt(messages), lastStoredAt: 1 },
        })),
    },
    messages: {
      pull: async (address: string, { queueId, offset, max }: { queueId: number; offset: bigint; max: number }) => {
        const from = Number(offset)
        const question = { address, queueId, offset: from, max }
        const queue = `${address}/${queueId}`
        asked.push(question)
        now.open += 1
        now.perQueue.set(queue, (now.perQueue.get(queue) ?? 0) + 1)
        now.most = Math.max(now.most, now.open)
        now.mostOfQueue = Math.max(now.mostOfQueue, now.perQueue.get(queue) ?? 0)
        try {
          await new Promise((next) => setImmediate(next))
          await before?.(question)
        } finally {
          now.open -= 1
          now.perQueue.set(queue, (now.perQueue.get(queue) ?? 0) - 1)
        }
        const to = Math.min(messages, from + Math.min(max, most))
        const records = Array.from({ length: Math.max(0, to - from) }, (_, at) =>
          recordAt(queueId, from + at, textOf(queueId, from + at)),
        )
        return {
          ...{ status: 'found', records: Buffer.concat(records), next: BigInt(to) },
          ...{ min: 0n, max: BigInt(messages) },
        } satisfies PullAnswer
      },
    },
  } as unknown as Admin // what a search asks of it
  return { admin, asked, now }
}
type End = Extract<ScanEvent, { type: 'end' }>
/** All that a search says, told in short. */
const search = async (admin: Admin, more: object, signal?: AbortSignal) => {
  const input = scanInput.parse({ cluster: 'c', topic: 'T', ...more })
  const rows: string[] = []
  let end: End | undefined
  for await (const event of scan(admin, input, { bodies: true }, signal, ({ queueId, queueOffset }) => ({
    queueId,
    queueOffset,
  }))) {
    if (event.type === 'rows') rows.push(...event.rows.map(({ queueId, queueOffset }) => `${queueId}@${queueOffset}`))
    if (event.type === 'end') end = event
  }
  if (end === undefined) throw new Error('a search ends with an end')
  return { rows, end }
}
const silent = (address: string) => new PeerError('silent', address, `${address} did not answer PULL_MESSAGE in time.`)

it('reads all other queues to their end while one gives no answer, and asks the next before the last is looked through', async () => {
  let answer = (): void => undefined
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  let others = 0
  const world = openWorld({
    ...{ brokers: 1, queues: 4, messages: 5000 },
    before: async ({ queueId, offset, max }) => {
      if (queueId === 0) return held
      others += Math.min(max, 5000 - offset)
      // only when every other queue has been read is the first one answered
      if (others >= 15_000) answer()
    },
  })
  const { end } = await search(world.admin, { body: 'nowhere', order: 'oldest' })
  expect(end).toMatchObject({ why: 'range-done', scanned: 20_000, matched: 0, notRead: [] })
  expect(world.now.mostOfQueue).toBeGreaterThan(1)
  expect(world.now.most).toBeGreaterThan(4)
})

it.each(['newest', 'oldest'] as const)('hands out by store time over all queues, %s first', async (order) => {
  const world = openWorld({
    brokers: 1,
    queues: 3,
    messages: 700,
    textOf: (_, at) => (at % 70 === 0 ? 'paid' : 'open'),
  })
  const { rows, end } = await search(world.admin, { body: 'paid', order })
  const all = Array.from({ length: 10 }, (_, at) => [0, 1, 2].map((queueId) => `${queueId}@${at * 70}`)).flat()
  expect(rows).toEqual(order === 'oldest' ? all : all.reverse())
  expect(end).toMatchObject({ why: 'range-done', scanned: 2100, matched: 30 })
})

it.each(['newest', 'oldest'] as const)(
  'reads each message once where a broker hands out 32 at a time, %s first',
  async (order) => {
    const world = openWorld({ brokers: 2, queues: 2, messages: 5000, most: 32 })
    const { end } = await search(world.admin, { body: 'nowhere', order })
    expect(end).toMatchObject({ why: 'range-done', scanned: 20_000 })
    const one = world.asked.filter(({ address, queueId }) => address === 'broker-a:1' && queueId === 0)
    // it has learned what it gets: few questions more than there are answers
    expect(one.length).toBeLessThan(5000 / 32 + 30)
  },
)

it.each(['newest', 'oldest'] as const)(
  'shows a match as soon as no queue can hold one before it, %s first',
  async (order) => {
    let shown = (): void => undefined
    const wasShown = new Promise<void>((resolve) => {
      shown = resolve
    })
    const place = order === 'newest' ? 2990 : 9
    const world = openWorld({
      ...{ brokers: 1, queues: 3, messages: 3000 },
      textOf: (queueId, at) => (queueId === 1 && at === place ? 'paid' : 'open'),
      // the rest is answered only when it was shown
      before: ({ offset }) => ((order === 'newest' ? offset < 1000 : offset > 2000) ? wasShown : undefined),
    })
    const input = scanInput.parse({ cluster: 'c', topic: 'T', body: 'paid', order })
    const seen: string[] = []
    for await (const event of scan(world.admin, input, { bodies: true }, undefined, ({ queueOffset }) => queueOffset)) {
      if (event.type === 'rows') {
        seen.push(...event.rows.map(String))
        shown()
      }
      if (event.type === 'end') seen.push(`${event.why} ${event.scanned}`)
    }
    expect(seen).toEqual([String(place), 'range-done 9000'])
  },
)

it('shows a few newest without reading on', async () => {
  const world = openWorld({ brokers: 1, queues: 8, messages: 10_000 })
  const { rows } = await search(world.admin, { limit: 50 })
  expect(rows).toHaveLength(50)
  expect(world.asked).toHaveLength(8)
})

it('asks nothing ahead of very many queues: their answers would lie in memory until their turn comes', async () => {
  const world = openWorld({ brokers: 2, queues: 40, messages: 600 })
  const { end } = await search(world.admin, { body: 'nowhere' })
  expect(end).toMatchObject({ why: 'range-done', scanned: 48_000 })
  expect(world.now.mostOfQueue).toBe(1)
})

it('reads no further than its budget while nobody takes what was found', async () => {
  const world = openWorld({
    ...{ brokers: 1, queues: 2, messages: 10_000, most: 100 },
    textOf: (queueId) => (queueId === 0 ? 'paid' : 'open'),
  })
  const budget = { messages: 1000, ms: 600_000 }
  const input = scanInput.parse({ cluster: 'c', topic: 'T', body: 'paid', budget })
  let asked = 0
  for await (const event of scan(world.admin, input, { bodies: true }, undefined, () => null)) {
    if (event.type !== 'rows') continue
    // whoever takes it rests until nothing is asked any more
    for (let quiet = 0; quiet < 100; quiet++) {
      if (world.asked.length > asked) quiet = 0
      asked = world.asked.length
      await new Promise((next) => setImmediate(next))
    }
    break
  }
  expect(asked).toBeGreaterThan(2)
  expect(asked).toBeLessThan(40)
})

it('asks a slow broker for as much at a time as a quick one: less would make it slower', async () => {
  const now = performance.now.bind(performance)
  let slowMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + slowMs)
  onTestFinished(() => clock.mockRestore())
  const world = openWorld({
    ...{ brokers: 1, queues: 1, messages: 5000 },
    before: () => {
      slowMs += 600
    },
  })
  const { end } = await search(world.admin, { body: 'nowhere', budget: { messages: 100_000, ms: 600_000 } })
  expect(end).toMatchObject({ why: 'range-done', scanned: 5000 })
  expect(world.asked.length).toBeLessThan(20)
})

it.each([
  ['newest', { limit: 5 }],
  ['oldest', { limit: 5 }],
  ['newest', { budget: { messages: 150, ms: 60_000 } }],
  ['oldest', { budget: { messages: 150, ms: 60_000 } }],
] as const)('goes on, %s first, from where %o ended it, and shows each match once', async (order, bound) => {
  const world = openWorld({ brokers: 1, queues: 3, messages: 400, textOf: (_, at) => (at % 7 === 0 ? 'paid' : 'open') })
  const rows: string[] = []
  let cursor: End['cursor'] | undefined
  let runs = 0
  while (cursor !== null) {
    const part = await search(world.admin, {
      body: 'paid',
      order,
      ...bound,
      ...(cursor === undefined ? {} : { cursor }),
    })
    rows.push(...part.rows)
    cursor = part.end.cursor
    runs += 1
  }
  expect(runs).toBeGreaterThan(1)
  expect(rows).toHaveLength(3 * 58)
  expect(new Set(rows).size).toBe(rows.length)
})

it('asks a broker again that gave no answer, and reads all', async () => {
  const failed = new Set<string>()
  const world = openWorld({
    ...{ brokers: 1, queues: 2, messages: 3000 },
    before: ({ address, queueId, offset }) => {
      const place = `${queueId}@${offset}`
      if (offset === 0 || failed.has(place)) return
      failed.add(place)
      throw silent(address)
    },
  })
  const { end } = await search(world.admin, { body: 'nowhere', order: 'oldest' })
  expect(end).toMatchObject({ why: 'range-done', scanned: 6000, notRead: [] })
  expect(failed.size).toBeGreaterThan(2)
})

it('says what was not read and what its broker answered, and goes on with it later', async () => {
  let refuses = true
  const denied = { kind: 'no-permission', code: 16, codeName: 'NO_PERMISSION', remark: 'no right to read' } as const
  const world = openWorld({
    ...{ brokers: 2, queues: 2, messages: 100 },
    before: ({ address, queueId }) => {
      if (refuses && address === 'broker-b:1' && queueId === 1) throw new PeerError('answered', address, 'no', denied)
    },
  })
  const { end } = await search(world.admin, { body: 'nowhere' })
  const notRead: NotRead[] = [{ who: 'broker-b 1', says: '16 no right to read' }]
  expect(end).toMatchObject({ why: 'not-all', scanned: 300, notRead })
  refuses = false
  const rest = await search(world.admin, { body: 'nowhere', cursor: end.cursor })
  expect(rest.end).toMatchObject({ why: 'range-done', scanned: 100, cursor: null })
})

it('gives a broker that answers nothing one more chance, and its queues are told together', async () => {
  const asked: number[] = []
  const address = 'broker-a:1'
  const readers = [0, 1].map((queueId) =>
    openQueueReader({
      ...{ topic: 'T', broker: 'broker-a', address, queueId, next: 0n, end: 10n, backwards: false },
      ...{ tags: undefined, glance: openGlance({}), passes: openMatch({}) },
      admin: {
        messages: {
          pull: async () => {
            asked.push(queueId)
            throw silent(address)
          },
        },
      } as unknown as Admin, // what a reader asks of it
    }),
  )
  const lanes = openLanes({ readers, before: () => true, backwards: false, limit: 10, againAfterMs: [1, 1, 1] })
  while (lanes.take() === 'wait') await lanes.wait(60_000, undefined)
  expect(lanes.all.map(({ fault }) => fault?.fault)).toEqual(['silent', 'silent'])
  expect(asked).toHaveLength(4)
})

it('ends at once when it is told to, whatever it waits for', async () => {
  const leave = new AbortController()
  const world = openWorld({
    ...{ brokers: 1, queues: 1, messages: 100 },
    before: () => {
      leave.abort()
      return new Promise(() => undefined)
    },
  })
  const { end } = await search(world.admin, { body: 'nowhere' }, leave.signal)
  expect(end).toMatchObject({ why: 'stopped', scanned: 0 })
})

it('lets no fault of its own pass for a silent broker', async () => {
  const world = openWorld({
    ...{ brokers: 1, queues: 2, messages: 100 },
    before: () => {
      throw new TypeError('a mistake here')
    },
  })
  await expect(search(world.admin, { body: 'nowhere' })).rejects.toThrow('a mistake here')
})
