// broker/schedule/prepared.ts: messages of transactions between their sending and their end. Each waits in one queue; who
// sent it says commit or rollback, or, when it stays silent, a producer of its group is asked, again and again, until the
// message is settled or set aside for people. Owner: the broker's thread.
// Every step leaves a note in the same write: after a kill, each message is in exactly one step, and asked for again.
import { newTopic } from '../catalog/system-topics'
import type { OffsetCatalog, TopicCatalog } from '../catalog/types'
import { RequestCode } from '../protocol/codes'
import { checkTransactionStateHeader, writeHeader } from '../protocol/headers'
import { createOffsetId } from '../protocol/message-id'
import { SystemGroup, SystemTopic } from '../protocol/names'
import { Property, parseProperties, propertyOfBytes } from '../protocol/properties'
import { decodeRecord, type StoredRecord } from '../protocol/record'
import type { Producers } from '../session/types'
import type { Appended, MessageStore, NewMessage, PutStatus } from '../store/types'
import {
  checkBody,
  checkedAgain,
  immunityOf,
  prepared,
  preparedQueueId,
  setAside,
  type Waiting,
  waitingAgain,
  waitingOf,
} from './prepared-message'
import { createPreparedNotes, type PreparedNotes } from './prepared-notes'
import type { PreparedMessages } from './types'

/** Read at each use: they change while the broker runs. */
export interface PreparedSettings {
  readonly transactionTimeOut: number
  readonly transactionCheckMax: number
  readonly transactionCheckInterval: number
  readonly transactionOpMsgMaxSize: number
  /** Hours. */
  readonly fileReservedTime: number
}
export interface PreparedOptions {
  brokerName: string
  storeHost: Buffer
  settings: PreparedSettings
  store: MessageStore
  topics: TopicCatalog
  offsets: OffsetCatalog
  producers: Producers
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
  /** TRANS_CHECK_MAX_TIME_TOPIC was made: for the name servers. */
  onTopicMade: (topic: string) => void
  onStored: (topic: string, queueId: number, sizeBytes: number) => void
}

/** Knows all notes when it resolves: whoever ends a transaction then is answered rightly. */
export async function openPrepared(options: PreparedOptions): Promise<PreparedMessages> {
  const messages = new Messages(options)
  await messages.load()
  return messages
}

const half = SystemTopic.transactionHalf
const group = SystemGroup.transaction
const batchMessages = 64
const batchBytes = 1024 * 1024
/** Rounds for messages with a time of their own come no closer together. */
const minRoundGapMs = 1000
/** A round ends after so long and goes on with the next. */
const maxRoundMs = 60_000
/** So many settled ones may lie behind one that waits long before that one is put at the queue's end. */
const maxSettledBehind = 10_000
/** A producer that does not read is not asked more. */
const maxUnsentBytes = 16 * 1024 * 1024
/** setTimeout takes no more. */
const maxTimerMs = 0x7fff_ffff

class Messages implements PreparedMessages {
  readonly #options: PreparedOptions
  readonly #notes: PreparedNotes
  /** What waits, by queueOffset, of all before `#seenTo`; ascending, as a queue is read. */
  readonly #waiting = new Map<number, Waiting>()
  /** What is done of all from `#seenTo` on. */
  #settled = new Set<number>()
  #seenTo = 0
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> = Promise.resolve()
  #isRunning = false
  #isChecking = false
  #lastRegularMs = 0
  #lastRoundMs = 0
  /** When the first of those with a time of their own is due. */
  #wakeAtMs = Number.POSITIVE_INFINITY

  constructor(options: PreparedOptions) {
    this.#options = options
    this.#notes = createPreparedNotes({ ...options, maxNoteBytes: () => options.settings.transactionOpMsgMaxSize })
  }

  async load(): Promise<void> {
    const { store, offsets } = this.#options
    const known = offsets.query(group, half, preparedQueueId)
    this.#seenTo = known < 0 ? store.minOffset(half, preparedQueueId) : known
    const notesFrom = offsets.query(group, SystemTopic.transactionOp, preparedQueueId)
    this.#settled = await this.#notes.load(Math.max(0, notesFrom), this.#seenTo)
  }

  hold(message: NewMessage, uniqueKey: string): NewMessage {
    const held = prepared(message, uniqueKey)
    const immunityMs = immunityOf(parseProperties(held.properties))
    if (immunityMs !== undefined) this.#wakeBy(Math.min(held.bornTimestampMs, this.#options.clock()) + immunityMs)
    return held
  }

  async at(commitLogOffset: number): Promise<StoredRecord | undefined> {
    const bytes = await this.#options.store.recordAt(commitLogOffset)
    if (bytes === undefined) return undefined
    const record = decodeRecord(bytes)
    return record.topic === half && (await this.liesInQueue(record)) ? record : undefined
  }

  async liesInQueue({ topic, queueId, queueOffset, commitLogOffset }: StoredRecord): Promise<boolean> {
    const unit = await this.#options.store.unitAt(topic, queueId, queueOffset)
    return unit?.commitLogOffset === commitLogOffset
  }

