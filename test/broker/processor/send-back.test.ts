// test/broker/processor/send-back.test.ts: messages that a consumer could not do with.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseOffsetId } from '../../../broker/protocol/message-id'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  // the first retry waits for the third level
  broker = await openRealBroker({ messageDelayLevel: '1s 1s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s' })
  client = broker.client()
})
afterAll(() => broker.stop())

const sendBack = (offsetMsgId: string, group: string, ext: Record<string, string> = {}) => {
  const { commitLogOffset } = parseOffsetId(offsetMsgId)
  return client.ask(36, { offset: String(commitLogOffset), group, delayLevel: '0', originTopic: 't', ...ext })
}

describe('a message sent back', () => {
  it('comes again on the group’s retry topic, as the same message', async () => {
    const sent = await client.send({ topic: 't', body: 'again', properties: { TAGS: 'A', UNIQ_KEY: 'U' } })
    const msgId = sent.ext.msgId ?? ''
    expect((await sendBack(msgId, 'g')).code).toBe(0)
    const [back] = await client.pullUntil('g', '%RETRY%g')
    expect(back).toMatchObject({ text: 'again', reconsumeTimes: 1, bornTimestampMs: 1_700_000_000_000 })
    expect(back?.properties).toEqual({
      TAGS: 'A',
      UNIQ_KEY: 'U',
      MSG_REGION: 'DefaultRegion',
      TRACE_ON: 'true',
      CLUSTER: 'DefaultCluster',
      RETRY_TOPIC: 't',
      ORIGIN_MESSAGE_ID: msgId,
      WAIT: 'false',
      DELAY: '3',
      REAL_TOPIC: '%RETRY%g',
      REAL_QID: '0',
    })
  })

  it('keeps its first id and topic however often it comes, waiting a level longer each time', async () => {
    const sent = await client.send({ topic: 't', body: 'often' })
    let msgId = sent.ext.msgId ?? ''
    for (let times = 1; times <= 3; times++) {
      await sendBack(msgId, 'often')
      const [back] = await client.pullUntil('often', '%RETRY%often', times - 1)
      expect(back).toMatchObject({ text: 'often', reconsumeTimes: times })
      expect(back?.properties).toMatchObject({
        DELAY: String(2 + times),
        RETRY_TOPIC: 't',
        ORIGIN_MESSAGE_ID: sent.ext.msgId,
        UNIQ_KEY: sent.ext.transactionId,
      })
      msgId = (sent.ext.msgId ?? '').slice(0, 16) + (back?.commitLogOffset ?? 0).toString(16).padStart(16, '0')
    }
  })

  it('RT2: too often lands in the dead letter topic, which can be read', async () => {
    const sent = await client.send({ topic: 't', body: 'dead' })
    expect((await sendBack(sent.ext.msgId ?? '', 'tired', { maxReconsumeTimes: '0' })).code).toBe(0)
    const [dead] = await client.pullUntil('tired', '%DLQ%tired')
    expect(dead).toMatchObject({ text: 'dead', reconsumeTimes: 1 })
    expect(dead?.properties).toMatchObject({ DELAY: '0', RETRY_TOPIC: 't', ORIGIN_MESSAGE_ID: sent.ext.msgId })
    expect(dead?.properties.REAL_TOPIC).toBeUndefined()
  })

  it('RT1, RT3: may come twenty times when its consumer says so, and waits as long as the last level from the sixteenth on', async () => {
    const sent = await client.send({ topic: 't', body: 'patient', properties: { UNIQ_KEY: 'RT3' } })
    const idPrefix = (sent.ext.msgId ?? '').slice(0, 16)
    let msgId = sent.ext.msgId ?? ''
    const levels: string[] = []
    for (let times = 1; times <= 20; times++) {
      expect((await sendBack(msgId, 'twenty', { maxReconsumeTimes: '20' })).code).toBe(0)
      const [back] = await client.pullUntil('twenty', '%RETRY%twenty', times - 1)
      expect(back).toMatchObject({ text: 'patient', reconsumeTimes: times })
      levels.push(back?.properties.DELAY ?? '')
      msgId = idPrefix + (back?.commitLogOffset ?? 0).toString(16).padStart(16, '0')
    }
    const growing = Array.from({ length: 16 }, (_, n) => String(n + 3))
    expect(levels).toEqual([...growing, '18', '18', '18', '18'])
    expect((await sendBack(msgId, 'twenty', { maxReconsumeTimes: '20' })).code).toBe(0)
    const [dead] = await client.pullUntil('twenty', '%DLQ%twenty')
    expect(dead).toMatchObject({ text: 'patient', reconsumeTimes: 21, properties: { UNIQ_KEY: 'RT3' } })
  })

  it('RT4: is judged by the maximum that comes with it, and by that of the group where none does', async () => {
    const config = { groupName: 'once', retryMaxTimes: 1, retryQueueNums: 1, consumeEnable: true }
    expect((await client.ask(200, {}, JSON.stringify(config))).code).toBe(0)
    const sent = await client.send({ topic: 't', body: 'fragile' })
    const id = sent.ext.msgId ?? ''
    await sendBack(id, 'once')
    const [back] = await client.pullUntil('once', '%RETRY%once')
    const again = id.slice(0, 16) + (back?.commitLogOffset ?? 0).toString(16).padStart(16, '0')
    await sendBack(again, 'once', { maxReconsumeTimes: '5' }) // an instance that was started with another maximum
    expect((await client.pullUntil('once', '%RETRY%once', 1))[0]).toMatchObject({ reconsumeTimes: 2 })
    await sendBack(again, 'once') // one that says nothing
    expect((await client.pullUntil('once', '%DLQ%once'))[0]).toMatchObject({ text: 'fragile', reconsumeTimes: 2 })
  })

  it('with a level below 0 is buried at once', async () => {
    const sent = await client.send({ topic: 't', body: 'poison' })
    await sendBack(sent.ext.msgId ?? '', 'strict', { delayLevel: '-1' })
    expect((await client.pullUntil('strict', '%DLQ%strict'))[0]?.text).toBe('poison')
  })

  it('is refused when group or message are not there', async () => {
    const sent = await client.send({ topic: 't' })
    const badGroup = await sendBack(sent.ext.msgId ?? '', 'a b')
    expect(badGroup.code).toBe(26)
    expect(badGroup.remark).toBe(
      'subscription group not exist, a b \nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.',
    )
    const nowhere = await client.ask(36, { offset: '1000000000', group: 'g', delayLevel: '0' })
    expect([nowhere.code, nowhere.remark]).toEqual([1, 'look message by offset failed, 1000000000'])
  })
})

describe('a plain send to a retry topic', () => {
  it('stays there while it may be tried again, and is buried beyond', async () => {
    const retry = { topic: '%RETRY%own', ext: { c: 'none', l: '3' } }
    await client.send({ ...retry, body: 'alive', ext: { ...retry.ext, j: '3' } })
    await client.send({ ...retry, body: 'dead', ext: { ...retry.ext, j: '4' } })
    expect((await client.pullUntil('own', '%RETRY%own')).map(({ text }) => text)).toEqual(['alive'])
    const [buried] = await client.pullUntil('own', '%DLQ%own')
    expect(buried).toMatchObject({ text: 'dead', reconsumeTimes: 4, properties: { DELAY: '-1' } })
  })

  it('of a group that consumes in order is a burial', async () => {
    const queues = [{ topic: 't', brokerName: 'broker-a', queueId: 0 }]
    await client.ask(41, {}, JSON.stringify({ clientId: 'c', consumerGroup: 'ordered', mqSet: queues }))
    await client.send({ topic: '%RETRY%ordered', body: 'poison', ext: { c: 'none' } })
    expect((await client.pullUntil('ordered', '%DLQ%ordered')).map(({ text }) => text)).toEqual(['poison'])
  })
})
