// test/client/replication.test.ts: one HA protocol. A master of ours has Apache's broker as its slave, and one of theirs has ours:
// the logs are equal byte for byte, both serve consumers, and stock mqadmin shows the pair. Without a JDK and the stock
// jars these tests are skipped, by name.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readBody } from '../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../broker/protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import { type Send, TestClient } from '../broker/processor/real-broker'
import { javaParts, mqadmin } from '../support/java'
import { startReferenceBroker } from '../support/reference'
import { startOurBroker, startOurNamesrv } from '../support/rocketdeck'

const parts = await javaParts()
const segmentBytes = 1024 * 1024
/** Small files, so that a test fills several and meets their blank ends. */
const sizes: Record<string, string> = {
  mappedFileSizeCommitLog: String(segmentBytes),
  maxMessageSize: '131072',
  slaveReadEnable: 'true',
  brokerName: 'broker-a',
}
const sets = (properties: Record<string, string>): string[] =>
  Object.entries(properties).flatMap(([key, value]) => ['--set', `${key}=${value}`])

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
function clientOf(address: string): TestClient {
  const client = new TestClient(address)
  ends.push(async () => client.close())
  return client
}

async function eventually<T>(what: string, ask: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const endMs = Date.now() + timeoutMs
  let last = ''
  while (Date.now() < endMs) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`not within ${timeoutMs} ms: ${what} ${last}`)
}

const haStatus = async (client: TestClient) =>
  readBody(haRuntimeInfo, (await client.ask(RequestCode.GET_BROKER_HA_STATUS)).body)

/** Resolves with how far the one slave has confirmed, once that is all there is. */
const confirmed = (master: TestClient): Promise<number> =>
  eventually('the slave has confirmed everything', async () => {
    const { masterCommitLogMaxOffset, haConnectionInfo } = await haStatus(master)
    const acked = haConnectionInfo.map(({ slaveAckOffset }) => slaveAckOffset)
    return masterCommitLogMaxOffset > 0 && acked.length === 1 && acked[0] === masterCommitLogMaxOffset
      ? masterCommitLogMaxOffset
      : undefined
  })

/** The bytes of a commit log from `from` to `upTo`, out of its files. */
function logOf(storeDir: string, from: number, upTo: number): Buffer {
  const folder = join(storeDir, 'commitlog')
  const names = readdirSync(folder)
    .filter((name) => /^\d{20}$/.test(name) && Number(name) + segmentBytes > from && Number(name) < upTo)
    .sort()
  const first = Number(names[0] ?? '0')
  const all = Buffer.concat(names.map((name) => readFileSync(join(folder, name))))
  return all.subarray(Math.max(0, from - first), upTo - first)
}
const expectSameLogs = (one: string, other: string, from: number, upTo: number): void => {
  const wanted = logOf(one, from, upTo)
  expect(wanted.length).toBe(upTo - from)
  expect(logOf(other, from, upTo).equals(wanted), `logs differ between ${from} and ${upTo}`).toBe(true)
}

/** Twenty at a time; one that the broker was too busy to look at is sent again. */
async function sendMany(client: TestClient, from: number, to: number): Promise<void> {
  for (let next = from; next < to; next += 20) {
    const sends = Array.from({ length: Math.min(20, to - next) }, (_, at) =>
      sendOne(client, {
        topic: 'moved',
        body: Buffer.alloc(1000 + ((next + at) % 7) * 3000, next + at),
        properties: { KEYS: `k${next + at}`, TAGS: 'A', WAIT: 'true' },
      }),
    )
    await Promise.all(sends)
  }
}
async function sendOne(client: TestClient, message: Send): Promise<void> {
  for (;;) {
    const { code, remark } = await client.send(message)
    if (code === ResponseCode.SYSTEM_BUSY && remark?.includes('[TIMEOUT_CLEAN_QUEUE]')) continue
    expect([code, remark]).toEqual([ResponseCode.SUCCESS, null])
    return
  }
}

/** The keys of all messages of queue 0, in its order. */
async function keysAt(client: TestClient, count: number): Promise<string[]> {
  const keys: string[] = []
  while (keys.length < count) {
    const stored = await client.pullUntil('readers', 'moved', keys.length, 0, 30_000)
    keys.push(...stored.map(({ properties }) => properties.KEYS ?? ''))
  }
  return keys
}
/** Both hold each message once, in the same order. */
async function expectSameKeys(one: TestClient, other: TestClient, count: number): Promise<void> {
  const keys = await keysAt(one, count)
  expect([...keys].sort()).toEqual(Array.from({ length: count }, (_, at) => `k${at}`).sort())
  expect(await keysAt(other, count)).toEqual(keys)
}

