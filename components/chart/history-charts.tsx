'use client'
// components/chart/history-charts.tsx: one wrapper per kind of chart that the console draws from its history: throughput (in
// as an area, out as a line; messages or bytes) and backlog.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ruleNameIn } from '../../server/shared/alarms'
import type { History } from '../../server/shared/views'
import { useFormat } from '../format'
import { usePreferences } from '../i18n/preferences'
import { ChartPanel } from './chart-panel'
import type { ChartMarker, Series } from './series'

interface HistoryChartProps {
  readonly history: History
  readonly height: number
  readonly title?: string
  readonly aux?: ReactNode
  readonly valuesInHead?: boolean
  readonly onZoom?: ((from: number, to: number) => void) | undefined
  readonly className?: string
}

const KIB = 1024
const BYTE_STEPS = [1, KIB, KIB ** 2, KIB ** 3, KIB ** 4] as const
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

const plain = (scaled: number): string =>
  scaled === 0 ? '0' : Number(scaled.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 3 })

/** What was done, in the reader's language, and to what. The server's text is `action object`. */
export const useMarkers = (history: Pick<History, 'markers'>): readonly ChartMarker[] => {
  const t = useTranslations('chart')
  const { language } = usePreferences()
  return history.markers.map(({ at, kind, text }) => {
    const rest = text.slice(text.indexOf(' ') + 1)
    const colon = rest.indexOf(': ')
    // Of an alarm it is `rule: subject`.
    const told = kind === 'alarm' && colon > 0 ? ruleNameIn(language, rest.slice(0, colon)) + rest.slice(colon) : rest
    return { at, text: `${t(`marker.${kind}`)} ${told}` }
  })
}

export interface ThroughputChartProps extends HistoryChartProps {
  readonly unit?: 'messages' | 'bytes'
  readonly outLabel?: string
}
export const ThroughputChart = ({ history, unit = 'messages', outLabel, title, ...rest }: ThroughputChartProps) => {
  const t = useTranslations('chart')
  const format = useFormat()
  const bytes = unit === 'bytes'
  const points = history.points.map((point) => ({
    at: point.at,
    values: { in: bytes ? point.inBytes : point.in, out: bytes ? point.outBytes : point.out },
  }))
  const most = Math.max(0, ...points.flatMap(({ values }) => [values.in ?? 0, values.out ?? 0]))
  const byteStep = Math.max(
    0,
    BYTE_STEPS.findLastIndex((step) => most >= step),
  )
  const scaleBy = bytes ? (BYTE_STEPS[byteStep] ?? 1) : most >= 10_000 ? 1000 : 1
  const series: readonly Series[] = [
    { key: 'in', label: t('in'), colour: 'in', kind: 'area' },
    { key: 'out', label: outLabel ?? t('out'), colour: 'out', kind: 'line' },
  ]
  return (
    <ChartPanel
      {...rest}
      title={title ?? t(bytes ? 'throughputBytes' : 'throughput')}
      unit={
        bytes
          ? `${BYTE_UNITS[byteStep]}${format.perSecond}`
          : scaleBy === 1000
            ? t('thousandPerSecond')
            : format.messagesPerSecond
      }
      series={series}
      points={points}
      from={history.from}
      to={history.to}
      stepMs={history.stepMs}
      scaleBy={scaleBy}
      formatTick={plain}
      formatValue={(value) => (bytes ? format.byteRate(value) : format.rateDigits(value))}
      markers={useMarkers(history)}
    />
  )
}

export interface BacklogChartProps extends HistoryChartProps {
  readonly label?: string
}
/** Messages that wait, on an axis. */
export const useBacklogTick = () => {
  const format = useFormat()
  return (value: number): string => {
    const { digits, unit } = format.figure(Math.round(value))
    return unit === '' ? plain(value) : `${digits.replace(/\.0+$/, '')} ${unit}`
  }
}
export const BacklogChart = ({ history, title, label, ...rest }: BacklogChartProps) => {
  const t = useTranslations('chart')
  const format = useFormat()
  const tick = useBacklogTick()
  return (
    <ChartPanel
      {...rest}
      title={title ?? t('backlog')}
      series={[{ key: 'lag', label: label ?? t('messages'), colour: 'lag', kind: 'area' }]}
      points={history.points.map((point) => ({ at: point.at, values: { lag: point.lag } }))}
      from={history.from}
      to={history.to}
      stepMs={history.stepMs}
      counts
      formatTick={tick}
      formatValue={(value) => format.count(Math.round(value))}
      markers={useMarkers(history)}
    />
  )
}
