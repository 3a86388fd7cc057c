// test/broker/namesrv/routes.test.ts: who is there, and for how long.
import { describe, expect, it, vi } from 'vitest'
import { RouteTable, smallest } from '../../../broker/namesrv/routes'
import type { Connection } from '../../../broker/net/types'
import { topicConfig } from '../../../broker/protocol/bodies'
import { RequestCode as Ask } from '../../../broker/protocol/codes'
import { brokerOf, done, nameServerPerTest, registrationOf, topicOf, twoTopics } from '../../support/name-server'

const server = nameServerPerTest()
const { ask, register, restart } = server

describe('liveness', () => {
  const isThere = async () => (await ask(Ask.GET_BROKER_CLUSTER_INFO)).body.includes('broker-a')

  it('NS5: ends at once with the connection over which a broker registered', async () => {
    const own = server.dial()
    await register(0, {}, twoTopics, own)
    expect(await isThere()).toBe(true)
    own.close()
    await vi.waitFor(async () => expect(await isThere()).toBe(false))
    expect((await ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'T' })).code).toBe(17)
  })

  it('survives the close of a connection that a broker has replaced', async () => {
    const [first, second] = [server.dial(), server.dial()]
    await register(0, {}, twoTopics, first)
    await register(0, {}, twoTopics, second)
    first.close()
    await ask(Ask.GET_BROKER_CLUSTER_INFO, {}, undefined, second) // its close has been seen by now
    expect(await isThere()).toBe(true)
  })

  it.each([
    [undefined, 120_000],
    ['3000', 3000],
  ])('NS5: ends after the silence that the broker agreed on (%s)', async (heartbeatTimeoutMillis, silenceMs) => {
    await restart({ scanNotActiveBrokerInterval: '10' })
    await register(0, { heartbeatTimeoutMillis })
    server.nowMs += silenceMs
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await isThere()).toBe(true)
    server.nowMs += 1
    await vi.waitFor(async () => expect(await isThere()).toBe(false))
  })

  it.each([
    ['a heartbeat', Ask.BROKER_HEARTBEAT, undefined],
    ['a look at its version', Ask.QUERY_DATA_VERSION, '{"counter":1,"stateVersion":0,"timestamp":5}'],
  ])('goes on with %s', async (_, code, body) => {
    await restart({ scanNotActiveBrokerInterval: '10' })
    await register()
    server.nowMs += 100_000
    await ask(code, brokerOf(), body)
    server.nowMs += 100_000
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await isThere()).toBe(true)
  })

  it('tells a broker whether its version is the one that is known', async () => {
    const version = (counter: number) => `{"counter":${counter},"stateVersion":0,"timestamp":5}`
    expect(await ask(Ask.QUERY_DATA_VERSION, brokerOf(), version(1))).toEqual({ ...done, ext: { changed: 'true' } })
    await register()
    expect(await ask(Ask.QUERY_DATA_VERSION, brokerOf(), version(1))).toEqual({
      ...done,
      ext: { changed: 'false' },
      body: version(1),
    })
    expect(await ask(Ask.QUERY_DATA_VERSION, brokerOf(), version(2))).toMatchObject({ ext: { changed: 'true' } })
  })
})

it('finds the smallest id among more than a call may have arguments', () => {
  const addrs = new Map(Array.from({ length: 300_000 }, (_, id) => [300_000 - id, 'a'] as const))
  expect(smallest(addrs)).toBe(1)
})

describe('a registration', () => {
  const only = registrationOf([topicOf('T')])

  it('that is refused leaves nothing behind', async () => {
    expect((await register(0, {}, only)).remark).toBe('register broker failed')
    expect((await ask(Ask.GET_BROKER_CLUSTER_INFO)).body).toBe('{"brokerAddrTable":{},"clusterAddrTable":{}}')
    expect((await ask(Ask.GET_SYSTEM_TOPIC_LIST_FROM_NS)).body).not.toContain('broker-a')
  })

  it('that is refused changes nothing of a broker that is there', async () => {
    await register(0, { enableActingMaster: 'true' })
    const before = (await ask(Ask.GET_BROKER_CLUSTER_INFO)).body
    await register(1, { clusterName: 'Other', enableActingMaster: 'false' }, only)
    expect((await ask(Ask.GET_BROKER_CLUSTER_INFO)).body).toBe(before)
  })

  it('of an address under another name ends the former name', async () => {
    await register()
    await register(0, { brokerName: 'broker-z' })
    const { body } = await ask(Ask.GET_BROKER_CLUSTER_INFO)
    expect(body).toContain('broker-z')
    expect(body).not.toContain('broker-a')
  })
})

it('lets go of thousands of brokers of one connection, and of their topics, in one go', () => {
  const table = new RouteTable({
    rules: { supportActingMaster: false, deleteTopicWithBrokerRegistration: false },
    clock: () => 0,
    log: () => {},
  })
  const connection = {} as Connection // only told apart
  const COUNT = 20_000 // with a look through all for each, this takes minutes
  const topics = (name: string) =>
    new Map(
      [`${name}-1`, `${name}-2`].map((topicName) => [topicName, topicConfig.read({ topicName }, topicName)] as const),
    )
  for (let number = 0; number < COUNT; number++) {
    table.register({
      clusterName: 'c',
      brokerName: `b${number}`,
      brokerAddr: `10.0.0.1:${number}`,
      brokerId: 0,
      haServerAddr: undefined,
      zoneName: undefined,
      heartbeatTimeoutMs: undefined,
      enableActingMaster: undefined,
      body: {
        filterServerList: [],
        topicConfigSerializeWrapper: {
          dataVersion: { counter: 1, stateVersion: 0, timestamp: 1 },
          mappingDataVersion: { counter: 1, stateVersion: 0, timestamp: 1 },
          topicConfigTable: topics(`t${number}`),
          topicQueueMappingInfoMap: new Map(),
        },
      },
      connection,
    })
  }
  expect(table.liveCount).toBe(COUNT)
  expect(table.topicNames).toHaveLength(2 * COUNT)
  table.connectionClosed(connection)
  expect([table.liveCount, table.topicNames.length, table.clusterInfo().brokerAddrTable.size]).toEqual([0, 0, 0])
})
