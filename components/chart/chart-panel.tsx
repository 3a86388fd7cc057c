'use client'
// components/chart/chart-panel.tsx: a chart in its panel: keys with current values in the head in place of a legend, and the
// same figures as a table for whoever wants or needs them so.
import { ChartLine, Table2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { Button } from '../ui/button'
import { Panel } from '../ui/panel'
import { Table, Td, Th } from '../ui/table'
import { colourOf, latestOf } from './series'
import { TimeChart, type TimeChartProps } from './time-chart'

export interface ChartPanelProps extends Omit<TimeChartProps, 'summary'> {
  readonly title: string
  readonly unit?: string
  /** Behind the keys: a switch between messages and bytes. */
  readonly aux?: ReactNode
  /** The keys carry the newest value. */
  readonly valuesInHead?: boolean
  /** The keys stand elsewhere: in a table at the foot. */
  readonly hideKeys?: boolean
  readonly foot?: ReactNode
  readonly className?: string
}

export const ChartPanel = (props: ChartPanelProps) => {
  const { title, unit, aux, valuesInHead = true, hideKeys = false, foot, className, ...chart } = props
  const t = useTranslations('chart')
  const format = useFormat()
  const [asTable, setAsTable] = useState(false)
  const { series, points, from, to, formatValue } = chart
  const held = series.map((one) => {
    const values = points.flatMap((point) => point.values[one.key] ?? [])
    return values.length === 0
      ? t('summaryNone', { name: one.label })
      : t('summarySeries', {
          name: one.label,
          last: formatValue(values.at(-1) ?? 0),
          least: formatValue(Math.min(...values)),
          most: formatValue(Math.max(...values)),
        })
  })
  const summary = t('summary', { title, from: format.clock(from), to: format.clock(to), series: held.join(' ') })
  return (
    <Panel
      title={title}
      className={className}
      aux={
        <>
          {(hideKeys ? [] : series).map((one) => {
            const latest = latestOf(points, one.key)
            return (
              <span key={one.key} className="flex min-w-0 items-center gap-1.5">
                <i
                  className="mark h-[3px] w-2.5 flex-none rounded-[1px]"
                  style={{ background: colourOf(one.colour) }}
                />
                <span className="truncate">{one.label}</span>
                {valuesInHead && latest !== null && <b className="tnum font-strong text-ink">{formatValue(latest)}</b>}
              </span>
            )
          })}
          {unit !== undefined && <span className="max-sm:hidden">{unit}</span>}
          <Button
            look="ghost"
            shape="icon"
            size="sm"
            aria-label={asTable ? t('asChart') : t('asTable')}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
            className="-mx-1.5 h-6 w-6 max-sm:h-9 max-sm:w-9"
          >
            {asTable ? <ChartLine /> : <Table2 />}
          </Button>
          {aux}
        </>
      }
    >
      {asTable ? <ChartTable {...chart} /> : <TimeChart {...chart} summary={summary} />}
      {foot}
    </Panel>
  )
}

const ChartTable = ({ series, points, height, formatValue }: Omit<TimeChartProps, 'summary'>) => {
  const t = useTranslations('chart')
  const format = useFormat()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className="overflow-auto" style={{ height }} tabIndex={0}>
      <Table density="compact">
        <thead className="sticky top-0">
          <tr>
            <Th>{t('time')}</Th>
            {series.map((one) => (
              <Th key={one.key} number>
                {one.label}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr key={point.at}>
              <Td className="tnum">{format.clockSeconds(point.at)}</Td>
              {series.map((one) => {
                const value = point.values[one.key]
                return (
                  <Td key={one.key} number>
                    {value == null ? <span className="text-unknown">{t('noSample')}</span> : formatValue(value)}
                  </Td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}
