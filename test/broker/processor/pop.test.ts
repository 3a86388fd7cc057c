// test/broker/processor/pop.test.ts: POP over the wire, of a real broker: what is taken, what is done with, what comes again,
// and what a restart remembers. Codes and texts are those that Apache 5.5.0 gives.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { RequestCode } from '../../../broker/protocol/codes'
import type { Command, ExtFields } from '../../../broker/protocol/command'
import { parseProperties } from '../../../broker/protocol/properties'
import { decodeRecords } from '../../../broker/protocol/record'
import { openMessageStore } from '../../../broker/store'
import { put, storeOptions } from '../../support/stores'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker({ popFromRetryProbability: '0', reviveInterval: '100' })
  client = broker.client()
})
afterAll(() => broker.stop())

const createTopic = (topic: string, queues = 1, more: ExtFields = {}): Promise<Command> =>
  client.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, {
    topic,
    defaultTopic: 'TBW102',
    readQueueNums: String(queues),
    writeQueueNums: String(queues),
    perm: '6',
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag: '0',
    order: 'false',
    ...more,
  })

const popHeader = (topic: string, more: ExtFields = {}): ExtFields => ({
  consumerGroup: 'g',
  topic,
  queueId: '-1',
  maxMsgNums: '32',
  invisibleTime: '60000',
  pollTime: '0',
  bornTime: String(Date.now()),
  initMode: '0',
  exp: '*',
  expType: 'TAG',
  order: 'false',
  ...more,
})

interface Popped {
  topic: string
  queueId: number
  queueOffset: number
  text: string
  reconsumeTimes: number
  properties: Record<string, string>
  /** As a Java client makes it of the reply, or as the broker gave it. */
  handle: string
  flag: string
}
/** Pops, and makes the handles that a stock client makes. */
async function pop(topic: string, more: ExtFields = {}): Promise<{ reply: Command; messages: Popped[] }> {
  const reply = await client.ask(RequestCode.POP_MESSAGE, popHeader(topic, more))
  return { reply, messages: reply.code === 0 ? messagesOf(reply) : [] }
}
function messagesOf(reply: Command): Popped[] {
  const { startOffsetInfo = '', popTime, invisibleTime, reviveQid } = reply.ext
  const starts = new Map(
    startOffsetInfo.split(';').map((one) => {
      const [flag, queue, start] = one.split(' ')
      return [`${flag} ${queue}`, start] as const
    }),
  )
  return decodeRecords(reply.body).map((record) => {
    const properties = Object.fromEntries(parseProperties(record.properties))
    const given = properties.POP_CK
    const flag = given?.split(' ')[4] ?? '0'
    const start = starts.get(`${flag} ${record.queueId}`)
    const { topic, queueId, queueOffset, reconsumeTimes } = record
    const handle =
      given ?? `${start} ${popTime} ${invisibleTime} ${reviveQid} ${flag} broker-a ${queueId} ${queueOffset}`
    return { topic, queueId, queueOffset, text: record.body.toString(), reconsumeTimes, properties, handle, flag }
  })
}
const realTopic = ({ topic, flag }: Popped, group: string): string =>
  flag === '0' ? topic : `%RETRY%${group}${flag === '1' ? '_' : '+'}${topic}`
const ack = (message: Popped, group = 'g'): Promise<Command> =>
  client.ask(RequestCode.ACK_MESSAGE, {
    consumerGroup: group,
    topic: realTopic(message, group),
    queueId: String(message.queueId),
    extraInfo: message.handle,
    offset: String(message.queueOffset),
  })
const change = (message: Popped, invisibleTime: number, group = 'g'): Promise<Command> =>
  client.ask(RequestCode.CHANGE_MESSAGE_INVISIBLETIME, {
    consumerGroup: group,
    topic: realTopic(message, group),
    queueId: String(message.queueId),
    extraInfo: message.handle,
    offset: String(message.queueOffset),
    invisibleTime: String(invisibleTime),
  })
const fill = async (topic: string, count: number, queues = 1): Promise<void> => {
  for (let n = 0; n < count; n++) {
    await client.send({
      topic,
      body: `m${n}`,
      queueId: n % queues,
      properties: { UNIQ_KEY: `U${n}`, TAGS: `t${n % 2}` },
    })
  }
}
/** Pops until so many came. */
async function popUntil(topic: string, count: number, more: ExtFields = {}): Promise<Popped[]> {
  const found: Popped[] = []
  const endMs = Date.now() + 15_000
  while (found.length < count && Date.now() < endMs) {
    found.push(...(await pop(topic, { pollTime: '1000', bornTime: String(Date.now()), ...more })).messages)
  }
  return found
}
const texts = (messages: readonly Popped[]): string[] => messages.map(({ text }) => text).sort()

