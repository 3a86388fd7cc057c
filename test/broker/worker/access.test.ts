// test/broker/worker/access.test.ts: a name server and a broker with access control, over the wire: what is refused
// without credentials, with wrong ones and for users who may not, and what the right one may.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCluster } from '../../../broker/index'
import { openDialer } from '../../../broker/net/dial'
import type { Dialer } from '../../../broker/net/types'
import type { Command, ExtFields } from '../../../broker/protocol/command'
import { parseOffsetId } from '../../../broker/protocol/message-id'
import { type Credentials, sign } from '../../../broker/protocol/signature'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import type { PartPlan } from '../../../broker/worker/messages'
import { startNamesrvPart } from '../../../broker/worker/namesrv-part'
import type { RunningPart } from '../../../broker/worker/part-thread'
import { planCluster } from '../../../broker/worker/topology'
import { openAdmin } from '../../../server/admin/open'
import { projectRoot, temporaryFolder } from '../../support/folders'
import { freeClusterPorts } from '../../support/ports'

const inner = { accessKey: 'rocketdeck-test', secretKey: 'made-for-this-start' }
const root = { accessKey: 'root', secretKey: 'root-secret' }
const alice = { accessKey: 'alice', secretKey: 'alice-secret' }

interface Running {
  readonly namesrv: string
  readonly broker: string
  readonly plans: readonly PartPlan[]
  stop(): Promise<void>
}
const dialers: Dialer[] = []
async function start(properties: Record<string, string>, dataDir = temporaryFolder('acl')): Promise<Running> {
  const { namesrvPort, brokerPort } = await freeClusterPorts()
  const small = { mappedFileSizeCommitLog: '16777216', maxHashSlotNum: '1000', maxIndexNum: '4000' }
  const plans = planCluster(
    {
      preset: '1m-noslave',
      host: '127.0.0.1',
      namesrvPort,
      brokerPort,
      dataDir,
      properties: { ...small, ...properties },
      log: () => {},
    },
    inner,
  ).map(({ plan }) => plan)
  const [namesrv, broker] = plans
  const parts: RunningPart[] = []
  if (namesrv) parts.push(await startNamesrvPart(namesrv, () => {}))
  if (broker) parts.push(await startBrokerPart(broker, () => {}))
  return {
    namesrv: `127.0.0.1:${namesrvPort}`,
    broker: `127.0.0.1:${brokerPort}`,
    plans,
    stop: async () => {
      for (const part of parts.reverse()) await part.stop()
    },
  }
}
const as = (credentials?: Credentials) => {
  const dialer = openDialer(credentials ? { sign: (_, ext, body) => sign(credentials, ext, body) } : {})
  dialers.push(dialer)
  return (address: string, code: number, ext: ExtFields = {}, body?: string): Promise<Command> =>
    dialer.request(address, code, { ...ext }, body === undefined ? undefined : Buffer.from(body), 5000)
}
afterAll(() => {
  for (const dialer of dialers) dialer.close()
})

const message = { a: 'PG', c: 'TBW102', d: '4', e: '0', f: '0', g: '1', h: '0', i: '', j: '0', k: 'false', m: 'false' }
const newTopic = {
  defaultTopic: 'TBW102',
  readQueueNums: '1',
  writeQueueNums: '1',
  perm: '6',
  topicFilterType: 'SINGLE_TAG',
}
const policy = (...entries: object[]) =>
  JSON.stringify({ subject: 'User:alice', policies: [{ policyType: 'Custom', entries }] })

