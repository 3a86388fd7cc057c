// broker/schedule/delay-levels.ts: brings delayed messages to their real topics when their time has come. Each level is a
// queue in order of time, so its head says when to look again: nothing is polled. Progress is kept in delayOffset.json;
// what was delivered and not yet noted there is delivered again after a crash, never lost.
import { join } from 'node:path'
import { firstVersion, nextVersion } from '../catalog/data-version'
import { openTableFile, readTable, type TableFile } from '../catalog/table-file'
import type { DataVersion } from '../catalog/types'
import { dataVersion, delayOffsets, writeBodyText } from '../protocol/bodies'
import { bean, int, numberDict } from '../protocol/body-table'
import { SystemTopic } from '../protocol/names'
import type { StoredRecord } from '../protocol/record'
import { parseDelayLevels } from '../store/delay-levels'
import type { MessageStore } from '../store/types'
import { damageLine, wholeRecord } from './damage'
import { delivered } from './delayed'
import type { DelayLevels } from './types'

export interface DelayLevelsOptions {
  /** config/ of the store root. */
  configDir: string
  store: MessageStore
  /** messageDelayLevel. */
  levels: string
  /** flushDelayOffsetInterval, 10,000 as in Apache. */
  saveIntervalMs: number
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
  /** A message reached its real topic. */
  onDelivered?: (topic: string, queueId: number, sizeBytes: number) => void
}

export async function openDelayLevels(options: DelayLevelsOptions): Promise<DelayLevels> {
  const path = join(options.configDir, 'delayOffset.json')
  const read = await readTable(path, delayOffsets)
  const version = read?.dataVersion ?? firstVersion(options.clock())
  return new Levels(options, path, parseDelayLevels(options.levels), read?.offsetTable ?? new Map(), version)
}

const delayFile = bean({ dataVersion, offsetTable: numberDict(int) })
/** So many messages are delivered before others get their turn of the loop. */
const batchMessages = 64
const batchBytes = 1024 * 1024
/** When the store refuses or fails, the same message is tried again after so long. */
const retryMs = 100
/** setTimeout takes no more. */
const maxTimerMs = 0x7fff_ffff

interface Level {
  readonly number: number
  readonly delayMs: number
  /** Next queue offset to deliver. */
  next: number
  /** All before it is delivered and as safe as the flush policy asks: what the file may say. */
  safe: number
  timer: NodeJS.Timeout | undefined
  isDelivering: boolean
  /** What is under way, or was last. */
  delivering: Promise<void>
  /** What it complained of last: the same is said once. */
  complaint: string | undefined
  /** Something came while it was delivering, perhaps after it had looked. */
  hasArrival: boolean
  /** What comes next could not be read among others: it is looked at alone. */
  isDamaged: boolean
}

class Levels implements DelayLevels {
  readonly #options: DelayLevelsOptions
  readonly #file: TableFile
  readonly #levels: readonly Level[]
  #version: DataVersion
  #saves: NodeJS.Timeout | undefined
  #isMoved = false
  #isRunning = false

