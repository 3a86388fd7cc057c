// server/http/trpc.ts: the router over HTTP and over one websocket per browser tab. Cookies are read and set here and
// nowhere else.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { appRouter } from '../root'
import type { Caller, ConsoleDesk } from '../shared/desk'
import { contextFor, openStreams, sessionOf } from '../trpc/context'
import type { CookieWriter } from './cookies'
import type { Peers } from './peer'

export const TRPC_PATH = '/api/trpc'
/** A message body of 4 MiB in base64, and what is around it. */
const MAX_HTTP_BODY_BYTES = 16 * 1024 * 1024
const MAX_WS_MESSAGE_BYTES = 1024 * 1024
/** The browser asks for a page's panels in one request; nobody needs more at once. */
const MAX_BATCH_CALLS = 64
/** Websockets held open without a session: a login page has none, so these are few and short. */
const MAX_NAMELESS_SOCKETS = 32
const MAX_SOCKETS = 2000
/** Past this a stream waits for the browser to read. */
const MAX_UNSENT_BYTES = 1024 * 1024
/** How long a websocket has for its own goodbye when the console stops. */
const FAREWELL_MS = 1000
const KEEP_ALIVE = { enabled: true, pingMs: 20_000, pongWaitMs: 10_000 }

export interface TrpcDoor {
  http(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Closes the websockets of sessions that have ended. */
  dropEnded(): void
  close(): Promise<void>
}
export interface TrpcDoorOptions {
  desk: ConsoleDesk
  callerOf: (request: IncomingMessage) => Caller
  cookiesFor: (request: IncomingMessage, response: ServerResponse) => CookieWriter
  onError: (path: string | undefined, error: Error) => void
}

export const openTrpcDoor = ({ desk, callerOf, cookiesFor, onError }: TrpcDoorOptions): TrpcDoor => {
  const report = ({ path, error }: { path: string | undefined; error: Error & { code?: string } }): void => {
    if (error.code === 'INTERNAL_SERVER_ERROR') onError(path, error)
  }

  const sockets = new Map<WebSocket, Caller>()
  const nameless = new Set<WebSocket>()
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_WS_MESSAGE_BYTES })
  const handler = applyWSSHandler({
    wss: server,
    router: appRouter,
    keepAlive: KEEP_ALIVE,
    onError: report,
    createContext: ({ req, res }) => {
      const caller = callerOf(req)
      sockets.set(res, caller)
      res.once('close', () => sockets.delete(res))
      const streams = openStreams()
      return contextFor(desk, caller, {
        once: false,
        setSession: () => undefined,
        drained: () => drained(res),
        streams,
      })
    },
  })

  return {
    http(request, response) {
      const path = (request.url ?? '').split('?', 1)[0]?.slice(TRPC_PATH.length + 1) ?? ''
      response.setHeader('cache-control', 'no-store')
      void nodeHTTPRequestHandler({
        req: request,
        res: response,
        path,
        router: appRouter,
        maxBodySize: MAX_HTTP_BODY_BYTES,
        maxBatchSize: MAX_BATCH_CALLS,
        // A target with thousands of offsets does not fit an address: such a query comes by POST.
        allowMethodOverride: true,
        onError: report,
        createContext: () =>
          contextFor(desk, callerOf(request), {
            once: true,
            drained: async () => undefined,
            setSession: (secret) => cookiesFor(request, response)(desk.cookieName, secret),
          }),
      })
    },
    upgrade(request, socket, head) {
      const turnAway = () =>
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n', () => socket.destroy())
      const silence = () => socket.destroy()
      socket.on('error', silence)
      void desk.access.who(callerOf(request)).then(
        (who) => {
          const full = sockets.size >= MAX_SOCKETS || (who === null && nameless.size >= MAX_NAMELESS_SOCKETS)
          if (full || socket.destroyed) {
            turnAway()
            return
          }
          server.handleUpgrade(request, socket, head, (client) => {
            socket.off('error', silence)
            if (who === null) {
              nameless.add(client)
              client.once('close', () => nameless.delete(client))
            }
            server.emit('connection', client, request)
          })
        },
        (error: Error) => {
          onError('upgrade', error)
          turnAway()
        },
      )
    },
    dropEnded() {
      for (const [client, caller] of sockets)
        void desk.access.who(caller).then(
          (who) => {
            if (who === null) client.close(4401, 'the session has ended')
          },
          (error: Error) => onError('dropEnded', error), // each of its calls asks anew and is refused then
        )
    },
    async close() {
      handler.broadcastReconnectNotification()
      for (const client of server.clients) client.close(1001, 'the console stops')
      // A browser that does not answer would hold the port, and with it the end of the brokers, for half a minute.
      const late = setTimeout(() => {
        for (const client of server.clients) client.terminate()
      }, FAREWELL_MS)
      await new Promise<void>((resolve) => server.close(() => resolve()))
      clearTimeout(late)
    },
  }
}

export const callerFrom = (request: IncomingMessage, cookieName: string, peers: Peers): Caller => ({
  from: peers.addressOf(request),
  at: peers.outsideOf(request),
  agent: request.headers['user-agent'] ?? '',
  session: sessionOf(request.headers.cookie, cookieName),
  token: bearerOf(request.headers.authorization),
})
/** A program's token. Whoever sends one is judged by it alone, whatever cookie came along. */
const bearerOf = (header: string | undefined): string | null => /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? null
const drained = async (client: WebSocket): Promise<void> => {
  while (client.readyState === client.OPEN && client.bufferedAmount > MAX_UNSENT_BYTES)
    await new Promise((resolve) => setTimeout(resolve, 20))
}
