// broker/index.ts: the front door: starts a cluster, or one part of it, in threads of this process, and answers with a
// handle. Everything else of the broker stays behind it.
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { isPropertyName } from './config/broker-config'
import type { ClusterHandle, ClusterOptions, LogLine } from './types'
import { openAddressService } from './worker/address-service'
import { type AllowFrom, admissionFor } from './worker/admission'
import { prepareFolder, takeDataFolder } from './worker/data-folder'
import { isLoopback } from './worker/reachable'
import { createSupervisor, type Supervisor } from './worker/supervisor'
import { dialingFor } from './worker/tls'
import { type PartSpec, planBroker, planCluster, planNamesrv, portHolder, TopologyError } from './worker/topology'

export { boundedLines } from './config/bounded-lines'
export * from './config/flags'
export { type LogShape, logShapeOf } from './config/log-flags'
export * from './config/start-flags'
export type * from './types'
export { type Admission, type AllowFrom, admissionFor, checkAllowFrom } from './worker/admission'
export { prepareFolder } from './worker/data-folder'
export { type LogFile, logText, openLogFile } from './worker/log-file'
export { type MetricsService, openMetricsService } from './worker/metrics-service'
export { onStopSignals } from './worker/signals'
export { brokersOf } from './worker/topology'

/** Resolves once it takes traffic; throws, with everything stopped again, when a part cannot start. */
export async function startCluster(options: ClusterOptions): Promise<ClusterHandle> {
  const dataDir = resolve(options.dataDir)
  const known = knownProperties(options)
  checkReach(options.host, known, options.withoutAcl)
  const inner = hasAcl(known) ? newCredentials() : undefined
  const parts = planCluster({ ...options, dataDir, properties: known }, inner)
  const tls = dialingFor(known)
  const held = await serving(options, [`${options.host}:${options.namesrvPort}`], takeDataFolder(dataDir))
  return startParts(reached(parts, options), { ...options, flags: clusterFlags }, held, { credentials: inner, tls })
}

export interface AlonePart {
  host: string | undefined
  port: number | undefined
  dataDir: string
  /** By Apache's names, from -c and --set. */
  properties: Readonly<Record<string, string>>
  /** See ClusterOptions. */
  withoutAcl?: boolean
  addressPort?: number | undefined
  /** See ClusterOptions. */
  allowFrom?: AllowFrom
  log: (line: LogLine) => void
}

/** `addresses`: what it tells at addressPort; its own unless given. */
export async function startNamesrv(options: AlonePart & { addresses?: string | undefined }): Promise<ClusterHandle> {
  const properties = knownProperties(options)
  const spec = planNamesrv({ ...options, dataDir: resolve(options.dataDir), properties })
  checkReach(spec.plan.host, properties, options.withoutAcl)
  const { host, port, dataDir } = spec.plan
  const told = options.addresses?.split(';') ?? [`${host}:${port}`]
  const held = await serving({ ...options, host }, told, takeDataFolder(dataDir))
  return startParts(reached([spec], options), { ...options, flags: aloneFlags }, held)
}

export async function startBroker(options: AlonePart & { namesrv: string | undefined }): Promise<ClusterHandle> {
  const properties = knownProperties(options)
  const spec = planBroker({ ...options, dataDir: resolve(options.dataDir), properties })
  checkReach(spec.plan.host, properties, options.withoutAcl)
  prepareFolder(spec.plan.dataDir) // its store locks it
  return startParts(reached([spec], options), { ...options, flags: aloneFlags })
}

const reached = (specs: readonly PartSpec[], { allowFrom }: { allowFrom?: AllowFrom }): readonly PartSpec[] =>
  allowFrom === undefined ? specs : specs.map((spec) => ({ ...spec, plan: { ...spec.plan, allowFrom } }))

