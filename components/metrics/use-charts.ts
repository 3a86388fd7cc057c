'use client'
// components/metrics/use-charts.ts: which charts are drawn, kept in the address: `m` once per chart, and what is laid beneath.
import { parseAsNativeArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { type ChartSpec, compareSpans, MOST_CHARTS, readSpec, writeSpec } from '../../server/shared/metrics'

const usual: readonly ChartSpec[] = [
  { metric: 'in', of: 'topic', names: 5 },
  { metric: 'lag', of: 'group', names: 5 },
  { metric: 'behindMs', of: 'group', names: 5 },
  { metric: 'putP99Ms', of: 'broker', names: 6 },
]
export function useCharts() {
  const [{ m, compare }, set] = useQueryStates(
    { m: parseAsNativeArrayOf(parseAsString), compare: parseAsStringLiteral(compareSpans) },
    { history: 'push' },
  )
  return useMemo(() => {
    const read = m.flatMap((text) => readSpec(text) ?? []).slice(0, MOST_CHARTS)
    const charts = read.length === 0 ? usual : read
    const write = (next: readonly ChartSpec[]) => void set({ m: next.map(writeSpec) })
    return {
      charts,
      compare,
      setCompare: (next: typeof compare) => void set({ compare: next }),
      add: (spec: ChartSpec) => write([...charts, spec]),
      replace: (place: number, spec: ChartSpec) => write(charts.map((one, index) => (index === place ? spec : one))),
      remove: (place: number) => write(charts.filter((_, index) => index !== place)),
    }
  }, [m, compare, set])
}
