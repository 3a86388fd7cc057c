// test/support/reference.ts: Apache RocketMQ itself, on free ports and in a temporary folder, to compare with.
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './children'
import { temporaryFolder } from './folders'
import { launchJava } from './java'
import { freePort } from './ports'

/** On a machine that has much else to do. */
const START_MS = 180_000

interface Jars {
  java: string
  lib: string
}
export interface ReferencePart {
  readonly address: string
  readonly child: Child
  /** The store root of a broker. */
  readonly storeDir: string
  /** SIGKILL unless `orderly`: Apache's own shutdown takes some 20 s. */
  stop(orderly?: boolean): Promise<void>
}

export async function startReferenceNamesrv(jars: Jars, port?: number): Promise<ReferencePart> {
  const listenPort = port ?? (await freePort())
  const home = temporaryFolder('apache-namesrv')
  const conf = join(home, 'namesrv.conf')
  writeFileSync(conf, `bindAddress=127.0.0.1\nlistenPort=${listenPort}\nkvConfigPath=${home}/kvConfig.json\n`)
  const child = launchJava({
    ...jars,
    main: 'org.apache.rocketmq.namesrv.NamesrvStartup',
    args: ['-c', conf],
    home,
    properties: { 'rocketmq.home.dir': home, 'rmq.logback.configurationFile': 'rmq.namesrv.logback.xml' },
  })
  await child.line(/The Name Server boot success/, START_MS)
  return part(`127.0.0.1:${listenPort}`, child, '')
}

export interface ReferenceBrokerOptions {
  namesrv: string
  name?: string
  cluster?: string
  id?: number
  /** An existing store root to open. */
  storeDir?: string
  properties?: Record<string, string>
  heap?: string
  jvm?: readonly string[]
}

export async function startReferenceBroker(jars: Jars, options: ReferenceBrokerOptions): Promise<ReferencePart> {
  const listenPort = await freePort([-2, 0, 1])
  const home = temporaryFolder('apache-broker')
  const storeDir = options.storeDir ?? join(home, 'store')
  const properties: Record<string, string> = {
    brokerClusterName: options.cluster ?? 'DefaultCluster',
    brokerName: options.name ?? 'broker-a',
    brokerId: String(options.id ?? 0),
    brokerIP1: '127.0.0.1',
    brokerIP2: '127.0.0.1',
    bindAddress: '127.0.0.1',
    listenPort: String(listenPort),
    haListenPort: String(listenPort + 1),
    namesrvAddr: options.namesrv,
    storePathRootDir: storeDir,
    brokerRole: 'ASYNC_MASTER',
    flushDiskType: 'ASYNC_FLUSH',
    diskMaxUsedSpaceRatio: '95',
    ...options.properties,
  }
  const conf = join(home, 'broker.conf')
  writeFileSync(
    conf,
    Object.entries(properties)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  const child = launchJava({
    ...jars,
    main: 'org.apache.rocketmq.broker.BrokerStartup',
    args: ['-c', conf],
    home,
    heap: options.heap ?? '512m',
    ...(options.jvm ? { jvm: options.jvm } : {}),
    properties: { 'rocketmq.home.dir': home, 'rmq.logback.configurationFile': 'rmq.broker.logback.xml' },
  })
  await child.line(/boot success/, START_MS)
  await registered(options.namesrv, `127.0.0.1:${listenPort}`)
  return part(`127.0.0.1:${listenPort}`, child, storeDir)
}

const part = (address: string, child: Child, storeDir: string): ReferencePart => ({
  address,
  child,
  storeDir,
  stop: async (orderly = false) => {
    if (orderly) await child.stop(90_000)
    else await child.kill()
  },
})

/** Started is not registered: the first registration may be missed and is repeated 10 s later. */
export async function registered(namesrv: string, brokerAddress: string, timeoutMs = 40_000): Promise<void> {
  const until = Date.now() + timeoutMs
  for (;;) {
    const info = await clusterInfo(namesrv).catch(() => '')
    if (info.includes(brokerAddress)) return
    if (Date.now() > until)
      throw new Error(`${brokerAddress} is not registered at ${namesrv} after ${timeoutMs} ms: ${info}`)
    await sleep(50)
  }
}

/** The answer to GET_BROKER_CLUSTER_INFO as text, asked in the plainest way there is. */
export function clusterInfo(namesrv: string): Promise<string> {
  const [host = '127.0.0.1', port = '9876'] = namesrv.split(':')
  const header = Buffer.from(
    '{"code":106,"flag":0,"language":"JAVA","opaque":1,"serializeTypeCurrentRPC":"JSON","version":479}',
  )
  const frame = Buffer.alloc(8 + header.length)
  frame.writeInt32BE(4 + header.length, 0)
  frame.writeInt32BE(header.length, 4)
  header.copy(frame, 8)
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) }, () => socket.write(frame))
    const chunks: Buffer[] = []
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      const all = Buffer.concat(chunks)
      if (all.length < 4 || all.length < 4 + all.readInt32BE(0)) return
      socket.destroy()
      resolve(all.subarray(8 + (all.readInt32BE(4) & 0xffffff)).toString('utf8'))
    })
  })
}
