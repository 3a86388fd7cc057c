// test/broker/worker/cve.test.ts: what was once possible with Apache RocketMQ and became a CVE, tried against a broker and a
// name server over the wire.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import type { ExtFields } from '../../../broker/protocol/command'
import { type Credentials, sign } from '../../../broker/protocol/signature'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import { startNamesrvPart } from '../../../broker/worker/namesrv-part'
import { planCluster } from '../../../broker/worker/topology'
import { temporaryFolder } from '../../support/folders'
import { freeClusterPorts } from '../../support/ports'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function start(properties: Record<string, string> = {}) {
  const { namesrvPort, brokerPort } = await freeClusterPorts()
  const outside = temporaryFolder('outside')
  const dataDir = join(outside, 'a', 'b', 'data')
  mkdirSync(dataDir, { recursive: true })
  const small = { mappedFileSizeCommitLog: '16777216', maxHashSlotNum: '1000', maxIndexNum: '4000' }
  const plans = planCluster({
    ...{ preset: '1m-noslave', host: '127.0.0.1', namesrvPort, brokerPort, dataDir, log: () => {} },
    properties: { ...small, ...properties },
  }).map(({ plan }) => plan)
  const [namesrvPlan, brokerPlan] = plans
  if (!namesrvPlan || !brokerPlan) throw new Error('a cluster has both')
  for (const starting of [startNamesrvPart(namesrvPlan, () => {}), startBrokerPart(brokerPlan, () => {})]) {
    const part = await starting
    closing.push(() => part.stop())
  }
  const ask = async (at: 'broker' | 'namesrv', code: number, ext: ExtFields, body = '', by?: Credentials) => {
    const dialer = openDialer(by ? { sign: (_, fields, bytes) => sign(by, fields, bytes) } : {})
    try {
      const port = at === 'broker' ? brokerPort : namesrvPort
      const reply = await dialer.request(`127.0.0.1:${port}`, code, ext, Buffer.from(body), 5000)
      return { code: reply.code, remark: reply.remark ?? '', body: reply.body.toString() }
    } finally {
      dialer.close()
    }
  }
  return { ask, outside, dataDir }
}

it('CVE-2023-33246: no key of the broker names a home, or makes it run a command', async () => {
  const { ask, outside } = await start()
  const marker = join(outside, 'ran')
  const home = `-c $@|sh . echo touch ${marker};`
  for (const body of [
    `filterServerNums=1\nrocketmqHome=${home}`,
    `rocketmqHome=${home}`,
    'filterServerNums=1',
    `brokerConfigPath=${marker}`,
    'messageStorePlugIn=java.lang.Runtime',
    `storePathRootDir=${marker}`,
  ]) {
    const reply = await ask('broker', 25, {}, body)
    expect([16, 29], `${body}: ${reply.remark}`).toContain(reply.code)
    expect(reply.remark).toMatch(/\S/)
  }
  expect(existsSync(marker)).toBe(false)
  expect((await ask('broker', 26, {})).body).not.toContain('touch')
})

it('CVE-2023-37582: no key of the name server makes it write where the asker says', async () => {
  const { ask, outside } = await start()
  const target = join(outside, 'written')
  for (const body of [
    `configStorePath=${target}`,
    `configStorePath=${target}\nproductEnvName=* * * * * root id`,
    `kvConfigPath=${target}`,
    `rocketmqHome=${target}`,
    `configBlackList=none\nconfigStorePath=${target}`,
    'configBlackList=none',
  ]) {
    expect((await ask('namesrv', 318, {}, body)).code, body).toBe(16)
  }
  await ask('namesrv', 318, {}, 'enableTopicList=false')
  await ask('namesrv', 100, { namespace: 'n', key: 'k', value: 'v' })
  expect(existsSync(target)).toBe(false)
  expect((await ask('namesrv', 319, {})).body).not.toContain(target)
})

