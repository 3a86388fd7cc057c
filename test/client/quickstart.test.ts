// test/client/quickstart.test.ts: Apache's own quickstart examples, unchanged and of several versions, and stock clients
// of other languages deliver every message through this broker.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { type Child, run } from '../support/children'
import { projectRoot, temporaryFolder } from '../support/folders'
import { clientLib, findInPath, javaParts, launchJava, REFERENCE_VERSION, runJava } from '../support/java'
import { pythonWithClient } from '../support/python'
import { type OurCluster, startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

let ours: OurCluster
beforeAll(async () => {
  ours = await startOurs()
})
afterAll(async () => {
  expect(await ours.child.stop()).toEqual({ code: 0, signal: null })
})

describe('AD3, NS7: the Java quickstart delivers 1,000 of 1,000 messages', () => {
  for (const version of [REFERENCE_VERSION, '5.3.2', '4.9.8']) {
    it(`with client ${version}`, async (context) => {
      const java = await javaOf(version, context)
      const producer = await runJava({ ...java, main: 'org.apache.rocketmq.example.quickstart.Producer' })
      const sent = idsIn(producer.output, /sendStatus=SEND_OK, msgId=([0-9A-F]+)/g)
      expect(sent.size).toBe(1000)
      const consumer = launchJava({ ...java, main: 'org.apache.rocketmq.example.quickstart.Consumer' })
      const missing = await notReceived(consumer, sent)
      await consumer.kill()
      expect(missing).toEqual([])
    })
  }
})

/** The examples are published with 5.5.0 alone: with an older client they run as they are, against its jars. */
async function javaOf(version: string, context: TestContext) {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  // NS7: an address may come as a property or from the environment
  const named =
    version === '5.3.2'
      ? { env: { NAMESRV_ADDR: ours.namesrv } }
      : { properties: { 'rocketmq.namesrv.addr': ours.namesrv } }
  if (version === REFERENCE_VERSION) return { java: parts.java, lib: parts.lib, ...named }
  const jars = await clientLib(version)
  if ('missing' in jars) return context.skip(jars.missing)
  const classes = join(parts.lib, `rocketmq-example-${REFERENCE_VERSION}.jar`)
  return { java: parts.java, lib: jars.lib, classes, ...named }
}

const idsIn = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))

/** What the consumer has not printed within a minute. */
async function notReceived(consumer: Child, sent: ReadonlySet<string>): Promise<string[]> {
  const until = Date.now() + 60_000
  for (;;) {
    const seen = idsIn(consumer.output, /UNIQ_KEY=([0-9A-F]+)/g)
    const missing = [...sent].filter((id) => !seen.has(id))
    if (missing.length === 0 || Date.now() > until || !consumer.running) return missing
    await sleep(100)
  }
}

describe('a stock client delivers each message once, with its tag and text', () => {
  const COUNT = 200
  const everything = { sent: COUNT, received: COUNT, wrong: 0 }
  const lastLine = (output: string): unknown => JSON.parse(output.trim().split('\n').at(-1) ?? '')

  it('in Go: rocketmq-client-go v2', async (context) => {
    const go = findInPath('go')
    if (!go) return context.skip('no Go toolchain')
    // The module cache is Go's own; the program is built from a copy, so that nothing is written beside it.
    const work = temporaryFolder('go')
    cpSync(join(projectRoot, 'test', 'client', 'go'), work, { recursive: true })
    const built = await run(go, ['build', '-o', 'client', '.'], { cwd: work, timeoutMs: 170_000 })
    if (built.code !== 0) return context.skip(`the Go client cannot be built here: ${built.output.split('\n')[0]}`)
    const { code, stdout, output } = await run(join(work, 'client'), [ours.namesrv, 'GoTopic', 'GoGroup', `${COUNT}`])
    expect(code, output).toBe(0)
    expect(lastLine(stdout)).toEqual(everything)
  })

  it('in Node: ali-ons', async () => {
    const wire = openWire(ours.broker) // this client asks for no topic to be made, on no broker
    await wire.createTopic('NodeTopic', 4)
    wire.close()
    const program = join('test', 'client', 'node', 'roundtrip.mjs')
    const { code, stdout, output } = await run(process.execPath, [
      program,
      ours.namesrv,
      'NodeTopic',
      'NodeGroup',
      `${COUNT}`,
    ])
    expect(code, output).toBe(0)
    expect(lastLine(stdout)).toEqual(everything)
  })

  it('in Python: the C++ client behind the package rocketmq', async (context) => {
    const python = await pythonWithClient()
    if ('missing' in python) return context.skip(python.missing)
    const program = join(projectRoot, 'test', 'client', 'python', 'roundtrip.py')
    const args = [program, ours.namesrv, 'PythonTopic', 'PythonGroup', `${COUNT}`]
    const { code, stdout, output } = await run(python.python, args, {
      cwd: temporaryFolder('python'),
      timeoutMs: 150_000,
    })
    expect(code, output).toBe(0)
    expect(lastLine(stdout)).toEqual(everything)
  })
})
