'use client'
// components/alarm/alarm-history.tsx: every alarm there was, newest first: when, how bad, who was told, how it ended. CSV.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
import type { AlarmRow } from '../../server/shared/views'
import { type Column, CsvButton, DataTable, downloadCsv, FilterBox, TableFoot, useTableUrl } from '../data-table'
import type { CsvColumn } from '../data-table/csv'
import { Moment, Name, NotApplicable, useFormat } from '../format'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Panel } from '../ui/panel'
import { Empty, NoMatch } from '../ui/region'
import { SeverityName } from './severity-name'
import { useAlarmWords } from './use-alarm-words'

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
const csv: readonly CsvColumn<AlarmRow>[] = [
  { name: 'since', value: (row) => iso(row.since) },
  { name: 'fired_at', value: (row) => iso(row.firedAt) },
  { name: 'ended_at', value: (row) => iso(row.endedAt) },
  { name: 'ending', value: (row) => row.ending },
  { name: 'rule', value: (row) => row.rule },
  { name: 'severity', value: (row) => row.severity },
  { name: 'subject', value: (row) => row.subject },
  { name: 'metric', value: (row) => row.metric },
  { name: 'threshold', value: (row) => row.threshold },
  { name: 'peak', value: (row) => row.peak },
  { name: 'taken_by', value: (row) => row.takenBy },
  { name: 'sent', value: (row) => row.deliveries.filter(({ status }) => status === 'sent').length },
  { name: 'failed', value: (row) => row.deliveries.filter(({ status }) => status === 'failed').length },
]
export const AlarmHistory = () => {
  const t = useTranslations('alarm.history')
  const tAlarm = useTranslations('alarm')
  const format = useFormat()
  const words = useAlarmWords()
  const cluster = useClusterId()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const url = useTableUrl('')
  const query = useQuery(
    trpc.alarm.history.queryOptions(
      { cluster, q: url.q, page: url.page, size: url.size },
      { placeholderData: keepPreviousData },
    ),
  )
  const page = query.data
  const column = (id: 'firedAt' | 'rule' | 'subject' | 'lasted' | 'peak' | 'ending' | 'told' | 'taken') => ({
    id,
    head: t(id),
    name: t(id),
  })
  const columns: readonly Column<AlarmRow>[] = [
    { ...column('firedAt'), widthPx: 130, priority: 0, card: 'value', cell: (row) => <Moment at={row.firedAt} /> },
    {
      ...column('rule'),
      widthPx: 230,
      priority: 0,
      card: 'name',
      cell: (row) => <SeverityName severity={row.severity} name={row.rule} />,
    },
    { ...column('subject'), priority: 0, card: 'value', cell: (row) => <Name>{row.subject}</Name> },
    {
      ...column('lasted'),
      widthPx: 120,
      priority: 1,
      number: true,
      cell: (row) => format.duration((row.endedAt ?? page?.at ?? row.firedAt) - row.since),
    },
    {
      ...column('peak'),
      widthPx: 110,
      priority: 2,
      number: true,
      cell: (row) => (row.peak === null ? <NotApplicable /> : words.value(row.metric, row.peak)),
    },
    {
      ...column('ending'),
      widthPx: 120,
      priority: 0,
      card: 'state',
      cell: (row) => t(`is.${row.ending ?? 'firing'}`),
    },
    {
      ...column('told'),
      widthPx: 120,
      priority: 3,
      cell: (row) => {
        const failed = row.deliveries.filter(({ status }) => status === 'failed').length
        return (
          <span className={failed > 0 ? 'text-crit' : 'text-ink-2'}>
            {t('sent', {
              sent: row.deliveries.filter(({ status }) => status === 'sent').length,
              of: row.deliveries.length,
            })}
          </span>
        )
      },
    },
    { ...column('taken'), widthPx: 110, priority: 4, cell: (row) => row.takenBy ?? <NotApplicable /> },
  ]
  return (
    <>
      <div className="flex items-center gap-2">
        <FilterBox
          value={url.q}
          onChange={useCallback((q: string) => url.set({ q }), [url.set])}
          placeholder={t('contains')}
          className="w-[264px] max-sm:min-w-0 max-sm:flex-1"
        />
        <span className="flex-1 max-sm:hidden" />
        <CsvButton
          onDownload={() =>
            downloadCsv({
              fileName: `alarms-${cluster}.csv`,
              columns: csv,
              page: (number, size) =>
                cache.fetchQuery(trpc.alarm.history.queryOptions({ cluster, q: url.q, page: number, size })),
            })
          }
        />
      </div>
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={tAlarm('tab.history')}
          keyboard
          columns={columns}
          rows={page?.rows}
          rowKey={(row) => row.id}
          view={JSON.stringify([url.q, url.page, url.size])}
          refetching={query.isFetching && !query.isPending}
          instead={
            query.error && !page ? (
              <QueryFault error={query.error} onRetry={() => void query.refetch()} />
            ) : page && page.total === 0 ? (
              <Empty title={t('none')} />
            ) : page && page.matched === 0 ? (
              <NoMatch title={t('noMatch', { total: format.count(page.total) })} onClear={() => url.set({ q: '' })} />
            ) : undefined
          }
          foot={page && page.matched > 0 && <TableFoot url={url} matched={page.matched} ageMs={null} />}
        />
      </Panel>
    </>
  )
}
