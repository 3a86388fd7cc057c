// test/broker/processor/offset.test.ts: where groups stand and where queues begin and end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker()
  client = broker.client()
  for (let n = 0; n < 3; n++) await client.send({ topic: 't' })
  await client.heartbeat('cid', [{ groupName: 'g' }])
})
afterAll(() => broker.stop())

const query = async (ext: Record<string, string>) => {
  const reply = await client.ask(14, { consumerGroup: 'g', topic: 't', queueId: '0', ...ext })
  return reply.code === 0 ? Number(reply.ext.offset) : `${reply.code} ${reply.remark}`
}
const commit = async (ext: Record<string, string | undefined>) => {
  const reply = await client.ask(15, { consumerGroup: 'g', topic: 't', queueId: '0', commitOffset: '1', ...ext })
  return reply.code === 0 ? 0 : `${reply.code} ${reply.remark}`
}

describe('a committed offset', () => {
  it('is what was committed last, forwards or backwards', async () => {
    expect(await commit({ commitOffset: '3' })).toBe(0)
    expect(await query({})).toBe(3)
    expect(await commit({ commitOffset: '2' })).toBe(0)
    expect(await query({})).toBe(2)
  })

  it('of a group new to a young queue is 0, and unknown where nothing was stored', async () => {
    expect(await query({ consumerGroup: 'new' })).toBe(0)
    const unknown = '22 Not found, V3_0_6_SNAPSHOT maybe this group consumer boot first'
    expect(await query({ consumerGroup: 'new', queueId: '2' })).toBe(unknown)
    expect(await query({ consumerGroup: 'new', topic: 'nope' })).toBe(unknown)
    expect(await query({ consumerGroup: 'new', setZeroIfNotFound: 'false' })).toBe(
      '22 Not found, do not set to zero, maybe this group boot first',
    )
  })

  it('is refused for a group or topic that is not there', async () => {
    expect(await commit({ consumerGroup: 'nobody' })).toBe('26 Group nobody not exist!')
    expect(await commit({ topic: 'nope' })).toBe('17 Topic nope not exist!')
    expect(await commit({ queueId: undefined })).toBe('29 QueueId is null, topic is t')
  })

  it('of the broker itself is moved by no client', async () => {
    const own = { consumerGroup: 'CID_RMQ_SYS_TRANS', topic: 'RMQ_SYS_TRANS_HALF_TOPIC', commitOffset: '7' }
    expect(await commit(own)).toMatch(/^16 The offsets of CID_RMQ_SYS_TRANS in RMQ_SYS_TRANS_HALF_TOPIC are this/)
    const pull = { queueId: '0', queueOffset: '0', maxMsgNums: '1', sysFlag: '5', suspendTimeoutMillis: '0' }
    await client.ask(11, { ...own, ...pull, subscription: '*', subVersion: '0' })
    expect(await query(own)).not.toBe(7)
    expect(
      await client.ask(200050, {
        ...pull,
        ...own,
        invisibleTime: '1000',
        pollTime: '0',
        bornTime: '0',
        initMode: '0',
        order: 'true',
      }),
    ).toMatchObject({ code: 16 })
  })

  it('survives a restart, and one that nobody waited for counts too', async () => {
    await client.oneway(15, { consumerGroup: 'g', topic: 't', queueId: '1', commitOffset: '9' })
    await expect.poll(() => query({ queueId: '1' })).toBe(9)
    await broker.restart()
    client = broker.client()
    expect(await query({ queueId: '1' })).toBe(9)
    expect(await query({})).toBe(2)
  })
})

describe('a queue', () => {
  const ask = async (code: number, ext: Record<string, string>) =>
    (await client.ask(code, { topic: 't', queueId: '0', ...ext })).ext

  it('says where it begins and ends, and 0 when it is not there', async () => {
    expect(await ask(30, {})).toEqual({ offset: '3' })
    expect(await ask(31, {})).toEqual({ offset: '0' })
    expect(await ask(30, { topic: 'nope' })).toEqual({ offset: '0' })
    expect(await ask(31, { queueId: '9' })).toEqual({ offset: '0' })
  })

  it('finds offsets by time', async () => {
    const later = String(Date.now() + 1_000_000)
    expect(await ask(29, { timestamp: '0' })).toEqual({ offset: '0' })
    expect(await ask(29, { timestamp: later })).toEqual({ offset: '3' })
    expect(await ask(29, { timestamp: later, boundaryType: 'UPPER' })).toEqual({ offset: '2' })
    expect(await ask(29, { timestamp: '0', topic: 'nope' })).toEqual({ offset: '0' })
  })

  it('knows when its oldest message was stored', async () => {
    const { timestamp } = await ask(32, {})
    expect(Math.abs(Number(timestamp) - Date.now())).toBeLessThan(60_000)
    expect(await ask(32, { queueId: '1' })).toEqual({ timestamp: '-1' })
  })
})
