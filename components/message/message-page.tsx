'use client'
// components/message/message-page.tsx: a message as a page of its own: what a copied link opens. The id may be an offset id or
// the id the producer saw; the latter may have several copies.
import { useQuery } from '@tanstack/react-query'
import { useParams, useRouter, useSearchParams } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { DataTable } from '../data-table'
import { clusterHref, decoded } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Link } from '../ui/link'
import { Panel } from '../ui/panel'
import { Empty, Skeleton } from '../ui/region'
import { MessagePane } from './message-pane'
import { useResultColumns } from './result-columns'
import { rowKey } from './scan-state'

export const MessagePage = () => {
  const t = useTranslations('message')
  const trpc = useTRPC()
  const router = useRouter()
  const cluster = useClusterId()
  const { message } = useParams<{ message: string }>()
  const topic = useSearchParams().get('topic')
  const id = decoded(message ?? '')
  const columns = useResultColumns(true)
  const query = useQuery(
    trpc.message.byId.queryOptions(
      { cluster, id, ...(topic === null ? {} : { topic }) },
      { meta: { still: true }, staleTime: 60_000 },
    ),
  )
  if (query.error) return <QueryFault error={query.error} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <Skeleton lines={10} />
  const [only, ...others] = query.data.rows
  if (only === undefined)
    return (
      <Panel>
        <Empty
          title={t('notFound.title')}
          action={<Link href={clusterHref(cluster, 'messages')}>{t('notFound.action')}</Link>}
        >
          {t('notFound.text', { id })}
        </Empty>
      </Panel>
    )
  if (others.length > 0 && only.offsetId !== id)
    return (
      <Panel title={t('copies', { count: query.data.rows.length })}>
        <DataTable
          label={t('title')}
          scrolls={false}
          keyboard
          columns={columns}
          rows={query.data.rows}
          rowKey={rowKey}
          onOpen={(row) => router.push(clusterHref(cluster, 'messages', row.offsetId))}
        />
      </Panel>
    )
  return (
    <Panel className="mx-auto w-full max-w-[860px]">
      <MessagePane offsetId={only.offsetId} />
    </Panel>
  )
}
