// test/broker/peer/registration.test.ts: what name servers hear of a broker, and when.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openTopics } from '../../../broker/catalog/topics'
import { openNameServer } from '../../../broker/namesrv/open'
import { openDialer } from '../../../broker/net/dial'
import { listen } from '../../../broker/net/listen'
import { createRegistration } from '../../../broker/peer/registration'
import { clusterInfo as clusterInfoBody, readBody, routeData } from '../../../broker/protocol/bodies'
import { RequestCode } from '../../../broker/protocol/codes'
import { temporaryFolder } from '../../support/folders'
import { freePort } from '../../support/ports'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const silent = () => {}

async function nameServer(port = 0) {
  const server = await openNameServer({
    host: '127.0.0.1',
    port,
    dataDir: temporaryFolder('namesrv'),
    properties: {},
    log: silent,
  })
  ends.push(() => server.close())
  return server
}

const topic = (topicName: string) => ({
  attributes: new Map<string, string>(),
  order: false,
  perm: 6,
  readQueueNums: 4,
  topicFilterType: 'SINGLE_TAG' as const,
  topicName,
  topicSysFlag: 0,
  writeQueueNums: 4,
})

async function broker(addresses: () => string, permission: () => number = () => 6) {
  const topics = await openTopics({
    configDir: temporaryFolder('config'),
    clusterName: 'C',
    brokerName: 'broker-a',
    autoCreateTopicEnable: true,
    defaultTopicQueueNums: 8,
    traceTopicEnable: true,
    msgTraceTopicName: 'RMQ_SYS_TRACE_TOPIC',
    timerWheelEnable: true,
    clock: Date.now,
    log: silent,
  })
  ends.push(() => topics.close())
  const lines: string[] = []
  const dialer = openDialer({ onClose: (address) => registration.connectionLost(address) })
  const registration = createRegistration({
    clusterName: 'C',
    brokerName: 'broker-a',
    brokerId: 0,
    address: '127.0.0.1:10911',
    haAddress: '127.0.0.1:10912',
    topics,
    dialer,
    namesrvAddr: addresses,
    brokerPermission: permission,
    periodMs: () => 30_000,
    requestTimeoutMs: () => 3000,
    log: (level, line) => lines.push(`${level} ${line}`),
  })
  ends.push(async () => {
    await registration.stop()
    dialer.close()
  })
  return { topics, registration, lines }
}

const asker = () => {
  const dialer = openDialer()
  ends.push(() => dialer.close())
  return dialer
}
const route = async (address: string, name: string) => {
  const reply = await asker().request(address, RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic: name }, undefined, 3000)
  return reply.code === 0 ? readBody(routeData, reply.body) : undefined
}
const brokersAt = async (address: string) => {
  const reply = await asker().request(address, RequestCode.GET_BROKER_CLUSTER_INFO, {}, undefined, 3000)
  return [...readBody(clusterInfoBody, reply.body).brokerAddrTable.keys()]
}

describe('a broker', () => {
  it('registers with every name server at its start', async () => {
    const [one, two] = [await nameServer(), await nameServer()]
    const { registration } = await broker(() => `${one.address};${two.address}`)
    expect(await registration.start()).toBe(2)
    expect(await brokersAt(one.address)).toEqual(['broker-a'])
    expect((await route(two.address, 'TBW102'))?.queueDatas[0]?.writeQueueNums).toBe(8)
  })

  it('tells a new topic at once, and the others are still known', async () => {
    const server = await nameServer()
    const { registration, topics } = await broker(() => server.address)
    await registration.start()
    topics.put(topic('Orders'))
    await registration.topicsChanged(['Orders'])
    expect((await route(server.address, 'Orders'))?.queueDatas[0]?.readQueueNums).toBe(4)
    expect(await route(server.address, 'TBW102')).toBeDefined()
  })

  it('tells many changes of one moment in few requests', async () => {
    const seen: number[] = []
    const listener = await listen({
      host: '127.0.0.1',
      port: 0,
      maxFrameBytes: 1 << 24,
      idleMs: 10_000,
      onRequest: (request, connection) => {
        seen.push(request.code)
        connection.reply(request, { code: 0 })
      },
    })
    ends.push(() => listener.close())
    const { registration, topics } = await broker(() => `127.0.0.1:${listener.port}`)
    await registration.start()
    const changes = Array.from({ length: 500 }, (_, i) => `Topic${i}`)
    await Promise.all(
      changes.map((name) => {
        topics.put(topic(name))
        return registration.topicsChanged([name])
      }),
    )
    expect(seen.length).toBeLessThan(10)
  })

  it('takes leave of the name server when it stops', async () => {
    const server = await nameServer()
    const { registration } = await broker(() => server.address)
    await registration.start()
    await registration.stop()
    await vi.waitFor(async () => expect(await brokersAt(server.address)).toEqual([]))
  })

  it('starts without a name server, says so once, and registers when one comes up', async () => {
    const port = await freePort()
    const { registration, lines } = await broker(() => `127.0.0.1:${port}`)
    expect(await registration.start()).toBe(0)
    expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(1)
    const server = await nameServer(port)
    await vi.waitFor(async () => expect(await brokersAt(server.address)).toEqual(['broker-a']), { timeout: 10_000 })
  })

  it('registers again when its connection to a name server is lost', async () => {
    const port = await freePort()
    const first = await nameServer(port)
    const { registration } = await broker(() => first.address)
    await registration.start()
    await first.close()
    ends.pop()
    const second = await nameServer(port)
    await vi.waitFor(async () => expect(await brokersAt(second.address)).toEqual(['broker-a']), { timeout: 10_000 })
  })

  it('NS7: follows a changed list of name servers', async () => {
    const [one, two] = [await nameServer(), await nameServer()]
    let list = one.address
    const { registration } = await broker(() => list)
    await registration.start()
    list = two.address
    expect(await registration.again()).toBe(1)
    expect(await brokersAt(two.address)).toEqual(['broker-a'])
    await vi.waitFor(async () => expect(await brokersAt(one.address)).toEqual([]))
  })

  it('is not held up by a name server that does not answer', async () => {
    const deaf = await listen({
      host: '127.0.0.1',
      port: 0,
      maxFrameBytes: 1 << 24,
      idleMs: 10_000,
      onRequest: () => {},
    })
    ends.push(() => deaf.close())
    const server = await nameServer()
    const { registration, topics } = await broker(() => `127.0.0.1:${deaf.port};${server.address}`)
    void registration.start()
    topics.put(topic('Orders'))
    await registration.topicsChanged(['Orders'])
    expect(await route(server.address, 'Orders')).toBeDefined()
  })

  it('registers what it may, not what it has, when its permission is less', async () => {
    const server = await nameServer()
    const { registration } = await broker(
      () => server.address,
      () => 4,
    )
    await registration.start()
    expect((await route(server.address, 'TBW102'))?.queueDatas[0]?.perm).toBe(4)
  })

  it('learns from the name server which topics are consumed in order', async () => {
    const server = await nameServer()
    const ext = { namespace: 'ORDER_TOPIC_CONFIG', key: 'Orders', value: 'broker-a:4' }
    await asker().request(server.address, RequestCode.PUT_KV_CONFIG, ext, undefined, 3000)
    const { registration, topics } = await broker(() => server.address)
    topics.put(topic('Orders'))
    await registration.start()
    expect(topics.get('Orders')?.order).toBe(true)
  })
})