  constructor(
    options: DelayLevelsOptions,
    path: string,
    delays: readonly number[],
    offsets: ReadonlyMap<number, number>,
    version: DataVersion,
  ) {
    this.#options = options
    this.#version = version
    this.#levels = delays.map((delayMs, index) => ({
      number: index + 1,
      delayMs,
      next: offsets.get(index + 1) ?? 0,
      safe: offsets.get(index + 1) ?? 0,
      timer: undefined,
      isDelivering: false,
      delivering: Promise.resolve(),
      complaint: undefined,
      hasArrival: false,
      isDamaged: false,
    }))
    this.#file = openTableFile({ path, render: () => this.toJson(), log: options.log })
    options.store.onArrival(({ topic, queueId }) => {
      if (topic !== SystemTopic.schedule) return
      const level = this.#levels[queueId]
      if (level === undefined) return
      // a level that waits for its head already knows when: what came now is later
      if (level.isDelivering) level.hasArrival = true
      else if (level.timer === undefined) this.#lookSoon(level, 0)
    })
  }

  get max(): number {
    return this.#levels.length
  }
  delayMs(level: number): number {
    return this.#levels[level - 1]?.delayMs ?? 0
  }
  *progress(): Iterable<{ level: number; deliveredTo: number; maxOffset: number }> {
    for (const { number, next } of this.#levels) {
      const maxOffset = this.#options.store.maxOffset(SystemTopic.schedule, number - 1)
      if (next > 0 || maxOffset > 0) yield { level: number, deliveredTo: next, maxOffset }
    }
  }

  toJson(): string {
    const offsetTable = new Map<number, number>()
    for (const { number, safe } of this.#levels) if (safe > 0) offsetTable.set(number, safe)
    return writeBodyText(delayFile, { dataVersion: this.#version, offsetTable })
  }

  replaceAll(offsets: ReadonlyMap<number, number>): void {
    for (const level of this.#levels) level.next = level.safe = offsets.get(level.number) ?? level.next
    this.#isMoved = true
    this.#save()
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    for (const level of this.#levels) this.#lookSoon(level, 0)
    this.#saves = setInterval(() => this.#save(), this.#options.saveIntervalMs)
    this.#saves.unref()
  }

  async pause(): Promise<void> {
    this.#isRunning = false
    clearInterval(this.#saves)
    for (const level of this.#levels) {
      clearTimeout(level.timer)
      level.timer = undefined
    }
    await Promise.all(this.#levels.map(({ delivering }) => delivering))
    for (const level of this.#levels) level.next = level.safe
    this.#save()
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    clearInterval(this.#saves)
    for (const level of this.#levels) {
      clearTimeout(level.timer)
      level.timer = undefined
    }
    const { store } = this.#options
    await new Promise<void>((resolve) => store.whenSafe(store.commitLog.tail, true, () => resolve()))
    this.#save()
    await this.#file.close()
  }

  #save(): void {
    if (!this.#isMoved) return
    this.#isMoved = false
    this.#version = nextVersion(this.#version, this.#options.clock())
    this.#file.changed()
  }

  #lookSoon(level: Level, inMs: number): void {
    if (!this.#isRunning || level.isDelivering) return
    clearTimeout(level.timer)
    level.timer = setTimeout(
      () => {
        level.timer = undefined
        level.delivering = this.#deliver(level)
      },
      Math.min(Math.max(0, inMs), maxTimerMs),
    )
    level.timer.unref()
  }

  /** Brings what is due, then waits for the head's time, or for an arrival when the queue is done. */
  async #deliver(level: Level): Promise<void> {
    level.isDelivering = true
    level.hasArrival = false
    let waitMs: number | undefined
    try {
      waitMs = await this.#batch(level)
      level.complaint = undefined
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (why !== level.complaint)
        this.#options.log('warn', `delay level ${level.number} waits at ${level.next}: ${why}`)
      level.complaint = why
      waitMs = retryMs
    }
    level.isDelivering = false
    if (waitMs === undefined && level.hasArrival) waitMs = 0
    if (waitMs !== undefined) this.#lookSoon(level, waitMs)
  }

  /** When to look again, or undefined when the queue holds nothing more. */
  async #batch(level: Level): Promise<number | undefined> {
    const { store, clock } = this.#options
    const nowMs = clock()
    let headMs: number | undefined
    const result = await store.get({
      topic: SystemTopic.schedule,
      queueId: level.number - 1,
      queueOffset: level.next,
      maxMessages: level.isDamaged ? 1 : batchMessages,
      maxBytes: batchBytes,
      filter: {
        byUnit(deliverAtMs) {
          if (headMs !== undefined) return false
          // a level made shorter counts for what waits already
          const dueMs = Math.min(deliverAtMs, nowMs + level.delayMs)
          if (dueMs <= nowMs) return true
          headMs = dueMs
          return false
        },
      },
    })
    const began = level.next
    try {
      const isWhole = result.records.every((piece) => this.#deliverAll(level, piece, result.nextBeginOffset))
      if (!isWhole && level.isDamaged && level.next === began) {
        await this.#passDamaged(level)
        return 0
      }
      level.isDamaged = !isWhole
    } finally {
      result.release()
    }
    if (level.isDamaged) return 0
    if (headMs !== undefined) return headMs - clock()
    if (result.status === 'found') return 0
    return this.#pass(level, result.status, result.nextBeginOffset)
  }

  #pass(level: Level, status: string, nextBeginOffset: number): number | undefined {
    if (status === 'offset-overflow-one' || status === 'no-message-in-queue' || status === 'no-matched-logic-queue') {
      return undefined
    }
    if (nextBeginOffset === level.next) return undefined
    // what lay there is gone (retention, or a store that was cut): go on with what is left
    this.#options.log('warn', `delay level ${level.number}: ${status} at ${level.next}, going on at ${nextBeginOffset}`)
    level.next = level.safe = nextBeginOffset
    this.#isMoved = true
    return 0
  }

  /** Up to the first one that is damaged: false when there was one. */
  #deliverAll(level: Level, records: Buffer, upTo: number): boolean {
    const { store, log } = this.#options
    for (let at = 0; at < records.length; ) {
      const record = wholeRecord(records, at)
      if (typeof record === 'string' || record.queueOffset < level.next || record.queueOffset >= upTo) return false
      at += record.totalSize
      const next = record.queueOffset + 1
      const missing = record.queueOffset - level.next
      if (missing > 0) {
        const from = `delay level ${level.number}, from offset ${level.next} on`
        log('error', `${from}: ${missing} messages are no longer in the commit log, and are not delivered`)
      }
      store.whenSafe(this.#append(level, record), true, (status) => {
        if (status !== 'failed') this.#noteSafe(level, next)
      })
      level.next = next
    }
    return true
  }

  async #passDamaged(level: Level): Promise<void> {
    const { store, log } = this.#options
    const queueId = level.number - 1
    const unit = await store.unitAt(SystemTopic.schedule, queueId, level.next)
    const bytes = unit === undefined ? undefined : await store.recordAt(unit.commitLogOffset, unit.sizeBytes)
    const record = bytes === undefined ? 'what lies there is no record' : wholeRecord(bytes)
    const why = typeof record === 'string' ? record : `its record says offset ${record.queueOffset}`
    const whose = `the message at offset ${level.next} of delay level ${level.number} (commit log ${unit?.commitLogOffset})`
    log('error', damageLine(whose, why))
    level.next++
    level.isDamaged = false
    const next = level.next
    // those before it may not be safe yet
    store.whenSafe(store.commitLog.tail, true, (status) => {
      if (status !== 'failed') this.#noteSafe(level, next)
    })
  }

  /** Where what must be safe ends, before the record counts as delivered. */
  #append(level: Level, record: StoredRecord): number {
    const { store, log, onDelivered } = this.#options
    const message = delivered(record)
    if (message === undefined) {
      log('warn', `delay level ${level.number}: the message at ${level.next} names no topic to go to`)
      return store.commitLog.tail
    }
    const { commitLogOffset, sizeBytes } = store.append(message)
    onDelivered?.(message.topic, message.queueId, sizeBytes)
    return commitLogOffset + sizeBytes
  }

  /** In order of delivery. A power cut must not find a progress that is ahead of what it delivered. */
  #noteSafe(level: Level, next: number): void {
    if (next <= level.safe) return
    level.safe = next
    this.#isMoved = true
  }
}
