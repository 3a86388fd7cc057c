// broker/store/consume-queues.ts: the table of all consume queues, by topic and queue id. Owner of their lifetimes, of when
// they are flushed and of how much memory they use together. Thousands of queues share a bounded number of open files.
import { dirname, join } from 'node:path'
import type { Files } from '../file/files'
import { createHandlePool, type HandlePool } from '../file/handle-pool'
import { emptySegmentRow, openSegmentRow, type RowPlace, segmentName } from '../file/segment-row'
import { ConsumeQueue, isNowhere, unit, unitOffset, unitSize } from './consume-queue'
import { findEndByHalving, findEndByReading, type QueueEnd } from './queue-recovery'

export interface QueuesOptions {
  files: Files
  folder: string
  segmentBytes: number
  maxOpenFiles: number
  /** Clean queues that nobody uses give their memory back over this. */
  maxMemoryBytes: number
}

export interface ConsumeQueues {
  readonly topics: Iterable<string>
  readonly all: Iterable<ConsumeQueue>
  find(topic: string, queueId: number): ConsumeQueue | undefined
  need(topic: string, queueId: number): ConsumeQueue
  ofTopic(topic: string): ReadonlyMap<number, ConsumeQueue> | undefined
  /** Finds the queues on disk and where each ends. `trusted` after an orderly stop. */
  load(trusted: boolean): Promise<void>
  /** To be called for a queue that got units. */
  touched(queue: ConsumeQueue): void
  /** Flushes queues with at least so many dirty units. Answers with how many it flushed. */
  flush(leastUnits: number): Promise<number>
  /** Moves each queue's minimum to its first message that the commit log still has, and removes files before it. */
  follow(minCommitLogOffset: number): Promise<void>
  removeTopic(topic: string): Promise<void>
  /** Removes queues whose every message is gone from the commit log. Answers with how many. */
  removeExpired(minCommitLogOffset: number, keeps: (topic: string) => boolean): Promise<number>
  close(): void
}
export const createConsumeQueues = (options: QueuesOptions): ConsumeQueues => new Table(options)

class Table implements ConsumeQueues {
  readonly #options: QueuesOptions
  readonly #pool: HandlePool
  readonly #topics = new Map<string, Map<number, ConsumeQueue>>()
  /** Queues with units that are not synced. */
  readonly #dirty = new Set<ConsumeQueue>()
  /** Queues that had no file when they got their first unit, and how many of them are safe with all their folders. */
  #newQueues = 0
  #newQueuesSynced = 0
  /** Queues with memory of their own. */
  readonly #resident = new Set<ConsumeQueue>()

  constructor(options: QueuesOptions) {
    this.#options = options
    this.#pool = createHandlePool(options.files, options.maxOpenFiles)
  }

