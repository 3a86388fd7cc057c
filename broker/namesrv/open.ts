// broker/namesrv/open.ts: the name server: a listener, the route table behind it, and a look every few seconds at who
// has fallen silent. It knows brokers only by what they tell it.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Accounts, authAnswers, type Guard } from '../auth'
import { boundedLines } from '../config/bounded-lines'
import { openKeptFile } from '../config/kept-file'
import { namesrvProperties } from '../config/namesrv-properties'
import { serverProperties } from '../config/net-properties'
import { openConfig } from '../config/open'
import { openDialer } from '../net/dial'
import { listen } from '../net/listen'
import type { TlsDialing, TlsDoor } from '../net/tls'
import type { Admits, Connection, Dialer, DialOptions, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command } from '../protocol/command'
import { ProtocolError } from '../protocol/errors'
import { writeHeader } from '../protocol/headers'
import { notifyMinBrokerIdHeader } from '../protocol/headers-namesrv'
import { openKvConfig } from './kv'
import { type Answer, nameServerAnswers } from './requests'
import { type Broker, RouteTable, smallest } from './routes'

export interface NameServerOptions {
  host: string
  /** 0: any free one. */
  port: number
  /** Holds kvConfig.json and what was set while running. */
  dataDir: string
  /** By Apache's names, from a file or flags. */
  properties: Readonly<Record<string, string>>
  /** What the start decides itself; it wins over `properties`, with a warning. */
  preset?: Readonly<Record<string, string>>
  /** Names that are no mistake because another part of the cluster knows them. */
  knownElsewhere?: (key: string) => boolean
  /** Who may ask, and the users that tools may change. Absent: whoever reaches the port may ask everything. */
  access?: {
    readonly accounts: Accounts
    readonly guard: Guard | undefined
    readonly sign: DialOptions['sign'] | undefined
  }
  /** TLS on its port, and with the brokers it tells something. */
  tls?: { readonly door: TlsDoor | undefined; readonly dialing: TlsDialing | undefined }
  /** Which peers may connect; absent: whoever reaches the port. */
  admits?: Admits | undefined
  /** Who answers on the same port besides: a controller. A request that both know is answered by it, and heard here too. */
  beside?: Beside | undefined
  log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
  clock?: () => number
}
export interface Beside {
  readonly answers: ReadonlyMap<number, Answer>
  connectionClosed(connection: Connection): void
}
export interface NameServerHandle {
  readonly host: string
  readonly port: number
  /** `host:port`, as clients take it. */
  readonly address: string
  /** Stops listening, answers what is in flight, leaves. */
  close(): Promise<void>
}

const table = { ...namesrvProperties, ...serverProperties }
const maxFrameBytes = 16 * 1024 * 1024
const dialTimeoutMs = 3000

