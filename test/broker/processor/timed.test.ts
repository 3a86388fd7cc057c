// test/broker/processor/timed.test.ts: what a broker answers to messages with a time, and to those who take them back. A real
// broker; texts and codes are those that Apache 5.5.0 gives.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RequestCode } from '../../../broker/protocol/codes'
import type { Command } from '../../../broker/protocol/command'
import { readRecallHandle, writeRecallHandle } from '../../../broker/protocol/recall-handle'
import { decodeRecord } from '../../../broker/protocol/record'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker({ messageDelayLevel: '1s 1h' })
  client = broker.client()
})
afterAll(() => broker.stop())

const DAY = 86_400_000
const MINUTE = 60_000
const timed = (properties: Record<string, string>, topic = 'timed'): Promise<Command> =>
  client.send({ topic, body: 'timed', queueId: 1, properties })
const limit =
  'timer message illegal, the delay time should not be bigger than the max delay 3456000000ms; or if set del msg, the delay time should be bigger than the current time'
const recall = (recallHandle: string, topic = 'timed'): Promise<Command> =>
  client.ask(RequestCode.RECALL_MESSAGE, { producerGroup: 'p', topic, recallHandle })

describe('a message with a time', () => {
  it('waits in the timer queue as it does in Apache, and its sender gets a handle', async () => {
    const at = Date.now() + 3_600_000
    const sent = await timed({ TIMER_DELIVER_MS: String(at), UNIQ_KEY: 'U1', TAGS: 'A', KEYS: 'k' })
    expect(sent.code).toBe(0)
    expect(sent.ext).toMatchObject({ queueId: '1', queueOffset: '0', transactionId: 'U1' })
    const slot = at % 1000 === 0 ? at - 1000 : Math.floor(at / 1000) * 1000
    expect(readRecallHandle(sent.ext.recallHandle ?? '')).toEqual({
      topic: 'timed',
      brokerName: 'broker-a',
      deliverAt: String(slot + 1),
      uniqueKey: 'U1',
    })
    const waiting = await client.view(sent.ext.msgId ?? '')
    expect(waiting).toMatchObject({ topic: 'rmq_sys_wheel_timer', queueId: 0 })
    expect(waiting.properties).toMatchObject({
      TIMER_DELIVER_MS: String(at),
      TIMER_OUT_MS: String(slot),
      REAL_TOPIC: 'timed',
      REAL_QID: '1',
      TAGS: 'A',
      KEYS: 'k',
    })
  })

  it.each([
    ['TIMER_DELIVER_MS', (ms: number) => String(Date.now() + ms)],
    ['TIMER_DELAY_MS', (ms: number) => String(ms)],
    ['TIMER_DELAY_SEC', (ms: number) => String(ms / 1000)],
    ['__STARTDELIVERTIME', (ms: number) => String(Date.now() + ms)],
  ])('%s may lie 40 days ahead and no further', async (name, value) => {
    expect(await timed({ [name]: value(40 * DAY - MINUTE) })).toMatchObject({ code: 0 })
    expect(await timed({ [name]: value(40 * DAY + MINUTE) })).toMatchObject({ code: 13, remark: limit })
  })

  it('that is no number is refused', async () => {
    for (const text of ['soon', '1e3', '1.5', '0x10', ' 5', '99999999999999999999']) {
      expect(await timed({ TIMER_DELIVER_MS: text })).toMatchObject({ code: 13, remark: limit })
    }
  })

  it.each([{ TIMER_DELIVER_MS: '1' }, { TIMER_DELAY_SEC: '-5' }, { TIMER_DELAY_MS: '0' }, { __STARTDELIVERTIME: '1' }])(
    'of the past goes to its topic at once: %o',
    async (properties) => {
      const topic = `past${Object.keys(properties)[0]}`
      const sent = await timed(properties, topic)
      expect(sent.ext.recallHandle).toBeUndefined()
      expect(await client.view(sent.ext.msgId ?? '')).toMatchObject({ topic, queueId: 1 })
    },
  )

  it('and a delay level waits for its level, and keeps no time', async () => {
    const sent = await timed({ DELAY: '2', TIMER_DELAY_SEC: '1', __STARTDELIVERTIME: '7', TIMER_DELAY_MS: 'x' })
    const waiting = await client.view(sent.ext.msgId ?? '')
    expect(waiting).toMatchObject({ topic: 'SCHEDULE_TOPIC_XXXX', queueId: 1 })
    expect(Object.keys(waiting.properties)).not.toContain('TIMER_DELAY_SEC')
    expect(Object.keys(waiting.properties)).not.toContain('__STARTDELIVERTIME')
  })

  it('comes to its queue when its time has come', async () => {
    const sent = await timed({ TIMER_DELAY_MS: '1200', TAGS: 'B' }, 'comes')
    const waiting = await client.view(sent.ext.msgId ?? '')
    const [found] = await client.pullUntil('g', 'comes', 0, 1)
    expect(found?.text).toBe('timed')
    const waitedMs = (found?.storeTimestampMs ?? 0) - waiting.storeTimestampMs
    expect(waitedMs).toBeGreaterThanOrEqual(1200)
    expect(found?.properties).toMatchObject({ REAL_TOPIC: 'comes', REAL_QID: '1', TAGS: 'B', TIMER_DELAY_MS: '1200' })
  })

  it('DL7: that is due takes its place behind what came before', async () => {
    await timed({ TIMER_DELAY_MS: '1500', TAGS: 'due' }, 'behind')
    const backlog = Array.from({ length: 1000 }, (_, n) => ({ body: `m${n}` }))
    for (let n = 0; n < 10; n++) expect((await client.sendBatch('behind', backlog, { e: '1' })).code).toBe(0)
    const ext = { queueId: '1', subscription: 'due', sysFlag: '6', suspendTimeoutMillis: '500' }
    let at = 0
    for (let code = -1; code !== 0; ) {
      const reply = await client.pull('g', 'behind', at, ext)
      if (reply.code === 0) at = decodeRecord(reply.body).queueOffset
      else at = Number(reply.ext.nextBeginOffset)
      code = reply.code
    }
    expect(at).toBeGreaterThan(0)
    const [before, due, ...after] = await client.pullUntil('g', 'behind', at - 1, 1)
    expect(due).toMatchObject({ text: 'timed', queueOffset: at })
    expect(before?.storeTimestampMs).toBeLessThanOrEqual(due?.storeTimestampMs ?? 0)
    for (const { storeTimestampMs } of after)
      expect(storeTimestampMs).toBeGreaterThanOrEqual(due?.storeTimestampMs ?? 0)
  })

  it('DL8: of a length counts by this clock, whatever the sender’s says', async () => {
    const fromMs = Date.now()
    const born = String(fromMs - DAY)
    const sent = await client.send({
      topic: 'skewed',
      queueId: 1,
      properties: { TIMER_DELAY_MS: '1200' },
      ext: { g: born },
    })
    expect((await client.view(sent.ext.msgId ?? '')).topic).toBe('rmq_sys_wheel_timer')
    const [found] = await client.pullUntil('g', 'skewed', 0, 1)
    expect(found).toMatchObject({ bornTimestampMs: fromMs - DAY })
    expect(found?.storeTimestampMs).toBeGreaterThanOrEqual(fromMs + 1200)
  })

  it('comes after a restart, once', async () => {
    await timed({ TIMER_DELAY_MS: '300' }, 'restarted')
    await timed({ TIMER_DELAY_MS: '2000' }, 'restarted')
    await client.pullUntil('g', 'restarted', 0, 1)
    await broker.restart()
    client = broker.client()
    const [found] = await client.pullUntil('g', 'restarted', 1, 1)
    expect(found?.properties.TIMER_DELAY_MS).toBe('2000')
  })
})

