// test/broker/worker/failover.test.ts: a cluster of the preset 1m-1s-auto, its parts in this thread: who is master moves when a
// tool asks for it, in the same threads and on the same ports, and tools are told what Apache's would tell them.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readBody, writeBody } from '../../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../../broker/protocol/bodies-admin'
import { brokerNames, epochCacheBody, replicasInfoBody } from '../../../broker/protocol/bodies-controller'
import { RequestCode, ResponseCode } from '../../../broker/protocol/codes'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import type { PartPlan } from '../../../broker/worker/messages'
import { startNamesrvPart } from '../../../broker/worker/namesrv-part'
import type { RunningPart } from '../../../broker/worker/part-thread'
import { planCluster } from '../../../broker/worker/topology'
import { eventually } from '../../support/auto-cluster'
import { removeFolder, temporaryFolder } from '../../support/folders'
import { freeClusterPorts } from '../../support/ports'
import { TestClient } from '../processor/real-broker'

const small = {
  mappedFileSizeCommitLog: '1048576',
  maxMessageSize: '262144',
  maxHashSlotNum: '1000',
  maxIndexNum: '4000',
}
const dataDir = temporaryFolder('auto')
let namesrv: RunningPart
let brokers: RunningPart[]
let plans: PartPlan[]
let controller: TestClient
const clients: TestClient[] = []
const clientOf = (address: string): TestClient => {
  const client = new TestClient(address)
  clients.push(client)
  return client
}

beforeAll(async () => {
  const ports = await freeClusterPorts(2)
  const planned = planCluster({
    preset: '1m-1s-auto',
    host: '127.0.0.1',
    ...ports,
    dataDir,
    properties: small,
    log: () => {},
  })
  const [first, ...others] = planned.map(({ plan }) => plan)
  if (first === undefined) throw new Error('no plan')
  plans = others
  namesrv = await startNamesrvPart(first, () => {})
  brokers = await Promise.all(plans.map((plan) => startBrokerPart(plan, () => {})))
  controller = clientOf(namesrv.address)
}, 60_000)
afterAll(async () => {
  for (const client of clients) client.close()
  await Promise.all(brokers.map((broker) => broker.stop()))
  await namesrv.stop()
  removeFolder(dataDir)
})

const state = async () => {
  const body = writeBody(brokerNames, ['broker-a'])
  const reply = await controller.ask(RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, {}, body)
  const found = readBody(replicasInfoBody, reply.body).replicasInfoTable.get('broker-a')
  if (found === undefined) throw new Error('the controller knows no broker-a')
  return found
}
const bothInSync = () => eventually('both are in sync', 60_000, async () => (await state()).inSyncReplicas.length === 2)

it('moves who is master to the one that is asked for, and loses nothing', async () => {
  await bothInSync()
  const before = await state()
  const master = clientOf(before.masterAddress ?? '')
  expect((await master.send({ topic: 'Moved', body: 'first' })).code).toBe(ResponseCode.SUCCESS)

  const next = before.inSyncReplicas.find(({ brokerId }) => brokerId !== before.masterBrokerId)
  if (next?.brokerAddress === undefined) throw new Error('nobody else is in sync')
  const asked = { clusterName: 'DefaultCluster', brokerName: 'broker-a', brokerId: String(next.brokerId) }
  const elect = () => controller.ask(RequestCode.CONTROLLER_ELECT_MASTER, { ...asked, designateElect: 'true' })
  const elected = await elect()
  expect(elected).toMatchObject({
    code: ResponseCode.SUCCESS,
    ext: { masterBrokerId: String(next.brokerId), masterAddress: next.brokerAddress, masterEpoch: '2' },
  })
  expect((await elect()).code).toBe(ResponseCode.CONTROLLER_MASTER_STILL_EXIST)

  const moved = clientOf(next.brokerAddress)
  await eventually('the new master takes messages', 60_000, async () => {
    return (await moved.send({ topic: 'Moved', body: 'second' })).code === ResponseCode.SUCCESS
  })
  await bothInSync()
  expect(brokers.map(({ address, role }) => [address === next.brokerAddress, role])).toEqual(
    expect.arrayContaining([
      [true, 'SYNC_MASTER'],
      [false, 'SLAVE'],
    ]),
  )
  const stored = await moved.pullUntil('readers', 'Moved')
  expect(stored.map(({ text }) => text)).toContain('first')

  const { epochList, brokerId } = readBody(epochCacheBody, (await moved.ask(RequestCode.GET_BROKER_EPOCH_CACHE)).body)
  expect(brokerId).toBe(0)
  expect(epochList.map(({ epoch }) => epoch)).toEqual([1, 2])
  expect(epochList[1]?.startOffset).toBe(epochList[0]?.endOffset)
  // the controller knows of it a moment before the master does
  await eventually('the master knows that both are in sync', 60_000, async () => {
    const ha = readBody(haRuntimeInfo, (await moved.ask(RequestCode.GET_BROKER_HA_STATUS)).body)
    return ha.master && ha.inSyncSlaveNums === 1
  })
}, 120_000)

