// test/client/request-reply.test.ts: stock Java clients ask and answer through this broker.
import { expect, it } from 'vitest'
import { compileJava, javaParts, runJava } from '../support/java'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

it('a Java requester gets the answers of a Java consumer, and a timeout where there is none', async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const ours = await startOurs()
  const wire = openWire(ours.broker)
  await wire.createTopic('RequestTopic', 2)
  const classes = await compileJava(parts)
  const args = [ours.namesrv, 'RequestTopic', 'rr']
  const { output } = await runJava({ ...parts, classes, main: 'RequestReply', args })
  const lines = output.trim().split('\n')
  const replies = Array.from({ length: 20 }, (_, n) => `REPLY answer to request-${n}`)
  expect(lines.filter((line) => line.startsWith('REPLY '))).toEqual([...replies, 'REPLY answer to asynchronous'])
  expect(lines).toContain(`LONG REPLY ${'answer to long'.length + 40_000}`)
  expect(lines).toContain('FAILED RequestTimeoutException')
  expect(lines.filter((line) => line.startsWith('NOT ANSWERED'))).toEqual([])
  expect(lines).toContain('DONE')
  const kept = await wire.readAll('DefaultCluster_REPLY_TOPIC', 0)
  expect(kept.map(({ body, sysFlag }) => ((sysFlag & 1) === 0 ? body.toString() : 'packed'))).toEqual([
    ...replies.map((line) => line.slice('REPLY '.length)),
    'packed',
    'answer to asynchronous',
  ])
  wire.close()
  expect(await ours.child.stop()).toEqual({ code: 0, signal: null })
})
