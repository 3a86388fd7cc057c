'use client'
// components/message/dead-list.tsx: which groups have dead letters, the most first; from the samples, without a call per row.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
import type { DeadRow } from '../../server/shared/views'
import { Sparkline } from '../chart'
import { type Column, DataTable, DensityMenu, FilterBox, TableFoot, useTableUrl } from '../data-table'
import { Moment, Name, NotApplicable, TotalValue, useFormat, Value } from '../format'
import { clusterHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Link } from '../ui/link'
import { PageHead, Panel } from '../ui/panel'
import { Empty, NoMatch } from '../ui/region'

export const DeadList = () => {
  const cluster = useClusterId()
  const t = useTranslations('dead')
  const format = useFormat()
  const trpc = useTRPC()
  const router = useRouter()
  const url = useTableUrl('-dead')
  const asked = { cluster, q: url.q, sort: url.sort, page: url.page, size: url.size }
  const list = useQuery(trpc.dead.list.queryOptions(asked, { placeholderData: keepPreviousData }))
  const page = list.data
  const hrefOf = (row: DeadRow) => clusterHref(cluster, 'dlq', row.group)
  const columns: readonly Column<DeadRow>[] = [
    {
      id: 'name',
      head: t('column.group'),
      name: t('column.group'),
      priority: 0,
      sort: 'ascending',
      card: 'name',
      cell: (row) => (
        <Link quiet href={hrefOf(row)} className="block" tabIndex={-1}>
          <Name>{row.group}</Name>
        </Link>
      ),
    },
    {
      id: 'dead',
      head: t('column.dead'),
      name: t('column.dead'),
      widthPx: 120,
      priority: 0,
      number: true,
      sort: 'descending',
      card: 'value',
      cell: (row) => <TotalValue of={row.dead}>{(dead) => format.count(dead)}</TotalValue>,
    },
    {
      id: 'newest',
      head: t('column.newest'),
      name: t('column.newest'),
      widthPx: 170,
      priority: 1,
      number: true,
      sort: 'descending',
      card: 'value',
      cell: (row) => <Value of={row.newestAt}>{(at) => (at === null ? <NotApplicable /> : <Moment at={at} />)}</Value>,
    },
    {
      id: 'line',
      head: t('column.line'),
      name: t('column.line'),
      widthPx: 96,
      priority: 2,
      card: 'line',
      cell: (row) => <Sparkline points={row.spark} tone="quiet" width={64} />,
    },
  ]
  const retrying = page?.facets.find(({ key }) => key === 'retrying')?.count ?? 0
  const missing = page?.missing ?? []
  return (
    <>
      <PageHead
        title={t('title')}
        about={
          page && (
            <span className="tnum">
              {format.count(page.total)} · {t('retrying', { count: retrying })}
            </span>
          )
        }
      >
        <DensityMenu />
      </PageHead>
      <div className="flex flex-wrap items-center gap-1.5">
        <FilterBox
          value={url.q}
          onChange={useCallback((q: string) => url.set({ q }), [url.set])}
          placeholder={t('contains')}
          className="w-[264px]"
        />
      </div>
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={t('title')}
          keyboard
          columns={columns}
          rows={page?.rows}
          rowKey={(row) => row.group}
          view={JSON.stringify(asked)}
          sort={url.sort}
          onSort={(sort) => url.set({ sort })}
          onOpen={(row) => router.push(hrefOf(row))}
          refetching={list.isFetching && !list.isPending}
          instead={
            list.error && !page ? (
              <QueryFault error={list.error} onRetry={() => void list.refetch()} />
            ) : page && page.total === 0 ? (
              <Empty title={t('empty')}>
                {t('retrying', { count: retrying })} {t('emptyText')}
              </Empty>
            ) : page && page.matched === 0 ? (
              <NoMatch
                title={t('noMatch', { total: format.count(page.total) })}
                onClear={() => url.set({ q: '' })}
                filters={url.q && `“${url.q}”`}
              />
            ) : undefined
          }
          foot={
            page &&
            page.matched > 0 && (
              <TableFoot
                url={url}
                matched={page.matched}
                ageMs={page.at === 0 ? null : Date.now() - page.at}
                missing={missing.length > 0 && t('missing', { who: missing.map((one) => one.who).join(', ') })}
              />
            )
          }
        />
      </Panel>
    </>
  )
}