describe('a pop', () => {
  it('takes from all queues, and nobody else of the group gets the same', async () => {
    await createTopic('all', 4)
    await fill('all', 8, 4)
    const first = await pop('all', { maxMsgNums: '5' })
    const second = await pop('all')
    expect(texts([...first.messages, ...second.messages])).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'])
    expect(first.reply).toMatchObject({ code: 0, remark: 'FOUND', ext: { restNum: '3', invisibleTime: '60000' } })
    expect(await pop('all')).toMatchObject({ reply: { code: 210, remark: 'NO_MESSAGE_IN_QUEUE' } })
    expect(texts((await pop('all', { consumerGroup: 'other' })).messages)).toHaveLength(8)
  })

  it('waits for a message and is answered with it, one pop of a group per message', async () => {
    await createTopic('later')
    const waiting = [1, 2].map(() => pop('later', { pollTime: '8000' }))
    const asked = { consumerGroup: 'g', topic: 'later', queueId: '-1' }
    const held = async () => (await client.ask(RequestCode.POLLING_INFO, asked)).ext.pollingNum
    await vi.waitFor(async () => expect(await held()).toBe('2'), 8000)
    await fill('later', 1)
    const first = await Promise.race(waiting)
    expect(texts(first.messages)).toEqual(['m0'])
    await client.send({ topic: 'later', body: 'm1' })
    expect((await Promise.all(waiting)).flatMap(({ messages }) => texts(messages)).sort()).toEqual(['m0', 'm1'])
  })

  it('is told when its time is over, and when too many wait', async () => {
    await createTopic('nothing')
    expect(await pop('nothing', { pollTime: '300' })).toMatchObject({ reply: { code: 210 } })
    expect(await pop('nothing', { bornTime: '1000' })).toMatchObject({
      reply: { code: 210, remark: 'the broker[127.0.0.1] pop message is timeout too much' },
    })
  })

  it('filters by tag and by SQL, and leaves what does not pass behind', async () => {
    await createTopic('filtered')
    await fill('filtered', 6)
    expect(texts((await pop('filtered', { exp: 't1' })).messages)).toEqual(['m1', 'm3', 'm5'])
    expect((await pop('filtered', { exp: '*' })).messages).toEqual([])
    const sql = { consumerGroup: 'sql', exp: "TAGS = 't0'", expType: 'SQL92' }
    expect(texts((await pop('filtered', sql)).messages)).toEqual(['m0', 'm2', 'm4'])
    expect(await pop('filtered', { ...sql, exp: 'TAGS = ' })).toMatchObject({ reply: { code: 23 } })
  })

  it.each<[string, string, ExtFields, number, RegExp]>([
    ['a topic that is not there', 'absent', {}, 17, /^topic\[absent\] not exist, apply first please! \nSee http/],
    ['a queue that is not there', 'all', { queueId: '9' }, 29, /^queueId\[9\] is illegal, topic:\[all\] /],
    [
      '33 messages',
      'all',
      { maxMsgNums: '33' },
      29,
      /^the broker\[127\.0\.0\.1\] pop message's num is greater than 32$/,
    ],
    ['a time that no timer knows', 'all', { invisibleTime: '9000000000' }, 29, /^the invisible time is 9000000000 ms/],
    ['a group that cannot be', 'all', { consumerGroup: 'a b' }, 26, /^subscription group \[a b\] does not exist, /],
  ])('refuses %s', async (_name, topic, more, code, remark) => {
    const { reply } = await pop(topic, more)
    expect(reply.code).toBe(code)
    expect(reply.remark).toMatch(remark)
  })
})

