// broker/store/message-store.ts: the store as the rooms above see it: joins the way in, what can be asked, the keeping of
// views and the retention of segments, and ends them in order. Owner: the thread that opened it.
import { createHealth, faultOf, type Health, textOf } from './health'
import { createIntake, type Intake } from './intake'
import { createLedger, type KeptLedger } from './ledger'
import { createLookups, type Lookups } from './lookups'
import type { Parts } from './parts'
import { createRetention, type Retention } from './retention'
import { Statistics } from './statistics'
import {
  type BeforeRemoval,
  type CommitLogView,
  type Durability,
  type Ledger,
  type MessageStore,
  type PutStatus,
  StoreError,
  type StoreOptions,
} from './types'
import { createViewFlusher, type ViewFlusher } from './view-flusher'

export async function createMessageStore(options: StoreOptions, parts: Parts): Promise<MessageStore> {
  const statistics = new Statistics()
  const upkeep = new Upkeep(options, parts, statistics)
  const { intake } = upkeep
  const lookups = createLookups(parts, statistics)
  await upkeep.measureDisk()
  return new Store(parts, intake, lookups, upkeep, statistics, options.more?.durability)
}

class Store implements MessageStore {
  readonly #parts: Parts
  readonly #upkeep: Upkeep
  readonly statistics: Statistics
  readonly commitLog: CommitLogView
  readonly ledger: Ledger
  readonly append: MessageStore['append']
  readonly appendBatch: MessageStore['appendBatch']
  readonly whenSafe: MessageStore['whenSafe']
  readonly onArrival: MessageStore['onArrival']
  readonly setFlushPolicy: MessageStore['setFlushPolicy']
  readonly get: MessageStore['get']
  readonly recordAt: MessageStore['recordAt']
  readonly minOffset: MessageStore['minOffset']
  readonly maxOffset: MessageStore['maxOffset']
  readonly offsetByTime: MessageStore['offsetByTime']
  readonly storeTimeOf: MessageStore['storeTimeOf']
  readonly earliestStoreTime: MessageStore['earliestStoreTime']
  readonly inMemory: MessageStore['inMemory']
  readonly unitAt: MessageStore['unitAt']
  readonly query: MessageStore['query']
  readonly queuesOf: MessageStore['queuesOf']

  constructor(
    parts: Parts,
    intake: Intake,
    lookups: Lookups,
    upkeep: Upkeep,
    statistics: Statistics,
    durability: Durability | undefined,
  ) {
    this.#parts = parts
    this.#upkeep = upkeep
    this.statistics = statistics
    this.commitLog = new View(parts, intake)
    this.ledger = upkeep.ledger
    const admit = (waits: boolean): void => {
      const tooFew = waits ? durability?.tooFew : undefined
      if (tooFew === undefined) return
      statistics.putFailedTimes++
      throw new StoreError('few-copies', tooFew)
    }
    this.append = (message, waits = false) => {
      admit(waits)
      return intake.append(message)
    }
    this.appendBatch = (messages, waits = false) => {
      admit(waits)
      return intake.appendBatch(messages)
    }
    this.whenSafe = (offset, waits, done) => {
      if (waits && durability?.waits) whenSafeAndCopied(parts, intake, durability, offset, done)
      else intake.whenSafe(offset, waits, done)
    }
    this.onArrival = (listener) => intake.onArrival(listener)
    this.setFlushPolicy = (policy) => intake.setFlushPolicy(policy)
    this.get = (query) => lookups.get(query)
    this.recordAt = (offset, sizeBytes) => lookups.recordAt(offset, sizeBytes)
    this.minOffset = (topic, queueId) => lookups.minOffset(topic, queueId)
    this.maxOffset = (topic, queueId) => lookups.maxOffset(topic, queueId)
    this.offsetByTime = (topic, queueId, timeMs, boundary) => lookups.offsetByTime(topic, queueId, timeMs, boundary)
    this.storeTimeOf = (topic, queueId, queueOffset) => lookups.storeTimeOf(topic, queueId, queueOffset)
    this.earliestStoreTime = (topic, queueId) => lookups.earliestStoreTime(topic, queueId)
    this.inMemory = (topic, queueId, queueOffset) => lookups.inMemory(topic, queueId, queueOffset)
    this.unitAt = (topic, queueId, queueOffset) => lookups.unitAt(topic, queueId, queueOffset)
    this.query = (topic, key, maxCount, beginMs, endMs) => lookups.query(topic, key, maxCount, beginMs, endMs)
    this.queuesOf = (topic) => lookups.queuesOf(topic)
  }

