// broker/store/message-store.ts: the store as the rooms above see it: joins log, views, flush and retention. What a turn of
// the event loop appends is written once at its end; then it goes to the views, then whoever waits for it is told, all
// in that turn. Owner: the thread that opened it.

import { ProtocolError } from '../protocol/errors'
import { encodeRecord, recordSize } from '../protocol/record'
import { type ConsumeQueue, unitOffset, unitSize, unitTagsCode } from './consume-queue'
import { isIndexed, isQueued } from './dispatch'
import { createHealth, faultOf, type Health, textOf } from './health'
import { createLogFlusher, type LogFlusher } from './log-flusher'
import { createLogWriter, defaultWriterLimits, type LogWriter } from './log-writer'
import type { Parts } from './parts'
import { Entry, Pending } from './pending'
import { offsetByTime, storeTimeOf, type TimeAt } from './queue-times'
import { get, readRecord } from './reading'
import { checkedRecord, mayName, storeTimeIn, timeFieldsBytes } from './record-check'
import { createRetention, type Retention } from './retention'
import { Statistics } from './statistics'
import {
  type Appended,
  type Arrival,
  type CommitLogView,
  type FlushPolicy,
  type GetQuery,
  type GetResult,
  type MessageStore,
  type NewMessage,
  type PutStatus,
  type QueryResult,
  StoreError,
  type StoreOptions,
} from './types'
import { createViewFlusher, type ViewFlusher } from './view-flusher'
import { createWaiters } from './waiters'

export const createMessageStore = (options: StoreOptions, parts: Parts): MessageStore => new Store(options, parts)

const defaultMaxUnsafeBytes = 256 * 1024 * 1024
const probeBytes = 64 * 1024
const maxQueryResults = 64
const housekeepingMs = 1000

class Store implements MessageStore {
  readonly #options: StoreOptions
  readonly #parts: Parts
  readonly #health: Health
  readonly #writer: LogWriter
  readonly #flusher: LogFlusher
  readonly #views: ViewFlusher
  readonly #retention: Retention
  readonly #pending = new Pending()
  /** For this turn's write, and for what the flush policy asks. */
  readonly #onWritten = createWaiters()
  readonly #onSafe = createWaiters()
  readonly #listeners: ((arrival: Arrival) => void)[] = []
  readonly #maxUnsafeBytes: number
  readonly #timers: NodeJS.Timeout[] = []
  readonly statistics = new Statistics()
  readonly commitLog: CommitLogView
  #dispatchedTo: number
  #lastTimestampMs: number
  /** The clock is read once a turn; 0 before its first append. */
  #turnTimeMs = 0
  #turnAsked = false
  #turnBegan = 0
  #deadlineTimer: NodeJS.Timeout | undefined
  /** Bytes behind the tail that a failed write may have left in the file. */
  #scribbledTo = 0
  #probing = false
  #closing: Promise<void> | undefined
  /** Something of the views could not be synced: the next start must not trust them. */
  #viewsFailed = false

