// test/broker/processor/static-topic.test.ts: static topics: queues with numbers of their own over two brokers, one of
// them moved from one to the other while messages and offsets lie in it. Asked over the wire, as stock clients ask.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNameServer } from '../../../broker/namesrv/open'
import { openDialer } from '../../../broker/net/dial'
import { RequestCode as Code } from '../../../broker/protocol/codes'
import type { ExtFields } from '../../../broker/protocol/command'
import { parseLoose } from '../../../broker/protocol/json'
import { decodeRecords } from '../../../broker/protocol/record'
import { temporaryFolder } from '../../support/folders'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

const topic = 'Static'
type Item = readonly [bname: string, queueId: number, logicOffset: number]
let namesrv: Awaited<ReturnType<typeof openNameServer>>
let a: RealBroker
let b: RealBroker
let toA: TestClient
let toB: TestClient
beforeAll(async () => {
  namesrv = await openNameServer({
    host: '127.0.0.1',
    port: 0,
    dataDir: temporaryFolder('namesrv'),
    properties: {},
    log: () => {},
    clock: Date.now,
  })
  a = await openRealBroker({ namesrvAddr: namesrv.address })
  b = await openRealBroker({ namesrvAddr: namesrv.address }, 'broker-b')
  toA = a.client()
  toB = b.client()
})
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()])
  await namesrv.close()
})

const detail = (bname: string, epoch: number, queues: Record<string, readonly Item[]>, more = {}): string =>
  JSON.stringify({
    topic,
    bname,
    epoch,
    scope: '__global__',
    totalQueues: 2,
    dirty: false,
    hostedQueues: Object.fromEntries(
      Object.entries(queues).map(([id, items]) => [
        id,
        items.map(([name, queueId, logicOffset], gen) => ({
          ...{ bname: name, queueId, logicOffset, gen },
          ...{ startOffset: 0, endOffset: -1, timeOfStart: -1, timeOfEnd: -1 },
        })),
      ]),
    ),
    ...more,
  })
const put = async (client: TestClient, body: string, more: ExtFields = {}): Promise<string> => {
  const header = { topic, defaultTopic: 'TBW102', readQueueNums: '2', writeQueueNums: '2', perm: '6' }
  const rest = { topicFilterType: 'SINGLE_TAG', topicSysFlag: '0', order: 'false', force: 'false', ...more }
  const { code, remark } = await client.ask(Code.UPDATE_AND_CREATE_STATIC_TOPIC, { ...header, ...rest }, body)
  return `${code} ${remark ?? ''}`.trim()
}
const sent = async (client: TestClient, queueId: number, body: string): Promise<string> => {
  const { code, remark, ext } = await client.send({ topic, queueId, body })
  return code === 0 ? `${ext.queueId}@${ext.queueOffset}` : `${code} ${remark}`
}
const pulled = async (client: TestClient, queueId: number, queueOffset: number, ext: ExtFields = {}) => {
  const reply = await client.pull('g', topic, queueOffset, { queueId: String(queueId), ...ext })
  const { nextBeginOffset, minOffset, maxOffset, offsetDelta } = reply.ext
  const found = reply.code === 0 ? decodeRecords(reply.body).map(({ body }) => body.toString()) : []
  return [reply.code, `${nextBeginOffset} ${minOffset}-${maxOffset} +${offsetDelta}`, ...found]
}
const asked = async (client: TestClient, code: number, queueId: number, ext: ExtFields = {}) => {
  const reply = await client.ask(code, { topic, queueId: String(queueId), consumerGroup: 'g', ...ext })
  return reply.code === 0 ? (reply.ext.offset ?? 0) : `${reply.code} ${reply.remark}`
}
const routeOf = async () => {
  const dialer = openDialer()
  const reply = await dialer.request(namesrv.address, Code.GET_ROUTEINFO_BY_TOPIC, { topic }, undefined, 5000)
  dialer.close()
  return reply.code === 0 ? parseLoose(reply.body) : reply.code
}

const notLeader = (queue: number, broker: string): string =>
  `501 ${topic}-${queue} does not exit in request process of current broker ${broker}`

