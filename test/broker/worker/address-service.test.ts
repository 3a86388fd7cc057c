// test/broker/worker/address-service.test.ts: which name servers there are, told over HTTP, and heard by a broker.
import { createServer } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { startAddressPoll } from '../../../broker/peer/address-poll'
import { reachableFrom, unitAsked } from '../../../broker/protocol/address-service'
import { openAddressService } from '../../../broker/worker/address-service'
import { startNamesrvPart } from '../../../broker/worker/namesrv-part'
import { temporaryFolder } from '../../support/folders'
import { freePort } from '../../support/ports'
import { clusterInfo } from '../../support/reference'
import { openRealBroker } from '../processor/real-broker'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

it('NS8: tells the live list at every path that clients ask', async () => {
  const addresses = ['127.0.0.1:9876', '127.0.0.1:9877']
  const service = await openAddressService('127.0.0.1', 0, () => addresses)
  closing.push(() => service.close())
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${service.port}${path}`)
    return [answer.status, await answer.text()]
  }
  for (const path of [
    '/rocketmq/nsaddr',
    '/rocketmq/nsaddr?nofix=1',
    '/rocketmq/nsaddr-unit1?nofix=1',
    '/rocketmq/nsaddr4client-internal',
    '/rocketmq/nsaddr4client-internet',
  ]) {
    expect(await ask(path), path).toEqual([200, '127.0.0.1:9876;127.0.0.1:9877'])
  }
  addresses.pop()
  expect(await ask('/rocketmq/nsaddr')).toEqual([200, '127.0.0.1:9876'])
  for (const path of ['/', '/rocketmq', '/rocketmq/nsaddrs', '/rocketmq/nsaddr/../x', '/rocketmq/nsaddr4client']) {
    expect((await ask(path))[0], path).toBe(404)
  }
})

it('names the unit that is asked for, and an address that others can reach', () => {
  expect(unitAsked('/rocketmq/nsaddr-my%20unit')).toEqual({ unit: 'my unit' })
  expect(unitAsked('/rocketmq/nsaddr-%zz')).toEqual({ unit: '%zz' })
  expect(reachableFrom('10.0.0.7', ['0.0.0.0:9876', 'ns2:9876'])).toBe('10.0.0.7:9876;ns2:9876')
  expect(reachableFrom('::ffff:10.0.0.7', [':::9876'])).toBe('10.0.0.7:9876')
})

it('NS7: a broker that was told nothing finds its name servers there, and follows the list without a restart', async () => {
  const start = async () => {
    const port = await freePort()
    const plan = { kind: 'namesrv', name: 'namesrv', host: '127.0.0.1', port, dataDir: temporaryFolder('ns') } as const
    const part = await startNamesrvPart({ ...plan, properties: {}, preset: {} }, () => {})
    closing.push(() => part.stop())
    return part.address
  }
  const [first, second] = [await start(), await start()]
  const told = [first]
  const service = await openAddressService('127.0.0.1', 0, () => told)
  closing.push(() => service.close())
  const broker = await openRealBroker({
    fetchNamesrvAddrByAddressServer: 'true',
    fetchNamesrvAddrInterval: '100',
    'rocketmq.namesrv.domain': `127.0.0.1:${service.port}`,
  })
  closing.push(() => broker.stop())
  await expect.poll(() => clusterInfo(first)).toContain(broker.address)
  told.splice(0, 1, second)
  await expect.poll(() => clusterInfo(second)).toContain(broker.address)
  await expect.poll(() => clusterInfo(first)).not.toContain(broker.address)
  // what is set by hand holds from then on
  expect((await broker.client().ask(25, {}, `namesrvAddr=${first}`)).code).toBe(0)
  await expect.poll(() => clusterInfo(first)).toContain(broker.address)
})

it('keeps what it knew when the service is away or talks nonsense', async () => {
  const answers = ['a:1;b:2', 'nonsense', '', '<html>', 'c:3']
  const server = createServer((_, response) => response.end(answers.shift() ?? ''))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  closing.push(() => server.close())
  const address = server.address()
  const heard: string[] = []
  const lines: string[] = []
  const poll = startAddressPoll({
    domain: `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    subgroup: 'nsaddr',
    everyMs: 3_600_000,
    onList: (list) => heard.push(list),
    log: (level, line) => lines.push(`${level} ${line}`),
  })
  closing.push(() => poll.stop())
  for (let asked = 0; asked < 5; asked++) await poll.ask()
  expect(heard).toEqual(['a:1;b:2', 'c:3'])
  expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(1)
})