describe('a cluster with ACL 2.0', () => {
  let at: Running
  const dataDir = temporaryFolder('acl')
  const properties = {
    authenticationEnabled: 'true',
    authorizationEnabled: 'true',
    initAuthenticationUser: '{"username":"root","password":"root-secret"}',
  }
  beforeAll(async () => {
    at = await start(properties, dataDir)
  })
  afterAll(() => at.stop())

  it('registers its own broker', async () => {
    const reply = await as(root)(at.namesrv, 106)
    expect(reply.body.toString()).toContain(at.broker)
  })

  it('SE1: refuses everybody who does not sign, at broker and name server, and answers with a reason', async () => {
    const ask = as()
    for (const code of [10, 11, 17, 25, 26, 28, 34, 200, 215, 310, 3001, 3004, 200050]) {
      expect(await ask(at.broker, code, { topic: 'T' }, '{}'), `request ${code}`).toMatchObject({
        code: 16,
        remark: 'username cannot be null.',
      })
    }
    for (const code of [100, 103, 105, 106, 205, 206, 318, 319]) {
      expect((await ask(at.namesrv, code, { topic: 'T' }, 'a=b')).code, `request ${code}`).toBe(16)
    }
    const wrong = as({ ...root, secretKey: 'guessed' })
    expect(await wrong(at.broker, 25, {}, 'a=b')).toMatchObject({ code: 16, remark: 'check signature failed.' })
    expect(await wrong(at.namesrv, 106)).toMatchObject({ code: 16, remark: 'check signature failed.' })
  })

  it('SE3: lets a user do what was granted, at the name server too, and the moment it was granted', async () => {
    const asRoot = as(root)
    const asAlice = as(alice)
    expect((await asRoot(at.broker, 17, { topic: 'T', ...newTopic })).code).toBe(0)
    const user = { password: alice.secretKey }
    expect((await asRoot(at.broker, 3001, { username: 'alice' }, JSON.stringify(user))).code).toBe(0)
    expect(await asAlice(at.namesrv, 105, { topic: 'T' })).toMatchObject({
      code: 16,
      remark: 'User:alice has no permission to access Topic:T from 127.0.0.1, no matched policies.',
    })
    expect((await asAlice(at.broker, 310, { ...message, b: 'T' }, 'x')).code).toBe(16)
    const grants = policy({ resource: 'Topic:T', actions: ['Pub'], decision: 'Allow' })
    expect((await asRoot(at.broker, 3006, { subject: 'User:alice' }, grants)).code).toBe(0)
    expect((await asAlice(at.namesrv, 105, { topic: 'T' })).code).toBe(0)
    expect((await asAlice(at.broker, 310, { ...message, b: 'T' }, 'x')).code).toBe(0)
    expect((await as({ ...alice, securityToken: 'sts' })(at.broker, 310, { ...message, b: 'T' }, 'x')).code).toBe(0)
    for (const [code, ext, body] of [
      [3001, { username: 'eve' }, '{"password":"e"}'],
      [3005, {}, ''],
      [25, {}, 'fileReservedTime=1'],
      [215, { topic: 'T' }, ''],
    ] as const) {
      expect(await asAlice(at.broker, code, ext, body)).toMatchObject({ code: 16 })
    }
  })

  it('SE3: shows no message of another topic to who names one of his own', async () => {
    const asRoot = as(root)
    for (const topic of ['Mine', 'Others']) await asRoot(at.broker, 17, { topic, ...newTopic })
    const mine = await asRoot(at.broker, 310, { ...message, b: 'Mine' }, 'mine')
    const others = await asRoot(at.broker, 310, { ...message, b: 'Others' }, 'of others')
    const grants = policy({ resource: 'Topic:Mine', actions: ['Get'], decision: 'Allow' })
    expect((await asRoot(at.broker, 3006, { subject: 'User:alice' }, grants)).code).toBe(0)
    const view = (sent: Command, topic: string) => {
      const { commitLogOffset } = parseOffsetId(sent.ext.msgId ?? '')
      return as(alice)(at.broker, 33, { topic, offset: String(commitLogOffset) })
    }
    expect((await view(mine, 'Mine')).code).toBe(0)
    expect(await view(others, 'Mine')).toMatchObject({
      code: 1,
      remark: expect.stringContaining('can not find message'),
    })
    expect((await view(others, 'Others')).code).toBe(16)
  })

  it('SE3: sends no message of another topic back to a group of one’s own, and puts none into a group of others', async () => {
    const asRoot = as(root)
    for (const topic of ['Read', 'Unread']) await asRoot(at.broker, 17, { topic, ...newTopic })
    const bob = { accessKey: 'bob', secretKey: 'bob-secret' }
    await asRoot(at.broker, 3001, { username: 'bob' }, JSON.stringify({ password: bob.secretKey }))
    const grants = JSON.stringify({
      subject: 'User:bob',
      policies: [
        {
          policyType: 'Custom',
          entries: [
            { resource: 'Topic:Read', actions: ['Sub', 'Pub'], decision: 'Allow' },
            { resource: 'Group:bobs', actions: ['Sub'], decision: 'Allow' },
          ],
        },
      ],
    })
    expect((await asRoot(at.broker, 3006, { subject: 'User:bob' }, grants)).code).toBe(0)
    for (const groupName of ['bobs', 'others']) await asRoot(at.broker, 200, {}, JSON.stringify({ groupName }))
    const read = await asRoot(at.broker, 310, { ...message, b: 'Read' }, 'read')
    const unread = await asRoot(at.broker, 310, { ...message, b: 'Unread' }, 'unread')
    const sendBack = (sent: Command, originTopic?: string) => {
      const { commitLogOffset } = parseOffsetId(sent.ext.msgId ?? '')
      const ext = { group: 'bobs', offset: String(commitLogOffset), delayLevel: '0', maxReconsumeTimes: '16' }
      return as(bob)(at.broker, 36, originTopic === undefined ? ext : { ...ext, originTopic })
    }
    expect((await sendBack(read, 'Read')).code).toBe(0)
    const refused = { code: 1, remark: expect.stringContaining('look message by offset failed') }
    expect(await sendBack(unread, 'Read')).toMatchObject(refused)
    expect(await sendBack(unread)).toMatchObject(refused)
    expect((await sendBack(unread, 'Unread')).code).toBe(16)
    const into = (group: string) => as(bob)(at.broker, 310, { ...message, a: 'bobs', b: `%RETRY%${group}` }, 'x')
    expect((await into('bobs')).code).toBe(0)
    expect((await into('others')).code).toBe(16)
  })

  it('SE3: ends no transaction of another topic, whatever topic the request names or does not name', async () => {
    const asRoot = as(root)
    for (const topic of ['Paid', 'Unpaid']) await asRoot(at.broker, 17, { topic, ...newTopic })
    const carol = { accessKey: 'carol', secretKey: 'carol-secret' }
    await asRoot(at.broker, 3001, { username: 'carol' }, JSON.stringify({ password: carol.secretKey }))
    const entries = [{ resource: 'Topic:Paid', actions: ['Pub', 'Update'], decision: 'Allow' }]
    const grants = JSON.stringify({ subject: 'User:carol', policies: [{ policyType: 'Custom', entries }] })
    expect((await asRoot(at.broker, 3006, { subject: 'User:carol' }, grants)).code).toBe(0)
    const prepared = { ...message, f: '4', i: 'TRAN_MSG\u0001true\u0002PGROUP\u0001PG\u0002' }
    const placeOf = (sent: Command) => String(parseOffsetId(sent.ext.msgId ?? '').commitLogOffset)
    const end = (sent: Command, topic?: string) =>
      as(carol)(at.broker, 37, {
        producerGroup: 'PG',
        tranStateTableOffset: sent.ext.queueOffset ?? '',
        commitLogOffset: placeOf(sent),
        commitOrRollback: '8',
        fromTransactionCheck: 'false',
        msgId: sent.ext.transactionId ?? '',
        ...(topic === undefined ? {} : { topic }),
      })
    const resume = (sent: Command) => as(carol)(at.broker, 323, { topic: 'Paid', msgId: sent.ext.msgId ?? '' })
    const unpaid = await asRoot(at.broker, 310, { ...prepared, b: 'Unpaid' }, 'x')
    const refused = { code: 16, remark: expect.stringContaining('no permission to access Topic:Unpaid') }
    for (const named of [undefined, 'Paid', 'Unpaid']) expect(await end(unpaid, named)).toMatchObject(refused)
    expect(await resume(unpaid)).toMatchObject(refused)
    const [first, second] = [
      await asRoot(at.broker, 310, { ...prepared, b: 'Paid' }, 'x'),
      await asRoot(at.broker, 310, { ...prepared, b: 'Paid' }, 'x'),
    ]
    expect((await resume(first)).code).toBe(0)
    expect((await end(first)).code).toBe(0) // as clients before 5.x ask
    expect((await end(second, 'Paid')).code).toBe(0)
  })

  it('SE3: finds no message of another topic by letters whose hash is that of its key', async () => {
    const asRoot = as(root)
    for (const topic of ['Found', 'Fpund']) await asRoot(at.broker, 17, { topic, ...newTopic })
    // 'Found#..' and 'Fpund#..' with letters that make up for the difference: the index holds hashes only
    const hash = (text: string) => [...text].reduce((sum, one) => (Math.imul(31, sum) + one.charCodeAt(0)) | 0, 0)
    const wanted = hash('Fpund#secret')
    const forge = (): string => {
      for (let first = 33; first < 0xd000; first++) {
        const begin = `${String.fromCharCode(first)}AA`
        const left = (wanted - Math.imul(961, hash(`Found#${begin}`))) >>> 0
        const next = Math.floor((left - 33) / 31)
        if (next >= 33 && next < 0xd000) return begin + String.fromCharCode(next, left - 31 * next)
      }
      throw new Error('no such letters')
    }
    const forged = forge()
    expect(hash(`Found#${forged}`)).toBe(wanted)
    await asRoot(at.broker, 310, { ...message, b: 'Fpund', i: 'KEYS\u0001secret\u0002' }, 'not for alice')
    const found = policy({ resource: 'Topic:Found', actions: ['Get'], decision: 'Allow' })
    expect((await asRoot(at.broker, 3007, { subject: 'User:alice' }, found)).code).toBe(0)
    const span = { maxNum: '32', beginTimestamp: '0', endTimestamp: String(Number.MAX_SAFE_INTEGER) }
    const query = (topic: string, key: string, who = root) => as(who)(at.broker, 12, { topic, key, ...span })
    await expect.poll(async () => (await query('Fpund', 'secret')).code, { timeout: 60_000 }).toBe(0)
    expect(await query('Found', forged, alice)).toMatchObject({ code: 22 })
  })

  it('leaves super users to super users', async () => {
    const asRoot = as(root)
    const cluster = policy({ resource: 'Cluster:*', actions: ['Update', 'Get'], decision: 'Allow' })
    expect((await asRoot(at.broker, 3007, { subject: 'User:alice' }, cluster)).code).toBe(0)
    const asAlice = as(alice)
    expect(await asAlice(at.broker, 3001, { username: 'eve' }, '{"password":"e","userType":"Super"}')).toMatchObject({
      code: 1,
      remark: 'The super user can only be create by super user',
    })
    expect(await asAlice(at.broker, 3002, { username: 'root' }, '{"password":"mine"}')).toMatchObject({ code: 16 })
    expect(await asAlice(at.broker, 3003, { username: 'root' })).toMatchObject({ code: 16 })
    expect(JSON.parse(`${(await asRoot(at.broker, 3004, { username: 'root' })).body}`)).toEqual({
      username: 'root',
      password: 'root-secret',
      userType: 'Super',
      userStatus: 'enable',
    })
    expect(JSON.parse(`${(await asRoot(at.broker, 3009, { subject: 'User:alice' })).body}`)).toMatchObject({
      subject: 'User:alice',
      policies: [
        {
          policyType: 'Custom',
          entries: [
            { resource: 'Topic:T' },
            { resource: 'Topic:Mine' },
            { resource: 'Topic:Found' },
            { resource: 'Cluster:*' },
          ],
        },
      ],
    })
  })

  it('shows its console everything, by the credential made at the start', async () => {
    const admin = openAdmin({ namesrv: [at.namesrv], credentials: inner })
    try {
      const [broker] = await admin.names.brokers()
      expect(broker?.address).toBe(at.broker)
      expect((await admin.brokers.runtime(at.broker)).brokerVersionDesc).toBe('V5_5_0')
    } finally {
      admin.close()
    }
    await expect(openAdmin({ namesrv: [at.namesrv] }).names.brokers()).rejects.toMatchObject({
      answer: { kind: 'no-permission', code: 16 },
    })
  })

  it('shows no secret among its settings, and lets none of them be changed', async () => {
    const asRoot = as(root)
    expect(`${(await asRoot(at.broker, 26)).body}${(await asRoot(at.namesrv, 319)).body}`).not.toMatch(
      /root-secret|initAuth|innerClient|Credentials|whitelist/i, // that it is on is shown
    )
    for (const [address, code] of [
      [at.broker, 25],
      [at.namesrv, 318],
    ] as const) {
      expect((await asRoot(address, code, {}, 'authenticationEnabled=false')).code).not.toBe(0)
    }
  })

  it('knows its users after a restart', async () => {
    await at.stop()
    at = await start(properties, dataDir)
    expect((await as(alice)(at.broker, 310, { ...message, b: 'T' }, 'x')).code).toBe(0)
    expect((await as(alice)(at.namesrv, 105, { topic: 'T' })).code).toBe(0)
  })
})

