// test/broker/auth/guard.test.ts: who passes and who does not: signatures, users, policies, addresses.
import { beforeEach, describe, expect, it } from 'vitest'
import { type Accounts, openAccounts } from '../../../broker/auth/accounts'
import { createGuard, type Guard } from '../../../broker/auth/guard'
import type { Action, Policy } from '../../../broker/auth/types'
import { temporaryFolder } from '../../support/folders'
import { request, signed } from './support'

const from = '127.0.0.1:5000'
const settings = {
  authenticationEnabled: true,
  authorizationEnabled: true,
  authenticationWhitelist: null,
  authorizationWhitelist: null,
}
let accounts: Accounts
let guard: Guard
const guardWith = (more: Partial<Parameters<typeof createGuard>[0]> = {}): Guard => {
  const made = createGuard({ settings, clusterName: 'DefaultCluster', accounts, ...more })
  if (made === undefined) throw new Error('no guard')
  return made
}
beforeEach(async () => {
  accounts = await openAccounts({ configDir: temporaryFolder('guard') })
  await accounts.createUser({ username: 'root', password: 'root-secret', userType: 'Super' })
  await accounts.createUser({ username: 'alice', password: 'alice-secret' })
  guard = guardWith()
})

const entry = (resource: string, actions: Action[], more: Partial<Policy['entries'][number]> = {}) => ({
  resource,
  actions,
  sourceIps: [],
  decision: 'Allow' as const,
  ...more,
})
const grant = (...entries: Policy['entries'][number][]) =>
  accounts.putAcl({ subject: 'User:alice', policies: [{ policyType: 'Custom', entries }] })
const send = (topic: string) => request(310, { a: 'PG', b: topic }, 'hello')
const asAlice = (given = send('T'), token?: string) => signed('alice', 'alice-secret', given, token)

describe('SE1: a signature', () => {
  const only = () => guardWith({ settings: { ...settings, authorizationEnabled: false } })

  it('is asked of every request, known or not', () => {
    for (const code of [10, 11, 25, 28, 34, 105, 106, 310, 3001, 99_999]) {
      expect(guard.check(request(code, { topic: 'T' }), from)).toEqual({
        code: 16,
        remark: 'username cannot be null.',
      })
    }
  })
  it('of the right secret passes, with body and token in it', () => {
    expect(only().check(asAlice(), from)).toBeUndefined()
    expect(only().check(asAlice(send('T'), 'sts-token'), from)).toBeUndefined()
  })
  it('is refused when secret, user, a field, the token or the body is another', () => {
    const wrong = { code: 16, remark: 'check signature failed.' }
    const good = asAlice(send('T'), 'sts-token')
    expect(guard.check(signed('alice', 'root-secret', send('T')), from)).toEqual(wrong)
    expect(guard.check({ ...good, body: Buffer.from('hullo') }, from)).toEqual(wrong)
    expect(guard.check({ ...good, ext: { ...good.ext, b: 'U' } }, from)).toEqual(wrong)
    expect(guard.check({ ...good, ext: { ...good.ext, more: 'x' } }, from)).toEqual(wrong)
    expect(guard.check({ ...good, ext: { ...good.ext, SecurityToken: 'other' } }, from)).toEqual(wrong)
    expect(guard.check({ ...good, ext: { ...good.ext, Signature: undefined } }, from)).toEqual(wrong)
    expect(guard.check(signed('bob', 'bob-secret', send('T')), from)?.remark).toBe('User:bob is not found.')
  })
  it('of a user who is switched off is worth nothing', async () => {
    await accounts.updateUser({ username: 'alice', userStatus: 'disable' })
    expect(guard.check(asAlice(), from)?.remark).toBe('User:alice is disabled.')
  })
  it('of ONS clients covers their channel, and one of 4.9.3 leaves the mark of unique keys out', () => {
    expect(only().check(asAlice(request(310, { b: 'T', OnsChannel: 'ALIYUN' }, 'x')), from)).toBeUndefined()
    const old = signed('alice', 'alice-secret', request(12, { topic: 'T' }, '', 399))
    expect(only().check({ ...old, ext: { ...old.ext, _UNIQUE_KEY_QUERY: 'true' } }, from)).toBeUndefined()
    const newer = { ...old, version: 400, ext: { ...old.ext, _UNIQUE_KEY_QUERY: 'true' } }
    expect(only().check(newer, from)?.remark).toBe('check signature failed.')
  })
  it('is not asked for codes on the white list', () => {
    const open = guardWith({
      settings: { ...settings, authenticationWhitelist: '105, 34', authorizationEnabled: false },
    })
    expect(open.check(request(105, { topic: 'T' }), from)).toBeUndefined()
    expect(open.check(request(106), from)?.code).toBe(16)
  })
  it('of the process itself passes everything, and nobody else has it', () => {
    const inner = { accessKey: 'rocketdeck-1', secretKey: 'made-at-start' }
    const own = guardWith({ inner })
    expect(own.check(signed(inner.accessKey, inner.secretKey, request(25, {}, 'a=b')), from)).toBeUndefined()
    expect(own.check(signed(inner.accessKey, 'guessed', request(25)), from)?.code).toBe(16)
    expect(guard.check(signed(inner.accessKey, inner.secretKey, request(25)), from)?.code).toBe(16)
  })
})

