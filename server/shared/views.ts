// server/shared/views.ts: everything a page gets, as types. Figures are Known (with an age) or unknown (with a reason);
// offsets have 64 bits and are bigint from end to end (superjson carries them). Types only: components look in here.
import type { Known, KnownValue, Reason, Sum, Unknown } from './known'
import type { TopicKind } from './names'
import type { Right, Role } from './rights'

// ---- figures ----

/** A sum over parts: with missing > 0 a lower bound (written with a >= sign), unknown when every part is. */
export type Total = Sum | Unknown
/** Age of the oldest unread message. `approx`: from consume stats, not from reading the message itself. */
export type Behind = (KnownValue<number> & { approx: boolean; pastKept: boolean }) | Unknown
export type Drain =
  | { kind: 'done' }
  | { kind: 'shrinking'; ms: number }
  | { kind: 'not-shrinking' }
  | { kind: 'unknown'; reason: Reason }
/** A line of at most 60 points over the last hour, oldest first; null is a gap. */
export type Spark = readonly (number | null)[]
/** A queue's offset. */
export type Offset = bigint

// ---- faults, as `error.data.fault` of every tRPC error ----

/** A closed list: each kind has its text in both languages; `text` and `todo` are the English ones, filled in. */
export type FaultKind =
  | 'not-signed-in'
  | 'not-allowed'
  | 'bad-input'
  | 'locked-out'
  | 'wrong-password'
  | 'token-wrong'
  | 'token-used'
  | 'already-set-up'
  | 'not-found'
  | 'exists'
  | 'read-only'
  | 'drift'
  | 'preview-expired'
  | 'confirm-mismatch'
  | 'not-supported'
  | 'broker-silent'
  | 'broker-busy'
  | 'broker-refused'
  | 'namesrv-silent'
  | 'no-permission'
  | 'client-offline'
  | 'budget'
  | 'internal'
export interface Fault {
  kind: FaultKind
  /** What happened, in plain words. */
  text: string
  /** What to do about it. */
  todo: string
  /** RocketMQ's response code and remark, when a broker or name server answered so. */
  code: number | null
  codeName: string | null
  remark: string | null
  /** Who was asked, `broker-a:0 127.0.0.1:10911`. */
  peer: string | null
  /** How long to wait, for a lock-out. */
  waitMs: number | null
  /** The right that is missing, for `not-allowed`. */
  right: Right | null
  /** With `drift`: the preview made anew. */
  preview: ResetPreview | DeletePreview | null
}
/** What did not answer, for a region's foot. */
export interface Missing {
  /** `broker-b:0`, or a name server's address. */
  who: string
  reason: Reason
  sinceMs: number | null
  /** What it touches, in the words of the page: topics, queues, sums. */
  touches: number
}

// ---- lists ----

export interface Facet {
  key: string
  count: number
  /** More than counted may match: a broker did not answer. */
  atLeast: boolean
}
export interface Page<Row> {
  rows: Row[]
  /** Before filters, and after them. */
  total: number
  matched: number
  page: number
  size: number
  facets: Facet[]
  missing: Missing[]
  /** When the oldest figure on this page was measured; 0 when there is none yet. */
  at: number
}

// ---- access ----

export type Language = 'en' | 'zh'
export type Theme = 'system' | 'light' | 'dark'
export type Density = 'compact' | 'normal' | 'roomy'
export interface Settings {
  language: Language | null
  theme: Theme
  /** `browser`, `UTC` or an IANA name. */
  zone: string
  density: Density
  hour12: boolean
  singleKeys: boolean
  lastCluster: string | null
}
export interface Me {
  name: string
  role: Role
  rights: Right[]
  settings: Settings
  signedInAt: number
}
export interface AuthState {
  setUp: boolean
  me: Me | null
  version: string
}
export interface SessionRow {
  id: string
  current: boolean
  createdAt: number
  lastSeenAt: number
  address: string
  agent: string
}
export interface AuditRow {
  id: number
  at: number
  who: string
  from: string
  cluster: string | null
  action: string
  object: string | null
  before: string | null
  after: string | null
  reason: string | null
  result: 'ok' | 'partial' | 'failed'
  error: string | null
  tookMs: number
}

// ---- clusters and the overview ----

export type VerdictWord = 'healthy' | 'degraded' | 'down' | 'unknown'
export type CauseKind =
  | 'namesrv-silent'
  | 'broker-silent'
  | 'no-writable-master'
  | 'slave-behind'
  | 'disk-high'
  | 'lag-critical'
  | 'lag-warning'
  | 'put-slow'
  | 'group-stalled'
  | 'flush-behind'
  | 'clock-skew'
