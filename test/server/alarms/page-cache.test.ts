// test/server/alarms/page-cache.test.ts: the default rule about a busy page cache fires while a disk lets the writes of a broker
// wait, and is over when it takes them again. Broker, name server and console are real; the disk is this machine's own, whose
// calls take as long as the test says.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { nodeFiles, type OpenFile } from '../../../broker/file/files'
import { RequestCode } from '../../../broker/protocol/codes'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import { startNamesrvPart } from '../../../broker/worker/namesrv-part'
import type { RunningPart } from '../../../broker/worker/part-thread'
import { planCluster } from '../../../broker/worker/topology'
import { type ConsoleHandle, createConsole } from '../../../server/console'
import { publishedConsole } from '../../../server/trpc/context'
import { TestClient } from '../../broker/processor/real-broker'
import { eventually } from '../../support/auto-cluster'
import { removeFolder, temporaryFolder } from '../../support/folders'
import { freeClusterPorts } from '../../support/ports'

const WITHIN_MS = 60_000
const dataDir = temporaryFolder('busy')
let parts: RunningPart[]
let client: TestClient
let handle: ConsoleHandle
let letGo = (): void => {}

/** All files of this process share these methods. */
const fileMethods: OpenFile = (() => {
  const file = nodeFiles().create(`${temporaryFolder('any-file')}/file`, 0)
  file.close()
  return Object.getPrototypeOf(file)
})()
/** The kernel makes one call of the commit log wait in place, and those made off the loop until `letGo`. */
const makeBusy = (): void => {
  const released = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const { write, writeSync } = fileMethods
  const isLog = ({ path }: OpenFile): boolean => path.startsWith(dataDir) && path.includes('/commitlog/')
  vi.spyOn(fileMethods, 'writeSync').mockImplementation(function (this: OpenFile, buffers, position) {
    if (isLog(this)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    writeSync.call(this, buffers, position)
  })
  vi.spyOn(fileMethods, 'write').mockImplementation(async function (this: OpenFile, buffers, position) {
    if (isLog(this)) await released
    await write.call(this, buffers, position)
  })
}

beforeAll(async () => {
  const [first, broker] = planCluster({
    preset: '1m-noslave',
    host: '127.0.0.1',
    ...(await freeClusterPorts(1)),
    dataDir,
    properties: {
      mappedFileSizeCommitLog: '1048576',
      maxMessageSize: '262144',
      maxHashSlotNum: '1000',
      maxIndexNum: '4000',
    },
    log: () => {},
  }).map(({ plan }) => plan)
  if (first === undefined || broker === undefined) throw new Error('no plan')
  const namesrv = await startNamesrvPart(first, () => {})
  const part = await startBrokerPart(broker, () => {})
  parts = [part, namesrv]
  client = new TestClient(part.address)
  handle = await createConsole({
    dataDir: temporaryFolder('busy-console'),
    clusters: [{ id: 'c', name: 'C', namesrv: [namesrv.address] }],
    host: '127.0.0.1',
    port: 1,
    turnMs: 200,
    databaseThread: false,
    log: () => undefined,
  })
}, WITHIN_MS)
afterAll(async () => {
  letGo()
  vi.restoreAllMocks()
  await handle.close()
  client.close()
  for (const part of parts) await part.stop()
  removeFolder(dataDir)
})

it('fires as it is from the first start while writes of the commit log wait for the disk', {
  timeout: 3 * WITHIN_MS,
}, async () => {
  const alarms = () => {
    const cluster = publishedConsole()?.clusters.get('c')
    if (cluster === undefined) throw new Error('the cluster is not there')
    return cluster.alarms
  }
  const rule = (await alarms().rules()).find(({ metric }) => metric === 'pageCacheBusy')
  if (rule === undefined) throw new Error('no such rule')
  const { id, matched: _m, firing: _f, pending: _p, unknown: _u, firedLast7d: _w, ...body } = rule
  // Its threshold stays; only nobody waits half a minute here.
  await alarms().putRule(id, { ...body, forMs: 0, resolveForMs: 0 })
  const found = async () => (await alarms().board()).firing.filter(({ metric }) => metric === 'pageCacheBusy')
  const send = () => client.send({ topic: 'BenchmarkTest', body: 'waits' })
  await send()
  makeBusy()
  await send() // it is the one that shows that the disk is slow
  const waiting = send()
  await eventually('it fires', WITHIN_MS, async () => (await found()).length === 1)
  const [one] = await found()
  expect(one).toMatchObject({ ruleId: id, subject: 'broker-a:0', threshold: 1000 })
  expect(one?.value).toBeGreaterThan(1000)
  letGo()
  expect(await waiting).toMatchObject({ code: 0 })
  await eventually('it is over', WITHIN_MS, async () => (await found()).length === 0)
  const { body: told } = await client.ask(RequestCode.GET_BROKER_RUNTIME_INFO)
  expect(JSON.parse(told.toString()).table.pageCacheLockTimeMills).toBe('0')
})
