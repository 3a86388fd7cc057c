// test/broker/processor/cold-reads.test.ts: cold data flow control (2001 to 2004): who reads too much of what lies far behind
// waits, and is told how much that is. Everything counts as far behind here. Answers are those of Apache 5.5.0.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RequestCode as Code } from '../../../broker/protocol/codes'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker({ accessMessageInMemoryMaxRatio: '0', coldDataFlowControlEnable: 'true' })
  client = broker.client()
  for (let n = 0; n < 4; n++) await client.send({ topic: 't', body: 'x'.repeat(2000) })
  await client.heartbeat('pusher', [{ groupName: 'pushes' }])
  await client.heartbeat('puller', [{ groupName: 'pulls', consumeType: 'CONSUME_ACTIVELY' }])
})
afterAll(() => broker.stop())

const info = async () => JSON.parse((await client.ask(Code.GET_COLD_DATA_FLOW_CTR_INFO)).body.toString())
const pulled = async (group: string, queueOffset = 0) => {
  const { code, remark, ext } = await client.pull(group, 't', queueOffset)
  return code === 0 ? Number(ext.nextBeginOffset) : `${code} ${remark}`
}
const set = async (text: string) => {
  const { code, remark } = await client.ask(Code.UPDATE_COLD_DATA_FLOW_CTR_CONFIG, {}, text)
  return `${code} ${remark ?? ''}`.trim()
}

/** Counting begins anew every five seconds, also between two pulls of a test: then it is tried again. */
async function eventually<T>(attempt: () => Promise<T>, isSo: (got: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const got = await attempt()
    if (isSo(got) || tries === 20) return got
  }
}

it('counts what groups read, tells it, and turns away a push consumer that reads more than its threshold', async () => {
  expect(await info()).toEqual({
    runtimeTable: {},
    configTable: {},
    cgColdReadThreshold: 3145728,
    globalColdReadThreshold: 104857600,
    globalAcc: 0,
  })
  expect(await set('pushes=3000\npulls=3000')).toBe('0')
  const { runtimeTable, configTable, globalAcc } = await eventually(
    async () => {
      await pulled('others')
      return info()
    },
    ({ runtimeTable: { others } }) => others.coldAcc > 8000,
  )
  expect(configTable).toEqual({ pushes: 3000, pulls: 3000 })
  expect(runtimeTable.others).toEqual({
    coldAcc: globalAcc,
    createTimeMills: expect.any(Number),
    lastColdReadTimeMills: expect.any(Number),
  })
  const refused = '2 This consumer group is reading cold data. It has been flow control'
  expect(
    await eventually(
      async () => [await pulled('pushes'), await pulled('pushes')],
      ([, second]) => second === refused,
    ),
  ).toEqual([expect.anything(), refused])
  expect(await pulled('others')).toBe(4) // nobody else is turned away
})

it('lets a group go once its threshold is taken away', async () => {
  expect(await set('freed=1')).toBe('0')
  expect(await pulled('freed')).toBe(4)
  expect((await client.ask(Code.REMOVE_COLD_DATA_FLOW_CTR_CONFIG, {}, 'freed')).code).toBe(0)
  expect((await info()).configTable).toEqual({ pushes: 3000, pulls: 3000 })
  expect(await pulled('freed')).toBe(4)
})

it('refuses what is no threshold and no read mode', async () => {
  expect(await set('g=much')).toBe('29 the threshold of g is no number of bytes: much')
  expect(await set('g=-1')).toBe('29 the threshold of g is no number of bytes: -1')
  expect(await set('bad/name=1')).toMatch(/^29 The specified group: bad\/name, contains illegal/)
  const mode = async (value?: string) => {
    const ext = value === undefined ? {} : { READ_AHEAD_MODE: value }
    const { code, remark } = await client.ask(Code.SET_COMMITLOG_READ_MODE, ext)
    return `${code} ${remark}`
  }
  expect(await mode('1')).toBe('0 set commitlog readahead mode success, mode: 1')
  expect((await client.ask(Code.GET_BROKER_CONFIG)).body.toString()).toContain('dataReadAheadEnable=false\n')
  expect(await mode('0')).toBe('0 set commitlog readahead mode success, mode: 0')
  expect(await mode('7')).toBe('29 set commitlog readahead mode param value error')
  expect(await mode()).toBe('1 set commitlog readahead mode failed')
})

it('lets a pull consumer wait, and gives it a single message then', async () => {
  const isWaiting = async () => {
    await pulled('pulls')
    const next = pulled('pulls')
    // what is answered at once is answered before the question behind it
    return { next, first: await Promise.race([next, info().then(() => 'waits')]) }
  }
  const { next, first } = await eventually(isWaiting, (got) => got.first === 'waits')
  expect(first).toBe('waits')
  await client.ask(Code.UPDATE_BROKER_CONFIG, {}, 'coldDataFlowControlEnable=false\n') // else it is three to eight seconds
  expect(await next).toBe(1)
})
