// broker/schedule/timer-recovery.ts: opens what the timers keep on disk and makes it agree with the commit log: units of
// messages that a power cut took go, slots are brought up to the end of the timer log, and the timer queue is read on
// from behind the newest unit. Nothing is delivered here.
import { join } from 'node:path'
import type { Files } from '../file/files'
import { createHandlePool, type HandlePool } from '../file/handle-pool'
import { openSegmentRow } from '../file/segment-row'
import { SystemTopic } from '../protocol/names'
import { peek } from '../protocol/record'
import type { MessageStore } from '../store/types'
import { openTimerCheckpoint, type TimerCheckpoint, type TimerState } from './timer-checkpoint'
import type { TimerCounts } from './timer-counts'
import { openTimerLog, type TimerLog, type TimerUnit, UnitMagic, unitBytes } from './timer-log'
import { openTimerWheel, type TimerWheel, wheelSlots } from './timer-wheel'

export interface TimerFiles {
  log: TimerLog
  wheel: TimerWheel
  checkpoint: TimerCheckpoint
  pool: HandlePool
  state: TimerState
}
export interface TimerPlace {
  files: Files
  rootDir: string
  configDir: string
  logSegmentBytes: number
  precisionMs: number
  store: MessageStore
  counts: TimerCounts
  nowMs: number
  say: (level: 'info' | 'warn' | 'error', line: string) => void
}

/** Slots left free between what is late and what is new, as Apache leaves them. */
export const spareSlots = 60
const openFiles = 16

export async function openTimerFiles(place: TimerPlace): Promise<TimerFiles> {
  const { files, rootDir, configDir, logSegmentBytes, precisionMs, store, nowMs, say } = place
  const checkpoint = await openTimerCheckpoint(files, configDir)
  const { ahead, safe } = checkpoint
  const syncedTo = ahead?.logEnd ?? safe.logEnd
  const pool = createHandlePool(files, openFiles)
  const folder = join(rootDir, 'timerlog')
  const row = await openSegmentRow({ files, pool, folder, depth: 1, segmentBytes: logSegmentBytes })
  const log = await openTimerLog(row, syncedTo)
  const isShort = log.end < syncedTo
  if (isShort) say('warn', `${folder} ends at ${log.end}, not at ${syncedTo}: the timer queue is read again from there`)
  await cutLost(log, store, say)

  const kept = ahead !== undefined && ahead.deliveredTo <= store.commitLog.tail ? ahead : safe
  const currentMs = Math.floor(nowMs / precisionMs) * precisionMs
  // without a checkpoint nobody knows what was delivered: everything that is still there is, as with Apache
  const lostMs = log.end > log.start ? currentMs - (wheelSlots - spareSlots) * precisionMs : currentMs
  const state = { ...kept, readTimeMs: kept.readTimeMs > 0 ? kept.readTimeMs : lostMs }

  const path = join(rootDir, 'timerwheel')
  const { wheel, isNew } = await openTimerWheel({ files, path, precisionMs, fromMs: state.readTimeMs })
  const isBroken = forgetLost(wheel, state.readTimeMs, log.end)
  const scanFrom = isNew || isBroken || isShort ? log.start : Math.min(Math.max(syncedTo, log.start), log.end)
  for await (const { place: at, unit } of log.forward(scanFrom)) {
    const slotMs = Math.floor(unit.slotMs / precisionMs) * precisionMs
    // what lay before the log's start was put into the queue again before its segment went
    const isGone = unit.commitLogOffset < store.commitLog.minOffset
    if (slotMs < state.readTimeMs || at <= wheel.lastUnit(slotMs) || isGone) continue
    const countBy = (unit.magic & UnitMagic.recall) === 0 ? 1 : -1
    wheel.add(slotMs, at, countBy)
    if (at >= syncedTo) place.counts.addByHash(unit.topicHash, countBy)
  }

  const behindLast = await behindNewest(log, store)
  const known = isShort ? (behindLast ?? 0) : Math.max(state.queueOffset, behindLast ?? 0)
  state.queueOffset = Math.max(
    store.minOffset(SystemTopic.timer, 0),
    Math.min(known, store.maxOffset(SystemTopic.timer, 0)),
  )
  state.logEnd = log.end
  state.doneEnd = Math.min(state.doneEnd, log.end)
  state.deliveredTo = store.commitLog.tail
  return { log, wheel, checkpoint, pool, state }
}

/** A power cut may take the end of the commit log and leave the units that name it, or tear the newest unit. */
async function cutLost(log: TimerLog, store: MessageStore, say: TimerPlace['say']): Promise<void> {
  let end = log.end
  for (let at = log.before(end); at !== undefined; at = log.before(at)) {
    const unit = await log.read(at)
    if (unit !== undefined && (await isWhole(unit, store))) break
    end = at
  }
  if (end === log.end) return
  say('warn', `timer log: ${Math.round((log.end - end) / unitBytes)} units name messages that the commit log lost`)
  await log.cut(end)
}

/** Whether the unit names a record, or one that was there and is too old by now. */
async function isWhole({ commitLogOffset, recordBytes }: TimerUnit, store: MessageStore): Promise<boolean> {
  if (recordBytes <= 0) return false
  return (
    commitLogOffset < store.commitLog.minOffset || (await store.recordAt(commitLogOffset, recordBytes)) !== undefined
  )
}

/** Slots whose newest unit is not in the log; true when there were any. */
function forgetLost(wheel: TimerWheel, fromMs: number, logEnd: number): boolean {
  const lost = [...wheel.times(fromMs)].filter((timeMs) => wheel.lastUnit(timeMs) >= logEnd)
  for (const timeMs of lost) wheel.clear(timeMs)
  return lost.length > 0
}

/** The place in the timer queue behind the message of the newest unit. */
async function behindNewest(log: TimerLog, store: MessageStore): Promise<number | undefined> {
  const at = log.before(log.end)
  const unit = at === undefined ? undefined : await log.read(at)
  if (unit === undefined) return undefined
  const record = await store.recordAt(unit.commitLogOffset, unit.recordBytes)
  return record !== undefined && peek.topic(record, 0) === SystemTopic.timer
    ? peek.queueOffset(record, 0) + 1
    : undefined
}
