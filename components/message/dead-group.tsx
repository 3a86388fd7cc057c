'use client'
// components/message/dead-group.tsx: the dead letters of one group, newest first, read a page at a time; one opens beside the
// list; those that are ticked, or all that the filters let through, are put back.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Repeat2 } from 'lucide-react'
import { useParams } from 'next/navigation'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { DLQ_PREFIX } from '../../server/shared/names'
import type { DeadMark, JobRow, MessageRow } from '../../server/shared/views'
import { type Column, DataTable } from '../data-table'
import { useFormat } from '../format'
import { clusterHref, decoded, groupHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { faultOf } from '../trpc/fault'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { Link, LinkButton } from '../ui/link'
import { Mark } from '../ui/mark'
import { PageHead, Panel, PanelFoot } from '../ui/panel'
import { Empty } from '../ui/region'
import { MessagePane } from './message-pane'
import { type RedriveSelect, RedriveSheet } from './redrive-sheet'
import { useResultColumns } from './result-columns'
import { FilterFaults, SearchFilters } from './search-filters'
import { faultsOf, filtersOf, useSearchUrl } from './search-url'
import { useScan } from './use-scan'

const PAGE_ROWS = 200
/** As many as one preview takes by name; the filters choose more. */
const MOST_AT_ONCE = 1000
/** Of more rows than this the newest are looked up. */
const MOST_MARKED = 5000
const budget = { messages: 1_000_000, ms: 60_000 }

export const DeadGroup = () => {
  const cluster = useClusterId()
  const t = useTranslations('dead')
  const format = useFormat()
  const mayNot = useWhyNot()('message.redrive')
  const group = decoded(useParams<{ group: string }>().group ?? '')
  const topic = DLQ_PREFIX + group
  const { url, set } = useSearchUrl(topic)
  const { sel } = url
  const setSel = (next: string | null) => set({ sel: next }, { history: 'replace' })
  const [redriving, setRedriving] = useState<RedriveSelect | null>(null)
  const filters = useMemo(() => filtersOf(url), [url])
  /** With one of them the filters are not what somebody chose: nothing is listed, and nothing put back. */
  const faults = faultsOf(url)
  const filtered = Object.keys(filters).length > 0
  const scan = useScan(
    faults.length > 0 ? null : { cluster, topic, order: url.pos, limit: PAGE_ROWS, ...filters, budget },
    budget,
  )
  const { rows, phase } = scan.state
  const base = useResultColumns(false)
  const marks = useMarks(cluster, group, rows, phase === 'ended')
  const columns = useMemo<readonly Column<MessageRow>[]>(
    () => [
      ...base.filter(({ id }) => id !== 'size' && id !== 'place').map(({ sort: _, ...column }) => column),
      {
        id: 'tries',
        head: t('tries'),
        name: t('tries'),
        widthPx: 64,
        priority: 2,
        number: true,
        cell: (row: MessageRow) => format.count(row.reconsumeTimes),
      },
      ...(marks.size === 0
        ? []
        : [
            {
              id: 'putBack',
              head: t('wasPutBack'),
              name: t('wasPutBack'),
              widthPx: 176,
              priority: 0,
              card: 'state' as const,
              cell: (row: MessageRow) => <PutBack mark={marks.get(keyOf(row))} />,
            },
          ]),
    ],
    [base, format, t, marks],
  )
  useEffect(() => {
    if (sel === null) return
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.querySelector('[role="dialog"],[role="menu"],[role="listbox"]') !== null)
        return
      event.preventDefault()
      void set({ sel: null }, { history: 'replace' })
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [sel, set])
  // The topic is made with the first message that dies.
  const hasNone = faultOf(scan.error)?.kind === 'not-found' || (!scan.error && phase === 'ended' && rows.length === 0)
  const noMatch = filtered && !scan.error && phase === 'ended' && rows.length === 0
  const step = (by: 1 | -1) => {
    const next = rows[rows.findIndex((row) => row.offsetId === sel) + by]
    if (next !== undefined) void setSel(next.offsetId)
  }
  return (
    <div className={cn('flex min-h-0 flex-1 flex-col gap-2.5', sel !== null && 'lg:pr-[636px]')}>
      <PageHead title={group} mono about={t('title')}>
        <Link href={groupHref(cluster, group)} className="text-sm">
          {t('openGroup')}
        </Link>
        <Link href={clusterHref(cluster, 'jobs')} className="text-sm">
          {t('jobs')}
        </Link>
        <Button
          look="primary"
          disabled={hasNone || faults.length > 0}
          reason={mayNot}
          onClick={() => setRedriving({ kind: 'all', ...filters })}
        >
          <Repeat2 />
          {filtered ? t('putMatchingBack') : t('putAllBack')}
        </Button>
      </PageHead>
      <SearchFilters url={url} fixedTopic onChange={({ topic: _, ...next }) => void set({ ...next, sel: null })} />
      {faults.length > 0 ? (
        <FilterFaults url={url} filters={faults} onWithout={(key) => void set({ [key]: null })} />
      ) : (
        <Panel className="min-h-[280px] flex-1">
          <DataTable
            label={t('title')}
            keyboard
            density="compact"
            columns={columns}
            rows={rows.length === 0 && phase !== 'ended' ? undefined : rows}
            rowKey={(row) => row.offsetId}
            view={topic}
            openKey={sel}
            onOpen={(row) => void setSel(row.offsetId)}
            bulk={(keys, clear) => (
              <>
                <b className="font-strong">{t('ticked', { count: keys.length })}</b>
                <Button look="ghost" onClick={clear}>
                  {t('untick')}
                </Button>
                <Button
                  look="primary"
                  reason={mayNot ?? (keys.length > MOST_AT_ONCE ? t('tooMany', { most: MOST_AT_ONCE }) : undefined)}
                  onClick={() => setRedriving({ kind: 'ids', offsetIds: [...keys] })}
                >
                  <Repeat2 />
                  {t('putBack')}
                </Button>
              </>
            )}
            instead={
              noMatch ? (
                <Empty title={t('noMatchFilters')}>{t('noMatchFiltersText', { scanned: scan.state.scanned })}</Empty>
              ) : hasNone ? (
                <Empty title={t('none')}>{t('noneText')}</Empty>
              ) : scan.error ? (
                <QueryFault error={scan.error} onRetry={scan.again} />
              ) : undefined
            }
            foot={
              rows.length > 0 && (
                <PanelFoot className="mt-0 min-h-8 bg-panel">
                  <span className="tnum">{phase === 'ended' ? t('found', { count: rows.length }) : t('reading')}</span>
                  <span className="flex-1" />
                  {scan.goOn && <LinkButton onClick={scan.goOn}>{t('more')}</LinkButton>}
                </PanelFoot>
              )
            }
          />
        </Panel>
      )}
      {sel !== null && (
        <aside
          aria-label={t('pane')}
          className="fixed inset-y-0 right-0 z-20 flex w-[636px] max-w-full flex-col overflow-y-auto border-line border-l bg-panel shadow-sheet max-sm:z-40 max-sm:w-full sm:top-12 lg:shadow-none"
        >
          <MessagePane offsetId={sel} onClose={() => void setSel(null)} onStep={step} />
        </aside>
      )}
      <RedriveSheet cluster={cluster} group={group} select={redriving} onClose={() => setRedriving(null)} />
    </div>
  )
}

const keyOf = ({ offsetId, storedAt }: Pick<DeadMark, 'offsetId' | 'storedAt'>): string => `${offsetId} ${storedAt}`
const statesOf = (jobs: readonly JobRow[]): string => jobs.map(({ id, state }) => `${id} ${state}`).join()
const none: ReadonlyMap<string, DeadMark> = new Map()
/** Which of these were put back before; asked when a page of them is read, not with each that arrives. */
const useMarks = (cluster: string, group: string, rows: readonly MessageRow[], isRead: boolean) => {
  const trpc = useTRPC()
  const offsetIds = useMemo(() => rows.slice(0, MOST_MARKED).map((row) => row.offsetId), [rows])
  const found = useQuery(
    trpc.dead.marks.queryOptions(
      { cluster, group, offsetIds },
      { enabled: isRead && offsetIds.length > 0, placeholderData: (held) => held, meta: { still: true } },
    ),
  ).data
  // Thousands of ids go along: they are asked again when a redrive of the group began or ended, not with each refresh.
  const cache = useQueryClient()
  const redrives = useQuery(
    trpc.job.list.queryOptions(
      { cluster },
      { select: (jobs) => statesOf(jobs.filter(({ object }) => object === group)) },
    ),
  ).data
  const seen = useRef(redrives)
  useEffect(() => {
    const changed = seen.current !== undefined && seen.current !== redrives
    seen.current = redrives
    if (changed) void cache.invalidateQueries(trpc.dead.marks.queryFilter())
  }, [redrives, cache, trpc])
  return useMemo(() => (found === undefined ? none : new Map(found.map((mark) => [keyOf(mark), mark]))), [found])
}
const PutBack = ({ mark }: { mark: DeadMark | undefined }) => {
  const t = useTranslations('dead')
  const format = useFormat()
  if (mark === undefined) return null
  return (
    <span
      className="flex items-center gap-1.5"
      title={t(mark.certain ? 'putBackAt' : 'mayHaveArrivedAt', { time: format.isoTime(mark.at) })}
    >
      <Mark state={mark.certain ? 'ok' : 'unknown'} />
      <span className="truncate">
        {t(mark.certain ? 'putBackAt' : 'mayHaveArrivedAt', { time: format.time(mark.at) })}
      </span>
    </span>
  )
}
