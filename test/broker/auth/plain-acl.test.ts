// test/broker/auth/plain-acl.test.ts: ACL 1.0, as plain_acl.yml of 4.x says it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { addressPattern } from '../../../broker/auth/addresses'
import { createGuard } from '../../../broker/auth/guard'
import { openPlainAcl, type PlainAcl } from '../../../broker/auth/plain-acl'
import { temporaryFolder } from '../../support/folders'
import { request, signed } from './support'

const rules = `
globalWhiteRemoteAddresses:
  - 10.10.103.*
accounts:
  - accessKey: RocketMQ
    secretKey: 12345678
    whiteRemoteAddress:
    admin: false
    defaultTopicPerm: DENY
    defaultGroupPerm: SUB
    topicPerms:
      - topicA=DENY
      - topicB=PUB|SUB
      - topicC=SUB
    groupPerms:
      - groupA=DENY
  - accessKey: rocketmq2
    secretKey: abcdefgh
    whiteRemoteAddress: 192.168.1.*
    admin: true
`
const open: PlainAcl[] = []
afterEach(() => {
  for (const acl of open.splice(0)) acl.close()
})

async function guardOf(confDir: string, log: (level: string, line: string) => void = () => {}) {
  const plain = await openPlainAcl({ confDir, log })
  open.push(plain)
  const settings = {
    authenticationEnabled: false,
    authorizationEnabled: false,
    authenticationWhitelist: null,
    authorizationWhitelist: null,
  }
  const nobody = { user: () => undefined, acl: () => undefined }
  const guard = createGuard({ settings, clusterName: 'DefaultCluster', accounts: nobody, plain })
  if (guard === undefined) throw new Error('no guard')
  return { guard, plain }
}
const confDir = (text = rules): string => {
  const folder = temporaryFolder('conf')
  writeFileSync(join(folder, 'plain_acl.yml'), text)
  return folder
}
const from = '127.0.0.1:1'
const send = (topic: string) => request(310, { b: topic }, 'x')
const pull = (topic: string, consumerGroup: string) => request(11, { topic, consumerGroup })
const ask = (given: ReturnType<typeof request>) => signed('RocketMQ', '12345678', given)
const said = (text: string) => ({ code: 1, remark: `org.apache.rocketmq.acl.common.AclException: ${text}` })

it('SE3: heeds permissions on topics and groups, and defaults for the rest', async () => {
  const { guard } = await guardOf(confDir())
  expect(guard.check(ask(send('topicB')), from)).toBeUndefined()
  expect(guard.check(ask(send('topicA')), from)).toEqual(said('No permission for topic:topicA'))
  expect(guard.check(ask(send('topicC')), from)).toEqual(said('No permission for topic:topicC'))
  expect(guard.check(ask(send('other')), from)).toEqual(said('No default permission for topic:other'))
  expect(guard.check(ask(pull('topicC', 'any')), from)).toBeUndefined()
  expect(guard.check(ask(pull('topicC', 'groupA')), from)).toEqual(said('No permission for group:groupA'))
  expect(guard.check(ask(request(17, { topic: 'topicB' })), from)).toEqual(
    said('Need admin permission for request code=17, but accessKey=RocketMQ is not'),
  )
  expect(guard.check(signed('rocketmq2', 'abcdefgh', request(17, { topic: 'topicA' })), from)).toBeUndefined()
})

it('SE1: refuses who does not sign, is not known or signs with another secret', async () => {
  const { guard } = await guardOf(confDir())
  expect(guard.check(send('topicB'), from)).toEqual(said('No accessKey is configured'))
  expect(guard.check(signed('nobody', '12345678', send('topicB')), from)).toEqual(said('No acl config for nobody'))
  expect(guard.check(signed('RocketMQ', 'wrong', send('topicB')), from)).toEqual(
    said('Check signature failed for accessKey=RocketMQ'),
  )
})

it('SE4: asks nothing of addresses on the white lists', async () => {
  const { guard } = await guardOf(confDir())
  expect(guard.check(send('topicA'), '10.10.103.9:1')).toBeUndefined()
  expect(guard.check(send('topicA'), '10.10.104.9:1')).toEqual(said('No accessKey is configured'))
  expect(guard.check(request(17, { AccessKey: 'rocketmq2' }), '192.168.1.3:1')).toBeUndefined()
})

it('reads the files again when they change, and keeps what held when one became wrong', async () => {
  const folder = confDir()
  const lines: string[] = []
  const { guard, plain } = await guardOf(folder, (level, line) => lines.push(`${level} ${line}`))
  writeFileSync(join(folder, 'plain_acl.yml'), rules.replace('topicA=DENY', 'topicA=PUB'))
  await plain.refresh()
  expect(guard.check(ask(send('topicA')), from)).toBeUndefined()
  writeFileSync(join(folder, 'plain_acl.yml'), 'accounts: [{accessKey: RocketMQ, secretKey: short}]')
  await plain.refresh()
  expect(lines.at(-1)).toMatch(/^warn the rules that held go on to hold: .*at least 7 characters/)
  expect(guard.check(ask(send('topicA')), from)).toBeUndefined()
  mkdirSync(join(folder, 'acl'))
  writeFileSync(join(folder, 'plain_acl.yml'), rules)
  writeFileSync(join(folder, 'acl', 'more.yml'), 'accounts: [{accessKey: another1, secretKey: 87654321, admin: true}]')
  await plain.refresh()
  expect(guard.check(signed('another1', '87654321', send('topicA')), from)).toBeUndefined()
})

it('does not start with a file that is wrong', async () => {
  await expect(openPlainAcl({ confDir: confDir('accounts: 7'), log: () => {} })).rejects.toThrow('accounts is no list')
  const bad = 'accounts: [{accessKey: RocketMQ, secretKey: 12345678, topicPerms: [topicA=ALL]}]'
  await expect(openPlainAcl({ confDir: confDir(bad), log: () => {} })).rejects.toThrow('topicA=ALL is none of')
})

it.each([
  ['*', ['1.2.3.4', '::1'], []],
  ['1.2.3.4', ['1.2.3.4'], ['1.2.3.5']],
  ['1.2.3.{4,5}', ['1.2.3.4', '1.2.3.5'], ['1.2.3.6']],
  ['1.2.3.4,1.2.3.9', ['1.2.3.9'], ['1.2.3.5']],
  ['1.2.3.4-6', ['1.2.3.5'], ['1.2.3.7', '1.2.4.5']],
  ['1.2.*', ['1.2.0.0', '1.2.255.9'], ['1.3.0.0']],
  ['1.2.*.*', ['1.2.0.0'], ['1.3.0.0', '::1']],
  ['10.0.0.0/8', ['10.255.0.1'], ['11.0.0.1']],
  ['2001:db8:0:0:0:0:0:1-9', ['2001:db8::5'], ['2001:db8::a', '1.2.3.4']],
])('takes %s as Apache does', (pattern, inside, outside) => {
  const set = addressPattern(pattern)
  for (const address of inside) expect(set.has(address), address).toBe(true)
  for (const address of outside) expect(set.has(address), address).toBe(false)
})
it.each(['1.2.3', 'x', '1.2.3.{4,x}', '1.2.3.9-4', '1.2.*.4', '1.2.3.4/33', '1.2.3.4}'])('refuses %s', (pattern) => {
  expect(() => addressPattern(pattern)).toThrow()
})
