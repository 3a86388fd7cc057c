// test/long/static-topic.test.ts: a static topic over two brokers, with the stock tool, producer and consumers: made, written,
// read, moved to one of the brokers while its groups stand half-way, enlarged, deleted. Every step shows at ours what it
// shows at Apache's.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../support/folders'
import { compileJava, type JavaParts, javaParts, runJava } from '../support/java'
import { registered, startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { startOurs } from '../support/rocketdeck'

type Jars = Exclude<JavaParts, { missing: string }>

it('AD2: a static topic is made, used, moved and deleted at ours as at Apache', async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const classes = await compileJava(parts)
  const apache = await stepsAt({ ...parts, classes }, await startApache(parts), 'apache')
  const ours = await stepsAt({ ...parts, classes }, await startTwo(), 'ours')
  expect(apache.some((line) => line.startsWith('STEP gone:'))).toBe(true)
  expect(ours).toEqual(apache)
}, 600_000)

async function startApache(parts: Jars): Promise<string> {
  const namesrv = await startReferenceNamesrv(parts)
  onTestFinished(() => namesrv.stop())
  for (const name of ['broker-a', 'broker-b']) {
    const broker = await startReferenceBroker(parts, { namesrv: namesrv.address, name })
    onTestFinished(() => broker.stop())
  }
  return namesrv.address
}

async function startTwo(): Promise<string> {
  const { child, namesrv, broker } = await startOurs({ preset: '2m-noslave' })
  onTestFinished(async () => void (await child.stop()))
  await registered(namesrv, broker)
  return namesrv
}

async function stepsAt(parts: Jars & { classes: string }, namesrv: string, which: string): Promise<string[]> {
  const home = temporaryFolder('mqadmin')
  const { output } = await runJava({
    ...parts,
    main: 'StaticTopics',
    args: [namesrv],
    home,
    properties: {
      'rocketmq.home.dir': home,
      'java.io.tmpdir': home,
      'rmq.logback.configurationFile': 'rmq.tools.logback.xml',
    },
    timeoutMs: 300_000,
  })
  const keep = process.env.ROCKETDECK_TEST_RESULTS
  if (keep) {
    mkdirSync(keep, { recursive: true })
    writeFileSync(join(keep, `static-topic-${which}.txt`), output)
  }
  const lines = output.split('\n').filter((line) => line.startsWith('STEP '))
  return lines.map((line) =>
    line
      .replaceAll(home, 'HOME')
      .replace(/-\d{13}(?=\.(before|after))/g, '-EPOCH')
      .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d([:,.]\d+)?/g, 'TIME')
      .replace(/\d+\.\d+/g, 'RATE')
      .replace(/\s+/g, ' '),
  )
}
