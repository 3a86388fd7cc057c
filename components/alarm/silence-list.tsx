'use client'
// components/alarm/silence-list.tsx: what nobody is told of, until when and why; and what was so before.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { SilenceRow } from '../../server/shared/views'
import { type Column, DataTable } from '../data-table'
import { Moment, Name } from '../format'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { useAlarmWords } from './use-alarm-words'
import { useAlarmsChanged, useMay } from './use-alarms'

export const SilenceList = () => {
  const t = useTranslations('alarm.silence')
  const words = useAlarmWords()
  const tAlarm = useTranslations('alarm')
  const cluster = useClusterId()
  const trpc = useTRPC()
  const changed = useAlarmsChanged()
  const may = useMay()
  const query = useQuery(trpc.alarm.silences.queryOptions({ cluster }))
  const end = useMutation(trpc.alarm.endSilence.mutationOptions({ onSuccess: changed }))
  const column = (id: 'state' | 'names' | 'rule' | 'from' | 'until' | 'by' | 'reason' | 'act') => ({
    id,
    head: id === 'act' ? '' : t(id),
    name: id === 'act' ? tAlarm('endSilence') : t(id),
  })
  const columns: readonly Column<SilenceRow>[] = [
    {
      ...column('names'),
      priority: 0,
      card: 'name',
      cell: (row) => <Name>{row.pattern}</Name>,
    },
    {
      ...column('state'),
      widthPx: 110,
      priority: 0,
      card: 'state',
      cell: (row) => (
        <span className="inline-flex items-center gap-1.5">
          <Mark state={row.active ? 'busy' : 'off'} />
          {row.active ? t('active') : t('over')}
        </span>
      ),
    },
    {
      ...column('rule'),
      widthPx: 180,
      priority: 2,
      cell: (row) => (row.rule === null ? t('anyRule') : words.ruleName(row.rule)),
    },
    { ...column('from'), widthPx: 130, priority: 1, cell: (row) => <Moment at={row.createdAt} /> },
    {
      ...column('until'),
      widthPx: 130,
      priority: 0,
      card: 'value',
      cell: (row) => <Moment at={row.endedAt ?? row.until} />,
    },
    { ...column('by'), widthPx: 120, priority: 1, cell: (row) => row.who },
    { ...column('reason'), priority: 3, cell: (row) => <span className="text-ink-2">{row.reason}</span> },
    {
      ...column('act'),
      widthPx: 120,
      priority: 0,
      card: 'value',
      cell: (row) =>
        row.active ? (
          <Button
            size="sm"
            reason={may.handle ? undefined : tAlarm('needs', { right: 'alarm.handle' })}
            onClick={() => end.mutate({ cluster, id: row.id })}
          >
            {tAlarm('endSilence')}
          </Button>
        ) : null,
    },
  ]
  return (
    <Panel className="min-h-[280px] flex-1">
      <DataTable
        label={tAlarm('tab.silences')}
        columns={columns}
        rows={query.data}
        rowKey={(row) => row.id}
        view="silences"
        refetching={query.isFetching && !query.isPending}
        instead={
          query.error && !query.data ? (
            <QueryFault error={query.error} onRetry={() => void query.refetch()} />
          ) : query.data?.length === 0 ? (
            <Empty title={t('none')}>{t('noneNote')}</Empty>
          ) : undefined
        }
      />
    </Panel>
  )
}
