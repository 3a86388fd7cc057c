// test/broker/schedule/timed-store.ts: a real store with timed messages on it, and a clock that stands still. A crash is a
// copy of its folder as the operating system has it, opened anew: what was not written is not there.
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { encodeProperties, parseProperties } from '../../../broker/protocol/properties'
import { decodeRecord, type StoredRecord } from '../../../broker/protocol/record'
import { held, slotOf, wantedAtMs } from '../../../broker/schedule/timed'
import type { TimedMessages, TimerSettings } from '../../../broker/schedule/timer-types'
import { openTimers } from '../../../broker/schedule/timers'
import { openMessageStore } from '../../../broker/store'
import { defaultWriterLimits } from '../../../broker/store/log-writer'
import type { MessageStore, StoreOptions } from '../../../broker/store/types'
import { temporaryFolder } from '../../support/folders'
import { createStillClock, type StillClock } from '../../support/still-clock'
import { asyncFlush, newMessage, safe, storeOptions } from '../../support/stores'

export const SECOND = 1000
export const DAY = 86_400_000
/** A full second. */
export const START = 1_700_000_000_000

export const timerSettings = (changes: Partial<TimerSettings> = {}): TimerSettings => ({
  timerPrecisionMs: 1000,
  mappedFileSizeTimerLog: 52 * 100 + 16,
  timerRollWindowSlot: 172_800,
  timerFlushIntervalMs: 3_600_000,
  timerStopEnqueue: false,
  timerStopDequeue: false,
  fileReservedTime: 72,
  ...changes,
})

export interface TimedStore {
  readonly store: MessageStore
  readonly timers: TimedMessages
  readonly clock: StillClock
  /** What the log says beyond the ordinary. */
  warnings(): string[]
  readonly rootDir: string
  /** As the broker stores it; answers with its offset in the timer queue. */
  send(body: string, properties: Record<string, string>, topic?: string): Promise<number>
  recall(uniqueKey: string, deliverAt: number, topic?: string): Promise<void>
  /** What has come to the topic so far. */
  arrived(topic?: string): Promise<StoredRecord[]>
  /** Bodies of it. */
  bodies(topic?: string): Promise<string[]>
  stop(): Promise<void>
  restart(): Promise<TimedStore>
  /** What kill -9 leaves; this one is stopped behind its back. */
  crash(): Promise<TimedStore>
}

/**
 * Nothing is written in the store's own time: a copy of its folder is what a kill at that moment leaves, and no half of a
 * write. Nor does it complain of a machine that is slow.
 */
const hourMs = 3_600_000
const alone: Partial<StoreOptions> = {
  flush: { ...asyncFlush, flushIntervalMs: hourMs },
  more: {
    flushConsumeQueueIntervalMs: hourMs,
    writer: { ...defaultWriterLimits, slowWriteMs: Number.POSITIVE_INFINITY },
  },
}

export interface TimedStoreOptions {
  rootDir?: string
  nowMs?: number
  /** False: a slave's, which delivers nothing. */
  starts?: boolean
  settings?: Partial<TimerSettings>
  store?: Partial<StoreOptions>
}

export async function openTimedStore(options: TimedStoreOptions = {}): Promise<TimedStore> {
  const rootDir = options.rootDir ?? temporaryFolder('timers')
  const configDir = join(rootDir, 'config')
  mkdirSync(configDir, { recursive: true })
  const lines: string[] = []
  const log = (level: string, line: string): void => void lines.push(`${level} ${line}`)
  const rest = { timers: undefined as TimedMessages | undefined, store: undefined as MessageStore | undefined }
  const settled = async (): Promise<void> => {
    // what was appended becomes visible at the end of a turn, and only then wakes the timers
    for (let turn = 0; turn < 3; turn++) {
      const { store, timers } = rest
      if (store !== undefined) await safe(store, store.commitLog.tail, false)
      await new Promise<void>((resolve) => setImmediate(resolve))
      await timers?.rested()
    }
  }
  const clock = createStillClock(options.nowMs ?? START, settled)
  const store = await openMessageStore(
    storeOptions(rootDir, {
      commitLogSegmentBytes: 256 * 1024,
      ...alone,
      ...options.store,
      more: { ...alone.more, ...options.store?.more },
      clock: clock.now,
      log,
    }),
  )
  const settings = timerSettings(options.settings)
  const timers = await openTimers({
    rootDir,
    configDir,
    store,
    settings,
    clock: clock.now,
    log,
    callIn: (ms, work) => clock.callIn(ms, work),
  })
  rest.timers = timers
  rest.store = store
  if (options.starts !== false) timers.start()
  await clock.advance(0)

  const append = async (body: string, pairs: Record<string, string>, topic: string): Promise<number> => {
    const properties = new Map(Object.entries({ UNIQ_KEY: body, ...pairs }))
    const message = { ...newMessage({ topic, body }), properties: encodeProperties(properties) }
    const wantedMs = wantedAtMs((name) => properties.get(name), clock.nowMs)
    const stored = store.append(held(message, properties, slotOf(wantedMs, settings.timerPrecisionMs)))
    await safe(store, stored.commitLogOffset + stored.sizeBytes)
    return stored.queueOffset
  }
  const arrived = async (topic = 'T'): Promise<StoredRecord[]> => {
    const records: StoredRecord[] = []
    for (let offset = 0; offset < store.maxOffset(topic, 0); ) {
      const result = await store.get({ topic, queueId: 0, queueOffset: offset, maxMessages: 32, maxBytes: 1 << 20 })
      for (const piece of result.records) {
        for (let at = 0; at < piece.length; ) {
          const record = decodeRecord(Buffer.from(piece), at)
          records.push(record)
          at += record.totalSize
        }
      }
      result.release()
      offset = result.nextBeginOffset
    }
    return records
  }
  const stop = async (): Promise<void> => {
    await timers.stop()
    await store.close()
  }
  const again = (folder: string): Promise<TimedStore> =>
    openTimedStore({ ...options, rootDir: folder, nowMs: clock.nowMs })
  return {
    store,
    timers,
    clock,
    warnings: () => lines.filter((line) => !line.startsWith('info')),
    rootDir,
    send: (body, properties, topic = 'T') => append(body, properties, topic),
    recall: async (uniqueKey, deliverAt, topic = 'T') => {
      const properties = { UNIQ_KEY: uniqueKey, TIMER_DEL_UNIQKEY: uniqueKey, TIMER_DELIVER_MS: String(deliverAt) }
      await append('0', properties, topic)
    },
    arrived,
    bodies: async (topic) => (await arrived(topic)).map(({ body }) => body.toString()),
    stop,
    restart: async () => {
      await stop()
      return again(rootDir)
    },
    crash: async () => {
      const copy = temporaryFolder('timers-crashed')
      cpSync(rootDir, copy, { recursive: true })
      rmSync(join(copy, 'lock'), { force: true })
      await stop()
      return again(copy)
    },
  }
}

export const propertiesOf = (record: StoredRecord): Record<string, string> =>
  Object.fromEntries(parseProperties(record.properties))
