// test/broker/schedule/delay-levels.test.ts: delayed messages come when their time has come.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRealBroker, type RealBroker, type TestClient } from '../processor/real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker({ messageDelayLevel: '1s 2s 1h', flushDelayOffsetInterval: '1000' })
  client = broker.client()
})
afterAll(() => broker.stop())

describe('a delayed message', () => {
  it('DL1: is not seen before its time and not much later, with the properties that Apache leaves on it', async () => {
    const sent = await client.send({ topic: 'd', body: 'later', queueId: 2, properties: { DELAY: '1', TAGS: 'A' } })
    expect(sent.ext).toMatchObject({ queueId: '2', queueOffset: '0' })
    const waiting = await client.view(sent.ext.msgId ?? '')
    expect(waiting).toMatchObject({ topic: 'SCHEDULE_TOPIC_XXXX', queueId: 0 })
    const pull = await client.pull('g', 'd', 0, { queueId: '2', sysFlag: '6', subscription: 'A' })
    expect(pull.code).toBe(0)
    const [found] = await client.pullUntil('g', 'd', 0, 2)
    expect(found?.text).toBe('later')
    const waitedMs = (found?.storeTimestampMs ?? 0) - waiting.storeTimestampMs
    expect(waitedMs).toBeGreaterThanOrEqual(1000)
    expect(found?.properties).toEqual({
      ...waiting.properties,
      DELAY: '1',
      REAL_TOPIC: 'd',
      REAL_QID: '2',
      TAGS: 'A',
    })
  })

  it('beyond the last level waits as long as the last', async () => {
    const sent = await client.send({ topic: 'd', properties: { DELAY: '99' } })
    expect(await client.view(sent.ext.msgId ?? '')).toMatchObject({ queueId: 2, properties: { DELAY: '3' } })
  })

  it('keeps its order among those of its level', async () => {
    for (let n = 0; n < 100; n++) await client.send({ topic: 'ordered', body: `m${n}`, properties: { DELAY: '1' } })
    const seen: string[] = []
    while (seen.length < 100)
      seen.push(...(await client.pullUntil('g', 'ordered', seen.length)).map(({ text }) => text))
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => `m${n}`))
  })

  it('DL9: sent before a restart comes after it, once', async () => {
    await client.send({ topic: 'restarted', body: 'patient', properties: { DELAY: '2' } })
    await client.send({ topic: 'restarted', body: 'quick', properties: { DELAY: '1' } })
    expect((await client.pullUntil('g', 'restarted')).map(({ text }) => text)).toEqual(['quick'])
    await broker.restart()
    client = broker.client()
    expect((await client.pullUntil('g', 'restarted', 1)).map(({ text }) => text)).toEqual(['patient'])
    const file = await readFile(join(broker.dataDir, 'config', 'delayOffset.json'), 'utf8')
    expect(file).toMatch(/"offsetTable":\{\n\t\t1:\d+/)
  })
})
