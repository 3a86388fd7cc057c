// test/broker/worker/store-rows.test.ts: what the rows of the feature list say of the store, asked of a whole broker over the
// wire: its files while it runs, its settings, what it tells of itself, and that nobody's flood keeps others waiting.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { RequestCode } from '../../../broker/protocol/codes'
import { openRealBroker, type RealBroker } from '../processor/real-broker'

let broker: RealBroker | undefined
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})
const open = async (properties: Record<string, string> = {}): Promise<RealBroker> => {
  broker = await openRealBroker(properties)
  return broker
}
async function tableOf(at: RealBroker): Promise<Record<string, string>> {
  const { body } = await at.client().ask(RequestCode.GET_BROKER_RUNTIME_INFO)
  return JSON.parse(body.toString()).table
}
async function configOf(at: RealBroker): Promise<string> {
  return (await at.client().ask(RequestCode.GET_BROKER_CONFIG)).body.toString()
}

it('ST4: `abort` is there while the broker runs, and the checkpoint says up to when all is on the disk', async () => {
  const at = await open()
  const before = Date.now()
  expect((await at.client().send({ topic: 'T' })).code).toBe(0)
  expect(existsSync(join(at.dataDir, 'abort'))).toBe(true)
  await at.restart()
  expect(readFileSync(join(at.dataDir, 'abort'), 'utf8')).toBe(String(process.pid))
  // the three times of Apache's page: log, consume queues, index
  const page = readFileSync(join(at.dataDir, 'checkpoint'))
  expect(page).toHaveLength(4096)
  for (const place of [0, 8]) {
    const atMs = Number(page.readBigInt64BE(place))
    expect(atMs).toBeGreaterThanOrEqual(before)
    expect(atMs).toBeLessThanOrEqual(Date.now())
  }
})

it('ST7: the flush policy changes while the broker runs, by updateBrokerConfig', async () => {
  const at = await open({ flushIntervalCommitLog: '10000' })
  const client = at.client()
  const behind = async (): Promise<boolean> => {
    await client.send({ topic: 'T', body: 'x'.repeat(5000) })
    return (await tableOf(at)).remainHowManyDataToFlush !== '0 B'
  }
  expect(await behind()).toBe(true)
  expect((await client.ask(RequestCode.UPDATE_BROKER_CONFIG, {}, 'flushDiskType=SYNC_FLUSH')).code).toBe(0)
  expect(await configOf(at)).toContain('flushDiskType=SYNC_FLUSH')
  expect(await behind()).toBe(false)
  // DP4: how long the disk takes.
  expect((await tableOf(at)).flushLatency99).toMatch(/^\d+\.\d\d$/)
  expect((await client.ask(RequestCode.UPDATE_BROKER_CONFIG, {}, 'flushDiskType=ASYNC_FLUSH')).code).toBe(0)
  expect(await behind()).toBe(true)
  const wrong = await client.ask(RequestCode.UPDATE_BROKER_CONFIG, {}, 'flushDiskType=NEVER')
  expect(wrong.code).not.toBe(0)
  expect(wrong.remark).toContain('SYNC_FLUSH')
})

it('ST8: transientStorePoolEnable is taken, and what is asked for with it is told; nothing waits in a pool', async () => {
  const plain = await tableOf(await open())
  expect(plain).not.toHaveProperty('remainHowManyDataToCommit')
  await broker?.stop()
  const at = await open({ transientStorePoolEnable: 'true' })
  expect((await at.client().send({ topic: 'T' })).code).toBe(0)
  const table = await tableOf(at)
  expect(table.remainHowManyDataToCommit).toBe('0 B')
  expect(Number(table.remainTransientStoreBufferNumbs)).toBeGreaterThan(0)
  expect(await configOf(at)).toContain('transientStorePoolEnable=true')
})

it('ST10: messages of every kind are kept for 72 hours, and how old the oldest is can be asked', async () => {
  const at = await open()
  const before = Date.now()
  const client = at.client()
  await client.send({ topic: 'T' })
  expect(await configOf(at)).toMatch(/^fileReservedTime=72$/m)
  expect(await configOf(at)).toMatch(/^deleteWhen=04$/m)
  const { ext } = await client.ask(RequestCode.GET_EARLIEST_MSG_STORETIME, { topic: 'T', queueId: '0' })
  expect(Number(ext.timestamp)).toBeGreaterThanOrEqual(before)
})

it('DP5: a socket that floods the broker does not keep another waiting for its end', async () => {
  const at = await open()
  const [flood, quiet] = [at.client(), at.client()]
  await flood.send({ topic: 'Flood' })
  await quiet.send({ topic: 'Quiet' })
  const total = 4000
  let answered = 0
  const body = 'x'.repeat(1024)
  const flooding = Array.from({ length: total }, () => flood.send({ topic: 'Flood', body }).then(() => answered++))
  expect((await quiet.send({ topic: 'Quiet', body: 'one' })).code).toBe(0)
  expect(answered).toBeLessThan(total)
  await Promise.all(flooding)
}, 20_000)
