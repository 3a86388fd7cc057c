// broker/store/types.ts: what the rooms above see of the store. One thread owns a store and all its files. Offsets and
// sizes are plain numbers: a commit log beyond 2^53 bytes is out of reach of any disk.
import type { Files } from '../file/files'

/** One message on its way in. The store gives it its queueOffset, commitLogOffset and storeTimestamp. */
export interface NewMessage {
  topic: string
  queueId: number
  flag: number
  sysFlag: number
  bornTimestampMs: number
  /** ip (4 or 16 bytes) and port as i32; 16 bytes set the IPv6 bit of sysFlag in the record. */
  bornHost: Buffer
  reconsumeTimes: number
  preparedTransactionOffset: number
  body: Buffer
  /** Already in RocketMQ's text form (name 0x01 value 0x02 ...), UTF-8. */
  properties: Buffer
  /** What the consume queue unit holds: the tag's hash, or a delivery time in a delay queue. */
  tagsCode: number
  /** In a delay queue: the unit holds the time of the record plus this, whatever tagsCode says. */
  delayMs?: number
  /** Index keys: the unique id first, if any, then each key. Empty: not indexed. */
  keys: readonly string[]
}

export interface Appended {
  commitLogOffset: number
  queueOffset: number
  sizeBytes: number
  storeTimestampMs: number
}

/** How a put ended, when it may be answered. All but the last mean that the message is stored. */
export type PutStatus = 'ok' | 'flush-disk-timeout' | 'flush-slave-timeout' | 'slave-not-available' | 'failed'

export type GetStatus =
  | 'found'
  | 'no-matched-message'
  | 'message-was-removing'
  | 'offset-found-null'
  | 'offset-overflow-badly'
  | 'offset-overflow-one'
  | 'offset-too-small'
  | 'no-matched-logic-queue'
  | 'no-message-in-queue'

/** Decides before a body is touched. `byUnit` sees the tag hash alone; `byRecord` (if given) the stored record. */
export interface MessageFilter {
  byUnit(tagsCode: number): boolean
  byRecord?(record: Buffer): boolean
}

export interface GetQuery {
  topic: string
  queueId: number
  queueOffset: number
  maxMessages: number
  maxBytes: number
  filter?: MessageFilter
  /**
   * The caller calls `release` soon, when it has copied or sent the records, and touches none from then on: their memory may
   * then hold others. Short ones are not copied for it.
   */
  givesBack?: boolean
  /** Who reads looks through queues and consumes nothing: it may have more at once than a consumer. */
  byTool?: boolean
}
export interface GetResult {
  status: GetStatus
  nextBeginOffset: number
  minOffset: number
  maxOffset: number
  /** Stored records back to back, whole ones only. Hand them to a socket, then call release. */
  records: readonly Buffer[]
  sizeBytes: number
  messageCount: number
  /** Some of it came from disk rather than memory. */
  cold: boolean
  /** The records' memory may be used again. Must be called once. */
  release(): void
}

/**
 * What lies before `upTo` is about to go. Whoever still needs a message there puts it in again: `restore` resolves once
 * it is on the disk, and takes messages although the disk is nearly full.
 */
export type BeforeRemoval = (
  upTo: number,
  restore: (messages: readonly NewMessage[]) => Promise<void>,
) => Promise<boolean>

/** A queue's newest message became visible to consumers. */
export interface Arrival {
  topic: string
  queueId: number
  /** The queue's max offset now: one past the message. */
  maxOffset: number
  tagsCode: number
  commitLogOffset: number
  sizeBytes: number
}