  get topics(): Iterable<string> {
    return this.#parts.queues.topics
  }
  beforeRemoval(listener: BeforeRemoval): void {
    this.#upkeep.beforeRemoval.push(listener)
  }
  deleteTopic(topic: string): Promise<void> {
    return this.#parts.queues.removeTopic(topic)
  }
  get writable(): { ok: true } | { ok: false; reason: string } {
    const { health } = this.#upkeep
    return health.ok ? { ok: true } : { ok: false, reason: health.reason }
  }
  cleanExpiredConsumeQueues(): Promise<number> {
    return this.#upkeep.cleanExpiredConsumeQueues()
  }
  deleteExpiredCommitLog(): Promise<number> {
    return this.#upkeep.retention.run(true)
  }
  close(): Promise<void> {
    return this.#upkeep.close()
  }
}

/** On this disk and on others. What the disk says comes first; then the copies, which are under way meanwhile. */
function whenSafeAndCopied(
  { log }: Parts,
  intake: Intake,
  durability: Durability,
  offset: number,
  done: (status: PutStatus) => void,
): void {
  let stored: PutStatus | undefined
  let copied: PutStatus | undefined
  const settle = (): void => {
    if (stored === undefined || (stored === 'ok' && copied === undefined)) return
    const status = stored === 'ok' ? (copied ?? 'ok') : stored
    stored = undefined // told once
    done(status)
  }
  intake.whenSafe(offset, true, (status) => {
    stored = status
    settle()
  })
  // a copy may hold any part of a record: all that is there now must be there
  durability.whenCopied(log.tail, (status) => {
    copied = status
    settle()
  })
}

const housekeepingMs = 1000

/** What goes on beside the messages: views are flushed, segments go, troubles are watched; and the end of it all. */
class Upkeep {
  readonly #options: StoreOptions
  readonly #parts: Parts
  readonly #statistics: Statistics
  readonly health: Health
  readonly intake: Intake
  readonly retention: Retention
  readonly ledger: KeptLedger
  readonly beforeRemoval: BeforeRemoval[] = []
  readonly #views: ViewFlusher
  readonly #timers: NodeJS.Timeout[] = []
  #closing: Promise<void> | undefined
  /** Something of the views could not be stored: the next start must not trust them. */
  #viewsFailed = false

  constructor(options: StoreOptions, parts: Parts, statistics: Statistics) {
    this.#options = options
    this.#parts = parts
    this.#statistics = statistics
    const more = options.more ?? {}
    const { log } = parts
    this.health = createHealth(options.log)
    this.intake = createIntake(options, parts, this.health, statistics, { viewFailed: this.#viewFailed })
    this.ledger = createLedger(parts, this.intake)
    this.#views = createViewFlusher({
      queues: parts.queues,
      index: parts.index,
      checkpoint: parts.checkpoint,
      progress: { intake: this.intake, log },
      intervalMs: more.flushConsumeQueueIntervalMs ?? 1000,
      thoroughIntervalMs: more.flushConsumeQueueThoroughIntervalMs ?? 10_000,
      flushed: () => this.health.end('views'),
      failed: this.#viewFailed,
    })
    this.retention = createRetention({
      row: log.row,
      settings: options,
      deleteFileBatchMax: more.deleteFileBatchMax ?? 10,
      mayForce: () => more.cleanForcibly ?? true,
      keepFrom: () => Math.min(log.flushedTo, this.intake.dispatchedTo),
      mayGo: (upTo) => this.#mayGo(upTo),
      diskUse: () => this.#diskUse(),
      clock: options.clock,
      removed: (count, why) => this.#follow(count, why),
      diskFull: (full, ratio) => {
        if (full) this.health.begin('disk space', 'disk-full', `${Math.round(ratio * 100)} % of the disk is in use`)
        else this.health.end('disk space')
      },
      used: (use) => this.#diskUsed(use),
    })
    this.#every(housekeepingMs, () => this.#housekeeping())
    this.#every(more.cleanIntervalMs ?? 10_000, () => void this.#clean())
  }

