// test/broker/namesrv/open.test.ts: a name server asked over its port. The texts and bodies are those that Apache 5.5.0's
// own name server gave when it was asked the same.
import { describe, expect, it, vi } from 'vitest'
import { listen } from '../../../broker/net/listen'
import { memberGroupBody, readBody, registerBrokerBody } from '../../../broker/protocol/bodies'
import { RequestCode as Ask } from '../../../broker/protocol/codes'
import type { ExtFields } from '../../../broker/protocol/command'
import { crc32Positive } from '../../../broker/protocol/crc32'
import { encodeCompressedRegisterBody } from '../../../broker/protocol/register-body'
import { brokerOf, done, nameServerPerTest, registrationOf, topicOf, twoTopics } from '../../support/name-server'

const server = nameServerPerTest()
const { ask, register, restart, route } = server

const faq = '\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.'

describe('a name server', () => {
  it('shows a registered broker in routes, in standard JSON to whoever reads only that', async () => {
    expect(await register()).toEqual(done)
    const standard =
      '{"brokerDatas":[{"brokerAddrs":{"0":"127.0.0.1:10911"},"brokerName":"broker-a","cluster":"DefaultCluster","enableActingMaster":false}],"filterServerTable":{},"queueDatas":[{"brokerName":"broker-a","perm":6,"readQueueNums":8,"topicSysFlag":0,"writeQueueNums":8}]}'
    expect((await ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'T' })).body).toBe(standard)
    expect((await ask(Ask.GET_BROKER_CLUSTER_INFO)).body).toBe(
      '{"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"127.0.0.1:10911"},"brokerName":"broker-a","cluster":"DefaultCluster","enableActingMaster":false}},"clusterAddrTable":{"DefaultCluster":["broker-a"]}}',
    )
  })

  it('says in words what is not there', async () => {
    expect(await ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'nope' })).toEqual({
      ...done,
      code: 17,
      remark: `No topic route info in name server for the topic: nope${faq}`,
    })
    expect(await ask(999)).toEqual({ ...done, code: 3, remark: ' request type 999 not supported' })
    expect(await ask(1005)).toMatchObject({ code: 3, remark: ' request type 1005 not supported' })
    expect(await ask(Ask.GET_ROUTEINFO_BY_TOPIC)).toMatchObject({ code: 1, remark: 'the custom field <topic> is null' })
    expect(await register(0, {}, '{bad')).toMatchObject({ code: 1, remark: expect.stringContaining('not JSON') })
  })

  it('closes on whoever asks what only an answer too large could quote, and goes on', async () => {
    const topic = 'x'.repeat(0xff_ffff - 200)
    await expect(ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic }, undefined, server.dial())).rejects.toThrow('was closed')
    expect(await register()).toEqual(done)
  })

  it('refuses a lone topic of a broker that it does not know, and takes it later', async () => {
    expect(await register(0, {}, registrationOf([topicOf('T')]))).toMatchObject({
      code: 1,
      remark: 'register broker failed',
    })
    await register()
    expect(
      await register(0, {}, registrationOf([topicOf('V')], { counter: 2, stateVersion: 0, timestamp: 6 })),
    ).toMatchObject({ code: 0 })
    expect((await route('V')).queueDatas).toHaveLength(1)
    expect((await route('U')).queueDatas).toHaveLength(1)
  })

  it('forgets topics that a broker no longer names only when told to', async () => {
    await register()
    const fewer = registrationOf([topicOf('T'), topicOf('V')], { counter: 2, stateVersion: 0, timestamp: 6 })
    await register(0, {}, fewer)
    expect((await ask(Ask.GET_ALL_TOPIC_LIST_FROM_NAMESERVER)).body).toBe('{"topicList":["T","U","V"]}')
    await ask(Ask.UPDATE_NAMESRV_CONFIG, {}, 'deleteTopicWithBrokerRegistration=true')
    await register(0, {}, fewer)
    expect((await ask(Ask.GET_ALL_TOPIC_LIST_FROM_NAMESERVER)).body).toBe('{"topicList":["T","V"]}')
  })

  it('checks the sum of a registration and reads it compressed', async () => {
    const body = encodeCompressedRegisterBody(readBody(registerBrokerBody, twoTopics))
    expect(await register(0, { compressed: 'true', bodyCrc32: '5' }, body)).toMatchObject({
      code: 1,
      remark: 'crc32 not match',
    })
    const bodyCrc32 = String(crc32Positive(body))
    expect(await register(0, { compressed: 'true', bodyCrc32 }, body)).toMatchObject({ code: 0 })
    expect((await route('U')).queueDatas[0]?.writeQueueNums).toBe(8)
  })

  it('takes topics from the master, and tells a slave who that is', async () => {
    await register(0)
    expect(await register(1, {}, registrationOf([topicOf('T', { perm: 2 }), topicOf('S')]))).toEqual({
      ...done,
      ext: { haServerAddr: '127.0.0.1:10912', masterAddr: '127.0.0.1:10911' },
    })
    expect((await route('T')).queueDatas[0]?.perm).toBe(6)
    expect((await ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'S' })).code).toBe(17)
    expect(
      await ask(Ask.GET_BROKER_MEMBER_GROUP, { clusterName: 'DefaultCluster', brokerName: 'broker-a' }),
    ).toMatchObject({
      remark: 'not set any response code',
      body: '{"brokerMemberGroup":{"brokerAddrs":{0:"127.0.0.1:10911",1:"127.0.0.1:10921"},"brokerName":"broker-a","cluster":"DefaultCluster"}}',
    })
  })

  it('keeps one address under one id, and the newer of two that claim the same id', async () => {
    const newer = registrationOf([topicOf('T'), topicOf('U')], { counter: 1, stateVersion: 7, timestamp: 5 })
    await register(1, { enableActingMaster: 'false' })
    await register(1, { brokerId: '0' }, newer)
    const addrs = async () => {
      const { body } = await ask(Ask.GET_BROKER_MEMBER_GROUP, { clusterName: 'c', brokerName: 'broker-a' })
      return readBody(memberGroupBody, body).brokerMemberGroup.brokerAddrs
    }
    expect(await addrs()).toEqual(new Map([[0, '127.0.0.1:10921']]))
    expect(await register(0)).toEqual(done) // older: ignored, and not told so
    expect(await addrs()).toEqual(new Map([[0, '127.0.0.1:10921']]))
    await register(0, {}, newer)
    expect(await addrs()).toEqual(new Map([[0, '127.0.0.1:10911']]))
  })

  it('lets a slave stand in, read only, where the brokers ask for it', async () => {
    await restart({ supportActingMaster: 'true' })
    const acting = { enableActingMaster: 'true' }
    await register(0, acting)
    await register(1, acting)
    await ask(Ask.UNREGISTER_BROKER, brokerOf(0))
    expect(await route()).toMatchObject({
      brokerDatas: [{ brokerAddrs: new Map([[0, '127.0.0.1:10921']]), enableActingMaster: true }],
      queueDatas: [{ perm: 4 }],
    })
    await ask(Ask.UPDATE_NAMESRV_CONFIG, {}, 'supportActingMaster=false')
    expect((await route()).brokerDatas[0]?.brokerAddrs).toEqual(new Map([[1, '127.0.0.1:10921']]))
  })

  it('tells the others under a name when the smallest id among them changes', async () => {
    await restart({ notifyMinBrokerIdChanged: 'true' })
    const told: ExtFields[] = []
    const slave = await listen({
      host: '127.0.0.1',
      port: 0,
      maxFrameBytes: 1 << 20,
      idleMs: 60_000,
      onRequest: (request) => told.push({ ...request.ext, code: String(request.code), flag: String(request.flag) }),
    })
    const brokerAddr = `127.0.0.1:${slave.port}`
    await register(0, { enableActingMaster: 'true' })
    await register(1, { enableActingMaster: 'true', brokerAddr })
    await ask(Ask.UNREGISTER_BROKER, brokerOf(0))
    await vi.waitFor(() => expect(told).toHaveLength(1))
    expect(told[0]).toEqual({
      code: '905',
      flag: '2',
      minBrokerId: '1',
      brokerName: 'broker-a',
      minBrokerAddr: brokerAddr,
      offlineBrokerAddr: '127.0.0.1:10911',
    })
    await slave.close()
  })

  it('shows a client of a zone only the brokers of its zone, and slaves whose master is down', async () => {
    const west = { brokerName: 'broker-b', __ZONE_NAME: 'west', enableActingMaster: 'false' }
    await register(0, { __ZONE_NAME: 'east' })
    await register(2, { ...west, brokerId: '0' })
    await register(3, { ...west, brokerId: '1' })
    const names = async (zone: string) => {
      const { brokerDatas, queueDatas } = await route('T', { __ZONE_MODE: 'true', __ZONE_NAME: zone })
      expect(queueDatas.map((one) => one.brokerName)).toEqual(brokerDatas.map((one) => one.brokerName))
      return queueDatas.map((one) => one.brokerName)
    }
    expect(await route()).toMatchObject({ brokerDatas: [{ zoneName: 'east' }, { zoneName: 'west' }] })
    expect(await names('EAST')).toEqual(['broker-a'])
    expect(await names('nowhere')).toEqual([])
    await ask(Ask.UNREGISTER_BROKER, brokerOf(2, { brokerName: 'broker-b', brokerId: '0' }))
    expect(await names('EAST')).toEqual(['broker-a', 'broker-b'])
  })
})

