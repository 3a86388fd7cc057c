// test/client/timers.test.ts: timed messages of the stock Java client: on time, recalled, and over a kill of the
// broker while they wait; and Apache's own example of them.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Child } from '../support/children'
import { compileJava, javaParts, launchJava, runJava } from '../support/java'
import { type OurCluster, startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const TOPIC = 'Timed'
const DAY = 86_400_000
const MINUTE = 60_000

let ours: OurCluster
let client: Child
let missing: string | undefined
beforeAll(async () => {
  const parts = await javaParts()
  if ('missing' in parts) {
    missing = parts.missing
    return
  }
  ours = await startOurs()
  const wire = openWire(ours.broker)
  await wire.createTopic(TOPIC, 1)
  wire.close()
  const classes = await compileJava(parts)
  client = launchJava({ ...parts, classes, main: 'Timers', args: [ours.namesrv, TOPIC, 'timers'] })
  await client.line(/^READY/, 60_000)
})
afterAll(async () => {
  await client?.kill()
  if (ours !== undefined) expect(await ours.child.stop()).toEqual({ code: 0, signal: null })
})

const tell = (command: string, until: RegExp): Promise<string> => {
  client.write(`${command}\n`)
  return client.line(until, 60_000)
}
const send = (text: string, ...properties: string[]): Promise<string> =>
  tell(['send', text, ...properties].join(' '), new RegExp(`^(SENT|FAILED) ${text} `))
const arrival = async (text: string): Promise<number> => {
  const line = await client.line(new RegExp(`^RECEIVED ${text} `), 60_000)
  return Number(line.split(' ')[2])
}
const received = (text: string): number =>
  client.output.split('\n').filter((line) => line.startsWith(`RECEIVED ${text} `)).length

describe('timed messages of the Java client', () => {
  it('DL2 DL3 DL4: come at their time by each of its properties', async (context) => {
    if (missing) return context.skip(missing)
    const now = Date.now()
    const at = now + 3000
    await send('past', `TIMER_DELIVER_MS=${now - 3_600_000}`)
    await send('alibaba', `__STARTDELIVERTIME=${now + 2500}`)
    await send('absolute', `TIMER_DELIVER_MS=${at}`)
    const sec = Date.now()
    await send('seconds', 'TIMER_DELAY_SEC=2')
    const ms = Date.now()
    await send('millis', 'TIMER_DELAY_MS=1500')
    expect(await arrival('absolute')).toBeGreaterThanOrEqual(at)
    expect(await arrival('seconds')).toBeGreaterThanOrEqual(sec + 2000)
    expect(await arrival('millis')).toBeGreaterThanOrEqual(ms + 1500)
    expect(await arrival('alibaba')).toBeGreaterThanOrEqual(now + 2500)
    await arrival('past')
    const wire = openWire(ours.broker)
    const bodies = (await wire.readAll(TOPIC, 0)).map(({ body }) => body.toString())
    wire.close()
    expect(bodies[0]).toBe('past') // it is due already, and waits for no other
    expect(bodies.indexOf('alibaba')).toBeLessThan(bodies.indexOf('absolute'))
  })

  it('DL5: may lie 40 days ahead; beyond that the client is told the limit', async (context) => {
    if (missing) return context.skip(missing)
    expect(await send('near', `TIMER_DELAY_MS=${40 * DAY - MINUTE}`)).toMatch(/^SENT near \S+ SEND_OK/)
    expect(await send('far', `TIMER_DELAY_MS=${40 * DAY + MINUTE}`)).toMatch(/^FAILED far 13 .*max delay 3456000000ms/)
    expect(await send('odd', 'TIMER_DELIVER_MS=soon')).toMatch(/^FAILED odd 13 /)
  })

  it('are recalled by their handle, and then never come', async (context) => {
    if (missing) return context.skip(missing)
    await send('recalled', 'TIMER_DELAY_MS=3000')
    await send('kept', 'TIMER_DELAY_MS=3200')
    expect(await tell('recall recalled', /^(RECALLED|FAILED) recalled /)).toMatch(/^RECALLED recalled [0-9A-F]{32}/)
    await arrival('kept')
    expect(received('recalled')).toBe(0)
    await send('over', 'TIMER_DELAY_MS=1')
    await arrival('over')
    expect(await tell('recall over', /^(RECALLED|FAILED) over /)).toMatch(/^FAILED over 604 /)
  })

  it('DL9: come after the broker was killed while they waited, each once', async (context) => {
    if (missing) return context.skip(missing)
    for (let n = 0; n < 20; n++) await send(`k${n}`, `TIMER_DELAY_MS=${4000 + n * 200}`)
    await send('taken', 'TIMER_DELAY_MS=6000')
    await tell('recall taken', /^(RECALLED|FAILED) taken /)
    await sleep(1200) // they are noted once a second
    await ours.child.kill()
    const port = (address: string) => address.split(':')[1] ?? ''
    ours = await startOurs({
      dataDir: ours.dataDir,
      namesrvPort: Number(port(ours.namesrv)),
      brokerPort: Number(port(ours.broker)),
    })
    for (let n = 0; n < 20; n++) await arrival(`k${n}`)
    expect(Array.from({ length: 20 }, (_, n) => received(`k${n}`))).toEqual(Array(20).fill(1))
    expect(received('taken')).toBe(0)
  })
})

it("Apache's own example of timed messages finds them all", async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const properties = { 'rocketmq.namesrv.addr': ours.namesrv }
  const example = 'org.apache.rocketmq.example.schedule'
  const producer = await runJava({ ...parts, properties, main: `${example}.TimerMessageProducer` })
  expect(producer.output.match(/SEND_OK/g)).toHaveLength(10)
  const consumer = launchJava({ ...parts, properties, main: `${example}.TimerMessageConsumer` })
  try {
    await expect.poll(() => consumer.output.match(/Receive message/g)?.length, { timeout: 60_000 }).toBe(10)
  } finally {
    await consumer.kill()
  }
})
