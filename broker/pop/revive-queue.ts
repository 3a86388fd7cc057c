// broker/pop/revive-queue.ts: one queue of the revive log. Checkpoints are held until all acknowledgements that may be for
// them were read, then judged in the order in which they lie. Holds little: what became due within the last seconds.
import { readBody } from '../protocol/body-table'
import { ProtocolError } from '../protocol/errors'
import { tagsCode } from '../protocol/java-hash'
import { isRetryTopic } from '../protocol/names'
import {
  CheckpointTag,
  normalTopicOf,
  type PopAck,
  type PopCheckpoint,
  popBatchAck,
  popCheckpoint,
  popRetryTopicV1,
  popRetryTopicV2,
} from '../protocol/pop'
import { encodeProperties, Property, parseProperties, splitKeys } from '../protocol/properties'
import { decodeRecord, decodeRecords, type StoredRecord } from '../protocol/record'
import { damageLine } from '../schedule/damage'
import type { NewMessage, PutStatus } from '../store/types'
import { type ReviverOptions, retryTopicFor, textOf } from './revive'

export interface ReviveQueue {
  readonly queueId: number
  /** Something waits to be judged. */
  readonly isBusy: boolean
  /** An entry that is not in the log. Resolves when it has been judged, or needs no judging. */
  arrived(entry: NewMessage): Promise<void>
  /** Reads what came and judges what is due. `passedMs`: all that was due by then has come. */
  walk(passedMs: number): Promise<void>
}
export const openReviveQueue = (options: ReviverOptions, topic: string, queueId: number, group: string): ReviveQueue =>
  new Queue(options, topic, queueId, group)

/** An acknowledgement may come so much later than its message was due again. */
const graceMs = 1000
/** So many checkpoints are held; more are read when these are judged. */
const maxHeld = 100_000
const readMessages = 256
const readBytes = 1024 * 1024
/** The bits of a checkpoint are an int. */
const mostOfOnePop = 32
/** How long a checkpoint waits further, by how often its message could not be put. */
const againSec = [10, 20, 30, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 1200, 1800, 3600, 7200]

type Entry = Pick<StoredRecord, 'properties' | 'body' | 'queueOffset'>

interface Held {
  readonly checkpoint: PopCheckpoint
  /** Which of its messages are acknowledged, or back already. */
  readonly done: Set<number>
  /** Of one that is not in the log: told when it was judged. */
  readonly judged?: () => void
}

/** Or why one of them cannot be read. */
function readable(pieces: readonly Buffer[]): StoredRecord[] | string {
  try {
    return pieces.flatMap((piece) => decodeRecords(piece))
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof RangeError) return error.message
    throw error
  }
}

class Queue implements ReviveQueue {
  readonly #options: ReviverOptions
  readonly #topic: string
  readonly queueId: number
  readonly #group: string
  /** In the order in which they lie in the log. */
  readonly #held = new Map<string, Held>()
  #nextOffset: number
  /** What comes next could not be read among others: it is looked at alone. */
  #isAlone = false
  #catchingUp: Promise<void> | undefined
  /** What was read last was due then. */
  #readToMs = 0

  constructor(options: ReviverOptions, topic: string, queueId: number, group: string) {
    this.#options = options
    this.#topic = topic
    this.queueId = queueId
    this.#group = group
    this.#nextOffset = options.offsets.query(group, topic, queueId) + 1
  }

  get isBusy(): boolean {
    return this.#held.size > 0
  }

  async walk(passedMs: number): Promise<void> {
    await this.#catchUp()
    await this.#judge(Math.max(passedMs, this.#readToMs))
  }

