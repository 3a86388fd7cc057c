// test/broker/worker/addresses.test.ts: SE4, whom a rule about addresses lets in: the socket's own address counts, at every port,
// and nothing that the peer says of another one. With the users of ACL 2.0 and with the files of ACL 1.0.
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { RequestCode } from '../../../broker/protocol/codes'
import { decodeFrame, type ExtFields, encodeCommand, newRequest } from '../../../broker/protocol/command'
import { type Credentials, sign } from '../../../broker/protocol/signature'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import { temporaryFolder } from '../../support/folders'
import { freePort } from '../../support/ports'

const root = { accessKey: 'root', secretKey: 'root-secret' }
const alice = { accessKey: 'alice', secretKey: 'alice-secret' }
/** A second address of loopback is there on Linux without being set up. */
const elsewhere = process.platform === 'linux' ? '127.0.0.2' : undefined

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function start(properties: Record<string, string>, dataDir = temporaryFolder('addresses')): Promise<number> {
  const port = await freePort([-2, 0, 1])
  const part = await startBrokerPart(
    {
      kind: 'broker',
      name: 'broker-a:0',
      host: '127.0.0.1',
      port,
      dataDir,
      properties: { mappedFileSizeCommitLog: '16777216', maxHashSlotNum: '1000', maxIndexNum: '4000', ...properties },
      preset: { brokerIP1: '127.0.0.1', brokerIP2: '127.0.0.1', listenPort: `${port}`, haListenPort: `${port + 1}` },
    },
    () => {},
  )
  ends.push(() => part.stop())
  return port
}

interface Asked {
  by?: Credentials
  from?: string | undefined
  ext?: ExtFields
  body?: string
  /** Bytes before the frame. */
  before?: string
}
/** Code and remark of the answer, or that the connection was closed without one. */
function ask(port: number, code: number, { by, from, ext: given = {}, body = '', before }: Asked = {}) {
  const ext = { ...given }
  const bytes = Buffer.from(body)
  if (by) sign(by, ext, bytes)
  return new Promise<string>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) })
    const chunks: Buffer[] = []
    socket.on('error', reject)
    socket.on('close', () => resolve('closed'))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      const all = Buffer.concat(chunks)
      if (all.length < 4 || all.length < 4 + all.readInt32BE(0)) return
      const answer = decodeFrame(all, 4, 4 + all.readInt32BE(0))
      resolve(`${answer.code} ${answer.remark ?? ''}`.trim())
      socket.destroy()
    })
    if (before !== undefined) socket.write(before)
    for (const part of encodeCommand({ ...newRequest(code, ext, 1), form: 0, body: bytes })) socket.write(part)
  })
}

const message = {
  a: 'PG',
  b: 'T',
  c: 'TBW102',
  d: '4',
  e: '0',
  f: '0',
  g: '1',
  h: '0',
  i: '',
  j: '0',
  k: 'false',
  m: 'false',
}
const send = (port: number, more: Omit<Asked, 'body'>) =>
  ask(port, RequestCode.SEND_MESSAGE_V2, { ...more, ext: { ...message, ...more.ext }, body: 'x' })
/** What proxies add, and what a header of ours might be thought to be. */
const says = (ip: string): ExtFields => ({
  ...{ 'X-Forwarded-For': ip, 'X-Real-IP': ip, Forwarded: `for=${ip}`, proxy_protocol_addr: ip, remoteAddress: ip },
  ...{ bornHost: `${ip}:1`, sourceIp: ip, proxyFrowardClientId: ip, channelId: ip },
})

it('SE4: a policy for an address holds for the address of the socket, at the main and at the VIP port', async () => {
  const port = await start({
    authenticationEnabled: 'true',
    authorizationEnabled: 'true',
    initAuthenticationUser: '{"username":"root","password":"root-secret"}',
  })
  const user = { by: root, ext: { username: 'alice' }, body: '{"password":"alice-secret"}' }
  expect(await ask(port, 3001, user)).toBe('0')
  const grant = async (sourceIp: string) => {
    const entries = [{ resource: 'Topic:T', actions: ['Pub'], sourceIps: [sourceIp], decision: 'Allow' }]
    const body = JSON.stringify({ subject: 'User:alice', policies: [{ policyType: 'Custom', entries }] })
    expect(await ask(port, 3006, { by: root, ext: { subject: 'User:alice' }, body })).toBe('0')
  }
  const refused = '16 User:alice has no permission to access Topic:T from 127.0.0.1, no matched policies.'
  await grant('127.0.0.2')
  for (const at of [port, port - 2]) {
    expect(await send(at, { by: alice }), `${at}`).toBe(refused)
    expect(await send(at, { by: alice, ext: says('127.0.0.2') }), `${at}`).toBe(refused)
    if (elsewhere !== undefined) expect(await send(at, { by: alice, from: elsewhere }), `${at}`).toBe('0')
  }
  // who is announced by the PROXY protocol, in text or in binary form, is not listened to at all
  const announced = 'PROXY TCP4 127.0.0.2 127.0.0.1 50000 10911\r\n'
  expect(await send(port, { by: alice, before: announced })).toBe('closed')
  expect(await send(port, { by: alice, before: '\r\n\r\n\0\r\nQUIT\n' })).toBe('closed')
  await grant('127.0.0.0/24')
  expect(await send(port, { by: alice })).toBe('0')
})

it('SE4: a white address of plain_acl.yml is one of a socket', async () => {
  const home = temporaryFolder('addresses')
  mkdirSync(join(home, 'conf'))
  writeFileSync(
    join(home, 'conf', 'plain_acl.yml'),
    'globalWhiteRemoteAddresses: [127.0.0.2]\naccounts: [{accessKey: RocketMQ, secretKey: 12345678, whiteRemoteAddress: 127.0.0.9}]\n',
  )
  const port = await start({ aclEnable: 'true' }, home)
  const refused = '1 org.apache.rocketmq.acl.common.AclException: No accessKey is configured'
  expect(await send(port, {})).toBe(refused)
  expect(await send(port, { ext: says('127.0.0.2') })).toBe(refused)
  expect(await send(port, { ext: { ...says('127.0.0.9'), AccessKey: 'RocketMQ' } })).not.toBe('0')
  if (elsewhere === undefined) return
  expect(await send(port, { from: elsewhere })).toBe('0')
  expect(await send(port, { from: '127.0.0.9', ext: { AccessKey: 'RocketMQ' } })).toBe('0')
})
