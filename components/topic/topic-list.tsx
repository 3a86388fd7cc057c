'use client'
// components/topic/topic-list.tsx: the list of topics: find one, and see at once whether it is healthy.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy, List, Plus, Search, Send, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { parseAsArrayOf, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { TopicRow } from '../../server/shared/views'
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
import { clusterHref, topicHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { MenuItem, MenuSeparator } from '../ui/menu'
import { PageHead, Panel } from '../ui/panel'
import { Empty, NoMatch } from '../ui/region'
import { Chip } from '../ui/tag'
import { useToast } from '../ui/toast'
import { CreateTopic } from './create-topic'
import { DeleteTopic } from './delete-topic'
import { useTopicColumns } from './topic-columns'
import { topicCsv } from './topic-csv'

const types = ['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION'] as const
const kinds = ['retry', 'dlq', 'system'] as const
const onlies = ['behind', 'nogroup', 'silent'] as const
const DEFAULT_SORT = '-in,name'

export const TopicList = () => {
  const cluster = useClusterId()
  const t = useTranslations('topic')
  const format = useFormat()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const toast = useToast()
  const whyNot = useWhyNot()
  const url = useTableUrl(DEFAULT_SORT)
  const [facets, setFacets] = useQueryStates(
    {
      type: parseAsArrayOf(parseAsStringLiteral(types)).withDefault([]),
      kind: parseAsArrayOf(parseAsStringLiteral(kinds)).withDefault([]),
      only: parseAsArrayOf(parseAsStringLiteral(onlies)).withDefault([]),
      new: parseAsStringLiteral(['topic'] as const),
    },
    { history: 'push' },
  )
  const [deleting, setDeleting] = useState<string | null>(null)
  const asked = {
    cluster,
    q: url.q,
    sort: url.sort,
    type: facets.type,
    kind: facets.kind.length === 0 ? (['user'] as ('user' | 'retry' | 'dlq' | 'system')[]) : facets.kind,
    only: facets.only,
  }
  const list = useQuery(
    trpc.topic.list.queryOptions({ ...asked, page: url.page, size: url.size }, { placeholderData: keepPreviousData }),
  )
  const columns = useTopicColumns(cluster)
  const page = list.data
  const facet = (key: string) => {
    const found = page?.facets.find((one) => one.key === key)
    return found === undefined ? undefined : `${found.atLeast ? '≥ ' : ''}${format.count(found.count)}`
  }
  const toggle = <T extends string>(chosen: readonly T[], one: T): T[] =>
    chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]
  const filtered = url.q !== '' || facets.type.length + facets.kind.length + facets.only.length > 0
  const clear = () => {
    url.set({ q: '' })
    void setFacets({ type: null, kind: null, only: null })
  }
  const open = useCallback((row: TopicRow) => router.push(topicHref(cluster, row.name)), [router, cluster])
  const create = (
    <Button look="primary" onClick={() => void setFacets({ new: 'topic' })} reason={whyNot('topic.write')}>
      <Plus />
      {t('create.button')}
    </Button>
  )
  const system = page?.facets.find((one) => one.key === 'system')?.count ?? 0
  const missing = page?.missing ?? []

  return (
    <>
      <PageHead
        title={t('title')}
        about={
          page && (
            <span className="tnum">
              {format.count(page.total)}
              {system > 0 && !facets.kind.includes('system') && ` · ${t('systemHidden', { count: system })}`}
            </span>
          )
        }
      >
        <CsvButton
          onDownload={() =>
            downloadCsv({
              fileName: `topics-${cluster}.csv`,
              columns: topicCsv,
              page: (number, size) => cache.fetchQuery(trpc.topic.list.queryOptions({ ...asked, page: number, size })),
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
        {types.map((type) => (
          <Chip
            key={type}
            on={facets.type.includes(type)}
            count={facet(type)}
            onClick={() => void setFacets({ type: toggle(facets.type, type) })}
          >
            {t(`type.${type}`)}
          </Chip>
        ))}
        {kinds.map((kind) => (
          <Chip
            key={kind}
            on={facets.kind.includes(kind)}
            count={facet(kind)}
            onClick={() => void setFacets({ kind: toggle(facets.kind, kind) })}
          >
            {t(`kind.${kind}`)}
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
                icon={<Search />}
                onSelect={() =>
                  router.push(`${clusterHref(cluster, 'messages')}?topic=${encodeURIComponent(row.name)}`)
                }
              >
                {t('menu.messages')}
              </MenuItem>
              <MenuItem
                icon={<Send />}
                onSelect={() => router.push(`${clusterHref(cluster, 'send')}?topic=${encodeURIComponent(row.name)}`)}
              >
                {t('menu.send')}
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
              <MenuSeparator />
              <MenuItem
                icon={<Trash2 />}
                danger
                reason={row.kind === 'system' ? t('menu.system') : whyNot('topic.delete')}
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
      <CreateTopic
        cluster={cluster}
        open={facets.new === 'topic'}
        onOpenChange={(next) => void setFacets({ new: next ? 'topic' : null })}
      />
      <DeleteTopic
        cluster={cluster}
        topic={deleting ?? ''}
        open={deleting !== null}
        onOpenChange={(next) => next || setDeleting(null)}
      />
    </>
  )
}
