// test/broker/processor/table.test.ts: every request gets one answer at most, whatever its handler does.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import { listen } from '../../../broker/net/listen'
import type { Dialer, Listener } from '../../../broker/net/types'
import type { BrokerContext, HandlerTable } from '../../../broker/processor/context'
import { createProcessor } from '../../../broker/processor/table'

let listener: Listener
let dialer: Dialer
let lines: string[]
let failures: number[]
const table: HandlerTable = {
  1: () => ({ code: 0, remark: 'now' }),
  2: async () => ({ code: 0, remark: 'later' }),
  3: () => {
    throw new RangeError('thrown')
  },
  4: async () => Promise.reject(new Error('rejected')),
  5: (request, connection) => {
    connection.reply(request, { code: 0, remark: 'by itself' })
    return undefined
  },
  11: () => ({ code: 0, remark: 'pulled' }),
}

beforeEach(async () => {
  lines = []
  failures = []
  // the table asks nothing else of a broker
  const broker = {
    clock: () => 5000,
    log: (_level: string, line: string) => lines.push(line),
    counters: { requestFailed: (code: number) => failures.push(code) },
  } as unknown as BrokerContext
  listener = await listen({
    host: '127.0.0.1',
    port: 0,
    maxFrameBytes: 1024,
    idleMs: 10_000,
    onRequest: createProcessor(broker, [table], 'vip'),
  })
  dialer = openDialer()
})
afterEach(async () => {
  dialer.close()
  await listener.close()
})

const ask = async (code: number) => {
  const { code: answer, remark } = await dialer.request(`127.0.0.1:${listener.port}`, code, {}, undefined, 5000)
  return [answer, remark]
}

describe('a request', () => {
  it('is answered now, later, or by its handler itself', async () => {
    expect(await Promise.all([ask(1), ask(2), ask(5)])).toEqual([
      [0, 'now'],
      [0, 'later'],
      [0, 'by itself'],
    ])
  })

  it('whose handler fails hears why, is counted and logged, and harms no other', async () => {
    expect(await Promise.all([ask(3), ask(4), ask(1)])).toEqual([
      [1, 'thrown'],
      [1, 'rejected'],
      [0, 'now'],
    ])
    expect(failures).toEqual([3, 4])
    expect(lines).toHaveLength(2)
  })

  it('that nobody handles, or not at this port, is told so', async () => {
    expect(await ask(99)).toEqual([3, ' request type 99 not supported'])
    expect(await ask(11)).toEqual([3, ' request type 11 not supported'])
  })

  it('that nobody waits for is not answered even when it fails', async () => {
    await dialer.oneway(`127.0.0.1:${listener.port}`, 3, {})
    expect(await ask(1)).toEqual([0, 'now'])
    expect(failures).toEqual([3])
  })

  it('cannot fill the log by failing again and again', async () => {
    await Promise.all(Array.from({ length: 50 }, () => ask(3)))
    expect(failures).toHaveLength(50)
    expect(lines).toHaveLength(10)
  })
})

describe('two families', () => {
  it('may not claim the same request', () => {
    expect(() => createProcessor({} as BrokerContext, [table, { 1: () => undefined }])).toThrow(/two handlers/)
  })
})