/** Throws a NetError when it cannot listen, a ConfigError for an impossible property. */
export async function openNameServer(options: NameServerOptions): Promise<NameServerHandle> {
  const { dataDir, host, log } = options
  const clock = options.clock ?? Date.now
  await mkdir(dataDir, { recursive: true })
  const config = openConfig(table, {
    properties: {
      kvConfigPath: join(dataDir, 'kvConfig.json'),
      configStorePath: join(dataDir, 'namesrv.properties'),
      ...options.properties,
    },
    preset: {
      ...options.preset,
      bindAddress: host,
      ...(options.port === 0 ? {} : { listenPort: String(options.port) }),
    },
    kept: await openKeptFile(join(dataDir, 'namesrv-set.json')),
    ...(options.knownElsewhere === undefined ? {} : { elsewhere: options.knownElsewhere }),
    clock,
    log,
  })
  const dialer = openDialer({
    connectTimeoutMs: dialTimeoutMs,
    tls: options.tls?.dialing,
    ...(options.access?.sign === undefined ? {} : { sign: options.access.sign }),
  })
  const routes = new RouteTable({
    rules: config.values,
    clock,
    log,
    onMinBrokerIdChange: (broker, change) => {
      if (config.values.notifyMinBrokerIdChanged) notifyOthers(dialer, broker, change, log)
    },
  })
  const answers = nameServerAnswers({
    routes,
    kv: await openKvConfig(config.values.kvConfigPath ?? join(dataDir, 'kvConfig.json')),
    settings: config.values,
    settingsText: () => config.toPropertiesText(),
    changeSettings: (changes) => config.update(changes),
    startedAtMs: clock(),
    clock,
  })
  const guard = options.access?.guard
  const refusals = boundedLines(
    Date.now,
    (line) => log('info', line),
    (count) => `${count} more requests were refused within a second`,
  )
  const authRequests = options.access === undefined ? {} : authAnswers(options.access.accounts, guard !== undefined)
  const listener = await listen({
    host,
    port: options.port,
    tls: options.tls?.door,
    admits: options.admits,
    maxFrameBytes,
    idleMs: config.values.serverChannelMaxIdleTimeSeconds * 1000,
    log: (line) => log('warn', line),
    onRequest: (request, connection) => {
      const refused = guard?.check(request, connection.remoteAddress)
      if (refused !== undefined) {
        refusals.add(() => `request ${request.code} of ${connection.remoteAddress} was refused: ${refused.remark}`)
        connection.reply(request, refused)
        return
      }
      const own = answers.get(request.code) ?? authRequests[request.code]
      const theirs = options.beside?.answers.get(request.code)
      if (theirs !== undefined && own !== undefined) void answerTo(request, connection, own, log)
      const answer = theirs ?? own
      void answerTo(request, connection, answer, log).then((reply) => connection.reply(request, reply))
    },
    onClose: (connection) => {
      routes.connectionClosed(connection)
      options.beside?.connectionClosed(connection)
    },
  })
  let scanning = setInterval(() => routes.expire(), config.values.scanNotActiveBrokerInterval)
  config.onChange(['scanNotActiveBrokerInterval'], () => {
    clearInterval(scanning)
    scanning = setInterval(() => routes.expire(), config.values.scanNotActiveBrokerInterval)
  })
  const address = host.includes(':') ? `[${host}]:${listener.port}` : `${host}:${listener.port}`
  log('info', `name server at ${address}`)
  return {
    host,
    port: listener.port,
    address,
    async close() {
      clearInterval(scanning)
      await listener.close()
      dialer.close()
    },
  }
}

/** A fault in one request is that request's own: it gets its reply, the others theirs. */
async function answerTo(
  request: Command,
  connection: Connection,
  answer: ((request: Command, connection: Connection) => Reply | Promise<Reply>) | undefined,
  log: NameServerOptions['log'],
): Promise<Reply> {
  if (answer === undefined) {
    const remark = ` request type ${request.code} not supported`
    return { code: ResponseCode.REQUEST_CODE_NOT_SUPPORTED, remark }
  }
  try {
    return await answer(request, connection)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (error instanceof ProtocolError) log('warn', `request ${request.code} from ${connection.remoteAddress}: ${text}`)
    else log('error', `request ${request.code} from ${connection.remoteAddress} failed: ${text}`)
    return { code: ResponseCode.SYSTEM_ERROR, remark: text }
  }
}

/** Tells the servers under a broker's name that another of them is the smallest now. Nobody waits for it. */
function notifyOthers(
  dialer: Dialer,
  broker: Broker,
  change: { offlineAddr?: string; haAddr?: string | undefined },
  log: NameServerOptions['log'],
): void {
  const minBrokerId = smallest(broker.addrs)
  const ext = writeHeader(notifyMinBrokerIdHeader, {
    minBrokerId,
    brokerName: broker.name,
    minBrokerAddr: broker.addrs.get(minBrokerId),
    offlineBrokerAddr: change.offlineAddr,
    haBrokerAddr: change.haAddr,
  })
  const all = change.offlineAddr !== undefined || broker.addrs.size === 1
  for (const [id, address] of broker.addrs) {
    if (!all && id === minBrokerId) continue
    dialer
      .oneway(address, RequestCode.NOTIFY_MIN_BROKER_ID_CHANGE, { ...ext })
      .catch((error: unknown) => log('warn', `${address} was not told about the smallest id: ${error}`))
  }
}