export interface MessageStore {
  /**
   * Takes a place and encodes the record. Throws StoreError; then nothing was stored. Visible after this turn's write.
   * `waits`: whoever put it will wait for copies, and is refused at once where they are too few (Durability.tooFew).
   */
  append(message: NewMessage, waits?: boolean): Appended
  /** All or nothing, in one segment, with consecutive queue offsets. */
  appendBatch(messages: readonly NewMessage[], waits?: boolean): Appended[]
  /**
   * Calls `done` when everything up to `commitLogOffset` is as safe as the flush policy and replication ask
   * (`waits` false: after this turn's write). In order, in the same loop turn as the event that made it so.
   */
  whenSafe(commitLogOffset: number, waits: boolean, done: (status: PutStatus) => void): void
  /** Hot reads answer at once, cold ones later. Never throws for a queue that does not exist. */
  get(query: GetQuery): GetResult | Promise<GetResult>
  /** One record by its place, or undefined when there is none. */
  recordAt(commitLogOffset: number, sizeBytes?: number): Promise<Buffer | undefined>
  minOffset(topic: string, queueId: number): number
  maxOffset(topic: string, queueId: number): number
  /** First offset stored at or after the time ('lower'), or last at or before it ('upper'). */
  offsetByTime(topic: string, queueId: number, timestampMs: number, boundary?: 'lower' | 'upper'): Promise<number>
  storeTimeOf(topic: string, queueId: number, queueOffset: number): Promise<number>
  earliestStoreTime(topic: string, queueId: number): Promise<number>
  /** Whether the message at this offset still lies in the part that Apache calls "in memory" (40 % of RAM). */
  inMemory(topic: string, queueId: number, queueOffset: number): boolean
  /** commitLogOffset and size of one unit, for queryCq. */
  unitAt(
    topic: string,
    queueId: number,
    queueOffset: number,
  ): Promise<{ commitLogOffset: number; sizeBytes: number; tagsCode: number } | undefined>
  /** Records whose index holds the key, newest first. */
  query(topic: string, key: string, maxCount: number, beginMs: number, endMs: number): Promise<QueryResult>
  onArrival(listener: (arrival: Arrival) => void): void
  /** Asked before a segment of the commit log goes; one answer of `false` keeps it. */
  beforeRemoval(listener: BeforeRemoval): void
  /** Queue ids that hold data, by topic. */
  queuesOf(topic: string): readonly number[]
  /** Drops a topic's consume queues (its records stay in the commit log until retention takes them). */
  deleteTopic(topic: string): Promise<void>
  readonly topics: Iterable<string>
  readonly commitLog: CommitLogView
  readonly ledger: Ledger
  readonly statistics: StoreStatistics
  /** False when puts are refused: disk full, failed fsync, shut down. The reason is for people. */
  readonly writable: { ok: true } | { ok: false; reason: string }
  setFlushPolicy(policy: FlushPolicy): void
  cleanExpiredConsumeQueues(): Promise<number>
  deleteExpiredCommitLog(): Promise<number>
  /** Flushes everything, writes the checkpoint, removes `abort`. */
  close(): Promise<void>
}
export interface QueryResult {
  records: Buffer[]
  indexLastUpdateTimestampMs: number
  indexLastUpdateCommitLogOffset: number
}
/** minOffset <= flushedTo <= writtenTo <= tail. Consumers see up to confirmOffset. */
export interface CommitLogView {
  readonly minOffset: number
  readonly tail: number
  readonly writtenTo: number
  readonly flushedTo: number
  readonly confirmOffset: number
  readonly dispatchedTo: number
}
/** The commit log as bytes: for who hands it to copies, and for the copy itself. */
export interface Ledger {
  readonly segmentBytes: number
  /** Nothing was ever stored here: the log may begin anywhere. */
  readonly isEmpty: boolean
  /** Up to `maxBytes` of what lies before confirmOffset, in one segment. At once when in memory. undefined: not kept. */
  read(offset: number, maxBytes: number): LedgerPiece | Promise<LedgerPiece | undefined> | undefined
  /** Told in the loop turn in which confirmOffset moved. Returns a function that ends it. */
  onConfirmed(listener: () => void): () => void
  /** The copies (Durability.heldByAll) reach further now: consumers may see more. */
  copiesMoved(): void
  /**
   * Puts what lies at the tail of another ledger at the tail of this one, byte for byte: one whole record, or the whole
   * blank end of a segment. Throws StoreError; then nothing was stored.
   */
  copy(bytes: Buffer): void
  /** Where a log that holds nothing begins: the start of a segment. Throws StoreError when it holds something. */
  beginAt(offset: number): void
  /** The newest message that is in a queue; a later one may be in none. */
  newest(): { commitLogOffset: number; sizeBytes: number } | undefined
}
/** Bytes that follow each other. */
export interface LedgerPiece {
  readonly bytes: Buffer
  /** The memory may be used again. Must be called once. */
  release(): void
}
/** Further copies of what is put, which whenSafe waits for beside the disk. Implemented by `ha`. */
export interface Durability {
  /** Whether a put waits for copies at present. */
  readonly waits: boolean
  /** Why nobody who waits for copies may put anything now: for people. undefined: they may. */
  readonly tooFew?: string | undefined
  /** Calls `done` once enough copies hold all before `upTo`, or that took too long. In the order of asking. */
  whenCopied(upTo: number, done: (status: PutStatus) => void): void
  /** Consumers see nothing behind it; Infinity, or absent, when that does not depend on copies. */
  readonly heldByAll?: number
}
export interface FlushPolicy {
  flushDiskType: 'ASYNC_FLUSH' | 'SYNC_FLUSH'
  flushIntervalMs: number
  flushLeastPages: number
  flushThoroughIntervalMs: number
  syncFlushTimeoutMs: number
}
export interface StoreStatistics {
  putTimes: number
  putFailedTimes: number
  putSizeBytes: number
  putEntireTimeMaxMs: number
  getEntireTimeMaxMs: number
  /** Counts by latency bucket, in the order of Apache's putMessageDistributeTime. */
  putDistribution: readonly number[]
  getFoundTimes: number
  getMissTimes: number
  getTransferredMessages: number
  /** Space-separated averages over 10, 60 and 600 s, as brokerStatus shows them. */
  tps(kind: 'put' | 'getFound' | 'getMiss' | 'getTotal' | 'getTransferred'): string
  readonly commitLogDiskRatio: number
  readonly consumeQueueDiskRatio: number
  /** How long the disk took for 99 of 100 of the last flushes of the commit log; null: there was none. */
  readonly flushP99Ms: number | null
  /** How long the write of the commit log that is under way has lasted; 0: none is, or it is so quick that nobody can ask meanwhile. */
  readonly logWriteMs: number
}

