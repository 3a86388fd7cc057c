'use client'
// components/client/client-list.tsx: everyone connected to the cluster in one list, producers and consumers; who they are,
// what they run, and for which groups.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
import type { ClientRow } from '../../server/shared/views'
import { useTableUrl } from '../data-table'
import { clusterHref } from '../shell/address'
import { useClusterId, useOverview } from '../shell/cluster'
import { SnippetBrief } from '../shell/connect'
import { CopyNameItem, FacetChips, FacetRule, ListPage, OpenItem } from '../shell/list-page'
import { useTRPC } from '../trpc/client'
import { Link } from '../ui/link'
import { Empty } from '../ui/region'
import { useClientColumns } from './client-columns'
import { clientCsv } from './client-csv'
import { ClientSheet } from './client-sheet'
import { CLIENTS_SORT } from './first-clients'

const roles = ['producer', 'consumer'] as const

export const ClientList = () => {
  const cluster = useClusterId()
  const t = useTranslations('client')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const url = useTableUrl(CLIENTS_SORT)
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
  const counts = list.data?.facets
  const languages = [
    ...new Set([...(counts?.map(({ key }) => key) ?? []).filter((key) => !isRole(key)), ...facets.lang]),
  ]
  const filtered = url.q !== '' || facets.role.length + facets.lang.length > 0
  const clear = () => {
    url.set({ q: '' })
    void setFacets({ role: null, lang: null })
  }
  const open = useCallback((row: ClientRow) => void setFacets({ sel: row.clientId }), [setFacets])
  const connect = overview.data?.connect
  return (
    <ListPage
      title={t('title')}
      aside={
        <Link href={clusterHref(cluster, 'doctor')} className="mr-1 text-sm">
          {t('doctor')}
        </Link>
      }
      csv={{
        fileName: `clients-${cluster}.csv`,
        columns: clientCsv,
        page: (number, size) => cache.fetchQuery(trpc.client.list.queryOptions({ ...asked, page: number, size })),
      }}
      columns={columns}
      url={url}
      list={list}
      asked={asked}
      contains={t('contains')}
      filtered={filtered}
      onClear={clear}
      facets={
        <>
          <FacetChips
            of={roles}
            chosen={facets.role}
            counts={counts}
            word={(role) => t(`role.${role}`)}
            onChange={(role) => void setFacets({ role })}
          />
          {languages.length > 0 && <FacetRule />}
          <FacetChips
            of={languages}
            chosen={facets.lang}
            counts={counts}
            word={(language) => language}
            onChange={(lang) => void setFacets({ lang })}
          />
        </>
      }
      empty={
        <Empty title={t('empty')} action={connect && <SnippetBrief {...connect} />}>
          {t('emptyText')}
        </Empty>
      }
      noMatch={(total) => t('noMatch', { total })}
      missing={({ who }) => t('missing', { who })}
      rowKey={(row) => row.clientId}
      tieBreaker="client"
      onOpen={open}
      openKey={facets.sel}
      menu={(row) => (
        <>
          <OpenItem onOpen={() => open(row)} />
          <CopyNameItem name={row.clientId} />
        </>
      )}
    >
      <ClientSheet cluster={cluster} clientId={facets.sel} onClose={() => void setFacets({ sel: null })} />
    </ListPage>
  )
}

const isRole = (key: string): boolean => roles.some((role) => role === key)