it('takes nothing, and acknowledges nothing, with fewer in sync than minInSyncReplicas', async () => {
  await bothInSync()
  const { masterAddress = '' } = await state()
  const master = clientOf(masterAddress)
  const send = (properties: Record<string, string> = {}) => master.send({ topic: 'Moved', body: 'few', properties })
  const set = 'minInSyncReplicas=2\nslaveTimeout=1000'
  expect((await master.ask(RequestCode.UPDATE_BROKER_CONFIG, {}, set)).code).toBe(ResponseCode.SUCCESS)
  expect((await send()).code).toBe(ResponseCode.SUCCESS)

  const at = brokers.findIndex(({ address }) => address !== masterAddress)
  await brokers[at]?.stop()
  // stored while the slave still counts, they are not acknowledged when it no longer does
  const codes: number[] = []
  await eventually('sends are refused', 60_000, async () => {
    const { code, remark } = await send()
    codes.push(code)
    return code === ResponseCode.SYSTEM_ERROR && remark?.startsWith('in-sync replicas not enough') === true
  })
  expect(codes).not.toContain(ResponseCode.SUCCESS)
  const batch = await master.sendBatch('Moved', [{ body: 'few' }])
  expect(batch.code).toBe(ResponseCode.SYSTEM_ERROR)
  expect((await send({ WAIT: 'false' })).code).toBe(ResponseCode.SUCCESS)

  const plan = plans[at]
  if (plan === undefined) throw new Error('no plan')
  brokers[at] = await startBrokerPart(plan, () => {})
  await eventually('sends are taken again', 60_000, async () => (await send()).code === ResponseCode.SUCCESS)
}, 200_000)

it('tells tools who it is, takes settings, and forgets no broker that is alive', async () => {
  const metadata = await controller.ask(RequestCode.CONTROLLER_GET_METADATA_INFO)
  expect(metadata.ext).toMatchObject({ controllerLeaderAddress: namesrv.address, isLeader: 'true' })
  const set = 'enableElectUncleanMaster=true'
  expect((await controller.ask(RequestCode.UPDATE_CONTROLLER_CONFIG, {}, set)).code).toBe(ResponseCode.SUCCESS)
  expect((await controller.ask(RequestCode.GET_CONTROLLER_CONFIG)).body.toString()).toContain(set)
  const clean = { clusterName: 'DefaultCluster', brokerName: 'broker-a', brokerControllerIdsToClean: '1' }
  expect((await controller.ask(RequestCode.CLEAN_BROKER_DATA, clean)).code).toBe(
    ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA,
  )
  const unknown = { brokerName: 'broker-z' }
  expect((await controller.ask(RequestCode.CONTROLLER_GET_REPLICA_INFO, unknown)).code).toBe(
    ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST,
  )
})