describe('a recall', () => {
  it('takes its message away', async () => {
    const [first, second] = [
      await timed({ TIMER_DELAY_MS: '3000' }, 'taken'),
      await timed({ TIMER_DELAY_MS: '3000' }, 'taken'),
    ]
    const reply = await recall(first.ext.recallHandle ?? '', 'taken')
    expect(reply).toMatchObject({ code: 0, ext: { msgId: first.ext.transactionId } })
    const [found] = await client.pullUntil('g', 'taken', 0, 1)
    expect(found?.properties.UNIQ_KEY).toBe(second.ext.transactionId)
    const queue = await client.ask(RequestCode.GET_MAX_OFFSET, { topic: 'taken', queueId: '1' })
    expect(queue.ext.offset).toBe('1')
  })

  it('is refused with 604 for a handle that is none, or not of this topic, broker or time', async () => {
    const sent = await timed({ TIMER_DELAY_SEC: '3600' })
    const handle = readRecallHandle(sent.ext.recallHandle ?? '')
    const of = (changes: Partial<typeof handle>): string => writeRecallHandle({ ...handle, ...changes })
    const refused = async (text: string, topic?: string) => {
      const { code, remark } = await recall(text, topic)
      return [code, remark]
    }
    for (const text of ['', '%%%', 'abc', Buffer.from('v2 a b 1 c').toString('base64url')]) {
      expect(await refused(text)).toEqual([604, 'recall handle is invalid'])
    }
    await client.send({ topic: 'foreign' })
    expect(await refused(of({}), 'foreign')).toEqual([604, 'recall failed, topic not match'])
    expect(await refused(of({ brokerName: 'other' }))).toEqual([604, 'recall failed, broker service not available'])
    for (const deliverAt of ['1', 'soon', String(Date.now() + 41 * DAY)]) {
      expect(await refused(of({ deliverAt }))).toEqual([604, 'recall failed, timestamp invalid'])
    }
    expect(await refused(of({ topic: 'nosuch' }), 'nosuch')).toEqual([17, 'recall failed, the topic[nosuch] not exist'])
  })
})

