// test/long/backlog.test.ts: a growing backlog of 1 KiB messages costs producers and memory nothing, and a consumer that is far
// behind does not make others wait. Figures are printed; the bounds are wide, since machines are not quiet.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { encodeBatch } from '../../broker/protocol/batch'
import { percentiles } from '../support/percentiles'
import { startOurs } from '../support/rocketdeck'
import { openWire, type Wire } from '../support/wire'

const MESSAGES = Number(process.env.ROCKETDECK_MESSAGES ?? 20_000_000)
const LIMIT_MIB = 1024
const STEPS = 5
const PROBES = 3000
const BATCH = 50
const message = { flag: 0, body: Buffer.alloc(1024, 'x'), properties: Buffer.from('KEYS\u0001k\u0002TAGS\u0001t') }
const batch = encodeBatch(Array.from({ length: BATCH }, () => message))

const rssMiB = (pid: number): number =>
  Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)

/** Sends one after the other, paced, and says how long each took. */
async function probe(wire: Wire, topic: string): Promise<ReturnType<typeof percentiles>> {
  const times: number[] = []
  for (let n = 0; n < PROBES; n++) {
    const from = performance.now()
    await wire.send(topic, 0, 'probe', 'k')
    times.push(performance.now() - from)
    if (n % 10 === 0) await sleep(1)
  }
  return percentiles(times)
}
/** In batches: how many there are is what counts, and how they came does not change what they cost later. */
async function fill(wire: Wire, count: number): Promise<number> {
  const from = performance.now()
  let left = Math.floor(count / BATCH)
  await Promise.all(
    Array.from({ length: 8 }, async (_, queueId) => {
      while (left-- > 0) await wire.sendBatch('Backlog', queueId, batch)
    }),
  )
  return Math.round(count / ((performance.now() - from) / 1000))
}

it.skipIf(process.platform !== 'linux')(
  `ST11: ${MESSAGES} messages of backlog, under ${LIMIT_MIB} MiB`,
  async () => {
    const ours = await startOurs()
    onTestFinished(() => ours.child.kill())
    const { pid } = ours.child
    const wire = openWire(ours.broker)
    const cold = openWire(ours.broker)
    await wire.createTopic('Backlog', 8)
    const table: Record<string, number>[] = []
    await fill(wire, 2000) // warm
    for (let step = 0; step <= STEPS; step++) {
      const perSecond = step === 0 ? 0 : await fill(wire, Math.floor(MESSAGES / STEPS))
      await sleep(500)
      table.push({
        messages: Math.floor((MESSAGES / STEPS) * step),
        perSecond,
        ...(await probe(wire, 'Probe')),
        rssMiB: rssMiB(pid),
      })
    }
    // a consumer at the very beginning, as fast as it can, beside the same probe
    let read = 0
    let stop = false
    const reading = (async () => {
      for (let offset = 0; !stop; ) {
        const records = await cold.pull('Backlog', 1, offset).catch(() => []) // behind its end: from the beginning again
        read += records.length
        offset = (records.at(-1)?.queueOffset ?? -1) + 1
      }
    })()
    const from = performance.now()
    const beside = await probe(wire, 'Probe')
    const perSecond = Math.round(read / ((performance.now() - from) / 1000))
    stop = true
    await reading
    table.push({ messages: MESSAGES, perSecond, ...beside, rssMiB: rssMiB(pid) })
    console.table(table)
    console.log(`the last row is beside a cold consumer that reads ${perSecond}/s from the beginning`)
    const [first, last, besideCold] = [table[0], table.at(-2), table.at(-1)]
    for (const row of table) expect(row.rssMiB).toBeLessThan(LIMIT_MIB)
    // medians are held: p99 of one run says as much of the machine as of the broker, and is there to be read
    expect(last?.p50).toBeLessThan((first?.p50 ?? 0) * 3 + 5)
    expect(besideCold?.p50).toBeLessThan((last?.p50 ?? 0) * 3 + 5)
    wire.close()
    cold.close()
  },
  3_600_000,
)
