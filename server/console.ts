// server/console.ts: puts the console together: state, clusters, router, HTTP and websocket. server/main.ts owns the
// port and hands over what belongs to /api/trpc.
import { chmodSync, mkdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { openMasks } from './access/masks'
import { openAccess } from './access/open'
import { openAudit } from './audit/open'
import { finishRestore } from './db/backup'
import { openDatabase } from './db/open'
import { openBackups } from './desk/backup'
import { type GivenCluster, openClusters } from './desk/clusters'
import { openTemplates } from './desk/templates'
import { openSeal } from './guard/seal'
import { openApi } from './http/api'
import { openBackupDoor } from './http/backup'
import { cookieWriters } from './http/cookies'
import { safeHeaders } from './http/csp'
import { type OriginFault, originFault } from './http/origin'
import { openPeers } from './http/peer'
import { openMetrics } from './http/prometheus'
import { isUnder, routesOf } from './http/routes'
import { openSignOn } from './http/sign-on'
import { callerFrom, openTrpcDoor, TRPC_PATH } from './http/trpc'
import { openNotify } from './notify/open'
import { openProviders, type Provider } from './oidc/config'
import { openOidc } from './oidc/open'
import { belowBase } from './shared/base-path'
import type { ConsoleDesk } from './shared/desk'
import { cookieNameFor, publishConsole } from './trpc/context'

export interface ConsoleOptions {
  /** The data folder; the console's own files lie in `console/` under it. */
  dataDir: string
  /** Bundled, and those named with --namesrv. More may be connected later and are kept in console.db. */
  clusters: readonly GivenCluster[]
  /** Where the process listens: Host and Origin are checked against it. */
  host: string
  port: number
  /** Names under which a reverse proxy or the local network reaches the console, `console.example.org:443`. */
  allowedHosts?: readonly string[]
  /** Proxies whose word about the client's address and TLS counts: addresses and networks. */
  trustedProxies?: readonly string[]
  /** The path the console lives under behind a proxy, `/mq`; empty: none. */
  basePath?: string
  /** The provider people sign in at, where the start names it. */
  provider?: Provider | null
  version?: string
  /** How often brokers are asked; 5 s unless a test is in a hurry. */
  turnMs?: number
  /** Who sends it as a bearer token is served /metrics; without one nobody is. */
  metricsToken?: string | undefined
  /** How the first wait after a failed notice is, for tests in a hurry. */
  notify?: { firstWaitMs?: number }
  /** False keeps console.db on the caller's thread: for tests, which have no built entry to start. */
  databaseThread?: boolean
  log: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void
  /** A request that was turned away, with its client's address; bounded by who keeps the log. */
  refused?: (text: string) => void
}
export interface ConsoleHandle {
  /** False: not ours, hand it to Next. A wrong Host or Origin is answered here, whatever the path. */
  handleHttp(request: IncomingMessage, response: ServerResponse): boolean
  /** False: not ours; the caller destroys the socket (in dev it is Next's). */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** The client's address, for the audit log. */
  addressOf(request: IncomingMessage): string
  /** While nobody has an account: `/setup#token=...` to append to the console's address; null afterwards. */
  setupUrlHint(): Promise<string | null>
  /** Ends subscriptions and samplers, then closes the database. */
  close(): Promise<void>
}

const STOP_WITHIN_MS = 5000

export const createConsole = async (options: ConsoleOptions): Promise<ConsoleHandle> => {
  const { basePath = '' } = options
  const peers = openPeers(options.trustedProxies ?? [], basePath)
  const folder = join(options.dataDir, 'console')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700) // it may have been there, with other rights
  finishRestore(join(folder, 'console.db'))
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: options.databaseThread ?? true })
  chmodSync(join(folder, 'console.db'), 0o600)
  const access = await openAccess({ db: database.db, folder })
  const seal = openSeal(folder)
  const notify = await openNotify({
    database,
    seal,
    log: (text) => options.log('warn', text),
    ...options.notify,
  })
  const oidc = openOidc({
    providers: await openProviders(database.db, seal, options.provider ?? null),
    seal,
    hosts: () => notify.channels.hosts(),
  })
  const audit = openAudit(database.db)
  const clusters = await openClusters({
    database,
    notify,
    audit,
    seal,
    given: options.clusters,
    log: (cluster, text) => options.log('debug', `${cluster}: ${text}`),
    ...(options.turnMs === undefined ? {} : { turnMs: options.turnMs }),
  })
  const desk: ConsoleDesk = {
    version: options.version ?? '',
    servesMetrics: options.metricsToken !== undefined,
    cookieName: cookieNameFor(options.port),
    access,
    audit,
    clusters,
    notify,
    templates: openTemplates(database.db),
    masking: await openMasks(database.db, (text) => seal.digest(text, 'mask')),
    oidc,
    backups: openBackups(database, seal, folder, options.version ?? ''),
  }
  publishConsole(desk)
  const callerOf = (request: IncomingMessage) => callerFrom(request, desk.cookieName, peers)
  const cookiesFor = cookieWriters(peers, basePath)
  const door = openTrpcDoor({
    desk,
    callerOf,
    cookiesFor,
    onError: (path, error) => options.log('error', `${path ?? 'a request'} failed: ${error.stack ?? error.message}`),
  })
  const tell = (request: IncomingMessage, why: string): void =>
    options.refused?.(
      `${request.method} ${(request.url ?? '').split('?', 1)[0]?.slice(0, 200)} of ${peers.addressOf(request)} was refused: ${why}`,
    )
  const metrics = openMetrics(desk, options.metricsToken, (request) => tell(request, 'the token is missing or wrong'))
  const api = openApi({
    desk,
    callerOf,
    onError: (path, error) => options.log('error', `${path} failed: ${error.stack ?? error.message}`),
    refused: tell,
  })
  const signOn = openSignOn({
    desk,
    oidc,
    basePath,
    callerOf,
    cookiesFor,
    log: (text) => options.refused?.(text),
  })
  const backup = openBackupDoor({
    desk,
    callerOf,
    onError: (path, error) => options.log('error', `${path} failed: ${error.stack ?? error.message}`),
    refused: tell,
  })
  const routes = routesOf({ desk, trpc: door, api, metrics, signOn, backup })
  const stopListening = access.onSessionEnd(() => door.dropEnded())
  const rules = { allowedHosts: [...(options.allowedHosts ?? []), options.host] }

  return {
    handleHttp(request, response) {
      for (const [name, value] of safeHeaders) response.setHeader(name, value)
      const url = request.url ?? '/'
      const below = belowBase(url, basePath)
      // Programs that know no path are served beside it too: name server addresses and figures.
      const route = routes.find(({ owns, besideBase }) => owns(below ?? (besideBase ? url : '')))
      const fault = route?.anyHost ? null : originFault(request, rules, peers.hostTold(request))
      if (fault !== null) {
        tell(request, refusals[fault][1])
        refuse(response, fault)
      } else if (route === undefined) return false
      else {
        request.url = below ?? url
        route.answer(request, response)
      }
      return true
    },
    handleUpgrade(request, socket, head) {
      const below = belowBase(request.url ?? '/', basePath)
      if (below === null || !isUnder(below, TRPC_PATH)) return false
      const fault = originFault(request, rules, peers.hostTold(request))
      if (fault === null) door.upgrade(request, socket, head)
      else {
        tell(request, refusals[fault][1])
        turnAway(socket)
      }
      return true
    },
    addressOf: (request) => peers.addressOf(request),
    async setupUrlHint() {
      const token = access.setupToken.current()
      return token === null ? null : `/setup#token=${token}`
    },
    async close() {
      stopListening()
      metrics.close()
      api.close()
      publishConsole(undefined)
      // A broker that answers no more must not hold the whole process.
      await within(STOP_WITHIN_MS, Promise.all([door.close(), clusters.close()]))
      await desk.audit.close().catch((error: unknown) => options.log('error', `the audit log: ${String(error)}`))
      await notify.close()
      await database.close()
    },
  }
}

const refusals: Record<OriginFault, readonly [number, string]> = {
  host: [421, 'This console is not known under that name. Start it with --allow-host NAME to let it in.'],
  origin: [403, 'A page of another site may not ask this console.'],
}
const refuse = (response: ServerResponse, fault: OriginFault): void => {
  const [status, text] = refusals[fault]
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}
/** Node hands over the socket without a listener: a peer that resets it would end the process, one that stays would hold it. */
const turnAway = (socket: Duplex): void => {
  socket.on('error', () => socket.destroy())
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy())
}
const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}
