// broker/processor/pop-take.ts: takes messages out of queues for one pop: reads from where the group stands, notes what was
// taken, and makes what the client puts its handles together from. A queue that another pop is reading is passed by.
import type { MessageFilter } from '../filter/message-filter'
import { messageOffsetInfo, startOffsetInfo, writeReceipt } from '../protocol/pop'
import { encodeProperties, Property, parseProperties } from '../protocol/properties'
import { areWhole, decodeRecord, encodeRecord, peek, piecesOf, recordSize } from '../protocol/record'
import { damageLine, noRecord } from '../schedule/damage'
import type { GetResult } from '../store/types'
import type { BrokerContext } from './context'
import { getFor } from './get-for'
import { popOffset } from './pop-check'

export interface TakeOptions {
  readonly topic: string
  readonly group: string
  readonly maxMessages: number
  readonly invisibleMs: number
  readonly initMode: number
  readonly isOrdered: boolean
  readonly attemptId: string | undefined
  readonly filter: MessageFilter | undefined
  readonly popTimeMs: number
  readonly reviveQueueId: number
}

/** The store has limits of its own (maxTransfer...OnMessageIn...). */
const maxBytes = 0x7fff_ffff
/** Where a filter leaves everything out, so many stretches of a queue are looked through at once. */
const maxStretches = 16

/** What one pop has so far. */
export class Harvest {
  readonly records: Buffer[] = []
  readonly startOffsets: string[] = []
  readonly messageOffsets: string[] = []
  readonly orderCounts: string[] = []
  /** How many wait behind what was taken. */
  rest = 0
  count = 0
  /** Queues that another pop was reading. */
  readonly passedBy: string[] = []
  /** A filter left out so much that the look ended before the queue did. */
  isUnfinished = false
  /** How far the queues reached in which nothing more was found. */
  readonly #ends: { topic: string; queueId: number; maxOffset: number }[] = []
  readonly #broker: BrokerContext
  readonly #asked: TakeOptions
  readonly #releases: (() => void)[] = []

  constructor(broker: BrokerContext, asked: TakeOptions) {
    this.#broker = broker
    this.#asked = asked
  }

  /** Messages came behind a look that had ended. */
  get hasMissed(): boolean {
    const { store } = this.#broker
    return this.#ends.some(({ topic, queueId, maxOffset }) => store.maxOffset(topic, queueId) > maxOffset)
  }
  get isFull(): boolean {
    return this.count >= this.#asked.maxMessages
  }
  /** The records' memory may be used again. */
  release(): void {
    for (const release of this.#releases.splice(0)) release()
  }

  /** All queues of a topic, the last one first (`priorityOrderAsc`), or from as many behind that as the seed says. */
  async fromTopic(topic: string, seed: number): Promise<void> {
    const { topics, settings } = this.#broker
    const queues = topics.get(topic)?.readQueueNums ?? 0
    for (let step = 0; step < queues; step++) {
      const at = settings.priorityOrderAsc ? queues - 1 - step : step
      await this.fromQueue(topic, (seed + at) % queues)
    }
  }

  async fromQueue(topic: string, queueId: number): Promise<void> {
    const { group, isOrdered, initMode } = this.#asked
    const { pop, store } = this.#broker
    const key = `${topic}@${group}@${queueId}`
    if (pop.reading.has(key)) {
      const behind = store.maxOffset(topic, queueId) - popOffset(this.#broker, topic, group, queueId, initMode, false)
      if (!isOrdered) this.rest += Math.max(0, behind)
      this.passedBy.push(key)
      return
    }
    pop.reading.add(key)
    try {
      await this.#read(topic, queueId)
    } finally {
      pop.reading.delete(key)
    }
  }

  async #read(topic: string, queueId: number): Promise<void> {
    const { group, isOrdered, attemptId, invisibleMs } = this.#asked
    const { pop, store, log } = this.#broker
    let offset = this.#begin(topic, queueId)
    let isAlone = false
    if (isOrdered && pop.orders.isBlocked(topic, group, queueId, attemptId, invisibleMs)) return
    for (let stretch = 0; ; stretch++) {
      const maxOffset = Math.max(0, store.maxOffset(topic, queueId))
      if (this.isFull || offset >= maxOffset) {
        if (offset > maxOffset) this.#pass(topic, queueId, maxOffset) // what lay there is gone
        this.rest += Math.max(0, maxOffset - offset)
        if (!this.isFull) this.#ends.push({ topic, queueId, maxOffset })
        return
      }
      const result = await this.#get(topic, queueId, offset, isAlone ? 1 : this.#asked.maxMessages - this.count)
      const { nextBeginOffset } = result
      const pieces = piecesOf(result.records)
      const isTorn = !areWhole(pieces)
      if (result.status === 'found' && !isTorn) {
        this.#keep(topic, queueId, offset, result, pieces)
        this.rest += Math.max(0, result.maxOffset - nextBeginOffset)
        return
      }
      result.release()
      if (isTorn && !isAlone) {
        isAlone = true // what lies beside it can still be read
        continue
      }
      isAlone = false
      if (isTorn) log('error', damageLine(`the message at offset ${offset} of queue ${queueId} of ${topic}`, noRecord))
      if (nextBeginOffset === offset || stretch >= maxStretches) {
        this.isUnfinished ||= stretch >= maxStretches
        this.rest += Math.max(0, maxOffset - offset)
        return
      }
      this.#pass(topic, queueId, nextBeginOffset)
      offset = nextBeginOffset
    }
  }

  #begin(topic: string, queueId: number): number {
    const { group, initMode } = this.#asked
    const { offsets, pop } = this.#broker
    const reset = offsets.takeReset(group, topic, queueId)
    if (reset !== undefined) {
      pop.orders.clear(topic, group, queueId)
      pop.journal.forget(topic, group, queueId)
      offsets.commit(group, topic, queueId, reset)
    }
    return popOffset(this.#broker, topic, group, queueId, initMode, true)
  }

  #get(topic: string, queueId: number, queueOffset: number, maxMessages: number): GetResult | Promise<GetResult> {
    const { filter } = this.#asked
    // what comes again passed the filter before
    const filters = filter === undefined || topic !== this.#asked.topic ? {} : { filter }
    const query = { topic, queueId, queueOffset, maxMessages, maxBytes, ...filters }
    return getFor(this.#broker, this.#asked.group, query)
  }

  #pass(topic: string, queueId: number, nextOffset: number): void {
    const { group, isOrdered } = this.#asked
    if (isOrdered) this.#broker.offsets.commit(group, topic, queueId, nextOffset)
    else this.#broker.pop.journal.skip(topic, group, queueId, nextOffset)
  }

