'use client'
// components/group/group-list.tsx: the list of consumer groups, furthest behind first.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy, List, Plus, RotateCcw, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { parseAsArrayOf, parseAsInteger, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { GroupRow } from '../../server/shared/views'
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
import { groupHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { MenuItem, MenuSeparator } from '../ui/menu'
import { PageHead, Panel } from '../ui/panel'
import { Empty, NoMatch } from '../ui/region'
import { Chip, FilterChip } from '../ui/tag'
import { useToast } from '../ui/toast'
import { CreateGroup } from './create-group'
import { DeleteGroup } from './delete-group'
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
  const toast = useToast()
  const url = useTableUrl('-behind,name')
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
  const page = list.data
  const facetOf = (key: string) => page?.facets.find((one) => one.key === key)
  const facet = (key: string) => {
    const found = facetOf(key)
    return found === undefined ? undefined : `${found.atLeast ? '≥ ' : ''}${format.count(found.count)}`
  }
  const toggle = <T extends string>(chosen: readonly T[], one: T): T[] =>
    chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]
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
  const idle = facetOf('idle')?.count ?? 0
  const missing = page?.missing ?? []
  return (
    <>
      <PageHead
        title={t('title')}
        about={
          page && (
            <span className="tnum">
              {format.count(page.total)}
              {idle > 0 && ` · ${t('idleCount', { count: idle })}`}
            </span>
          )
        }
      >
        <CsvButton
          onDownload={() =>
            downloadCsv({
              fileName: `groups-${cluster}.csv`,
              columns: groupCsv,
              page: (number, size) => cache.fetchQuery(trpc.group.list.queryOptions({ ...asked, page: number, size })),
            })
          }
        />
        <ColumnsMenu columns={columns} cols={url.cols} onChange={(cols) => url.set({ cols })} />
        <DensityMenu />
        {create}
      </PageHead>
      <div className="flex flex-wrap items-center gap-1.5 max-sm:-mx-3 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:px-3 max-sm:[scrollbar-width:none]">
        <FilterBox
          value={url.q}
          onChange={useCallback((q: string) => url.set({ q }), [url.set])}
          placeholder={t('contains')}
          className="w-[264px] max-sm:w-48 max-sm:flex-none"
        />
        {states
          .filter(
            (state) => usualStates.includes(state) || facets.state.includes(state) || (facetOf(state)?.count ?? 0) > 0,
          )
          .map((state) => (
            <Chip
              key={state}
              on={facets.state.includes(state)}
              count={facet(state)}
              onClick={() => void setFacets({ state: toggle(facets.state, state) })}
            >
              {t(`state.${state}`)}
            </Chip>
          ))}
        <i className="mx-1 h-[18px] w-px bg-line max-sm:hidden" />
        {onlies.map((only) => (
          <Chip
            key={only}
            on={facets.only.includes(only)}
            count={facet(only)}
            onClick={() => void setFacets({ only: toggle(facets.only, only) })}
          >
            {t(`only.${only}`)}
          </Chip>
        ))}
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
      </div>
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={t('title')}
          keyboard
          columns={chosenColumns(columns, url.cols)}
          rows={page?.rows}
          rowKey={(row) => row.name}
          view={JSON.stringify([asked, url.page, url.size])}
          sort={url.sort}
          onSort={(sort) => url.set({ sort })}
          onOpen={open}
          refetching={list.isFetching && !list.isPending}
          instead={
            list.error && !page ? (
              <QueryFault error={list.error} onRetry={() => void list.refetch()} />
            ) : page && page.total === 0 && !filtered ? (
              <Empty title={t('empty.title')} action={create}>
                {t('empty.text')}
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
                  void navigator.clipboard?.writeText(row.name)
                  toast({ text: t('menu.copied', { name: row.name }) })
                }}
              >
                {t('menu.copy')}
              </MenuItem>
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
          foot={
            page &&
            page.matched > 0 && (
              <TableFoot
                url={url}
                matched={page.matched}
                ageMs={page.at === 0 ? null : Date.now() - page.at}
                missing={
                  missing.length > 0 &&
                  t('missing', {
                    who: missing.map((one) => one.who).join(', '),
                    touches: missing.reduce((sum, one) => sum + one.touches, 0),
                  })
                }
              />
            )
          }
        />
      </Panel>
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
    </>
  )
}