describe('the figures of timed messages', () => {
  it('are answered as Apache answers them: 60, 61 and the runtime keys', async () => {
    await timed({ TIMER_DELAY_SEC: '3600' }, 'counted')
    await expect
      .poll(
        async () => JSON.parse((await client.ask(RequestCode.GET_TIMER_METRICS)).body.toString()).timingCount.counted,
      )
      .toMatchObject({ count: 1 })
    const checkpoint = await client.ask(RequestCode.GET_TIMER_CHECK_POINT)
    expect(checkpoint).toMatchObject({ code: 0 })
    expect(checkpoint.body.length).toBe(56)
    const readTimeMs = Number(checkpoint.body.readBigInt64BE(0))
    expect(readTimeMs % 1000).toBe(0)
    expect(Math.abs(Date.now() - readTimeMs)).toBeLessThan(60_000)
    const { body } = await client.ask(RequestCode.GET_BROKER_RUNTIME_INFO)
    const { table } = JSON.parse(body.toString()) as { table: Record<string, string> }
    expect(Number(table.timerCongestNum)).toBeGreaterThan(0)
    expect(table).toMatchObject({ timerReadBehind: '0', timerOffsetBehind: '0' })
    expect(table.timerEnqueueTps).toMatch(/^\d+\.\d+/)
  })
})

describe('without the timer wheel', () => {
  it('a message with a time is refused, and there are no figures', async () => {
    const off = await openRealBroker({ timerWheelEnable: 'false', recallMessageEnable: 'false' })
    try {
      const peer = off.client()
      expect(await peer.send({ topic: 't', properties: { TIMER_DELAY_SEC: '5' } })).toMatchObject({
        code: 1,
        remark: 'accurate timer message is not enabled, timerWheelEnable is false',
      })
      expect(await peer.ask(RequestCode.GET_TIMER_CHECK_POINT)).toMatchObject({
        code: 1,
        remark: 'The checkpoint is null',
      })
      const { code, remark } = await peer.ask(RequestCode.RECALL_MESSAGE, { topic: 't', recallHandle: 'x' })
      expect([code, remark]).toEqual([16, 'recall failed, operation is forbidden'])
    } finally {
      await off.stop()
    }
  })
})
