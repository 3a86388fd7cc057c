// test/server/console-house.ts: a console with its cluster, as a browser meets it: over HTTP and a websocket, with cookies.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTRPCClient, createWSClient, httpLink, TRPCClientError, wsLink } from '@trpc/client'
import superjson from 'superjson'
import { afterAll, beforeAll } from 'vitest'
import WebSocket from 'ws'
import { type ConsoleHandle, createConsole } from '../../server/console'
import type { AppRouter } from '../../server/root'
import { temporaryFolder } from '../support/folders'
import { type OurCluster, startOurs } from '../support/rocketdeck'

/** Of the cluster. */
export const at = { cluster: 'c' }

export const kindOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof TRPCClientError ? error.data?.fault?.kind : String(error)),
  )
export const until = async <T>(ask: () => Promise<T>, good: (found: T) => boolean, ms = 60_000): Promise<T> => {
  const end = Date.now() + ms
  for (;;) {
    const found = await ask()
    if (good(found) || Date.now() > end) return found
    await sleep(100)
  }
}

/** For a whole file: there from before its first test until after its last. */
export function openConsoleHouse() {
  let ours: OurCluster
  let handle: ConsoleHandle
  let server: Server
  let port: number
  /** As a browser keeps it. */
  const jar = { cookie: '', set: '' }
  const http = (headers: Record<string, string> = {}, methodOverride?: 'POST') =>
    createTRPCClient<AppRouter>({
      links: [
        httpLink({
          url: `http://127.0.0.1:${port}/api/trpc`,
          transformer: superjson,
          ...(methodOverride && { methodOverride }),
          headers: () => ({ cookie: jar.cookie, ...headers }),
          fetch: async (url, options) => {
            const answer = await fetch(url, options as RequestInit) // tRPC's own type of the same thing
            const set = answer.headers.get('set-cookie')
            if (set !== null) Object.assign(jar, { set, cookie: set.split(';')[0] ?? '' })
            return answer
          },
        }),
      ],
    })
  const socket = (options: { cookie?: string; origin?: string } = {}): WebSocket =>
    new WebSocket(`ws://127.0.0.1:${port}/api/trpc`, {
      headers: { cookie: options.cookie ?? jar.cookie, origin: options.origin ?? `http://127.0.0.1:${port}` },
    })
  const live = () => {
    const client = createWSClient({
      url: `ws://127.0.0.1:${port}/api/trpc`,
      // The client makes its socket with a URL only; a browser would add these itself.
      WebSocket: class extends WebSocket {
        constructor(url: string | URL) {
          super(url, { headers: { cookie: jar.cookie, origin: `http://127.0.0.1:${port}` } })
        }
      } as unknown as typeof globalThis.WebSocket,
      retryDelayMs: () => 50,
    })
    return { client, api: createTRPCClient<AppRouter>({ links: [wsLink({ client, transformer: superjson })] }) }
  }
  beforeAll(async () => {
    ours = await startOurs()
    server = createServer((request, response) => {
      if (!handle.handleHttp(request, response)) response.writeHead(404).end()
    })
    server.on('upgrade', (request, raw, head) => {
      if (!handle.handleUpgrade(request, raw, head)) raw.destroy()
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    port = (server.address() as AddressInfo).port // it listens on TCP
    handle = await createConsole({
      dataDir: temporaryFolder('console'),
      clusters: [{ id: 'c', name: 'C', namesrv: [ours.namesrv] }],
      host: '127.0.0.1',
      port,
      metricsToken: 'scrape',
      turnMs: 300,
      databaseThread: false,
      log: () => undefined,
    })
  })
  afterAll(async () => {
    await handle.close()
    server.closeAllConnections()
    server.close()
    await ours.child.stop()
  })

  return {
    jar,
    http,
    socket,
    live,
    get port() {
      return port
    },
    get handle() {
      return handle
    },
    get ours() {
      return ours
    },
  }
}
export type ConsoleHouse = ReturnType<typeof openConsoleHouse>