interface Held {
  release(): void
}
/** What is given back with the lock: the address service, where one was asked for. */
async function serving(
  at: Pick<ClusterOptions, 'host' | 'addressPort' | 'allowFrom' | 'log'>,
  told: readonly string[],
  lock: Held,
): Promise<Held> {
  if (at.addressPort === undefined) return lock
  const admission = admissionFor('address', at.allowFrom, (text) =>
    at.log({ level: 'warn', part: 'address service', text, atMs: Date.now() }),
  )
  try {
    const service = await openAddressService(at.host, at.addressPort, () => told, admission?.admits)
    return {
      release() {
        void service.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

const isOn = (value: string | undefined): boolean => value?.trim().toLowerCase() === 'true'
const hasAcl = (properties: Readonly<Record<string, string>>): boolean =>
  isOn(properties.authenticationEnabled) || isOn(properties.authorizationEnabled) || isOn(properties.aclEnable)

/** Known to nobody outside this process, and gone with it. */
const newCredentials = () => ({
  accessKey: `rocketdeck-${randomBytes(8).toString('hex')}`,
  secretKey: randomBytes(32).toString('base64'),
})

/** Whoever reaches a port without access control may read and write everything: that must be meant. */
function checkReach(host: string, properties: Readonly<Record<string, string>>, withoutAcl = false): void {
  const asks = isOn(properties.authenticationEnabled) || isOn(properties.aclEnable)
  if (isLoopback(host) || asks || withoutAcl) return
  throw new TopologyError(
    `${host} is reached from other machines, and access control is off. Switch it on ` +
      '(--set authenticationEnabled=true --set authorizationEnabled=true and a first user by initAuthenticationUser, ' +
      'or --set aclEnable=true with conf/plain_acl.yml), or say --without-acl if everyone there may do everything.',
  )
}

/** What no part of RocketMQ knows is named once and goes no further. */
function knownProperties({ properties, log }: Pick<ClusterOptions, 'properties' | 'log'>): Record<string, string> {
  const entries = Object.entries(properties)
  for (const [key] of entries) {
    if (isPropertyName(key)) continue
    log({
      level: 'warn',
      part: 'start',
      text: `${key}: not a property of Apache RocketMQ 5.5.0, ignored`,
      atMs: Date.now(),
    })
  }
  return Object.fromEntries(entries.filter(([key]) => isPropertyName(key)))
}

type PortFlags = Readonly<Record<PartSpec['plan']['kind'], string>>
const clusterFlags: PortFlags = { namesrv: '--namesrv-port', broker: '--broker-port' }
const aloneFlags: PortFlags = { namesrv: '--port', broker: '--port' }

/** A port that follows from another is told with that one, and with the flag that chooses both. */
function withPortNamed(error: unknown, parts: readonly PartSpec[], flags: PortFlags): unknown {
  const text = error instanceof Error ? error.message : ''
  const port = /port (\d+) on \S+ is in use by another program/.exec(text)?.[1]
  const use = port === undefined ? undefined : portHolder(parts, Number(port))
  if (use === undefined) return error
  const why = `is in use by another program: stop that one, or choose another with ${flags[use.kind]}`
  return new Error(`${use.part}: port ${port} (${use.what}) ${why}`, { cause: error })
}

async function startParts(
  parts: readonly PartSpec[],
  { log, flags }: { log: (line: LogLine) => void; flags: PortFlags },
  lock?: Held,
  ways: Ways = { credentials: undefined, tls: undefined },
): Promise<ClusterHandle> {
  const supervisor = createSupervisor({ parts, log })
  try {
    await supervisor.startAll()
  } catch (error) {
    lock?.release()
    throw withPortNamed(error, parts, flags)
  }
  return handleOf(supervisor, parts, ways, () => lock?.release())
}

/** How the console has to ask. */
type Ways = Pick<ClusterHandle, 'credentials' | 'tls'>

const handleOf = (
  supervisor: Supervisor,
  specs: readonly PartSpec[],
  ways: Ways,
  released: () => void,
): ClusterHandle => ({
  ...ways,
  namesrvAddress: namesrvAddressOf(supervisor, specs),
  get parts() {
    return supervisor.parts
  },
  onChange: (listener) => supervisor.onChange(listener),
  start: (part) => supervisor.start(part),
  stop: (part) => supervisor.stop(part),
  restart: (part) => supervisor.restart(part),
  close: async () => {
    await supervisor.close()
    released()
  },
})

const namesrvAddressOf = (supervisor: Supervisor, specs: readonly PartSpec[]): string =>
  supervisor.parts.find(({ kind }) => kind === 'namesrv')?.address ?? specs[0]?.plan.preset.namesrvAddr ?? ''
