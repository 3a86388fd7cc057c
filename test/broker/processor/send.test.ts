// test/broker/processor/send.test.ts: what a broker does with a message it is sent. The texts were taken from Apache 5.5.0.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker()
  client = broker.client()
})
afterAll(() => broker.stop())

const illegal =
  'the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB.'
const faq = '\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.'

describe('a send', () => {
  it('is answered with where the message lies: queue, offset, both ids', async () => {
    const first = await client.send({ topic: 'ids', queueId: 2, properties: { UNIQ_KEY: 'U1' } })
    const second = await client.send({ topic: 'ids', queueId: 2, properties: { UNIQ_KEY: 'U2' } })
    expect(first.code).toBe(0)
    expect(second.ext).toMatchObject({
      queueId: '2',
      queueOffset: '1',
      transactionId: 'U2',
      MSG_REGION: 'DefaultRegion',
      TRACE_ON: 'true',
    })
    const stored = await client.view(second.ext.msgId ?? '')
    expect(stored).toMatchObject({ topic: 'ids', queueId: 2, queueOffset: 1, text: 'hello', flag: 0 })
  })

  it('stores topic, flags, birth and properties as they came, with what Apache adds', async () => {
    const properties = { TAGS: 'TagA', KEYS: 'k1 k2', UNIQ_KEY: 'U', WAIT: 'true', 'häuser 🏠': 'ü🏠' }
    const sent = await client.send({ topic: 'whole', body: 'grüße 🏠', properties, ext: { h: '7', f: '1' } })
    const stored = await client.view(sent.ext.msgId ?? '')
    expect(stored).toMatchObject({ text: 'grüße 🏠', flag: 7, sysFlag: 1, bornTimestampMs: 1_700_000_000_000 })
    expect(stored.properties).toEqual({
      ...properties,
      MSG_REGION: 'DefaultRegion',
      TRACE_ON: 'true',
      CLUSTER: 'DefaultCluster',
    })
    expect(stored.bornHost.subarray(0, 4)).toEqual(Buffer.from([127, 0, 0, 1]))
    expect(stored.storeHost.readInt32BE(4)).toBe(Number(broker.address.split(':')[1]))
  })

  it('gets a unique key from the broker when the producer gave none', async () => {
    const sent = await client.send({ topic: 'whole' })
    expect(sent.ext.transactionId).toMatch(/^[0-9A-F]{32}$/)
    expect((await client.view(sent.ext.msgId ?? '')).properties.UNIQ_KEY).toBe(sent.ext.transactionId)
  })

  it('replaces what only the broker may set, and drops the receipt of an earlier pop', async () => {
    const properties = { CLUSTER: 'elsewhere', MSG_REGION: 'x', TRACE_ON: 'false', POP_CK: 'y', mine: 'z' }
    const sent = await client.send({ topic: 'whole', properties })
    expect((await client.view(sent.ext.msgId ?? '')).properties).toEqual({
      UNIQ_KEY: sent.ext.transactionId,
      mine: 'z',
      CLUSTER: 'DefaultCluster',
      MSG_REGION: 'DefaultRegion',
      TRACE_ON: 'true',
    })
  })

  it('takes properties that end without their last mark, as 4.9 clients write them', async () => {
    const sent = await client.send({ topic: 'whole', ext: { i: 'UNIQ_KEY\u0001U\u0002TAGS\u0001A' } })
    expect((await client.view(sent.ext.msgId ?? '')).properties).toMatchObject({ UNIQ_KEY: 'U', TAGS: 'A' })
  })

  it('in the first spelling (10) does the same as in the second (310)', async () => {
    const sent = await client.ask(
      10,
      {
        producerGroup: 'PG',
        topic: 'v1',
        defaultTopic: 'TBW102',
        defaultTopicQueueNums: '4',
        queueId: '1',
        sysFlag: '0',
        bornTimestamp: '5',
        flag: '3',
        properties: 'TAGS\u0001A\u0002',
        reconsumeTimes: '2',
      },
      'body',
    )
    const stored = await client.view(sent.ext.msgId ?? '')
    expect(stored).toMatchObject({ queueId: 1, text: 'body', flag: 3, bornTimestampMs: 5, reconsumeTimes: 2 })
  })

  it('that nobody waits for is stored all the same', async () => {
    await client.oneway(310, { a: 'PG', b: 'oneway', c: 'TBW102', d: '4', e: '0', f: '0', g: '1', h: '0' }, 'quiet')
    expect((await client.pullUntil('g', 'oneway')).map(({ text }) => text)).toEqual(['quiet'])
  })

  it('goes to the topics of the system that stock clients write to: traces, replies, the names of broker and cluster', async () => {
    for (const topic of [
      'RMQ_SYS_TRACE_TOPIC',
      'rmq_sys_TRACE_DATA_cn-hangzhou',
      'DefaultCluster_REPLY_TOPIC',
      'DefaultCluster',
      'broker-a',
      'BenchmarkTest',
    ]) {
      expect(await client.send({ topic, queueId: 0 }), topic).toMatchObject({ code: 0 })
    }
  })

  it('without a queue gets one', async () => {
    const sent = await client.send({ topic: 'ids', queueId: -1 })
    expect(Number(sent.ext.queueId)).toBeGreaterThanOrEqual(0)
    expect(Number(sent.ext.queueId)).toBeLessThan(4)
  })
})

