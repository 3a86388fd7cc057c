// test/broker/namesrv/routes.test.ts: who is there, and for how long.
import { describe, expect, it, vi } from 'vitest'
import { smallest } from '../../../broker/namesrv/routes'
import { RequestCode as Ask } from '../../../broker/protocol/codes'
import { brokerOf, done, nameServerPerTest, twoTopics } from '../../support/name-server'

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
