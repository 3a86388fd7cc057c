'use client'
// components/job/job-page.tsx: one job: how far it is, how fast, what may be done about it, and the result of each item.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pause, Play, RotateCcw, Square } from 'lucide-react'
import { useParams } from 'next/navigation'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { JobItemRow, JobItemState, JobRow } from '../../server/shared/views'
import { Notes } from '../change/parts'
import { type Column, DataTable, TableFoot, useTableUrl } from '../data-table'
import { Name, NotApplicable, useFormat } from '../format'
import { clusterHref, decoded } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Figure, Figures, PageHead, Panel } from '../ui/panel'
import { Empty, Skeleton } from '../ui/region'
import { Select } from '../ui/select'
import { endedOf, JobProgress, JobStateWord, useTargetWords } from './job-words'

const LOOK_EVERY_MS = 1000
const states = ['waiting', 'begun', 'done', 'failed', 'unsure', 'skipped'] as const
const marks: Record<JobItemState, MarkState> = {
  waiting: 'off',
  begun: 'busy',
  done: 'ok',
  failed: 'crit',
  unsure: 'warn',
  skipped: 'off',
}

export const JobPage = () => {
  const cluster = useClusterId()
  const t = useTranslations('job')
  const format = useFormat()
  const trpc = useTRPC()
  const id = decoded(useParams<{ job: string }>().job ?? '')
  const query = useQuery(
    trpc.job.get.queryOptions(
      { cluster, job: id },
      { refetchInterval: ({ state }) => (state.data?.state === 'running' ? LOOK_EVERY_MS : false), retry: false },
    ),
  )
  const job = query.data
  const target = useTargetWords(job)
  if (job === undefined)
    return query.error ? (
      <Panel>
        <QueryFault error={query.error} onRetry={() => void query.refetch()} />
      </Panel>
    ) : (
      <Skeleton lines={8} />
    )
  const { counts } = job
  const left = job.perSecond === null ? null : ((job.total - endedOf(job)) / job.perSecond) * 1000
  return (
    <>
      <PageHead
        title={t('redrive')}
        about={
          <>
            <Link href={clusterHref(cluster, 'dlq', job.object)} className="mono" title={t('openGroup')}>
              {job.object}
            </Link>
            <span>{target}</span>
            {job.mostPerSecond > 0 && <span>· {t('rate', { count: format.count(job.mostPerSecond) })}</span>}
          </>
        }
      >
        <Acts job={job} />
      </PageHead>
      <Panel className="flex-none">
        <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 text-sm" role="status">
          <JobStateWord job={job} />
          <span className="min-w-48 flex-1">
            <JobProgress job={job} />
          </span>
          <span className="text-ink-3">
            {job.who} · {format.time(job.createdAt)}
            {job.reason && ` · ${t('reason')}: ${job.reason}`}
          </span>
        </div>
      </Panel>
      <Figures>
        <Figure label={t('figure.done')} value={format.count(counts.done)} />
        <Figure label={t('figure.waiting')} value={format.count(counts.waiting + counts.begun)} />
        <Figure
          label={t('figure.failed')}
          value={format.count(counts.failed)}
          tone={counts.failed > 0 ? 'text-crit' : undefined}
        />
        <Figure
          label={t('figure.unsure')}
          value={format.count(counts.unsure)}
          tone={counts.unsure > 0 ? 'text-warn' : undefined}
        />
        <Figure label={t('figure.skipped')} value={format.count(counts.skipped)} />
        <Figure
          label={t('figure.rate')}
          value={job.perSecond === null ? <NotApplicable /> : format.rateDigits(job.perSecond)}
          unit={job.perSecond === null ? undefined : format.messagesPerSecond}
          note={left === null ? t('figure.noRate') : t('figure.left', { span: format.duration(Math.round(left)) })}
        />
      </Figures>
      <Notes
        notes={[
          ...(job.trouble
            ? [{ key: 'trouble', state: 'warn' as const, text: t('trouble', { why: job.trouble }) }]
            : []),
          ...(job.retry
            ? [
                {
                  key: 'retry',
                  state: 'warn' as const,
                  text: t('retrying', {
                    ...{ why: job.retry.why, tried: job.retry.tried, most: job.retry.most },
                    span: format.duration(Math.max(0, Math.ceil((job.retry.at - Date.now()) / 1000) * 1000)),
                  }),
                },
              ]
            : []),
          ...(counts.unsure > 0
            ? [{ key: 'unsure', state: 'warn' as const, text: t('unsureNote', { count: counts.unsure }) }]
            : []),
        ]}
      />
      <Items job={job} />
    </>
  )
}