export interface StoreOptions {
  /** A store root as Apache lays it out: commitlog/, consumequeue/, index/, checkpoint, abort, config/. */
  rootDir: string
  /** ip:port that goes into records and ids: ip (4 or 16 bytes) and port as i32. */
  storeHost: Buffer
  commitLogSegmentBytes: number
  consumeQueueSegmentBytes: number
  indexMaxSlots: number
  indexMaxItems: number
  maxMessageBytes: number
  /** Newest part of the commit log kept in memory. */
  hotBytes: number
  flush: FlushPolicy
  fileReservedTimeHours: number
  deleteWhen: string
  diskMaxUsedSpaceRatio: number
  diskSpaceWarningLevelRatio: number
  diskSpaceCleanForciblyRatio: number
  /** May further be given; what is left out is as Apache has it. */
  more?: StoreExtras
  clock: () => number
  log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
}
export interface StoreExtras {
  /** The disk; the machine's own unless a test hands in another. */
  files?: Files
  /** The end of the loop turn, shared with the sockets: the store writes first. A turn of its own if left out. */
  turn?: { atEnd(stage: 'write', work: () => void): void }
  /** storePathCommitLog and storePathConsumeQueue, when they are not below rootDir. */
  commitLogDir?: string
  consumeQueueDir?: string
  /** At most so much per get, by whether it is in memory or on disk in Apache's arithmetic. */
  maxTransferBytesInMemory?: number
  maxTransferMessagesInMemory?: number
  maxTransferBytesOnDisk?: number
  maxTransferMessagesOnDisk?: number
  /** What lies within this share of the machine's memory behind the tail is "in memory". */
  accessMemoryRatio?: number
  /** Whether blocks of the older log are read ahead of who goes straight on. Yes unless given. */
  readsAhead?: boolean
  messageDelayLevel?: string
  /** False: nothing is put into the index. */
  indexEnabled?: boolean
  checkCrcOnRecover?: boolean
  flushConsumeQueueIntervalMs?: number
  flushConsumeQueueThoroughIntervalMs?: number
  cleanIntervalMs?: number
  deleteFileBatchMax?: number
  /** Whether the oldest segments may go before their time when the disk is nearly full; yes if left out. */
  cleanForcibly?: boolean
  /** More than this in memory and not yet safe: puts are refused as busy. */
  maxUnsafeBytes?: number
  maxOpenQueueFiles?: number
  maxQueueMemoryBytes?: number
  writer?: { slowWriteMs: number; calmWriteMs: number; calmForMs: number }
  /** Copies that a put waits for; none if left out. */
  durability?: Durability
  /** Topics whose queues are kept although all their messages are gone. */
  keepsQueues?: (topic: string) => boolean
}
/** Opens (recovering what is there) and takes the folder's lock. Throws StoreError. */
export type OpenMessageStore = (options: StoreOptions) => Promise<MessageStore>

export type StoreFault =
  | 'message-illegal'
  | 'properties-too-large'
  | 'record-too-large'
  | 'disk-full'
  | 'io'
  | 'busy'
  | 'not-writable'
  | 'few-copies'
  | 'corrupt'
  | 'locked'
  | 'closed'
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly fault: StoreFault
  constructor(fault: StoreFault, text: string, options?: ErrorOptions) {
    super(text, options)
    this.fault = fault
  }
}
