// test/broker/worker/acting-master.test.ts: a slave in the place of its master (enableSlaveActingMaster): what clients and name
// servers see of it, what is due while the master is away, and what the master knows when it is back. Whole brokers.
import { afterEach, describe, expect, it } from 'vitest'
import {
  kvTable,
  lockBatchReply,
  lockBatchRequest,
  readBody,
  routeData,
  writeBody,
} from '../../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../../broker/protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../../../broker/protocol/codes'
import { decodeRecords } from '../../../broker/protocol/record'
import { createTopic, eventually, isCopied, openHouse, textsIn } from '../../support/acting-house'
import { TestClient } from '../processor/real-broker'

const TOPIC = 'Acted'

const ends: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

describe('HA5: a slave whose master is away', () => {
  it('acts as master: clients find it, and what is due comes at another master, once', async () => {
    const { names, open } = await openHouse(ends)
    const master = await open('broker-a', 0)
    const other = await open('broker-b', 0)
    await createTopic(master, TOPIC)
    await createTopic(other, TOPIC)
    const group = { consumerGroup: 'G', topic: TOPIC }
    await master.client.pull('G', TOPIC, 0) // makes the group
    await master.client.send({ topic: TOPIC, body: 'popped', properties: { UNIQ_KEY: 'UP' } })
    // it starts late, so that it has all tables with its first copy
    const slave = await open('broker-a', 1)
    const routeOf = async () =>
      readBody(routeData, (await names.ask(RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic: TOPIC })).body)
    await eventually('the slave copies', () => isCopied(master), [master, slave])
    await eventually('it knows the topic', async () => (await slave.client.pull('G', TOPIC, 0)).code === 0)
    const producer = new TestClient(other.address)
    ends.push(() => producer.close())
    await producer.heartbeat('producer@1', [], ['PG'])

    const born = String(Date.now())
    await master.client.ask(RequestCode.POP_MESSAGE, {
      ...{ ...group, queueId: '-1', maxMsgNums: '1', invisibleTime: '3000', pollTime: '0', bornTime: born },
      ...{ initMode: '0', exp: '*', expType: 'TAG', order: 'false' },
    })
    await master.client.send({ topic: TOPIC, body: 'delayed', properties: { DELAY: '1', UNIQ_KEY: 'UD' } })
    const timed = { TIMER_DELIVER_MS: String(Date.now() + 2000), UNIQ_KEY: 'UT' }
    await master.client.send({ topic: TOPIC, body: 'timed', properties: timed })
    const half = { TRAN_MSG: 'true', PGROUP: 'PG', UNIQ_KEY: 'UH' }
    await master.client.send({ topic: TOPIC, body: 'half', properties: half, ext: { f: '4', g: born } })
    await eventually('the slave has all of it', () => isCopied(master))
    await master.stop()

    await eventually('routes show it as master', async () => {
      const { brokerDatas, queueDatas } = await routeOf()
      const shown = brokerDatas.find(({ brokerName }) => brokerName === 'broker-a')
      const perm = queueDatas.find(({ brokerName }) => brokerName === 'broker-a')?.perm
      return shown?.brokerAddrs.get(0) === slave.address && perm === 4
    })
    await eventually('it says that it acts', async () => {
      const { body } = await slave.client.ask(RequestCode.GET_BROKER_RUNTIME_INFO)
      return readBody(kvTable, body).table.get('actingMaster') === 'true'
    })
    const mqSet = [{ topic: TOPIC, brokerName: 'broker-a', queueId: 0 }]
    const asked = writeBody(lockBatchRequest, { consumerGroup: 'G', clientId: 'c', mqSet, onlyThisBroker: false })
    const locked = await slave.client.ask(RequestCode.LOCK_BATCH_MQ, {}, asked)
    expect(readBody(lockBatchReply, locked.body).lockOKMQSet).toEqual(mqSet)
    const end = await slave.client.ask(RequestCode.GET_MAX_OFFSET, { topic: TOPIC, queueId: '0' })
    expect(Number(end.ext.offset)).toBeGreaterThan(0)
    expect((await slave.client.send({ topic: TOPIC })).code).not.toBe(ResponseCode.SUCCESS)
    expect(await textsIn(slave, TOPIC)).toContain('popped')
    const place = { ...group, queueId: '0' }
    await slave.client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '1' })

    const all = [slave, other]
    await eventually(
      'delayed and timed ones come',
      async () => {
        const there = [...(await textsIn(slave, TOPIC)), ...(await textsIn(other, TOPIC))]
        return there.includes('delayed') && there.includes('timed')
      },
      all,
    )
    await eventually(
      'what was popped comes again',
      async () => {
        const retry = `%RETRY%G_${TOPIC}`
        return [...(await textsIn(slave, retry)), ...(await textsIn(other, retry))].includes('popped')
      },
      all,
    )
    const isCheck = ({ code }: { code: number }) => code === RequestCode.CHECK_TRANSACTION_STATE
    await eventually('the producer is asked by the other master', () => producer.told.some(isCheck), all)
    const { tranStateTableOffset, commitLogOffset } = producer.told.findLast(isCheck)?.ext ?? {}
    await producer.ask(RequestCode.END_TRANSACTION, {
      ...{ producerGroup: 'PG', tranStateTableOffset, commitLogOffset, commitOrRollback: '8', msgId: 'UH' },
      fromTransactionCheck: 'true',
    })
    await eventually('what it commits is there', async () => (await textsIn(other, TOPIC)).includes('half'), all)

    const before = await textsIn(other, TOPIC)
    await master.start()
    await eventually('the slave copies again', () => isCopied(master), [master, slave])
    const known = await master.client.ask(RequestCode.QUERY_CONSUMER_OFFSET, place)
    expect(known.ext.offset).toBe('1')
    await eventually('routes show the master', async () => {
      const { brokerDatas } = await routeOf()
      return brokerDatas.find(({ brokerName }) => brokerName === 'broker-a')?.brokerAddrs.get(0) === master.address
    })
    await master.client.send({ topic: TOPIC, body: 'after', properties: { DELAY: '2' } })
    await eventually('the master delivers again', async () => (await textsIn(master, TOPIC)).includes('after'), [
      master,
    ])
    // it knows what came elsewhere meanwhile
    const own = await textsIn(master, TOPIC)
    const count = (text: string): number => [...own, ...before].filter((one) => one === text).length
    expect([count('delayed'), count('timed'), count('half')]).toEqual([1, 1, 1])
    expect(await textsIn(other, TOPIC)).toEqual(before)
  }, 120_000)
})

