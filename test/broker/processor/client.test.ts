// test/broker/processor/client.test.ts: what clients say of themselves, and what they hear of each other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lockBatchRequest, writeBody } from '../../../broker/protocol/bodies'
import { parseTagExpression } from '../../../broker/protocol/subscription'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker()
  client = broker.client()
})
afterAll(() => broker.stop())

const members = async (consumerGroup: string) => {
  const { code, body, remark } = await client.ask(38, { consumerGroup })
  return code === 0 ? (JSON.parse(body.toString()) as { consumerIdList: string[] }).consumerIdList : remark
}
const notices = ({ told }: TestClient) => told.filter(({ code }) => code === 40).map(({ ext }) => ext.consumerGroup)

describe('a heartbeat', () => {
  it('makes its sender a member, and its group a retry topic', async () => {
    const reply = await client.heartbeat('a', [{ groupName: 'one' }])
    expect(reply.code).toBe(0)
    expect(reply.ext).toEqual({ IS_SUPPORT_HEART_BEAT_V2: 'true', IS_SUB_CHANGE: 'true' })
    expect(await members('one')).toEqual(['a'])
    const topic = await client.ask(351, { topic: '%RETRY%one' })
    expect(JSON.parse(topic.body.toString())).toMatchObject({ readQueueNums: 1, writeQueueNums: 1, perm: 6 })
  })

  it('of a new member, or its farewell, is told to the others', async () => {
    const [a, b] = [broker.client(), broker.client()]
    await a.heartbeat('a', [{ groupName: 'two' }])
    await b.heartbeat('b', [{ groupName: 'two' }])
    await expect.poll(() => notices(a)).toEqual(['two', 'two'])
    expect(await members('two')).toEqual(['a', 'b'])
    await b.ask(35, { clientID: 'b', consumerGroup: 'two' })
    await expect.poll(() => notices(a)).toHaveLength(3)
    expect(await members('two')).toEqual(['a'])
    a.close()
    await expect.poll(() => members('two')).toBe('no consumer for this group, two')
  })

  it('with a fingerprint may leave out its subscriptions while the broker knows them', async () => {
    const v2 = (heartbeatFingerprint: number, withoutSub: boolean) =>
      client.heartbeat(
        'a',
        [{ groupName: 'v2', subscriptionDataSet: withoutSub ? [] : [parseTagExpression('t', '*', 1)] }],
        [],
        { heartbeatFingerprint, withoutSub },
      )
    expect((await v2(77, false)).ext.IS_SUB_CHANGE).toBe('true')
    expect((await v2(77, true)).ext.IS_SUB_CHANGE).toBe('false')
    expect((await v2(78, true)).ext.IS_SUB_CHANGE).toBe('true')
    const subscriptions = await client.ask(203, { consumerGroup: 'v2' })
    expect(subscriptions.body.toString()).toContain('"subString":"*"')
  })

  it('passes over a group that cannot be, and takes the others', async () => {
    const reply = await client.heartbeat('a', [{ groupName: 'a b' }, { groupName: 'three' }], ['pg'])
    expect(reply.code).toBe(0)
    expect(await members('three')).toEqual(['a'])
    const producers = await client.ask(204, { producerGroup: 'pg' })
    expect(producers.body.toString()).toContain('"clientId":"a"')
  })

  it('that is no JSON is answered with what is wrong', async () => {
    expect((await client.ask(34, {}, 'rubbish')).code).toBe(1)
    expect((await client.ask(34, {})).code).toBe(1)
  })
})

describe('order locks', () => {
  it('go to one client of a group at a time', async () => {
    const ask = async (code: number, clientId: string, ...queues: number[]) => {
      const body = writeBody(lockBatchRequest, {
        clientId,
        consumerGroup: 'ordered',
        mqSet: queues.map((queueId) => ({ topic: 't', brokerName: 'broker-a', queueId })),
        onlyThisBroker: false,
      })
      const reply = await client.ask(code, {}, body)
      return code === 41
        ? (JSON.parse(reply.body.toString()) as { lockOKMQSet: { queueId: number }[] }).lockOKMQSet.map(
            (q) => q.queueId,
          )
        : reply.code
    }
    expect(await ask(41, 'a', 0)).toEqual([0])
    expect(await ask(41, 'b', 0, 1)).toEqual([1])
    expect(await ask(42, 'a', 0)).toBe(0)
    expect(await ask(41, 'b', 0)).toEqual([0])
  })
})

describe('a client', () => {
  it('may ask whether its subscription can be served', async () => {
    const check = (subscriptionData: object) =>
      client.ask(46, {}, JSON.stringify({ clientId: 'c', group: 'g', subscriptionData }))
    expect((await check(parseTagExpression('t', 'A'))).code).toBe(0)
    expect((await client.ask(46, {})).code).toBe(0)
  })

  it('hears of a request that nobody handles', async () => {
    const reply = await client.ask(9999)
    expect([reply.code, reply.remark]).toEqual([3, ' request type 9999 not supported'])
  })
})
