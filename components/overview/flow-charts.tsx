'use client'
// components/overview/flow-charts.tsx: what goes in and out, and what waits: the two groups with the largest backlog by name,
// the rest as one line.
import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { History, Overview, Point } from '../../server/shared/views'
import { BacklogChart, ChartPanel, type Series, ThroughputChart, useBacklogTick, useMarkers } from '../chart'
import { cutName, useFormat } from '../format'
import { QueryFault } from '../shell/fault'
import { useRange } from '../shell/range'
import { useTRPC } from '../trpc/client'
import { Panel } from '../ui/panel'
import { Skeleton } from '../ui/region'

const NAMED = 2
const HEIGHT = 228

interface FlowChartsProps {
  readonly cluster: string
  readonly overview: Overview
  readonly history: { readonly data: History | undefined; readonly error: unknown; readonly refetch: () => unknown }
  readonly onZoom: (from: number, to: number) => void
}
export function FlowCharts({ cluster, overview, history, onZoom }: FlowChartsProps) {
  const t = useTranslations('overview')
  const { data, error, refetch } = history
  if (!data) {
    const inside = error ? (
      <QueryFault error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton lines={6} className="py-2" />
    )
    return (
      <div className="grid gap-2.5 md:grid-cols-2">
        <Panel title={t('throughput')} className="min-h-[264px]">
          {inside}
        </Panel>
        <Panel title={t('backlog')} className="min-h-[264px]">
          {error ? null : inside}
        </Panel>
      </div>
    )
  }
  return (
    <div className="grid gap-2.5 md:grid-cols-2">
      <ThroughputChart history={data} height={HEIGHT} valuesInHead={false} onZoom={onZoom} className="max-sm:order-2" />
      <BacklogByGroup cluster={cluster} overview={overview} history={data} onZoom={onZoom} />
    </div>
  )
}

function BacklogByGroup({
  cluster,
  overview,
  history,
  onZoom,
}: Omit<FlowChartsProps, 'history'> & { history: History }) {
  const t = useTranslations('overview')
  const trpc = useTRPC()
  const format = useFormat()
  const { span } = useRange()
  const markers = useMarkers(history)
  const tick = useBacklogTick()
  const named = [...overview.behindGroups]
    .filter(({ lag }) => isKnown(lag) && lag.value > 0)
    .sort((a, b) => lagOf(b.lag) - lagOf(a.lag))
    .slice(0, NAMED)
    .map(({ name }) => name)
  const histories = useQueries({
    queries: named.map((group) =>
      trpc.group.history.queryOptions({ cluster, group, ...span }, { placeholderData: keepPreviousData }),
    ),
  })
  const loaded = histories.flatMap(({ data }) => (data ? [data] : []))
  if (named.length === 0 || loaded.length < named.length)
    return <BacklogChart history={history} height={HEIGHT} valuesInHead={false} onZoom={onZoom} />

  const others = overview.groups - named.length
  const at = (one: History, point: Point) =>
    one.points.find((candidate) => Math.abs(candidate.at - point.at) <= one.stepMs / 2)?.lag ?? null
  const points = history.points.map((point) => {
    const [first, second] = loaded.map((one) => at(one, point))
    const rest = point.lag === null ? null : Math.max(0, point.lag - (first ?? 0) - (second ?? 0))
    return { at: point.at, values: { first: first ?? null, second: second ?? null, rest } }
  })
  const series: Series[] = [
    { key: 'first', label: cutName(named[0] ?? '', 26), colour: 'lag', kind: 'area' },
    ...(named[1] ? [{ key: 'second', label: cutName(named[1], 16), colour: '4', kind: 'line' } as const] : []),
    ...(others > 0
      ? [{ key: 'rest', label: t('moreGroups', { count: others }), colour: 'rest', kind: 'line' } as const]
      : []),
  ]
  return (
    <ChartPanel
      title={t('backlog')}
      series={series}
      points={points}
      from={history.from}
      to={history.to}
      stepMs={history.stepMs}
      height={HEIGHT}
      valuesInHead={false}
      markers={markers}
      onZoom={onZoom}
      counts
      formatTick={tick}
      formatValue={(value) => format.count(Math.round(value))}
    />
  )
}
const lagOf = (lag: Overview['lag']): number => (isKnown(lag) ? lag.value : -1)
