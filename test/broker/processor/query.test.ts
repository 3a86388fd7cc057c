// test/broker/processor/query.test.ts: messages by their place and by their keys.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeRecords } from '../../../broker/protocol/record'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker()
  client = broker.client()
})
afterAll(() => broker.stop())

const query = async (key: string, ext: Record<string, string> = {}) => {
  const reply = await client.ask(12, {
    topic: 't',
    key,
    maxNum: '32',
    beginTimestamp: '0',
    endTimestamp: '9223372036854775807',
    ...ext, // biome-ignore format: one line
  })
  return reply.code === 0
    ? decodeRecords(reply.body).map(({ body }) => body.toString())
    : `${reply.code} ${reply.remark}`
}

describe('a query by key', () => {
  it('finds each of several keys and the unique one, also after a restart', async () => {
    await client.send({ topic: 't', body: 'first', properties: { KEYS: 'k1 k2', UNIQ_KEY: 'U1' } })
    await client.send({ topic: 't', body: 'second', properties: { KEYS: 'k2', UNIQ_KEY: 'U2' } })
    const check = async () => {
      expect(await query('k1')).toEqual(['first'])
      expect(new Set(await query('k2'))).toEqual(new Set(['first', 'second']))
      expect(await query('U2', { _UNIQUE_KEY_QUERY: 'true', maxNum: '1' })).toEqual(['second'])
      expect(await query('k3')).toBe('22 can not find message, maybe time range not correct')
      expect(await query('k1', { topic: 'other' })).toMatch(/^22 /)
    }
    await check()
    await broker.restart()
    client = broker.client()
    await check()
  })

  it('keeps to the time and the number that were asked for', async () => {
    for (let n = 0; n < 70; n++) await client.send({ topic: 't', properties: { KEYS: 'often' } })
    expect(await query('often', { maxNum: '5' })).toHaveLength(5)
    expect(await query('often', { maxNum: '1000' })).toHaveLength(64)
    expect(await query('often', { endTimestamp: '1000' })).toMatch(/^22 /)
  })
})

describe('a message by its place', () => {
  it('is answered only where one begins', async () => {
    const sent = await client.send({ topic: 't', body: 'here' })
    const stored = await client.view(sent.ext.msgId ?? '')
    expect(stored.text).toBe('here')
    for (const offset of [stored.commitLogOffset + 1, 10_000_000_000, -1]) {
      const reply = await client.ask(33, { offset: String(offset) })
      expect([reply.code, reply.remark]).toEqual([1, `can not find message by the offset, ${offset}`])
    }
  })
})
