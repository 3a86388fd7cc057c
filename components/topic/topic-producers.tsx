'use client'
// components/topic/topic-producers.tsx: who writes to a topic now. Producers are seen only while they are connected; nobody has
// to know the names of their groups.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { ProducerRow } from '../../server/shared/views'
import { type Column, DataTable } from '../data-table'
import { Age, Name } from '../format'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Tag } from '../ui/tag'
import { useTopicAt } from './use-topic'

export const TopicProducers = () => {
  const at = useTopicAt()
  const t = useTranslations('topic.producer')
  const trpc = useTRPC()
  const query = useQuery(trpc.topic.producers.queryOptions({ cluster: at.cluster, topic: at.topic }))
  const columns: readonly Column<ProducerRow>[] = [
    {
      id: 'client',
      head: t('client'),
      name: t('client'),
      priority: 0,
      card: 'name',
      cell: (row) => <Name>{row.clientId}</Name>,
    },
    {
      id: 'group',
      head: t('group'),
      name: t('group'),
      priority: 1,
      widthPx: 240,
      card: 'value',
      cell: (row) => <Name>{row.group}</Name>,
    },
    {
      id: 'address',
      head: t('address'),
      name: t('address'),
      priority: 2,
      widthPx: 180,
      card: 'value',
      cell: (row) => <span className="mono">{row.address}</span>,
    },
    {
      id: 'language',
      head: t('language'),
      name: t('language'),
      priority: 3,
      widthPx: 90,
      cell: (row) => <Tag>{row.language}</Tag>,
    },
    {
      id: 'version',
      head: t('version'),
      name: t('version'),
      priority: 3,
      widthPx: 110,
      cell: (row) => <span className="mono text-ink-2">{row.version}</span>,
    },
    {
      id: 'seen',
      head: t('seen'),
      name: t('seen'),
      priority: 2,
      widthPx: 110,
      number: true,
      card: 'value',
      cell: (row) => <Age at={row.lastSeenAt} />,
    },
  ]
  return (
    <Panel ruled title={t('title')} about={query.data?.length}>
      <DataTable
        label={t('title')}
        density="compact"
        scrolls={false}
        columns={columns}
        rows={query.data}
        rowKey={(row) => `${row.group} ${row.clientId}`}
        instead={
          query.error && !query.data ? (
            <QueryFault error={query.error} onRetry={() => void query.refetch()} />
          ) : query.data?.length === 0 ? (
            <Empty title={t('none')}>{t('noneText')}</Empty>
          ) : undefined
        }
      />
    </Panel>
  )
}