describe('topics', () => {
  it('are listed whole, by cluster, and by their unit bits', async () => {
    await register(
      0,
      {},
      registrationOf([
        topicOf('plain'),
        topicOf('unit', { topicSysFlag: 1 }),
        topicOf('sub', { topicSysFlag: 2 }),
        topicOf('both', { topicSysFlag: 3 }),
      ]),
    )
    const list = async (code: number, ext: ExtFields = {}) => JSON.parse((await ask(code, ext)).body).topicList
    expect(await list(Ask.GET_TOPICS_BY_CLUSTER, { cluster: 'DefaultCluster' })).toEqual([
      'plain',
      'unit',
      'sub',
      'both',
    ])
    expect(await list(Ask.GET_TOPICS_BY_CLUSTER, { cluster: 'nope' })).toEqual([])
    expect(await list(Ask.GET_UNIT_TOPIC_LIST)).toEqual(['unit', 'both'])
    expect(await list(Ask.GET_HAS_UNIT_SUB_TOPIC_LIST)).toEqual(['sub', 'both'])
    expect(await list(Ask.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST)).toEqual(['sub'])
    expect(JSON.parse((await ask(Ask.GET_SYSTEM_TOPIC_LIST_FROM_NS)).body)).toEqual({
      brokerAddr: '127.0.0.1:10911',
      topicList: ['DefaultCluster', 'broker-a'],
    })
  })

  it('can be kept from being listed', async () => {
    await ask(Ask.UPDATE_NAMESRV_CONFIG, {}, 'enableTopicList=false\nenableAllTopicList=false')
    for (const code of [Ask.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, Ask.GET_TOPICS_BY_CLUSTER, Ask.GET_UNIT_TOPIC_LIST]) {
      expect(await ask(code, { cluster: 'x' })).toMatchObject({ code: 1, remark: 'disable' })
    }
  })

  it('lose and regain the write permission of a broker', async () => {
    await register(0, {}, registrationOf([topicOf('T', { perm: 7 }), topicOf('U')]))
    expect(await ask(Ask.WIPE_WRITE_PERM_OF_BROKER, { brokerName: 'broker-a' })).toMatchObject({
      ext: { wipeTopicCount: '2' },
    })
    expect((await route()).queueDatas[0]?.perm).toBe(5)
    expect(await ask(Ask.ADD_WRITE_PERM_OF_BROKER, { brokerName: 'broker-a' })).toMatchObject({
      ext: { addTopicCount: '2' },
    })
    expect((await route()).queueDatas[0]?.perm).toBe(6)
    expect(await ask(Ask.WIPE_WRITE_PERM_OF_BROKER, { brokerName: 'nope' })).toMatchObject({
      code: 0,
      ext: { wipeTopicCount: '0' },
    })
  })

  it('can be given and taken by hand', async () => {
    await register()
    const made = (brokerName: string) =>
      JSON.stringify({ queueDatas: [{ brokerName, perm: 6, readQueueNums: 4, topicSysFlag: 0, writeQueueNums: 4 }] })
    expect(await ask(Ask.REGISTER_TOPIC_IN_NAMESRV, { topic: 'made' }, made('broker-a'))).toEqual(done)
    expect(await ask(Ask.REGISTER_TOPIC_IN_NAMESRV, { topic: 'strange' }, made('broker-x'))).toEqual(done)
    expect((await route('made')).queueDatas[0]?.readQueueNums).toBe(4)
    expect((await ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'strange' })).code).toBe(17)
    await ask(Ask.DELETE_TOPIC_IN_NAMESRV, { topic: 'made', clusterName: 'other' })
    expect((await route('made')).queueDatas).toHaveLength(1)
    await ask(Ask.DELETE_TOPIC_IN_NAMESRV, { topic: 'made', clusterName: 'DefaultCluster' })
    await ask(Ask.DELETE_TOPIC_IN_NAMESRV, { topic: 'T' })
    for (const gone of ['made', 'T']) expect((await ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic: gone })).code).toBe(17)
  })
})

