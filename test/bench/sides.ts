// test/bench/sides.ts: the two clusters that are compared, each on free ports and in folders that go with the run. Both get
// the same properties; whoever waits for its turn is stopped, because an idle Apache broker takes some of a core for ever.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, launch } from '../support/children'
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders'
import { freeClusterPorts } from '../support/ports'
import { type ReferencePart, startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import type { Setting } from './loads'

export type SideName = 'Apache' | 'ours'
export interface Side {
  readonly name: SideName
  readonly namesrv: string
  readonly pids: readonly number[]
  stop(): Promise<void>
}
export interface SideOptions {
  setting: Setting
  /** Of both sides, beside what the setting asks. */
  properties: Record<string, string>
  jars: { java: string; lib: string }
  /** Of an Apache broker. */
  heap: string
}

const propertiesOf = ({ setting, properties }: SideOptions): Record<string, string> => ({
  ...(setting === 'flush' ? { flushDiskType: 'SYNC_FLUSH' } : {}),
  ...properties,
})

const hasSlave = (setting: Setting): boolean => setting === 'slave' || setting === 'slave-async'

export async function startApache(options: SideOptions): Promise<Side> {
  const { jars, heap, setting } = options
  const jvm = ['-XX:+UseG1GC', `-Xms${heap}`, '-XX:MaxDirectMemorySize=1g', '-XX:-OmitStackTraceInFastThrow']
  const namesrv = await startReferenceNamesrv(jars)
  const started: ReferencePart[] = [namesrv]
  const broker = async (id: number, more: Record<string, string>) => {
    const properties = { ...propertiesOf(options), ...more }
    started.push(await startReferenceBroker(jars, { namesrv: namesrv.address, id, heap, jvm, properties }))
  }
  try {
    await broker(0, setting === 'slave' ? { brokerRole: 'SYNC_MASTER', inSyncReplicas: '2' } : {})
    if (hasSlave(setting)) await broker(1, { brokerRole: 'SLAVE' })
  } catch (error) {
    for (const part of started) await part.stop()
    throw error
  }
  return {
    name: 'Apache',
    namesrv: namesrv.address,
    pids: started.map(({ child }) => child.pid),
    stop: async () => {
      for (const part of started.reverse()) {
        await part.stop()
        if (part.storeDir !== '') removeFolder(part.storeDir)
      }
    },
  }
}

export async function startOurs(options: SideOptions): Promise<Side> {
  const { setting } = options
  const preset = setting === 'slave' ? '1m-1s-sync' : setting === 'slave-async' ? '1m-1s-async' : '1m-noslave'
  const { namesrvPort, brokerPort } = await freeClusterPorts(hasSlave(setting) ? 2 : 1)
  const data = temporaryFolder('bench')
  const child: Child = launch(process.execPath, [
    ...['--enable-source-maps', join(projectRoot, 'broker/build/start.cjs'), 'cluster', '--preset', preset],
    ...['--namesrv-port', `${namesrvPort}`, '--broker-port', `${brokerPort}`, '--data', data],
    ...Object.entries(propertiesOf(options)).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ])
  const stop = async () => {
    await child.stop()
    removeFolder(data)
  }
  try {
    await child.line(/^ready in/, 120_000)
  } catch (error) {
    await stop()
    throw error
  }
  return { name: 'ours', namesrv: `127.0.0.1:${namesrvPort}`, pids: [child.pid], stop }
}

export const startSide: Readonly<Record<SideName, (options: SideOptions) => Promise<Side>>> = {
  Apache: startApache,
  ours: startOurs,
}

export async function whileAsleep<T>(others: readonly Side[], work: () => Promise<T>): Promise<T> {
  const signal = (name: NodeJS.Signals) => {
    for (const pid of others.flatMap(({ pids }) => pids)) process.kill(pid, name)
  }
  signal('SIGSTOP')
  try {
    return await work()
  } finally {
    signal('SIGCONT')
  }
}

/** Resident memory of them together. Linux tells it; elsewhere it is not known. */
export function residentMiB(pids: readonly number[]): number | undefined {
  let kib = 0
  for (const pid of pids) {
    try {
      kib += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN)
    } catch {
      return undefined
    }
  }
  return Number.isNaN(kib) ? undefined : Math.round(kib / 1024)
}