describe.skipIf('missing' in parts)(`Apache 5.5.0 and ours${'missing' in parts ? ` (${parts.missing})` : ''}`, () => {
  if ('missing' in parts) return
  const jars = parts

  it('a master of ours has a slave of theirs', async () => {
    const namesrv = await startOurNamesrv()
    ends.push(() => namesrv.child.stop())
    const ours = await startOurBroker({
      namesrv: namesrv.address,
      flags: sets({ ...sizes, brokerRole: 'SYNC_MASTER', inSyncReplicas: '2' }),
    })
    ends.push(() => ours.child.stop())
    const master = clientOf(ours.address)
    // what came before the slave it gets too: 12 says that it was stored and nobody confirmed it
    expect((await master.send({ topic: 'early' })).code).toBe(ResponseCode.FLUSH_SLAVE_TIMEOUT)
    const slaveOf = (storeDir?: string) =>
      startReferenceBroker(jars, {
        namesrv: namesrv.address,
        id: 1,
        properties: { ...sizes, brokerRole: 'SLAVE' },
        ...(storeDir === undefined ? {} : { storeDir }),
      })
    let theirs = await slaveOf()
    ends.push(() => theirs.stop())
    await confirmed(master)
    await sendMany(master, 0, 400)
    const half = await confirmed(master)
    const folder = join(ours.dataDir, 'broker-a-0')
    expectSameLogs(folder, theirs.storeDir, 0, half)

    const shown = await mqadmin(jars, ['haStatus', '-b', ours.address])
    expect(shown.output).toMatch(/#MasterAddr\s+:?\s*|true/)
    expect(shown.output).toContain('127.0.0.1')
    const list = await mqadmin(jars, ['clusterList', '-n', namesrv.address])
    expect(list.output).toMatch(new RegExp(`broker-a\\s+0\\s+${ours.address}`))
    expect(list.output).toMatch(new RegExp(`broker-a\\s+1\\s+${theirs.address}`))

    await theirs.stop() // killed; what it lacks comes when it is back
    expect((await master.send({ topic: 'early' })).code).toBe(ResponseCode.FLUSH_SLAVE_TIMEOUT)
    theirs = await slaveOf(theirs.storeDir)
    await confirmed(master)
    await sendMany(master, 400, 600)
    const end = await confirmed(master)
    expectSameLogs(folder, theirs.storeDir, 0, end)
    // Apache's slave asks for the topics once a minute
    const slave = clientOf(theirs.address)
    await eventually(
      'the slave knows the topic',
      async () => ((await slave.pull('readers', 'moved', 0)).code === ResponseCode.SUCCESS ? true : undefined),
      90_000,
    )
    await expectSameKeys(master, slave, 600)
  }, 300_000)

  it('a master of theirs has a slave of ours', async () => {
    const namesrv = await startOurNamesrv()
    ends.push(() => namesrv.child.stop())
    const theirs = await startReferenceBroker(jars, { namesrv: namesrv.address, properties: sizes })
    ends.push(() => theirs.stop())
    const startSlave = (dataDir?: string) =>
      startOurBroker({
        namesrv: namesrv.address,
        flags: sets({ ...sizes, brokerRole: 'SLAVE', brokerId: '1' }),
        ...(dataDir === undefined ? {} : { dataDir }),
      })
    let ours = await startSlave()
    ends.push(() => ours.child.stop())
    const master = clientOf(theirs.address)
    const folder = join(ours.dataDir, 'broker-a-1')
    await sendMany(master, 0, 400)
    expectSameLogs(theirs.storeDir, folder, 0, await confirmed(master))

    await ours.child.kill()
    await sendMany(master, 400, 500)
    ours = await startSlave(ours.dataDir)
    await sendMany(master, 500, 600)
    expectSameLogs(theirs.storeDir, folder, 0, await confirmed(master))

    const place = { consumerGroup: 'readers', topic: 'moved', queueId: '0' }
    await keysAt(master, 600) // makes the group
    const { code } = await master.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '123' })
    expect(code).toBe(ResponseCode.SUCCESS)
    const slave = clientOf(ours.address)
    await eventually('the slave has the offset', async () =>
      (await slave.ask(RequestCode.QUERY_CONSUMER_OFFSET, place)).ext.offset === '123' ? true : undefined,
    )
    await expectSameKeys(master, slave, 600)

    const shown = await mqadmin(jars, ['haStatus', '-b', ours.address])
    expect(shown.output).toContain('127.0.0.1')
    const list = await mqadmin(jars, ['clusterList', '-n', namesrv.address])
    expect(list.output).toMatch(new RegExp(`broker-a\\s+1\\s+${ours.address}`))
  }, 300_000)
})
