// test/broker/worker/replication.test.ts: whole brokers of ours, master and slave with a name server, as clients see them:
// what is sent to the master is read from the slave, what the master knows the slave knows, and who may ask whom.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNameServer } from '../../../broker/namesrv/open'
import { readBody } from '../../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../../broker/protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../../../broker/protocol/codes'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import { planCluster } from '../../../broker/worker/topology'
import { removeFolder, temporaryFolder } from '../../support/folders'
import { freeClusterPorts } from '../../support/ports'
import { TestClient } from '../processor/real-broker'

const small = {
  mappedFileSizeCommitLog: '1048576',
  maxMessageSize: '262144',
  maxHashSlotNum: '1000',
  maxIndexNum: '4000',
}

/** A cluster of a preset, its parts in this thread. */
async function openPreset(firstPreset: string, properties: Record<string, string> = {}, brokers = 2) {
  const { namesrvPort, brokerPort } = await freeClusterPorts(brokers)
  const dataDir = temporaryFolder('preset')
  let preset = firstPreset
  const planned = () =>
    planCluster({
      preset,
      host: '127.0.0.1',
      namesrvPort,
      brokerPort,
      dataDir,
      properties: { ...small, ...properties },
      log: () => {},
    })
  const namesrv = await openNameServer({
    host: '127.0.0.1',
    port: namesrvPort,
    dataDir: `${dataDir}/namesrv`,
    properties: {},
    log: () => {},
    clock: Date.now,
  })
  const complaints: string[] = []
  const start = async (number: number) => {
    const plan = planned().flatMap((spec) => (spec.plan.kind === 'broker' ? [spec.plan] : []))[number]
    if (plan === undefined) throw new Error(`no broker ${number}`)
    const part = await startBrokerPart(plan, (level, text) => {
      if (level === 'warn' || level === 'error') complaints.push(`${plan.name} ${text}`)
    })
    const client = new TestClient(part.address)
    return {
      address: part.address,
      role: part.role,
      client,
      async stop() {
        client.close()
        await part.stop()
      },
    }
  }
  return {
    start,
    complaints,
    /** The same folder and ports in another shape, from the next start on. */
    becomes(other: string) {
      preset = other
    },
    async close() {
      await namesrv.close()
      removeFolder(dataDir)
    },
  }
}
type Broker = Awaited<ReturnType<Awaited<ReturnType<typeof openPreset>>['start']>>

const haStatus = async (broker: Broker) =>
  readBody(haRuntimeInfo, (await broker.client.ask(RequestCode.GET_BROKER_HA_STATUS)).body)

/** Asks again until the answer is as wanted. */
async function eventually<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  const endMs = Date.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (isWanted(answer) || Date.now() > endMs) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const inSync = (broker: Broker) =>
  eventually(
    () => haStatus(broker),
    ({ inSyncSlaveNums }) => inSyncSlaveNums === 1,
  )

describe('1m-1s-sync', () => {
  let cluster: Awaited<ReturnType<typeof openPreset>>
  let master: Broker
  let slave: Broker
  beforeAll(async () => {
    cluster = await openPreset('1m-1s-sync', { slaveReadEnable: 'true', slaveTimeout: '1500' })
    master = await cluster.start(0)
    slave = await cluster.start(1)
    expect((await inSync(master)).inSyncSlaveNums).toBe(1)
  })
  afterAll(async () => {
    await slave.stop()
    await master.stop()
    await cluster.close()
  })

  it('has a master and its slave, each saying how replication stands', async () => {
    expect([master.role, slave.role]).toEqual(['SYNC_MASTER', 'SLAVE'])
    const ofMaster = await haStatus(master)
    expect(ofMaster).toMatchObject({ master: true, haConnectionInfo: [{ inSync: true, diff: 0 }] })
    const ofSlave = await haStatus(slave)
    expect(ofSlave).toMatchObject({ master: false, haConnectionInfo: [] })
    expect(ofSlave.haClientRuntimeInfo.masterAddr).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  it('HA1: acknowledges what the slave holds too, and serves it from there', async () => {
    for (let sent = 0; sent < 20; sent++) {
      expect((await master.client.send({ topic: 'both', body: `m${sent}` })).code).toBe(ResponseCode.SUCCESS)
    }
    // topics come with the tables, some time after the messages
    const found = await eventually(
      () => slave.client.pull('readers', 'both', 0),
      ({ code }) => code === ResponseCode.SUCCESS,
    )
    expect(found.code).toBe(ResponseCode.SUCCESS)
    const read = await slave.client.pullUntil('readers', 'both', 0)
    expect(read.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, at) => `m${at}`))
  }, 30_000)

  it('refuses messages at the slave', async () => {
    const reply = await slave.client.send({ topic: 'both' })
    expect([reply.code, reply.remark]).toEqual([ResponseCode.SYSTEM_BUSY, expect.stringContaining('[REJECTREQUEST]')])
  })

  it('asks a slave for patience with an offset that it does not know yet', async () => {
    const moved = await slave.client.pull('readers', 'both', 1000)
    expect(moved.code).toBe(ResponseCode.PULL_RETRY_IMMEDIATELY)
    expect(moved.ext.nextBeginOffset).toBe('1000')
    expect((await master.client.pull('readers', 'both', 1000)).code).toBe(ResponseCode.PULL_OFFSET_MOVED)
  })

  it('HA3: brings offsets and groups of the master to the slave', async () => {
    await master.client.pull('movers', 'both', 0)
    const place = { consumerGroup: 'movers', topic: 'both', queueId: '0' }
    await master.client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '7' })
    const at = await eventually(
      () => slave.client.ask(RequestCode.QUERY_CONSUMER_OFFSET, place),
      ({ ext }) => ext.offset === '7',
    )
    expect(at.ext.offset).toBe('7')
  }, 30_000)

  it('HA4: says 12 when the slave is gone, with the message stored, and goes on when it is back', async () => {
    await slave.stop()
    const late = await master.client.send({ topic: 'both', body: 'alone' })
    expect(late.code).toBe(ResponseCode.FLUSH_SLAVE_TIMEOUT)
    slave = await cluster.start(1)
    await inSync(master)
    expect((await master.client.send({ topic: 'both', body: 'again' })).code).toBe(ResponseCode.SUCCESS)
    const read = await slave.client.pullUntil('readers', 'both', 20)
    expect(read.map(({ text }) => text)).toEqual(['alone', 'again'])
  }, 30_000)

  it('serves the slave while the master is down, and follows the master when it is back', async () => {
    await master.stop()
    const read = await slave.client.pullUntil('readers', 'both', 20)
    expect(read.map(({ text }) => text)).toEqual(['alone', 'again'])
    master = await cluster.start(0)
    expect((await inSync(master)).inSyncSlaveNums).toBe(1)
    expect((await master.client.send({ topic: 'both', body: 'back' })).code).toBe(ResponseCode.SUCCESS)
    expect((await slave.client.pullUntil('readers', 'both', 22)).map(({ text }) => text)).toEqual(['back'])
  }, 30_000)
})

