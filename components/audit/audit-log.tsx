'use client'
// components/audit/audit-log.tsx: every change and every reading of bodies, newest first: filters, one line in detail, CSV. Who
// sees only their own lines is told so.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { AuditRow } from '../../server/shared/views'
import { CsvButton, DataTable, DensityMenu, downloadCsv, FilterBox, TableFoot, useTableUrl } from '../data-table'
import { useFormat } from '../format'
import { useClusters, useMe } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { basePath, useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { PageHead, Panel } from '../ui/panel'
import { Empty, NoMatch } from '../ui/region'
import { Select } from '../ui/select'
import { Chip } from '../ui/tag'
import { useAuditColumns } from './audit-columns'
import { auditCsv } from './audit-csv'
import { AuditEntry } from './audit-entry'
import { auditRangeNames, rangeStart } from './audit-range'
import { VerifyChain } from './verify-chain'

const results = ['ok', 'partial', 'failed'] as const
/** A choice of a list must be some text; no name and no action is this one. */
const ANY = '*'

const exportQuery = (asked: Readonly<Record<string, string | number>>): string =>
  new URLSearchParams(
    Object.entries(asked).flatMap(([key, value]) => (value === '' ? [] : [[key, String(value)]])),
  ).toString()

export const AuditLog = () => {
  const t = useTranslations('audit')
  const format = useFormat()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const me = useMe()
  const clusters = useClusters()
  const isOwn = me !== undefined && !me.grants.some(({ right, own }) => right === 'audit.read' && own !== true)
  const url = useTableUrl('')
  const [filters, setFilters] = useQueryStates(
    {
      who: parseAsString,
      action: parseAsString,
      cluster: parseAsString,
      result: parseAsStringLiteral(results),
      range: parseAsStringLiteral(auditRangeNames),
      sel: parseAsInteger,
    },
    { history: 'push' },
  )
  const [openedAt] = useState(Date.now)
  const { who, action, cluster, result, range } = filters
  const asked = {
    q: url.q,
    ...(who === null ? {} : { who }),
    ...(action === null ? {} : { action }),
    ...(cluster === null ? {} : { cluster }),
    ...(result === null ? {} : { result }),
    ...(range === null ? {} : { from: rangeStart(range, openedAt) }),
  }
  const list = useQuery(
    trpc.audit.list.queryOptions({ ...asked, page: url.page, size: url.size }, { placeholderData: keepPreviousData }),
  )
  const page = list.data
  const columns = useAuditColumns()
  const choose = (next: Partial<Omit<typeof filters, 'sel'>>) => {
    url.set({ page: 1 })
    void setFilters({ ...next, sel: null })
  }
  const clear = () => {
    url.set({ q: '' })
    void setFilters({ who: null, action: null, cluster: null, result: null, range: null })
  }
  const countOf = (key: string) => {
    const found = page?.facets.find((one) => one.key === key)
    return found === undefined ? undefined : format.count(found.count)
  }
  const choices = (kind: 'who' | 'action', chosen: string | null) => {
    const known =
      page?.facets.flatMap(({ key }) => (key.startsWith(`${kind}:`) ? [key.slice(kind.length + 1)] : [])) ?? []
    const names = [...new Set([...known, ...(chosen === null ? [] : [chosen])])].filter((name) => name !== '').sort()
    return [
      { value: ANY, label: t(`any.${kind}`) },
      ...names.map((name) => ({
        value: name,
        label: <span className="mono">{name}</span>,
        note: countOf(`${kind}:${name}`),
      })),
    ]
  }
  const open = useCallback((row: AuditRow) => void setFilters({ sel: row.id }), [setFilters])
  const opened = page?.rows.find((row) => row.id === filters.sel) ?? null
  return (
    <>
      <PageHead
        title={t('title')}
        about={
          page && (
            <span className="tnum">
              {format.count(page.total)}
              {isOwn && ` · ${t('own')}`}
            </span>
          )
        }
      >
        <CsvButton
          onDownload={() =>
            downloadCsv({
              fileName: 'audit.csv',
              columns: auditCsv,
              page: (number, size) => cache.fetchQuery(trpc.audit.list.queryOptions({ ...asked, page: number, size })),
            })
          }
        />
        <Button asChild look="ghost" size="sm" note={t('ndjsonNote')}>
          <a href={`${basePath}/api/v1/audit/export?${exportQuery(asked)}`} download="audit.ndjson">
            <Download />
            NDJSON
          </a>
        </Button>
        {me?.rights.includes('console.admin') ? <VerifyChain /> : null}
        <DensityMenu />
      </PageHead>
      <div className="flex flex-wrap items-center gap-1.5 max-sm:-mx-3 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:px-3 max-sm:[scrollbar-width:none]">
        <FilterBox
          value={url.q}
          onChange={useCallback((q: string) => url.set({ q }), [url.set])}
          placeholder={t('contains')}
          className="w-[264px] max-sm:w-48 max-sm:flex-none"
        />
        {results.map((one) => (
          <Chip
            key={one}
            on={result === one}
            count={page && (countOf(`result:${one}`) ?? '0')}
            onClick={() => choose({ result: result === one ? null : one })}
          >
            {t(`result.${one}`)}
          </Chip>
        ))}
        <i className="mx-1 h-[18px] w-px bg-line max-sm:hidden" />
        <Select
          look="button"
          label={t('filter.who')}
          value={who ?? ANY}
          onChange={(next) => choose({ who: next === ANY ? null : next })}
          choices={choices('who', who)}
          className="flex-none"
        />
        <Select
          look="button"
          label={t('filter.action')}
          value={action ?? ANY}
          onChange={(next) => choose({ action: next === ANY ? null : next })}
          choices={choices('action', action)}
          className="flex-none"
        />
        <Select
          look="button"
          label={t('filter.cluster')}
          value={cluster ?? ANY}
          onChange={(next) => choose({ cluster: next === ANY ? null : next })}
          choices={[
            { value: ANY, label: t('any.cluster') },
            ...(clusters ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          className="flex-none"
        />
        <Select
          look="button"
          label={t('filter.range')}
          value={range ?? ANY}
          onChange={(next) => choose({ range: next === ANY ? null : next })}
          choices={[
            { value: ANY, label: t('any.range') },
            ...auditRangeNames.map((value) => ({ value, label: t(`range.${value}`) })),
          ]}
          className="flex-none"
        />
      </div>
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={t('title')}
          keyboard
          columns={columns}
          rows={page?.rows}
          rowKey={(row) => String(row.id)}
          view={JSON.stringify([asked, url.page, url.size])}
          onOpen={open}
          openKey={filters.sel === null ? null : String(filters.sel)}
          refetching={list.isFetching && !list.isPending}
          instead={
            list.error && !page ? (
              <QueryFault error={list.error} onRetry={() => void list.refetch()} />
            ) : page && page.total === 0 ? (
              <Empty title={t('empty')}>{t('emptyText')}</Empty>
            ) : page && page.matched === 0 ? (
              <NoMatch
                title={t('noMatch', { total: format.count(page.total) })}
                onClear={clear}
                filters={url.q && `“${url.q}”`}
              />
            ) : undefined
          }
          foot={page && page.matched > 0 && <TableFoot url={url} matched={page.matched} ageMs={null} />}
        />
      </Panel>
      <AuditEntry row={opened} onClose={() => void setFilters({ sel: null })} />
    </>
  )
}
