// broker/index.ts: the front door: starts a cluster, or one part of it, in threads of this process, and answers with a
// handle. Everything else of the broker stays behind it.
import { resolve } from 'node:path'
import { isPropertyName } from './config/broker-config'
import type { ClusterHandle, ClusterOptions, LogLine } from './types'
import { prepareFolder, takeDataFolder } from './worker/data-folder'
import { createSupervisor, type Supervisor } from './worker/supervisor'
import { type PartSpec, planBroker, planCluster, planNamesrv } from './worker/topology'

export * from './config/flags'
export { parseProperties } from './config/properties-text'
export type * from './types'
export { prepareFolder } from './worker/data-folder'
export { type LogFile, logText, openLogFile } from './worker/log-file'
export { onStopSignals } from './worker/signals'
export { brokersOf, DEFAULT_PRESET } from './worker/topology'

/** Resolves once it takes traffic; throws, with everything stopped again, when a part cannot start. */
export async function startCluster(options: ClusterOptions): Promise<ClusterHandle> {
  const dataDir = resolve(options.dataDir)
  const known = knownProperties(options)
  return startParts(planCluster({ ...options, dataDir, properties: known }), options.log, takeDataFolder(dataDir))
}

export interface AlonePart {
  host: string | undefined
  port: number | undefined
  dataDir: string
  /** By Apache's names, from -c and --set. */
  properties: Readonly<Record<string, string>>
  log: (line: LogLine) => void
}

export async function startNamesrv(options: AlonePart): Promise<ClusterHandle> {
  const spec = planNamesrv({ ...options, dataDir: resolve(options.dataDir), properties: knownProperties(options) })
  return startParts([spec], options.log, takeDataFolder(spec.plan.dataDir))
}

export async function startBroker(options: AlonePart & { namesrv: string | undefined }): Promise<ClusterHandle> {
  const spec = planBroker({ ...options, dataDir: resolve(options.dataDir), properties: knownProperties(options) })
  prepareFolder(spec.plan.dataDir) // its store locks it
  return startParts([spec], options.log)
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

async function startParts(
  parts: readonly PartSpec[],
  log: (line: LogLine) => void,
  lock?: { release(): void },
): Promise<ClusterHandle> {
  const supervisor = createSupervisor({ parts, log })
  try {
    await supervisor.startAll()
  } catch (error) {
    lock?.release()
    throw error
  }
  return handleOf(supervisor, parts, () => lock?.release())
}

const handleOf = (supervisor: Supervisor, specs: readonly PartSpec[], released: () => void): ClusterHandle => ({
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
