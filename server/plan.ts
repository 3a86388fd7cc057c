// server/plan.ts: the command lines of the process: their flags, and what they come to. Starts nothing.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type AllowFrom,
  type ClusterHandle,
  checkAllowFrom,
  clusterShapeFlags,
  FlagError,
  type FlagTable,
  type FlagValues,
  type LogLine,
  type LogShape,
  logShapeOf,
  portOf,
  programFlags,
  propertiesFrom,
  propertyFlags,
  proxyPortNote,
  readFlags,
  startCluster,
} from '../broker/index'
import { type Provider, providerFrom } from './oidc/config'
import { isBasePath } from './shared/base-path'

const common = {
  port: { value: 'PORT', default: '3000', says: 'port of the console' },
  host: { value: 'HOST', default: '127.0.0.1', says: 'address every listener binds to' },
  'allow-host': { value: 'NAMES', says: 'further names the console is reached by, separated by commas' },
  backup: { value: 'FILE', says: "write the console's state into FILE, and end; the console may run meanwhile" },
  restore: {
    value: 'FILE',
    says: 'put the state of a backup in the place of what is there, and end; the console must not run',
  },
  'base-path': {
    value: 'PATH',
    default: '',
    says: 'the path the console lives under behind a reverse proxy, such as /mq; the proxy passes it on as it is',
  },
  'trusted-proxy': {
    value: 'NETS',
    says: 'proxies whose x-forwarded-for, -proto and -host count: addresses and networks, separated by commas',
  },
  'allow-from': {
    value: 'LISTENER=NETS',
    pairs: true,
    says: 'who may connect to a listener (console, namesrv, broker, ha): addresses and networks, separated by commas',
  },
  'oidc-issuer': { value: 'URL', says: 'people sign in at this OpenID Connect provider' },
  'oidc-client-id': { value: 'ID', says: 'as which the provider knows the console' },
  'oidc-client-secret': { value: 'SECRET', says: 'its secret there; better as ROCKETDECK_OIDC_CLIENT_SECRET' },
  'oidc-roles': { value: 'MAP', says: "which group has which role, the first that fits: 'ops=operator,*=viewer'" },
  'oidc-label': { value: 'TEXT', says: 'what the button on the login page says' },
  'oidc-scopes': { value: 'SCOPES', says: "what is asked for: 'openid profile email' unless said otherwise" },
  'oidc-name-claim': { value: 'CLAIM', says: 'where the name of an account stands: preferred_username' },
  'oidc-group-claim': { value: 'CLAIM', says: 'where the groups stand: groups' },
  'metrics-token': { value: 'TOKEN', says: 'serve /metrics for Prometheus to whoever sends this bearer token' },
  ...programFlags,
} as const satisfies FlagTable

const startFlags = {
  ...clusterShapeFlags,
  ...propertyFlags,
  ...common,
} as const satisfies FlagTable

const consoleFlags = {
  tls: { says: 'the cluster is spoken to over TLS; its certificate is not checked' },
  'access-key': { value: 'KEY', says: 'user of a cluster with access control, for all the console asks of it' },
  'secret-key': { value: 'KEY', says: 'its secret; better as ROCKETDECK_SECRET_KEY than where others see the command' },
  namesrv: {
    short: 'n',
    value: 'ADDR',
    says: 'name servers of the cluster to show: host:port, several separated by ;',
  },
  ...common,
} as const satisfies FlagTable

/** What either command line comes to. */
export interface Plan {
  port: number
  host: string
  dataDir: string
  allowedHosts: readonly string[]
  basePath: string
  trustedProxies: readonly string[]
  /** Who may connect, by listener; see ClusterOptions. */
  allowFrom: AllowFrom
  provider: Provider | null
  /** Files: only that is done then. */
  backup: string | undefined
  restore: string | undefined
  metricsToken: string | undefined
  verbose: boolean
  logShape: LogShape
  /** An existing cluster to show, or what to start one from. */
  cluster:
    | { namesrv: readonly string[]; credentials: { accessKey: string; secretKey: string } | undefined; tls: boolean }
    | { name: string; start: (log: (line: LogLine) => void) => Promise<ClusterHandle> }
}

export const programs = { start: startFlags, dev: startFlags, console: consoleFlags } as const

const say = (line: string) => console.error(line)
const readText = (path: string): string => readFileSync(path, 'utf8')

const sources = (args: readonly string[]) => ({
  args,
  env: process.env,
  readFile: readText,
  warn: say,
})

export function planStart(args: readonly string[]): Plan {
  const flags = readFlags(startFlags, sources(args))
  checkAllowFrom(flags['allow-from'], ['console', 'namesrv', 'broker', 'ha'])
  const note = proxyPortNote(flags['proxy-port'])
  if (note !== undefined) say(note)
  const properties = propertiesFrom(flags, readText)
  const cluster = {
    preset: flags.preset,
    host: flags.host,
    namesrvPort: portOf('namesrv-port', flags['namesrv-port']),
    brokerPort: portOf('broker-port', flags['broker-port']),
    dataDir: flags.data,
    properties,
    withoutAcl: flags['without-acl'],
    allowFrom: flags['allow-from'],
  }
  return {
    ...planOf(flags),
    cluster: {
      name: properties.brokerClusterName ?? 'DefaultCluster',
      start: (log) => startCluster({ ...cluster, log }),
    },
  }
}

export function planConsole(args: readonly string[]): Plan {
  const flags = readFlags(consoleFlags, sources(args))
  checkAllowFrom(flags['allow-from'], ['console'])
  const namesrv = (flags.namesrv ?? '')
    .split(';')
    .map((address) => address.trim())
    .filter((address) => address !== '')
  const { 'access-key': accessKey, 'secret-key': secretKey } = flags
  if ((accessKey === undefined) !== (secretKey === undefined)) {
    throw new Error('--access-key and --secret-key: one needs the other')
  }
  const credentials = accessKey && secretKey ? { accessKey, secretKey } : undefined
  return { ...planOf(flags), cluster: { namesrv, credentials, tls: flags.tls } }
}

const planOf = (flags: FlagValues<typeof common>) => ({
  port: portOf('port', flags.port),
  host: flags.host,
  dataDir: resolve(flags.data),
  allowedHosts: listed(flags['allow-host']),
  basePath: basePathOf(flags['base-path']),
  trustedProxies: listed(flags['trusted-proxy']),
  allowFrom: flags['allow-from'],
  provider: providerFrom({
    issuer: flags['oidc-issuer'],
    clientId: flags['oidc-client-id'],
    clientSecret: flags['oidc-client-secret'],
    label: flags['oidc-label'],
    scopes: flags['oidc-scopes'],
    nameClaim: flags['oidc-name-claim'],
    groupClaim: flags['oidc-group-claim'],
    roles: flags['oidc-roles'],
  }),
  backup: flags.backup,
  restore: flags.restore,
  metricsToken: flags['metrics-token'],
  verbose: flags.verbose,
  logShape: logShapeOf(flags),
})
const basePathOf = (text: string): string => {
  const path = text.replace(/\/+$/, '')
  if (!isBasePath(path)) throw new FlagError(`--base-path ${text}: it is a path such as /mq`)
  return path
}
const listed = (text = ''): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
