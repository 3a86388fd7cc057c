// test/server/http/upgrade.test.ts: websockets that are turned away, broken off or never let go: none of them ends the
// process that the brokers run in, and none holds its end. And what every answer says to a browser.
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ConsoleHandle, createConsole } from '../../../server/console'
import { temporaryFolder } from '../../support/folders'

let handle: ConsoleHandle
let server: Server
let port = 0
beforeEach(async () => {
  server = createServer((request, response) => {
    if (!handle.handleHttp(request, response)) response.end('page')
  })
  server.on('upgrade', (request, raw, head) => {
    if (!handle.handleUpgrade(request, raw, head)) raw.destroy()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  port = (server.address() as AddressInfo).port // it listens on TCP
  const dataDir = temporaryFolder('upgrade')
  const log = () => undefined
  handle = await createConsole({ dataDir, clusters: [], host: '127.0.0.1', port, databaseThread: false, log })
})
afterEach(async () => {
  await handle.close()
  server.close()
})

/** Asks for a websocket and leaves the socket as it is. */
const ask = (origin: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      const lines = ['GET /api/trpc HTTP/1.1', `Host: 127.0.0.1:${port}`, `Origin: ${origin}`, 'Connection: Upgrade']
      const rest = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
      socket.write(`${[...lines, ...rest].join('\r\n')}\r\n\r\n`, () => resolve(socket))
    })
    socket.on('error', reject)
  })
const answerOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => socket.once('data', (bytes) => resolve(bytes.toString('latin1').split('\r\n', 1)[0] ?? '')))

it('goes on when a peer that it turns away breaks the connection off', async () => {
  for (let round = 0; round < 50; round++) {
    const socket = await ask('http://evil.example')
    if (round % 2 === 0) await answerOf(socket)
    socket.resetAndDestroy()
  }
  await sleep(50)
  expect(await answerOf(await ask('http://evil.example'))).toBe('HTTP/1.1 403 Forbidden')
})

it('lets go of who was turned away and stays', async () => {
  const socket = await ask('http://evil.example')
  expect(await answerOf(socket)).toBe('HTTP/1.1 403 Forbidden')
  await new Promise<void>((closed) => server.close(() => closed()))
  socket.destroy()
})

it('is not held by a websocket that does not answer its goodbye', async () => {
  const socket = await ask(`http://127.0.0.1:${port}`)
  expect(await answerOf(socket)).toBe('HTTP/1.1 101 Switching Protocols')
  const closed = new Promise<void>((done) => server.close(() => done()))
  await handle.close()
  await closed
  socket.destroy()
})

it('lets no page of another port put its pages into a frame', async () => {
  for (const path of ['/', '/api/trpc/auth.state', '/rocketmq/nsaddr']) {
    const { headers } = await fetch(`http://127.0.0.1:${port}${path}`)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('content-security-policy')).toBe("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
  server.closeAllConnections()
})

it('answers whoever asks for an address that is none', async () => {
  for (const address of ['//', '///', '/\\', 'http://[']) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.write(`GET ${address} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
    expect(await answerOf(socket), address).toBe('HTTP/1.1 200 OK')
    socket.destroy()
  }
})