  /** One at a time. */
  #catchUp(): Promise<void> {
    this.#catchingUp ??= (async () => {
      while (this.#held.size < maxHeld && (await this.#read())) {
        // reads on
      }
    })().finally(() => {
      this.#catchingUp = undefined
    })
    return this.#catchingUp
  }

  async #read(): Promise<boolean> {
    const { store } = this.#options
    if (this.#nextOffset >= store.maxOffset(this.#topic, this.queueId)) return false
    const got = await store.get({
      topic: this.#topic,
      queueId: this.queueId,
      queueOffset: this.#nextOffset,
      maxMessages: this.#isAlone ? 1 : readMessages,
      maxBytes: readBytes,
    })
    const records = readable(got.records)
    if (typeof records === 'string') {
      got.release()
      return this.#passDamaged(records)
    }
    this.#isAlone = false
    try {
      for (const record of records) this.#take(record)
    } finally {
      got.release()
    }
    if (got.nextBeginOffset <= this.#nextOffset) return false
    this.#nextOffset = got.nextBeginOffset
    return true
  }

  /** One entry that is damaged holds up none of the others: they are read one by one as far as it, and behind it. */
  #passDamaged(why: string): true {
    if (this.#isAlone) {
      this.#options.log('error', damageLine(`the entry of ${this.#topic} at ${this.#nextOffset}`, why))
      this.#nextOffset += 1
    }
    this.#isAlone = !this.#isAlone
    return true
  }

  async arrived(entry: NewMessage): Promise<void> {
    await this.#catchUp() // what is in the log comes first
    const queueOffset = this.#options.store.maxOffset(this.#topic, this.queueId) - 1
    await new Promise<void>((resolve) => {
      if (!this.#take({ ...entry, queueOffset }, resolve)) resolve()
    })
  }

  /** Whether it waits to be judged now. */
  #take(record: Entry, whenJudged?: () => void): boolean {
    const properties = parseProperties(record.properties)
    try {
      switch (properties.get(Property.tags)) {
        case CheckpointTag.checkpoint: {
          const checkpoint = { ...readBody(popCheckpoint, record.body), ro: record.queueOffset }
          // anybody may write here: a count of a billion would end the thread, at every start anew
          if (checkpoint.n > mostOfOnePop) throw new ProtocolError('bad-body', `${checkpoint.n} messages of one pop`)
          const done = new Set<number>()
          for (let at = 0; at < checkpoint.n; at++) if ((checkpoint.bm & (1 << at)) !== 0) done.add(at)
          const key = keyOf(checkpoint)
          const before = this.#held.get(key)
          this.#held.delete(key)
          before?.judged?.() // this one takes its place
          this.#held.set(key, { checkpoint, done, ...(whenJudged === undefined ? {} : { judged: whenJudged }) })
          this.#readUpTo(properties)
          return true
        }
        case CheckpointTag.ack:
        case CheckpointTag.batchAck: {
          // a single one is read as a batch without a list
          const { aol, ...ack } = readBody(popBatchAck, record.body)
          this.#acknowledged(ack, aol.length > 0 ? aol : [ack.ao])
          break
        }
      }
    } catch (error) {
      this.#options.log('warn', `an entry of ${this.#topic} at ${record.queueOffset} is passed over: ${textOf(error)}`)
    }
    this.#readUpTo(properties)
    return false
  }

  #readUpTo(properties: ReadonlyMap<string, string>): void {
    const dueMs = Number(properties.get(Property.timerDeliverMs))
    if (dueMs > this.#readToMs) this.#readToMs = dueMs
  }

  #acknowledged(ack: PopAck, queueOffsets: readonly number[]): void {
    const held = this.#held.get(keyOf(ack))
    if (held === undefined) return // it came too late, and its message came again
    for (const queueOffset of queueOffsets) {
      const at = offsetsOf(held.checkpoint).indexOf(queueOffset)
      if (at >= 0) held.done.add(at)
    }
  }

  async #judge(upToMs: number): Promise<void> {
    const { offsets, store } = this.#options
    let safe: Promise<PutStatus> | undefined
    const judged: string[] = []
    let judgedTo = -1
    for (const [key, held] of this.#held) {
      const { checkpoint } = held
      if (upToMs - (checkpoint.pt + checkpoint.it) <= graceMs) break
      const stored = await this.#revive(held)
      if (stored === 'later') break
      if (stored !== undefined) safe = new Promise((resolve) => store.whenSafe(stored, true, resolve))
      judged.push(key)
      judgedTo = checkpoint.ro
    }
    if (judged.length === 0) return
    // not safe after all: they stay, and their messages are put once more
    if ((await safe) === 'failed') {
      for (const key of judged) this.#held.get(key)?.done.clear()
      return
    }
    for (const key of judged) {
      const held = this.#held.get(key)
      this.#held.delete(key)
      held?.judged?.()
    }
    if (judgedTo >= 0) offsets.commit(this.#group, this.#topic, this.queueId, judgedTo)
  }

  /** Where what was put ends; undefined: nothing had to be; 'later': the store takes nothing now. */
  async #revive({ checkpoint, done }: Held): Promise<number | undefined | 'later'> {
    const { topics, groups, settings, log } = this.#options
    const { t, c, q, n } = checkpoint
    if (topics.get(normalTopicOf(t, c)) === undefined) return undefined
    if (settings.popReviveSkipIfGroupAbsent && groups.peek(c) === undefined) return undefined
    let end: number | undefined
    for (const [at, queueOffset] of offsetsOf(checkpoint).entries()) {
      if (at >= n || done.has(at)) continue
      try {
        end = (await this.#bringBack(checkpoint, queueOffset)) ?? end
      } catch (error) {
        log('warn', `message ${queueOffset} of queue ${q} of ${t} does not come back to ${c} yet: ${textOf(error)}`)
        if (!this.#again(checkpoint, queueOffset)) return 'later'
      }
      done.add(at)
    }
    return end
  }

  /** Where it ends in the commit log, or undefined when the message is gone. */
  async #bringBack(checkpoint: PopCheckpoint, queueOffset: number): Promise<number | undefined> {
    const { store, onStored, settings } = this.#options
    const { t: topic, q: queueId, c: group } = checkpoint
    const got = await store.get({ topic, queueId, queueOffset, maxMessages: 1, maxBytes: readBytes })
    const bytes = got.status === 'found' && got.records[0] !== undefined ? Buffer.from(got.records[0]) : undefined
    got.release()
    if (bytes === undefined) return undefined
    const retryTopic = isRetryTopic(topic)
      ? topic
      : (settings.enableRetryTopicV2 ? popRetryTopicV2 : popRetryTopicV1)(topic, group)
    await retryTopicFor(this.#options, retryTopic, group)
    const { commitLogOffset, sizeBytes } = store.append(this.#retry(decodeRecord(bytes), retryTopic, checkpoint))
    onStored(retryTopic, 0, sizeBytes)
    return commitLogOffset + sizeBytes
  }

  #retry(record: StoredRecord, topic: string, checkpoint: PopCheckpoint): NewMessage {
    const properties = parseProperties(record.properties)
    if (record.reconsumeTimes === 0 || !properties.has(Property.firstPopTime)) {
      properties.set(Property.firstPopTime, String(checkpoint.pt))
    }
    properties.set(Property.originGroup, checkpoint.c)
    const uniqueKey = properties.get(Property.uniqueKey)
    const keys = splitKeys(properties.get(Property.keys))
    return {
      topic,
      queueId: 0,
      flag: record.flag,
      sysFlag: record.sysFlag,
      bornTimestampMs: record.bornTimestampMs,
      bornHost: this.#options.storeHost,
      reconsumeTimes: record.reconsumeTimes + 1,
      preparedTransactionOffset: 0,
      body: record.body,
      properties: encodeProperties(properties),
      tagsCode: tagsCode(properties.get(Property.tags)),
      keys: uniqueKey === undefined ? keys : [uniqueKey, ...keys],
    }
  }

  /** A checkpoint of its own for the message, for later. False when that cannot be put either. */
  #again(checkpoint: PopCheckpoint, queueOffset: number): boolean {
    const { journal, settings, log } = this.#options
    const times = Number(checkpoint.rp ?? 0)
    if (times >= againSec.length && settings.skipWhenCKRePutReachMaxTimes) {
      log('error', `message ${queueOffset} of ${checkpoint.t} is given up after ${times} times`)
      return true
    }
    const moreMs = (againSec[Math.min(times, againSec.length - 1)] ?? 0) * 1000
    try {
      journal.checkpoint(
        {
          ...checkpoint,
          bm: 0,
          n: 1,
          d: [0],
          so: queueOffset,
          ro: 0,
          rp: String(times + 1),
          it: checkpoint.it + moreMs,
        },
        this.queueId,
      )
      return true
    } catch {
      return false
    }
  }
}

const keyOf = ({ t, c, q, so, pt, bn }: PopAck | PopCheckpoint): string => `${t}@${c}@${q}@${so}@${pt}@${bn ?? ''}`

/** Checkpoints of old versions say no distances: theirs follow each other. */
const offsetsOf = ({ so, d, n }: PopCheckpoint): number[] =>
  d.length > 0 ? d.map((distance) => so + distance) : Array.from({ length: Math.max(0, n) }, (_, at) => so + at)
