// broker/store/intake.ts: the way of a message in. Appends go into the log's open page; at the end of the turn they are
// written together, then handed to the views, then whoever waits for them is told. Owner of what is under way.
import { ProtocolError } from '../protocol/errors'
import { encodeRecord, recordSize } from '../protocol/record'
import { readCopy } from './copied'
import { defaultDelayLevels, parseDelayLevels } from './delay-levels'
import { isIndexed, isQueued } from './dispatch'
import { faultOf, type Health, textOf } from './health'
import { createLogFlusher, type LogFlusher } from './log-flusher'
import { createLogWriter, defaultWriterLimits, type LogWriter } from './log-writer'
import type { Parts } from './parts'
import { Entry, Pending } from './pending'
import { mayName } from './record-check'
import type { Statistics } from './statistics'
import {
  type Appended,
  type Arrival,
  type FlushPolicy,
  type MessageStore,
  type NewMessage,
  type PutStatus,
  StoreError,
  type StoreOptions,
} from './types'
import { createWaiters } from './waiters'

export interface Intake
  extends Pick<MessageStore, 'append' | 'appendBatch' | 'whenSafe' | 'onArrival' | 'setFlushPolicy'> {
  readonly confirmOffset: number
  /** Puts messages in again before their segment goes, and waits for the disk. It may be nearly full. */
  restore(messages: readonly NewMessage[]): Promise<void>
  /** As Ledger in types.ts. */
  copy(bytes: Buffer): void
  beginAt(offset: number): void
  onConfirmed(listener: () => void): () => void
  copiesMoved(): void
  /** The views have everything before it. */
  readonly dispatchedTo: number
  /** Store time of the newest message that the views have, and of the newest that is synced. */
  readonly dispatchedMs: number
  readonly flushedMs: number
  /** Tries whether the disk takes bytes again after a failed write. */
  probe(): Promise<void>
  /** Writes and syncs everything and answers whoever waits. Rejects when the disk refuses. */
  drain(): Promise<void>
  /** Nothing is written any more. Whoever still waits is told that it failed. */
  stop(): Promise<void>
}
export interface IntakeEvents {
  /** A view could not take a message. */
  viewFailed(error: unknown): void
}
export const createIntake = (
  options: StoreOptions,
  parts: Parts,
  health: Health,
  statistics: Statistics,
  events: IntakeEvents,
): Intake => new Gate(options, parts, health, statistics, events)

const defaultMaxUnsafeBytes = 256 * 1024 * 1024
const probeBytes = 64 * 1024
const maxPropertiesBytes = 0x7fff
const noKeys: readonly string[] = []

/**
 * Properties have no checksum: recovery takes a last record whose properties end in zeros for a torn one. Whoever sends
 * such properties gets the separator that may follow any value behind them, which changes nothing of what they say.
 */
function endedInText(message: NewMessage): NewMessage {
  return endsInZero(message) ? { ...message, properties: Buffer.concat([message.properties, separator]) } : message
}
const endsInZero = ({ properties }: NewMessage): boolean => properties[properties.length - 1] === 0
const separator = Buffer.from([2])

class Gate implements Intake {
  readonly #options: StoreOptions
  readonly #parts: Parts
  readonly #health: Health
  readonly #statistics: Statistics
  readonly #events: IntakeEvents
  readonly #writer: LogWriter
  readonly #flusher: LogFlusher
  readonly #pending = new Pending()
  /** For this turn's write, and for what the flush policy asks. */
  readonly #onWritten = createWaiters()
  readonly #onSafe = createWaiters()
  readonly #listeners: ((arrival: Arrival) => void)[] = []
  readonly #onConfirmed = new Set<() => void>()
  /** They were told of what lies before it. */
  #confirmedTo: number
  /** Delays by level, which the units of copied delayed messages hold. */
  readonly #delaysMs: readonly number[]
  readonly #maxUnsafeBytes: number
  dispatchedTo: number
  dispatchedMs: number
  flushedMs: number
  /** The clock is read once a turn; 0 before its first append. */
  #turnTimeMs = 0
  #turnBegan = 0
  #turnAsked = false
  /** The topic that came last: it has been looked at. */
  #goodTopic: string | undefined
  #preparedEnd = -1
  #deadlineTimer: NodeJS.Timeout | undefined
  /** Bytes behind the tail that a failed write may have left in the file. */
  #scribbledTo = 0
  #probing = false

