// broker/store/pending.ts: messages that are in the log and not yet in the views, in log order. They pass to the views when
// the log says that consumers may see them; those whose write failed are taken out again.
import type { ConsumeQueue } from './consume-queue'
import type { Appended, Arrival } from './types'

/** One message, from its append to its arrival. It is the answer to the first and the news of the second. */
export class Entry implements Appended, Arrival {
  readonly topic: string
  readonly queueId: number
  readonly commitLogOffset: number
  readonly sizeBytes: number
  readonly queueOffset: number
  readonly storeTimestampMs: number
  readonly tagsCode: number
  readonly keys: readonly string[]
  /** Undefined for a message that no consumer sees: prepared or rolled back. */
  readonly queue: ConsumeQueue | undefined

  constructor(
    topic: string,
    queueId: number,
    commitLogOffset: number,
    sizeBytes: number,
    queueOffset: number,
    storeTimestampMs: number,
    tagsCode: number,
    keys: readonly string[],
    queue: ConsumeQueue | undefined,
  ) {
    this.topic = topic
    this.queueId = queueId
    this.commitLogOffset = commitLogOffset
    this.sizeBytes = sizeBytes
    this.queueOffset = queueOffset
    this.storeTimestampMs = storeTimestampMs
    this.tagsCode = tagsCode
    this.keys = keys
    this.queue = queue
  }

  get maxOffset(): number {
    return this.queueOffset + 1
  }
}

export class Pending {
  #list: Entry[] = []
  #head = 0

  add(entry: Entry): void {
    this.#list.push(entry)
  }

  /** Takes out those that lie wholly before `upTo`. */
  takeUpTo(upTo: number): readonly Entry[] {
    const list = this.#list
    const last = list.at(-1)
    if (last !== undefined && this.#head === 0 && last.commitLogOffset < upTo) {
      this.#list = []
      return list
    }
    let end = this.#head
    while ((list[end]?.commitLogOffset ?? Number.POSITIVE_INFINITY) < upTo) end++
    const taken = list.slice(this.#head, end)
    this.#head = end
    if (this.#head === list.length) {
      this.#list = []
      this.#head = 0
    } else if (this.#head > 4096) {
      this.#list = list.slice(this.#head)
      this.#head = 0
    }
    return taken
  }

  /** Takes out those from `offset` on, and gives their queue offsets to the next messages. */
  dropFrom(offset: number): number {
    let dropped = 0
    for (let last = this.#list.at(-1); last !== undefined && last.commitLogOffset >= offset; last = this.#list.at(-1)) {
      if (this.#list.length <= this.#head) break
      this.#list.pop()
      dropped++
      if (last.queue !== undefined) last.queue.nextOffset = Math.min(last.queue.nextOffset, last.queueOffset)
    }
    return dropped
  }
}
