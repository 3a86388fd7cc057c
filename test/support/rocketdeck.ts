// test/support/rocketdeck.ts: rocketdeck itself as a user starts it: in a process of its own, from dist/, on free ports
// and a temporary folder.
import { brokersOf } from '../../broker/worker/topology'
import { type Child, launch } from './children'
import { temporaryFolder } from './folders'
import { freeClusterPorts, freePort } from './ports'

const START = 'broker/build/start.cjs'
/** On a machine that is busy with much else. */
const READY_WITHIN_MS = 180_000

export type Program = 'cluster' | 'namesrv' | 'broker' | 'start' | 'console'

/** The program with these flags; nothing is waited for. */
export const launchProgram = (program: Program, flags: readonly string[], env: Record<string, string> = {}): Child =>
  launch(process.execPath, ['--enable-source-maps', START, program, ...flags], { env })

export interface OurCluster {
  readonly child: Child
  readonly namesrv: string
  /** Of broker 0. */
  readonly broker: string
  readonly brokerPort: number
  readonly namesrvPort: number
  readonly dataDir: string
}
export interface OurOptions {
  preset?: string
  dataDir?: string
  namesrvPort?: number
  brokerPort?: number
  flags?: readonly string[]
}

export async function startOurs(options: OurOptions = {}): Promise<OurCluster> {
  const preset = options.preset ?? '1m-noslave'
  const free = await freeClusterPorts(brokersOf(preset))
  const namesrvPort = options.namesrvPort ?? free.namesrvPort
  const brokerPort = options.brokerPort ?? free.brokerPort
  const dataDir = options.dataDir ?? temporaryFolder('data')
  const ports = ['--namesrv-port', String(namesrvPort), '--broker-port', String(brokerPort)]
  const child = launchProgram('cluster', ['--preset', preset, ...ports, '--data', dataDir, ...(options.flags ?? [])])
  await child.line(/^ready in /, READY_WITHIN_MS)
  return {
    child,
    namesrv: `127.0.0.1:${namesrvPort}`,
    broker: `127.0.0.1:${brokerPort}`,
    brokerPort,
    namesrvPort,
    dataDir,
  }
}

export async function startOurNamesrv(options: { port?: number; dataDir?: string; flags?: readonly string[] } = {}) {
  const port = options.port ?? (await freePort())
  const dataDir = options.dataDir ?? temporaryFolder('data')
  const child = launchProgram('namesrv', ['--port', String(port), '--data', dataDir, ...(options.flags ?? [])])
  await child.line(/^ready in /, READY_WITHIN_MS)
  return { child, address: `127.0.0.1:${port}`, port, dataDir }
}

export async function startOurBroker(options: {
  namesrv: string
  port?: number
  dataDir?: string
  flags?: readonly string[]
}) {
  const port = options.port ?? (await freePort([-2, 0, 1]))
  const dataDir = options.dataDir ?? temporaryFolder('data')
  const flags = ['-n', options.namesrv, '--port', String(port), '--data', dataDir, ...(options.flags ?? [])]
  const child = launchProgram('broker', flags)
  await child.line(/^ready in /, READY_WITHIN_MS)
  return { child, address: `127.0.0.1:${port}`, port, dataDir }
}
