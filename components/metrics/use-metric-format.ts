'use client'
// components/metrics/use-metric-format.ts: how a figure of the explorer is written, in words and on an axis.
import { useTranslations } from 'use-intl'
import { type ExplorerMetric, explorerMetrics, type MetricUnit } from '../../server/shared/metrics'
import { useBacklogTick } from '../chart'
import { useFormat } from '../format'

const KIB = 1024
const SECOND_MS = 1000
const byteSteps = [
  ['B', 1],
  ['KiB', KIB],
  ['MiB', KIB ** 2],
  ['GiB', KIB ** 3],
] as const
const spanSteps = [
  ['ms', 1],
  ['s', SECOND_MS],
  ['min', 60 * SECOND_MS],
  ['h', 3600 * SECOND_MS],
] as const
const trimmed = (scaled: number): string =>
  scaled === 0 ? '0' : Number(scaled.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 3 })

export interface MetricFormat {
  readonly unit: string
  readonly scaleBy: number
  readonly counts: boolean
  readonly tick: (scaled: number) => string
  readonly value: (value: number) => string
}
/** `most`: the largest value drawn, which decides the unit of the axis. */
export function useMetricFormat(): (metric: ExplorerMetric, most: number) => MetricFormat {
  const format = useFormat()
  const t = useTranslations('metrics')
  const backlog = useBacklogTick()
  const stepOf = (steps: readonly (readonly [string, number])[], most: number) =>
    steps.findLast(([, size]) => most >= size) ?? steps[0] ?? (['', 1] as const)
  const made: Record<MetricUnit, (most: number) => MetricFormat> = {
    messageRate: () => ({
      unit: format.messagesPerSecond,
      scaleBy: 1,
      counts: false,
      tick: trimmed,
      value: format.rateDigits,
    }),
    byteRate: (most) => {
      const [unit, scaleBy] = stepOf(byteSteps, most)
      return { unit: `${unit}${format.perSecond}`, scaleBy, counts: false, tick: trimmed, value: format.byteRate }
    },
    messages: () => ({
      unit: t('unit.messages'),
      scaleBy: 1,
      counts: true,
      tick: backlog,
      value: (value) => format.count(Math.round(value)),
    }),
    clients: () => ({
      unit: t('unit.clients'),
      scaleBy: 1,
      counts: true,
      tick: trimmed,
      value: (value) => trimmed(value),
    }),
    ms: (most) => {
      const [unit, scaleBy] = stepOf(spanSteps, most)
      return {
        unit,
        scaleBy,
        counts: false,
        tick: trimmed,
        value: (value) => (value < 10 ? `${trimmed(value)} ms` : format.duration(Math.round(value))),
      }
    },
    ratio: () => ({ unit: '%', scaleBy: 0.01, counts: false, tick: trimmed, value: format.percent }),
  }
  return (metric, most) => made[explorerMetrics[metric].unit](most)
}
