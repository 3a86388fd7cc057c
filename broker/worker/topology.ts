// broker/worker/topology.ts: which parts a preset has, on which ports and in which folders. Pure: starts nothing.
import { join } from 'node:path'
import type { Credentials } from '../protocol/signature'
import type { ClusterOptions, PartStatus } from '../types'
import type { AccessPlan, PartPlan } from './messages'
import { isEverywhere, reachable } from './reachable'

export interface PartSpec {
  readonly plan: PartPlan
  readonly role: PartStatus['role']
}

/** A start that cannot be; the text is for people. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError'
}

const MOST_MASTERS = 16
const LOOPBACK = '127.0.0.1'

interface Shape {
  readonly masters: number
  /** Each master has one, or none has. */
  readonly hasSlaves: boolean
  /** A put waits until the slave has it too. */
  readonly isSync: boolean
  /** A controller decides who is master among so many of each name. */
  readonly auto?: number
}

/** Of each name there are a master and so many slaves at most. */
const MOST_SLAVES = 4

/** `1m-1s-auto`, `1m-2s-auto`, `2m-4s-auto`: all slaves divide evenly among the names. */
function autoShapeOf(preset: string): Shape | undefined {
  const [, masters, slaves] = /^([1-9]\d?)m-([1-9]\d?)s-auto$/.exec(preset) ?? []
  const each = Number(slaves) / Number(masters)
  if (masters === undefined || !Number.isInteger(each) || each > MOST_SLAVES || Number(masters) > MOST_MASTERS) {
    return undefined
  }
  return { masters: Number(masters), hasSlaves: true, isSync: true, auto: each + 1 }
}

/** `2m-noslave` is two masters without slaves, `2m-2s-sync` two masters with a slave each, which puts wait for. */
export function shapeOf(preset: string): Shape {
  const auto = autoShapeOf(preset)
  if (auto !== undefined) return auto
  const [, masters = '', slaves, mode] = /^([1-9]\d?)m-(?:noslave|([1-9]\d?)s-(a?sync))$/.exec(preset) ?? []
  const count = Number(masters)
  const isOne = count >= 1 && count <= MOST_MASTERS && (slaves === undefined || slaves === masters)
  if (isOne) return { masters: count, hasSlaves: slaves !== undefined, isSync: mode === 'sync' }
  const there = `Nm-noslave, Nm-Ns-async, Nm-Ns-sync or Nm-Ns-auto (failover), with N from 1 to ${MOST_MASTERS}`
  throw new TopologyError(`--preset ${preset}: no such preset; take ${there}`)
}
/** How many brokers a preset has. */
export function brokersOf(preset: string): number {
  const { masters, hasSlaves, auto } = shapeOf(preset)
  if (auto !== undefined) return masters * auto
  return hasSlaves ? masters * 2 : masters
}

