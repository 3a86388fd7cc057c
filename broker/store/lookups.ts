// broker/store/lookups.ts: everything that is asked of a store and changes nothing: pulls, single records, offsets, times, keys.
import { unitOffset, unitSize, unitTagsCode } from './consume-queue'
import { textOf } from './health'
import type { Parts } from './parts'
import { offsetByTime, storeTimeOf, type TimeAt } from './queue-times'
import { get, readRecord } from './reading'
import { checkedRecord, storeTimeIn, timeFieldsBytes } from './record-check'
import type { Statistics } from './statistics'
import { type GetQuery, type GetResult, type MessageStore, type QueryResult, StoreError } from './types'

const maxQueryResults = 64

export type Lookups = Pick<
  MessageStore,
  | 'get'
  | 'recordAt'
  | 'minOffset'
  | 'maxOffset'
  | 'offsetByTime'
  | 'storeTimeOf'
  | 'earliestStoreTime'
  | 'inMemory'
  | 'unitAt'
  | 'query'
  | 'queuesOf'
  | 'topics'
>
export const createLookups = (parts: Parts, statistics: Statistics): Lookups => new Desk(parts, statistics)

class Desk implements Lookups {
  readonly #parts: Parts
  readonly #statistics: Statistics

  constructor(parts: Parts, statistics: Statistics) {
    this.#parts = parts
    this.#statistics = statistics
  }

  get(query: GetQuery): GetResult | Promise<GetResult> {
    const began = performance.now()
    const { queues, log, cold, limits } = this.#parts
    const queue = queues.find(query.topic, query.queueId)
    const result = get({ log, cold, limits }, queue, query)
    if (!(result instanceof Promise)) return this.#counted(result, began)
    return result.then(
      (late) => this.#counted(late, began),
      (error: unknown) => {
        // its topic was deleted while its files were read
        if (queue?.removed) return this.get(query)
        throw new StoreError('io', `${query.topic}-${query.queueId} cannot be read: ${textOf(error)}`, { cause: error })
      },
    )
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

  queuesOf(topic: string): readonly number[] {
    return [...(this.#parts.queues.ofTopic(topic)?.keys() ?? [])].sort((a, b) => a - b)
  }
  get topics(): Iterable<string> {
    return this.#parts.queues.topics
  }

  #counted(result: GetResult, began: number): GetResult {
    this.#statistics.getDone(result.messageCount > 0, result.messageCount, performance.now() - began)
    return result
  }

  readonly #timeAt: TimeAt = async (offset, size) => {
    const { log, cold, limits } = this.#parts
    const record = await readRecord({ log, cold, limits }, offset, Math.min(size, timeFieldsBytes))
    return record === undefined ? undefined : storeTimeIn(record)
  }
}
