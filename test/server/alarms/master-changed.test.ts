// test/server/alarms/master-changed.test.ts: the default rule about another master fires when a controller really elects one.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readBody, writeBody } from '../../../broker/protocol/bodies'
import { brokerNames, replicasInfoBody } from '../../../broker/protocol/bodies-controller'
import { RequestCode } from '../../../broker/protocol/codes'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import { startNamesrvPart } from '../../../broker/worker/namesrv-part'
import type { RunningPart } from '../../../broker/worker/part-thread'
import { planCluster } from '../../../broker/worker/topology'
import { type ConsoleHandle, createConsole } from '../../../server/console'
import { publishedConsole } from '../../../server/trpc/context'
import { TestClient } from '../../broker/processor/real-broker'
import { eventually } from '../../support/auto-cluster'
import { temporaryFolder } from '../../support/folders'
import { freeClusterPorts } from '../../support/ports'

const WITHIN_MS = 60_000
const small = {
  mappedFileSizeCommitLog: '1048576',
  maxMessageSize: '262144',
  maxHashSlotNum: '1000',
  maxIndexNum: '4000',
}
let namesrv: RunningPart
let brokers: RunningPart[]
let controller: TestClient
let handle: ConsoleHandle

beforeAll(async () => {
  const [first, ...others] = planCluster({
    preset: '1m-1s-auto',
    host: '127.0.0.1',
    ...(await freeClusterPorts(2)),
    dataDir: temporaryFolder('elected'),
    properties: small,
    log: () => {},
  }).map(({ plan }) => plan)
  if (first === undefined) throw new Error('no plan')
  namesrv = await startNamesrvPart(first, () => {})
  brokers = await Promise.all(others.map((plan) => startBrokerPart(plan, () => {})))
  controller = new TestClient(namesrv.address)
  handle = await createConsole({
    dataDir: temporaryFolder('elected-console'),
    clusters: [{ id: 'c', name: 'C', namesrv: [namesrv.address] }],
    host: '127.0.0.1',
    port: 1,
    turnMs: 200,
    databaseThread: false,
    log: () => undefined,
  })
}, WITHIN_MS)
afterAll(async () => {
  await handle.close()
  controller.close()
  await Promise.all(brokers.map((broker) => broker.stop()))
  await namesrv.stop()
})

it('fires as it is from the first start when the controller elects another master', {
  timeout: 3 * WITHIN_MS,
}, async () => {
  const cluster = publishedConsole()?.clusters.get('c')
  if (cluster === undefined) throw new Error('the cluster is not there')
  const replicas = async () => {
    const reply = await controller.ask(
      RequestCode.CONTROLLER_GET_SYNC_STATE_DATA,
      {},
      writeBody(brokerNames, ['broker-a']),
    )
    return readBody(replicasInfoBody, reply.body).replicasInfoTable.get('broker-a')
  }
  const masters = () => cluster.overview().brokers.filter(({ role, state }) => role === 'master' && state === 'ok')
  await eventually('both are in sync', WITHIN_MS, async () => (await replicas())?.inSyncReplicas.length === 2)
  await eventually('the console sees a master', WITHIN_MS, async () => masters().length === 1)
  const rule = (await cluster.alarms.rules()).find(({ metric }) => metric === 'masterChanged')
  expect((await cluster.alarms.board()).firing.filter(({ metric }) => metric === 'masterChanged')).toEqual([])

  const before = await replicas()
  const next = before?.inSyncReplicas.find(({ brokerId }) => brokerId !== before.masterBrokerId)
  await controller.ask(RequestCode.CONTROLLER_ELECT_MASTER, {
    clusterName: 'DefaultCluster',
    brokerName: 'broker-a',
    brokerId: String(next?.brokerId),
    designateElect: 'true',
  })
  const found = async () => (await cluster.alarms.board()).firing.filter(({ metric }) => metric === 'masterChanged')
  await eventually('it fires', WITHIN_MS, async () => (await found()).length === 1)
  expect(await found()).toMatchObject([{ ruleId: rule?.id, subject: 'broker-a:0' }])
})
