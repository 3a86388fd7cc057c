// test/long/transaction-benchmark.test.ts: benchmark.TransactionProducer of rocketmq-example 5.5.0, unchanged, against ours and
// then Apache: it knows of every transaction how it should end, and counts what it is asked about without reason or twice.
// Part of `npm run test:long -- transactions`.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { type JavaParts, javaParts, launchJava } from '../support/java'
import { startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const seconds = Number(process.env.ROCKETDECK_SECONDS ?? 60)
const topic = 'TxBenchmark'
/** Some are rolled back, some left open; of these some are rolled back when asked, some left open again. Ten seconds between checks. */
const args = '-w 16 -s 256 -sr 0.1 -su 0.05 -cr 0.2 -cu 0.3 -i 4 -ri 10000'.split(' ')
const settings = { transactionCheckInterval: '10000' }

interface Line {
  sends: number
  failed: number
  checks: number
  unexpected: number
  duplicated: number
}
const linePattern =
  /Send TPS:\s*(\d+).*Send Failed: (\d+) \| Check: (\d+) \| UnexpectedCheck: (\d+) \| DuplicatedCheck: (\d+)/g

async function play(parts: Exclude<JavaParts, { missing: string }>, namesrv: string, broker: string): Promise<Line> {
  const wire = openWire(broker)
  await wire.createTopic(topic, 8)
  wire.close()
  const main = 'org.apache.rocketmq.example.benchmark.TransactionProducer'
  const child = launchJava({ ...parts, main, args: ['-n', namesrv, '-t', topic, ...args] })
  onTestFinished(() => child.kill())
  await sleep(seconds * 1000)
  await child.kill()
  const total = { sends: 0, failed: 0, checks: 0, unexpected: 0, duplicated: 0 }
  for (const [, sends, failed, checks, unexpected, duplicated] of child.output.matchAll(linePattern)) {
    total.sends += Number(sends) * 10
    total.failed += Number(failed)
    total.checks += Number(checks)
    total.unexpected += Number(unexpected)
    total.duplicated += Number(duplicated)
  }
  return total
}

it('is asked about no transaction without reason, and about none twice', { timeout: 600_000 }, async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const flags = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])
  const ours = await startOurs({ flags })
  onTestFinished(() => ours.child.kill())
  const here = await play(parts, ours.namesrv, ours.broker)
  console.log(`ours ${JSON.stringify(here)}`)
  await ours.child.stop()
  const namesrv = await startReferenceNamesrv(parts)
  onTestFinished(() => namesrv.stop())
  const apache = await startReferenceBroker(parts, { namesrv: namesrv.address, properties: settings })
  onTestFinished(() => apache.stop())
  const there = await play(parts, namesrv.address, apache.address)
  console.log(`Apache ${JSON.stringify(there)}`)
  expect(here.checks).toBeGreaterThan(0)
  expect({ unexpected: here.unexpected, duplicated: here.duplicated }).toEqual({ unexpected: 0, duplicated: 0 })
})
