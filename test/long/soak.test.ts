// test/long/soak.test.ts: a cluster under a steady load with consumers for many minutes: memory, handles and latency at the end
// are what they were once it was warm.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { percentiles } from '../support/percentiles'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const MINUTES = Number(process.env.ROCKETDECK_MINUTES ?? 20)
const PER_SECOND = Number(process.env.ROCKETDECK_RATE ?? 1000)
const QUEUES = 8

function memory(pid: number): { rssMiB: number; ownMiB: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024)
  return { rssMiB: of('VmRSS'), ownMiB: of('RssAnon') }
}
const handles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

it.skipIf(process.platform !== 'linux')(
  `memory, handles and latency stay flat for ${MINUTES} minutes at ${PER_SECOND} messages/s`,
  async () => {
    const ours = await startOurs({ flags: ['--set', 'mappedFileSizeCommitLog=67108864'] })
    onTestFinished(() => ours.child.kill())
    const producer = openWire(ours.broker)
    const consumer = openWire(ours.broker)
    await producer.createTopic('Soak', QUEUES)
    const end = Date.now() + MINUTES * 60_000
    let latencies: number[] = []
    let sent = 0
    let failed = 0
    let consumed = 0
    const body = 'x'.repeat(900)
    const consuming = Array.from({ length: QUEUES }, async (_, queueId) => {
      for (let offset = 0; Date.now() < end + 2000; ) {
        const records = await consumer.readAll('Soak', queueId, offset)
        consumed += records.length
        const last = records.at(-1)
        if (last === undefined) await sleep(50)
        else {
          offset = last.queueOffset + 1
          await consumer.commit('readers', 'Soak', queueId, offset)
        }
      }
    })
    const samples: { second: number; rssMiB: number; ownMiB: number; handles: number; p50: number; p99: number }[] = []
    const began = Date.now()
    const everyMs = Math.max(2000, (MINUTES * 60_000) / 20)
    let nextSample = began + everyMs
    const waiting = new Set<Promise<unknown>>()
    for (let tick = 0; Date.now() < end; tick++) {
      const due = Math.floor(((Date.now() - began) / 1000) * PER_SECOND)
      for (; sent + failed + waiting.size < due && waiting.size < 256; ) {
        const from = performance.now()
        const one = producer
          .send('Soak', tick++ % QUEUES, `${tick} ${body}`, `k${tick}`)
          .then(
            () => {
              sent++
              latencies.push(performance.now() - from)
            },
            () => failed++,
          )
          .finally(() => waiting.delete(one))
        waiting.add(one)
      }
      if (Date.now() >= nextSample) {
        nextSample += everyMs
        const { p50, p99 } = percentiles(latencies)
        latencies = []
        samples.push({
          second: Math.round((Date.now() - began) / 1000),
          ...memory(ours.child.pid),
          handles: handles(ours.child.pid),
          p50,
          p99,
        })
      }
      await sleep(5)
    }
    await Promise.all([...waiting, ...consuming])
    console.table(samples)
    console.log(`${sent} sent, ${failed} failed, ${consumed} consumed`)
    expect(failed).toBe(0)
    expect(consumed).toBe(sent)
    const warm = samples[Math.floor(samples.length / 4)]
    const last = samples.at(-1)
    if (warm === undefined || last === undefined) throw new Error('too short to say anything')
    expect(last.ownMiB).toBeLessThan(warm.ownMiB * 1.5 + 32)
    expect(last.handles).toBeLessThan(warm.handles + 40) // a handle for each segment that came meanwhile, up to a bound
    producer.close()
    consumer.close()
  },
  MINUTES * 60_000 + 120_000,
)
