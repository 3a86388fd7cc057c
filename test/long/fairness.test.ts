// test/long/fairness.test.ts: what a flood, or readers of old messages, cost a sender of another topic. The loads are processes
// of their own. Figures are printed; what is held against the probe is what stands before it: were frames handled as they come,
// it would wait for all that the flood has under way.
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { projectRoot } from '../support/folders'
import { percentiles } from '../support/percentiles'
import { startOurs } from '../support/rocketdeck'
import { openWire, type Wire } from '../support/wire'

const PROBES = 2000
const WINDOW = 2048

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

/** What it has done so far. */
const doneBy = (load: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    load.once('message', (message: { done: number }) => resolve(message.done))
    load.send('how many')
  })

it('ST11 DP5: a flood and readers of old messages leave another topic its latency', async () => {
  const ours = await startOurs()
  onTestFinished(() => ours.child.kill())
  const quiet = openWire(ours.broker)
  await probe(quiet)
  const rows: Record<string, object> = { nothing: await probe(quiet) }
  const beside = async (name: string, load: object) => {
    const options = JSON.stringify({ port: ours.brokerPort, size: 1024, window: WINDOW, ...load })
    const child = fork(join(projectRoot, 'test/bench/beside.mjs'), ['load', options])
    onTestFinished(() => void child.kill())
    await sleep(1000)
    const before = await doneBy(child)
    const from = performance.now()
    const times = await probe(quiet)
    const perSecond = Math.round(((await doneBy(child)) - before) / ((performance.now() - from) / 1000))
    child.kill()
    await sleep(500)
    rows[name] = { ...times, perSecond }
    return { ...times, perSecond }
  }
  for (const connections of [1, 8]) {
    const { p50, perSecond } = await beside(`${connections} floods`, { kind: 'flood', connections })
    expect(perSecond).toBeGreaterThan(0)
    const underWayMs = ((WINDOW * connections) / perSecond) * 1000
    expect(p50, `${underWayMs} ms of it are under way`).toBeLessThan(underWayMs / 4)
  }
  const cold = await beside('8 readers of old messages', { kind: 'cold', connections: 8 })
  expect(cold.perSecond).toBeGreaterThan(0)
  console.table(rows)
  quiet.close()
}, 240_000)