it('a slave that starts before its master follows it as soon as it is there', async () => {
  const cluster = await openPreset('1m-1s-async', { slaveReadEnable: 'true' })
  const slave = await cluster.start(1)
  const master = await cluster.start(0)
  await master.client.send({ topic: 'later', body: 'first' })
  expect((await inSync(master)).inSyncSlaveNums).toBe(1)
  await eventually(
    () => slave.client.pull('readers', 'later', 0),
    ({ code }) => code === ResponseCode.SUCCESS,
  )
  expect((await slave.client.pullUntil('readers', 'later', 0)).map(({ text }) => text)).toEqual(['first'])
  await master.stop()
  await slave.stop()
  await cluster.close()
}, 30_000)

it('a data folder from before the cluster had slaves gets one, which copies what is there', async () => {
  const cluster = await openPreset('1m-noslave')
  const before = await cluster.start(0)
  for (let sent = 0; sent < 30; sent++) await before.client.send({ topic: 'kept', body: `m${sent}` })
  await before.stop()
  cluster.becomes('1m-1s-async')
  const master = await cluster.start(0)
  const slave = await cluster.start(1)
  expect((await inSync(master)).inSyncSlaveNums).toBe(1)
  await eventually(
    () => slave.client.pull('readers', 'kept', 0),
    ({ code }) => code === ResponseCode.SUCCESS,
  )
  const read = await slave.client.pullUntil('readers', 'kept', 0)
  expect(read.map(({ text }) => text)).toEqual(Array.from({ length: 30 }, (_, at) => `m${at}`))
  expect(cluster.complaints).toEqual([])
  await slave.stop()
  await master.stop()
  await cluster.close()
}, 30_000)

it('SYNC_MASTER with inSyncReplicas of 1 says that it waits for nobody', async () => {
  const cluster = await openPreset('1m-1s-sync', { inSyncReplicas: '1' })
  const master = await cluster.start(0)
  expect(cluster.complaints.join('\n')).toContain('inSyncReplicas=1 waits for no slave')
  expect((await master.client.send({ topic: 'alone' })).code).toBe(ResponseCode.SUCCESS)
  await master.stop()
  await cluster.close()
})

describe.each([
  ['2m-2s-sync', 4],
  ['3m-3s-sync', 6],
] as const)('%s', (preset, brokers) => {
  it('starts as a whole: each master has its slave, and its puts are on both', async () => {
    const cluster = await openPreset(preset, {}, brokers)
    const started = await Promise.all(Array.from({ length: brokers }, (_, number) => cluster.start(number)))
    const masters = started.filter(({ role }) => role === 'SYNC_MASTER')
    expect(masters.length).toBe(brokers / 2)
    for (const master of masters) {
      expect((await inSync(master)).inSyncSlaveNums).toBe(1)
      expect((await master.client.send({ topic: 'Whole' })).code).toBe(ResponseCode.SUCCESS)
    }
    for (const broker of started) await broker.stop()
    await cluster.close()
  }, 60_000)
})
