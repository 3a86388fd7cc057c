// test/long/drain.test.ts: a broker is taken out and put back under stock Java clients, as the console's guide has it: no
// more writes, wait until all is read, stop. No send fails; when it is back it gets its share again.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { RequestCode } from '../../broker/protocol/codes'
import { TestClient } from '../broker/processor/real-broker'
import { eventually } from '../support/auto-cluster'
import { javaParts } from '../support/java'
import { startOurBroker, startOurNamesrv } from '../support/rocketdeck'
import { Steady } from '../support/steady'

const TOPIC = 'Drained'

it('HA6: a broker is drained and stopped without a failed send, and gets its share again within a minute', async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const namesrv = await startOurNamesrv()
  onTestFinished(() => namesrv.child.kill())
  const names = new TestClient(namesrv.address)
  onTestFinished(() => names.close())
  const open = (name: string, at: { port?: number; dataDir?: string } = {}) =>
    startOurBroker({ namesrv: namesrv.address, flags: ['--set', `brokerName=${name}`], ...at })
  const stays = await open('broker-a')
  let goes = await open('broker-b')
  onTestFinished(() => stays.child.kill())
  onTestFinished(() => goes.child.kill())
  for (const { address } of [stays, goes]) {
    const client = new TestClient(address)
    await client.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, {
      ...{ topic: TOPIC, defaultTopic: 'TBW102', readQueueNums: '4', writeQueueNums: '4', perm: '6' },
      ...{ topicFilterType: 'SINGLE_TAG', topicSysFlag: '0', order: 'false' },
    })
    client.close()
  }
  const client = await Steady.start(namesrv.address, TOPIC, 'drained-group')
  onTestFinished(() => client.child.kill())
  const at = async (name: string): Promise<number> => (await client.status()).brokers[name] ?? 0
  client.load()
  await eventually(
    'both take messages',
    60_000,
    async () => (await at('broker-a')) > 100 && (await at('broker-b')) > 100,
  )

  const wiped = await names.ask(RequestCode.WIPE_WRITE_PERM_OF_BROKER, { brokerName: 'broker-b' })
  expect(wiped.code).toBe(0)
  const fromMs = Date.now()
  // clients look at routes every 30 s
  let last = await at('broker-b')
  let sameSinceMs = Date.now()
  await eventually('nothing comes any more', 120_000, async () => {
    const now = await at('broker-b')
    if (now !== last) sameSinceMs = Date.now()
    last = now
    return Date.now() - sameSinceMs > 5000
  })
  const quietMs = sameSinceMs - fromMs
  await eventually('all of it is read', 60_000, async () => {
    const { missing } = await client.status()
    return missing < 200 // what is on its way at the moment
  })
  await goes.child.stop()
  const before = await client.status()
  await sleep(5000)
  const without = await client.status()
  expect(without.sent - before.sent).toBeGreaterThan(100)
  expect(without.failed, client.child.output.slice(-2000)).toBe(0)

  goes = await open('broker-b', { port: goes.port, dataDir: goes.dataDir })
  const backMs = Date.now()
  await eventually('it gets its share again', 60_000, async () => (await at('broker-b')) > last + 50)
  const shareMs = Date.now() - backMs
  client.child.write('rest\n')
  await client.child.line(/^RESTING/, 60_000)
  await eventually('everything is received', 60_000, async () => (await client.status()).missing === 0)
  const end = await client.status()
  console.log(
    `${end.sent} sent, ${end.failed} failed; nothing came to the drained broker after ${quietMs} ms, ` +
      `it had its share again after ${shareMs} ms`,
  )
  expect(end.failed).toBe(0)
}, 480_000)
