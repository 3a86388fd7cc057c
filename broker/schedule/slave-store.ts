// broker/schedule/slave-store.ts: a slave's store, as those see it who would put messages. Its log is a copy of its master's: a
// single record of its own would make another log of it, so nothing is ever put there. While the slave acts as master
// (enableSlaveActingMaster), what is due escapes: it is put at a master of another name instead.
import type {
  Appended,
  BeforeRemoval,
  GetQuery,
  MessageStore,
  NewMessage,
  PutStatus,
  QueryResult,
} from '../store/types'
import { StoreError } from '../store/types'

/** Puts a message at another master. Resolves once it is stored there; rejects when the acting ends before. */
export type Escape = (message: NewMessage) => Promise<void>

/** Reads as the store does; refuses whatever is put. */
export const openReadOnlyStore = (store: MessageStore): MessageStore => new ReadOnly(store)

export interface EscapeStore extends MessageStore {
  /** What is put from now on escapes. */
  begin(letEscape: Escape): void
  /** What has not escaped yet counts as failed: whoever put it tries again when its turn comes. */
  end(): void
}
export const openEscapeStore = (store: MessageStore, clock: () => number): EscapeStore => new Escaping(store, clock)

class ReadOnly implements MessageStore {
  protected readonly inner: MessageStore
  constructor(store: MessageStore) {
    this.inner = store
  }

  append(_message: NewMessage, _waits?: boolean): Appended {
    throw isSlave()
  }
  appendBatch(_messages: readonly NewMessage[], _waits?: boolean): Appended[] {
    throw isSlave()
  }
  whenSafe(commitLogOffset: number, waits: boolean, done: (status: PutStatus) => void): void {
    this.inner.whenSafe(commitLogOffset, waits, done)
  }
  get(query: GetQuery) {
    return this.inner.get(query)
  }
  recordAt(commitLogOffset: number, sizeBytes?: number): Promise<Buffer | undefined> {
    return this.inner.recordAt(commitLogOffset, sizeBytes)
  }
  minOffset(topic: string, queueId: number): number {
    return this.inner.minOffset(topic, queueId)
  }
  maxOffset(topic: string, queueId: number): number {
    return this.inner.maxOffset(topic, queueId)
  }
  offsetByTime(topic: string, queueId: number, timestampMs: number, boundary?: 'lower' | 'upper'): Promise<number> {
    return this.inner.offsetByTime(topic, queueId, timestampMs, boundary)
  }
  storeTimeOf(topic: string, queueId: number, queueOffset: number): Promise<number> {
    return this.inner.storeTimeOf(topic, queueId, queueOffset)
  }
  earliestStoreTime(topic: string, queueId: number): Promise<number> {
    return this.inner.earliestStoreTime(topic, queueId)
  }
  inMemory(topic: string, queueId: number, queueOffset: number): boolean {
    return this.inner.inMemory(topic, queueId, queueOffset)
  }
  unitAt(topic: string, queueId: number, queueOffset: number) {
    return this.inner.unitAt(topic, queueId, queueOffset)
  }
  query(topic: string, key: string, maxCount: number, beginMs: number, endMs: number): Promise<QueryResult> {
    return this.inner.query(topic, key, maxCount, beginMs, endMs)
  }
  onArrival(listener: Parameters<MessageStore['onArrival']>[0]): void {
    this.inner.onArrival(listener)
  }
  beforeRemoval(listener: BeforeRemoval): void {
    this.inner.beforeRemoval(listener)
  }
  queuesOf(topic: string): readonly number[] {
    return this.inner.queuesOf(topic)
  }
  deleteTopic(topic: string): Promise<void> {
    return this.inner.deleteTopic(topic)
  }
  get topics() {
    return this.inner.topics
  }
  get commitLog() {
    return this.inner.commitLog
  }
  get ledger() {
    return this.inner.ledger
  }
  get statistics() {
    return this.inner.statistics
  }
  get writable() {
    return this.inner.writable
  }
  setFlushPolicy(policy: Parameters<MessageStore['setFlushPolicy']>[0]): void {
    this.inner.setFlushPolicy(policy)
  }
  cleanExpiredConsumeQueues(): Promise<number> {
    return this.inner.cleanExpiredConsumeQueues()
  }
  deleteExpiredCommitLog(): Promise<number> {
    return this.inner.deleteExpiredCommitLog()
  }
  close(): Promise<void> {
    return this.inner.close()
  }
}

