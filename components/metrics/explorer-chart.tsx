'use client'
// components/metrics/explorer-chart.tsx: one chart of the explorer: its series, the span of before beneath them (dashed), and a
// table of the same under it.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Ellipsis, FileDown, Pencil, Trash2 } from 'lucide-react'
import { useTranslations } from 'use-intl'
import type { ChartSpec, CompareSpan } from '../../server/shared/metrics'
import type { Explored } from '../../server/shared/views'
import { ChartPanel, type Series, type SeriesColour, useMarkers } from '../chart'
import { downloadCsv } from '../data-table'
import { cutName, useFormat } from '../format'
import { useClusterCard, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useRange } from '../shell/range'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu'
import { Panel, PanelFoot } from '../ui/panel'
import { Empty, Refetching, Skeleton } from '../ui/region'
import { SeriesTable } from './series-table'
import { useMetricFormat } from './use-metric-format'

const HEIGHT = 208
const palette: readonly SeriesColour[] = ['in', 'out', 'lag', '4', '5', '6']
/** In, out and lag have one colour in the whole product: a chart of one of them begins with it. */
const firstColours: Partial<Record<ChartSpec['metric'], SeriesColour>> = { out: 'out', lag: 'lag', behindMs: 'lag' }
const coloursFor = (metric: ChartSpec['metric']): readonly SeriesColour[] => {
  const first = firstColours[metric] ?? 'in'
  return [first, ...palette.filter((colour) => colour !== first)]
}

export interface ExplorerChartProps {
  readonly spec: ChartSpec
  readonly compare: CompareSpan | null
  readonly onEdit: () => void
  readonly onRemove: () => void
}
export const ExplorerChart = ({ spec, compare, onEdit, onRemove }: ExplorerChartProps) => {
  const t = useTranslations('metrics')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const { span } = useRange()
  const { metric, of, names } = spec
  const query = useQuery(
    trpc.metrics.explore.queryOptions(
      {
        cluster,
        metric,
        of,
        ...(typeof names === 'number' ? { top: names } : { names: [...names] }),
        ...span,
        ...(compare === null ? {} : { compare }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const title =
    of === 'cluster' ? t(`metric.${metric}`) : t('by', { metric: t(`metric.${metric}`), of: t(`scope.${of}`) })
  const menu = (
    <Menu
      trigger={
        <Button
          look="ghost"
          shape="icon"
          size="sm"
          aria-label={t('chartMenu', { title })}
          className="-mr-1.5 h-6 w-6 max-sm:h-9 max-sm:w-9"
        >
          <Ellipsis />
        </Button>
      }
    >
      <MenuItem icon={<Pencil />} onSelect={onEdit}>
        {t('edit')}
      </MenuItem>
      <MenuItem
        icon={<FileDown />}
        reason={query.data ? undefined : t('nothingYet')}
        onSelect={() => query.data && void download(query.data, title)}
      >
        {t('csv')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Trash2 />} onSelect={onRemove}>
        {t('remove')}
      </MenuItem>
    </Menu>
  )
  if (!query.data)
    return (
      <Panel title={title} aux={menu} className="min-h-[340px]">
        {query.error ? (
          <QueryFault error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton lines={7} className="py-2" />
        )}
      </Panel>
    )
  if (query.data.series.length === 0)
    return (
      <Panel title={title} aux={menu} className="min-h-[200px]">
        <Empty title={t('nothingOf')} />
      </Panel>
    )
  return (
    <Drawn data={query.data} title={title} spec={spec} compare={compare} menu={menu} busy={query.isPlaceholderData} />
  )
}

const Drawn = (props: {
  data: Explored
  title: string
  spec: ChartSpec
  compare: CompareSpan | null
  menu: React.ReactNode
  busy: boolean
}) => {
  const { data, title, spec, compare, menu, busy } = props
  const t = useTranslations('metrics')
  const format = useFormat()
  const formatOf = useMetricFormat()
  const markers = useMarkers(data)
  const { zoom } = useRange()
  const card = useClusterCard()
  const most = Math.max(
    0,
    ...data.series.flatMap(({ values, before }) => [...values, ...(before ?? [])].map((value) => value ?? 0)),
  )
  const { unit, scaleBy, counts, tick, value } = formatOf(spec.metric, most)
  const colours = coloursFor(spec.metric)
  const nameOf = (name: string) => (name === '' ? (card?.name ?? t('scope.cluster')) : name)
  const series: Series[] = data.series.flatMap(({ name, before }, place) => {
    const colour = colours[place] ?? 'rest'
    const label = cutName(nameOf(name), 30)
    return [
      { key: `now${place}`, label, colour, kind: data.series.length === 1 ? 'area' : 'line' } satisfies Series,
      ...(before === null || compare === null
        ? []
        : [
            {
              key: `then${place}`,
              label: `${label} · ${t(`compare.${compare}`)}`,
              colour,
              kind: 'line',
              dashed: true,
            } satisfies Series,
          ]),
    ]
  })
  const steps = data.series[0]?.values.length ?? 0
  const points = Array.from({ length: steps }, (_, step) => ({
    at: data.from + step * data.stepMs,
    values: Object.fromEntries(
      data.series.flatMap(({ values, before }, place) => [
        [`now${place}`, values[step] ?? null],
        ...(before === null ? [] : [[`then${place}`, before[step] ?? null]]),
      ]),
    ),
  }))
  const isEmpty = data.series.every(({ values }) => values.every((one) => one === null))
  return (
    <ChartPanel
      title={title}
      unit={unit}
      aux={menu}
      hideKeys
      series={series}
      points={points}
      from={data.from}
      to={data.to}
      stepMs={data.stepMs}
      height={HEIGHT}
      scaleBy={scaleBy}
      counts={counts}
      formatTick={tick}
      formatValue={value}
      markers={markers}
      onZoom={zoom}
      foot={
        <>
          <Refetching when={busy} />
          <SeriesTable series={data.series} colours={colours} format={value} nameOf={nameOf} of={spec.of} />
          <PanelFoot className="min-h-[28px]">
            <span className="min-w-0 truncate">
              {isEmpty && data.collectingSince === null
                ? t('collecting')
                : t('resolution', {
                    step: format.duration(data.sampleMs),
                    kept: format.duration(data.keptMs),
                    since: data.collectingSince === null ? '–' : format.dayClock(data.collectingSince),
                  })}
            </span>
            {data.more > 0 && <span className="ml-auto whitespace-nowrap">{t('more', { count: data.more })}</span>}
          </PanelFoot>
        </>
      }
    />
  )
}

/** The chart as CSV: a line per step; a gap is an empty cell. */
const download = ({ series, from, stepMs }: Explored, title: string): Promise<void> => {
  const rows = Array.from({ length: series[0]?.values.length ?? 0 }, (_, step) => step)
  return downloadCsv({
    fileName: `${title.replace(/[^\w]+/g, '-').toLowerCase()}.csv`,
    columns: [
      { name: 'time', value: (step: number) => new Date(from + step * stepMs).toISOString() },
      ...series.flatMap(({ name, values, before }) => [
        { name: name === '' ? 'cluster' : name, value: (step: number) => values[step] ?? null },
        ...(before === null ? [] : [{ name: `${name} before`, value: (step: number) => before[step] ?? null }]),
      ]),
    ],
    page: async (page, size) => ({ rows: rows.slice((page - 1) * size, page * size), matched: rows.length }),
  })
}
