// server/shared/views/cluster.ts: clusters, their overview and history. Types only.
import type { Known } from '../known'
import type { BrokerRole, BrokerRow, PeerState } from './broker'
import type { Missing } from './fault'
import type { Behind, Total } from './figures'
import type { GroupRow } from './group'

export type VerdictWord = 'healthy' | 'degraded' | 'down' | 'unknown'
export type CauseKind =
  | 'namesrv-silent'
  | 'broker-silent'
  | 'no-writable-master'
  | 'no-write-permission'
  | 'slave-behind'
  | 'disk-full'
  | 'disk-high'
  | 'lag-critical'
  | 'lag-warning'
  | 'put-slow'
  | 'group-stalled'
  | 'group-blocked'
  | 'group-mismatch'
  | 'flush-behind'
  | 'clock-skew'
export interface Cause {
  kind: CauseKind
  level: 'critical' | 'warning'
  /** Whom it is about: a broker, a group, a topic, a name server. */
  subject: string
  subjectKind: 'broker' | 'group' | 'topic' | 'namesrv' | 'cluster'
  /**
   * The figure in the kind's own unit: ms, percent, bytes, messages; null where the fact has none. Of a silent broker: how
   * many slaves are read from meanwhile.
   */
  value: number | null
  limit: number | null
  sinceMs: number | null
}
export interface ClusterCard {
  id: string
  name: string
  bundled: boolean
  namesrv: string[]
  readOnly: boolean
  production: boolean
  /** Number of the cluster's own colour, 0 to 7: `--cluster-0` and so on. */
  colour: number
  verdict: VerdictWord
  brokers: Known<number>
  inPerSecond: Total
  outPerSecond: Total
  lag: Total
  at: number
}
export interface ClusterInfo extends ClusterCard {
  /** Cluster names as the wire has them, e.g. DefaultCluster. */
  wireClusters: string[]
  brokerNames: string[]
  /** `broker-a:0` and where clients reach it. */
  brokerKeys: { key: string; address: string; role: BrokerRole; state: PeerState }[]
  versions: string[]
  capabilities: Capabilities
}
/** What the cluster can do, probed from broker version and config. */
export interface Capabilities {
  sql92: Known<boolean>
  recall: Known<boolean>
  timer: Known<boolean>
  timerMaxDelayMs: Known<number>
  autoCreateTopic: Known<boolean>
  autoCreateGroup: Known<boolean>
  acl: Known<boolean>
  trace: Known<boolean>
}
export interface Point {
  at: number
  in: number | null
  out: number | null
  inBytes: number | null
  outBytes: number | null
  lag: number | null
  behindMs: number | null
}
export interface History {
  from: number
  to: number
  stepMs: number
  /** One per step, in order; a point whose figures are null is a gap (no samples). */
  points: Point[]
  /** Since when anything is kept. */
  collectingSince: number | null
  markers: {
    at: number
    kind: 'reset' | 'config' | 'restart' | 'start' | 'failover' | 'alarm' | 'other'
    text: string
  }[]
}
export interface AlarmSummary {
  critical: number
  warning: number
  silenced: number
  first: {
    id: string
    rule: string
    subject: string
    severity: 'critical' | 'warning'
    since: number
    silenced: boolean
  }[]
}
export interface Overview {
  at: number
  turnMs: number
  verdict: VerdictWord
  causes: Cause[]
  inPerSecond: Total
  inBytesPerSecond: Total
  outPerSecond: Total
  outBytesPerSecond: Total
  meanSizeBytes: Known<number>
  lag: Total
  /** The worst group behind in time. */
  worstBehind: Behind
  worstBehindGroup: string | null
  /** Of these the lag is not known at all, */
  unknownGroups: number
  /** Read nothing yet: they have no backlog to be known. */
  unreadGroups: number
  /** and of these only in part: their known part is in the sum. */
  partialGroups: number
  idleGroups: number
  putP99Ms: Known<number>
  putP999Ms: Known<number>
  putWorstBroker: string | null
  diskRatio: Known<number>
  diskBroker: string | null
  diskCleanRatio: Known<number>
  deadLetters: Total
  /** Messages whose time has not come, and half messages without an answer. */
  scheduled: Total
  openTransactions: Total
  topics: number
  groups: number
  clients: number
  /** The first of all live groups, furthest behind first; idle ones are left out. */
  behindGroups: GroupRow[]
  brokers: BrokerRow[]
  nameServers: { address: string; state: PeerState; sinceMs: number | null; tookMs: number | null }[]
  missing: Missing[]
  /** What fires now, worst and newest first; silenced ones are counted apart. */
  alarms: AlarmSummary
  /** No topic of a user and no message yet: the page shows the snippet. */
  fresh: boolean
  /** What a client on this machine must be told. */
  connect: { namesrv: string; tls: boolean; acl: boolean; loopbackOnly: boolean }
}

/** How a cluster is spoken to, without what is secret of it. */
export interface ClusterConnection {
  tls: 'off' | 'any' | 'checked'
  /** PEM; empty: whom the console's machine trusts. */
  ca: string
  /** Empty: requests are not signed. */
  accessKey: string
  /** What servers call themselves, and where that is reached from here. */
  addressMap: { from: string; to: string }[]
  /** Private hosts and networks it may lead to. */
  hosts: string[]
}
/** A cluster as an admin edits it. */
export interface ClusterSettings extends ClusterConnection {
  id: string
  name: string
  namesrv: string[]
  colour: number
  readOnly: boolean
  production: boolean
  /** Of the command line: how it is reached is changed there. */
  fixed: boolean
  bundled: boolean
  hasSecret: boolean
}
export type ProbeRight = 'settings' | 'topics' | 'groups' | 'topic-write' | 'users'
/** One step of a connection test. */
export interface ProbeStep {
  step: 'resolve' | 'connect' | 'route' | 'broker' | 'signature' | 'right'
  /** Whom it was about: an address, or `broker-a:0 10.0.0.1:10911`. */
  who: string
  /** Of a step `right`: what was asked for. */
  right: ProbeRight | null
  ok: boolean
  tookMs: number
  /** Why not; or what a name leads to. */
  text: string
  /** Of `connect`: brokers; of `route`: topics. */
  count: number | null
}
