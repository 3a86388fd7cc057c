// broker/schedule/timer-window.ts: which slot of the wheel a timed message goes into. The wheel holds a week: what is due later
// goes into a slot before its time, and is moved on from there. Pure.
import { spareSlots } from './timer-recovery'
import type { TimerSettings } from './timer-types'
import { wheelSlots } from './timer-wheel'

export interface WindowAt {
  readonly nowMs: number
  /** Slots before are over. */
  readonly readTimeMs: number
  readonly precisionMs: number
  readonly settings: TimerSettings
}

/** Far ones are moved on at the window's end, or half way when little would be left then. What is late goes at once. */
export function slotFor(slotMs: number, at: WindowAt): { slotMs: number; isMoving: boolean } {
  const { nowMs, readTimeMs, precisionMs } = at
  const currentMs = Math.floor(nowMs / precisionMs) * precisionMs
  const window = windowSlots(at)
  const aheadMs = slotMs - currentMs
  if (aheadMs < window * precisionMs) return { slotMs: Math.max(slotMs, readTimeMs), isMoving: false }
  const isNear = aheadMs - window * precisionMs < Math.floor(window / 3) * precisionMs
  return { slotMs: currentMs + (isNear ? Math.floor(window / 2) : window) * precisionMs, isMoving: true }
}

function windowSlots({ precisionMs, settings: { timerRollWindowSlot, fileReservedTime } }: WindowAt): number {
  const most = wheelSlots - spareSlots
  const wanted = timerRollWindowSlot > most || timerRollWindowSlot < 2 ? most : timerRollWindowSlot
  // a record must be moved on before its segment is old enough to go
  const kept = Math.floor((fileReservedTime * 3_600_000 * 2) / 3 / precisionMs)
  return Math.max(2, Math.min(wanted, kept))
}