  isWaiting(queueOffset: number): boolean {
    if (queueOffset < this.#seenTo) return this.#waiting.has(queueOffset)
    const isStored = queueOffset < this.#options.store.maxOffset(half, preparedQueueId)
    return isStored && !this.#settled.has(queueOffset)
  }

  async waitsAs(record: StoredRecord): Promise<number | 'set-aside' | undefined> {
    if (this.isWaiting(record.queueOffset)) return record.queueOffset
    // settled, set aside, or put again: then its newest copy has the same unique key, and may be in no queue yet
    await this.#allSafe()
    const copies = await this.#copiesIn(half, record)
    const newest = copies.reduce((a, b) => Math.max(a, b), -1)
    if (this.isWaiting(newest)) return newest
    return (await this.#copiesIn(SystemTopic.transactionCheckMaxTime, record)).length > 0 ? 'set-aside' : undefined
  }

  /** Queue offsets of what was stored since with the record's unique key. */
  async #copiesIn(topic: string, record: StoredRecord): Promise<number[]> {
    const { store, clock } = this.#options
    const key = propertyOfBytes(record.properties, Property.uniqueKey)
    if (key === undefined) return []
    const { records } = await store.query(topic, key, batchMessages, record.storeTimestampMs, clock() + maxRoundMs)
    return records
      .map((bytes) => decodeRecord(bytes))
      .filter((copy) => copy.topic === topic && propertyOfBytes(copy.properties, Property.uniqueKey) === key)
      .map((copy) => copy.queueOffset)
  }

  settle(queueOffset: number): void {
    if (queueOffset < this.#seenTo) this.#waiting.delete(queueOffset)
    else this.#settled.add(queueOffset)
    this.#notes.add(queueOffset)
  }

  resume(record: StoredRecord): Appended {
    return this.#put(checkedAgain(record, 0))
  }

  #put(message: NewMessage): Appended {
    const { store, onStored } = this.#options
    const appended = store.append(message)
    onStored(message.topic, message.queueId, appended.sizeBytes)
    return appended
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#lastRegularMs = this.#options.clock()
    this.#wakeBy(0) // to learn what waits since before the start
  }

  settingsChanged(): void {
    this.#arm()
  }

  get #nextRegularMs(): number {
    return this.#lastRegularMs + this.#options.settings.transactionCheckInterval
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    clearTimeout(this.#timer)
    await this.#round
    this.#notes.flush()
    await this.#saveProgress()
  }

  #wakeBy(atMs: number): void {
    if (atMs >= this.#wakeAtMs) return
    this.#wakeAtMs = atMs
    this.#arm()
  }

  #arm(): void {
    if (!this.#isRunning || this.#isChecking) return // the end of a round arms the next
    clearTimeout(this.#timer)
    const wakeAtMs = Math.max(this.#wakeAtMs, this.#lastRoundMs + minRoundGapMs)
    const waitMs = Math.min(this.#nextRegularMs, wakeAtMs) - this.#options.clock()
    this.#timer = setTimeout(() => this.#tick(), Math.min(Math.max(0, waitMs), maxTimerMs))
    this.#timer.unref()
  }

  #tick(): void {
    const { clock, log } = this.#options
    const nowMs = clock()
    const isRegular = nowMs >= this.#nextRegularMs
    if (isRegular) this.#lastRegularMs = nowMs
    this.#lastRoundMs = nowMs
    this.#isChecking = true
    this.#round = this.#check(isRegular)
      .catch((error: unknown) => {
        log('warn', `checking transactions: ${error instanceof Error ? error.message : error}`)
      })
      .then(() => {
        this.#isChecking = false
        this.#arm()
      })
  }

  /** Asks about all that is due: in a regular round everything, else only what has a time of its own. */
  async #check(isRegular: boolean): Promise<void> {
    const startedMs = this.#options.clock()
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    this.#notes.flush()
    await this.#see()
    const due: number[] = []
    for (const [queueOffset, { dueMs, hasOwnTime }] of this.#waiting) {
      if (dueMs <= startedMs && (isRegular || hasOwnTime)) due.push(queueOffset)
      else if (hasOwnTime) this.#wakeAtMs = Math.min(this.#wakeAtMs, dueMs)
    }
    let done = 0
    for (const queueOffset of due) {
      if (!this.#isRunning || this.#options.clock() - startedMs > maxRoundMs) break
      await this.#withWaiting(queueOffset, (record, waiting) => this.#ask(record, waiting))
      done += 1
      if (done % batchMessages === 0) await nextTurn()
    }
    await this.#shortenTail()
    if (isRegular || done > 0) await this.#saveProgress()
  }

  /** Reads what came since the last round. */
  async #see(): Promise<void> {
    const { store, log } = this.#options
    while (this.#isRunning) {
      const got = store.get({
        topic: half,
        queueId: preparedQueueId,
        queueOffset: this.#seenTo,
        maxMessages: batchMessages,
        maxBytes: batchBytes,
      })
      const result = got instanceof Promise ? await got : got
      try {
        for (const piece of result.records) this.#note(piece)
      } finally {
        result.release()
      }
      if (result.status !== 'found') {
        const next = result.maxOffset === 0 ? 0 : result.nextBeginOffset
        if (next === this.#seenTo) return
        log('warn', `prepared messages: ${result.status} at ${this.#seenTo}, going on at ${next}`)
        this.#seenTo = next
        for (const offset of this.#settled) if (offset < next) this.#settled.delete(offset)
        if (result.maxOffset === 0) return
      }
      await nextTurn()
    }
  }

  #note(records: Buffer): void {
    const { transactionTimeOut, transactionCheckInterval } = this.#options.settings
    for (let at = 0; at < records.length; ) {
      const record = decodeRecord(records, at)
      at += record.totalSize
      const isDone = this.#settled.delete(record.queueOffset)
      if (!isDone)
        this.#waiting.set(record.queueOffset, waitingOf(record, transactionTimeOut, transactionCheckInterval))
      this.#seenTo = record.queueOffset + 1
    }
  }

  /** Calls `work` with the record if it still waits, in the turn in which that was seen. */
  async #withWaiting(queueOffset: number, work: (record: StoredRecord, waiting: Waiting) => void): Promise<void> {
    const got = this.#options.store.get({
      topic: half,
      queueId: preparedQueueId,
      queueOffset,
      maxMessages: 1,
      maxBytes: batchBytes,
    })
    const result = got instanceof Promise ? await got : got
    try {
      const waiting = this.#waiting.get(queueOffset)
      if (waiting === undefined) return
      const [bytes] = result.records
      const record = bytes === undefined ? undefined : decodeRecord(bytes)
      if (record?.queueOffset === queueOffset) work(record, waiting)
      else this.#waiting.delete(queueOffset) // retention took it
    } finally {
      result.release()
    }
  }