describe('a static topic', () => {
  it('has queues of its own over brokers, in routes, answers and offsets', async () => {
    expect(await put(toA, detail('broker-a', 1000, { 0: [['broker-a', 0, 0]] }))).toBe('0')
    expect(await put(toB, detail('broker-b', 1000, { 1: [['broker-b', 0, 0]] }))).toBe('0')
    expect(await routeOf()).toMatchObject({
      topicQueueMappingByBroker: {
        'broker-a': { bname: 'broker-a', currIdMap: { 0: 0 }, epoch: 1000, scope: '__global__', totalQueues: 2 },
        'broker-b': { bname: 'broker-b', currIdMap: { 1: 0 } },
      },
    })
    expect([await sent(toA, 0, 'a0'), await sent(toA, 0, 'a1'), await sent(toB, 1, 'b0')]).toEqual([
      '0@0',
      '0@1',
      '1@0',
    ])
    expect(await sent(toA, 1, 'x')).toBe(notLeader(1, 'broker-a'))
    expect(await sent(toB, -1, 'any')).toBe('1@1')
    const batch = await toB.sendBatch(topic, [{ body: 'c' }, { body: 'd' }], { e: '1' })
    expect([batch.code, batch.ext.queueId, batch.ext.queueOffset]).toEqual([0, '1', '2'])
    await toB.heartbeat('cid', [{ groupName: 'g' }])
    await toA.heartbeat('cid', [{ groupName: 'g' }])
    expect(await pulled(toB, 1, 0)).toEqual([0, '4 0-4 +0', 'b0', 'any', 'c', 'd'])
    expect(await pulled(toB, 0, 0)).toEqual([501, 'undefined undefined-undefined +undefined'])
    expect(await pulled(toA, 0, 9, { suspendTimeoutMillis: '0' })).toEqual([19, '2 0-2 +0'])
    expect(await asked(toA, Code.GET_MAX_OFFSET, 0)).toBe('2')
    expect(await asked(toA, Code.GET_MIN_OFFSET, 1)).toBe(
      '501 Static-1 is not leader in broker broker-a, request code 31',
    )
    for (const queueId of ['', ' ', '1e0', '0x0', undefined]) {
      const most = await toA.ask(Code.GET_MAX_OFFSET, { topic, queueId })
      expect([most.code, most.remark], `queueId ${queueId}`).toEqual([1, expect.stringContaining('queueId')])
      const one = await toA.send({ topic, body: 'nowhere', ext: { e: queueId } })
      expect([one.code, one.remark], `queueId ${queueId}`).toEqual([1, expect.stringMatching(/queueId|\be\b/)])
    }
    expect(await asked(toA, Code.UPDATE_CONSUMER_OFFSET, 0, { commitOffset: '1' })).toBe(0)
    expect(await asked(toA, Code.QUERY_CONSUMER_OFFSET, 0)).toBe('1')
  })

  it('answers for its own queues as they are to who says lo=false', async () => {
    expect(await asked(toB, Code.GET_MAX_OFFSET, 0, { lo: 'false' })).toBe('4')
    expect(await pulled(toB, 0, 3, { lo: 'false' })).toEqual([0, '4 0-4 +undefined', 'd'])
  })

  it('wakes a waiting pull with the numbers of the static queue', async () => {
    const waits = pulled(toA, 0, 2, { sysFlag: '6', suspendTimeoutMillis: '20000' })
    expect(await sent(toA, 0, 'a2')).toBe('0@2')
    expect(await waits).toEqual([0, '3 0-3 +0', 'a2'])
  })

  it('goes on in another broker once a queue was moved there, and what was before is read through it', async () => {
    const undecided: readonly Item[] = [
      ['broker-a', 0, 0],
      ['broker-b', 1, -1],
    ]
    expect(await put(toB, detail('broker-b', 2000, { 0: undecided, 1: [['broker-b', 0, 0]] }))).toBe('0')
    expect(await sent(toB, 0, 'early')).toBe('0@-1')
    expect(await put(toA, detail('broker-a', 2000, { 0: undecided }))).toBe('0')
    expect(await sent(toA, 0, 'x')).toBe(notLeader(0, 'broker-a'))
    const decided: readonly Item[] = [
      ['broker-a', 0, 0],
      ['broker-b', 1, 1000],
    ]
    expect(await put(toB, detail('broker-b', 2000, { 0: decided, 1: [['broker-b', 0, 0]] }))).toBe('0')
    expect(await routeOf()).toMatchObject({
      topicQueueMappingByBroker: { 'broker-a': { currIdMap: {} }, 'broker-b': { currIdMap: { 0: 1, 1: 0 } } },
    })
    expect(await sent(toB, 0, 'b1')).toBe('0@1001')
    // a group that stood half-way is found there, and goes on through both parts
    expect(await asked(toB, Code.QUERY_CONSUMER_OFFSET, 0)).toBe('1')
    expect(await pulled(toB, 0, 1)).toEqual([0, '3 0-1000 +0', 'a1', 'a2'])
    expect(await pulled(toB, 0, 3)).toEqual([20, '1000 1000-1000 +1000'])
    expect(await pulled(toB, 0, 1000)).toEqual([0, '1002 1000-1002 +1000', 'early', 'b1'])
    expect(await asked(toB, Code.UPDATE_CONSUMER_OFFSET, 0, { commitOffset: '3' })).toBe(0)
    expect(await asked(toB, Code.QUERY_CONSUMER_OFFSET, 0)).toBe('3')
    expect(await asked(toA, Code.QUERY_CONSUMER_OFFSET, 0, { lo: 'false' })).toBe('3')
    expect(await pulled(toB, 0, 1002, { sysFlag: '5', commitOffset: '1001' })).toEqual([19, '1002 1000-1002 +1000'])
    expect(await asked(toB, Code.QUERY_CONSUMER_OFFSET, 0)).toBe('1001')
    expect(await asked(toB, Code.QUERY_CONSUMER_OFFSET, 1, { consumerGroup: 'new' })).toBe('0')
    expect(await asked(toB, Code.GET_MAX_OFFSET, 0)).toBe('1002')
    expect(await asked(toB, Code.GET_MIN_OFFSET, 0)).toBe('0')
    expect(await asked(toB, Code.SEARCH_OFFSET_BY_TIMESTAMP, 0, { timestamp: '0' })).toBe('0')
    expect(await asked(toB, Code.SEARCH_OFFSET_BY_TIMESTAMP, 0, { timestamp: String(Date.now() + 60_000) })).toBe(
      '1002',
    )
    expect(await asked(toB, Code.GET_EARLIEST_MSG_STORETIME, 0)).toBe(0)
  })

  it.each([
    [
      'a smaller epoch',
      detail('broker-b', 5, { 1: [['broker-b', 0, 0]] }),
      "1 Can't accept data with small epoch 5 < 2000",
    ],
    [
      'another scope',
      detail('broker-b', 3000, {}, { scope: 's' }),
      "1 Can't accept data with unmatched scope s != __global__",
    ],
    [
      'a queue left out',
      detail('broker-b', 2000, { 1: [['broker-b', 0, 0]] }),
      '1 Cannot accept equal epoch with null data',
    ],
    [
      'what was written moved away',
      detail('broker-b', 3000, { 1: [['broker-b', 7, 0]] }),
      '1 The item of generation 0 cannot be changed any more',
    ],
    ['another topic', detail('broker-b', 1, {}, { topic: 'Other' }), '29 The mapping is of topic Other, not of Static'],
    ['another broker', detail('broker-a', 1, {}), '29 The mapping is for broker broker-a, and this is broker-b'],
    [
      'a queue beyond the last',
      detail('broker-b', 1, { 2: [['broker-b', 0, 0]] }),
      '29 The mapping has queue 2, and there are 2 queues',
    ],
    ['a queue of nothing', detail('broker-b', 1, { 1: [] }), '29 The new item list is null or empty'],
    [
      'a negative queue',
      detail('broker-b', 1, { 1: [['broker-b', -1, 0]] }),
      '29 The field is illegal, should not be negative',
    ],
    [
      'offsets that go back',
      detail('broker-b', 1, {
        1: [
          ['broker-a', 0, 9],
          ['broker-b', 0, 5],
        ],
      }),
      '29 The base logic offset does not increase monotonically',
    ],
    ['no JSON', '{', expect.stringMatching(/^1 .*not JSON/)],
    ['nothing', '', '1 the body is empty'],
  ])('refuses %s', async (_, body, why) => {
    expect(await put(toB, body)).toEqual(why)
  })

  it('refuses a system topic, and takes by force what it would refuse', async () => {
    expect(await put(toB, detail('broker-b', 1, {}), { topic: 'TBW102' })).toBe(
      '29 The topic[TBW102] is conflict with system topic.',
    )
    expect(await put(toB, detail('broker-b', 1500, { 1: [['broker-b', 0, 0]] }), { force: 'true' })).toBe('0')
    expect(await sent(toB, 0, 'still here')).toBe('0@1002')
  })

  it('is still there after a restart, and shown to tools and slaves', async () => {
    await b.restart()
    expect(await sent(toB, 0, 'later')).toBe('0@1003')
    const shown = await toB.ask(Code.GET_TOPIC_CONFIG, { topic, lo: 'true' })
    expect(JSON.parse(shown.body.toString())).toMatchObject({
      topicName: topic,
      mappingDetail: { bname: 'broker-b', hostedQueues: { 1: [{ bname: 'broker-b', queueId: 0 }] } },
    })
    expect((await toB.ask(Code.GET_TOPIC_CONFIG, { topic })).body.toString()).not.toContain('mappingDetail')
    const all = await toB.ask(Code.GET_ALL_TOPIC_CONFIG)
    expect(JSON.parse(all.body.toString()).topicQueueMappingDetailMap).toMatchObject({ Static: { epoch: 1500 } })
  })

  it('says so when the broker that has the older part is gone', async () => {
    await a.stop()
    const reply = await toB.pull('g', topic, 0, { queueId: '0' })
    expect([reply.code, reply.remark]).toEqual([
      1,
      expect.stringMatching(/cannot connect|was closed|no name server knows/),
    ])
    expect(await sent(toB, 0, 'goes on')).toBe('0@1004')
  })

  it('is forgotten with the topic', async () => {
    expect((await toB.ask(Code.DELETE_TOPIC_IN_BROKER, { topic })).code).toBe(0)
    const dialer = openDialer() // the stock tool asks the name servers as well
    await dialer.request(namesrv.address, Code.DELETE_TOPIC_IN_NAMESRV, { topic }, undefined, 5000)
    dialer.close()
    const header = { topic, defaultTopic: 'TBW102', readQueueNums: '1', writeQueueNums: '1', perm: '6' }
    await toB.ask(Code.UPDATE_AND_CREATE_TOPIC, { ...header, topicFilterType: 'SINGLE_TAG', order: 'false' })
    expect(await sent(toB, 0, 'plain')).toBe('0@0')
    expect(await routeOf()).not.toHaveProperty('topicQueueMappingByBroker')
  })
})
