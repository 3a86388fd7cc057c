'use client'
// components/metrics/usage-report.tsx: how many messages and bytes each topic or group moved in the range, as a whole, by day or
// by hour, in the reader's zone. CSV of all of it.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
import type { UsageRow } from '../../server/shared/views'
import { type Column, CsvButton, DataTable, downloadCsv, FilterBox, TableFoot, useTableUrl } from '../data-table'
import { Name, NotApplicable, useFormat } from '../format'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useRange } from '../shell/range'
import { useTRPC } from '../trpc/client'
import { Panel } from '../ui/panel'
import { Empty, NoMatch } from '../ui/region'
import { Segmented } from '../ui/segmented'

const scopes = ['topic', 'group'] as const
const steps = ['total', 'day', 'hour'] as const
const sorts = ['at', 'name', 'in', 'out', 'bytes'] as const

const rateOf = ({ messagesIn, messagesOut, at, until }: UsageRow, of: (typeof scopes)[number]): number =>
  ((of === 'topic' ? messagesIn : messagesOut) * 1000) / (until - at)
const csvFor = (of: (typeof scopes)[number]) => [
  { name: 'from', value: (row: UsageRow) => new Date(row.at).toISOString() },
  { name: 'to', value: (row: UsageRow) => new Date(row.until).toISOString() },
  { name: of, value: (row: UsageRow) => row.name },
  ...(of === 'topic' ? [{ name: 'messagesIn', value: (row: UsageRow) => row.messagesIn }] : []),
  { name: 'messagesOut', value: (row: UsageRow) => row.messagesOut },
  { name: 'perSecond', value: (row: UsageRow) => Number(rateOf(row, of).toPrecision(6)) },
  { name: 'bytes', value: (row: UsageRow) => (row.bytes === null ? null : Math.round(row.bytes)) },
  { name: 'estimated', value: (row: UsageRow) => row.estimated },
]

export const UsageReport = () => {
  const t = useTranslations('metrics.report')
  const format = useFormat()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const cluster = useClusterId()
  const { span } = useRange()
  const url = useTableUrl('')
  const [{ of, by }, set] = useQueryStates(
    { of: parseAsStringLiteral(scopes).withDefault('topic'), by: parseAsStringLiteral(steps).withDefault('total') },
    { history: 'push' },
  )
  const sort = sorts.find((known) => known === url.sort.replace(/^-/, '')) ?? (by === 'total' ? 'out' : 'at')
  const input = { cluster, of, by, zone: format.zone, q: url.q, sort, ...span }
  const query = useQuery(
    trpc.metrics.usage.queryOptions(
      { ...input, page: url.page, size: url.size },
      { placeholderData: keepPreviousData },
    ),
  )
  const page = query.data
  const column = (id: string, name: string) => ({ id, head: name, name })
  const columns: readonly Column<UsageRow>[] = [
    ...(by === 'total'
      ? []
      : [
          {
            ...column('at', t('at')),
            widthPx: 120,
            priority: 0,
            card: 'value',
            cell: (row: UsageRow) => <span className="tnum">{format.dayClock(row.at)}</span>,
          } satisfies Column<UsageRow>,
        ]),
    { ...column('name', t('name')), priority: 0, card: 'name', cell: (row) => <Name>{row.name}</Name> },
    ...(of === 'group'
      ? []
      : [
          {
            ...column('in', t('in')),
            widthPx: 128,
            priority: 0,
            card: 'value',
            number: true,
            cell: (row: UsageRow) => counted(row, row.messagesIn),
          } satisfies Column<UsageRow>,
        ]),
    {
      ...column('out', of === 'group' ? t('consumed') : t('out')),
      widthPx: 128,
      priority: 0,
      card: 'value',
      number: true,
      cell: (row) => counted(row, row.messagesOut),
    },
    {
      ...column('rate', t('rate')),
      widthPx: 100,
      priority: 2,
      number: true,
      cell: (row) => format.rateDigits(rateOf(row, of)),
    },
    {
      ...column('bytes', t('bytes')),
      widthPx: 112,
      priority: 1,
      number: true,
      cell: (row) =>
        row.bytes === null ? (
          <span title={t('unsized')}>
            <NotApplicable />
          </span>
        ) : (
          `≈ ${format.bytes(row.bytes)}`
        ),
    },
  ]
  const counted = (row: UsageRow, messages: number) =>
    row.estimated ? <span title={t('estimated')}>≈ {format.count(messages)}</span> : format.count(messages)
  const change = (next: Partial<{ of: (typeof scopes)[number]; by: (typeof steps)[number] }>) => {
    void set(next)
    url.set({ page: 1, sort: '' })
  }
  return (
    <Panel
      ruled
      title={t('title')}
      about={
        page && (
          <span className="tnum">{t('about', { from: format.dayClock(page.from), to: format.dayClock(page.to) })}</span>
        )
      }
      className="min-h-[260px]"
    >
      <div className="flex flex-wrap items-center gap-2 border-b border-hair px-3 py-2">
        <Segmented
          label={t('of')}
          value={of}
          onChange={(next) => change({ of: next })}
          choices={[
            { value: 'topic', label: t('topics') },
            { value: 'group', label: t('groups') },
          ]}
        />
        <Segmented
          label={t('by')}
          value={by}
          onChange={(next) => change({ by: next })}
          choices={steps.map((value) => ({ value, label: t(value) }))}
        />
        <FilterBox
          value={url.q}
          onChange={useCallback((q: string) => url.set({ q }), [url.set])}
          placeholder={t('filter')}
          className="w-[220px] max-sm:w-full"
        />
        <span className="flex-1 max-sm:hidden" />
        <CsvButton
          onDownload={() =>
            downloadCsv({
              fileName: `usage-${of}-${by}-${cluster}.csv`,
              columns: csvFor(of),
              page: (number, size) =>
                cache.fetchQuery(trpc.metrics.usage.queryOptions({ ...input, page: number, size })),
            })
          }
        />
      </div>
      <DataTable
        label={t('title')}
        scrolls={false}
        density="compact"
        columns={columns}
        rows={page?.rows}
        rowKey={(row) => `${row.name} ${row.at}`}
        view={JSON.stringify([of, by, url.q, url.page, url.size, url.sort])}
        refetching={query.isFetching && !query.isPending}
        instead={
          query.error && !page ? (
            <QueryFault error={query.error} onRetry={() => void query.refetch()} />
          ) : page && page.matched === 0 && url.q !== '' ? (
            <NoMatch title={t('noMatch')} onClear={() => url.set({ q: '' })} />
          ) : page && page.matched === 0 ? (
            <Empty title={t('none')}>{t('noneText')}</Empty>
          ) : undefined
        }
        foot={page && page.matched > 0 && <TableFoot url={url} matched={page.matched} ageMs={null} />}
      />
      <p className="border-t border-hair px-3 py-2 text-ink-3 text-xs">{t('note')}</p>
    </Panel>
  )
}