/** The name server first, then the brokers by number. `inner`: what its parts and its console sign with. */
export function planCluster(options: ClusterOptions, inner?: Credentials): PartSpec[] {
  const { host, namesrvPort, brokerPort, dataDir, properties } = options
  // Where it listens everywhere, what clients reach it by is the operator's to say.
  const address = reachable(host)
  const addresses = { brokerIP1: address, brokerIP2: address }
  const shape = shapeOf(options.preset)
  const namesrvAddr = `${isEverywhere(host) ? LOOPBACK : host}:${namesrvPort}`
  checkRole(properties, shape)
  const access: AccessPlan = { confDir: join(properties.rocketmqHome ?? dataDir, 'conf'), ...(inner ? { inner } : {}) }
  const brokers = Array.from({ length: brokersOf(options.preset) }, (_, number) => {
    const { brokerName, brokerId, role } = placeOf(shape, number)
    const port = brokerPort + 10 * number
    return brokerSpec({
      name: `${brokerName}:${brokerId}`,
      host,
      port,
      role,
      storeDir: join(dataDir, folderName(brokerName, brokerId)),
      access,
      properties: {
        ...(isEverywhere(host) ? addresses : {}),
        ...(shape.auto !== undefined ? { allAckInSyncStateSet: 'true' } : shape.isSync ? { inSyncReplicas: '2' } : {}),
        // who has a slave beside a master reads from it while the master is down
        ...(shape.hasSlaves ? { slaveReadEnable: 'true' } : {}),
        ...properties,
      },
      preset: {
        brokerName,
        ...(shape.auto === undefined
          ? { brokerId: String(brokerId) }
          : { enableControllerMode: 'true', controllerAddr: namesrvAddr }),
        // a preset without slaves leaves it to the operator, whose slaves may run elsewhere
        ...(shape.hasSlaves && shape.auto === undefined ? { brokerRole: role } : {}),
        haListenPort: String(port + 1),
        namesrvAddr,
        ...(isEverywhere(host) ? {} : addresses),
      },
    })
  })
  const ports = brokers.map(({ plan }) => plan.port)
  checkPorts(namesrvPort, ports)
  // Users are made at brokers; the name server knows whom they know.
  const follow = brokers.map(({ plan }) => join(plan.dataDir, 'config'))
  const namesrv = namesrvSpec({
    host,
    port: namesrvPort,
    dataDir: join(dataDir, 'namesrv'),
    properties: shape.auto === undefined ? properties : { ...properties, enableControllerInNamesrv: 'true' },
    access: { ...access, follow },
  })
  return [namesrv, ...brokers]
}

/**
 * Names, ports and folders of a file are overruled with a line in the log, so that a broker.conf can be taken as it is. Who is
 * master and who slave is the preset's whole meaning: a role that it does not have is refused.
 */
function checkRole({ brokerRole }: Readonly<Record<string, string>>, shape: Shape): void {
  if (brokerRole === undefined || shape.auto !== undefined) return // the controller decides there
  const master = shape.isSync ? 'SYNC_MASTER' : 'ASYNC_MASTER'
  const fits = shape.hasSlaves ? brokerRole === master : brokerRole !== 'SLAVE'
  if (fits) return
  const how =
    brokerRole === 'SLAVE'
      ? 'a slave is started alone, with npm run broker, or comes with --preset Nm-Ns-async or Nm-Ns-sync'
      : 'masters that wait for their slaves come with --preset Nm-Ns-sync, others with Nm-Ns-async'
  throw new TopologyError(`brokerRole=${brokerRole}: the preset says who is a master and who a slave; ${how}`)
}

/** a:0, a:1, b:0, b:1, ... where there are slaves; a:0, b:0, ... where there are none. */
function placeOf({ hasSlaves, isSync, auto }: Shape, number: number) {
  if (auto !== undefined) {
    const brokerName = `broker-${String.fromCharCode(97 + Math.floor(number / auto))}`
    // which of them is master is decided at the start
    return { brokerName, brokerId: number % auto, role: 'SLAVE' as const }
  }
  const name = hasSlaves ? Math.floor(number / 2) : number
  const brokerId = hasSlaves ? number % 2 : 0
  const role: BrokerRole = brokerId > 0 ? 'SLAVE' : isSync ? 'SYNC_MASTER' : 'ASYNC_MASTER'
  return { brokerName: `broker-${String.fromCharCode(97 + name)}`, brokerId, role }
}
type BrokerRole = 'ASYNC_MASTER' | 'SYNC_MASTER' | 'SLAVE'

export interface AloneOptions {
  readonly host: string | undefined
  readonly port: number | undefined
  readonly dataDir: string
  readonly properties: Readonly<Record<string, string>>
}

/** A name server by itself: what it is called and where it lies is its file's to say, unless a flag does. */
export function planNamesrv({ host, port, dataDir, properties }: AloneOptions): PartSpec {
  return namesrvSpec({
    host: host ?? properties.bindAddress ?? LOOPBACK,
    port: port ?? numberOf(properties.listenPort, 9876),
    dataDir: join(dataDir, 'namesrv'),
    properties,
    access: accessAlone(dataDir, properties),
  })
}

