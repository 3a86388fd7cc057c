// components/message/scan-state.ts: what a streaming search has found so far. The server merges by store time over queues;
// here rows are only appended. A socket that breaks starts the stream again: rows seen before are dropped. Pure.
import type { MessageRow, NotRead, ScanEvent } from '../../server/shared/views'

type End = Extract<ScanEvent, { type: 'end' }>
type Plan = Extract<ScanEvent, { type: 'plan' }>
export interface ScanState {
  readonly phase: 'running' | 'ended'
  readonly plan: Plan | null
  readonly rows: readonly MessageRow[]
  readonly scanned: number
  readonly matched: number
  readonly estimate: number
  readonly elapsedMs: number
  readonly perSecond: number
  readonly reachedAt: number | null
  readonly end: End | null
  /** What earlier runs of the same search (`Go on`) have scanned and matched. */
  readonly before: {
    readonly scanned: number
    readonly matched: number
    readonly bodiesUnread: number
    /** Brokers whose queues were not known: no cursor leads to them, so that nothing that comes later has read them. */
    readonly notRead: readonly NotRead[]
  }
}

export const rowKey = (row: MessageRow): string => `${row.topic} ${row.broker}/${row.queueId}@${row.queueOffset}`

export const newScan = (): ScanState => ({
  phase: 'running',
  plan: null,
  rows: [],
  scanned: 0,
  matched: 0,
  estimate: 0,
  elapsedMs: 0,
  perSecond: 0,
  reachedAt: null,
  end: null,
  before: { scanned: 0, matched: 0, bodiesUnread: 0, notRead: [] },
})

/** The same search goes on from where it ended: its rows stay. */
export const goOn = (state: ScanState): ScanState => ({
  ...state,
  phase: 'running',
  end: null,
  before: {
    scanned: state.scanned,
    matched: state.matched,
    bodiesUnread: state.end?.bodiesUnread ?? 0,
    notRead: state.end?.notRead.filter(({ who }) => state.plan?.missing.some((one) => one.who === who)) ?? [],
  },
})
const unlessNamed = <One extends { who: string }>(all: readonly One[], named: readonly { who: string }[]): One[] =>
  all.filter(({ who }) => !named.some((one) => one.who === who))

export const scanned = (state: ScanState, event: ScanEvent): ScanState => {
  const { before } = state
  switch (event.type) {
    case 'plan':
      return {
        ...state,
        plan:
          state.plan === null
            ? event
            : {
                ...event,
                from: state.plan.from,
                to: state.plan.to,
                missing: [
                  ...state.plan.missing.filter(({ who }) => before.notRead.some((one) => one.who === who)),
                  ...unlessNamed(event.missing, before.notRead),
                ],
              },
        estimate: before.scanned + event.estimate,
      }
    case 'rows': {
      const seen = new Set(state.rows.map(rowKey))
      const fresh = event.rows.filter((row) => !seen.has(rowKey(row)))
      return fresh.length === 0 ? state : { ...state, rows: [...state.rows, ...fresh] }
    }
    case 'progress':
      return {
        ...state,
        scanned: before.scanned + event.scanned,
        matched: before.matched + event.matched,
        estimate: before.scanned + event.estimate,
        elapsedMs: event.elapsedMs,
        perSecond: event.perSecond,
        reachedAt: event.reachedAt,
      }
    case 'end': {
      const notRead = [...unlessNamed(before.notRead, event.notRead), ...event.notRead]
      return {
        ...state,
        phase: 'ended',
        scanned: before.scanned + event.scanned,
        matched: before.matched + event.matched,
        elapsedMs: event.elapsedMs,
        end: {
          ...event,
          why: event.why === 'range-done' && notRead.length > 0 ? 'not-all' : event.why,
          notRead,
          bodiesUnread: before.bodiesUnread + event.bodiesUnread,
        },
      }
    }
  }
}

/** Matches per slice of the range, for the small histogram. */
export const histogram = (rows: readonly MessageRow[], from: number, to: number, slices: number): readonly number[] => {
  const counts = new Array<number>(slices).fill(0)
  const span = to - from
  if (span <= 0) return counts
  for (const row of rows) {
    const at = Math.floor(((row.storedAt - from) / span) * slices)
    const slice = Math.min(slices - 1, Math.max(0, at))
    counts[slice] = (counts[slice] ?? 0) + 1
  }
  return counts
}
