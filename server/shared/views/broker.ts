// server/shared/views/broker.ts: brokers, the processes of the bundled cluster, clients, and what the palette finds. Types only.
import type { Known } from '../known'
import type { Offset, Total } from './figures'

export type BrokerRole = 'master' | 'slave'
export type PeerState = 'ok' | 'silent' | 'unknown'
export interface BrokerRow {
  key: string
  name: string
  id: number
  wireCluster: string
  role: BrokerRole
  address: string
  version: Known<string>
  state: PeerState
  silentSinceMs: number | null
  startedAt: Known<number>
  inPerSecond: Known<number>
  outPerSecond: Known<number>
  inBytesPerSecond: Known<number>
  outBytesPerSecond: Known<number>
  putP99Ms: Known<number>
  diskRatio: Known<number>
  diskCleanRatio: Known<number>
  commitLogBytes: Known<number>
  sendQueue: Known<number>
  pullQueue: Known<number>
  sendHeadWaitMs: Known<number>
  pullHeadWaitMs: Known<number>
  pageCacheBusyMs: Known<number>
  slaveBehindBytes: Known<number>
  /** Whether routes send producers here. Null where writing is not its business (a slave). */
  writable: Known<boolean> | null
  /** A master whose disk is so full that it refuses every send: by its own figures and settings. */
  refusesSends: boolean
  /** The bundled part of this name, when there is one. */
  part: PartView | null
}
export interface PartView {
  name: string
  kind: 'namesrv' | 'broker'
  state: 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'backing-off'
  address: string
  startedAtMs: number | null
  restarts: number
  lastError: string | null
  threadId: number | null
  heapUsedBytes: number | null
  eventLoopDelayP99Ms: number | null
  lastLines: string[]
}
export interface RuntimeEntry {
  key: string
  value: string
  group: 'traffic' | 'latency' | 'storage' | 'queues' | 'memory' | 'schedule' | 'other'
}
export interface ConfigEntry {
  key: string
  value: string
  default: string | null
  /** May be changed from here; otherwise why not. */
  editable: boolean
  whyNot: 'not-listed' | 'needs-restart' | 'identity' | null
  type: 'boolean' | 'number' | 'text'
  min: number | null
  max: number | null
  unit: 'ms' | 'bytes' | 'messages' | null
}
/** What still keeps a broker that takes no writes from being stopped. */
export interface BrokerDrain {
  inPerSecond: Known<number>
  /** Of all groups that read here; broadcasting ones keep their own positions and are not counted. */
  unread: Total
  /** Those with unread messages, most first. */
  groups: { group: string; unread: Total }[]
  /** Delayed and timed messages that are not due. */
  waiting: Known<number>
}

export interface BrokerView {
  row: BrokerRow
  runtime: Known<RuntimeEntry[]>
  config: Known<ConfigEntry[]>
  replication: Known<{
    slaves: { address: string; behindBytes: number; behindMs: number | null; inSync: boolean; perSecondBytes: number }[]
    inSync: number
    masterOffset: Offset
  }>
  /** Where a controller decides who is master: what it says of the brokers of this name. Null without one. */
  failover: {
    masterId: number | null
    masterEpoch: number
    syncStateSetEpoch: number
    brokers: { id: number; address: string; alive: boolean; inSync: boolean }[]
  } | null
  /** As a slave: whose log it copies, and why it does not (in the broker's words). Apache's brokers do not say. */
  copy: Known<{ master: string | null; isCopying: boolean; trouble: string | null; acts: boolean }>
  /** Topics whose only writable master this is. */
  onlyMasterOf: string[]
  /** Slaves that consumers read from while this broker is away. */
  readFrom: string[]
  /** Null while it takes writes, and of a slave. */
  drain: BrokerDrain | null
  at: number
}

export interface ClientRow {
  clientId: string
  roles: ('producer' | 'consumer')[]
  groups: string[]
  /** Those of its groups in which it consumes: as a member of one it can be asked about itself. */
  consumes: string[]
  topics: string[]
  language: string
  version: string
  address: string
  lastSeenAt: number | null
}

export interface PaletteHit {
  kind: 'topic' | 'group' | 'broker' | 'client' | 'cluster' | 'message-id' | 'key'
  name: string
  cluster: string
  /** Where it opens. */
  href: string
  hint: string | null
}
