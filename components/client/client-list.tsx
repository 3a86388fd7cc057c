'use client'
// components/client/client-list.tsx: everyone connected to the cluster in one list, producers and consumers; who they are,
// what they run, and for which groups.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy, List } from 'lucide-react'
import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
import type { ClientRow } from '../../server/shared/views'
import {
  ColumnsMenu,
  CsvButton,
  chosenColumns,
  DataTable,
  DensityMenu,
  downloadCsv,
  FilterBox,
  TableFoot,
  useTableUrl,
} from '../data-table'
import { useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { useClusterId, useOverview } from '../shell/cluster'
import { SnippetBrief } from '../shell/connect'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Link } from '../ui/link'
import { MenuItem } from '../ui/menu'
import { PageHead, Panel } from '../ui/panel'
import { Empty, NoMatch } from '../ui/region'
import { Chip } from '../ui/tag'
import { useToast } from '../ui/toast'
import { useClientColumns } from './client-columns'
import { clientCsv } from './client-csv'
import { ClientSheet } from './client-sheet'

const roles = ['producer', 'consumer'] as const

export const ClientList = () => {
  const cluster = useClusterId()
  const t = useTranslations('client')
  const format = useFormat()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const url = useTableUrl('client')
  const overview = useOverview(cluster)
  const [facets, setFacets] = useQueryStates(
    {
      role: parseAsArrayOf(parseAsStringLiteral(roles)).withDefault([]),
      lang: parseAsArrayOf(parseAsString).withDefault([]),
      sel: parseAsString,
    },
    { history: 'push' },
  )
  const asked = { cluster, q: url.q, sort: url.sort, role: facets.role, language: facets.lang }
  const list = useQuery(
    trpc.client.list.queryOptions({ ...asked, page: url.page, size: url.size }, { placeholderData: keepPreviousData }),
  )
  const columns = useClientColumns(cluster)
  const page = list.data
  const facet = (key: string) => {
    const found = page?.facets.find((one) => one.key === key)
    return found === undefined ? undefined : `${found.atLeast ? '≥ ' : ''}${format.count(found.count)}`
  }
  const languages = [
    ...new Set([...(page?.facets.map(({ key }) => key) ?? []).filter((key) => !isRole(key)), ...facets.lang]),
  ]
  const toggle = <T extends string>(chosen: readonly T[], one: T): T[] =>
    chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]
  const filtered = url.q !== '' || facets.role.length + facets.lang.length > 0
  const clear = () => {
    url.set({ q: '' })
    void setFacets({ role: null, lang: null })
  }
  const open = useCallback((row: ClientRow) => void setFacets({ sel: row.clientId }), [setFacets])
  const missing = page?.missing ?? []
  const connect = overview.data?.connect
  return (
    <>
      <PageHead title={t('title')} about={page && <span className="tnum">{format.count(page.total)}</span>}>
        <Link href={clusterHref(cluster, 'doctor')} className="mr-1 text-sm">
          {t('doctor')}
        </Link>
        <CsvButton
          onDownload={() =>
            downloadCsv({
              fileName: `clients-${cluster}.csv`,
              columns: clientCsv,
              page: (number, size) => cache.fetchQuery(trpc.client.list.queryOptions({ ...asked, page: number, size })),
            })
          }
        />
        <ColumnsMenu columns={columns} cols={url.cols} onChange={(cols) => url.set({ cols })} />
        <DensityMenu />
      </PageHead>
      <div className="flex flex-wrap items-center gap-1.5 max-sm:-mx-3 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:px-3 max-sm:[scrollbar-width:none]">
        <FilterBox
          value={url.q}
          onChange={useCallback((q: string) => url.set({ q }), [url.set])}
          placeholder={t('contains')}
          className="w-[264px] max-sm:w-48 max-sm:flex-none"
        />
        {roles.map((role) => (
          <Chip
            key={role}
            on={facets.role.includes(role)}
            count={facet(role)}
            onClick={() => void setFacets({ role: toggle(facets.role, role) })}
          >
            {t(`role.${role}`)}
          </Chip>
        ))}
        {languages.length > 0 && <i className="mx-1 h-[18px] w-px bg-line max-sm:hidden" />}
        {languages.map((language) => (
          <Chip
            key={language}
            on={facets.lang.includes(language)}
            count={facet(language)}
            onClick={() => void setFacets({ lang: toggle(facets.lang, language) })}
          >
            {language}
          </Chip>
        ))}
      </div>
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={t('title')}
          keyboard
          columns={chosenColumns(columns, url.cols)}
          rows={page?.rows}
          rowKey={(row) => row.clientId}
          view={JSON.stringify([asked, url.page, url.size])}
          sort={url.sort}
          tieBreaker="client"
          onSort={(sort) => url.set({ sort })}
          onOpen={open}
          openKey={facets.sel}
          refetching={list.isFetching && !list.isPending}
          instead={
            list.error && !page ? (
              <QueryFault error={list.error} onRetry={() => void list.refetch()} />
            ) : page && page.total === 0 && !filtered ? (
              <Empty title={t('empty')} action={connect && <SnippetBrief {...connect} />}>
                {t('emptyText')}
              </Empty>
            ) : page && page.matched === 0 ? (
              <NoMatch
                title={t('noMatch', { total: format.count(page.total) })}
                onClear={clear}
                filters={url.q && `“${url.q}”`}
              />
            ) : undefined
          }
          menu={(row) => (
            <>
              <MenuItem icon={<List />} onSelect={() => open(row)}>
                {t('menu.open')}
              </MenuItem>
              <MenuItem
                icon={<Copy />}
                onSelect={() => {
                  void navigator.clipboard?.writeText(row.clientId)
                  toast({ text: t('copied', { name: row.clientId }) })
                }}
              >
                {t('menu.copy')}
              </MenuItem>
            </>
          )}
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
      <ClientSheet cluster={cluster} clientId={facets.sel} onClose={() => void setFacets({ sel: null })} />
    </>
  )
}

const isRole = (key: string): boolean => roles.some((role) => role === key)