describe('a cluster without access control', () => {
  it('manages users and policies all the same', async () => {
    const at = await start({})
    try {
      const ask = as()
      expect((await ask(at.broker, 3001, { username: 'alice' }, '{"password":"a-secret"}')).code).toBe(0)
      expect(await ask(at.broker, 3001, { username: 'alice' }, '{"password":"a"}')).toMatchObject({
        code: 16,
        remark: 'The user is existed',
      })
      expect(await ask(at.broker, 3001, {}, '{}')).toMatchObject({ code: 29, remark: 'The username is blank' })
      expect(JSON.parse(`${(await ask(at.broker, 3005)).body}`)).toHaveLength(1)
      expect((await ask(at.broker, 3010)).body.length).toBe(0)
      expect((await ask(at.namesrv, 3001, { username: 'bob' }, '{"password":"b-secret"}')).code).toBe(0)
      expect((await ask(at.broker, 3001, { username: 'x' }, '{')).code).toBe(1)
    } finally {
      await at.stop()
    }
  })
})

it('SE3: a cluster with ACL 1.0 heeds conf/plain_acl.yml at broker and name server', async () => {
  const home = temporaryFolder('home')
  mkdirSync(join(home, 'conf'))
  writeFileSync(
    join(home, 'conf', 'plain_acl.yml'),
    'accounts: [{accessKey: RocketMQ, secretKey: 12345678, defaultTopicPerm: PUB, defaultGroupPerm: DENY}]',
  )
  const at = await start({ aclEnable: 'true', rocketmqHome: home })
  try {
    const known = as({ accessKey: 'RocketMQ', secretKey: '12345678' })
    expect((await known(at.broker, 310, { ...message, b: 'T' }, 'x')).code).toBe(0)
    expect((await known(at.namesrv, 105, { topic: 'T' })).code).toBe(0)
    expect(await known(at.broker, 17, { topic: 'T' })).toMatchObject({ code: 1 })
    expect(await as()(at.broker, 310, { ...message, b: 'T' }, 'x')).toMatchObject({
      code: 1,
      remark: 'org.apache.rocketmq.acl.common.AclException: No accessKey is configured',
    })
    expect((await as()(at.namesrv, 106)).code).toBe(1)
  } finally {
    await at.stop()
  }
})

