// test/broker/processor/reply.test.ts: a consumer answers a request, and the answer reaches whoever asked.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExtFields } from '../../../broker/protocol/command'
import { parseProperties, writeProperties } from '../../../broker/protocol/properties'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

const TOPIC = 'DefaultCluster_REPLY_TOPIC'
const PUSH = 326

let broker: RealBroker
let requester: TestClient
let replier: TestClient
beforeAll(async () => {
  broker = await openRealBroker()
  requester = broker.client()
  replier = broker.client()
  requester.answers = ({ code }) => (code === PUSH ? { code: 0 } : undefined)
  await requester.heartbeat('asker@1', [], ['PG'])
})
afterAll(() => broker.stop())

const answerTo = (clientId: string | undefined, more: Record<string, string> = {}): Record<string, string> => ({
  MSG_TYPE: 'reply',
  CORRELATION_ID: 'c-1',
  ...(clientId === undefined ? {} : { REPLY_TO_CLIENT: clientId }),
  TTL: '3000',
  UNIQ_KEY: 'R1',
  ...more,
})
/** What the broker adds, as to any message that is sent: seen with the example mains beside Apache 5.5.0. */
const asSent = { MSG_REGION: 'DefaultRegion', TRACE_ON: 'true' }
/** In the second form, as Java consumers send. */
const reply = (properties: Record<string, string>, ext: ExtFields = {}, body = 'the answer') =>
  replier.ask(
    325,
    {
      a: 'CG',
      b: TOPIC,
      c: 'TBW102',
      d: '4',
      e: '0',
      f: '0',
      g: '1700000000000',
      h: '5',
      i: writeProperties(Object.entries(properties)),
      j: '0',
      k: 'false',
      m: 'false',
      ...ext,
    },
    body,
  )

describe('a reply', () => {
  it('is pushed to the client that asked and stored in the reply topic', async () => {
    const sent = await reply(answerTo('asker@1'))
    expect(sent).toMatchObject({ code: 0, ext: { queueId: '0', MSG_REGION: 'DefaultRegion', TRACE_ON: 'true' } })
    const pushed = requester.told.find(({ code }) => code === PUSH)
    expect(pushed?.body.toString()).toBe('the answer')
    expect(pushed?.ext).toMatchObject({
      producerGroup: 'CG',
      topic: TOPIC,
      defaultTopic: 'TBW102',
      defaultTopicQueueNums: '4',
      queueId: '0',
      sysFlag: '0',
      bornTimestamp: '1700000000000',
      flag: '5',
      reconsumeTimes: '0',
      unitMode: 'false',
      storeHost: broker.address,
    })
    expect(pushed?.ext.bornHost).toMatch(/^127\.0\.0\.1:\d+$/)
    const properties = parseProperties(pushed?.ext.properties ?? '')
    expect(Math.abs(Date.now() - Number(properties.get('PUSH_REPLY_TIME')))).toBeLessThan(60_000)
    properties.delete('PUSH_REPLY_TIME')
    expect(Object.fromEntries(properties)).toEqual({ ...answerTo('asker@1'), ...asSent })

    const stored = await replier.view(sent.ext.msgId ?? '')
    expect(stored).toMatchObject({ topic: TOPIC, queueId: 0, flag: 5, text: 'the answer' })
    expect(stored.properties).toEqual({ ...answerTo('asker@1'), ...asSent })
    expect(sent.ext.queueOffset).toBe(String(stored.queueOffset))
  })

  it('in the first form is the same', async () => {
    const before = requester.told.length
    const sent = await replier.ask(
      324,
      {
        producerGroup: 'CG',
        topic: TOPIC,
        defaultTopic: 'TBW102',
        defaultTopicQueueNums: '4',
        queueId: '-1',
        sysFlag: '0',
        bornTimestamp: '1',
        flag: '0',
        properties: writeProperties(Object.entries(answerTo('asker@1'))),
      },
      'v1',
    )
    expect(sent).toMatchObject({ code: 0, ext: { queueId: '0' } })
    expect(requester.told.slice(before).map(({ code, body }) => [code, body.toString()])).toEqual([[PUSH, 'v1']])
  })

  it.each([
    ['nobody knows', 'gone@1', 'push reply message fail, channel of <gone@1> not found.'],
    ['nobody named', undefined, 'reply message properties[REPLY_TO_CLIENT] is null'],
  ])('to a client that %s is refused, and stored all the same', async (_what, clientId, remark) => {
    const refused = await reply(answerTo(clientId))
    expect(refused).toMatchObject({ code: 1, remark })
    expect((await replier.view(refused.ext.msgId ?? '')).text).toBe('the answer')
  })

  it('that the client does not take is refused', async () => {
    requester.answers = ({ code }) => (code === PUSH ? { code: 1, remark: 'no such request' } : undefined)
    const refused = await reply(answerTo('asker@1'))
    requester.answers = ({ code }) => (code === PUSH ? { code: 0 } : undefined)
    expect(refused).toMatchObject({ code: 1, remark: 'push reply message to asker@1fail.' })
  })

  it('to a client that is not connected any more is refused', async () => {
    const brief = broker.client()
    await brief.heartbeat('brief@1', [], ['PG'])
    brief.close()
    await expect
      .poll(async () => (await reply(answerTo('brief@1'))).remark)
      .toMatch(/^push reply message (fail, channel of <brief@1> not found\.|to brief@1fail\.)$/)
  })

  it('is not stored where storing is switched off', async () => {
    await replier.ask(25, {}, 'storeReplyMessageEnable=false')
    const before = (await replier.ask(30, { topic: TOPIC, queueId: '0' })).ext.offset
    const sent = await reply(answerTo('asker@1'))
    await replier.ask(25, {}, 'storeReplyMessageEnable=true')
    expect(sent).toMatchObject({ code: 0, ext: { msgId: '0', queueId: '0', queueOffset: '0' } })
    expect((await replier.ask(30, { topic: TOPIC, queueId: '0' })).ext.offset).toBe(before)
  })

  it('to a topic that may not be, or a queue that is not there, is refused before anything is pushed', async () => {
    const before = requester.told.length
    expect(await reply(answerTo('asker@1'), { b: '../x' })).toMatchObject({ code: 29 })
    expect(await reply(answerTo('asker@1'), { b: 'SCHEDULE_TOPIC_XXXX' })).toMatchObject({ code: 16 })
    expect(await reply(answerTo('asker@1'), { b: 'none', c: 'none' })).toMatchObject({ code: 17 })
    expect(await reply(answerTo('asker@1'), { e: '16' })).toMatchObject({ code: 29 })
    expect(await reply(answerTo('asker@1'), { e: 'x' })).toMatchObject({ code: 1 })
    expect(requester.told.length).toBe(before)
  })

  it('that is too large to store is pushed, and its sender hears so', async () => {
    const sent = await reply(answerTo('asker@1'), {}, 'x'.repeat(5 * 1024 * 1024))
    expect(sent).toMatchObject({ code: 0, ext: { msgId: '0' } })
  })
})
