// test/long/fairness.test.ts: a topic that is flooded does not make another wait: p99 of a quiet topic's sends beside a flood,
// held against its p99 beside no flood. Figures are printed.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { percentiles } from '../support/percentiles'
import { startOurs } from '../support/rocketdeck'
import { openWire, type Wire } from '../support/wire'

const PROBES = 4000

async function probe(wire: Wire): Promise<ReturnType<typeof percentiles>> {
  const times: number[] = []
  for (let n = 0; n < PROBES; n++) {
    const from = performance.now()
    await wire.send('Quiet', 0, 'probe', 'k')
    times.push(performance.now() - from)
    await sleep(1)
  }
  return percentiles(times)
}

it('DP5: a flooded topic leaves another topic its latency', async () => {
  const ours = await startOurs()
  onTestFinished(() => ours.child.kill())
  const quiet = openWire(ours.broker)
  const flood = openWire(ours.broker)
  await probe(quiet)
  const alone = await probe(quiet)
  let stop = false
  let sent = 0
  const flooding = Array.from({ length: 64 }, async (_, n) => {
    while (!stop) {
      await flood.send('Flood', n % 4, 'x'.repeat(1024), 'k')
      sent++
    }
  })
  const from = performance.now()
  const beside = await probe(quiet)
  const perSecond = Math.round(sent / ((performance.now() - from) / 1000))
  stop = true
  await Promise.all(flooding)
  console.table([
    { beside: 'nothing', ...alone },
    { beside: `${perSecond} messages/s of another topic`, ...beside },
  ])
  // both clients and this test share one loop and two cores: what is measured holds their time, too
  expect(beside.p99).toBeLessThan(alone.p99 * 10 + 20)
  quiet.close()
  flood.close()
}, 120_000)
