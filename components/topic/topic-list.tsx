'use client'
// components/topic/topic-list.tsx: the list of topics: find one, and see at once whether it is healthy.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Search, Send, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { parseAsArrayOf, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { TopicRow } from '../../server/shared/views'
import { useTableUrl } from '../data-table'
import { clusterHref, topicHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { CopyNameItem, FacetChips, FacetRule, ListPage, OpenItem } from '../shell/list-page'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { MenuItem, MenuSeparator } from '../ui/menu'
import { Empty } from '../ui/region'
import { BulkTopics } from './bulk-topics'
import { CreateTopic } from './create-topic'
import { DeleteTopic } from './delete-topic'
import { TOPICS_SORT } from './first-topics'
import { useTopicColumns } from './topic-columns'
import { topicCsv } from './topic-csv'

const types = ['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION', 'MIXED', 'PRIORITY', 'LITE', 'UNSPECIFIED'] as const
/** Facets that are always in view; the others show themselves when there are such topics. */
const usualTypes: readonly string[] = ['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION']
const kinds = ['retry', 'dlq', 'system'] as const
const onlies = ['behind', 'nogroup', 'silent'] as const

export const TopicList = () => {
  const cluster = useClusterId()
  const t = useTranslations('topic')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const whyNot = useWhyNot()
  const url = useTableUrl(TOPICS_SORT)
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
  const counts = list.data?.facets
  const countOf = (key: string): number => counts?.find((one) => one.key === key)?.count ?? 0
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
  const system = countOf('system')

  return (
    <ListPage
      title={t('title')}
      about={system > 0 && !facets.kind.includes('system') && ` · ${t('systemHidden', { count: system })}`}
      action={create}
      csv={{
        fileName: `topics-${cluster}.csv`,
        columns: topicCsv,
        page: (number, size) => cache.fetchQuery(trpc.topic.list.queryOptions({ ...asked, page: number, size })),
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
            of={types.filter((type) => usualTypes.includes(type) || facets.type.includes(type) || countOf(type) > 0)}
            chosen={facets.type}
            counts={counts}
            word={(type) => t(`type.${type}`)}
            onChange={(type) => void setFacets({ type })}
          />
          <FacetChips
            of={kinds}
            chosen={facets.kind}
            counts={counts}
            word={(kind) => t(`kind.${kind}`)}
            onChange={(kind) => void setFacets({ kind })}
          />
          <FacetRule />
          <FacetChips
            of={onlies}
            chosen={facets.only}
            counts={counts}
            word={(only) => t(`only.${only}`)}
            onChange={(only) => void setFacets({ only })}
          />
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
      bulk={(topics, untick) => <BulkTopics cluster={cluster} topics={topics} clear={untick} />}
      menu={(row) => (
        <>
          <OpenItem onOpen={() => open(row)} />
          <MenuItem
            icon={<Search />}
            onSelect={() => router.push(`${clusterHref(cluster, 'messages')}?topic=${encodeURIComponent(row.name)}`)}
          >
            {t('menu.messages')}
          </MenuItem>
          <MenuItem
            icon={<Send />}
            onSelect={() => router.push(`${clusterHref(cluster, 'send')}?topic=${encodeURIComponent(row.name)}`)}
          >
            {t('menu.send')}
          </MenuItem>
          <CopyNameItem name={row.name} />
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
    >
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
    </ListPage>
  )
}