export interface Cause {
  kind: CauseKind
  level: 'critical' | 'warning'
  /** Whom it is about: a broker, a group, a topic, a name server. */
  subject: string
  subjectKind: 'broker' | 'group' | 'topic' | 'namesrv' | 'cluster'
  /** The figure in the kind's own unit: ms, percent, bytes, messages; null where the fact has none. */
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
  markers: { at: number; kind: 'reset' | 'config' | 'restart' | 'other'; text: string }[]
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
  unknownGroups: number
  idleGroups: number
  putP99Ms: Known<number>
  putP999Ms: Known<number>
  putWorstBroker: string | null
  diskRatio: Known<number>
  diskBroker: string | null
  diskCleanRatio: Known<number>
  deadLetters: Total
  topics: number
  groups: number
  behindGroups: GroupRow[]
  brokers: BrokerRow[]
  nameServers: { address: string; state: PeerState; sinceMs: number | null; tookMs: number | null }[]
  missing: Missing[]
  /** No topic of a user and no message yet: the page shows the snippet. */
  fresh: boolean
  /** What a client on this machine must be told. */
  connect: { namesrv: string; tls: boolean; acl: boolean; loopbackOnly: boolean }
}

// ---- topics ----

export type TopicType = 'NORMAL' | 'FIFO' | 'DELAY' | 'TRANSACTION' | 'MIXED' | 'LITE' | 'PRIORITY' | 'UNSPECIFIED'
export type TopicMark = 'not-writable' | 'uneven' | 'no-group' | 'broker-silent'
export interface TopicRow {
  name: string
  kind: TopicKind
  type: TopicType
  /** Summed over brokers. */
  readQueues: number
  writeQueues: number
  /** Bits 4 read, 2 write; null when brokers differ. */
  perm: number | null
  order: boolean
  brokers: string[]
  marks: TopicMark[]
  inPerSecond: Total
  outPerSecond: Total
  spark: Spark
  groups: number
  worstGroup: string | null
  worstLag: Total
  worstBehind: Behind
  lastMessageAt: Known<number | null>
  kept: Total
}
export interface QueueRow {
  broker: string
  queueId: number
  perm: number
  min: Known<Offset>
  max: Known<Offset>
  kept: Known<number>
  inPerSecond: Known<number>
  lastStoredAt: Known<number | null>
  /** Where groups stand: two slowest first, all of them. */
  positions: { group: string; committed: Known<Offset>; lag: Known<number> }[]
}
export interface TopicBrokerConfig {
  broker: string
  readQueues: number
  writeQueues: number
  perm: number
  order: boolean
  attributes: Record<string, string>
  known: Known<true>
}
export interface TopicGroupRow {
  group: string
  state: GroupState
  mode: GroupMode
  clients: Known<number>
  outPerSecond: Known<number>
  lag: Total
  behind: Behind
  growthPerSecond: Known<number>
  spark: Spark
}
export interface TopicView {
  row: TopicRow
  queues: QueueRow[]
  groups: TopicGroupRow[]
  configs: TopicBrokerConfig[]
  /** Oldest kept message's store time, over queues. */
  oldestAt: Known<number | null>
  keptMessages: Total
  meanSizeBytes: Known<number>
  inToday: Known<number>
  inBytesPerSecond: Known<number>
  /** Busiest queue divided by the mean; 1 is even. */
  skew: Known<number>
  missing: Missing[]
  at: number
}
export interface ProducerRow {
  group: string
  clientId: string
  address: string
  language: string
  version: string
  lastSeenAt: number
}

// ---- groups ----

export type GroupState =
  | 'consuming'
  | 'catching-up'
  | 'stalled'
  | 'blocked'
  | 'rebalancing'
  | 'mismatch'
  | 'no-client'
  | 'switched-off'
  | 'unknown'
