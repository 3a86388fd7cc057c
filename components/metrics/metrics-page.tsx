'use client'
// components/metrics/metrics-page.tsx: the history inside the console: charts of whatever was sampled, one range for all of
// them, the resource report beneath, and the door for Prometheus.
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { type CompareSpan, compareSpans, MOST_CHARTS } from '../../server/shared/metrics'
import { Button } from '../ui/button'
import { PageHead } from '../ui/panel'
import { Select } from '../ui/select'
import { ChartEditor } from './chart-editor'
import { ExplorerChart } from './explorer-chart'
import { PrometheusCard } from './prometheus-card'
import { UsageReport } from './usage-report'
import { useCharts } from './use-charts'
import { ViewsMenu } from './views-menu'

const NONE = 'none'

export const MetricsPage = () => {
  const t = useTranslations('metrics')
  const { charts, compare, setCompare, add, replace, remove } = useCharts()
  /** A place among the charts, or behind the last: a new one. */
  const [editing, setEditing] = useState<number | null>(null)
  return (
    <>
      <PageHead title={t('title')}>
        <Select<CompareSpan | typeof NONE>
          look="button"
          label={t('compare.label')}
          value={compare ?? NONE}
          onChange={(next) => setCompare(next === NONE ? null : next)}
          choices={[
            { value: NONE, label: t('compare.none') },
            ...compareSpans.map((value) => ({ value, label: t(`compareAs.${value}`) })),
          ]}
        />
        <ViewsMenu />
        <Button look="primary" disabled={charts.length >= MOST_CHARTS} onClick={() => setEditing(charts.length)}>
          <Plus />
          {t('addChart')}
        </Button>
      </PageHead>
      <div className="grid gap-2.5 md:grid-cols-2">
        {charts.map((spec, place) => (
          <ExplorerChart
            // A chart is what it draws, at its place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={`${place} ${JSON.stringify(spec)}`}
            spec={spec}
            compare={compare}
            onEdit={() => setEditing(place)}
            onRemove={() => remove(place)}
          />
        ))}
      </div>
      <UsageReport />
      <PrometheusCard />
      {editing !== null && (
        <ChartEditor
          spec={charts[editing]}
          onClose={() => setEditing(null)}
          onDraw={(spec) => {
            if (editing < charts.length) replace(editing, spec)
            else add(spec)
            setEditing(null)
          }}
        />
      )}
    </>
  )
}