describe('a topic that is not there', () => {
  it('is made from the template, with no more queues than the producer asked for', async () => {
    await client.send({ topic: 'made', ext: { d: '3' } })
    const reply = await client.ask(351, { topic: 'made' })
    expect(JSON.parse(reply.body.toString())).toMatchObject({ readQueueNums: 3, writeQueueNums: 3, perm: 6 })
    await client.send({ topic: 'made-wide', ext: { d: '100' } })
    const wide = await client.ask(351, { topic: 'made-wide' })
    expect(JSON.parse(wide.body.toString())).toMatchObject({ writeQueueNums: 8 })
  })

  it('is refused when the template is none', async () => {
    const refused = await client.send({ topic: 'unmade', ext: { c: 'nothing' } })
    expect(refused.code).toBe(17)
    expect(refused.remark).toBe(`topic[unmade] not exist, apply first please!${faq}`)
    expect(refused.ext).toEqual({ MSG_REGION: 'DefaultRegion', TRACE_ON: 'true' })
  })
})

describe('a send that cannot be', () => {
  it.each([
    ['', 29, 'The specified topic is blank.'],
    ['../x', 29, 'The specified topic: ../x, contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$'],
    ['x'.repeat(128), 29, `The specified topic: ${'x'.repeat(128)}, is longer than topic max length: 127`],
    ['a\u0000b', 29, 'The specified topic: a\u0000b, contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$'],
    ['SCHEDULE_TOPIC_XXXX', 16, 'Sending message to topic[SCHEDULE_TOPIC_XXXX] is forbidden.'],
    [
      'rmq_sys_REVIVE_LOG_DefaultCluster',
      16,
      'Sending message to topic[rmq_sys_REVIVE_LOG_DefaultCluster] is forbidden.',
    ],
    ['rmq_sys_wheel_timer', 16, 'Sending message to topic[rmq_sys_wheel_timer] is forbidden.'],
    ['rmq_sys_anything', 16, 'Sending message to topic[rmq_sys_anything] is forbidden.'],
  ])('to %j is refused with %i', async (topic, code, remark) => {
    const refused = await client.send({ topic })
    expect([refused.code, refused.remark]).toEqual([code, remark])
  })

  it('to a queue that is not there names the topic and the producer', async () => {
    await client.send({ topic: 'queues' })
    const refused = await client.send({ topic: 'queues', queueId: 4 })
    expect(refused.code).toBe(29)
    expect(refused.remark).toMatch(
      /^request queueId\[4\] is illegal, TopicConfig \[topicName=queues, readQueueNums=4, writeQueueNums=4, perm=RW-, topicFilterType=SINGLE_TAG, topicSysFlag=0, order=false, attributes=\{\}\] Producer: 127\.0\.0\.1:\d+$/,
    )
  })

  it('is refused when it is empty, too large, or its properties are', async () => {
    const whole = await client.send({ topic: 'sizes', body: Buffer.alloc(4 * 1024 * 1024) })
    expect(whole.code).toBe(0)
    for (const refused of [
      await client.send({ topic: 'sizes', body: '' }),
      await client.send({ topic: 'sizes', body: Buffer.alloc(4 * 1024 * 1024 + 1) }),
      await client.send({ topic: 'sizes', properties: { a: 'x'.repeat(32_767) } }),
    ]) {
      expect([refused.code, refused.remark]).toEqual([13, illegal])
    }
    const next = await client.send({ topic: 'sizes' })
    expect(next.ext.queueOffset).toBe('1')
  })

  it('is answered with what is wrong when a field is missing or no number', async () => {
    const missing = await client.send({ topic: 'fields', ext: { e: undefined } })
    expect([missing.code, missing.remark]).toEqual([1, 'the custom field <e> is null'])
    const wrong = await client.send({ topic: 'fields', ext: { e: 'abc' } })
    expect([wrong.code, wrong.remark]).toEqual([1, 'the custom field <e> is no number: abc'])
  })
})

