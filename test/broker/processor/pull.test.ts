// test/broker/processor/pull.test.ts: what a broker answers to who wants messages. Codes and texts were taken from
// Apache 5.5.0.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFrameCutter } from '../../../broker/net/frames'
import { RequestCode } from '../../../broker/protocol/codes'
import { decodeFrame, encodeCommand, newRequest } from '../../../broker/protocol/command'
import { decodeRecords } from '../../../broker/protocol/record'
import { parseTagExpression } from '../../../broker/protocol/subscription'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker()
  client = broker.client()
})
afterAll(() => broker.stop())

const faq = '\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.'
const texts = (body: Buffer) => decodeRecords(body).map((record) => record.body.toString())

describe('a pull', () => {
  it('HA5: far behind what memory holds is sent to the slave, where slaves may be read, and back once it is near', async () => {
    const set = (lines: string) => client.ask(RequestCode.UPDATE_BROKER_CONFIG, {}, lines)
    for (const body of ['m0', 'm1']) await client.send({ topic: 'far', body })
    const suggested = async () => (await client.pull('g', 'far', 0, { maxMsgNums: '1' })).ext.suggestWhichBrokerId
    // each byte of the log counts as far behind
    await set('accessMessageInMemoryMaxRatio=0\nslaveReadEnable=false\n')
    expect(await suggested()).toBe('0')
    await set('slaveReadEnable=true\n')
    expect(await suggested()).toBe('1')
    await set('accessMessageInMemoryMaxRatio=40\n')
    expect(await suggested()).toBe('0')
    await set('slaveReadEnable=false\n')
  })

  it('gets what is there, from where it asks, and hears where the queue begins and ends', async () => {
    for (const body of ['m0', 'm1', 'm2']) await client.send({ topic: 'plain', body })
    const all = await client.pull('g', 'plain', 0)
    expect([all.code, all.remark]).toEqual([0, 'FOUND'])
    expect(all.ext).toEqual({
      suggestWhichBrokerId: '0',
      nextBeginOffset: '3',
      minOffset: '0',
      maxOffset: '3',
      topicSysFlag: '0',
      groupSysFlag: '0',
    })
    expect(texts(all.body)).toEqual(['m0', 'm1', 'm2'])
    expect(texts((await client.pull('g', 'plain', 2)).body)).toEqual(['m2'])
    expect(texts((await client.pull('g', 'plain', 0, { maxMsgNums: '2' })).body)).toEqual(['m0', 'm1'])
    expect(texts((await client.pull('g', 'plain', 0, { maxMsgNums: '0' })).body)).toEqual(['m0'])
  })

  it('gets no more than 32 messages or 256 KiB, and at least one', async () => {
    const body = Buffer.alloc(100_000, 97)
    await client.sendBatch(
      'many',
      Array.from({ length: 40 }, (_, n) => ({ body: `m${n}` })),
    )
    expect(texts((await client.pull('g', 'many', 0, { maxMsgNums: '1000' })).body)).toHaveLength(32)
    // who looks through a queue and consumes nothing may have more at once
    expect(texts((await client.pull('TOOLS_CONSUMER', 'many', 0, { maxMsgNums: '1000' })).body)).toHaveLength(40)
    for (let n = 0; n < 8; n++) await client.send({ topic: 'large', body })
    expect(texts((await client.pull('TOOLS_CONSUMER', 'large', 0)).body)).toHaveLength(5)
    expect(texts((await client.pull('g', 'large', 0)).body)).toHaveLength(2)
    await client.send({ topic: 'huge', body: Buffer.alloc(1024 * 1024, 98) })
    expect(texts((await client.pull('g', 'huge', 0)).body)).toHaveLength(1)
    expect(texts((await client.pull('g', 'large', 0, { maxMsgBytes: '150000' })).body)).toHaveLength(1)
  })

  it('of a client that reads late brings what was there when it was answered, whatever others got meanwhile', async () => {
    const entries = (letter: string) => Array.from({ length: 32 }, () => ({ body: letter.repeat(700) }))
    for (const topic of ['slow', 'quick']) await client.sendBatch(topic, entries(topic === 'slow' ? 's' : 'q'))
    const [host = '', port = ''] = broker.address.split(':')
    const socket = connect(Number(port), host).pause()
    const ext = { consumerGroup: 'g', topic: 'slow', queueId: '0', queueOffset: '0', maxMsgNums: '32', sysFlag: '4' }
    const more = { commitOffset: '0', suspendTimeoutMillis: '0', subscription: '*', subVersion: '0' }
    const count = 600 // 16 MB: more than the system keeps for a socket, less than is held back
    for (let n = 1; n <= count; n++) {
      for (const piece of encodeCommand({ ...newRequest(11, { ...ext, ...more }, n), form: 0 })) socket.write(piece)
    }
    for (let n = 0; n < 100; n++) expect(texts((await client.pull('g', 'quick', 0)).body)[0]?.[0]).toBe('q')
    let seen = 0
    await new Promise<void>((resolve, reject) => {
      const cutter = createFrameCutter(1 << 20)
      socket.once('error', reject).on('data', (chunk: Buffer) => {
        cutter.push(chunk, (bytes, from, end) => {
          expect(new Set(texts(decodeFrame(bytes, from, end).body).join(''))).toEqual(new Set('s'))
          if (++seen === count) resolve()
          return true
        })
      })
      socket.resume()
    })
    socket.destroy()
  }, 60_000)

  it.each([
    [1, '0', 19, 'NO_MESSAGE_IN_QUEUE', '0'],
    [1, '5', 21, 'NO_MESSAGE_IN_QUEUE', '0'],
    [0, '1', 19, 'OFFSET_OVERFLOW_ONE', '1'],
    [0, '10', 21, 'OFFSET_OVERFLOW_BADLY', '1'],
    [0, '-1', 21, 'OFFSET_TOO_SMALL', '0'],
  ])('of queue %i at %s ends with %i %s', async (queueId, queueOffset, code, remark, next) => {
    if ((await client.ask(30, { topic: 'edges', queueId: '0' })).ext.offset === '0')
      await client.send({ topic: 'edges' })
    const reply = await client.pull('g', 'edges', 0, { queueId: String(queueId), queueOffset })
    expect([reply.code, reply.remark, reply.ext.nextBeginOffset]).toEqual([code, remark, next])
  })

  it('passes over what its tags leave out', async () => {
    for (const TAGS of ['A', 'B', 'A']) await client.send({ topic: 'tags', body: TAGS, properties: { TAGS } })
    const some = await client.pull('g', 'tags', 0, { subscription: ' B || C ' })
    expect(texts(some.body)).toEqual(['B'])
    expect(some.ext.nextBeginOffset).toBe('3')
    const none = await client.pull('g', 'tags', 0, { subscription: 'X' })
    expect([none.code, none.remark, none.ext.nextBeginOffset]).toEqual([20, 'NO_MATCHED_MESSAGE', '3'])
  })
})