  #ask(record: StoredRecord, { checks }: Waiting): void {
    const { settings, clock, log } = this.#options
    const isOld = clock() - record.bornTimestampMs > settings.fileReservedTime * 3_600_000
    if (checks >= settings.transactionCheckMax || isOld) {
      this.#makeTopic()
      const { commitLogOffset } = this.#put(setAside(record))
      this.settle(record.queueOffset)
      const why = isOld ? 'is too old' : `was asked for ${checks} times`
      log('warn', `a prepared message ${why}: set aside at ${commitLogOffset}, it was at ${record.commitLogOffset}`)
      return
    }
    const again = checkedAgain(record, checks + 1)
    const place = this.#put(again)
    this.settle(record.queueOffset)
    this.#askProducer(record, again, place)
  }

  #askProducer(record: StoredRecord, again: NewMessage, place: Appended): void {
    const { producers, storeHost, brokerName } = this.#options
    const properties = parseProperties(record.properties)
    const producer = producers.next(properties.get(Property.producerGroup) ?? '')
    if (producer === undefined || producer.connection.unsentBytes > maxUnsentBytes) return // asked again in the next round
    const uniqueKey = properties.get(Property.uniqueKey)
    const header = writeHeader(checkTransactionStateHeader, {
      topic: half,
      tranStateTableOffset: place.queueOffset,
      commitLogOffset: place.commitLogOffset,
      msgId: uniqueKey,
      transactionId: uniqueKey,
      offsetMsgId: createOffsetId(storeHost, place.commitLogOffset),
      bname: brokerName,
    })
    producer.connection.oneway(RequestCode.CHECK_TRANSACTION_STATE, header, checkBody(record, again, place))
  }

  #makeTopic(): void {
    const { topics, onTopicMade } = this.#options
    const name = SystemTopic.transactionCheckMaxTime
    if (topics.get(name) !== undefined) return
    topics.put(newTopic(name, 1))
    onTopicMade(name)
  }

  /** Notes are kept from the first that waits on: one that waits for hours must not keep those of hours. */
  async #shortenTail(): Promise<void> {
    while (this.#isRunning) {
      const [first = this.#seenTo] = this.#waiting.keys()
      if (this.#seenTo - first - this.#waiting.size <= maxSettledBehind) return
      await this.#withWaiting(first, (record) => {
        this.#put(waitingAgain(record))
        this.settle(first)
      })
    }
  }

  #allSafe(): Promise<PutStatus> {
    const { store } = this.#options
    return new Promise((resolve) => store.whenSafe(store.commitLog.tail, true, resolve))
  }

  /** A power cut must not find a progress that is ahead of what was put again. */
  async #saveProgress(): Promise<void> {
    const { log } = this.#options
    const [first = this.#seenTo] = this.#waiting.keys()
    const notesFrom = this.#notes.neededFrom(first)
    if ((await this.#allSafe()) === 'failed')
      return log('warn', 'the progress of transaction checks cannot be noted: the disk failed')
    this.#commit(half, first)
    this.#commit(SystemTopic.transactionOp, notesFrom)
  }

  /** As in Apache, the group is no reader of a queue that held nothing yet. */
  #commit(topic: string, queueOffset: number): void {
    const { offsets, store } = this.#options
    const isFirst = offsets.query(group, topic, preparedQueueId) < 0
    if (isFirst && queueOffset <= store.minOffset(topic, preparedQueueId)) return
    offsets.commit(group, topic, preparedQueueId, queueOffset)
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