const Acts = ({ job }: { job: JobRow }) => {
  const cluster = useClusterId()
  const t = useTranslations('job')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const [stopping, setStopping] = useState(false)
  const act = useMutation(
    trpc.job.act.mutationOptions({ onSettled: () => cache.invalidateQueries(trpc.job.pathFilter()) }),
  )
  const mayNot = useWhyNot()('message.redrive')
  const send = (what: 'pause' | 'resume' | 'stop' | 'retry') =>
    act.mutate({ cluster, job: job.id, group: job.object, act: what })
  const goes = job.state === 'running' || job.state === 'paused'
  const again = job.state !== 'running' && job.counts.failed + job.counts.unsure > 0
  return (
    <>
      {act.error && <QueryFault error={act.error} className="p-0" />}
      {job.state === 'running' && (
        <Button onClick={() => send('pause')} reason={mayNot} busy={act.isPending}>
          <Pause />
          {t('pause')}
        </Button>
      )}
      {job.state === 'paused' && (
        <Button look="primary" onClick={() => send('resume')} reason={mayNot} busy={act.isPending}>
          <Play />
          {t('resume')}
        </Button>
      )}
      {again && (
        <Button onClick={() => send('retry')} reason={mayNot} busy={act.isPending}>
          <RotateCcw />
          {t('retry')}
        </Button>
      )}
      {goes && (
        <Button onClick={() => setStopping(true)} reason={mayNot}>
          <Square />
          {t('stop')}
        </Button>
      )}
      <Dialog
        open={stopping}
        onOpenChange={setStopping}
        title={t('stopTitle')}
        footer={
          <>
            <span className="flex-1" />
            <Button className="h-8" onClick={() => setStopping(false)}>
              {t('cancel')}
            </Button>
            <Button
              look="danger"
              className="h-8"
              onClick={() => {
                setStopping(false)
                send('stop')
              }}
            >
              {t('stopConfirm')}
            </Button>
          </>
        }
      >
        <p className="text-sm">{t('stopText')}</p>
      </Dialog>
    </>
  )
}

const Items = ({ job }: { job: JobRow }) => {
  const cluster = useClusterId()
  const t = useTranslations('job')
  const format = useFormat()
  const trpc = useTRPC()
  const url = useTableUrl('')
  const [state, setState] = useQueryState('result', parseAsStringLiteral(states).withOptions({ history: 'push' }))
  const asked = { cluster, job: job.id, page: url.page, size: url.size, ...(state === null ? {} : { state }) }
  const list = useQuery(
    trpc.job.items.queryOptions(asked, {
      placeholderData: keepPreviousData,
      refetchInterval: job.state === 'running' ? 2 * LOOK_EVERY_MS : false,
    }),
  )
  const columns: readonly Column<JobItemRow>[] = [
    {
      id: 'message',
      head: t('itemColumn.message'),
      name: t('itemColumn.message'),
      priority: 0,
      card: 'name',
      cell: (row) => (
        <Link quiet href={clusterHref(cluster, 'messages', row.offsetId)}>
          <Name>{row.title}</Name>
        </Link>
      ),
    },
    {
      id: 'state',
      head: t('itemColumn.state'),
      name: t('itemColumn.state'),
      widthPx: 120,
      priority: 0,
      card: 'state',
      cell: (row) => (
        <span className="flex items-center gap-1.5">
          <Mark state={marks[row.state]} />
          {t(`item.${row.state}`)}
        </span>
      ),
    },
    {
      id: 'place',
      head: t('itemColumn.place'),
      name: t('itemColumn.place'),
      widthPx: 380,
      priority: 2,
      card: 'value',
      cell: ({ place, to }) =>
        place === null ? (
          <span className="mono text-ink-3">{to}</span>
        ) : (
          <span className="mono">
            {place.queue.topic}{' '}
            <span className="text-ink-3">
              {place.queue.broker}/{place.queue.queueId} @
            </span>{' '}
            {format.count(place.offset)}
          </span>
        ),
    },
    {
      id: 'why',
      head: t('itemColumn.why'),
      name: t('itemColumn.why'),
      priority: 1,
      card: 'value',
      cell: ({ error }) => (
        <span className="text-ink-2 text-xs" title={error ?? undefined}>
          {error}
        </span>
      ),
    },
  ]
  return (
    <>
      <div className="flex flex-none items-center gap-2">
        <h2 className="font-semibold text-[13px]">{t('items')}</h2>
        <Select
          label={t('filter')}
          look="button"
          value={state ?? 'all'}
          onChange={(next) => {
            url.set({ page: 1 })
            void setState(states.find((one) => one === next) ?? null)
          }}
          choices={[
            { value: 'all', label: t('all') },
            ...states.map((value) => ({ value, label: `${t(`item.${value}`)} (${format.count(job.counts[value])})` })),
          ]}
        />
      </div>
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={t('items')}
          keyboard
          density="compact"
          columns={columns}
          rows={list.data?.rows}
          rowKey={(row) => String(row.seq)}
          view={JSON.stringify(asked)}
          instead={
            list.error && !list.data ? (
              <QueryFault error={list.error} onRetry={() => void list.refetch()} />
            ) : list.data?.matched === 0 ? (
              <Empty title={t('noItems')} />
            ) : undefined
          }
          foot={list.data && list.data.matched > 0 && <TableFoot url={url} matched={list.data.matched} ageMs={null} />}
        />
      </Panel>
    </>
  )
}