  constructor(options: StoreOptions, parts: Parts, health: Health, statistics: Statistics, events: IntakeEvents) {
    this.#options = options
    this.#parts = parts
    this.#health = health
    this.#statistics = statistics
    this.#events = events
    const { log, recovered, checkpoint } = parts
    this.#delaysMs = parseDelayLevels(options.more?.messageDelayLevel ?? defaultDelayLevels)
    this.#maxUnsafeBytes = options.more?.maxUnsafeBytes ?? defaultMaxUnsafeBytes
    this.dispatchedTo = this.#confirmedTo = log.tail
    this.dispatchedMs = Math.max(recovered.lastTimestampMs, checkpoint.queuesTimestampMs)
    this.flushedMs = checkpoint.logTimestampMs
    this.#writer = createLogWriter(
      log,
      {
        underWay: (isUnderWay) => statistics.logWrite(isUnderWay),
        written: () => this.#written(),
        failed: (error) => this.#writeFailed(error),
        log: options.log,
      },
      options.more?.writer ?? defaultWriterLimits,
    )
    this.#flusher = createLogFlusher(log, options.flush, {
      flushed: (askedMs, tookMs) => {
        this.#statistics.flushDone(tookMs)
        this.#flushed(askedMs)
      },
      failed: (error) => health.begin('flush', faultOf(error), `the commit log cannot be synced: ${textOf(error)}`),
      writtenMs: () => this.dispatchedMs,
    })
  }

  append(given: NewMessage): Appended {
    this.#admit()
    const message = endedInText(given)
    const size = this.#sizeOf(message)
    this.#reserve(size, false)
    return this.#put(message, size)
  }

  appendBatch(given: readonly NewMessage[]): Appended[] {
    this.#admit()
    const messages = given.some(endsInZero) ? given.map(endedInText) : given
    const sizes = messages.map((message) => this.#sizeOf(message))
    this.#reserve(
      sizes.reduce((sum, size) => sum + size, 0),
      false,
    )
    return messages.map((message, index) => this.#put(message, sizes[index] ?? 0))
  }

  async restore(messages: readonly NewMessage[]): Promise<void> {
    for (const message of messages.map(endedInText)) {
      if (!this.#health.okBut('disk space')) this.#health.check()
      const size = this.#sizeOf(message)
      this.#reserve(size, false)
      this.#put(message, size)
    }
    const upTo = this.#parts.log.tail
    await this.drain()
    if (this.#parts.log.flushedTo < upTo) this.#health.check()
  }

  copy(bytes: Buffer): void {
    this.#admit()
    const { log, queues } = this.#parts
    const copied = readCopy(bytes, log.tail, log.row.segmentBytes, log.row.startOf(log.tail), this.#delaysMs)
    this.#reserve(bytes.length, true)
    this.#beginTurn()
    const { page, tail } = log
    bytes.copy(page.buffer, page.bytes)
    log.take(bytes.length)
    if (copied !== undefined) {
      const { topic, queueId, queueOffset, storeTimestampMs, tagsCode, keys } = copied
      const queue = copied.isQueued ? queues.need(topic, queueId) : undefined
      if (queue !== undefined) queue.nextOffset = queueOffset + 1
      this.#pending.add(
        new Entry(topic, queueId, tail, bytes.length, queueOffset, storeTimestampMs, tagsCode, keys, queue),
      )
    }
    this.#askTurnEnd()
  }

  beginAt(offset: number): void {
    const { log } = this.#parts
    const { segmentBytes } = log.row
    if (log.row.starts.length > 0) {
      throw new StoreError('corrupt', `the log holds ${log.start} to ${log.tail} and cannot begin at ${offset}`)
    }
    if (offset % segmentBytes !== 0) {
      throw new StoreError('corrupt', `a log of segments of ${segmentBytes} bytes cannot begin at ${offset}`)
    }
    log.beginAt(offset)
    this.dispatchedTo = this.#confirmedTo = offset
  }

  onConfirmed(listener: () => void): () => void {
    this.#onConfirmed.add(listener)
    return () => this.#onConfirmed.delete(listener)
  }

  copiesMoved(): void {
    this.#advance()
  }

  whenSafe(commitLogOffset: number, waits: boolean, done: (status: PutStatus) => void): void {
    // a record's own place means the record; the end of the last one means all there is
    const upTo = Math.min(commitLogOffset + 1, this.#parts.log.tail)
    const { policy } = this.#flusher
    if (waits && policy.flushDiskType === 'SYNC_FLUSH') {
      this.#onSafe.add(upTo, this.#options.clock() + policy.syncFlushTimeoutMs, done)
      this.#armDeadline()
    } else {
      this.#onWritten.add(upTo, Number.POSITIVE_INFINITY, done)
    }
    this.#askTurnEnd()
  }

  onArrival(listener: (arrival: Arrival) => void): void {
    this.#listeners.push(listener)
  }

  setFlushPolicy(policy: FlushPolicy): void {
    this.#flusher.setPolicy(policy)
    // whoever waits for a sync gets it at once, whatever the new policy's pace; a failure has been reported
    if (this.#onSafe.size > 0) this.#flusher.flushAll().catch(() => {})
    this.#advance()
    this.#askTurnEnd()
  }

  get confirmOffset(): number {
    const { log } = this.#parts
    return this.#flusher.policy.flushDiskType === 'SYNC_FLUSH' ? log.flushedTo : log.writtenTo
  }

  /** With zeros where the next messages will lie, and over what a failed write left. */
  async probe(): Promise<void> {
    const { row } = this.#parts.log
    if (this.#probing) return
    this.#probing = true
    try {
      await this.#writer.idle()
      const from = this.#parts.log.tail
      const upTo = Math.min(row.end, Math.max(this.#scribbledTo, from + probeBytes))
      for (let at = from; at < upTo; ) {
        const end = Math.min(upTo, at + probeBytes, row.startOf(at) + row.segmentBytes)
        await row.write(at, [Buffer.alloc(end - at)])
        at = end
      }
      await row.sync(from, upTo)
      this.#scribbledTo = 0
      this.#health.end('commit log')
    } catch {
      // still no room: the next round tries again
    } finally {
      this.#probing = false
    }
  }

  async drain(): Promise<void> {
    this.#endTurn()
    await this.#writer.idle()
    await this.#flusher.flushAll()
    this.#advance()
    this.#settle()
  }

  async stop(): Promise<void> {
    await this.#writer.idle()
    await this.#flusher.stop()
    clearTimeout(this.#deadlineTimer)
    this.#onWritten.fail(this.#parts.log.writtenTo)
    this.#onSafe.fail(this.#parts.log.flushedTo)
  }

  /** Throws when nothing may be appended now. */
  #admit(): void {
    const { tail, flushedTo } = this.#parts.log
    if (this.#health.ok && tail - flushedTo <= this.#maxUnsafeBytes) return
    this.#statistics.putFailedTimes++
    this.#health.check()
    throw new StoreError('busy', `${tail - flushedTo} bytes wait for the disk`)
  }

  #sizeOf(message: NewMessage): number {
    const { maxMessageBytes, storeHost } = this.#options
    if (message.body.length > maxMessageBytes) {
      throw new StoreError('message-illegal', `a body of ${message.body.length} bytes, at most ${maxMessageBytes}`)
    }
    if (message.properties.length > maxPropertiesBytes) {
      const { length } = message.properties
      throw new StoreError('properties-too-large', `properties of ${length} bytes, at most ${maxPropertiesBytes}`)
    }
    if (message.topic !== this.#goodTopic) {
      if (!mayName(message.topic)) throw new StoreError('message-illegal', 'a topic that cannot name a folder')
      this.#goodTopic = message.topic
    }
    try {
      return recordSize(message, storeHost.length)
    } catch (error) {
      if (error instanceof ProtocolError) throw new StoreError('message-illegal', error.message, { cause: error })
      throw error
    }
  }

  #reserve(sizeBytes: number, isCopy: boolean): void {
    const { log } = this.#parts
    try {
      if (isCopy) log.reserveCopy(sizeBytes)
      else log.reserve(sizeBytes)
    } catch (error) {
      this.#statistics.putFailedTimes++
      if (error instanceof StoreError) throw error
      throw new StoreError(faultOf(error), `no further segment: ${textOf(error)}`, { cause: error })
    }
  }

  /** Encodes the record at the reserved place. */
  #put(message: NewMessage, sizeBytes: number): Entry {
    const { log, queues } = this.#parts
    const { topic, queueId, sysFlag } = message
    this.#beginTurn()
    const timestampMs = this.#turnTimeMs
    const queue = isQueued(sysFlag) ? queues.need(topic, queueId) : undefined
    const queueOffset = queue?.nextOffset ?? 0
    const { page, tail } = log
    encodeRecord(page.buffer, page.bytes, message, queueOffset, tail, timestampMs, this.#options.storeHost)
    log.take(sizeBytes)
    if (queue !== undefined) queue.nextOffset++
    const keys = isIndexed(sysFlag) ? message.keys : noKeys
    const tagsCode = message.delayMs === undefined ? message.tagsCode : timestampMs + message.delayMs
    const entry = new Entry(topic, queueId, tail, sizeBytes, queueOffset, timestampMs, tagsCode, keys, queue)
    this.#pending.add(entry)
    this.#askTurnEnd()
    return entry
  }

  #beginTurn(): void {
    if (this.#turnTimeMs !== 0) return
    this.#turnTimeMs = this.#options.clock()
    this.#turnBegan = performance.now()
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

  #flushed(flushedMs: number): void {
    this.#health.end('flush')
    this.#advance()
    // under SYNC_FLUSH what was synced has been dispatched only now
    const { log } = this.#parts
    this.flushedMs = log.flushedTo >= this.dispatchedTo ? this.dispatchedMs : Math.max(this.flushedMs, flushedMs)
    this.#settle()
  }

  #settle(): void {
    this.#onWritten.settle(this.#parts.log.writtenTo)
    this.#onSafe.settle(this.#parts.log.flushedTo)
  }

  /** Hands what consumers may see now to the views, then tells who waits for it. */
  #advance(): void {
    const safeTo = this.confirmOffset
    const upTo = Math.min(safeTo, this.#options.more?.durability?.heldByAll ?? Number.POSITIVE_INFINITY)
    if (upTo > this.dispatchedTo) this.#dispatch(upTo)
    if (safeTo <= this.#confirmedTo) return
    this.#confirmedTo = safeTo
    for (const listener of this.#onConfirmed) listener()
  }

  #dispatch(upTo: number): void {
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
    this.dispatchedTo = upTo
    const last = entries.at(-1)
    if (last !== undefined) {
      this.dispatchedMs = last.storeTimestampMs
      this.#statistics.putsDone(entries.length, bytes, performance.now() - this.#turnBegan)
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
      this.#events.viewFailed(error)
    }
  }

  /** From writtenTo on nothing is stored: whoever waits for it is told, and its places are given again. */
  #writeFailed(error: unknown): void {
    const { log } = this.#parts
    this.#health.begin('commit log', faultOf(error), `the commit log cannot be written: ${textOf(error)}`)
    this.#scribbledTo = Math.max(this.#scribbledTo, log.tail)
    this.#statistics.putFailedTimes += this.#pending.dropFrom(log.writtenTo)
    log.cutToWritten()
    this.#advance()
    this.#settle()
    this.#onWritten.fail(log.writtenTo)
    this.#onSafe.fail(log.writtenTo)
  }

  /** The next segment's file is made while the one in use is filled, so that no append waits for it. */
  #prepareNext(): void {
    const { row, tail } = this.#parts.log
    if (row.end === 0 || row.end === this.#preparedEnd || row.end - tail > row.segmentBytes / 2) return
    this.#preparedEnd = row.end
    row.prepareNext().catch((error: unknown) => {
      this.#options.log('warn', `the next segment cannot be prepared: ${textOf(error)}`)
    })
  }

  /** One timer, for the first of those that wait. */
  #armDeadline(): void {
    const next = this.#onSafe.nextDeadlineMs
    if (this.#deadlineTimer !== undefined || next === undefined) return
    const inMs = Math.max(1, next - this.#options.clock())
    this.#deadlineTimer = setTimeout(() => {
      this.#deadlineTimer = undefined
      this.#onSafe.expire(this.#options.clock(), 'flush-disk-timeout')
      this.#armDeadline()
    }, inMs)
    this.#deadlineTimer.unref()
  }
}
