// test/client/console-clusters.test.ts: clusters connected while the console runs: ours under access control and TLS, and
// Apache 5.5.0 under ACL 2.0, side by side, with what each lets the console do.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { clusterAddInput, clusterTestInput } from '../../server/shared/inputs'
import { isKnown } from '../../server/shared/known'
import type { ProbeStep } from '../../server/shared/views'
import { openTestClusters } from '../support/clusters'
import { projectRoot, temporaryFolder } from '../support/folders'
import { javaParts } from '../support/java'
import { startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { startOurs } from '../support/rocketdeck'

const SECRET = 'root-secret'
const root = { accessKey: 'root', secretKey: SECRET }
const certificate = join(projectRoot, 'test', 'support', 'tls', 'one.crt')
const ends: (() => unknown)[] = []
afterAll(async () => {
  for (const end of ends.reverse()) await end()
})
const users = { initAuthenticationUser: '{"username":"root","password":"root-secret"}' }
const ours = async (): Promise<string> => {
  const set = {
    authenticationEnabled: 'true',
    authorizationEnabled: 'true',
    ...users,
    'tls.server.certPath': certificate,
    'tls.server.keyPath': certificate.replace('.crt', '.key'),
    'tls.server.mode': 'enforcing',
  }
  const cluster = await startOurs({
    flags: Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  })
  ends.push(() => cluster.child.stop())
  return cluster.namesrv
}
const apaches = async (): Promise<string | undefined> => {
  const java = await javaParts()
  if ('missing' in java) return undefined
  const namesrv = await startReferenceNamesrv(java)
  ends.push(() => namesrv.stop())
  const provider = 'org.apache.rocketmq.auth'
  const broker = await startReferenceBroker(java, {
    namesrv: namesrv.address,
    properties: {
      authenticationEnabled: 'true',
      authenticationProvider: `${provider}.authentication.provider.DefaultAuthenticationProvider`,
      authenticationMetadataProvider: `${provider}.authentication.provider.LocalAuthenticationMetadataProvider`,
      authorizationEnabled: 'true',
      authorizationProvider: `${provider}.authorization.provider.DefaultAuthorizationProvider`,
      authorizationMetadataProvider: `${provider}.authorization.provider.LocalAuthorizationMetadataProvider`,
      authConfigPath: temporaryFolder('apache-auth'),
      innerClientAuthenticationCredentials: '{"accessKey":"root","secretKey":"root-secret"}',
      ...users,
    },
  })
  ends.push(() => broker.stop())
  return namesrv.address
}
const open = (folder: string) => openTestClusters(folder, 300)
let addresses: { ours: string; apache: string | undefined }
beforeAll(async () => {
  const [one, other] = await Promise.all([ours(), apaches()])
  addresses = { ours: one, apache: other }
})
const outcome = (steps: readonly ProbeStep[]) =>
  steps.map(({ step, right, ok }) => `${right ?? step} ${ok ? 'ok' : 'no'}`)
const all = [
  'resolve',
  'connect',
  'route',
  'broker',
  'signature',
  'settings',
  'topics',
  'groups',
  'topic-write',
  'users',
]

it('CN15: clusters with access control, TLS and address maps are tested, connected, kept sealed and shown side by side', async (context) => {
  const folder = temporaryFolder('console')
  const { clusters, close } = await open(folder)
  const loopback = { hosts: ['127.0.0.0/8'] }
  const guarded = {
    namesrv: [addresses.ours],
    ...root,
    ...loopback,
    tls: 'checked' as const,
    ca: readFileSync(certificate, 'utf8'),
  }
  const test = async (given: object) => outcome(await clusters.test(clusterTestInput.parse(given)))
  expect(await test(guarded)).toEqual(all.map((step) => `${step} ok`))
  expect(await test({ ...guarded, hosts: [] })).toEqual(['resolve no'])
  expect(await test({ ...guarded, tls: 'off' })).toEqual(['resolve ok', 'connect no'])
  const other = readFileSync(certificate.replace('one', 'two'), 'utf8')
  expect(await test({ ...guarded, ca: other })).toEqual(['resolve ok', 'connect no'])
  // The name server may not lead the console to where nobody let it.
  const told = (await clusters.test(clusterTestInput.parse(guarded))).find(({ step }) => step === 'broker')?.who ?? ''
  const brokerAddress = told.split(' ')[1] ?? ''
  const away = { addressMap: [{ from: brokerAddress, to: '10.1.2.3:10911' }] }
  expect((await test({ ...guarded, ...away })).slice(3)).toEqual(['broker no'])

  await clusters.add(clusterAddInput.parse({ id: 'ours', name: 'Ours', colour: 1, ...guarded }))
  const apache = addresses.apache
  if (apache !== undefined) {
    const connection = { namesrv: [apache], ...loopback, ...root }
    expect(await test(connection)).toEqual(all.map((step) => `${step} ok`))
    expect((await test({ ...connection, secretKey: 'wrong' })).slice(3)).toEqual(['broker ok', 'signature no'])
    await clusters.add(clusterAddInput.parse({ id: 'apache', name: 'Apache', readOnly: true, ...connection }))
  }
  const until = async (good: () => Promise<boolean>) => {
    for (const end = Date.now() + 60_000; !(await good()) && Date.now() < end; ) await sleep(100)
  }
  const states = () =>
    clusters.all().map((cluster) => {
      const { id, brokers, production } = cluster.card()
      return { id, brokers: isKnown(brokers) ? brokers.value : brokers.unknown, production }
    })
  const seen = [
    { id: 'ours', brokers: 1, production: false },
    ...(apache === undefined ? [] : [{ id: 'apache', brokers: 1, production: false }]),
  ]
  await until(async () => JSON.stringify(states()) === JSON.stringify(seen))
  expect(states()).toEqual(seen)
  for (const cluster of clusters.all()) {
    await until(async () => isKnown((await cluster.info()).capabilities.acl))
    expect({ id: cluster.id, acl: (await cluster.info()).capabilities.acl }).toMatchObject({ acl: { value: true } })
  }
  await clusters.update({ id: 'ours', production: true })
  await expect(clusters.update({ id: 'ours', accessKey: 'somebody' })).rejects.toThrow('secret key')
  const shown = JSON.stringify([clusters.settings(), ...clusters.all().map((cluster) => cluster.card())])
  expect(shown).not.toContain(SECRET)
  await close()
  expect(readFileSync(join(folder, 'console.db')).includes(SECRET)).toBe(false)

  // A console that starts again signs as before, with nothing typed.
  const again = await open(folder)
  try {
    expect(again.clusters.settings()).toMatchObject([
      { id: 'ours', production: true, hasSecret: true, tls: 'checked', hosts: ['127.0.0.0/8'] },
      ...(apache === undefined ? [] : [{ id: 'apache', readOnly: true, hasSecret: true }]),
    ])
    const steps = await again.clusters.test(clusterTestInput.parse({ ...guarded, secretKey: '', id: 'ours' }))
    expect(outcome(steps)).toEqual(all.map((step) => `${step} ok`))
    await again.clusters.remove('ours')
    expect(again.clusters.get('ours')).toBeUndefined()
  } finally {
    await again.close()
  }
  if (apache === undefined) context.skip('Java is missing: shown on our cluster alone')
})
