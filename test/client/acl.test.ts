// test/client/acl.test.ts: stock Java clients, new and old, at a cluster with access control, TLS and address service.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import { sign } from '../../broker/protocol/signature'
import { projectRoot, temporaryFolder } from '../support/folders'
import { clientLib, compileJava, type JavaParts, javaParts, REFERENCE_VERSION, runJava } from '../support/java'
import { freePort } from '../support/ports'
import { type OurCluster, startOurs } from '../support/rocketdeck'

const root = { accessKey: 'root', secretKey: 'root-secret' }
const topic = 'AclTopic'
const parts: JavaParts = await javaParts()
const classes = 'missing' in parts ? undefined : compileJava(parts)
let ours: OurCluster
let addressPort: number

beforeAll(async () => {
  addressPort = await freePort()
  const fixture = (name: string): string => join(projectRoot, 'test', 'support', 'tls', name)
  const set = {
    authenticationEnabled: 'true',
    authorizationEnabled: 'true',
    initAuthenticationUser: '{"username":"root","password":"root-secret"}',
    'tls.server.certPath': fixture('one.crt'),
    'tls.server.keyPath': fixture('one.key'),
  }
  const flags = Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`])
  ours = await startOurs({ flags: [...flags, '--address-port', String(addressPort)] })
  const dialer = openDialer({ sign: (_, ext, body) => sign(root, ext, body) })
  const ask = async (code: number, ext: Record<string, string>, body: object = {}) => {
    const reply = await dialer.request(ours.broker, code, ext, Buffer.from(JSON.stringify(body)), 5000)
    expect(reply.code, reply.remark ?? '').toBe(0)
  }
  await ask(17, {
    topic,
    defaultTopic: 'TBW102',
    readQueueNums: '2',
    writeQueueNums: '2',
    perm: '6',
    topicFilterType: 'SINGLE_TAG',
  })
  const grant = (username: string, rows: readonly (readonly [string, readonly string[]])[]) =>
    ask(
      3006,
      { subject: `User:${username}` },
      {
        subject: `User:${username}`,
        policies: [
          {
            policyType: 'Custom',
            entries: rows.map(([resource, actions]) => ({ resource, actions, decision: 'Allow' })),
          },
        ],
      },
    )
  await ask(3001, { username: 'good' }, { password: 'good-secret' })
  await ask(3001, { username: 'poor' }, { password: 'poor-secret' })
  await grant('good', [
    [`Topic:${topic}`, ['Pub', 'Sub']],
    ['Group:acl-*', ['Sub']],
  ])
  await grant('poor', [[`Topic:${topic}`, ['Get']]])
  dialer.close()
})
afterAll(async () => {
  expect(await ours.child.stop()).toEqual({ code: 0, signal: null })
})

describe('SE1, SE3, NS7, NS8, RP3: a stock Java client is let in with the right secret and kept out with any other', () => {
  for (const version of [REFERENCE_VERSION, '4.9.8']) {
    it(`in version ${version}`, async (context) => {
      if ('missing' in parts) return context.skip(parts.missing)
      const jars = version === REFERENCE_VERSION ? { lib: parts.lib } : await clientLib(version, ['client', 'acl'])
      if ('missing' in jars) return context.skip(jars.missing)
      const group = `acl-${version.replaceAll('.', '-')}`
      const { output } = await runJava({
        java: parts.java,
        lib: jars.lib,
        ...(classes === undefined ? {} : { classes: await classes }),
        main: 'Acl',
        args: [ours.namesrv, topic, group, 'good', 'good-secret', 'poor', 'poor-secret'],
        properties: { 'rocketmq.namesrv.domain': `127.0.0.1:${addressPort}` },
        home: temporaryFolder('java-home'),
      })
      const cases = Object.fromEntries(
        [...output.matchAll(/^CASE (.*?): (.*)$/gm)].map(([, name, result]) => [name, result]),
      )
      expect(cases, output).toEqual({
        nobody: `refused: No route info of this topic: ${topic}`,
        'wrong secret': `refused: No route info of this topic: ${topic}`,
        'may not': expect.stringContaining(
          `refused by the broker: 16 User:poor has no permission to access Topic:${topic} from 127.0.0.1`,
        ),
        may: 'SEND_OK',
        token: 'SEND_OK',
        'token over tls': 'SEND_OK',
        vip: 'SEND_OK',
        tls: 'SEND_OK',
        domain: 'SEND_OK',
        receive: 'all',
      })
    })
  }
})