  constructor(options: StoreOptions, parts: Parts) {
    this.#options = options
    this.#parts = parts
    const more = options.more ?? {}
    const { log } = parts
    this.#health = createHealth(options.log)
    this.#maxUnsafeBytes = more.maxUnsafeBytes ?? defaultMaxUnsafeBytes
    this.#dispatchedTo = log.tail
    this.#lastTimestampMs = parts.recovered.lastTimestampMs
    this.commitLog = new View(
      parts,
      () => this.#confirmOffset,
      () => this.#dispatchedTo,
    )
    this.#writer = createLogWriter(
      log,
      {
        written: () => this.#written(),
        failed: (error) => this.#writeFailed(error),
        log: options.log,
      },
      more.writer ?? defaultWriterLimits,
    )
    this.#flusher = createLogFlusher(log, options.flush, {
      flushed: () => this.#flushed(),
      failed: (error) =>
        this.#health.begin('flush', faultOf(error), `the commit log cannot be synced: ${textOf(error)}`),
    })
    this.#views = createViewFlusher({
      queues: parts.queues,
      index: parts.index,
      checkpoint: parts.checkpoint,
      flushedTo: () => log.flushedTo,
      dispatchedTo: log.tail,
      intervalMs: more.flushConsumeQueueIntervalMs ?? 1000,
      thoroughIntervalMs: more.flushConsumeQueueThoroughIntervalMs ?? 10_000,
      flushed: () => this.#health.end('views'),
      failed: (error) => {
        this.#viewsFailed = true
        parts.checkpoint.trustIndex = false
        this.#health.begin('views', faultOf(error), `consume queues or index cannot be written: ${textOf(error)}`)
      },
    })
    this.#retention = createRetention({
      row: log.row,
      settings: options,
      deleteFileBatchMax: more.deleteFileBatchMax ?? 10,
      keepFrom: () => Math.min(log.flushedTo, this.#dispatchedTo),
      diskUse: async () => ({
        commitLog: await parts.files.usedRatio(options.rootDir),
        consumeQueue: await parts.files.usedRatio(options.rootDir),
      }),
      clock: options.clock,
      removed: (count, why) => this.#follow(count, why),
      diskFull: (full, ratio) => {
        if (full) this.#health.begin('disk space', 'disk-full', `${Math.round(ratio * 100)} % of the disk is in use`)
        else this.#health.end('disk space')
      },
      used: (use) => {
        this.statistics.commitLogDiskRatio = use.commitLog
        this.statistics.consumeQueueDiskRatio = use.consumeQueue
      },
    })
    this.#every(housekeepingMs, () => this.#housekeeping())
    this.#every(more.cleanIntervalMs ?? 10_000, () => void this.#clean())
  }

  append(message: NewMessage): Appended {
    this.#admit()
    const size = this.#sizeOf(message)
    this.#reserve(size)
    return this.#put(message, size)
  }

  appendBatch(messages: readonly NewMessage[]): Appended[] {
    this.#admit()
    const sizes = messages.map((message) => this.#sizeOf(message))
    this.#reserve(sizes.reduce((sum, size) => sum + size, 0))
    return messages.map((message, index) => this.#put(message, sizes[index] ?? 0))
  }

  whenSafe(commitLogOffset: number, waits: boolean, done: (status: PutStatus) => void): void {
    const { tail } = this.#parts.log
    // a record's own place means the record; the end of the last one means all there is
    const upTo = Math.min(commitLogOffset + 1, tail)
    const sync = waits && this.#flusher.policy.flushDiskType === 'SYNC_FLUSH'
    if (sync) {
      this.#onSafe.add(upTo, this.#options.clock() + this.#flusher.policy.syncFlushTimeoutMs, done)
      this.#armDeadline()
    } else {
      this.#onWritten.add(upTo, Number.POSITIVE_INFINITY, done)
    }
    this.#askTurnEnd()
  }

  get(query: GetQuery): GetResult | Promise<GetResult> {
    const began = performance.now()
    const { queues, log, cold, limits } = this.#parts
    const result = get({ log, cold, limits }, queues.find(query.topic, query.queueId), query)
    if (!(result instanceof Promise)) return this.#counted(result, began)
    return result.then((late) => this.#counted(late, began))
  }

  async recordAt(commitLogOffset: number, sizeBytes?: number): Promise<Buffer | undefined> {
    return checkedRecord(this.#parts, commitLogOffset, sizeBytes)
  }

  minOffset(topic: string, queueId: number): number {
    return this.#parts.queues.find(topic, queueId)?.minOffset ?? 0
  }
  maxOffset(topic: string, queueId: number): number {
    return this.#parts.queues.find(topic, queueId)?.maxOffset ?? 0
  }

  async offsetByTime(topic: string, queueId: number, timestampMs: number, boundary: 'lower' | 'upper' = 'lower') {
    const queue = this.#parts.queues.find(topic, queueId)
    return queue === undefined ? 0 : offsetByTime(queue, timestampMs, boundary, this.#timeAt)
  }
  async storeTimeOf(topic: string, queueId: number, queueOffset: number): Promise<number> {
    const queue = this.#parts.queues.find(topic, queueId)
    return queue === undefined ? -1 : storeTimeOf(queue, queueOffset, this.#timeAt)
  }
  earliestStoreTime(topic: string, queueId: number): Promise<number> {
    return this.storeTimeOf(topic, queueId, this.minOffset(topic, queueId))
  }

  inMemory(topic: string, queueId: number, queueOffset: number): boolean {
    const queue = this.#parts.queues.find(topic, queueId)
    const units = queue?.inMemory(queueOffset)
    if (queue === undefined) return false
    // a unit that is not in memory any more lies before the oldest that is
    const offset = units === undefined ? undefined : unitOffset(units, 0)
    const distance =
      offset === undefined ? queue.maxCommitLogEnd - this.#parts.log.start : this.#parts.log.tail - offset
    return distance <= this.#parts.limits.memoryBytes
  }

  async unitAt(topic: string, queueId: number, queueOffset: number) {
    const queue = this.#parts.queues.find(topic, queueId)
    if (queue === undefined || queueOffset < queue.minOffset || queueOffset >= queue.maxOffset) return undefined
    const units = await queue.read(queueOffset, 1)
    if (units.count === 0) return undefined
    return { commitLogOffset: unitOffset(units, 0), sizeBytes: unitSize(units, 0), tagsCode: unitTagsCode(units, 0) }
  }

  async query(topic: string, key: string, maxCount: number, beginMs: number, endMs: number): Promise<QueryResult> {
    const { index } = this.#parts
    const places = await index.find(topic, key, Math.min(maxCount, maxQueryResults), beginMs, endMs)
    const records: Buffer[] = []
    for (const place of places) {
      const record = await checkedRecord(this.#parts, place, undefined)
      if (record !== undefined) records.push(record)
    }
    return {
      records,
      indexLastUpdateTimestampMs: index.lastUpdateMs,
      indexLastUpdateCommitLogOffset: index.lastUpdateOffset,
    }
  }

  onArrival(listener: (arrival: Arrival) => void): void {
    this.#listeners.push(listener)
  }
  queuesOf(topic: string): readonly number[] {
    return [...(this.#parts.queues.ofTopic(topic)?.keys() ?? [])].sort((a, b) => a - b)
  }
  get topics(): Iterable<string> {
    return this.#parts.queues.topics
  }
  deleteTopic(topic: string): Promise<void> {
    return this.#parts.queues.removeTopic(topic)
  }

  get writable(): { ok: true } | { ok: false; reason: string } {
    return this.#health.ok ? writableNow : { ok: false, reason: this.#health.reason }
  }

  setFlushPolicy(policy: FlushPolicy): void {
    this.#flusher.setPolicy(policy)
    this.#advance()
    this.#askTurnEnd()
  }

  cleanExpiredConsumeQueues(): Promise<number> {
    const keeps = this.#options.more?.keepsQueues ?? (() => false)
    return this.#parts.queues.removeExpired(this.#parts.log.start, keeps)
  }
  deleteExpiredCommitLog(): Promise<number> {
    return this.#retention.run(true)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Throws when nothing may be appended now. */
  #admit(): void {
    if (!this.#health.ok) {
      this.statistics.putFailedTimes++
      this.#health.check()
    }
    const { log } = this.#parts
    if (log.tail - Math.min(log.writtenTo, log.flushedTo) > this.#maxUnsafeBytes) {
      this.statistics.putFailedTimes++
      throw new StoreError('busy', `${log.tail - log.flushedTo} bytes wait for the disk`)
    }
  }

  #sizeOf(message: NewMessage): number {
    const { maxMessageBytes, storeHost } = this.#options
    if (message.body.length > maxMessageBytes) {
      throw new StoreError('message-illegal', `a body of ${message.body.length} bytes, at most ${maxMessageBytes}`)
    }
    if (message.properties.length > 0x7fff) {
      throw new StoreError('properties-too-large', `properties of ${message.properties.length} bytes, at most 32767`)
    }
    if (!mayName(message.topic)) throw new StoreError('message-illegal', 'a topic that cannot name a folder')
    try {
      return recordSize(message, storeHost.length)
    } catch (error) {
      if (error instanceof ProtocolError) throw new StoreError('message-illegal', error.message, { cause: error })
      throw error
    }
  }

  #reserve(sizeBytes: number): void {
    try {
      this.#parts.log.reserve(sizeBytes)
    } catch (error) {
      this.statistics.putFailedTimes++
      if (error instanceof StoreError) throw error
      throw new StoreError(faultOf(error), `no further segment: ${textOf(error)}`, { cause: error })
    }
  }

  /** Encodes the record at the reserved place. */
  #put(message: NewMessage, sizeBytes: number): Entry {
    const { log, queues } = this.#parts
    const { topic, queueId, sysFlag } = message
    if (this.#turnTimeMs === 0) {
      this.#turnTimeMs = this.#options.clock()
      this.#turnBegan = performance.now()
    }
    const timestampMs = this.#turnTimeMs
    const queue: ConsumeQueue | undefined = isQueued(sysFlag) ? queues.need(topic, queueId) : undefined
    const queueOffset = queue?.nextOffset ?? 0
    const commitLogOffset = log.tail
    encodeRecord(
      log.page.buffer,
      log.page.bytes,
      message,
      queueOffset,
      commitLogOffset,
      timestampMs,
      this.#options.storeHost,
    )
    log.take(sizeBytes)
    if (queue !== undefined) queue.nextOffset++
    const keys = isIndexed(sysFlag) ? message.keys : noKeys
    const entry = new Entry(
      topic,
      queueId,
      commitLogOffset,
      sizeBytes,
      queueOffset,
      timestampMs,
      message.tagsCode,
      keys,
      queue,
    )
    this.#pending.add(entry)
    this.#askTurnEnd()
    return entry
  }

  #askTurnEnd(): void {
    if (this.#turnAsked) return
    this.#turnAsked = true
    const turn = this.#options.more?.turn
    if (turn === undefined) setImmediate(this.#endTurn)
    else turn.atEnd('write', this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#turnAsked = false
    this.#turnTimeMs = 0
    this.#writer.endTurn()
    this.#settle()
    this.#prepareNext()
  }

  #written(): void {
    this.#flusher.afterWrite()
    this.#advance()
    this.#settle()
  }

  #flushed(): void {
    this.#health.end('flush')
    this.#views.logFlushedMs = Math.max(this.#views.logFlushedMs, this.#lastTimestampMs)
    this.#advance()
    this.#settle()
  }

  get #confirmOffset(): number {
    const { log } = this.#parts
    return this.#flusher.policy.flushDiskType === 'SYNC_FLUSH' ? log.flushedTo : log.writtenTo
  }

  #settle(): void {
    this.#onWritten.settle(this.#parts.log.writtenTo)
    this.#onSafe.settle(this.#parts.log.flushedTo)
  }

  /** Hands what consumers may see now to the views, then tells who waits for it. */
  #advance(): void {
    const upTo = this.#confirmOffset
    if (upTo <= this.#dispatchedTo) return
    const { queues } = this.#parts
    const entries = this.#pending.takeUpTo(upTo)
    const indexed = this.#options.more?.indexEnabled !== false
    let bytes = 0
    for (const entry of entries) {
      bytes += entry.sizeBytes
      const { queue } = entry
      if (queue !== undefined && !queue.removed) {
        queue.put(entry.queueOffset, entry.commitLogOffset, entry.sizeBytes, entry.tagsCode)
        queues.touched(queue)
      }
      if (indexed && entry.keys.length > 0) this.#index(entry)
    }
    this.#dispatchedTo = this.#views.dispatchedTo = upTo
    const last = entries.at(-1)
    if (last !== undefined) {
      this.#lastTimestampMs = this.#views.dispatchedMs = last.storeTimestampMs
      this.statistics.putsDone(entries.length, bytes, performance.now() - this.#turnBegan)
    }
    // all units first: whoever is woken by the first message of a turn finds the others there too
    for (const entry of entries) {
      if (entry.queue === undefined || entry.queue.removed) continue
      for (const listener of this.#listeners) listener(entry)
    }
  }

  #index(entry: Entry): void {
    try {
      this.#parts.index.put(entry.topic, entry.keys, entry.commitLogOffset, entry.storeTimestampMs)
    } catch (error) {
      this.#viewsFailed = true
      this.#parts.checkpoint.trustIndex = false
      this.#health.begin('views', faultOf(error), `the index cannot be written: ${textOf(error)}`)
    }
  }

  /** From writtenTo on nothing is stored: whoever waits for it is told, and its places are given again. */
  #writeFailed(error: unknown): void {
    const { log } = this.#parts
    this.#health.begin('commit log', faultOf(error), `the commit log cannot be written: ${textOf(error)}`)
    this.#scribbledTo = Math.max(this.#scribbledTo, log.tail)
    const dropped = this.#pending.dropFrom(log.writtenTo)
    this.statistics.putFailedTimes += dropped
    log.cutToWritten()
    this.#advance()
    this.#settle()
    this.#onWritten.fail(log.writtenTo)
    this.#onSafe.fail(log.writtenTo)
  }

  #housekeeping(): void {
    this.statistics.sample(performance.now())
    if (this.#health.has('commit log')) void this.#probe()
  }

  /** Tries whether the disk takes bytes again, with zeros where the next messages will lie and over what a failed write left. */
  async #probe(): Promise<void> {
    const { log } = this.#parts
    if (this.#probing) return
    this.#probing = true
    try {
      await this.#writer.idle()
      const from = log.tail
      const upTo = Math.max(this.#scribbledTo, from + probeBytes)
      for (let at = from; at < upTo; ) {
        const end = Math.min(upTo, at + probeBytes, log.row.startOf(at) + log.row.segmentBytes)
        if (log.row.end < end) break
        await log.row.write(at, [Buffer.alloc(end - at)])
        at = end
      }
      await log.row.sync(from, Math.min(upTo, log.row.end))
      this.#scribbledTo = 0
      this.#health.end('commit log')
    } catch {
      // still no room: the next round tries again
    } finally {
      this.#probing = false
    }
  }

  /** The next segment's file is made while the one in use is filled, so that no append waits for it. */
  #prepareNext(): void {
    const { log } = this.#parts
    const { row } = log
    if (row.end === 0 || row.end === this.#preparedEnd) return
    if (row.end - log.tail > row.segmentBytes / 2) return
    this.#preparedEnd = row.end
    row.prepareNext().catch((error: unknown) => {
      this.#options.log('warn', `the next segment cannot be prepared: ${textOf(error)}`)
    })
  }
  #preparedEnd = -1

  #armDeadline(): void {
    if (this.#deadlineTimer !== undefined) return
    const next = this.#onSafe.nextDeadlineMs
    if (next === undefined) return
    this.#deadlineTimer = setTimeout(
      () => {
        this.#deadlineTimer = undefined
        this.#onSafe.expire(this.#options.clock(), 'flush-disk-timeout')
        this.#armDeadline()
      },
      Math.max(1, next - this.#options.clock()),
    )
    this.#deadlineTimer.unref()
  }

  async #clean(): Promise<void> {
    try {
      await this.#retention.run()
    } catch (error) {
      this.#options.log('error', `old segments could not be removed: ${textOf(error)}`)
    }
  }

  async #follow(count: number, why: string): Promise<void> {
    const { log, queues, index, cold } = this.#parts
    this.#options.log('info', `${count} segments of the commit log removed (${why}); it begins at ${log.start} now`)
    cold.follow(log.start)
    await queues.follow(log.start)
    await index.follow(log.start)
  }

  #counted(result: GetResult, began: number): GetResult {
    this.statistics.getDone(result.messageCount > 0, result.messageCount, performance.now() - began)
    return result
  }

  readonly #timeAt: TimeAt = async (offset, size) => {
    const { log, cold, limits } = this.#parts
    const record = await readRecord({ log, cold, limits }, offset, Math.min(size, timeFieldsBytes))
    return record === undefined ? undefined : storeTimeIn(record)
  }

  #every(intervalMs: number, work: () => void): void {
    const timer = setInterval(work, intervalMs)
    timer.unref()
    this.#timers.push(timer)
  }

  async #close(): Promise<void> {
    const { log, queues, index, checkpoint, pool, lock, files, abortPath } = this.#parts
    this.#health.begin('closed', 'closed', 'the store is closed')
    for (const timer of this.#timers) clearInterval(timer)
    this.#endTurn()
    await this.#writer.idle()
    await this.#views.stop()
    let orderly = !this.#viewsFailed
    try {
      await this.#flusher.flushAll()
      await this.#flusher.stop()
      this.#advance()
      this.#settle()
      await this.#views.flushAll()
      await log.row.removeFrom(log.row.starts.length === 0 ? 0 : log.row.end)
    } catch (error) {
      orderly = false
      this.#options.log('error', `not all could be flushed: ${textOf(error)}`)
    }
    await this.#flusher.stop()
    this.#onWritten.fail(log.writtenTo)
    this.#onSafe.fail(log.flushedTo)
    clearTimeout(this.#deadlineTimer)
    queues.close()
    index.close()
    checkpoint.close()
    pool.close()
    // with `abort` left, the next start reads everything that may not be on the disk again
    if (orderly && this.#dispatchedTo === log.tail) await files.remove(abortPath)
    lock.release()
  }
}

const writableNow = { ok: true } as const
const noKeys: readonly string[] = []

class View implements CommitLogView {
  readonly #parts: Parts
  readonly #confirm: () => number
  readonly #dispatched: () => number
  constructor(parts: Parts, confirm: () => number, dispatched: () => number) {
    this.#parts = parts
    this.#confirm = confirm
    this.#dispatched = dispatched
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
    return this.#confirm()
  }
  get dispatchedTo(): number {
    return this.#dispatched()
  }
}
