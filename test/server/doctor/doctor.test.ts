// test/server/doctor/doctor.test.ts: the doctor finds what is broken on purpose, names it, and does not cry over what is well.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { messagesOf } from '../../../components/i18n/messages'
import { openAdmin } from '../../../server/admin/open'
import { openMembers } from '../../../server/desk/members'
import { openDoctor } from '../../../server/doctor/open'
import { openSampler } from '../../../server/metrics/sampler'
import { findings, isTrouble, readError, suspectsOf } from '../../../server/shared/doctor'
import { freePort } from '../../support/ports'
import { json, openWirePeer } from '../../support/wire-peer'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const client = (id: string, address = '10.0.0.9:4000') =>
  `{"clientId":"${id}","clientAddr":"${address}","language":"JAVA","version":513}`
const said = (expression: string, queues: number[]) =>
  json(
    `{"properties":{},"mqTable":{${queues
      .map((id) => `{"brokerName":"broker-a","queueId":${id},"topic":"Orders"}:{"commitOffset":60}`)
      .join()}},"subscriptionSet":[{"topic":"Orders","subString":"${expression}","expressionType":"TAG"}],"statusTable":{}}`,
  )

/** One broker that answers, one registered where nobody listens, one name server that is gone. */
const start = async () => {
  const stats = '{"brokerOffset":100,"consumerOffset":60,"lastTimestamp":1000}'
  const queues = [0, 1].map((id) => `{"brokerName":"broker-a","queueId":${id},"topic":"Orders"}`)
  const broker = await openWirePeer({
    28: () =>
      json({
        table: {
          brokerVersionDesc: 'V5_5_0',
          bootTimestamp: String(Date.now() - 3_600_000),
          runtime: '[ 0 days, 1 hours, 5 minutes, 0 seconds ]',
          commitLogDiskRatio: '0.95',
        },
      }),
    26: () => json('autoCreateTopicEnable=false\nenablePropertyFilter=false\nauthenticationEnabled=true\n'),
    907: () => json({ master: true }),
    21: () =>
      json({
        topicConfigTable: {
          Orders: { topicName: 'Orders', readQueueNums: 2, writeQueueNums: 2, perm: 4 },
          'ns%Bills': { topicName: 'ns%Bills', readQueueNums: 2, writeQueueNums: 2, perm: 6 },
        },
      }),
    201: () => json({ subscriptionGroupTable: { GID_orders: { groupName: 'GID_orders', consumeEnable: true } } }),
    328: () => json({ data: {} }),
    43: () => json('{"offsetTable":{"Orders@GID_orders":{0:60,1:100}}}'),
    317: () =>
      json(
        `{"consumeStatsList":[{"GID_orders":[{"offsetTable":{${queues[0]}:${stats},${queues[1]}:{"brokerOffset":100,"consumerOffset":100,"lastTimestamp":1000}}}]}]}`,
      ),
    202: () =>
      json(
        `{"offsetTable":{${queues.map((one) => `${one}:{"lastUpdateTimestamp":5,"maxOffset":100,"minOffset":0}`).join()}}}`,
      ),
    203: () =>
      json(
        `{"connectionSet":[${client('a@1')},${client('b@1')},${client('c@1')},${client('c@1', '10.0.0.8:4000')}],"consumeFromWhere":"CONSUME_FROM_LAST_OFFSET","consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING","subscriptionTable":{"Orders":{"topic":"Orders","subString":"paid","expressionType":"TAG"}}}`,
      ),
    307: ({ ext }) =>
      ext.clientId === 'a@1'
        ? said('paid', [0])
        : ext.clientId === 'b@1'
          ? said('paid || refunded', [1])
          : { code: 1, remark: 'timeout' },
    11: () => ({ code: 19, ext: { nextBeginOffset: '60', minOffset: '0', maxOffset: '100' } }),
  })
  const closed = `127.0.0.1:${await freePort()}`
  const data = (name: string, address: string) =>
    `"${name}":{"brokerAddrs":{0:"${address}"},"brokerName":"${name}","cluster":"C"}`
  const namesrv = await openWirePeer({
    106: () =>
      json(
        `{"brokerAddrTable":{${data('broker-a', broker.address)},${data('broker-b', closed)}},"clusterAddrTable":{"C":["broker-a","broker-b"]}}`,
      ),
    105: () => ({ code: 17, remark: 'no route' }),
  })
  const dead = `127.0.0.1:${await freePort()}`
  const addresses = [namesrv.address, dead]
  const only = (one: string) => openAdmin({ namesrv: one.split(';'), longestTimeoutMs: 3000 })
  const admin = only(addresses.join(';'))
  const sampler = openSampler({ admin, turnMs: 50 })
  ends.push(
    () => broker.close(),
    () => namesrv.close(),
    () => admin.close(),
    () => sampler.close(),
  )
  sampler.start()
  for await (const _ of sampler.turns(undefined, Math.max(1, sampler.state.at))) break
  const members = openMembers(admin, sampler.state, Date.now)
  const doctor = openDoctor({
    admin,
    addresses,
    only,
    sampler,
    members: (group) => members.of(group, 2000),
    now: Date.now,
  })
  return { doctor, namesrv, broker, dead, closed, members, sampler }
}
type Found = Awaited<ReturnType<Awaited<ReturnType<typeof start>>['doctor']['examine']>>
const whoOf = ({ checks }: Found, finding: string) =>
  checks.filter((check) => check.finding === finding).map(({ who }) => who)

