'use client'
// components/topic/topic-tags.tsx: which tags the newest messages of a topic bear, and how many of them. A sample, and said
// to be one.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { TopicTags } from '../../server/shared/views'
import { useFormat } from '../format'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { useLive } from '../trpc/refresh'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import type { TopicAt } from './use-topic'

const FRESH_MS = 30_000

export const TopicTagsPanel = ({ at }: { at: TopicAt }) => {
  const t = useTranslations('topic.tags')
  const format = useFormat()
  const trpc = useTRPC()
  const isLive = useLive()
  // Each look pulls messages from brokers: it has a slower clock of its own.
  const query = useQuery(
    trpc.topic.tags.queryOptions(at, {
      staleTime: FRESH_MS,
      meta: { still: true },
      refetchInterval: isLive ? FRESH_MS : false,
    }),
  )
  return (
    <Panel
      ruled
      className="flex-none"
      title={t('title')}
      about={query.data && query.data.messages > 0 && t('about', { messages: format.count(query.data.messages) })}
    >
      <Region query={query}>
        {(sample) => (sample.messages === 0 ? <Empty title={t('none')}>{t('noneText')}</Empty> : <Tags {...sample} />)}
      </Region>
    </Panel>
  )
}

const Tags = ({ tags, otherTags, messages, silent }: TopicTags) => {
  const t = useTranslations('topic.tags')
  const format = useFormat()
  return (
    <>
      <Table density="compact">
        <thead>
          <tr>
            <Th>{t('tag')}</Th>
            <Th className="w-32 text-right">{t('count')}</Th>
            <Th className="w-32 text-right">{t('share')}</Th>
          </tr>
        </thead>
        <tbody>
          {tags.map(({ tag, count }) => (
            <Tr key={tag ?? ''}>
              <Td className={tag === null ? 'text-ink-3' : 'mono'}>{tag ?? t('untagged')}</Td>
              <Td className="mono text-right">{format.count(count)}</Td>
              <Td className="mono text-right">{format.percent(count / messages)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {(otherTags > 0 || silent > 0) && (
        <p className="px-3 py-2 text-ink-3 text-xs">
          {[otherTags > 0 && t('others', { count: otherTags }), silent > 0 && t('silent', { count: silent })]
            .filter(Boolean)
            .join(' ')}
        </p>
      )}
    </>
  )
}
