'use client'
// components/metrics/chart-editor.tsx: what a chart draws: a metric, of what, and which of them.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import {
  type ChartSpec,
  type ExplorerMetric,
  explorerMetricNames,
  type MetricScope,
  MOST_SERIES,
  scopesOf,
} from '../../server/shared/metrics'
import { ClusterName, useClusterId } from '../shell/cluster'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { Checkbox } from '../ui/tick'

const MOST_SHOWN = 100
const topCounts = ['1', '3', '5', '6'] as const

export const ChartEditor = (props: {
  spec: ChartSpec | undefined
  onClose: () => void
  onDraw: (spec: ChartSpec) => void
}) => {
  const { spec, onClose, onDraw } = props
  const t = useTranslations('metrics.editor')
  const tMetrics = useTranslations('metrics')
  const [metric, setMetric] = useState<ExplorerMetric>(spec?.metric ?? 'in')
  const [of, setOf] = useState<MetricScope>(spec?.of ?? 'topic')
  const [which, setWhich] = useState<'top' | 'named'>(typeof spec?.names === 'object' ? 'named' : 'top')
  const [top, setTop] = useState(typeof spec?.names === 'number' ? spec.names : 5)
  const [names, setNames] = useState<readonly string[]>(typeof spec?.names === 'object' ? spec.names : [])
  const scopes = scopesOf(metric)
  const scope = scopes.includes(of) ? of : (scopes[0] ?? 'cluster')
  const next: ChartSpec | null =
    scope === 'cluster'
      ? { metric, of: scope, names: [''] }
      : which === 'top'
        ? { metric, of: scope, names: top }
        : names.length > 0
          ? { metric, of: scope, names }
          : null
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t(spec === undefined ? 'add' : 'edit')}
      about={<ClusterName />}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" form="chart" disabled={next === null}>
            {t('do')}
          </Button>
        </>
      }
    >
      <form
        id="chart"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (next !== null) onDraw(next)
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('metric')}>
            <Select
              value={metric}
              onChange={setMetric}
              choices={explorerMetricNames.map((value) => ({ value, label: tMetrics(`metric.${value}`) }))}
            />
          </Field>
          <Field label={t('of')}>
            <Select
              value={scope}
              onChange={(chosen) => {
                setOf(chosen)
                setNames([])
              }}
              choices={scopes.map((value) => ({ value, label: tMetrics(`scope.${value}`) }))}
            />
          </Field>
        </div>
        {scope !== 'cluster' && (
          <div className="flex flex-wrap items-end gap-3">
            <Segmented
              label={t('which')}
              value={which}
              onChange={setWhich}
              choices={[
                { value: 'top', label: t('top') },
                { value: 'named', label: t('named') },
              ]}
            />
            {which === 'top' && (
              <Segmented
                label={t('topCount')}
                value={topCounts.find((one) => one === String(top)) ?? '5'}
                onChange={(value) => setTop(Number(value))}
                choices={topCounts.map((value) => ({ value, label: value }))}
              />
            )}
          </div>
        )}
        {scope !== 'cluster' && which === 'named' && <NamePicker of={scope} names={names} onChange={setNames} />}
      </form>
    </Dialog>
  )
}

const NamePicker = (props: {
  of: Exclude<MetricScope, 'cluster'>
  names: readonly string[]
  onChange: (names: readonly string[]) => void
}) => {
  const { of, names, onChange } = props
  const t = useTranslations('metrics.editor')
  const cluster = useClusterId()
  const trpc = useTRPC()
  const [q, setQ] = useState('')
  const still = { staleTime: 30_000 }
  const topics = useQuery(trpc.topic.names.queryOptions({ cluster }, { ...still, enabled: of === 'topic' })).data
  const groups = useQuery(trpc.group.names.queryOptions({ cluster }, { ...still, enabled: of === 'group' })).data
  const brokers = useQuery(trpc.broker.list.queryOptions({ cluster }, { ...still, enabled: of === 'broker' })).data
  const all =
    of === 'topic' ? topics?.map(({ name }) => name) : of === 'group' ? groups : brokers?.rows.map(({ key }) => key)
  const typed = q.trim().toLowerCase()
  const found = (all ?? []).filter((name) => name.toLowerCase().includes(typed) || names.includes(name))
  // What is chosen stays in view.
  const shown = [...found].sort((a, b) => Number(names.includes(b)) - Number(names.includes(a))).slice(0, MOST_SHOWN)
  return (
    <fieldset className="min-w-0">
      <Field
        label={t('names', { most: MOST_SERIES })}
        hint={t('namesHint', { chosen: names.length, most: MOST_SERIES })}
      >
        <Input value={q} placeholder={t('filter')} onChange={(event) => setQ(event.target.value)} />
      </Field>
      <ul className="mt-2 max-h-[220px] overflow-auto rounded-md border border-hair py-1">
        {shown.map((name) => {
          const chosen = names.includes(name)
          return (
            <li key={name} className="flex min-h-7 items-center px-2.5 max-sm:min-h-11">
              <Checkbox
                checked={chosen}
                disabled={!chosen && names.length >= MOST_SERIES}
                onChange={(on) => onChange(on ? [...names, name] : names.filter((one) => one !== name))}
              >
                <span className="mono min-w-0 truncate">{name}</span>
              </Checkbox>
            </li>
          )
        })}
        {all !== undefined && shown.length === 0 && <li className="px-2.5 py-1 text-ink-3 text-sm">{t('none')}</li>}
      </ul>
    </fieldset>
  )
}