  get topics(): Iterable<string> {
    return this.#topics.keys()
  }
  get all(): Iterable<ConsumeQueue> {
    return everyQueue(this.#topics)
  }

  find(topic: string, queueId: number): ConsumeQueue | undefined {
    return this.#topics.get(topic)?.get(queueId)
  }

  ofTopic(topic: string): ReadonlyMap<number, ConsumeQueue> | undefined {
    return this.#topics.get(topic)
  }

  need(topic: string, queueId: number): ConsumeQueue {
    const queues = this.#topics.get(topic)
    const found = queues?.get(queueId)
    if (found !== undefined) return found
    const queue = new ConsumeQueue(topic, queueId, emptySegmentRow(this.#place(this.#folder(topic, queueId))))
    if (queues === undefined) this.#topics.set(topic, new Map([[queueId, queue]]))
    else queues.set(queueId, queue)
    return queue
  }

  async load(trusted: boolean): Promise<void> {
    const { files, folder } = this.#options
    for (const topic of await files.list(folder)) {
      if (!topic.isFolder) continue
      for (const entry of await files.list(join(folder, topic.name))) {
        const queueId = Number(entry.name)
        if (!entry.isFolder || !Number.isInteger(queueId)) continue
        const row = await openSegmentRow(this.#place(join(folder, topic.name, entry.name)))
        if (row.starts.length === 0) continue
        const found = trusted ? findEndByHalving(row) : findEndByReading(row)
        const queue = new ConsumeQueue(topic.name, queueId, row)
        queue.restore(found.first, found.max, found.commitLogOffset, found.commitLogEnd)
        await dropFilesAfter(queue, found)
        const queues = this.#topics.get(topic.name)
        if (queues === undefined) this.#topics.set(topic.name, new Map([[queueId, queue]]))
        else queues.set(queueId, queue)
      }
    }
  }

  touched(queue: ConsumeQueue): void {
    queue.busy = true
    if (!queue.listed) {
      queue.listed = true
      if (queue.row.starts.length === 0) this.#newQueues++
      this.#dirty.add(queue)
    }
    if (!queue.resident) {
      queue.resident = true
      this.#resident.add(queue)
    }
  }

  async flush(leastUnits: number): Promise<number> {
    let flushed = 0
    const newQueues = this.#newQueues
    for (const queue of [...this.#dirty]) {
      if (queue.removed || queue.dirtyUnits < leastUnits) continue
      try {
        await queue.flush()
      } catch (error) {
        if (queue.removed) continue // its topic was deleted meanwhile
        throw error
      }
      flushed++
      if (queue.unsynced) continue
      queue.listed = false
      this.#dirty.delete(queue)
    }
    if (leastUnits === 0 && newQueues > this.#newQueuesSynced) {
      // folders of topics that came with them, once for all
      await this.#options.files.syncFolder(this.#options.folder)
      await this.#options.files.syncFolder(dirname(this.#options.folder))
      this.#newQueuesSynced = newQueues
    }
    this.#boundMemory()
    return flushed
  }

  async follow(minCommitLogOffset: number): Promise<void> {
    for (const queue of [...this.all]) {
      await moveMinimum(queue, minCommitLogOffset)
      const { row } = queue
      while (row.starts.length > 1 && (row.starts[1] ?? 0) <= queue.minOffset * unit.size) await row.removeFirst()
    }
  }

  async removeTopic(topic: string): Promise<void> {
    const queues = this.#topics.get(topic)
    this.#topics.delete(topic)
    for (const queue of queues?.values() ?? []) this.#forget(queue)
    await this.#options.files.remove(join(this.#options.folder, topic))
  }

  async removeExpired(minCommitLogOffset: number, keeps: (topic: string) => boolean): Promise<number> {
    let removed = 0
    for (const [topic, queues] of [...this.#topics]) {
      if (keeps(topic)) continue
      for (const [queueId, queue] of [...queues]) {
        // one with a message on its way is alive
        if (queue.maxCommitLogEnd > minCommitLogOffset || queue.nextOffset > queue.maxOffset) continue
        queues.delete(queueId)
        this.#forget(queue)
        await this.#options.files.remove(this.#folder(topic, queueId))
        removed++
      }
      if (queues.size > 0) continue
      this.#topics.delete(topic)
      await this.#options.files.remove(join(this.#options.folder, topic))
    }
    return removed
  }

  close(): void {
    this.#pool.close()
  }

  #forget(queue: ConsumeQueue): void {
    queue.removed = true
    this.#dirty.delete(queue)
    this.#resident.delete(queue)
    for (const start of queue.row.starts) this.#pool.forget(join(queue.row.folder, segmentName(start)))
  }

  #boundMemory(): void {
    let total = 0
    for (const queue of this.#resident) total += queue.memoryBytes
    for (const queue of this.#resident) {
      const idle = !queue.busy
      queue.busy = false
      if (total <= this.#options.maxMemoryBytes || !idle) continue
      const before = queue.memoryBytes
      queue.shrink()
      total -= before - queue.memoryBytes
      if (queue.memoryBytes > 0) continue
      queue.resident = false
      this.#resident.delete(queue)
    }
  }

  /** The topic's folder may be new with it. */
  #place(folder: string): RowPlace {
    const { files, segmentBytes } = this.#options
    return { files, pool: this.#pool, folder, depth: 1, segmentBytes }
  }

  #folder(topic: string, queueId: number): string {
    return join(this.#options.folder, topic, String(queueId))
  }
}

function* everyQueue(topics: Map<string, Map<number, ConsumeQueue>>): Iterable<ConsumeQueue> {
  for (const queues of topics.values()) yield* queues.values()
}

/** Files after the one where the queue ends hold nothing, or what a crash left behind its end. */
async function dropFilesAfter(queue: ConsumeQueue, found: QueueEnd): Promise<void> {
  const next = queue.row.startOf(found.max * unit.size)
  await queue.row.removeFrom(found.max * unit.size === next ? next : next + queue.row.segmentBytes)
}

/** Halving works because the units of a queue ascend in the commit log. */
async function moveMinimum(queue: ConsumeQueue, minCommitLogOffset: number): Promise<void> {
  const gone = async (at: number): Promise<boolean> => {
    const units = await queue.read(at, 1)
    if (units.count === 0) return true
    const offset = unitOffset(units, 0)
    return isNowhere(offset, unitSize(units, 0)) || offset < minCommitLogOffset
  }
  if (queue.minOffset >= queue.maxOffset || !(await gone(queue.minOffset))) return
  let low = queue.minOffset + 1
  let high = queue.maxOffset
  while (low < high) {
    const middle = (low + high) >> 1
    if (await gone(middle)) low = middle + 1
    else high = middle
  }
  queue.minOffset = Math.max(queue.minOffset, low)
}
