'use client'
// components/shell/range.ts: the time range of a page's charts. It is one for all of them and lives in the address:
// `?range=1h`, or `?range=FROM..TO` in ISO with zone.
import { useQueryState } from 'nuqs'
import { useMemo } from 'react'

export const ranges = {
  '15m': 900_000,
  '1h': 3_600_000,
  '6h': 21_600_000,
  '24h': 86_400_000,
  '3d': 259_200_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
} as const
export type RangeName = keyof typeof ranges
export const rangeNames = Object.keys(ranges) as readonly RangeName[] // keys of a const object are exactly RangeName
const USUAL: RangeName = '1h'

export type RangeSpan = { readonly lastMs: number } | { readonly from: number; readonly to: number }

const isRangeName = (text: string): text is RangeName => Object.hasOwn(ranges, text)

/** What a `range` says; a text that says nothing is the usual range. */
export function spanOf(text: string | null): { name: RangeName | null; span: RangeSpan } {
  if (text !== null && isRangeName(text)) return { name: text, span: { lastMs: ranges[text] } }
  const [fromText = '', toText = ''] = (text ?? '').split('..')
  const from = Date.parse(fromText)
  const to = Date.parse(toText)
  if (from < to) return { name: null, span: { from, to } }
  return { name: USUAL, span: { lastMs: ranges[USUAL] } }
}

interface Drawn {
  readonly from: number
  readonly to: number
  readonly points: readonly { readonly at: number }[]
}
const SHORTEST_MS = 300_000
/**
 * The usual range of a console that has watched for minutes would be one hatch: while more than half of it has no sample, it
 * begins with the first one. A range that was chosen is drawn as it was chosen.
 */
export function fitted<T extends Drawn>(history: T): T {
  const first = history.points.find((point) =>
    Object.entries(point).some(([key, value]) => key !== 'at' && typeof value === 'number'),
  )
  const { from, to } = history
  if (first === undefined || first.at - from < (to - from) / 2) return history
  const begins = Math.max(from, Math.min(first.at, to - SHORTEST_MS))
  return { ...history, from: begins, points: history.points.filter(({ at }) => at >= begins) }
}

export function useRange() {
  const [text, setText] = useQueryState('range', { history: 'push' })
  return useMemo(() => {
    const { name, span } = spanOf(text)
    return {
      name,
      span,
      /** A history as it is drawn in this range. */
      drawn: <T extends Drawn>(history: T): T => (text === null ? fitted(history) : history),
      /** `null` goes back to the usual range, which the address leaves out. */
      choose: (next: RangeName) => void setText(next === USUAL ? null : next),
      /** Dragging over a chart. */
      zoom: (from: number, to: number) =>
        void setText(`${new Date(from).toISOString()}..${new Date(to).toISOString()}`),
    }
  }, [text, setText])
}
