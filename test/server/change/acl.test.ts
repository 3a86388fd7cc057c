// test/server/change/acl.test.ts: users and policies of two real brokers, put on both, told apart where they differ, and judged
// as the brokers judge.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import { startNamesrvPart } from '../../../broker/worker/namesrv-part'
import type { RunningPart } from '../../../broker/worker/part-thread'
import { planCluster } from '../../../broker/worker/topology'
import { type Admin, openAdmin } from '../../../server/admin/open'
import { openAcl } from '../../../server/change/acl'
import { entriesOf, isAclResource } from '../../../server/shared/acl'
import { aclPoliciesInput, aclUserInput } from '../../../server/shared/inputs'
import { eventually } from '../../support/auto-cluster'
import { temporaryFolder } from '../../support/folders'
import { freeClusterPorts } from '../../support/ports'

const at = { cluster: 'c' }
const SECRET = 'told-once-and-kept'
let parts: RunningPart[]
let admin: Admin
let acl: ReturnType<typeof openAcl>

beforeAll(async () => {
  const [first, ...others] = planCluster({
    preset: '2m-noslave',
    host: '127.0.0.1',
    ...(await freeClusterPorts(2)),
    dataDir: temporaryFolder('acl'),
    properties: {
      mappedFileSizeCommitLog: '1048576',
      maxMessageSize: '262144',
      maxHashSlotNum: '1000',
      maxIndexNum: '4000',
    },
    log: () => {},
  }).map(({ plan }) => plan)
  if (first === undefined) throw new Error('no plan')
  const namesrv = await startNamesrvPart(first, () => {})
  parts = [...(await Promise.all(others.map((plan) => startBrokerPart(plan, () => {})))), namesrv]
  admin = openAdmin({ namesrv: [namesrv.address] })
  await eventually('both are known', 60_000, async () => (await admin.masters()).length === 2)
  acl = openAcl({ admin, setting: (name, key) => (name === 'broker-a' && key.startsWith('auth') ? 'true' : null) })
}, 60_000)
afterAll(async () => {
  admin.close()
  for (const part of parts) await part.stop()
})

const user = (name: string, rest: object = {}) =>
  aclUserInput.parse({ ...at, user: name, exists: false, secret: SECRET, type: 'Normal', enabled: true, ...rest })
const ask = async (name: string, rest: object = {}) =>
  (await acl.check({ ...at, user: 'app', kind: 'Topic', name, action: 'Pub', sourceIp: '', ...rest })).map(
    ({ why, by }) => (by === null ? why : `${why} by ${by.decision} ${by.resource}`),
  )

it('puts a user and what a producer and a consumer need on every broker, and never tells a secret', async () => {
  expect(await acl.putUser(user('app'))).toMatchObject({ ok: 2, failed: 0 })
  expect(await acl.putUser(user('root', { type: 'Super' }))).toMatchObject({ ok: 2, failed: 0 })
  expect((await acl.putUser(user('app'))).rows.map(({ error }) => error)).toEqual([
    'There is a user app already.',
    'There is a user app already.',
  ])
  const entries = entriesOf('both', { topic: 'orders_*', group: 'GID_orders' })
  const granted = await acl.putPolicies(aclPoliciesInput.parse({ ...at, user: 'app', entries }))
  expect(granted).toMatchObject({ ok: 2, failed: 0 })
  const view = await acl.state()
  expect(view.brokers).toEqual([
    { name: 'broker-a', authenticates: true, authorizes: true, error: null },
    { name: 'broker-b', authenticates: null, authorizes: null, error: null },
  ])
  const both = { brokers: ['broker-a', 'broker-b'], differs: false }
  expect(view.users).toEqual([
    { name: 'app', type: 'Normal', enabled: true, ...both },
    { name: 'root', type: 'Super', enabled: true, ...both },
  ])
  expect(view.policies).toEqual([
    { user: 'app', resource: 'Group:GID_orders', actions: ['Sub'], sourceIps: [], decision: 'Allow', ...both },
    { user: 'app', resource: 'Topic:orders_*', actions: ['Pub', 'Sub'], sourceIps: [], decision: 'Allow', ...both },
  ])
  expect(JSON.stringify(view)).not.toContain(SECRET)
})

it('says who may, by which entry, as the brokers decide', async () => {
  const own = (entries: object[]) => acl.putPolicies(aclPoliciesInput.parse({ ...at, user: 'app', entries }))
  await own([
    { resource: 'Topic:orders_secret', actions: ['All'], decision: 'Deny' },
    { resource: 'Topic:inner', actions: ['Pub'], sourceIps: ['10.0.0.0/8'], decision: 'Allow' },
  ])
  const twice = (text: string) => [text, text]
  expect(await ask('orders_eu')).toEqual(twice('policy by Allow Topic:orders_*'))
  expect(await ask('orders_secret')).toEqual(twice('denied by Deny Topic:orders_secret'))
  expect(await ask('payments')).toEqual(twice('no-policy'))
  expect(await ask('inner')).toEqual(twice('no-policy'))
  expect(await ask('inner', { sourceIp: '10.1.2.3' })).toEqual(twice('policy by Allow Topic:inner'))
  expect(await ask('anything', { user: 'root' })).toEqual(twice('super'))
  expect(await ask('anything', { user: 'nobody' })).toEqual(twice('no-user'))
  await acl.putUser(user('app', { exists: true, secret: undefined, enabled: false }))
  expect(await ask('orders_eu')).toEqual(twice('disabled'))
  await acl.putUser(user('app', { exists: true, secret: undefined }))
})

it('shows where brokers differ, and makes them alike again', async () => {
  const b = (await admin.masters(['broker-b']))[0]?.address ?? ''
  await admin.acls.deletePolicy(b, 'app', 'Topic:orders_*')
  await admin.acls.deleteUser(b, 'root')
  const view = await acl.state()
  expect(view.users.find(({ name }) => name === 'root')).toMatchObject({ brokers: ['broker-a'], differs: true })
  expect(view.policies.find(({ resource }) => resource === 'Topic:orders_*')).toMatchObject({
    brokers: ['broker-a'],
    differs: true,
  })
  expect(await ask('orders_eu')).toEqual(['policy by Allow Topic:orders_*', 'no-policy'])
  // What one lacks can only be made there with a secret, which nobody else tells.
  const without = await acl.putUser(user('root', { exists: true, type: 'Super', secret: undefined }))
  expect(without).toMatchObject({ ok: 1, failed: 1 })
  expect(await acl.putUser(user('root', { exists: true, type: 'Super' }))).toMatchObject({ ok: 2, failed: 0 })
  expect((await acl.state()).users.every(({ differs }) => !differs)).toBe(true)
  expect(await acl.deletePolicy({ ...at, user: 'app', resource: 'Topic:orders_*' })).toMatchObject({ failed: 0 })
  expect(await acl.deleteUser({ ...at, user: 'app', confirm: 'app' })).toMatchObject({ ok: 2, failed: 0 })
  expect((await acl.state()).users.map(({ name }) => name)).toEqual(['root'])
})

it('takes resources that brokers can read, and no others', () => {
  for (const text of ['*', 'Topic:a', 'Topic:a*', 'Group:*', 'Cluster:*', 'Topic:%RETRY%g'])
    expect(isAclResource(text), text).toBe(true)
  for (const text of ['', 'topic', 'Topic:', 'User:a', 'Topic:a*b', 'Topic:a b', 'Topic:a/../b'])
    expect(isAclResource(text), text).toBe(false)
})
