// test/server/http/base-path.test.ts: the console under a path behind a reverse proxy: everything it answers lies below that path,
// its cookies too; and what a proxy says of the client counts only where the proxy is trusted.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTRPCClient, createWSClient, httpLink, wsLink } from '@trpc/client'
import superjson from 'superjson'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { pagesFolder } from '../../../server/build/pages-folder.mjs'
import { type ConsoleHandle, createConsole } from '../../../server/console'
import { openPeers } from '../../../server/http/peer'
import type { AppRouter } from '../../../server/root'
import { belowBase, isBasePath } from '../../../server/shared/base-path'
import { publishedConsole } from '../../../server/trpc/context'
import { temporaryFolder } from '../../support/folders'
import { openReverseProxy, type ReverseProxy } from '../../support/reverse-proxy'

const BASE = '/ops/mq'
const PASSWORD = 'a long enough one'
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const start = async (trustedProxies: readonly string[]) => {
  let handle: ConsoleHandle
  const server: Server = createServer((request, response) => {
    if (!handle.handleHttp(request, response)) response.writeHead(418).end(request.url)
  })
  server.on('upgrade', (request, socket, head) => {
    if (!handle.handleUpgrade(request, socket, head)) socket.destroy()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo // it listens on TCP
  const proxy = await openReverseProxy(BASE, () => port)
  handle = await createConsole({
    dataDir: temporaryFolder('base-path'),
    clusters: [{ id: 'c', name: 'C', namesrv: ['127.0.0.1:1'] }], // nobody listens there
    host: '127.0.0.1',
    port,
    basePath: BASE,
    trustedProxies,
    metricsToken: 'scrape',
    databaseThread: false,
    log: () => undefined,
  })
  ends.push(
    () => new Promise((closed) => server.close(() => closed())),
    async () => server.closeAllConnections(),
    () => proxy.close(),
    () => handle.close(),
  )
  const desk = publishedConsole()
  if (desk === undefined) throw new Error('no console')
  const token = (await handle.setupUrlHint())?.split('=')[1] ?? ''
  await desk.access.setup({ token, name: 'root', password: PASSWORD }, { from: '', agent: '', session: null })
  const login = async (at: string) => {
    const answer = await fetch(`${at}${BASE}/api/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(superjson.serialize({ name: 'root', password: PASSWORD })),
    })
    return answer.headers.get('set-cookie') ?? ''
  }
  return { port, proxy, desk, login, direct: `http://127.0.0.1:${port}` }
}
const socketOf = (proxy: ReverseProxy, cookie: string) =>
  createWSClient({
    url: `${proxy.address.replace('http', 'ws')}${BASE}/api/trpc`,
    WebSocket: class extends WebSocket {
      constructor(url: string) {
        super(url, { headers: { cookie } })
      }
    } as unknown as typeof globalThis.WebSocket, // the library wants the browser's; this one is the same on the wire
  })

it('answers everything below its path, through a proxy that serves nothing else', async () => {
  const { proxy, login, desk } = await start(['127.0.0.1'])
  const line = await login(proxy.address)
  expect(line).toContain(`Path=${BASE};`)
  expect(line).toContain('; Secure')
  const cookie = line.split(';')[0] ?? ''
  const links = [httpLink({ url: `${proxy.address}${BASE}/api/trpc`, transformer: superjson, headers: { cookie } })]
  const api = createTRPCClient<AppRouter>({ links })
  expect((await api.auth.state.query()).me?.name).toBe('root')
  // The audit log has the client's address, not the proxy's; the provider is told the way back as the browser has it.
  expect((await desk.access.sessions(1, ''))[0]?.address).toBe('203.0.113.9')
  const host = proxy.address.slice('http://'.length)
  expect((await api.console.oidc.query()).redirectUri).toBe(`https://${host}${BASE}/login/oidc/callback`)
  expect((await fetch(`${proxy.address}${BASE}/login/oidc`, { redirect: 'manual' })).headers.get('location')).toBe(
    `${BASE}/login?sso=off`,
  )
  expect((await fetch(`${proxy.address}${BASE}/api/v1/cluster/list`, { headers: { cookie } })).status).toBe(200)
  expect((await fetch(`${proxy.address}${BASE}/api/openapi.json`, { headers: { cookie } })).status).toBe(200)
  const scrape = { authorization: 'Bearer scrape' }
  expect((await fetch(`${proxy.address}${BASE}/metrics`, { headers: scrape })).status).toBe(200)
  // A page is handed on with its whole path, which is what its builder knows it by.
  expect(await (await fetch(`${proxy.address}${BASE}/login?next=/x`)).text()).toBe(`${BASE}/login?next=/x`)

  const socket = socketOf(proxy, cookie)
  const live = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket, transformer: superjson })] })
  expect((await live.auth.state.query()).me?.name).toBe('root')
  await socket.close()
  expect(proxy.strays).toEqual([])
})

