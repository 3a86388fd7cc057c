'use client'
// components/chart/time-chart.tsx: figures over time: zero-based, at most six hairlines, no vertical grid, nothing animated.
// A span without samples is hatched and said, never interpolated. All charts of a page share one crosshair (syncId).
// Knows no topic, no query, no clock: it draws what it is given.
import { useId, useMemo, useState } from 'react'
import {
  Area,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { ChartTooltip } from './chart-tooltip'
import { distinctTicks, type Gap, gapsOf, timeTicks } from './scale'
import { type ChartMarker, colourOf, labelMarkers, type Series, type SeriesPoint } from './series'

export interface TimeChartProps {
  readonly series: readonly Series[]
  readonly points: readonly SeriesPoint[]
  readonly from: number
  readonly to: number
  readonly stepMs: number
  readonly height: number
  /** Values are divided by this before they are written on the axis; the unit is named in the head. */
  readonly scaleBy?: number
  /** What is drawn is counted: half a message has no line of its own. */
  readonly counts?: boolean
  readonly formatTick: (scaled: number) => string
  readonly formatValue: (value: number) => string
  /** What the chart says, for those who do not see it. */
  readonly summary: string
  readonly markers?: readonly ChartMarker[]
  readonly threshold?: { readonly at: number; readonly label: string }
  /** Dragging over the chart asks for that span. */
  readonly onZoom?: ((from: number, to: number) => void) | undefined
}

const TICK = { fontSize: 10.5, fill: 'var(--axis)', fontFamily: 'var(--font-sans)' } as const
const CHARACTER_PX = 6
const DAY_MS = 86_400_000
/** How high a marker stands that has no words of its own. */
const TICK_SHARE = 0.06
/** A hatch narrower than its words is left without them. */
const LABEL_PX = 84

export const TimeChart = (props: TimeChartProps) => {
  const { series, points, from, to, stepMs, height, scaleBy = 1, formatTick, formatValue, summary, onZoom } = props
  const t = useTranslations('chart')
  const format = useFormat()
  const hatch = `gap-${useId().replaceAll(':', '')}`
  const [drag, setDrag] = useState<Gap | null>(null)

  const { rows, gaps, ticks } = useMemo(() => {
    const most = Math.max(
      0,
      props.threshold?.at ?? 0,
      ...points.flatMap((point) => series.map(({ key }) => point.values[key] ?? 0)),
    )
    return {
      rows: points.map((point) => ({ at: point.at, ...point.values })),
      gaps: gapsOf(
        points.map((point) => ({ at: point.at, empty: series.every(({ key }) => point.values[key] == null) })),
        stepMs,
        from,
        to,
      ),
      ticks: distinctTicks(most / scaleBy, props.counts ?? false, formatTick).map((tick) => tick * scaleBy),
    }
  }, [points, series, stepMs, from, to, scaleBy, formatTick, props.counts, props.threshold?.at])

  const labels = ticks.map((tick) => formatTick(tick / scaleBy))
  const axisWidth = Math.max(26, Math.max(...labels.map((label) => label.length)) * CHARACTER_PX + 12)
  const top = ticks.at(-1) ?? 1
  const [width, setWidth] = useState(640)
  const parts = width > 420 ? 6 : 3
  const moments = timeTicks(from, to, parts)
  // Two moments of the same minute are told apart by their seconds.
  const clock = to - from > DAY_MS ? format.dayClock : (to - from) / parts < 60_000 ? format.clockSeconds : format.clock
  const atOf = (state: { activeLabel?: string | number | undefined }): number | null =>
    state.activeLabel === undefined ? null : Number(state.activeLabel)

  return (
    <div role="img" aria-label={summary} className="min-w-0 select-none pr-3 pb-1.5" style={{ height }}>
      <ResponsiveContainer
        width="100%"
        height="100%"
        initialDimension={{ width: 640, height }}
        onResize={(next) => setWidth(next)}
      >
        <ComposedChart
          data={rows}
          margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
          syncId="page"
          syncMethod="value"
          onMouseDown={(state) => {
            const at = atOf(state)
            if (onZoom && at !== null) setDrag({ from: at, to: at })
          }}
          onMouseMove={(state) => {
            const at = atOf(state)
            if (drag && at !== null) setDrag({ ...drag, to: at })
          }}
          onMouseUp={() => {
            if (drag && onZoom && Math.abs(drag.to - drag.from) >= stepMs * 2)
              onZoom(Math.min(drag.from, drag.to), Math.max(drag.from, drag.to))
            setDrag(null)
          }}
          onMouseLeave={() => setDrag(null)}
        >
          <defs>
            <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="2" height="5" fill="var(--gap)" />
            </pattern>
          </defs>
          {ticks.map((tick) => (
            <ReferenceLine key={tick} y={tick} stroke={tick === 0 ? 'var(--line)' : 'var(--grid)'} />
          ))}
          <XAxis
            dataKey="at"
            type="number"
            domain={[from, to]}
            allowDataOverflow
            ticks={[...moments]}
            interval={0}
            height={22}
            axisLine={false}
            tickLine={{ stroke: 'var(--line)' }}
            tickSize={4}
            tick={({ x, y, payload, index, visibleTicksCount }) => (
              <text
                x={x}
                y={Number(y) + 8}
                {...TICK}
                textAnchor={index === 0 ? 'start' : index === visibleTicksCount - 1 ? 'end' : 'middle'}
                className="tnum"
              >
                {clock(Number(payload.value))}
              </text>
            )}
          />
          <YAxis
            domain={[0, top]}
            ticks={[...ticks]}
            interval={0}
            width={axisWidth}
            axisLine={false}
            tickLine={false}
            tickFormatter={(tick: number) => formatTick(tick / scaleBy)}
            tick={{ ...TICK }}
          />
          {gaps.map((gap) => (
            <ReferenceArea
              key={gap.from}
              x1={gap.from}
              x2={gap.to}
              y1={0}
              y2={top}
              fill={`url(#${hatch})`}
              fillOpacity={1}
              ifOverflow="hidden"
              label={{
                value: ((gap.to - gap.from) / (to - from)) * width > LABEL_PX ? t('noSamples') : '',
                position: 'center',
                fontSize: 10.5,
                fill: 'var(--unknown-text)',
                style: { paintOrder: 'stroke', stroke: 'var(--panel)', strokeWidth: 5, strokeLinejoin: 'round' },
              }}
            />
          ))}
          {series.map(({ key, colour, kind, dashed }) =>
            kind === 'area' ? (
              <Area
                key={key}
                dataKey={key}
                type="linear"
                stroke={colourOf(colour)}
                strokeWidth={1.5}
                fill={colourOf(colour)}
                fillOpacity={0.12}
                isAnimationActive={false}
                dot={false}
                activeDot={{ r: 3.5, fill: 'var(--panel)', stroke: colourOf(colour), strokeWidth: 1.5 }}
              />
            ) : (
              <Line
                key={key}
                dataKey={key}
                type="linear"
                stroke={colourOf(colour)}
                strokeWidth={1.5}
                {...(dashed ? { strokeDasharray: '3 3' } : {})}
                isAnimationActive={false}
                dot={false}
                activeDot={{ r: 3.5, fill: 'var(--panel)', stroke: colourOf(colour), strokeWidth: 1.5 }}
              />
            ),
          )}
          {props.threshold && (
            <ReferenceLine
              y={props.threshold.at}
              stroke="var(--ink-3)"
              strokeDasharray="3 3"
              label={{ value: props.threshold.label, position: 'insideTopRight', fontSize: 10.5, fill: 'var(--ink-2)' }}
            />
          )}
          {labelMarkers(props.markers ?? [], from, to, width - axisWidth).map((marker) => (
            <ReferenceLine
              key={`${marker.at}-${marker.text}`}
              // One that another speaks for is a tick on the axis: a crowd of lines would say nothing.
              {...(marker.label === ''
                ? {
                    segment: [
                      { x: marker.at, y: 0 },
                      { x: marker.at, y: top * TICK_SHARE },
                    ],
                  }
                : { x: marker.at })}
              stroke="var(--ink-3)"
              ifOverflow="hidden"
              label={{
                value: marker.label,
                position: marker.before ? 'insideTopRight' : 'insideTopLeft',
                fontSize: 10.5,
                fill: 'var(--ink-2)',
                // Legible where a curve runs behind it.
                style: { paintOrder: 'stroke', stroke: 'var(--panel)', strokeWidth: 4, strokeLinejoin: 'round' },
              }}
            />
          ))}
          {drag && <ReferenceArea x1={drag.from} x2={drag.to} fill="var(--tide)" fillOpacity={0.12} />}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--ink-3)', strokeWidth: 1 }}
            offset={14}
            content={({ active, label, payload }) =>
              active && typeof label === 'number' ? (
                <ChartTooltip
                  time={format.clockSeconds(label)}
                  rows={series.map(({ key, label: name, colour }) => {
                    const entry = payload.find((item) => item.dataKey === key)
                    return {
                      name,
                      colour: colourOf(colour),
                      text: typeof entry?.value === 'number' ? formatValue(entry.value) : null,
                    }
                  })}
                />
              ) : null
            }
          />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  )
}