const isSlave = (): StoreError =>
  new StoreError('not-writable', 'this broker is a slave: its log is a copy of its master')

/** So many may be on their way: whoever puts more waits, as with a store that is busy. */
const maxUnderWay = 4096
/** As `maxUnderWay`, of what they hold in memory. */
const maxUnderWayBytes = 64 * 1024 * 1024
const tooMany = `${maxUnderWay} messages, or ${maxUnderWayBytes} bytes of them, are still escaping`

interface UnderWay {
  isDone: boolean
  readonly sizeBytes: number
}
interface Waiter {
  readonly after: UnderWay
  readonly tell: (status: PutStatus) => void
}

class Escaping extends ReadOnly implements EscapeStore {
  readonly #clock: () => number
  #escape: Escape | undefined
  /** In the order in which they were put. */
  #underWay: UnderWay[] = []
  /** Of those that are not done. */
  #bytes = 0
  /** In the order of asking. */
  #waiters: Waiter[] = []

  constructor(store: MessageStore, clock: () => number) {
    super(store)
    this.#clock = clock
  }

  begin(letEscape: Escape): void {
    this.#escape = letEscape
  }

  end(): void {
    this.#escape = undefined
    this.#underWay = []
    this.#bytes = 0
    for (const { tell } of this.#waiters.splice(0)) tell('failed')
  }

  /** It has no place in this log, so none that a power cut could take: whenSafe waits for the escape instead. */
  override append(message: NewMessage): Appended {
    if (this.#escape === undefined) throw isSlave()
    if (this.#underWay.length >= maxUnderWay || this.#bytes >= maxUnderWayBytes) {
      throw new StoreError('busy', tooMany) // the same each time: it is logged when it is news
    }
    const one: UnderWay = { isDone: false, sizeBytes: message.body.length + message.properties.length }
    this.#underWay.push(one)
    this.#bytes += one.sizeBytes
    const acting = this.#underWay
    this.#escape(message).then(
      () => this.#underWay === acting && this.#done(one),
      () => {}, // the acting has ended
    )
    return { commitLogOffset: this.commitLog.flushedTo, queueOffset: 0, sizeBytes: 0, storeTimestampMs: this.#clock() }
  }
  override appendBatch(messages: readonly NewMessage[]): Appended[] {
    return messages.map((message) => this.append(message))
  }

  override whenSafe(commitLogOffset: number, waits: boolean, done: (status: PutStatus) => void): void {
    const last = this.#underWay.at(-1)
    if (last === undefined) super.whenSafe(commitLogOffset, waits, done)
    else this.#waiters.push({ after: last, tell: done })
  }

  /** Segments stay while what waits in them cannot be put again. */
  override beforeRemoval(listener: BeforeRemoval): void {
    super.beforeRemoval((upTo, restore) =>
      this.#escape === undefined ? listener(upTo, restore) : Promise.resolve(false),
    )
  }

  #done(one: UnderWay): void {
    one.isDone = true
    this.#bytes -= one.sizeBytes
    let count = 0
    while (this.#underWay[count]?.isDone) count += 1
    if (count === 0) return
    const passed = new Set(this.#underWay.splice(0, count))
    while (this.#waiters[0] !== undefined && passed.has(this.#waiters[0].after)) this.#waiters.shift()?.tell('ok')
  }
}