describe('its own settings', () => {
  it('are listed as Apache lists them', async () => {
    const text = (await ask(Ask.GET_NAMESRV_CONFIG)).body
    const keys = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split('=')[0])
    expect(keys).toEqual([...keys].sort())
    expect(text).toContain('scanNotActiveBrokerInterval=5000\n')
    expect(text).toContain(`kvConfigPath=${server.dataDir}/kvConfig.json\n`)
  })

  it.each([
    ['kvConfigPath=/x', 16, 'Can not update config in black list.'],
    ['rocketmqHome=/x', 16, 'Can not update config in black list.'],
    ['configBlackList=x', 16, 'Can not update config in black list.'],
    ['listenPort=1234', 16, expect.stringContaining('listenPort')],
    ['nothingLikeIt=1', 29, expect.stringContaining('nothingLikeIt')],
    ['scanNotActiveBrokerInterval=abc', 29, expect.stringContaining('a whole number')],
  ])('are not changed by %s', async (change, code, remark) => {
    const before = (await ask(Ask.GET_NAMESRV_CONFIG)).body
    expect(await ask(Ask.UPDATE_NAMESRV_CONFIG, {}, change)).toMatchObject({ code, remark })
    expect((await ask(Ask.GET_NAMESRV_CONFIG)).body).toBe(before)
  })

  it('NS9: keep what was changed while running over a restart', async () => {
    const change = 'orderMessageEnable=true\ndeleteTopicWithBrokerRegistration=true\n'
    expect(await ask(Ask.UPDATE_NAMESRV_CONFIG, {}, change)).toEqual(done)
    await restart()
    for (const line of change.match(/.+\n/g) ?? []) expect((await ask(Ask.GET_NAMESRV_CONFIG)).body).toContain(line)
  })

  it('can make routes wait until brokers had time to come', async () => {
    await restart({ needWaitForService: 'true', waitSecondsForService: '45' })
    await register()
    expect(await ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'T' })).toMatchObject({
      code: 1,
      remark: 'name server not ready',
    })
    server.nowMs += 45_000
    expect((await ask(Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'T' })).code).toBe(0)
  })
})