describe('CN16: the connection doctor', () => {
  it('names who does not answer, what is announced, and what is set so that nothing works', async () => {
    const { doctor, namesrv, dead, closed, broker } = await start()
    const found = await doctor.examine({
      topic: 'Orders',
      group: 'GID_orders',
      address: `${namesrv.address};${broker.address};http://x/`,
    })
    expect(whoOf(found, 'nameServerAnswers')).toEqual([namesrv.address])
    expect(whoOf(found, 'nameServerRefuses')).toEqual([dead])
    expect(whoOf(found, 'addressKnown')).toEqual([namesrv.address])
    expect(whoOf(found, 'addressIsBroker')).toEqual([broker.address])
    expect(whoOf(found, 'addressForm')).toEqual(['http://x/'])
    expect(found.checks).toContainEqual(
      expect.objectContaining({ finding: 'brokerRefuses', who: 'broker-b:0', values: { address: closed } }),
    )
    expect(whoOf(found, 'brokerAnswers')).toEqual(['broker-a:0'])
    expect(whoOf(found, 'diskFull')).toEqual(['broker-a:0'])
    const clock = found.checks.find(({ finding }) => finding === 'clockOff')?.values
    expect(clock?.way).toBe('ahead')
    expect(Math.abs(Number(clock?.seconds) - 300)).toBeLessThan(60) // the answer took its time
    expect(whoOf(found, 'accessOn')).toEqual(['broker-a:0'])
    expect(whoOf(found, 'topicNotWritable')).toEqual(['Orders'])
    expect(whoOf(found, 'topicNoRoute')).toEqual(['Orders'])
    // What a client that sends stumbles over first stands first.
    expect(suspectsOf('send', found.checks).map(({ finding }) => finding)).not.toContain('lagging')
  })
  it('names the clients that share an id, subscribe to something else, or have nothing to do', async () => {
    const { doctor } = await start()
    const found = await doctor.examine({ topic: 'Orders', group: 'GID_orders', address: '' })
    expect(whoOf(found, 'clientTwice')).toEqual(['c@1'])
    expect(found.checks.find(({ finding }) => finding === 'subscriptionsDiffer')).toMatchObject({ who: 'Orders' })
    expect(found.checks.find(({ finding }) => finding === 'subscriptionsUnknown')?.values).toEqual({
      silent: 2,
      clients: 4,
    })
    expect(found.checks.find(({ finding }) => finding === 'idleClients')?.values).toMatchObject({
      clients: 4,
      queues: 2,
      idle: 2,
    })
    const other = await doctor.examine({ topic: 'ns%Bills', group: 'GID_orders', address: '' })
    expect(other.checks.find(({ finding }) => finding === 'notSubscribed')?.values).toEqual({ topics: 'Orders' })
  })
  it('says how near a wrong name was, and never asks a name that cannot be one', async () => {
    const { doctor, namesrv } = await start()
    const near = await doctor.examine({ topic: 'order', group: 'gid-orders', address: '' })
    expect(near.checks.filter(({ finding }) => finding === 'topicSimilar' || finding === 'groupSimilar')).toMatchObject(
      [
        { who: 'order', values: { names: 'Orders' } },
        { who: 'gid-orders', values: { names: 'GID_orders' } },
      ],
    )
    expect(whoOf(near, 'topicMissing')).toEqual(['order'])
    expect(whoOf(await doctor.examine({ topic: 'Bills', group: '', address: '' }), 'topicInNamespace')).toEqual([
      'Bills',
    ])
    const before = namesrv.asked.get(105)
    const odd = await doctor.examine({ topic: 'my orders', group: '订单', address: '' })
    expect([...whoOf(odd, 'topicBadName'), ...whoOf(odd, 'groupBadName')]).toEqual(['my orders', '订单'])
    expect(namesrv.asked.get(105)).toBe(before)
  })
  it('waits for no client that never answers, and does not ask it again soon', async () => {
    const { members, sampler, broker } = await start()
    broker.answers[307] = ({ ext }) => ({ code: 1, remark: `${ext.clientId} does not answer` })
    const group = sampler.state.groups.get('GID_orders')
    if (group === undefined) throw new Error('the group is there')
    await sampler.freshGroup('GID_orders')
    const began = Date.now()
    const all = await members.of(group, 100)
    expect(Date.now() - began).toBeLessThan(20_000) // a tenth of a second, on a machine that is at leisure
    expect(all.every(({ running }) => running === null)).toBe(true)
    // Once its silence is known, which may be a little later.
    await vi.waitFor(async () => {
      const asked = broker.asked.get(307)
      await members.of(group, 100)
      expect(broker.asked.get(307)).toBe(asked)
    }, 20_000)
  })
})