describe('CO: what was popped', () => {
  it('comes again after its time unless it was acknowledged, through a retry topic that nobody sees', async () => {
    await createTopic('again')
    await fill('again', 4)
    const { reply, messages } = await pop('again', { invisibleTime: '400' })
    expect(await ack(messages[1] as Popped)).toMatchObject({ code: 0 }) // four came
    expect(await ack(messages[3] as Popped)).toMatchObject({ code: 0 })
    const back = await popUntil('again', 2)
    expect(texts(back)).toEqual(['m0', 'm2'])
    for (const message of back) {
      expect(message).toMatchObject({ topic: 'again', queueId: 0, reconsumeTimes: 1, flag: '1' })
      expect(message.properties['1ST_POP_TIME']).toBe(reply.ext.popTime)
      expect(await ack(message)).toMatchObject({ code: 0 })
    }
    expect((await pop('again')).messages).toEqual([])
  })

  it('is acknowledged many at once', async () => {
    await createTopic('batch')
    await fill('batch', 5)
    const { reply, messages } = await pop('batch', { invisibleTime: '400' })
    expect(messages).toHaveLength(5)
    const { popTime, reviveQid } = reply.ext
    const one = { t: 'batch', c: 'g', r: '0', q: 0, rq: Number(reviveQid), so: 0, pt: Number(popTime), it: 400 }
    const body = JSON.stringify({
      brokerName: 'broker-a',
      acks: [{ ...one, b: Buffer.from([0b10111]).toString('base64') }],
    })
    expect(await client.ask(RequestCode.BATCH_ACK_MESSAGE, {}, body)).toMatchObject({ code: 0 })
    expect(texts(await popUntil('batch', 1))).toEqual(['m3'])
    expect(await client.ask(RequestCode.BATCH_ACK_MESSAGE, {}, '{"acks":[]}')).toMatchObject({ code: 208 })
  })

  it('stays away longer, or shorter, when its time is changed', async () => {
    await createTopic('changed')
    await fill('changed', 2)
    const { messages } = await pop('changed', { invisibleTime: '60000' })
    const changed = await change(messages[0] as Popped, 300) // two came
    expect(changed).toMatchObject({ code: 0, ext: { invisibleTime: '300' } })
    expect(Number(changed.ext.popTime)).toBeGreaterThan(Date.now() - 10_000)
    const back = await popUntil('changed', 1)
    expect(texts(back)).toEqual(['m0'])
    expect(await change({ ...(messages[1] as Popped), queueOffset: 7 }, 300)).toMatchObject({ code: 208 })
  })

  it('is not done by a receipt that nobody gave out', async () => {
    const forged = { topic: 'again', queueId: 0, queueOffset: 0, flag: '0', handle: 'x' } as Popped // all that ack reads
    expect(await ack(forged)).toMatchObject({ code: 13 })
    expect(await ack({ ...forged, handle: '0 99999999999999 0 0 0 broker-a 0 0' })).toMatchObject({ code: 13 })
    expect(await ack({ ...forged, handle: '0 0 0 500 0 broker-a 0 0' })).toMatchObject({ code: 13 })
    expect(await ack({ ...forged, queueOffset: 99 })).toMatchObject({ code: 208 })
    expect(await ack({ ...forged, queueId: 3 })).toMatchObject({ code: 13 })
    expect(await ack({ ...forged, topic: 'absent' })).toMatchObject({ code: 17 })
  })

  it('comes again whatever stands in the revive log, into which no client writes', async () => {
    await createTopic('forged')
    const topic = 'rmq_sys_REVIVE_LOG_DefaultCluster'
    const forged = { bm: 0, c: 'g', it: 1, n: 3_000_000, pt: Date.now() - 5000, q: 0, ro: 0, so: 0, t: 'forged' }
    const body = JSON.stringify(forged)
    expect((await client.send({ topic, body, properties: { TAGS: 'ck' } })).code).toBe(16)
    await broker.restart(async (dataDir) => {
      const store = await openMessageStore(
        storeOptions(dataDir, {
          commitLogSegmentBytes: 16_777_216,
          consumeQueueSegmentBytes: 20 * 300_000,
          indexMaxSlots: 1000,
          indexMaxItems: 4000,
        }),
      )
      for (let queueId = 0; queueId < 8; queueId++) await put(store, { topic, queueId, body, tags: 'ck' })
      await store.close()
    })
    await fill('forged', 1)
    expect((await pop('forged', { invisibleTime: '500' })).messages).toHaveLength(1)
    expect(texts((await pop('forged', { pollTime: '8000' })).messages)).toEqual(['m0'])
    expect(broker.complaints.filter((line) => line.includes('3000000 messages of one pop'))).toHaveLength(8)
  })
  it('survives a restart: what was not acknowledged comes again, and only that', async () => {
    await createTopic('restart')
    await fill('restart', 4)
    const { messages } = await pop('restart', { invisibleTime: '1500', maxMsgNums: '3' })
    await ack(messages[0] as Popped) // three came
    await broker.restart()
    expect(texts(await popUntil('restart', 3))).toEqual(['m1', 'm2', 'm3'])
    expect((await pop('restart')).messages).toEqual([])
  })
})

