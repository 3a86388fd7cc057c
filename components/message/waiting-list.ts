// components/message/waiting-list.ts: messages that wait: which of them somebody looks for, and their times as counts per slice
// from now to the last of them. Pure.
import type { WaitingMessage } from '../../server/shared/views'

const SLICES = 60
const MINUTE_MS = 60_000
/** Steps that people count in. */
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS)

export interface DueSlices {
  from: number
  stepMs: number
  counts: readonly number[]
}
export const dueSlices = (dueAt: readonly number[], now: number): DueSlices => {
  const last = dueAt.reduce((most, at) => Math.max(most, at), now)
  const stepMs = STEPS_MS.find((step) => step * SLICES > last - now) ?? Math.ceil((last - now + 1) / SLICES)
  const counts = new Array<number>(SLICES).fill(0)
  for (const at of dueAt) {
    const slice = Math.max(0, Math.floor((at - now) / stepMs))
    counts[slice] = (counts[slice] ?? 0) + 1
  }
  return { from: now, stepMs, counts }
}

/** Part of any name somebody may know a message by, any case. */
export const waitingMatching = <Row extends WaitingMessage & { producerGroup?: string }>(
  rows: readonly Row[] | undefined,
  q: string,
): readonly Row[] | undefined => {
  const part = q.trim().toLowerCase()
  return rows?.filter((row) =>
    [row.topic, row.producerGroup ?? '', row.uniqueId ?? '', ...row.keys].some((text) =>
      text.toLowerCase().includes(part),
    ),
  )
}
