// server/main.ts: the process: the bundled cluster, the console and the pages behind one port. Starts them so that
// clients never wait for pages, prints where they are, stops them in reverse order. The cluster's own work happens in
// its threads; nothing here touches a message.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import {
  admissionFor,
  boundedLines,
  type ClusterHandle,
  FlagError,
  flagHelp,
  type LogFile,
  type LogLine,
  logText,
  onStopSignals,
  openLogFile,
  prepareFolder,
} from '../broker/index'
import { pagesFolder } from './build/pages-folder.mjs'
import { type ConsoleHandle, createConsole } from './console'
import { type Doorman, doormanFor } from './http/allow-from'
import { contentPolicy, newNonce, safeHeaders } from './http/csp'
import { openPeers } from './http/peer'
import { waitingPage } from './http/waiting-page'
import { type Plan, planConsole, planStart, programs } from './plan'
import { belowBase } from './shared/base-path'
import { backUpState, restoreState } from './state'

export interface MainOptions {
  program: string
  args: readonly string[]
  /** Top of the project: where the pages lie. */
  root: string
}

export async function main({ program, args, root }: MainOptions): Promise<void> {
  if (!isProgram(program)) throw new Error(`${program} is not one of ${Object.keys(programs).join(', ')}`)
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    const says =
      program === 'console' ? 'the console alone, for a cluster that runs elsewhere' : 'a cluster and its console'
    console.log(
      `npm ${program === 'start' ? 'start' : `run ${program}`} -- [flags]: ${says}\n\n${flagHelp(programs[program])}`,
    )
    return
  }
  const dev = program === 'dev'
  // React picks its build by it, at its first import; Next refuses any other word.
  Object.assign(process.env, { NODE_ENV: dev ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' })
  let deck: Deck | undefined
  try {
    const plan = program === 'console' ? planConsole(args) : planStart(args)
    if (await keepState(plan, root)) return
    deck = new Deck(plan, root, dev)
    const running = deck
    onStopSignals({ say, stop: () => running.close() })
    await running.start()
  } catch (error) {
    say(`${program}: ${error instanceof Error ? error.message : error}`)
    await deck?.close()
    process.exit(error instanceof Error && (error.name === 'FlagError' || error.name === 'TopologyError') ? 2 : 1)
  }
}

const isProgram = (name: string): name is keyof typeof programs => Object.hasOwn(programs, name)
const say = (line: string) => console.error(line)

/** `--backup` and `--restore`: true when that was all there was to do. */
async function keepState({ backup, restore, dataDir }: Plan, root: string): Promise<boolean> {
  if (backup === undefined && restore === undefined) return false
  if (backup !== undefined && restore !== undefined) throw new FlagError('--backup and --restore: one at a time')
  if (backup !== undefined) {
    await backUpState(dataDir, resolve(backup), versionIn(root))
    console.log(`written to ${resolve(backup)}; its secrets open only with ${join(dataDir, 'console', 'secret.key')}`)
    return true
  }
  const { note, before, lost } = await restoreState(dataDir, resolve(restore ?? ''))
  console.log(`restored the state of ${new Date(note.at).toISOString()}, made by version ${note.version}`)
  if (before !== null) console.log(`what was there before is kept as ${before}`)
  for (const who of lost) console.log(`sealed under another key, to be typed again: ${who}`)
  return true
}

/** What Next answers with, as far as it is used here. */
interface Pages {
  answer: (request: IncomingMessage, response: ServerResponse) => void
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  close: () => Promise<void>
}

/** Owner of the port and of everything behind it. */
class Deck {
  readonly #plan: Plan
  readonly #root: string
  readonly #dev: boolean
  readonly #server: Server
  #cluster: ClusterHandle | undefined
  #console: ConsoleHandle | undefined
  #pages: Pages | undefined
  #pagesFailed: string | undefined
  #building: ChildProcess | undefined
  #file: LogFile | undefined
  #starting: Promise<void> = Promise.resolve()
  readonly #beganMs = performance.now()
  #closing: Promise<void> | undefined
  readonly #said = new Set<string>()
  readonly #doorman: Doorman | undefined

  constructor(plan: Plan, root: string, dev: boolean) {
    this.#plan = plan
    this.#root = root
    this.#dev = dev
    this.#server = createServer((request, response) => {
      try {
        this.#answer(request, response)
      } catch (error) {
        this.#slip('a request', error)
        response.destroy() // or it would be waited for
      }
    })
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    const warn = (text: string) => this.#log({ level: 'warn', part: 'console', text, atMs: Date.now() })
    const allowed = admissionFor('console', plan.allowFrom, warn)
    const doorman = allowed && doormanFor(allowed, openPeers(plan.trustedProxies, plan.basePath))
    this.#doorman = doorman
    if (doorman !== undefined) {
      this.#server.on('connection', (socket) => void (doorman.mayConnect(socket) || socket.destroy()))
    }
  }

  start(): Promise<void> {
    this.#starting = this.#startAll()
    return this.#starting
  }

  /** In reverse order of the start. A start that is under way is waited for. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  /** Something nobody caught: it goes to the log with where it came from, and the process goes on. */
  #slip(origin: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#log({ level: 'error', part: 'console', text: `${origin}: ${text}`, atMs: Date.now() })
  }

  async #startAll(): Promise<void> {
    const plan = this.#plan
    await this.#listen()
    prepareFolder(plan.dataDir)
    this.#file = openLogFile(join(plan.dataDir, 'logs'), 'rocketdeck', plan.logShape)
    if ('start' in plan.cluster) {
      this.#cluster = await plan.cluster.start((line) => this.#log(line))
      say(`cluster ready in ${Math.round(performance.now())} ms`)
    }
    // Brokers live in this process: no slip of a page or of the console may take them with it.
    process.on('uncaughtException', (error, origin) => this.#slip(origin, error))
    const refusals = boundedLines(
      Date.now,
      (text) => this.#log({ level: 'info', part: 'console', text, atMs: Date.now() }),
      (count) => `${count} more requests were refused within a second`,
    )
    this.#console = await createConsole({
      dataDir: plan.dataDir,
      clusters: this.#clusters(),
      host: plan.host,
      port: plan.port,
      allowedHosts: plan.allowedHosts,
      basePath: plan.basePath,
      trustedProxies: plan.trustedProxies,
      provider: plan.provider,
      version: versionIn(this.#root),
      metricsToken: plan.metricsToken,
      log: (level, text) => this.#log({ level, part: 'console', text, atMs: Date.now() }),
      refused: (text) => refusals.add(() => text),
    })
    if (this.#closing) return
    await this.#printWhereItIs(this.#console)
    await this.#startPages()
  }

  #clusters() {
    const { cluster } = this.#plan
    if ('namesrv' in cluster) {
      return cluster.namesrv.length === 0
        ? []
        : [
            {
              id: 'default',
              name: cluster.namesrv.join(';'),
              namesrv: cluster.namesrv,
              credentials: cluster.credentials,
              tls: cluster.tls ? { checksServer: false } : undefined,
            },
          ]
    }
    const bundled = this.#cluster
    if (!bundled) return []
    const { namesrvAddress, credentials, tls } = bundled
    return [{ id: 'bundled', name: cluster.name, namesrv: [namesrvAddress], bundled, credentials, tls }]
  }

  #address(): string {
    return `http://${urlHost(this.#plan.host)}:${this.#plan.port}${this.#plan.basePath}`
  }

  async #printWhereItIs(handle: ConsoleHandle): Promise<void> {
    const address = this.#address()
    const parts = this.#cluster?.parts ?? []
    const brokers = parts.filter(({ kind }) => kind === 'broker').map((part) => `${part.name} ${part.address}`)
    const hint = await handle.setupUrlHint()
    const rows: readonly (readonly [string, string])[] = [
      ['console', address],
      [
        'name server',
        this.#cluster?.namesrvAddress ?? this.#clusters()[0]?.name ?? 'none yet: connect one in the console',
      ],
      ...(brokers.length > 0 ? [['brokers', brokers.join(', ')] as const] : []),
      ['data', this.#plan.dataDir],
      ...(hint === null ? [] : [['first login', `${address}${hint}`] as const]),
    ]
    for (const [what, where] of rows) console.log(`${what.padEnd(12)} ${where}`)
  }

  async #startPages(): Promise<void> {
    try {
      // Both the build and what runs it read it there.
      process.env.ROCKETDECK_BASE_PATH = this.#plan.basePath
      process.env.ROCKETDECK_NEXT_DIR = pagesFolder(this.#plan.basePath)
      if (!this.#dev) await this.#buildPages()
      if (this.#closing) return
      this.#pages = await openPages({ root: this.#root, dev: this.#dev, host: this.#plan.host, port: this.#plan.port })
      console.log(`pages ready in ${Math.round(performance.now())} ms: ${this.#address()}`)
    } catch (error) {
      if (this.#closing) return
      // The cluster goes on: a console that cannot be shown is no reason to stop taking messages.
      this.#pagesFailed = error instanceof Error ? error.message : String(error)
      this.#log({ level: 'error', part: 'pages', text: this.#pagesFailed, atMs: Date.now() })
    }
  }

  /** In a process of its own, so that the cluster's threads and this one stay quick meanwhile. */
  #buildPages(): Promise<void> {
    const builder = join(this.#root, 'server', 'build', 'pages.mjs')
    const child = spawn(process.execPath, [builder], { cwd: this.#root, stdio: ['ignore', 'inherit', 'pipe'] })
    this.#building = child
    let output = ''
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    return new Promise((done, failed) => {
      child.once('error', failed)
      child.once('close', (code) => {
        this.#building = undefined
        if (code === 0) done()
        else failed(new Error(output.trim() || `the build of the pages ended with code ${code}`))
      })
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { basePath } = this.#plan
    for (const [name, value] of safeHeaders) response.setHeader(name, value)
    const url = request.url ?? '/'
    const below = belowBase(url, basePath)
    const path = (below ?? url).split('?', 1)[0]
    if (this.#doorman?.mayAsk(request) === false) text(response, 403, 'This address is not let in here.\n')
    else if (path === '/healthz') text(response, 200, 'ok\n')
    else if (path === '/readyz') this.#answerReady(response)
    else if (this.#console === undefined) waitingPage(response, 'The cluster is starting.')
    else if (this.#console.handleHttp(request, response)) return
    else if (below === null) response.writeHead(307, { location: `${basePath}/` }).end()
    else if (this.#pages && !isWellFormed(path))
      text(response, 400, 'This address is not well formed: look at its % signs.\n')
    else if (this.#pages) {
      this.#guardPage(request, response)
      // Whatever the browser claims to be, the audit log gets the address we know.
      request.headers['x-rocketdeck-peer'] = this.#console.addressOf(request)
      this.#pages.answer(request, response)
    } else if (this.#pagesFailed) text(response, 500, `${this.#pagesFailed}\n`)
    else {
      const seconds = Math.round((performance.now() - this.#beganMs) / 1000)
      const rest = `This happens once and takes a minute, several on a busy machine; it has taken ${seconds} s so far.`
      waitingPage(response, `The pages are being built. ${rest}`)
    }
  }

  /** Next takes the nonce for its scripts from the policy of the request. */
  #guardPage(request: IncomingMessage, response: ServerResponse): void {
    if (this.#dev) return // its reloading writes scripts into pages
    const policy = contentPolicy(newNonce())
    request.headers['content-security-policy'] = policy
    response.setHeader('content-security-policy', policy)
  }

  #answerReady(response: ServerResponse): void {
    const parts = (this.#cluster?.parts ?? [])
      .filter(({ state }) => state !== 'running')
      .map(({ name, state }) => `${name} ${state}`)
    const missing = [
      ...parts,
      ...(this.#console ? [] : ['console starting']),
      ...(this.#pages ? [] : [this.#pagesFailed ? 'pages failed' : 'pages starting']),
    ]
    if (missing.length === 0) text(response, 200, 'ready\n')
    else text(response, 503, `${missing.join('\n')}\n`)
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#doorman?.mayAsk(request) === false) {
      socket.destroy()
      return
    }
    if (this.#console?.handleUpgrade(request, socket, head)) return
    if (this.#pages?.upgrade) this.#pages.upgrade(request, socket, head)
    else socket.destroy()
  }

  #listen(): Promise<void> {
    const { host, port } = this.#plan
    return new Promise((listening, failed) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const taken = error.code === 'EADDRINUSE'
        const what = taken
          ? 'is in use by another program: stop that one, or choose another with --port'
          : error.message
        failed(new Error(`port ${port} on ${host} ${what}`, { cause: error }))
      })
      this.#server.listen({ host, port }, () => listening())
    })
  }

  async #closeAll(): Promise<void> {
    this.#building?.kill('SIGTERM')
    await this.#starting.catch(() => undefined)
    const closed = new Promise<void>((done) => this.#server.close(() => done()))
    this.#server.closeIdleConnections()
    await this.#end('console', () => this.#console?.close())
    this.#server.closeAllConnections()
    await closed
    await this.#end('pages', () => this.#pages?.close())
    await this.#end('cluster', () => this.#cluster?.close())
    await this.#file?.close()
  }

  /** What does not end as it should keeps nothing behind it from ending in order, the brokers least of all. */
  async #end(part: string, close: () => Promise<void> | undefined): Promise<void> {
    try {
      await close()
    } catch (error) {
      const text = `stopping: ${error instanceof Error ? (error.stack ?? error.message) : error}`
      this.#log({ level: 'error', part, text, atMs: Date.now() })
    }
  }

  #log(line: LogLine): void {
    this.#file?.write(line)
    if (!this.#plan.verbose && line.level !== 'warn' && line.level !== 'error') return
    // During the start several brokers say the same of the same file.
    if (this.#console === undefined) {
      if (this.#said.has(line.text)) return
      this.#said.add(line.text)
    }
    const { verbose, logShape } = this.#plan
    say(
      verbose || logShape.format === 'json'
        ? logText(line, logShape.format)
        : `${line.level} ${line.part}: ${line.text}`,
    )
  }
}

/** Next fails on what cannot be decoded, as if it were its own fault. */
const isWellFormed = (path: string | undefined): boolean => {
  try {
    decodeURIComponent(path ?? '')
    return true
  } catch {
    return false
  }
}

const urlHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host

/** Loaded late: Next takes a second that the cluster's clients shall not wait for. */
async function openPages(at: { root: string; dev: boolean; host: string; port: number }): Promise<Pages> {
  if (!at.dev && !existsSync(join(at.root, pagesFolder(process.env.ROCKETDECK_BASE_PATH ?? ''), 'BUILD_ID')))
    throw new Error('the pages are not built')
  const { default: next } = await import('next')
  const app = next({ dev: at.dev, dir: at.root, hostname: at.host, port: at.port })
  await app.prepare()
  const handle = app.getRequestHandler()
  return {
    // a page that fails is that page's own: left alone it would end the process, and the brokers with it
    answer: (request, response) => void handle(request, response).catch(() => response.destroy()),
    ...(at.dev ? { upgrade: app.getUpgradeHandler() } : {}),
    close: () => app.close(),
  }
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(body)
}

const versionIn = (root: string): string => {
  const manifest: { version?: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) // our own file
  return manifest.version ?? ''
}