export interface GroupMode {
  model: 'CLUSTERING' | 'BROADCASTING' | null
  order: 'concurrent' | 'orderly' | null
  how: 'push' | 'pull' | 'pop' | null
}
export interface GroupRow {
  name: string
  system: boolean
  state: GroupState
  mode: GroupMode
  clients: Known<number>
  topics: string[]
  lag: Total
  /** Unread messages of the retry topic, never added to lag. */
  retryLag: Total
  behind: Behind
  inPerSecond: Total
  outPerSecond: Total
  growthPerSecond: Known<number>
  drain: Drain
  spark: Spark
  deadLetters: Known<number>
  /** Oldest and newest client version seen. */
  versions: readonly [string, string] | null
  /** No client for 24 h, or switched off: left out of totals and verdict. */
  idle: boolean
  level: 'ok' | 'warning' | 'critical' | 'unknown'
}
export interface GroupQueueRow {
  topic: string
  broker: string
  queueId: number
  min: Known<Offset>
  committed: Known<Offset>
  max: Known<Offset>
  lag: Known<number>
  behind: Behind
  /** Client id of who reads it now. */
  owner: Known<string | null>
  lastCommitAt: Known<number | null>
  outPerSecond: Known<number>
}
export interface GroupBrokerConfig {
  broker: string
  consumeEnable: boolean
  consumeFromMinEnable: boolean
  consumeBroadcastEnable: boolean
  consumeMessageOrderly: boolean
  retryQueueNums: number
  retryMaxTimes: number
  brokerId: number
  whichBrokerWhenConsumeSlowly: number
  notifyConsumerIdsChangedEnable: boolean
  consumeTimeoutMinute: number
  attributes: Record<string, string>
}
export interface GroupView {
  row: GroupRow
  queues: GroupQueueRow[]
  configs: GroupBrokerConfig[]
  clients: GroupClientRow[]
  missing: Missing[]
  at: number
}
export interface GroupClientRow {
  clientId: string
  address: string
  language: string
  version: string
  protocol: 'remoting' | 'grpc' | 'unknown'
}
/** What one client says about itself (asked on demand; the broker passes the question on). */
export interface ClientRunning {
  clientId: string
  at: number
  properties: Record<string, string>
  queues: {
    topic: string
    broker: string
    queueId: number
    commitOffset: Offset
    cachedMessages: number
    cachedMiB: number
    locked: boolean
    lastPullAt: number | null
    lastConsumeAt: number | null
  }[]
  topics: {
    topic: string
    pullRtMs: number
    pullPerSecond: number
    consumeRtMs: number
    okPerSecond: number
    failedPerSecond: number
    failedLastHour: number
  }[]
  subscriptions: { topic: string; expression: string; type: string; version: number }[]
  /** Null when not asked for, not allowed, or this client's language has none. */
  stack: string | null
}
export interface SubscriptionMatrix {
  /** As the broker holds it for the group. */
  group: { topic: string; expression: string; type: string }[]
  clients: { clientId: string; known: Known<{ topic: string; expression: string; type: string }[]> }[]
  /** Topics on which clients disagree, and who differs from the most. */
  disagreements: { topic: string; differing: string[] }[]
}

// ---- preview and apply ----

export interface QueueRef {
  topic: string
  broker: string
  queueId: number
}
export type ResetTarget =
  | { kind: 'time'; at: number }
  | { kind: 'earliest' }
  | { kind: 'latest' }
  | { kind: 'shift'; by: number }
  | { kind: 'offsets'; offsets: (QueueRef & { offset: Offset })[] }
  | { kind: 'group'; group: string }
export type ResetWarning =
  | 'clients-online'
  | 'orderly'
  | 'group-offline'
  | 'clamped'
  | 'none-after-time'
  | 'broker-silent'
  | 'never-committed'
export interface ResetRow extends QueueRef {
  min: Known<Offset>
  max: Known<Offset>
  now: Known<Offset>
  after: Known<Offset>
  /** after - now: negative is delivered again, positive is skipped. */
  change: Known<number>
  firstMessageAt: Known<number | null>
  note: ResetWarning | null
  /** Differs from the preview before (only after drift). */
  changed: boolean
}
export interface ResetPreview {
  kind: 'reset'
  id: string
  group: string
  target: ResetTarget
  at: number
  rows: ResetRow[]
  again: Total
  skipped: Total
  lagNow: Total
  lagAfter: Total
  drain: Drain
  clientsOnline: Known<number>
  warnings: ResetWarning[]
  /** Set: nothing can be applied. */
  refused: 'broadcasting' | 'no-queues' | null
}
export interface ResultRow {
  /** What it was done to: `broker-a:0`, or `topic broker-a 3`. */
  item: string
  queue: QueueRef | null
  ok: boolean
  before: Offset | null
  after: Offset | null
  error: string | null
}
export interface ApplyResult {
  rows: ResultRow[]
  ok: number
  failed: number
  tookMs: number
}
export interface DeletePreview {
  kind: 'delete-topic' | 'delete-group'
  id: string
  name: string
  at: number
  brokers: string[]
  unreachable: string[]
  groups: { name: string; clients: Known<number>; lag: Total }[]
  clientsOnline: Known<number>
  producersOnline: Known<number>
  inPerSecond: Total
  outPerSecond: Total
  unread: Total
  kept: Total
  /** Retry and dead-letter topics that go or stay, with their counts. */
  leftBehind: { topic: string; kept: Total }[]
  refused: 'system' | 'unreachable' | null
}