describe('SE3: a user', () => {
  const no = (resource: string, why = 'no matched policies.') => ({
    code: 16,
    remark: `User:alice has no permission to access ${resource} from 127.0.0.1, ${why}`,
  })

  it('may what a policy says, and nothing else', async () => {
    expect(guard.check(asAlice(), from)).toEqual(no('Topic:T'))
    await grant(entry('Topic:T', ['Pub']))
    expect(guard.check(asAlice(), from)).toBeUndefined()
    expect(guard.check(asAlice(send('U')), from)).toEqual(no('Topic:U'))
    expect(guard.check(asAlice(request(11, { topic: 'T', consumerGroup: 'G' })), from)).toEqual(no('Topic:T'))
  })
  it('who is super may everything', () => {
    expect(guard.check(signed('root', 'root-secret', request(25, {}, 'a=b')), from)).toBeUndefined()
  })
  it('is judged by the narrowest entry, and of two equally narrow ones by the one that denies', async () => {
    await grant(
      entry('*', ['All']),
      entry('Topic:secret-*', ['All'], { decision: 'Deny' }),
      entry('Topic:secret-a', ['Pub']),
    )
    expect(guard.check(asAlice(send('open')), from)).toBeUndefined()
    expect(guard.check(asAlice(send('secret-b')), from)).toEqual(no('Topic:secret-b', 'the decision is deny.'))
    expect(guard.check(asAlice(send('secret-a')), from)).toBeUndefined()
    const both = {
      acl: () => ({
        subject: 'User:alice',
        policies: [
          {
            policyType: 'Custom' as const,
            entries: [entry('Topic:T', ['Pub']), entry('Topic:T', ['Pub'], { decision: 'Deny' })],
          },
        ],
      }),
      user: (name: string) => accounts.user(name),
    }
    expect(guardWith({ accounts: both }).check(asAlice(), from)).toEqual(no('Topic:T', 'the decision is deny.'))
  })
  it('may it only from where the policy says', async () => {
    await grant(entry('Topic:T', ['Pub'], { sourceIps: ['10.0.0.0/8', '192.168.1.7', '2001:db8::/32'] }))
    expect(guard.check(asAlice(), '10.9.8.7:1')).toBeUndefined()
    expect(guard.check(asAlice(), '192.168.1.7:1')).toBeUndefined()
    expect(guard.check(asAlice(), '[2001:db8::1]:1')).toBeUndefined()
    expect(guard.check(asAlice(), from)).toEqual(no('Topic:T'))
  })
  it('is asked about group and topics in a heartbeat, and about the group alone for a retry topic', async () => {
    const beat = request(
      34,
      { x: '1' },
      JSON.stringify({
        clientID: 'c',
        consumerDataSet: [{ groupName: 'G', subscriptionDataSet: [{ topic: 'T' }, { topic: '%RETRY%G' }] }],
      }),
    )
    expect(guard.check(asAlice(beat), from)).toEqual(no('Group:G'))
    await grant(entry('Group:G', ['Sub']))
    expect(guard.check(asAlice(beat), from)).toEqual(no('Topic:T'))
    await grant(entry('Topic:T', ['Sub']))
    expect(guard.check(asAlice(beat), from)).toBeUndefined()
    expect(guard.check(asAlice(request(11, { topic: '%RETRY%G', consumerGroup: 'G' })), from)).toBeUndefined()
    const others = asAlice(request(11, { topic: '%RETRY%other', consumerGroup: 'G' }))
    expect(guard.check(others, from)).toEqual(no('Group:other'))
    expect(guard.check(asAlice(request(34, { x: '1' }, '{')), from)).toEqual({
      code: 16,
      remark: 'parse authorization context error.',
    })
  })
  it('may not do by a list in a body what it may not do one by one', () => {
    const bodies: readonly [number, string, string][] = [
      [18, '{"topicConfigList":[{"topicName":"T"}]}', 'Topic:T'],
      [200, '{"groupName":"G"}', 'Group:G'],
      [225, '{"groupConfigList":[{"groupName":"G"}]}', 'Group:G'],
      [401, '{"topic":"T","consumerGroup":"G"}', 'Group:G'],
    ]
    for (const [code, body, resource] of bodies)
      expect(guard.check(asAlice(request(code, {}, body)), from)).toEqual(no(resource))
  })
  it('may not change the servers themselves without being let', async () => {
    for (const code of [25, 100, 102, 103, 104, 205, 217, 306, 316, 318, 327, 329, 908, 3001, 3006]) {
      expect(guard.check(asAlice(request(code, {}, 'a=b')), from), `request ${code}`).toEqual(
        no('Cluster:DefaultCluster'),
      )
    }
    await grant(entry('Cluster:DefaultCluster', ['Update']))
    expect(guard.check(asAlice(request(25, {}, 'a=b')), from)).toBeUndefined()
  })
  it('that names nothing asks for all', async () => {
    await grant(entry('Topic:T', ['All']))
    expect(guard.check(asAlice(request(33, { offset: '0' })), from)).toEqual(no('Topic:null'))
    await grant(entry('Topic:*', ['Get']))
    expect(guard.check(asAlice(request(33, { offset: '0' })), from)).toBeUndefined()
  })
})

it('is not there when nothing is switched on', () => {
  const off = { ...settings, authenticationEnabled: false, authorizationEnabled: false }
  expect(createGuard({ settings: off, clusterName: 'c', accounts })).toBeUndefined()
})