it('SE4: is not started beyond loopback without access control, unless that is said', async () => {
  const options = { preset: 'none', namesrvPort: 1, brokerPort: 5, dataDir: temporaryFolder('open'), log: () => {} }
  const open = (host: string, more: { properties?: Record<string, string>; withoutAcl?: boolean } = {}) =>
    startCluster({ ...options, host, properties: {}, ...more })
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'mq.example.org', '127.evil.example']) {
    await expect(open(host), host).rejects.toThrow(`${host} is reached from other machines, and access control is off`)
  }
  const goesOn = 'no such preset'
  await expect(open('0.0.0.0', { withoutAcl: true })).rejects.toThrow(goesOn)
  await expect(open('0.0.0.0', { properties: { authenticationEnabled: 'true' } })).rejects.toThrow(goesOn)
  await expect(open('0.0.0.0', { properties: { authorizationEnabled: 'true' } })).rejects.toThrow(
    'access control is off',
  )
  for (const host of ['127.0.0.1', 'localhost', '::1']) await expect(open(host), host).rejects.toThrow(goesOn)
})

it('RP3: a cluster that takes nothing but TLS speaks it among its own servers', async () => {
  const fixture = (name: string): string => join(projectRoot, 'test', 'support', 'tls', name)
  const at = await start({
    'tls.server.mode': 'enforcing',
    'tls.server.certPath': fixture('one.crt'),
    'tls.server.keyPath': fixture('one.key'),
  })
  const admin = openAdmin({ namesrv: [at.namesrv], tls: { checksServer: true, trustPath: fixture('one.crt') } })
  try {
    expect((await admin.names.brokers()).map(({ address }) => address)).toEqual([at.broker])
    expect((await admin.brokers.runtime(at.broker)).brokerVersionDesc).toBe('V5_5_0')
    await expect(as()(at.broker, 28)).rejects.toMatchObject({ fault: 'closed' })
  } finally {
    admin.close()
    await at.stop()
  }
})