  #keep(topic: string, queueId: number, startOffset: number, result: GetResult, pieces: readonly Buffer[]): void {
    const asked = this.#asked
    const { group, popTimeMs, invisibleMs, reviveQueueId, attemptId } = asked
    const { pop, offsets, counters, clock } = this.#broker
    const queueOffsets = pieces.map((piece) => peek.queueOffset(piece, 0))
    const taken = { topic, group, queueId, queueOffsets, popTimeMs, invisibleMs }
    try {
      if (asked.isOrdered) {
        this.orderCounts.push(...pop.orders.popped({ ...taken, attemptId }))
        offsets.commit(group, topic, queueId, startOffset)
      } else {
        pop.journal.take({ ...taken, startOffset, nextOffset: result.nextBeginOffset, reviveQueueId })
        offsets.notePull(group, topic, queueId, result.nextBeginOffset)
      }
    } catch (error) {
      result.release()
      throw error
    }
    this.startOffsets.push(startOffsetInfo(topic, queueId, startOffset))
    this.messageOffsets.push(messageOffsetInfo(topic, queueId, queueOffsets))
    this.count += pieces.length
    counters.got(group, asked.topic, queueId, pieces.length, result.sizeBytes, clock() - popTimeMs)
    if (topic === asked.topic || this.#broker.settings.popResponseReturnActualRetryTopic) {
      this.records.push(...result.records)
      this.#releases.push(() => result.release())
      return
    }
    for (const piece of pieces) this.records.push(this.#renamed(piece, topic, queueId, startOffset))
    result.release()
  }

  /** A retry as the client wants it: under the topic it subscribed, with its handle. */
  #renamed(piece: Buffer, topic: string, queueId: number, startOffset: number): Buffer {
    const { popTimeMs, invisibleMs, reviveQueueId } = this.#asked
    const record = decodeRecord(piece)
    const properties = parseProperties(record.properties)
    if (!properties.has(Property.popCheckpoint)) {
      const { brokerName } = this.#broker.identity
      const receipt = { startOffset, popTimeMs, invisibleMs, reviveQueueId, brokerName }
      properties.set(Property.popCheckpoint, writeReceipt(receipt, topic, queueId, record.queueOffset))
    }
    const parts = { ...record, topic: this.#asked.topic, properties: encodeProperties(properties) }
    const { queueOffset, commitLogOffset, storeTimestampMs, storeHost } = record
    const bytes = Buffer.allocUnsafe(recordSize(parts, storeHost.length))
    encodeRecord(bytes, 0, parts, queueOffset, commitLogOffset, storeTimestampMs, storeHost)
    return bytes
  }
}
