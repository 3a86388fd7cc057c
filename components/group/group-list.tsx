'use client'
// components/group/group-list.tsx: the list of consumer groups, furthest behind first.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, RotateCcw, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { parseAsArrayOf, parseAsInteger, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { GroupRow } from '../../server/shared/views'
import { useTableUrl } from '../data-table'
import { useFormat } from '../format'
import { groupHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { CopyNameItem, FacetChips, FacetRule, ListPage, OpenItem } from '../shell/list-page'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { MenuItem, MenuSeparator } from '../ui/menu'
import { Empty } from '../ui/region'
import { FilterChip } from '../ui/tag'
import { BulkGroups } from './bulk-groups'
import { CreateGroup } from './create-group'
import { DeleteGroup } from './delete-group'
import { GROUPS_SORT } from './first-groups'
import { useGroupColumns } from './group-columns'
import { groupCsv } from './group-csv'

const states = [
  'consuming',
  'catching-up',
  'stalled',
  'blocked',
  'rebalancing',
  'mismatch',
  'no-client',
  'switched-off',
  'unknown',
] as const
/** Facets that are always in view; the rare states show themselves when there are such groups. */
const usualStates: readonly string[] = ['consuming', 'stalled', 'no-client']
const onlies = ['behind', 'retrying', 'idle', 'system'] as const

export const GroupList = () => {
  const cluster = useClusterId()
  const t = useTranslations('group')
  const format = useFormat()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const url = useTableUrl(GROUPS_SORT)
  const [facets, setFacets] = useQueryStates(
    {
      state: parseAsArrayOf(parseAsStringLiteral(states)).withDefault([]),
      only: parseAsArrayOf(parseAsStringLiteral(onlies)).withDefault([]),
      minLag: parseAsInteger,
      minBehind: parseAsInteger,
      new: parseAsStringLiteral(['group'] as const),
    },
    { history: 'push' },
  )
  const [deleting, setDeleting] = useState<string | null>(null)
  const asked = {
    cluster,
    q: url.q,
    sort: url.sort,
    state: facets.state,
    only: facets.only,
    ...(facets.minLag === null ? {} : { minLag: facets.minLag }),
    ...(facets.minBehind === null ? {} : { minBehindMs: facets.minBehind }),
  }
  const list = useQuery(
    trpc.group.list.queryOptions({ ...asked, page: url.page, size: url.size }, { placeholderData: keepPreviousData }),
  )
  const columns = useGroupColumns(cluster)
  const counts = list.data?.facets
  const countOf = (key: string): number => counts?.find((one) => one.key === key)?.count ?? 0
  const filtered =
    url.q !== '' || facets.state.length + facets.only.length > 0 || facets.minLag !== null || facets.minBehind !== null
  const clear = () => {
    url.set({ q: '' })
    void setFacets({ state: null, only: null, minLag: null, minBehind: null })
  }
  const open = useCallback((row: GroupRow) => router.push(groupHref(cluster, row.name)), [router, cluster])
  const may = useWhyNot()
  const create = (
    <Button look="primary" onClick={() => void setFacets({ new: 'group' })} reason={may('group.write')}>
      <Plus />
      {t('create.button')}
    </Button>
  )
  const idle = countOf('idle')
  return (
    <ListPage
      title={t('title')}
      about={idle > 0 && ` · ${t('idleCount', { count: idle })}`}
      action={create}
      csv={{
        fileName: `groups-${cluster}.csv`,
        columns: groupCsv,
        page: (number, size) => cache.fetchQuery(trpc.group.list.queryOptions({ ...asked, page: number, size })),
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
            of={states.filter(
              (state) => usualStates.includes(state) || facets.state.includes(state) || countOf(state) > 0,
            )}
            chosen={facets.state}
            counts={counts}
            word={(state) => t(`state.${state}`)}
            onChange={(state) => void setFacets({ state })}
          />
          <FacetRule />
          <FacetChips
            of={onlies}
            chosen={facets.only}
            counts={counts}
            word={(only) => t(`only.${only}`)}
            onChange={(only) => void setFacets({ only })}
          />
          {facets.minLag !== null && (
            <FilterChip
              name={t('minLag')}
              value={format.count(facets.minLag)}
              removeLabel={t('removeFilter')}
              onRemove={() => void setFacets({ minLag: null })}
            />
          )}
          {facets.minBehind !== null && (
            <FilterChip
              name={t('minBehind')}
              value={format.duration(facets.minBehind)}
              removeLabel={t('removeFilter')}
              onRemove={() => void setFacets({ minBehind: null })}
            />
          )}
        </>
      }
      empty={
        <Empty title={t('empty.title')} action={create}>
          {t('empty.text')}
        </Empty>
      }
      noMatch={(total) => t('noMatch', { total })}
      missing={(said) => t('missing', said)}
      rowKey={(row) => row.name}
      onOpen={open}
      bulk={(groups, untick) => <BulkGroups cluster={cluster} groups={groups} clear={untick} />}
      menu={(row) => (
        <>
          <OpenItem onOpen={() => open(row)} />
          <CopyNameItem name={row.name} />
          <MenuItem
            icon={<RotateCcw />}
            reason={may('offset.reset')}
            onSelect={() => router.push(groupHref(cluster, row.name, 'reset'))}
          >
            {t('menu.reset')}
          </MenuItem>
          <MenuSeparator />
          <MenuItem
            icon={<Trash2 />}
            danger
            reason={row.system ? t('menu.system') : may('group.delete')}
            onSelect={() => setDeleting(row.name)}
          >
            {t('menu.delete')}
          </MenuItem>
        </>
      )}
    >
      <CreateGroup
        cluster={cluster}
        open={facets.new === 'group'}
        onOpenChange={(next) => void setFacets({ new: next ? 'group' : null })}
      />
      <DeleteGroup
        cluster={cluster}
        group={deleting ?? ''}
        open={deleting !== null}
        onOpenChange={(next) => next || setDeleting(null)}
      />
    </ListPage>
  )
}
