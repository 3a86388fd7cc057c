// broker/pop/journal.ts: notes what was taken and what is done: checkpoints and acknowledgements, which the timer brings
// into the revive log when the messages they speak of are due to come again. The group's offset passes messages only once
// their checkpoint is safe, so that whatever is lost was never passed.
import type { OffsetCatalog } from '../catalog/types'
import type { Codec } from '../protocol/body-table'
import { writeBody } from '../protocol/body-table'
import { tagsCode } from '../protocol/java-hash'
import {
  CheckpointTag,
  type PopAck,
  type PopCheckpoint,
  popAck,
  popBatchAck,
  popCheckpoint,
  reviveTopicOf,
} from '../protocol/pop'
import { encodeProperties, Property } from '../protocol/properties'
import { held, slotOf } from '../schedule/timed'
import type { TimedMessages } from '../schedule/timer-types'
import type { Appended, MessageStore, NewMessage } from '../store/types'
import type { Done, PopJournal, Taken } from './types'

export interface JournalOptions {
  clusterName: string
  brokerName: string
  storeHost: Buffer
  store: MessageStore
  offsets: OffsetCatalog
  timers: TimedMessages
  maxInvisibleMs: () => number
  clock: () => number
}

/** Puts one entry into the revive log, now or when it is due. */
export interface ReviveLog {
  checkpoint(checkpoint: PopCheckpoint, reviveQueueId: number): Appended
}
export const createJournal = (options: JournalOptions): PopJournal & ReviveLog => new Journal(options)

/** A checkpoint comes this much before the acknowledgements that may be for it. */
const acksBehindMs = 1000

/** A queue of which something was taken whose note is not safe yet. */
interface Ahead {
  to: number
  pending: number
  hasFailed: boolean
}

class Journal implements PopJournal, ReviveLog {
  readonly #options: JournalOptions
  readonly #topic: string
  readonly #ahead = new Map<string, Ahead>()

  constructor(options: JournalOptions) {
    this.#options = options
    this.#topic = reviveTopicOf(options.clusterName)
  }

  get maxInvisibleMs(): number {
    return this.#options.maxInvisibleMs()
  }

  takenTo(topic: string, group: string, queueId: number): number | undefined {
    return this.#ahead.get(keyOf(topic, group, queueId))?.to
  }

  take(taken: Taken): void {
    const { topic, group, queueId, nextOffset } = taken
    const { store, offsets, brokerName } = this.#options
    const { commitLogOffset, sizeBytes } = this.checkpoint(checkpointOf(taken, brokerName), taken.reviveQueueId)
    const key = keyOf(topic, group, queueId)
    const ahead = this.#ahead.get(key) ?? { to: nextOffset, pending: 0, hasFailed: false }
    ahead.to = nextOffset
    ahead.pending += 1
    this.#ahead.set(key, ahead)
    store.whenSafe(commitLogOffset + sizeBytes, true, (status) => {
      ahead.pending -= 1
      if (this.#ahead.get(key) !== ahead) return // forgotten meanwhile
      if (status === 'failed') ahead.hasFailed = true
      if (!ahead.hasFailed) offsets.commit(group, topic, queueId, ahead.pending === 0 ? ahead.to : nextOffset)
      // after a failure it is read again from what is committed
      if (ahead.pending === 0 || ahead.hasFailed) this.#ahead.delete(key)
    })
  }

  skip(topic: string, group: string, queueId: number, nextOffset: number): void {
    const ahead = this.#ahead.get(keyOf(topic, group, queueId))
    if (ahead === undefined) this.#options.offsets.commit(group, topic, queueId, nextOffset)
    else ahead.to = nextOffset
  }

  forget(topic: string, group: string, queueId: number): void {
    this.#ahead.delete(keyOf(topic, group, queueId))
  }

  acknowledge(
    ack: PopAck,
    queueOffsets: readonly number[],
    reviveQueueId: number,
    invisibleMs: number,
    done: Done,
  ): void {
    const [first] = queueOffsets
    if (first === undefined) return
    const dueMs = ack.pt + invisibleMs
    const name = `${ack.t}@${ack.q}@${first}@${ack.c}@${ack.pt}@${ack.bn ?? ''}@${CheckpointTag.ack}`
    const appended =
      queueOffsets.length === 1
        ? this.#put(CheckpointTag.ack, reviveQueueId, dueMs, name, popAck, { ...ack, ao: first })
        : this.#put(CheckpointTag.batchAck, reviveQueueId, dueMs, name, popBatchAck, {
            ...ack,
            ao: -1,
            aol: [...queueOffsets],
          })
    this.#options.store.whenSafe(appended.commitLogOffset + appended.sizeBytes, true, done)
  }

  prolong(taken: Taken, brokerName: string): void {
    this.checkpoint(checkpointOf(taken, brokerName), taken.reviveQueueId)
  }

  checkpoint(checkpoint: PopCheckpoint, reviveQueueId: number): Appended {
    const { t, q, so, c, pt, it, bn } = checkpoint
    const name = `${t}@${q}@${so}@${c}@${pt}@${bn ?? ''}@${CheckpointTag.checkpoint}`
    return this.#put(CheckpointTag.checkpoint, reviveQueueId, pt + it - acksBehindMs, name, popCheckpoint, checkpoint)
  }

  #put<T>(tag: string, queueId: number, dueMs: number, uniqueKey: string, codec: Codec<T>, entry: T): Appended {
    const { store, timers, storeHost, clock } = this.#options
    const nowMs = clock()
    const properties = new Map<string, string>([
      [Property.tags, tag],
      [Property.timerDeliverMs, String(dueMs)],
      [Property.uniqueKey, uniqueKey],
    ])
    const message: NewMessage = {
      topic: this.#topic,
      queueId,
      flag: 0,
      sysFlag: 0,
      bornTimestampMs: nowMs,
      bornHost: storeHost,
      reconsumeTimes: 0,
      preparedTransactionOffset: 0,
      body: writeBody(codec, entry),
      properties: encodeProperties(properties),
      tagsCode: tagsCode(tag),
      keys: [uniqueKey],
    }
    // no slot is too full for these: a message whose acknowledgement is turned away comes again
    return store.append(dueMs > nowMs ? held(message, properties, slotOf(dueMs, timers.precisionMs)) : message)
  }
}

const keyOf = (topic: string, group: string, queueId: number): string => `${topic}@${group}@${queueId}`

const checkpointOf = (taken: Taken, bn: string): PopCheckpoint => ({
  bm: 0,
  bn,
  c: taken.group,
  d: taken.queueOffsets.map((offset) => offset - taken.startOffset),
  it: taken.invisibleMs,
  n: taken.queueOffsets.length,
  pt: taken.popTimeMs,
  q: taken.queueId,
  ro: 0,
  rp: undefined,
  so: taken.startOffset,
  t: taken.topic,
})
