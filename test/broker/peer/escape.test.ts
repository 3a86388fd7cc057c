// test/broker/peer/escape.test.ts: what escapes tries masters of other names, and asks no further one once the acting ends: the
// master that comes back waits for it.
import { expect, it } from 'vitest'
import type { Dialer } from '../../../broker/net/types'
import { createRemotePuts } from '../../../broker/peer/escape'
import type { Escaped } from '../../../broker/schedule/escaped'

const message: Escaped = {
  topic: 'T',
  queueId: 0,
  flag: 0,
  sysFlag: 0,
  bornTimestampMs: 0,
  reconsumeTimes: 0,
  body: Buffer.alloc(0),
  properties: Buffer.alloc(0),
  producerGroup: undefined,
}

it('tries the next master where one refuses, and none any more once it was stopped', async () => {
  const asked: string[] = []
  const answers: (() => void)[] = []
  const dialer: Pick<Dialer, 'request'> = {
    request: (address) => {
      asked.push(address)
      return new Promise((_, failed) => answers.push(() => failed(new Error('it refuses'))))
    },
  }
  const puts = createRemotePuts({
    clusterName: 'c',
    brokerName: 'gone',
    brokerId: 1,
    dialer: { ...dialer, oneway: async () => {}, close: () => {} },
    routes: {
      writableOf: async () =>
        ['gone', 'b', 'c', 'd'].map((name) => ({ brokerName: name, address: name, writeQueueNums: 1 })),
      forget: () => {},
    },
    queuesOf: () => 1,
    log: () => {},
  })
  const put = puts.put(message)
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  await turn()
  answers[0]?.()
  await turn()
  expect(asked).toEqual(['b', 'c'])
  const stopped = puts.stop()
  answers[1]?.()
  await expect(put).rejects.toThrow('the acting has ended')
  await stopped
  expect(asked).toEqual(['b', 'c'])
})

it('lets one message try for all of its topic while nobody takes it, and brings them all when somebody does', async () => {
  let lookups = 0
  let masters: string[] = []
  const taken: (string | undefined)[] = []
  const puts = createRemotePuts({
    clusterName: 'c',
    brokerName: 'gone',
    brokerId: 1,
    dialer: {
      request: async (_address, _code, ext, body) => {
        taken.push(`${ext?.b} ${body}`)
        return { code: 0, ext: {} } as Awaited<ReturnType<Dialer['request']>>
      },
      oneway: async () => {},
      close: () => {},
    },
    routes: {
      writableOf: async (topic) => {
        lookups += topic === 'T' ? 1 : 0
        return topic === 'T' ? masters.map((name) => ({ brokerName: name, address: name, writeQueueNums: 1 })) : []
      },
      forget: () => {},
    },
    queuesOf: () => 1,
    againMs: [5, 40],
    log: () => {},
  })
  const all = Promise.all(Array.from({ length: 500 }, (_, n) => puts.put({ ...message, body: Buffer.from(String(n)) })))
  await new Promise((resolve) => setImmediate(resolve))
  const atOnce = lookups
  expect(atOnce).toBeLessThan(100) // 32 may be under way before the first has failed
  await expect.poll(() => lookups - atOnce, { timeout: 20_000, interval: 1 }).toBeGreaterThan(5)
  expect(lookups - atOnce).toBeLessThan(100) // all that wait would look up 500 times for each try
  masters = ['b']
  await all
  expect(new Set(taken)).toEqual(new Set(Array.from({ length: 500 }, (_, n) => `T ${n}`)))
  expect(taken).toHaveLength(500)
  await puts.stop()
})

it('says of each topic once that nobody takes it, and once that somebody does, whatever becomes of others', async () => {
  const lines: string[] = []
  const served = new Set(['B'])
  let tries = 0
  const puts = createRemotePuts({
    clusterName: 'c',
    brokerName: 'gone',
    brokerId: 1,
    dialer: {
      request: async () => ({ code: 0, ext: {} }) as Awaited<ReturnType<Dialer['request']>>, // what is read of it
      oneway: async () => {},
      close: () => {},
    },
    routes: {
      writableOf: async (topic) => {
        if (topic === 'A') tries++
        return served.has(topic) ? [{ brokerName: 'b', address: 'b', writeQueueNums: 1 }] : []
      },
      forget: () => {},
    },
    queuesOf: () => 1,
    againMs: [1, 5],
    log: (_, line) => void lines.push(line),
  })
  const one = puts.put({ ...message, topic: 'A' })
  for (let n = 0; n < 10; n++) {
    const before = tries
    await expect.poll(() => tries, { timeout: 20_000, interval: 1 }).toBeGreaterThan(before)
    await puts.put({ ...message, topic: 'B' })
  }
  expect(lines).toEqual(['what is due of A cannot escape to another master: no other master serves A'])
  served.add('A')
  await one
  expect(lines.slice(1)).toEqual(['what is due of A escapes to another master'])
  await puts.stop()
  expect(lines).toHaveLength(2)
})
