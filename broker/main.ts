// broker/main.ts: the command lines of the parts without a console: cluster, namesrv, broker. Reads flags and files,
// prints, waits for a signal; all else is done behind index.ts.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openBrokerConfig, openNamesrvConfig } from './config/broker-config'
import { type FlagTable, flagHelp, portOf, readFlags } from './config/flags'
import { type LogShape, logShapeOf } from './config/log-flags'
import { clusterShapeFlags, programFlags, propertiesFrom, propertyFlags, proxyPortNote } from './config/start-flags'
import {
  type AllowFrom,
  admissionFor,
  type ClusterHandle,
  checkAllowFrom,
  type LogFile,
  type LogLine,
  logText,
  type MetricsService,
  onStopSignals,
  openLogFile,
  openMetricsService,
  prepareFolder,
  startBroker,
  startCluster,
  startNamesrv,
} from './index'

const common = {
  host: { value: 'HOST', says: 'address every listener binds to (127.0.0.1)' },
  'allow-from': {
    value: 'LISTENER=NETS',
    pairs: true,
    says: 'who may connect to a listener (namesrv, broker, ha, address, metrics): addresses and networks, by commas',
  },
  'metrics-port': { value: 'PORT', says: 'serve /metrics for Prometheus, /healthz and /readyz there' },
  ...propertyFlags,
  ...programFlags,
} as const satisfies FlagTable

const clusterFlags = {
  ...clusterShapeFlags,
  'address-port': { value: 'PORT', says: 'tell name server addresses over HTTP at /rocketmq/nsaddr' },
  ...common,
} as const satisfies FlagTable

const namesrvFlags = {
  port: { value: 'PORT', says: 'port to listen on (9876, or listenPort of the file)' },
  'address-port': { value: 'PORT', says: 'tell name server addresses over HTTP at /rocketmq/nsaddr' },
  addresses: { value: 'ADDR', says: 'what it tells there: host:port, several separated by ; (its own address)' },
  print: { short: 'p', says: 'print every property with its value, and end' },
  ...common,
} as const satisfies FlagTable

const brokerFlags = {
  namesrv: { short: 'n', value: 'ADDR', says: 'name servers: host:port, several separated by ;' },
  port: { value: 'PORT', says: 'port to listen on (10911, or listenPort of the file); VIP port -2, HA port +1' },
  print: { short: 'p', says: 'print every property with its value, and end' },
  ...common,
} as const satisfies FlagTable

interface MetricsAt {
  readonly host: string
  readonly port: number | undefined
  readonly allowFrom: AllowFrom
}
const metricsAt = (flags: {
  host: string | undefined
  'metrics-port': string | undefined
  'allow-from': AllowFrom
}): MetricsAt => ({
  host: flags.host ?? '127.0.0.1',
  port: optionalPort('metrics-port', flags['metrics-port']),
  allowFrom: flags['allow-from'],
})

interface Program {
  readonly flags: FlagTable
  readonly says: string
  run(args: readonly string[], out: Output): Promise<ClusterHandle | undefined>
}

/** Where lines go before and after the log file is open. */
interface Output {
  /** The start is over: from now on a line that comes again is printed again. */
  started(): void
  say(line: string): void
  log(line: LogLine): void
  openLog(dataDir: string, verbose: boolean, shape: LogShape): void
  /** Where metrics are served once the start is over; undefined: nowhere. */
  serveMetrics(at: MetricsAt): void
}

const programs: Readonly<Record<string, Program>> = {
  cluster: {
    flags: clusterFlags,
    says: 'a name server and brokers in one process',
    async run(args, out) {
      const flags = readFlags(clusterFlags, sources(args))
      out.openLog(flags.data, flags.verbose, logShapeOf(flags))
      checkAllowFrom(flags['allow-from'], ['namesrv', 'broker', 'ha', 'address', 'metrics'])
      out.serveMetrics(metricsAt(flags))
      const note = proxyPortNote(flags['proxy-port'])
      if (note !== undefined) out.say(note)
      return startCluster({
        preset: flags.preset,
        host: flags.host ?? '127.0.0.1',
        namesrvPort: portOf('namesrv-port', flags['namesrv-port']),
        brokerPort: portOf('broker-port', flags['broker-port']),
        dataDir: flags.data,
        properties: propertiesFrom(flags, readText),
        withoutAcl: flags['without-acl'],
        addressPort: optionalPort('address-port', flags['address-port']),
        allowFrom: flags['allow-from'],
        log: out.log,
      })
    },
  },
  namesrv: {
    flags: namesrvFlags,
    says: 'a name server alone',
    async run(args, out) {
      const flags = readFlags(namesrvFlags, sources(args))
      const properties = propertiesFrom(flags, readText)
      if (flags.print) {
        const config = openNamesrvConfig({ properties, clock: Date.now, log: (_, line) => console.error(line) })
        process.stdout.write(config.toPropertiesText())
        return undefined
      }
      out.openLog(flags.data, flags.verbose, logShapeOf(flags))
      checkAllowFrom(flags['allow-from'], ['namesrv', 'address', 'metrics'])
      out.serveMetrics(metricsAt(flags))
      return startNamesrv({
        ...aloneOptions(flags),
        properties,
        addressPort: optionalPort('address-port', flags['address-port']),
        addresses: flags.addresses,
        log: out.log,
      })
    },
  },
  broker: {
    flags: brokerFlags,
    says: 'a broker alone; it registers with the name servers it is given',
    async run(args, out) {
      const flags = readFlags(brokerFlags, sources(args))
      const properties = propertiesFrom(flags, readText)
      if (flags.print) {
        const config = openBrokerConfig({ properties, clock: Date.now, log: (_, line) => console.error(line) })
        process.stdout.write(config.toPropertiesText())
        return undefined
      }
      out.openLog(flags.data, flags.verbose, logShapeOf(flags))
      checkAllowFrom(flags['allow-from'], ['broker', 'ha', 'metrics'])
      out.serveMetrics(metricsAt(flags))
      if (flags.namesrv === undefined && properties.namesrvAddr === undefined) {
        out.say('no name server was named (-n ADDR): this broker registers nowhere, so no client finds it by a route')
      }
      return startBroker({ ...aloneOptions(flags), namesrv: flags.namesrv, properties, log: out.log })
    },
  },
}

