'use client'
// components/group/group-snapshots.tsx: where a group stood before each reset, once a day, and when somebody had it kept. To put it back
// is a reset of its own: shown first, in the wizard.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { BookmarkPlus, History } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'use-intl'
import type { SnapshotRow } from '../../server/shared/views'
import { type Column, DataTable } from '../data-table'
import { Moment, Name, useFormat } from '../format'
import { groupHref } from '../shell/address'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { useToast } from '../ui/toast'
import { useSnapshots, useSnapshotWords } from './reset-sources'
import { type GroupAt, useGroupAt } from './use-group'

/** The wizard, at its preview of that snapshot. */
export const restoreHref = ({ cluster, group }: GroupAt, snapshot: string): string =>
  `${groupHref(cluster, group, 'reset')}?${new URLSearchParams({ to: 'snapshot', snapshot, step: 'preview' })}`

export const PutBackButton = ({ at, snapshot, what }: { at: GroupAt; snapshot: string; what: string }) => {
  const t = useTranslations('group.snapshot')
  const router = useRouter()
  const mayNot = useWhyNot()('offset.reset')
  return (
    <Button
      size="sm"
      reason={mayNot}
      aria-label={t('putBackOf', { what })}
      onClick={() => router.push(restoreHref(at, snapshot))}
    >
      <History />
      {t('putBack')}
    </Button>
  )
}

export const GroupSnapshots = () => {
  const at = useGroupAt()
  const t = useTranslations('group.snapshot')
  const format = useFormat()
  const words = useSnapshotWords()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const mayNot = useWhyNot()('offset.reset')
  const query = useSnapshots(at)
  const keep = useMutation(
    trpc.group.keepOffsets.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries(trpc.group.snapshots.queryFilter(at))
        toast({ text: t('keptNow') })
      },
    }),
  )
  const columns: readonly Column<SnapshotRow>[] = [
    {
      ...{ id: 'at', head: t('at'), name: t('at'), widthPx: 160, priority: 0, card: 'name' },
      cell: (row) => <Moment at={row.at} />,
    },
    {
      ...{ id: 'why', head: t('kept'), name: t('kept'), widthPx: 230, priority: 0, card: 'value' },
      cell: (row) => words(row),
    },
    {
      ...{ id: 'topics', head: t('topics'), name: t('topics'), priority: 2 },
      cell: (row) => <Name>{row.topics.join(', ')}</Name>,
    },
    {
      ...{ id: 'queues', head: t('queuesHead'), name: t('queuesHead'), widthPx: 80, priority: 1, number: true },
      cell: (row) => format.count(row.queues),
    },
    {
      ...{ id: 'back', head: '', name: t('putBack'), widthPx: 142, priority: 0, number: true, card: 'state' },
      cell: (row) => <PutBackButton at={at} snapshot={row.id} what={format.time(row.at)} />,
    },
  ]
  return (
    <Panel
      ruled
      className="flex-none"
      title={t('title')}
      about={query.data?.length}
      aux={
        <Button size="sm" busy={keep.isPending} reason={mayNot} onClick={() => keep.mutate(at)}>
          <BookmarkPlus />
          {t('keepNow')}
        </Button>
      }
    >
      {keep.error ? <QueryFault error={keep.error} className="py-2" /> : null}
      <DataTable
        label={t('title')}
        scrolls={false}
        columns={columns}
        rows={query.data}
        rowKey={(row) => row.id}
        skeletonRows={2}
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