/** A broker by itself. `namesrv`: addresses, several separated by `;`. */
export function planBroker({ namesrv, ...options }: AloneOptions & { namesrv: string | undefined }): PartSpec {
  const { properties, dataDir } = options
  const host = options.host ?? properties.bindAddress ?? LOOPBACK
  const port = options.port ?? numberOf(properties.listenPort, 10_911)
  const brokerName = properties.brokerName ?? 'broker-a'
  const brokerId = numberOf(properties.brokerId, 0)
  const address = reachable(host)
  const namesrvAddr = namesrv ?? properties.namesrvAddr
  checkPorts(undefined, [port])
  return brokerSpec({
    name: `${brokerName}:${brokerId}`,
    host,
    port,
    // shown until the part says what it is
    role: brokerId > 0 ? 'SLAVE' : 'ASYNC_MASTER',
    storeDir: properties.storePathRootDir ?? join(dataDir, folderName(brokerName, brokerId)),
    properties: { brokerIP1: address, brokerIP2: address, haListenPort: String(port + 1), ...properties },
    preset: namesrvAddr === undefined ? {} : { namesrvAddr },
    access: accessAlone(dataDir, properties),
  })
}

const accessAlone = (dataDir: string, properties: PartPlan['properties']): AccessPlan => ({
  confDir: join(properties.rocketmqHome ?? dataDir, 'conf'),
})

/** No colon in a path: `broker-a:0` keeps its files in broker-a-0. */
const folderName = (brokerName: string, brokerId: number): string => `${brokerName}-${brokerId}`

/** What is no number is left to the property table to refuse. */
const numberOf = (text: string | undefined, otherwise: number): number =>
  text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : otherwise

interface PartAt {
  host: string
  port: number
  properties: PartPlan['properties']
  access: AccessPlan
}

const namesrvSpec = ({ host, port, dataDir, properties, access }: PartAt & { dataDir: string }): PartSpec => ({
  role: 'namesrv',
  plan: {
    kind: 'namesrv',
    name: 'namesrv',
    host,
    port,
    dataDir,
    properties,
    preset: { listenPort: String(port), bindAddress: host },
    access,
  },
})

type BrokerAt = PartAt & { name: string; role: BrokerRole; storeDir: string; preset: PartPlan['preset'] }
const brokerSpec = ({ name, host, port, role, storeDir, properties, preset, access }: BrokerAt): PartSpec => ({
  role,
  plan: {
    kind: 'broker',
    name,
    host,
    port,
    dataDir: storeDir,
    properties,
    preset: { listenPort: String(port), bindAddress: host, storePathRootDir: storeDir, ...preset },
    access,
  },
})

/** Which part listens on a port, and how that follows from the port it was given; undefined when none of them does. */
export function portHolder(parts: readonly PartSpec[], port: number) {
  for (const { plan } of parts) {
    const { kind, name } = plan
    if (plan.port === port) return { kind, part: name, what: 'its port' }
    if (kind !== 'broker') continue
    if (plan.port - 2 === port) return { kind, part: name, what: `its VIP port, 2 below ${plan.port}` }
    if (plan.port + 1 === port) return { kind, part: name, what: `its HA port, 1 above ${plan.port}` }
  }
  return undefined
}

function checkPorts(namesrvPort: number | undefined, brokerPorts: readonly number[]): void {
  const taken = new Map<number, string>()
  if (namesrvPort !== undefined) taken.set(namesrvPort, 'the name server')
  for (const [number, port] of brokerPorts.entries()) {
    const uses: readonly (readonly [number, string])[] = [
      [port - 2, 'VIP port'],
      [port, 'port'],
      [port + 1, 'HA port'],
    ]
    for (const [one, what] of uses) {
      const whose = `the ${what} of broker ${number}`
      if (one < 1 || one > 65535) throw new TopologyError(`${whose} would be ${one}: choose another port`)
      const other = taken.get(one)
      if (other) throw new TopologyError(`port ${one} would be ${whose} and that of ${other}: choose other ports`)
      taken.set(one, whose)
    }
  }
}
