// test/broker/net/tls.test.ts: one port that speaks plainly and over TLS.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import { listen } from '../../../broker/net/listen'
import { openTlsDoor, type TlsDialing, type TlsDoor, type TlsServing } from '../../../broker/net/tls'
import type { Listener } from '../../../broker/net/types'
import { projectRoot, temporaryFolder } from '../../support/folders'

const fixture = (name: string): string => join(projectRoot, 'test', 'support', 'tls', name)
const one = { certPath: fixture('one.crt'), keyPath: fixture('one.key') }
const two = { certPath: fixture('two.crt'), keyPath: fixture('two.key') }

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function serve(more: Partial<TlsServing> = {}) {
  const lines: string[] = []
  const door: TlsDoor = await openTlsDoor({
    ...one,
    mode: 'permissive',
    clientCertificate: 'none',
    checksClients: false,
    log: (level, line) => lines.push(`${level} ${line}`),
    ...more,
  })
  const listener: Listener = await listen({
    host: '127.0.0.1',
    port: 0,
    maxFrameBytes: 1 << 20,
    idleMs: 60_000,
    tls: door,
    onRequest: (request, connection) =>
      connection.reply(request, { code: 0, remark: connection.remoteAddress, body: request.body }),
  })
  closing.push(() => listener.close())
  return { door, lines, listener, address: `127.0.0.1:${listener.port}` }
}
async function ask(address: string, tls?: TlsDialing, body = 'hello') {
  const dialer = openDialer({ tls, connectTimeoutMs: 2000 })
  closing.push(() => dialer.close())
  return dialer.request(address, 1, {}, Buffer.from(body), 3000)
}
const trusting: TlsDialing = { checksServer: true, trustPath: one.certPath }
const subjectAt = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(`${socket.getPeerCertificate().subject.CN}`)
      socket.destroy()
    })
    socket.once('error', reject)
  })

describe('RP3: a port with a certificate', () => {
  it('speaks TLS and plainly, large answers too, and knows who asks', async () => {
    const { address } = await serve()
    const large = 'x'.repeat(500_000)
    for (const tls of [undefined, trusting, { checksServer: false }]) {
      const reply = await ask(address, tls, large)
      expect(reply.body.toString()).toBe(large)
      expect(reply.remark).toMatch(/^127\.0\.0\.1:\d+$/)
    }
  })
  it('takes nothing but TLS when it is enforced', async () => {
    const { address, lines } = await serve({ mode: 'enforcing' })
    await expect(ask(address)).rejects.toMatchObject({ fault: 'closed' })
    expect((await ask(address, trusting)).code).toBe(0)
    expect(lines.join()).toContain('it speaks plainly, and this port TLS only')
  })
  it('is not trusted by who trusts another certificate', async () => {
    const { address } = await serve()
    await expect(ask(address, { checksServer: true, trustPath: two.certPath })).rejects.toThrow('no TLS with 127.0.0.1')
    await expect(ask(address, { checksServer: true })).rejects.toThrow('no TLS with 127.0.0.1')
  })
  it('asks for a certificate of clients when it is told to', async () => {
    const { address } = await serve({ clientCertificate: 'require', checksClients: true, trustPath: two.certPath })
    await expect(ask(address, { checksServer: false })).rejects.toMatchObject({ name: 'NetError' })
    await expect(ask(address, { checksServer: false, own: one })).rejects.toMatchObject({ name: 'NetError' })
    expect((await ask(address, { checksServer: false, own: two })).code).toBe(0)
    expect((await ask(address)).code).toBe(0) // plain is still permitted, as in Apache
  })
  it('takes a new certificate when its file changes, and keeps the old one when the new is wrong', async () => {
    const folder = temporaryFolder('tls')
    const files = { certPath: join(folder, 'c'), keyPath: join(folder, 'k') }
    const put = (from: typeof one) => {
      copyFileSync(from.certPath, files.certPath)
      copyFileSync(from.keyPath, files.keyPath)
    }
    put(one)
    const { door, listener, lines } = await serve(files)
    expect(await subjectAt(listener.port)).toBe('one.rocketdeck.test')
    put(two)
    await door.refresh()
    expect(await subjectAt(listener.port)).toBe('two.rocketdeck.test')
    writeFileSync(files.keyPath, readFileSync(one.keyPath))
    await door.refresh()
    expect(lines.at(-1)).toMatch(/^warn the certificate that held goes on/)
    expect(await subjectAt(listener.port)).toBe('two.rocketdeck.test')
  })
  it('lets a peer that says nothing, or breaks off a handshake, hold up nobody, nor its own end', async () => {
    const { address, listener } = await serve()
    for (const first of [
      undefined,
      Buffer.from([0x16, 3, 1, 0, 5]),
      Buffer.from([0x16, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]),
    ]) {
      const socket = connectPlain(listener.port, '127.0.0.1')
      socket.on('error', () => {})
      closing.push(() => socket.destroy())
      await new Promise((resolve) => socket.once('connect', resolve))
      if (first) socket.write(first)
    }
    expect((await ask(address, trusting)).code).toBe(0)
    await listener.close()
  })
})

it("does not open with a key that is another certificate's", async () => {
  await expect(serve({ keyPath: two.keyPath })).rejects.toThrow()
  await expect(serve({ certPath: '/nowhere' })).rejects.toThrow('/nowhere')
})
