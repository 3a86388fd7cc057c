'use client'
// components/job/job-list.tsx: the jobs of a cluster, the newest first.
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'use-intl'
import type { JobRow } from '../../server/shared/views'
import { type Column, DataTable } from '../data-table'
import { Moment, Name, NotApplicable, useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Link } from '../ui/link'
import { PageHead, Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { JobProgress, JobStateWord } from './job-words'

export const JobList = () => {
  const cluster = useClusterId()
  const t = useTranslations('job')
  const format = useFormat()
  const trpc = useTRPC()
  const router = useRouter()
  const list = useQuery(trpc.job.list.queryOptions({ cluster }))
  const hrefOf = (job: JobRow) => clusterHref(cluster, 'jobs', job.id)
  const columns: readonly Column<JobRow>[] = [
    {
      id: 'what',
      head: t('column.what'),
      name: t('column.what'),
      priority: 0,
      card: 'name',
      cell: (job) => (
        <Link quiet href={hrefOf(job)} className="flex min-w-0 gap-2" tabIndex={-1}>
          <span className="whitespace-nowrap text-ink-2">{t('redrive')}</span>
          <Name>{job.object}</Name>
        </Link>
      ),
    },
    {
      id: 'state',
      head: t('column.state'),
      name: t('column.state'),
      widthPx: 170,
      priority: 0,
      card: 'state',
      cell: (job) => <JobStateWord job={job} />,
    },
    {
      id: 'progress',
      head: t('column.progress'),
      name: t('column.progress'),
      widthPx: 230,
      priority: 1,
      card: 'value',
      cell: (job) => <JobProgress job={job} />,
    },
    { id: 'by', head: t('column.by'), name: t('column.by'), widthPx: 120, priority: 3, cell: ({ who }) => who },
    {
      id: 'began',
      head: t('column.began'),
      name: t('column.began'),
      widthPx: 150,
      priority: 2,
      number: true,
      card: 'value',
      cell: (job) => <Moment at={job.beganAt ?? job.createdAt} />,
    },
    {
      id: 'took',
      head: t('column.took'),
      name: t('column.took'),
      widthPx: 100,
      priority: 4,
      number: true,
      cell: ({ beganAt, endedAt }) =>
        beganAt === null || endedAt === null ? <NotApplicable /> : format.duration(endedAt - beganAt),
    },
  ]
  return (
    <>
      <PageHead title={t('title')} about={t('about')} />
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={t('title')}
          keyboard
          columns={columns}
          rows={list.data}
          rowKey={(job) => job.id}
          onOpen={(job) => router.push(hrefOf(job))}
          refetching={list.isFetching && !list.isPending}
          instead={
            list.error && !list.data ? (
              <QueryFault error={list.error} onRetry={() => void list.refetch()} />
            ) : list.data?.length === 0 ? (
              <Empty title={t('none')}>{t('noneText')}</Empty>
            ) : undefined
          }
        />
      </Panel>
    </>
  )
}