export interface MainOptions {
  program: string
  args: readonly string[]
}

export async function main({ program: name, args }: MainOptions): Promise<void> {
  const program = programs[name]
  if (!program) throw new Error(`${name} is not one of ${Object.keys(programs).join(', ')}`)
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    console.log(`npm run ${name} -- [flags]: ${program.says}\n\n${flagHelp(program.flags)}`)
    return
  }
  const out = createOutput(name)
  let starting = true
  let handle: ClusterHandle | undefined
  let metrics: MetricsService | undefined
  const close = async () => {
    await metrics?.close()
    await handle?.close()
    await out.close()
  }
  // A signal during the start waits for it: a half-started part has nothing to flush, a started one has.
  const started = program.run(args, out).finally(() => {
    starting = false
  })
  onStopSignals({
    say: (line) => console.error(line),
    stop: async () => {
      if (starting) await started.catch(() => undefined)
      await close()
    },
  })
  try {
    handle = await started
    if (handle !== undefined && out.metricsAt !== undefined) metrics = await openMetricsService(handle, out.metricsAt)
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`)
    await close()
    process.exit(error instanceof Error && (error.name === 'FlagError' || error.name === 'TopologyError') ? 2 : 1)
  }
  if (handle === undefined) return process.exit(0)
  out.started()
  console.log(startLine(handle))
}

const startLine = ({ parts }: ClusterHandle): string => {
  const named = parts.map(({ name, kind, address }) => `${kind === 'namesrv' ? 'name server' : name} ${address}`)
  return `ready in ${Math.round(performance.now())} ms: ${named.join(', ')}`
}

const readText = (path: string): string => readFileSync(path, 'utf8')
const sources = (args: readonly string[]) => ({
  args,
  env: process.env,
  readFile: readText,
  warn: (line: string) => console.error(line),
})

const optionalPort = (flag: string, text: string | undefined) => (text === undefined ? undefined : portOf(flag, text))

const aloneOptions = (flags: {
  host: string | undefined
  port: string | undefined
  data: string
  'without-acl': boolean
  'allow-from': AllowFrom
}) => ({
  host: flags.host,
  port: flags.port === undefined ? undefined : portOf('port', flags.port),
  dataDir: flags.data,
  withoutAcl: flags['without-acl'],
  allowFrom: flags['allow-from'],
})

function createOutput(program: string): Output & {
  readonly metricsAt: Parameters<typeof openMetricsService>[1] | undefined
  close(): Promise<void>
} {
  let file: LogFile | undefined
  let metricsAt: Parameters<typeof openMetricsService>[1] | undefined
  let everything = false
  let format: LogShape['format'] = 'text'
  let printed: Set<string> | undefined = new Set()
  return {
    get metricsAt() {
      return metricsAt
    },
    serveMetrics({ host, port, allowFrom }) {
      const admission = admissionFor('metrics', allowFrom, (line) => console.error(line))
      metricsAt = port === undefined ? undefined : { host, port, admits: admission?.admits }
    },
    say: (line) => console.error(line),
    started: () => {
      printed = undefined
    },
    log(line) {
      file?.write(line)
      if (!everything && line.level !== 'warn' && line.level !== 'error') return
      // Three brokers that read the same file say the same of it: once is enough.
      if (printed?.has(line.text)) return
      printed?.add(line.text)
      console.error(
        everything || format === 'json' ? logText(line, format) : `${line.level} ${line.part}: ${line.text}`,
      )
    },
    openLog(dataDir, verbose, shape) {
      everything = verbose
      format = shape.format
      try {
        prepareFolder(resolve(dataDir))
        file = openLogFile(join(resolve(dataDir), 'logs'), program, shape)
      } catch {
        // The data folder cannot be used: the start says so in a moment, with its reason.
      }
    },
    close: async () => file?.close(),
  }
}
