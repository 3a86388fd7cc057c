// broker/pop/types.ts: POP as processors see it: messages that were taken and are not acknowledged, who waits for some, and
// how groups want to be served. One thread owns all of it.
import type { PopAck } from '../protocol/pop'
import type { HeldPops } from '../session/types'
import type { NewMessage, PutStatus } from '../store/types'

/** Settings by Apache's names, read at each use. */
export interface PopSettings {
  readonly reviveQueueNum: number
  readonly reviveInterval: number
  readonly enableRetryTopicV2: boolean
  readonly popReviveSkipIfGroupAbsent: boolean
  readonly skipWhenCKRePutReachMaxTimes: boolean
  readonly enableNotifyAfterPopOrderLockRelease: boolean
  readonly popPollingSize: number
  readonly maxPopPollingSize: number
}

/** What was taken of one queue by one pop. */
export interface Taken {
  topic: string
  group: string
  queueId: number
  /** Where the pop began to read: what its handles name. */
  startOffset: number
  queueOffsets: readonly number[]
  /** The next pop begins here. */
  nextOffset: number
  popTimeMs: number
  invisibleMs: number
  reviveQueueId: number
}

/** Checkpoints and acknowledgements, on their way through the timer into the revive log. */
export interface PopJournal {
  /** Where the next pop of the queue begins when messages were taken whose checkpoint is not safe yet. */
  takenTo(topic: string, group: string, queueId: number): number | undefined
  /** Notes what was taken; the group's offset follows once the note is safe. Throws StoreError: then nothing was taken. */
  take(taken: Taken): void
  /** Nothing between here and there was for the group. */
  skip(topic: string, group: string, queueId: number, nextOffset: number): void
  /** What was taken before does not count any more: the offset was set by hand. */
  forget(topic: string, group: string, queueId: number): void
  /** `offsets` of the pop that the ack names are done. Throws StoreError. */
  acknowledge(ack: PopAck, offsets: readonly number[], reviveQueueId: number, invisibleMs: number, done: Done): void
  /** A checkpoint of its own for one message, whose pop time is now. Throws StoreError. */
  prolong(taken: Taken, brokerName: string): void
  /** The longest invisible time there can be. */
  readonly maxInvisibleMs: number
}
export type Done = (status: PutStatus) => void

/** Pops in order: while a batch is out, nobody else gets anything of its queue. */
export interface PopOrders {
  isBlocked(topic: string, group: string, queueId: number, attemptId: string | undefined, invisibleMs: number): boolean
  /** Notes a batch and answers with its orderCountInfo. */
  popped(batch: OrderedBatch): string[]
  /** The offset to commit, or undefined when there is none to move. */
  acknowledged(
    topic: string,
    group: string,
    queueId: number,
    queueOffset: number,
    popTimeMs: number,
  ): number | undefined
  visibleAt(topic: string, group: string, queueId: number, queueOffset: number, popTimeMs: number, atMs: number): void
  clear(topic: string, group: string, queueId: number): void
  topicRemoved(topic: string): void
  groupRemoved(group: string): void
  toJson(): string
  close(): Promise<void>
}
export interface OrderedBatch {
  topic: string
  group: string
  queueId: number
  attemptId: string | undefined
  popTimeMs: number
  invisibleMs: number
  queueOffsets: readonly number[]
}

export type RequestMode = 'PULL' | 'POP'
export interface RequestModeEntry {
  topic: string
  consumerGroup: string
  mode: RequestMode
  popShareQueueNum: number
}
export interface RequestModes {
  get(topic: string, group: string): RequestModeEntry | undefined
  set(entry: RequestModeEntry): void
  topicRemoved(topic: string): void
  groupRemoved(group: string): void
  /** Takes a master's table. */
  replaceAll(json: Buffer): void
  saved(): Promise<void>
  toJson(): string
  close(): Promise<void>
}

export interface Pop {
  readonly journal: PopJournal
  readonly held: HeldPops
  readonly orders: PopOrders
  readonly modes: RequestModes
  /** Queues that are being read now: nobody else pops of them meanwhile. */
  readonly reading: Set<string>
  topicRemoved(topic: string): void
  groupRemoved(group: string): void
  /** Revives what was not acknowledged, from now on. */
  start(): void
  /** Rests until the next start. */
  pause(): Promise<void>
  /** An entry of the revive log that cannot be stored here. Resolves when it has been judged, or needs no judging. */
  arrived(entry: NewMessage): Promise<void>
  stop(): Promise<void>
}
