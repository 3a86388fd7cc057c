// test/broker/worker/admission.test.ts: SE4: each listener takes only whom its list names, and whoever is of this machine.
import { connect } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { openAddressService } from '../../../broker/worker/address-service'
import { admissionFor, checkAllowFrom } from '../../../broker/worker/admission'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import { openMetricsService } from '../../../broker/worker/metrics-service'
import { startNamesrvPart } from '../../../broker/worker/namesrv-part'
import { planCluster } from '../../../broker/worker/topology'
import { temporaryFolder } from '../../support/folders'
import { freeClusterPorts } from '../../support/ports'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A peer at another address than the listener's own: loopback has many on Linux, and one elsewhere. */
const another = '127.0.0.2'
const further = '127.0.0.3'

/** What comes of a connection from there: closed by the listener, or `kept`. Undefined: this machine has no such address. */
const from = (localAddress: string, port: number, ask: Buffer): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress }, () => socket.write(ask))
    const end = (what: string | undefined) => {
      socket.destroy()
      resolve(what)
    }
    socket.setTimeout(60_000, () => reject(new Error('neither answered nor closed')))
    socket.once('data', () => end('kept'))
    socket.once('close', () => end('closed'))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRNOTAVAIL' || error.code === 'EINVAL' ? end(undefined) : end('closed'),
    )
  })

/** A request that is answered whatever stands in it. */
const request = (() => {
  const header = Buffer.from('{"code":106,"flag":0,"language":"JAVA","opaque":1,"version":479}')
  const frame = Buffer.alloc(8)
  frame.writeInt32BE(4 + header.length, 0)
  frame.writeInt32BE(header.length, 4)
  return Buffer.concat([frame, header])
})()
const http = Buffer.from('GET / HTTP/1.0\r\n\r\n')
/** A slave that has nothing: what the master keeps begins to come, a pulse at the least. */
const report = Buffer.alloc(8)

it('SE4: name server, broker, VIP and HA port close who is not named before they read, and keep who is', async (context) => {
  const { namesrvPort, brokerPort } = await freeClusterPorts()
  const lines: string[] = []
  const [namesrv, broker] = planCluster({
    ...{ preset: '1m-noslave', host: '127.0.0.1', namesrvPort, brokerPort, log: () => {} },
    dataDir: temporaryFolder('allow'),
    properties: {
      mappedFileSizeCommitLog: '16777216',
      maxHashSlotNum: '1000',
      maxIndexNum: '4000',
      haSendHeartbeatInterval: '100',
    },
  }).map(({ plan }) => plan)
  if (!namesrv || !broker) throw new Error('a cluster has both')
  const log = (_: string, line: string) => void lines.push(line)
  const first = await startNamesrvPart({ ...namesrv, allowFrom: { namesrv: `10.0.0.0/8, ${another}` } }, log)
  closing.push(() => first.stop())
  const second = await startBrokerPart({ ...broker, allowFrom: { broker: `${another}/32` } }, log)
  closing.push(() => second.stop())
  const probe = await from(another, namesrvPort, request)
  if (probe === undefined) return context.skip('loopback has one address here')
  for (const [port, ask] of [
    [namesrvPort, request],
    [brokerPort, request],
    [brokerPort - 2, request],
    [brokerPort + 1, report],
  ] as const) {
    const ends = await Promise.all([another, further, '127.0.0.1'].map((address) => from(address, port, ask)))
    expect(ends, `port ${port}`).toEqual(['kept', 'closed', 'kept'])
  }
  expect(lines).toContain(`closing ${further}: --allow-from namesrv does not name it`)
  expect(lines).toContain(`closing ${further}: --allow-from ha does not name it`)
})

it('SE4: so do the address service and the metrics', async (context) => {
  const allowFrom = { address: another, metrics: another }
  const admitted = (name: 'address' | 'metrics') => admissionFor(name, allowFrom, () => {})?.admits
  const addresses = await openAddressService('127.0.0.1', 0, () => ['127.0.0.1:9876'], admitted('address'))
  closing.push(() => addresses.close())
  const cluster = { parts: [], credentials: undefined, tls: undefined, namesrvAddress: '', onChange: () => () => {} }
  const nothing = async () => {}
  const metrics = await openMetricsService(
    { ...cluster, start: nothing, stop: nothing, restart: nothing, close: nothing },
    { host: '127.0.0.1', port: 0, admits: admitted('metrics') },
  )
  closing.push(() => metrics.close())
  if ((await from(another, addresses.port, http)) === undefined) return context.skip('loopback has one address here')
  for (const { port } of [addresses, metrics]) {
    const ends = await Promise.all([another, further, '127.0.0.1'].map((address) => from(address, port, http)))
    expect(ends).toEqual(['kept', 'closed', 'kept'])
  }
})

it('replication goes by the list of the brokers, unless it has one; what is not named takes everybody', () => {
  const peer = { remoteAddress: '::ffff:10.1.2.3', localAddress: '::ffff:10.9.9.9' }
  const given = { broker: '10.1.0.0/16,fe80::/10' }
  const admits = (listener: 'broker' | 'ha' | 'namesrv', allowed: Record<string, string>) =>
    admissionFor(listener, allowed, () => {})?.admits(peer)
  expect([admits('broker', given), admits('ha', given), admits('namesrv', given)]).toEqual([true, true, undefined])
  expect(admits('ha', { ...given, ha: '10.2.0.0/16' })).toBe(false)
  const inOtherForms = ['::ffff:10.0.0.0/104', '::ffff:a01:203', '::ffff:10.1.2.3/128', '::ffff:11.0.0.0/104']
  expect(inOtherForms.map((ha) => admits('ha', { ha }))).toEqual([true, true, true, false])
  expect(admissionFor('broker', given, () => {})?.hasAddress('fe80::1')).toBe(true)
  expect(admissionFor('broker', { broker: '10.0.0.1' }, () => {})?.admits({ ...peer, remoteAddress: undefined })).toBe(
    false,
  )
})

it.each([
  ['brokr', '10.0.0.0/8', 'no such listener here; there are broker, ha'],
  ['broker', '', 'nothing is no address and no network'],
  ['broker', '10.0.0.1,', 'nothing is no address and no network'],
  ['broker', '10.0.0.0/33', '10.0.0.0/33 is no address and no network'],
  ['broker', 'example.org', 'example.org is no address and no network'],
  ['ha', '::ffff:10.0.0.0/8', '::ffff:10.0.0.0/8 is no address and no network'],
  ['__proto__', '10.0.0.1', 'no such listener here'],
])('a rule that would do nothing ends the start: %s=%s', (name, text, says) => {
  expect(() => checkAllowFrom(Object.fromEntries([[name, text]]), ['broker', 'ha'])).toThrow(says)
})