it('CVE-2019-17572: a topic cannot name a folder elsewhere', async () => {
  const { ask, outside, dataDir } = await start()
  const fields = { a: 'PG', c: 'TBW102', d: '4', e: '0', f: '0', g: '1', h: '0', i: '', j: '0', k: 'false', m: 'false' }
  for (const topic of [
    '../../../topic2020',
    '..',
    '../x',
    'a/../../../../b',
    '/tmp/x',
    'a\\..\\b',
    '.\u0000/x',
    '%2e%2e/x',
  ]) {
    expect((await ask('broker', 310, { ...fields, b: topic }, 'x')).code, topic).not.toBe(0)
    const more = {
      defaultTopic: 'TBW102',
      readQueueNums: '1',
      writeQueueNums: '1',
      perm: '6',
      topicFilterType: 'SINGLE_TAG',
    }
    expect((await ask('broker', 17, { topic, ...more })).code, topic).not.toBe(0)
    const list = JSON.stringify({
      topicConfigList: [{ topicName: topic, readQueueNums: 1, writeQueueNums: 1, perm: 6 }],
    })
    expect((await ask('broker', 18, {}, list)).code, topic).not.toBe(0)
    await ask('broker', 215, { topic })
  }
  expect(readdirSync(outside)).toEqual(['a'])
  expect(readdirSync(join(outside, 'a', 'b'))).toEqual(['data'])
  expect(readdirSync(dataDir).sort()).toEqual(['broker-a-0', 'namesrv'])
})

describe('CVE-2024-23321: the secrets of administrators', () => {
  const root = { accessKey: 'administrator', secretKey: 'administrators-secret' }
  const looker = { accessKey: 'looker1', secretKey: 'lookers-secret' }

  it('are shown to no user who may only look', async () => {
    const { ask } = await start({
      authenticationEnabled: 'true',
      authorizationEnabled: 'true',
      initAuthenticationUser: JSON.stringify({ username: root.accessKey, password: root.secretKey }),
    })
    const entries = [{ resource: '*', actions: ['Get', 'List'], decision: 'Allow' }]
    const acl = { subject: 'User:looker1', policies: [{ policyType: 'Custom', entries }] }
    expect(
      (await ask('broker', 3001, { username: 'looker1' }, JSON.stringify({ password: looker.secretKey }), root)).code,
    ).toBe(0)
    expect((await ask('broker', 3006, { subject: acl.subject }, JSON.stringify(acl), root)).code).toBe(0)
    expect((await ask('broker', 3004, { username: root.accessKey }, '', root)).body).toContain(root.secretKey)
    for (const at of ['broker', 'namesrv'] as const) {
      for (const code of [26, 28, 50, 51, 52, 53, 54, 319, 3004, 3005, 3009, 3010]) {
        const { body, remark } = await ask(at, code, { username: root.accessKey, subject: 'User:looker1' }, '', looker)
        expect(body + remark, `request ${code}`).not.toMatch(/(administrators|lookers)-secret/)
      }
    }
    expect((await ask('broker', 3004, { username: root.accessKey }, '', looker)).body).toContain(root.accessKey)
  })

  it('are shown to nobody whose address needs no signature', async () => {
    const home = temporaryFolder('home')
    mkdirSync(join(home, 'conf'))
    const account = `{accessKey: ${root.accessKey}, secretKey: ${root.secretKey}, admin: true}`
    writeFileSync(
      join(home, 'conf', 'plain_acl.yml'),
      `globalWhiteRemoteAddresses: [127.0.0.1]\naccounts: [${account}]`,
    )
    const { ask } = await start({ aclEnable: 'true', rocketmqHome: home })
    expect((await ask('broker', 3001, { username: 'someone' }, '{"password":"someones-secret"}')).code).toBe(0)
    for (const code of [26, 28, 50, 51, 52, 53, 54, 3004, 3005]) {
      const { body, remark } = await ask('broker', code, { username: 'someone' })
      expect(body + remark, `request ${code}`).not.toMatch(/(administrators|someones)-secret/)
    }
  })
})