describe('what clients say', () => {
  it.each([
    [
      'org.apache.rocketmq.client.exception.MQClientException: No route info of this topic: Orders',
      'noRoute',
      'send',
      'Orders',
    ],
    ['CODE: 17  DESC: topic[Orders] not exist, apply first please!', 'topicNotExist', 'send', 'Orders'],
    ['RemotingConnectException: connect to <10.0.0.1:10911> failed', 'connectFailed', 'connect', null],
    ['connect to null failed', 'noNameServer', 'connect', null],
    ['The consumer group[GID_a] has been created before, specify another name please.', 'groupExists', 'connect', null],
    ["CODE: 24  DESC: the consumer's subscription not exist", 'noSubscription', 'receive', null],
    ['CODE: 1  DESC: The broker does not support consumer to filter message by SQL92', 'sqlOff', 'receive', null],
    [
      'CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched',
      'badMessage',
      'send',
      null,
    ],
    ['CODE: 2  DESC: [TIMEOUT_CLEAN_QUEUE]broker busy, start flow control for a while', 'busy', 'send', null],
    ['something else', null, 'send', null],
  ])('%s', (text, error, symptom, topic) => {
    expect(readError(text)).toMatchObject({ error, symptom, topic })
  })
  it('says which address it could not reach, and reads long rubbish quickly', () => {
    expect(readError('connect to <10.0.0.1:10911> failed').address).toBe('10.0.0.1:10911')
    const began = performance.now()
    readError('subscription group '.repeat(100_000))
    expect(performance.now() - began).toBeLessThan(20_000) // read again from each of its words it would take hours
  })
})
it('has a remedy for every trouble and none for what is well', () => {
  const { finding, remedy } = messagesOf('en').doctor
  expect(Object.keys(finding).sort()).toEqual(Object.keys(findings).sort())
  expect(Object.keys(remedy).sort()).toEqual(
    Object.keys(findings)
      .filter((one) => isTrouble(one as keyof typeof findings)) // keys of the table itself
      .sort(),
  )
})