// ---- brokers ----

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
  /** Null where writing is not its business (a slave). */
  writable: Known<boolean> | null
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
export interface BrokerView {
  row: BrokerRow
  runtime: Known<RuntimeEntry[]>
  config: Known<ConfigEntry[]>
  replication: Known<{
    slaves: { address: string; behindBytes: number; inSync: boolean; perSecondBytes: number }[]
    inSync: number
    masterOffset: Offset
  }>
  /** Topics whose only writable master this is. */
  onlyMasterOf: string[]
  at: number
}

// ---- clients ----

export interface ClientRow {
  clientId: string
  roles: ('producer' | 'consumer')[]
  groups: string[]
  topics: string[]
  language: string
  version: string
  address: string
  lastSeenAt: number | null
}

// ---- messages ----

export interface MessageRow {
  topic: string
  broker: string
  queueId: number
  queueOffset: Offset
  /** Store host and CommitLog offset in hex: finds the message on its broker. */
  offsetId: string
  /** The id the producer saw. */
  uniqueId: string | null
  storedAt: number
  bornAt: number
  bornHost: string
  tag: string | null
  keys: string[]
  /** As stored, maybe compressed. */
  sizeBytes: number
  reconsumeTimes: number
  /** The first characters of the body; null without the right to read bodies. */
  preview: string | null
}
export interface MessageBody {
  /** Set when the bytes are text in UTF-8. */
  text: string | null
  base64: string
  /** Size after decoding. */
  sizeBytes: number
  /** How much of it is here (256 KiB at most unless asked for). */
  shownBytes: number
  compressed: 'ZLIB' | 'LZ4' | 'ZSTD' | null
  json: boolean
  failed: string | null
}
export interface MessageView {
  row: MessageRow
  /** Null without the right to read bodies. */
  body: MessageBody | null
  systemProperties: Record<string, string>
  userProperties: Record<string, string> | null
  storeHost: string
  commitLogOffset: Offset
  preparedTransactionOffset: Offset
  flag: number
  sysFlag: number
  sysFlagWords: string[]
  bodyCrc: number
  crcOk: boolean
  /** The queue's range now. */
  min: Known<Offset>
  max: Known<Offset>
}
export interface FoundMessages {
  rows: MessageRow[]
  asked: string[]
  missing: Missing[]
  tookMs: number
}
export type TrackState =
  | 'consumed'
  | 'not-yet'
  | 'filtered'
  | 'retrying'
  | 'dead'
  | 'broadcasting'
  | 'offline'
  | 'unknown'
export interface TrackRow {
  group: string
  state: TrackState
  /** Messages of the queue the group must read before it. */
  before: Known<number>
  online: Known<boolean>
}
export interface ScanCursor {
  /** Per queue, where to go on. */
  queues: (QueueRef & { next: Offset; end: Offset })[]
}
export type ScanEvent =
  | { type: 'plan'; estimate: number; queues: number; missing: readonly Missing[]; from: number; to: number }
  | { type: 'rows'; rows: MessageRow[] }
  | {
      type: 'progress'
      scanned: number
      estimate: number
      matched: number
      elapsedMs: number
      perSecond: number
      reachedAt: number | null
    }
  | {
      type: 'end'
      why: 'range-done' | 'budget' | 'limit' | 'stopped' | 'silent'
      scanned: number
      matched: number
      elapsedMs: number
      /** `broker-b 3`: queues not read, or not to their end. */
      notRead: string[]
      cursor: ScanCursor | null
    }
export interface TailEvent {
  rows: MessageRow[]
  perSecond: number
  /** Left out by sampling in this step. */
  dropped: number
  missing: Missing[]
}
export type SendStatus = 'SEND_OK' | 'FLUSH_DISK_TIMEOUT' | 'FLUSH_SLAVE_TIMEOUT' | 'SLAVE_NOT_AVAILABLE'
export interface SendResult {
  status: SendStatus
  uniqueId: string
  offsetId: string
  broker: string
  queueId: number
  queueOffset: Offset
  tookMs: number
}
export interface ConsumeDirectlyResult {
  result: string
  remark: string | null
  order: boolean
  autoCommit: boolean
  spentMs: number
  clientId: string
}

// ---- palette ----

export interface PaletteHit {
  kind: 'topic' | 'group' | 'broker' | 'client' | 'cluster' | 'message-id' | 'key'
  name: string
  cluster: string
  /** Where it opens. */
  href: string
  hint: string | null
}