describe('OR5: a topic of a type', () => {
  const kinds: Readonly<Record<string, Record<string, string>>> = {
    NORMAL: { TAGS: 'A' },
    FIFO: { __SHARDINGKEY: 'order-1' },
    DELAY: { DELAY: '1' },
    'DELAY to a time': { TIMER_DELAY_SEC: '60' },
    TRANSACTION: { TRAN_MSG: 'true', PGROUP: 'PG', __SHARDINGKEY: 'order-1' },
    PRIORITY: { _SYS_MSG_PRIORITY_: '1' },
  }
  const taken = async (topic: string) => {
    const replies = Object.entries(kinds).map(async ([kind, properties]) => {
      const unique = { UNIQ_KEY: `${topic}-${kind}`, ...properties }
      return { kind, reply: await client.send({ topic, properties: unique }) }
    })
    const all = await Promise.all(replies)
    for (const { kind, reply } of all.filter(({ reply }) => reply.code !== 0)) {
      const actual = kind.split(' ')[0]
      const expected = `the expected type is ${topic.slice(5)}, but actual type is ${actual}`
      expect([reply.code, reply.remark]).toEqual([13, `TopicMessageType validate failed, ${expected}`])
    }
    return all.flatMap(({ kind, reply }) => (reply.code === 0 ? [kind] : []))
  }
  beforeAll(async () => {
    await client.ask(25, {}, 'enableMixedMessageType=true')
    for (const type of ['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION', 'PRIORITY', 'MIXED', 'UNSPECIFIED']) {
      const queues = { readQueueNums: '4', writeQueueNums: '4', perm: '6', topicFilterType: 'SINGLE_TAG' }
      const made = { topic: `type-${type}`, defaultTopic: 'TBW102', ...queues, attributes: `+message.type=${type}` }
      expect((await client.ask(17, made)).code).toBe(0)
    }
  })
  afterAll(() => client.ask(25, {}, 'enableMixedMessageType=false'))

  it('takes every kind of message, as with Apache’s brokers', async () => {
    expect(await taken('type-FIFO')).toEqual(Object.keys(kinds))
  })
  it('takes its own kind alone once the broker is told to look, as with Apache’s proxies', async () => {
    await client.ask(25, {}, 'enableTopicMessageTypeCheck=true')
    expect(await taken('type-NORMAL')).toEqual(['NORMAL'])
    expect(await taken('type-FIFO')).toEqual(['FIFO'])
    expect(await taken('type-DELAY')).toEqual(['DELAY', 'DELAY to a time'])
    expect(await taken('type-TRANSACTION')).toEqual(['TRANSACTION'])
    expect(await taken('type-PRIORITY')).toEqual(['PRIORITY'])
    for (const open of ['type-MIXED', 'type-UNSPECIFIED', 'type-less']) {
      expect(await taken(open)).toEqual(Object.keys(kinds))
    }
    expect((await client.sendBatch('type-FIFO', [{ body: 'b' }])).code).toBe(13)
    await client.ask(25, {}, 'enableTopicMessageTypeCheck=false')
    expect((await client.sendBatch('type-FIFO', [{ body: 'b' }])).code).toBe(0)
  })
})

describe('a batch', () => {
  it('is stored message by message, in a row', async () => {
    const sent = await client.sendBatch('batch', [
      { body: 'b0', properties: { TAGS: 'A', KEYS: 'kk', UNIQ_KEY: 'U0' } },
      { body: 'b1' },
      { body: 'b2', properties: { TAGS: 'B' } },
    ])
    expect(sent.ext.queueOffset).toBe('0')
    const ids = sent.ext.msgId?.split(',') ?? []
    expect(ids).toHaveLength(3)
    const stored = await Promise.all(ids.map((id) => client.view(id)))
    expect(stored.map(({ text, queueOffset, properties }) => [text, queueOffset, properties])).toEqual([
      ['b0', 0, { TAGS: 'A', KEYS: 'kk', UNIQ_KEY: 'U0' }],
      ['b1', 1, {}],
      ['b2', 2, { TAGS: 'B' }],
    ])
    const tagged = await client.pull('g', 'batch', 0, { subscription: 'B' })
    expect(tagged.ext.nextBeginOffset).toBe('3')
  })

  it('is refused whole: for retry topics, with a delay, broken, or empty', async () => {
    const retry = await client.sendBatch('%RETRY%g', [{ body: 'b' }])
    expect([retry.code, retry.remark]).toEqual([13, 'batch request does not support retry group %RETRY%g'])
    const delayed = await client.sendBatch('batch', [{ body: 'b' }], { i: 'DELAY\u00013\u0002' })
    expect([delayed.code, delayed.remark]).toEqual([13, illegal])
    const broken = await client.ask(
      320,
      { a: 'g', b: 'batch', c: 'TBW102', d: '4', e: '0', f: '0', g: '1', h: '0', m: 'true' },
      'rubbish',
    )
    expect(broken.code).toBe(1)
    const max = await client.ask(30, { topic: 'batch', queueId: '0' })
    expect(max.ext.offset).toBe('3')
  })
})