it('answers nothing beside its path but what programs ask without one', async () => {
  const { direct } = await start([])
  const status = async (path: string, headers = {}) => (await fetch(`${direct}${path}`, { headers })).status
  expect(await status('/api/trpc/auth.state')).toBe(418) // handed on, and no page lies there
  expect(await status(`${BASE}x/api/trpc/auth.state`)).toBe(418)
  expect(await status('/metrics', { authorization: 'Bearer scrape' })).toBe(200)
  expect(await status('/rocketmq/nsaddr')).toBe(200)
})

it('believes nobody who says that they are a proxy', async () => {
  const { proxy, login, desk, direct } = await start(['10.0.0.0/8'])
  expect(await login(proxy.address)).not.toContain('Secure')
  expect((await desk.access.sessions(1, ''))[0]?.address).toBe('127.0.0.1')
  expect(await login(direct)).toContain(`Path=${BASE};`)
})

it('takes the last address that no trusted proxy has, and nothing that is none', () => {
  const peers = openPeers(['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])
  const from = (remoteAddress: string, forwarded?: string) =>
    peers.addressOf({
      socket: { remoteAddress },
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    } as unknown as IncomingMessage) // the rest is not looked at
  expect(from('198.51.100.7', '1.2.3.4')).toBe('198.51.100.7')
  expect(from('::ffff:127.0.0.1', '1.2.3.4, 198.51.100.7, 10.1.1.1')).toBe('198.51.100.7')
  expect(from('127.0.0.1', 'unknown, <script>')).toBe('127.0.0.1')
  expect(from('127.0.0.1', '[2001:db8::1]:4711')).toBe('2001:db8::1')
  expect(from('fd00::1', '198.51.100.7:4711')).toBe('198.51.100.7')
  expect(from('127.0.0.1')).toBe('127.0.0.1')
  for (const wrong of ['proxy.example.org', '10.0.0.0/33', '10.0.0.0/x'])
    expect(() => openPeers([wrong])).toThrow(wrong)
})

it('knows a path from what only begins like it', () => {
  expect(['', '/mq', '/ops/mq', '/a.b-c_d~e', '/..a/.b'].every(isBasePath)).toBe(true)
  expect(['mq', '/', '/mq/', '/a b', '/a?b', '//evil', '/<x>', '/..', '/a/../b', '/.'].some(isBasePath)).toBe(false)
  expect(belowBase('/mq', '/mq')).toBe('/')
  expect(belowBase('/mq?a=1', '/mq')).toBe('/?a=1')
  expect(belowBase('/mq/api/x?y', '/mq')).toBe('/api/x?y')
  expect(belowBase('/mqx', '/mq')).toBeNull()
  expect(belowBase('/x', '')).toBe('/x')
  // Each has its own pages, in a folder of its own.
  const folders = ['', '/a/b', '/a-b', '/a.b'].map(pagesFolder)
  expect(new Set(folders).size).toBe(4)
  expect(folders.every((name) => /^\.next[^/]*$/.test(name))).toBe(true)
})