it('a slave takes nothing of its own, whoever asks: its log stays a copy', async () => {
  const { open } = await openHouse(ends)
  const master = await open('broker-a', 0, { enableSlaveActingMaster: 'false' })
  await createTopic(master, TOPIC)
  await master.client.pull('G', TOPIC, 0)
  await master.client.send({ topic: TOPIC, body: 'one' })
  const slave = await open('broker-a', 1, { enableSlaveActingMaster: 'false' })
  await eventually('the slave copies', () => isCopied(master), [master, slave])
  await eventually('it knows the topic', async () => (await slave.client.pull('G', TOPIC, 0)).code === 0)
  const endOf = async () => (await slave.client.ask(RequestCode.GET_BROKER_HA_STATUS)).body.toString()
  const before = readBody(haRuntimeInfo, Buffer.from(await endOf())).haClientRuntimeInfo.maxOffset
  const [record] = decodeRecords((await slave.client.pull('G', TOPIC, 0)).body)
  const back = {
    group: 'G',
    originTopic: TOPIC,
    offset: String(record?.commitLogOffset),
    delayLevel: '0',
    unitMode: 'false',
  }
  expect((await slave.client.ask(RequestCode.CONSUMER_SEND_MSG_BACK, back)).code).toBe(ResponseCode.SYSTEM_ERROR)
  const receipt = `0 ${Date.now()} 60000 0 0 broker-a 0 0`
  const ack = { consumerGroup: 'G', topic: TOPIC, queueId: '0', offset: '0', extraInfo: receipt }
  expect((await slave.client.ask(RequestCode.ACK_MESSAGE, ack)).code).toBe(ResponseCode.SERVICE_NOT_AVAILABLE)
  const longer = { ...ack, invisibleTime: '60000' }
  expect((await slave.client.ask(RequestCode.CHANGE_MESSAGE_INVISIBLETIME, longer)).code).not.toBe(ResponseCode.SUCCESS)
  expect(readBody(haRuntimeInfo, Buffer.from(await endOf())).haClientRuntimeInfo.maxOffset).toBe(before)
}, 60_000)
