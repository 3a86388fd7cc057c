// broker/store/consume-queues.ts: the table of all consume queues, by topic and queue id. Owner of their lifetimes, of when
// they are flushed and of how much memory they use together. Thousands of queues share a bounded number of open files.
import { dirname, join } from 'node:path'
import { type Files, isMissing } from '../file/files'
import { createHandlePool, type HandlePool } from '../file/handle-pool'
import { emptySegmentRow, openSegmentRow, type RowPlace, segmentName } from '../file/segment-row'
import { ConsumeQueue, unit, unitOffset } from './consume-queue'
import { inParallel } from './in-parallel'
import { endBefore, findEndByHalving, findEndByReading, mayBeTorn, type QueueEnd, readUnit } from './queue-recovery'
import { firstUnitFrom } from './queue-search'
import { mayName } from './record-check'

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
  /**
   * Finds the queues on disk and where each ends. `trusted` after an orderly stop. After a crash what lies in the files may
   * be there in the system's memory alone: units of messages from `syncedTo` of the commit log on are synced once more.
   */
  load(trusted: boolean, syncedTo: number): Promise<void>
  /** To be called for a queue that got units. */
  touched(queue: ConsumeQueue): void
  /** Flushes queues with at least so many dirty units, `lanes` at a time. Answers with how many it flushed. */
  flush(leastUnits: number, lanes?: number): Promise<number>
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
  /** Topics with queues that had no file when they got their first unit: their folders are not yet safe. */
  readonly #newTopics = new Set<string>()
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
    this.#list(queue)
    return queue
  }

  async load(trusted: boolean, syncedTo: number): Promise<void> {
    const { files, folder } = this.#options
    const found: [string, number][] = []
    const topics = (await files.list(folder)).filter((entry) => entry.isFolder).map((entry) => entry.name)
    await inParallel(topics, lanesWhenOpening, async (topic) => {
      for (const entry of await files.list(join(folder, topic))) {
        const queueId = Number(entry.name)
        if (entry.isFolder && Number.isInteger(queueId)) found.push([topic, queueId])
      }
    })
    await inParallel(found, lanesWhenOpening, ([topic, queueId]) => this.#loadQueue(topic, queueId, trusted, syncedTo))
  }

  async #loadQueue(topic: string, queueId: number, trusted: boolean, syncedTo: number): Promise<void> {
    const row = await openSegmentRow(this.#place(this.#folder(topic, queueId)), trusted)
    if (row.starts.length === 0) return
    let end = trusted ? findEndByHalving(row) : findEndByReading(row)
    const queue = new ConsumeQueue(topic, queueId, row)
    queue.restore(end.first, end.max, end.commitLogOffset, end.commitLogEnd)
    if (!trusted && syncedTo >= 0 && end.commitLogEnd > syncedTo && mayBeTorn(row, end)) {
      end = endBefore(row, end) // the log, which is read from syncedTo on, brings it again
      queue.cut(end.max, end.commitLogOffset, end.commitLogEnd)
    }
    const first = end.max > end.first ? readUnit(row, end.first) : undefined
    if (first !== undefined && first.end > 0) queue.minCommitLogOffset = first.commitLogOffset
    if (!trusted || lastUsedStart(queue, end) < row.end - row.segmentBytes) await dropFilesAfter(queue, end)
    this.#list(queue)
    if (trusted || end.commitLogEnd <= syncedTo) return
    queue.syncedTo = end.first
    this.touched(queue)
    this.#newTopics.add(topic)
  }

  #list(queue: ConsumeQueue): void {
    const queues = this.#topics.get(queue.topic)
    if (queues === undefined) this.#topics.set(queue.topic, new Map([[queue.queueId, queue]]))
    else queues.set(queue.queueId, queue)
  }

  touched(queue: ConsumeQueue): void {
    queue.busy = true
    if (!queue.listed) {
      queue.listed = true
      if (queue.row.starts.length === 0) this.#newTopics.add(queue.topic)
      this.#dirty.add(queue)
    }
    if (!queue.resident) {
      queue.resident = true
      this.#resident.add(queue)
    }
  }

  async flush(leastUnits: number, lanes = lanesWhenRunning): Promise<number> {
    const due = [...this.#dirty].filter((queue) => !queue.removed && queue.dirtyUnits >= leastUnits)
    if (leastUnits > 0) {
      await inParallel(due, lanes, (queue) => this.#flushOne(queue))
    } else {
      // taken out before the work: a queue that appears meanwhile puts its topic in again, for the next pass
      const newTopics = [...this.#newTopics]
      this.#newTopics.clear()
      try {
        await inParallel(due, lanes, (queue) => this.#flushOne(queue))
        if (newTopics.length > 0) await this.#syncFolders(newTopics)
      } catch (error) {
        for (const topic of newTopics) this.#newTopics.add(topic)
        throw error
      }
    }
    this.#boundMemory()
    return due.length
  }

  /** The folders that came with new queues, once for all of them. */
  async #syncFolders(topics: readonly string[]): Promise<void> {
    const { files, folder } = this.#options
    for (const topic of topics) {
      try {
        await files.syncFolder(join(folder, topic))
      } catch (error) {
        if (!isMissing(error)) throw error // deleted meanwhile
      }
    }
    await files.syncFolder(folder)
    await files.syncFolder(dirname(folder))
  }

  async #flushOne(queue: ConsumeQueue): Promise<void> {
    try {
      await queue.flush()
    } catch (error) {
      if (queue.removed) return // its topic was deleted meanwhile
      throw error
    }
    if (queue.unsynced || queue.removed) return
    queue.listed = false
    this.#dirty.delete(queue)
  }

  async follow(minCommitLogOffset: number): Promise<void> {
    for (const queue of [...this.all]) {
      await moveMinimum(queue, minCommitLogOffset)
      const { row } = queue
      while (row.starts.length > 1 && (row.starts[1] ?? 0) <= queue.minOffset * unit.size) await row.removeFirst()
    }
  }

  async removeTopic(topic: string): Promise<void> {
    if (!mayName(topic)) return // any peer may ask, for any name: `../commitlog` is no topic of ours
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

  #place(folder: string): RowPlace {
    const { files, segmentBytes } = this.#options
    return { files, pool: this.#pool, folder, depth: 0, segmentBytes }
  }

  #folder(topic: string, queueId: number): string {
    return join(this.#options.folder, topic, String(queueId))
  }
}

function* everyQueue(topics: Map<string, Map<number, ConsumeQueue>>): Iterable<ConsumeQueue> {
  for (const queues of topics.values()) yield* queues.values()
}

/** How many queues are worked on at once. While messages come in, few: nothing may queue ahead of the log's own sync. */
const lanesWhenOpening = 16
const lanesWhenRunning = 2

/** Start of the file that holds the last unit. */
const lastUsedStart = (queue: ConsumeQueue, end: QueueEnd): number =>
  queue.row.startOf(Math.max(0, end.max - 1) * unit.size)

/** Files after the one where the queue ends hold nothing, or what a crash left behind its end. */
async function dropFilesAfter(queue: ConsumeQueue, found: QueueEnd): Promise<void> {
  const next = queue.row.startOf(found.max * unit.size)
  await queue.row.removeFrom(found.max * unit.size === next ? next : next + queue.row.segmentBytes)
}

async function moveMinimum(queue: ConsumeQueue, minCommitLogOffset: number): Promise<void> {
  if (queue.minOffset >= queue.maxOffset || queue.minCommitLogOffset >= minCommitLogOffset) return
  queue.minOffset = await firstUnitFrom(queue, minCommitLogOffset)
  const first = await queue.read(queue.minOffset, 1)
  queue.minCommitLogOffset = first.count > 0 ? unitOffset(first, 0) : -1
}
