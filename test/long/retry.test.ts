// test/long/retry.test.ts: a message that its group refuses every time: sixteen deliveries, each after the delay of its level,
// and then it lies among the dead letters. The levels are scaled: 1 to 18 seconds would be minutes and hours.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import { RequestCode } from '../../broker/protocol/codes'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

/** Seconds of levels 1 to 18; retries use 3 to 18. */
const LEVELS = [1, 1, 1, 2, 1, 3, 1, 2, 1, 4, 1, 2, 1, 3, 1, 2, 1, 5]

it('RT1 RT2: sixteen retries come each at their level, then the message is a dead letter', async () => {
  const ours = await startOurs({
    flags: ['--set', `messageDelayLevel=${LEVELS.map((seconds) => `${seconds}s`).join(' ')}`],
  })
  onTestFinished(() => ours.child.kill())
  const wire = openWire(ours.broker)
  const dialer = openDialer()
  await wire.send('Retried', 0, 'never liked')
  let [record] = await wire.pull('Retried', 0, 0)
  const delays: number[] = []
  for (let times = 0; times < 16; times++) {
    if (record === undefined) throw new Error(`nothing to refuse at ${times}`)
    const from = Date.now()
    const ext = {
      offset: String(record.commitLogOffset),
      group: 'deniers',
      delayLevel: '0',
      originMsgId: 'X',
      originTopic: 'Retried',
      maxReconsumeTimes: '16',
    }
    const reply = await dialer.request(ours.broker, RequestCode.CONSUMER_SEND_MSG_BACK, ext, undefined, 5000)
    expect(reply.code).toBe(0)
    for (const until = Date.now() + 20_000; Date.now() < until; await sleep(10)) {
      ;[record] = await wire.pull('%RETRY%deniers', 0, times).catch(() => [])
      if (record !== undefined) break
    }
    expect(record?.reconsumeTimes).toBe(times + 1)
    delays.push((record?.storeTimestampMs ?? 0) - from)
  }
  console.log(
    `delays: ${delays.map((ms, n) => `${(LEVELS[n + 2] ?? 0) * 1000}+${ms - (LEVELS[n + 2] ?? 0) * 1000}`).join(' ')} ms`,
  )
  for (const [n, ms] of delays.entries()) {
    expect(ms).toBeGreaterThanOrEqual((LEVELS[n + 2] ?? 0) * 1000 - 5)
    expect(ms).toBeLessThan((LEVELS[n + 2] ?? 0) * 1000 + 1000)
  }
  const ext = {
    offset: String(record?.commitLogOffset),
    group: 'deniers',
    delayLevel: '0',
    originMsgId: 'X',
    originTopic: 'Retried',
    maxReconsumeTimes: '16',
  }
  expect((await dialer.request(ours.broker, RequestCode.CONSUMER_SEND_MSG_BACK, ext, undefined, 5000)).code).toBe(0)
  const [dead] = await wire.pull('%DLQ%deniers', 0, 0)
  expect(dead?.body.toString()).toBe('never liked')
  dialer.close()
  wire.close()
}, 120_000)