describe('a pull that cannot be', () => {
  it('is refused for a group, a topic, a queue or a subscription that is not', async () => {
    await client.send({ topic: 'refuse' })
    const refused = async (group: string, topic: string, ext = {}) => {
      const { code, remark } = await client.pull(group, topic, 0, ext)
      return [code, remark]
    }
    expect(await refused('a b', 'refuse')).toEqual([26, `subscription group [a b] does not exist, ${faq}`])
    expect(await refused('g', 'nope')).toEqual([17, `topic[nope] not exist, apply first please! ${faq}`])
    expect(await refused('g', 'refuse', { subscription: '||' })).toEqual([
      23,
      "parse the consumer's subscription failed",
    ])
    const [code, remark] = await refused('g', 'refuse', { queueId: '9' })
    expect(code).toBe(29)
    expect(remark).toMatch(
      /^queueId\[9\] is illegal, topic:\[refuse\] topicConfig.readQueueNums:\[4\] consumer:\[\/127/,
    )
    expect(await refused('offline', 'refuse', { sysFlag: '0' })).toEqual([
      24,
      `the consumer's group info not exist${faq}`,
    ])
  })

  it('without a subscription of its own needs one from a heartbeat, and no older one', async () => {
    await client.send({ topic: 'beaten', properties: { TAGS: 'A' } })
    const subscriptionDataSet = [parseTagExpression('beaten', 'A', 5)]
    await client.heartbeat('cid', [{ groupName: 'beat', subscriptionDataSet }])
    const pull = (topic: string, subVersion: string) => client.pull('beat', topic, 0, { sysFlag: '0', subVersion })
    expect((await pull('beaten', '5')).code).toBe(0)
    expect((await pull('beaten', '6')).code).toBe(25)
    expect((await pull('BenchmarkTest', '5')).code).toBe(24)
  })

  it('does not go through the fast port', async () => {
    const { openDialer } = await import('../../../broker/net/dial')
    const dialer = openDialer()
    const reply = await dialer.request(broker.vipAddress, 11, {}, undefined, 5000)
    expect([reply.code, reply.remark]).toEqual([3, ' request type 11 not supported'])
    dialer.close()
  })
})

describe('a pull that may wait', () => {
  it('CO2: is answered as soon as its message is stored', async () => {
    await client.send({ topic: 'wait' })
    const waiting = client.pull('g', 'wait', 1, { sysFlag: '6' })
    await client.send({ topic: 'wait', body: 'came', queueId: 1 })
    await client.send({ topic: 'wait', body: 'came' })
    expect(texts((await waiting).body)).toEqual(['came'])
  })

  it('also for a queue that nobody has written to', async () => {
    await client.send({ topic: 'fresh', queueId: 1 })
    const waiting = client.pull('g', 'fresh', 0, { sysFlag: '6' })
    await client.send({ topic: 'fresh', body: 'first' })
    expect(texts((await waiting).body)).toEqual(['first'])
  })

  it('sleeps on when the message has another tag', async () => {
    await client.send({ topic: 'wait-tag' })
    const waiting = client.pull('g', 'wait-tag', 1, { sysFlag: '6', subscription: 'B' })
    await client.send({ topic: 'wait-tag', properties: { TAGS: 'A' } })
    await client.send({ topic: 'wait-tag', body: 'b', properties: { TAGS: 'B' } })
    const reply = await waiting
    expect(texts(reply.body)).toEqual(['b'])
    expect(reply.ext.nextBeginOffset).toBe('3')
  })

  it('is answered with nothing when its time is over', async () => {
    await client.send({ topic: 'wait-long' })
    const reply = await client.pull('g', 'wait-long', 1, { sysFlag: '6', suspendTimeoutMillis: '60' })
    expect([reply.code, reply.remark, reply.ext.nextBeginOffset]).toEqual([19, 'OFFSET_OVERFLOW_ONE', '1'])
  })

  it('does not hold up others on the same connection', async () => {
    await client.send({ topic: 'wait-other' })
    const waiting = client.pull('g', 'wait-other', 1, { sysFlag: '6', suspendTimeoutMillis: '400' })
    expect((await client.send({ topic: 'other' })).code).toBe(0)
    expect((await waiting).code).toBe(19)
  })
})

describe('a pull that brings an offset', () => {
  it('commits it, and only with the bit that says so', async () => {
    await client.send({ topic: 'commit' })
    const offset = async () => (await client.ask(14, { consumerGroup: 'c', topic: 'commit', queueId: '0' })).ext.offset
    await client.pull('c', 'commit', 0, { sysFlag: '4', commitOffset: '1' })
    expect(await offset()).toBe('0')
    await client.pull('c', 'commit', 0, { sysFlag: '5', commitOffset: '1' })
    expect(await offset()).toBe('1')
  })

  it('of a broadcasting client that came from a proxy is told where it was, once', async () => {
    for (let n = 0; n < 3; n++) await client.send({ topic: 'cast' })
    const proxied = { requestSource: '1', proxyFrowardClientId: 'caster' }
    const first = await client.pull('casters', 'cast', -1, proxied)
    expect([first.code, first.remark, first.ext.nextBeginOffset]).toEqual([21, 'OFFSET_RESET', '0'])
    expect((await client.pull('casters', 'cast', 2, proxied)).code).toBe(0)
    const direct = broker.client()
    const subscriptionDataSet = [parseTagExpression('cast', '*', 1)]
    await direct.heartbeat('caster', [{ groupName: 'casters', messageModel: 'BROADCASTING', subscriptionDataSet }])
    const moved = await direct.pull('casters', 'cast', 0)
    expect([moved.code, moved.remark, moved.ext.nextBeginOffset]).toEqual([21, 'OFFSET_RESET', '2'])
    expect((await direct.pull('casters', 'cast', 0)).code).toBe(0) // from here on it says itself where it is
  })

  it('is told to start elsewhere after a reset, once, and cannot undo it', async () => {
    for (let n = 0; n < 3; n++) await client.send({ topic: 'reset' })
    await client.pull('r', 'reset', 3, { sysFlag: '5', commitOffset: '3' })
    const reset = await client.ask(222, {
      topic: 'reset',
      group: 'r',
      timestamp: '0',
      isForce: 'true',
      queueId: '0',
      offset: '1', // biome-ignore format: one line
    })
    expect(reset.code).toBe(0)
    const late = await client.ask(15, { consumerGroup: 'r', topic: 'reset', queueId: '0', commitOffset: '3' })
    expect([late.code, late.remark]).toEqual([0, 'Offset has been previously reset'])
    const moved = await client.pull('r', 'reset', 3, { sysFlag: '7', commitOffset: '3' })
    expect([moved.code, moved.remark, moved.ext.nextBeginOffset]).toEqual([21, 'OFFSET_RESET', '1'])
    expect((await client.pull('r', 'reset', 1)).code).toBe(0)
  })
})