describe('OR: a pop in order', () => {
  const ordered = { order: 'true', queueId: '0', maxMsgNums: '2' }
  it('gives a queue to nobody else until the batch is done or visible again', async () => {
    await createTopic('ordered')
    await fill('ordered', 4)
    const first = await pop('ordered', { ...ordered, attemptId: 'a' })
    expect(texts(first.messages)).toEqual(['m0', 'm1'])
    expect(first.reply.ext).toMatchObject({ reviveQid: '999', orderCountInfo: '0 0 0' })
    expect((await pop('ordered', { ...ordered, attemptId: 'b' })).messages).toEqual([])
    expect(texts((await pop('ordered', { ...ordered, attemptId: 'a' })).messages)).toEqual(['m0', 'm1'])
    const again = await pop('ordered', { ...ordered, attemptId: 'a' })
    expect(await ack(again.messages[1] as Popped)).toMatchObject({ code: 0 })
    expect((await pop('ordered', { ...ordered, attemptId: 'b' })).messages).toEqual([])
    const waiting = pop('ordered', { ...ordered, attemptId: 'b', pollTime: '8000' })
    await sleep(30)
    await ack(again.messages[0] as Popped)
    expect(texts((await waiting).messages)).toEqual(['m2', 'm3'])
  })

  it('gives the same again, counted, when its time is over, and wakes who waits for it', async () => {
    await createTopic('orderedAgain')
    await fill('orderedAgain', 2)
    await pop('orderedAgain', { ...ordered, attemptId: 'a', invisibleTime: '300' })
    const { reply, messages } = await pop('orderedAgain', { ...ordered, attemptId: 'b', pollTime: '8000' })
    expect(texts(messages)).toEqual(['m0', 'm1'])
    expect(reply.ext.orderCountInfo).toBe('0 qo0%0 1;0 qo0%1 1;0 0 1')
  })

  it('knows after a restart what is out', async () => {
    await createTopic('orderedRestart')
    await fill('orderedRestart', 4)
    const { messages } = await pop('orderedRestart', { ...ordered, attemptId: 'a' })
    await ack(messages[0] as Popped)
    await broker.restart()
    expect((await pop('orderedRestart', { ...ordered, attemptId: 'b' })).messages).toEqual([])
    await ack(messages[1] as Popped)
    expect(texts((await pop('orderedRestart', { ...ordered, attemptId: 'b' })).messages)).toEqual(['m2', 'm3'])
  })
})

describe('a topic of type PRIORITY', () => {
  it('gives what is of high priority first, from the queue of its number, whatever queue it was sent to', async () => {
    await createTopic('urgent', 4, { attributes: '+message.type=PRIORITY' })
    for (const [n, priority] of ['1', '9', '0', '3', '2'].entries()) {
      await client.send({ topic: 'urgent', body: `m${n}`, queueId: 1, properties: { _SYS_MSG_PRIORITY_: priority } })
    }
    const late = { _SYS_MSG_PRIORITY_: '3', DELAY: '18' }
    expect((await client.send({ topic: 'urgent', queueId: 1, properties: late })).ext.queueId).toBe('1')
    const { messages } = await pop('urgent')
    expect(messages.map(({ text, queueId }) => `${text} ${queueId}`)).toEqual(['m1 3', 'm3 3', 'm4 2', 'm0 1', 'm2 0'])
  })
})

describe('what looks without taking', () => {
  const notify = (topic: string, more: ExtFields = {}): Promise<Command> =>
    client.ask(RequestCode.NOTIFICATION, {
      consumerGroup: 'g',
      topic,
      queueId: '-1',
      pollTime: '0',
      bornTime: String(Date.now()),
      ...more,
    })
  it('a notification says whether there is something, at once or when it comes', async () => {
    await createTopic('noticed')
    expect(await notify('noticed')).toMatchObject({ code: 0, ext: { hasMsg: 'false', pollingFull: 'false' } })
    const waiting = notify('noticed', { pollTime: '8000' })
    await sleep(30)
    await fill('noticed', 1)
    expect(await waiting).toMatchObject({ code: 0, ext: { hasMsg: 'true' } })
    expect(texts((await pop('noticed')).messages)).toEqual(['m0'])
    expect(await notify('noticed')).toMatchObject({ ext: { hasMsg: 'false' } })
  })
  it('a peek shows what a pop would take, which is still there afterwards', async () => {
    await createTopic('peeked')
    await fill('peeked', 3)
    const asked = { consumerGroup: 'g', topic: 'peeked', queueId: '-1', maxMsgNums: '2' }
    const reply = await client.ask(RequestCode.PEEK_MESSAGE, asked)
    expect(decodeRecords(reply.body).map(({ body }) => body.toString())).toEqual(['m0', 'm1'])
    expect((await pop('peeked')).messages).toHaveLength(3)
    expect(await client.ask(RequestCode.PEEK_MESSAGE, asked)).toMatchObject({ code: 19 })
  })
})
