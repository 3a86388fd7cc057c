// test/client/pop.test.ts: stock push consumers in pop mode, against this broker and against Apache: the same messages, as
// often, with the same properties. Part of `npm run test:long -- pop`.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { compileJava, javaParts, launchJava, runJava } from '../support/java'
import { registered, startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const isAsked = process.env.ROCKETDECK_POP === '1'
const MESSAGES = 60

/** Apache's broker may keep checkpoints in memory and settle them there; ours writes them whatever the key says. */
const buffers = ['false', 'true'] as const

it.skipIf(!isAsked).for(buffers)(
  'CO20: push consumers in pop mode get what they get of Apache, enablePopBufferMerge=%s',
  { timeout: 900_000 },
  async (merges, context) => {
    const parts = await javaParts()
    if ('missing' in parts) return context.skip(parts.missing)
    const classes = await compileJava(parts)
    const consume = async (namesrv: string, broker: string): Promise<string[]> => {
      const wire = openWire(broker)
      await wire.createTopic('Popped', 4)
      wire.close()
      const args = [namesrv, 'Popped', 'poppers', String(MESSAGES)]
      const { output } = await runJava({ ...parts, classes, main: 'Pops', args, timeoutMs: 300_000 })
      return output.trim().split('\n').sort()
    }
    const properties = { enablePopBufferMerge: merges }
    const ours = await startOurs({ flags: ['--set', `enablePopBufferMerge=${merges}`] })
    const here = await consume(ours.namesrv, ours.broker)
    expect(here).toContain('ALL')
    expect(here).toContain('PROGRESS 0')
    expect(here.filter((line) => line.startsWith('DONE'))).toHaveLength(MESSAGES)
    expect(here.filter((line) => line.startsWith('TWICE'))).toEqual([])
    await ours.child.stop()

    const namesrv = await startReferenceNamesrv(parts)
    onTestFinished(() => namesrv.stop())
    const apache = await startReferenceBroker(parts, { namesrv: namesrv.address, properties })
    onTestFinished(() => apache.stop())
    await registered(namesrv.address, apache.address)
    expect(here).toEqual(await consume(namesrv.address, apache.address))
  },
)

it.skipIf(!isAsked)('the example PopConsumer runs unchanged', async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const ours = await startOurs()
  const wire = openWire(ours.broker)
  await wire.createTopic('TopicTest', 4)
  for (let n = 0; n < 8; n++) await wire.send('TopicTest', n % 4, `example ${n}`)
  const example = launchJava({
    ...parts,
    main: 'org.apache.rocketmq.example.simple.PopConsumer',
    properties: { 'rocketmq.namesrv.addr': ours.namesrv },
  })
  onTestFinished(() => example.kill())
  await example.line(/Consumer Started/, 60_000)
  let left = 8
  for (let tries = 0; tries < 300 && left > 0; tries++) {
    await sleep(100)
    left = 0
    for (let queueId = 0; queueId < 4; queueId++) {
      const committed = await wire.committed('CID_JODIE_1', 'TopicTest', queueId).catch(() => 0)
      left += 2 - committed
    }
  }
  expect(left).toBe(0)
  wire.close()
  await example.kill()
  await ours.child.stop()
})
