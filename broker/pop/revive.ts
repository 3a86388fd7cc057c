// broker/pop/revive.ts: reads the revive log: what was taken and not acknowledged in its time is put into the group's retry
// topic and comes again. How far it has come is the offset of a group of its own, as in Apache: what is judged twice
// after a crash comes twice, nothing is lost.
import { newTopic } from '../catalog/system-topics'
import type { GroupCatalog, OffsetCatalog, TopicCatalog } from '../catalog/types'
import { SystemTopic } from '../protocol/names'
import { reviveGroup, reviveTopicOf } from '../protocol/pop'
import type { TimedMessages } from '../schedule/timer-types'
import type { MessageStore, NewMessage } from '../store/types'
import type { ReviveLog } from './journal'
import { openReviveQueue, type ReviveQueue } from './revive-queue'
import type { PopSettings } from './types'

export interface ReviverOptions {
  clusterName: string
  storeHost: Buffer
  settings: PopSettings
  store: MessageStore
  topics: TopicCatalog
  groups: GroupCatalog
  offsets: OffsetCatalog
  timers: TimedMessages
  journal: ReviveLog
  clock: () => number
  log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
  onTopicMade: (topic: string) => void
  onStored: (topic: string, queueId: number, sizeBytes: number) => void
  /** What is put goes to another broker, which makes its topics itself. */
  escapes?: boolean
}
export interface Reviver {
  start(): void
  /** An entry of the log that cannot be stored here. Resolves when it has been judged, or needs no judging. */
  arrived(entry: NewMessage): Promise<void>
  stop(): Promise<void>
}
export const createReviver = (options: ReviverOptions): Reviver => new Revival(options)

/** While something waits to be judged. */
const busyTickMs = 100

class Revival implements Reviver {
  readonly #options: ReviverOptions
  readonly #queues: ReviveQueue[] = []
  #timer: NodeJS.Timeout | undefined
  #walking: Promise<void> | undefined
  #isRunning = false
  /** All that was due by then and stored in time has been delivered. */
  #passedMs = 0
  #mark: { atMs: number; timerOffset: number } | undefined

  constructor(options: ReviverOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#queues.length = 0 // what was judged meanwhile, by another, is told by the offsets
    this.#walkIn(0)
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    clearTimeout(this.#timer)
    await this.#walking
  }

  async arrived(entry: NewMessage): Promise<void> {
    await this.#wanted()
      .find(({ queueId }) => queueId === entry.queueId)
      ?.arrived(entry)
  }

  #walkIn(ms: number): void {
    if (!this.#isRunning) return
    this.#timer = setTimeout(() => {
      this.#walking = this.#walk().catch((error: unknown) => {
        this.#options.log('warn', `messages that were not acknowledged wait: ${textOf(error)}`)
      })
      void this.#walking.then(() => {
        const { reviveInterval } = this.#options.settings
        this.#walkIn(this.#queues.some((queue) => queue.isBusy) ? Math.min(busyTickMs, reviveInterval) : reviveInterval)
      })
    }, ms)
    this.#timer.unref()
  }

  async #walk(): Promise<void> {
    // the mark is of an earlier walk: what was delivered by then is visible by now
    const passedMs = this.#passedMs
    for (const queue of this.#wanted()) {
      if (!this.#isRunning) return
      await queue.walk(passedMs)
    }
    this.#look()
  }

  #wanted(): readonly ReviveQueue[] {
    const topic = reviveTopicOf(this.#options.clusterName)
    const ids = new Set(this.#options.store.queuesOf(topic))
    for (let queueId = 0; queueId < this.#options.settings.reviveQueueNum; queueId++) ids.add(queueId)
    for (const queueId of ids) {
      if (this.#queues.some((queue) => queue.queueId === queueId)) continue
      this.#queues.push(openReviveQueue(this.#options, topic, queueId, reviveGroup))
    }
    return this.#queues
  }

  #look(): void {
    const { timers, store, clock } = this.#options
    if (this.#mark !== undefined && timers.isDone(this.#mark.timerOffset, this.#mark.atMs)) {
      this.#passedMs = this.#mark.atMs
      this.#mark = undefined
    }
    this.#mark ??= { atMs: clock(), timerOffset: Math.max(0, store.maxOffset(SystemTopic.timer, 0)) }
  }
}

/** The retry topic of a group, made when it is first needed. */
export async function retryTopicFor(options: ReviverOptions, name: string, group: string): Promise<void> {
  const { topics, offsets, onTopicMade, escapes } = options
  if (escapes || topics.get(name) !== undefined) return
  topics.put(newTopic(name, 1))
  if (offsets.query(group, name, 0) < 0) offsets.commit(group, name, 0, 0)
  await topics.saved()
  onTopicMade(name)
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