  /** Once before anything is served: until the first cleaning, a disk nobody looked at would be told as an empty one. */
  async measureDisk(): Promise<void> {
    try {
      this.#diskUsed(await this.#diskUse())
    } catch (error) {
      this.#options.log('error', `how full the disk is could not be read: ${textOf(error)}`)
    }
  }
  async #diskUse(): Promise<{ commitLog: number; consumeQueue: number }> {
    const { files, commitLogDir, consumeQueueDir } = this.#parts
    return { commitLog: await files.usedRatio(commitLogDir), consumeQueue: await files.usedRatio(consumeQueueDir) }
  }
  #diskUsed(use: { commitLog: number; consumeQueue: number }): void {
    this.#statistics.commitLogDiskRatio = use.commitLog
    this.#statistics.consumeQueueDiskRatio = use.consumeQueue
  }

  cleanExpiredConsumeQueues(): Promise<number> {
    const keeps = this.#options.more?.keepsQueues ?? (() => false)
    return this.#parts.queues.removeExpired(this.#parts.log.start, keeps)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #housekeeping(): void {
    this.#statistics.sample(performance.now())
    if (this.health.has('commit log')) void this.intake.probe()
  }

  readonly #viewFailed = (error: unknown): void => {
    this.#viewsFailed = true
    this.#parts.checkpoint.trustIndex = false
    this.health.begin('views', faultOf(error), `consume queues or index cannot be written: ${textOf(error)}`)
  }

  async #clean(): Promise<void> {
    try {
      await this.retention.run()
    } catch (error) {
      this.#options.log('error', `old segments could not be removed: ${textOf(error)}`)
    }
  }

  async #mayGo(upTo: number): Promise<boolean> {
    for (const listener of this.beforeRemoval) {
      if (!(await listener(upTo, (messages) => this.intake.restore(messages)))) return false
    }
    return true
  }

  async #follow(count: number, why: string): Promise<void> {
    const { log, queues, index, cold } = this.#parts
    this.#options.log('info', `${count} segments of the commit log removed (${why}); it begins at ${log.start} now`)
    cold.follow(log.start)
    this.ledger.follow(log.start)
    await queues.follow(log.start)
    await index.follow(log.start)
  }

  #every(intervalMs: number, work: () => void): void {
    const timer = setInterval(work, intervalMs)
    timer.unref()
    this.#timers.push(timer)
  }

  async #close(): Promise<void> {
    const { log, queues, index, checkpoint, pool, lock, files, abortPath } = this.#parts
    this.health.begin('closed', 'closed', 'the store is closed')
    for (const timer of this.#timers) clearInterval(timer)
    let orderly = true
    try {
      await this.intake.drain()
      await this.#views.stop()
      await this.#views.flushAll()
      await log.row.removeFrom(log.row.end) // a segment that was only prepared
    } catch (error) {
      orderly = false
      this.#options.log('error', `not all could be flushed: ${textOf(error)}`)
    }
    await this.#views.stop()
    await this.intake.stop()
    queues.close()
    index.close()
    checkpoint.close()
    pool.close()
    // with `abort` left, the next start reads everything again that may not be on the disk
    if (orderly && !this.#viewsFailed && this.intake.dispatchedTo === log.tail) await files.remove(abortPath)
    lock.release()
  }
}

class View implements CommitLogView {
  readonly #parts: Parts
  readonly #intake: Intake
  constructor(parts: Parts, intake: Intake) {
    this.#parts = parts
    this.#intake = intake
  }
  get minOffset(): number {
    return this.#parts.log.start
  }
  get tail(): number {
    return this.#parts.log.tail
  }
  get writtenTo(): number {
    return this.#parts.log.writtenTo
  }
  get flushedTo(): number {
    return this.#parts.log.flushedTo
  }
  get confirmOffset(): number {
    return this.#intake.confirmOffset
  }
  get dispatchedTo(): number {
    return this.#intake.dispatchedTo
  }
}
