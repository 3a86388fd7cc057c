// test/client/mixed.test.ts: our parts beside Apache's: its broker at our name server, our broker at its name server, and
// a store that goes from one to the other and back. Stock clients notice nothing.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, type TestContext } from 'vitest'
import { temporaryFolder } from '../support/folders'
import { javaParts, launchJava, runJava } from '../support/java'
import { registered, startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { startOurBroker, startOurNamesrv } from '../support/rocketdeck'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function jars(context: TestContext) {
  const parts = await javaParts()
  return 'missing' in parts ? context.skip(parts.missing) : parts
}
type Jars = Exclude<Awaited<ReturnType<typeof javaParts>>, { missing: string }>

const example = 'org.apache.rocketmq.example.quickstart'
const at = (namesrv: string) => ({ properties: { 'rocketmq.namesrv.addr': namesrv } })

async function produce(parts: Jars, namesrv: string): Promise<string[]> {
  const { output } = await runJava({ ...parts, ...at(namesrv), main: `${example}.Producer` })
  const ids = [...output.matchAll(/sendStatus=SEND_OK, msgId=([0-9A-F]+)/g)].map((match) => match[1] ?? '')
  expect(ids).toHaveLength(1000)
  return ids
}

/** What the stock consumer does not print of these within a minute. */
async function notConsumed(parts: Jars, namesrv: string, ids: readonly string[]): Promise<string[]> {
  const consumer = launchJava({ ...parts, ...at(namesrv), main: `${example}.Consumer` })
  const until = Date.now() + 60_000
  for (;;) {
    const seen = new Set([...consumer.output.matchAll(/UNIQ_KEY=([0-9A-F]+)/g)].map((match) => match[1]))
    const missing = ids.filter((id) => !seen.has(id))
    if (missing.length === 0 || Date.now() > until) {
      await consumer.kill()
      return missing
    }
    await sleep(100)
  }
}

describe('a stock client delivers 1,000 of 1,000 messages', () => {
  it('through an Apache broker at our name server', async (context) => {
    const parts = await jars(context)
    const namesrv = await startOurNamesrv()
    ends.push(() => namesrv.child.stop())
    const broker = await startReferenceBroker(parts, { namesrv: namesrv.address })
    ends.push(() => broker.stop())
    expect(await notConsumed(parts, namesrv.address, await produce(parts, namesrv.address))).toEqual([])
  })

  it("through our broker at Apache's name server", async (context) => {
    const parts = await jars(context)
    const namesrv = await startReferenceNamesrv(parts)
    ends.push(() => namesrv.stop())
    const broker = await startOurBroker({ namesrv: namesrv.address })
    ends.push(() => broker.child.stop())
    await registered(namesrv.address, broker.address)
    expect(await notConsumed(parts, namesrv.address, await produce(parts, namesrv.address))).toEqual([])
  })
})

describe('a store', () => {
  it('written by ours is opened by Apache, written on, and opened by ours again', async (context) => {
    const parts = await jars(context)
    const namesrv = await startOurNamesrv()
    ends.push(() => namesrv.child.stop())
    const dataDir = temporaryFolder('moved')
    const storeDir = join(dataDir, 'broker-a-0')
    // Files of an ordinary size for a test, on both sides.
    const sizes = { mappedFileSizeCommitLog: '16777216' }
    const flags = ['--set', 'mappedFileSizeCommitLog=16777216']

    const ours = await startOurBroker({ namesrv: namesrv.address, dataDir, flags })
    const ids = await produce(parts, namesrv.address)
    expect((await ours.child.stop()).code).toBe(0)

    const apache = await startReferenceBroker(parts, { namesrv: namesrv.address, storeDir, properties: sizes })
    ends.push(() => apache.stop())
    expect(await notConsumed(parts, namesrv.address, ids)).toEqual([])
    ids.push(...(await produce(parts, namesrv.address)))
    await apache.stop(true)

    const again = await startOurBroker({ namesrv: namesrv.address, dataDir, flags })
    ends.push(() => again.child.stop())
    const half = ids.slice(1000)
    expect(await notConsumed(parts, namesrv.address, half)).toEqual([])
  }, 300_000)
})
