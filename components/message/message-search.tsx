'use client'
// components/message/message-search.tsx: one box for any message: an id, a key, or a topic with filters. Results stream in
// beside the open message, so that Stop, filters and selection stay in reach.
import { useQuery } from '@tanstack/react-query'
import { Radio, Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ScanInput } from '../../server/shared/inputs'
import type { MessageRow } from '../../server/shared/views'
import { DataTable } from '../data-table'
import { useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { Input } from '../ui/input'
import { LinkButton } from '../ui/link'
import { Panel, PanelFoot } from '../ui/panel'
import { Empty, Partial } from '../ui/region'
import { Kbd } from '../ui/tag'
import { detect } from './detect'
import { ExportMenu } from './export-menu'
import { MessagePane } from './message-pane'
import { useResultColumns } from './result-columns'
import { ScanPanel } from './scan-panel'
import { rowKey } from './scan-state'
import { FilterFaults, SearchFilters } from './search-filters'
import { SearchStart } from './search-start'
import { blankSearch, questionOf, type SearchUrl, searchOf, textOfSearch, useSearchUrl } from './search-url'
import { TailPanel } from './tail-panel'
import { Templates } from './templates'
import { type Budget, useScan } from './use-scan'

/** `topic`: the search stands in a topic's own tab and looks nowhere else. */
export const MessageSearch = ({ topic = null }: { topic?: string | null }) => {
  const t = useTranslations('message')
  const { url, set } = useSearchUrl(topic)
  const question = useMemo(() => questionOf(url), [url])
  const [typed, setTyped] = useState(url.q)
  useEffect(() => setTyped(url.q), [url.q])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void set({ q: typed.trim() || null, by: null, sel: null, live: null })
  }
  const openId = url.sel
  const close = useCallback(() => void set({ sel: null }), [set])
  useEffect(() => {
    if (openId === null) return
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.querySelector('[role="dialog"],[role="menu"],[role="listbox"]') !== null)
        return
      event.preventDefault()
      close()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [openId, close])
  const [rows, setRows] = useState<readonly MessageRow[]>([])
  const open = useCallback((row: MessageRow) => void set({ sel: row.offsetId }, { history: 'replace' }), [set])
  const step = (by: 1 | -1) => {
    const at = rows.findIndex((row) => row.offsetId === openId)
    const next = rows[at + by]
    if (next !== undefined) open(next)
  }
  const by = url.q === '' ? null : (url.by ?? detect(url.q))
  const live = url.live === '1' && url.topic !== ''

  return (
    <div className={cn('flex min-h-0 flex-1 flex-col gap-2.5', openId !== null && 'lg:pr-[636px]')}>
      <form onSubmit={submit} className="flex flex-none gap-2">
        <Input
          data-filter
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          aria-label={t('box')}
          placeholder={t('box')}
          leading={<Search />}
          trailing={<Kbd className="max-sm:hidden">/</Kbd>}
          size="lg"
          frame="flex-1 text-[13px] px-[11px]"
        />
        <Button
          className="h-[34px]"
          aria-pressed={live}
          reason={url.topic === '' ? t('tail.needsTopic') : undefined}
          onClick={() => void set({ live: live ? null : '1', q: null, by: null })}
        >
          <Radio />
          {live ? t('tail.stop') : t('tail.start')}
        </Button>
      </form>
      <div className="flex flex-none flex-wrap items-center gap-x-3 gap-y-1.5">
        <SearchFilters
          url={url}
          fixedTopic={topic !== null}
          onChange={(next) => void set(topic === null ? { ...next, sel: null } : { ...next, topic: null, sel: null })}
        />
        {by !== null && (
          <span className="flex items-center gap-2 text-ink-3 text-xs">
            {t(`readAs.${by}`)}
            {by !== 'key' && <LinkButton onClick={() => void set({ by: 'key' })}>{t('askKey')}</LinkButton>}
            {by !== 'id' && /^[0-9A-Fa-f]{20,}$/.test(url.q) && (
              <LinkButton onClick={() => void set({ by: 'id' })}>{t('askId')}</LinkButton>
            )}
            {by !== 'body' && url.topic !== '' && (
              <LinkButton onClick={() => void set({ by: 'body' })}>{t('askBody')}</LinkButton>
            )}
          </span>
        )}
        {topic === null && (
          <span className="ml-auto">
            <Templates
              kind="search"
              held={textOfSearch(url)}
              onTake={(text) => void set({ ...blankSearch, ...searchOf(text) })}
            />
          </span>
        )}
      </div>
      {live ? (
        <TailPanel url={url} openId={openId} onOpen={open} onRows={setRows} />
      ) : question.kind === 'faulty' ? (
        <FilterFaults url={url} filters={question.filters} onWithout={(key) => void set({ [key]: null })} />
      ) : question.kind === 'nothing' ? (
        <SearchStart onTopic={(name) => void set({ topic: name })} />
      ) : question.kind === 'scan' ? (
        <ScanResults
          url={url}
          openId={openId}
          onOpen={open}
          onRows={setRows}
          onTurn={() => void set({ pos: url.pos === 'newest' ? 'oldest' : null })}
        />
      ) : (
        <LookUp url={url} openId={openId} onOpen={open} onRows={setRows} />
      )}
      {openId !== null && (
        <aside
          aria-label={t('pane.label')}
          className="fixed inset-y-0 right-0 z-20 flex w-[636px] max-w-full flex-col overflow-y-auto border-line border-l bg-panel shadow-sheet max-sm:z-40 max-sm:w-full sm:top-12 lg:shadow-none"
        >
          <MessagePane offsetId={openId} hit={url.body || (by === 'body' ? url.q : '')} onClose={close} onStep={step} />
        </aside>
      )}
    </div>
  )
}

export interface ResultsProps {
  readonly url: SearchUrl
  readonly openId: string | null
  readonly onOpen: (row: MessageRow) => void
  /** Newest first becomes oldest first, and back. */
  readonly onTurn?: () => void
  /** What is listed, for stepping through it from the pane. */
  readonly onRows: (rows: readonly MessageRow[]) => void
}

const ScanResults = ({ url, openId, onOpen, onRows, onTurn }: ResultsProps) => {
  const t = useTranslations('message')
  const cluster = useClusterId()
  const [budget, setBudget] = useState<Budget>({ messages: 1_000_000, ms: 60_000 })
  const question = questionOf(url)
  const input = question.kind === 'scan' ? { ...question.input, cluster, budget } : null
  const scan = useScan(input, budget)
  const { state } = scan
  useEffect(() => onRows(state.rows), [state.rows, onRows])
  const columns = useResultColumns(false)
  if (scan.error)
    return (
      <Panel>
        <QueryFault error={scan.error} onRetry={scan.again} />
      </Panel>
    )
  const ended = state.phase === 'ended'
  return (
    <>
      <ScanPanel scan={scan} order={url.pos} budget={budget} onBudget={setBudget} />
      <Panel className="min-h-[240px] flex-1">
        <DataTable
          label={t('results')}
          density="compact"
          keyboard
          columns={columns}
          rows={state.rows}
          rowKey={rowKey}
          view={JSON.stringify([url.topic, url.pos, url.from, url.to, url.q])}
          sort={url.pos === 'newest' ? '-stored' : 'stored'}
          {...(onTurn ? { onSort: onTurn } : {})}
          openKey={keyOfOpen(state.rows, openId)}
          onOpen={onOpen}
          bulk={(keys, clear) => <CompareBar rows={state.rows} keys={keys} clear={clear} />}
          instead={
            state.rows.length === 0 ? (
              ended ? (
                <Empty title={t('noMatch.title')}>{t('noMatch.text', { scanned: state.scanned })}</Empty>
              ) : (
                <Empty title={t('waiting')} />
              )
            ) : undefined
          }
          foot={
            state.rows.length > 0 && (
              <ResultsFoot input={input}>
                {t(ended ? 'foundAll' : 'foundSoFar', { count: state.rows.length, queues: state.plan?.queues ?? 0 })}
              </ResultsFoot>
            )
          }
        />
        {state.plan && state.plan.missing.length > 0 && (
          <Partial onRetry={scan.again}>
            {t('missing', { who: state.plan.missing.map((one) => one.who).join(', ') })}
          </Partial>
        )}
      </Panel>
    </>
  )
}

export const keyOfOpen = (rows: readonly MessageRow[], openId: string | null): string | null => {
  const row = rows.find((one) => one.offsetId === openId)
  return row === undefined ? null : rowKey(row)
}

const LookUp = ({ url, openId, onOpen, onRows }: ResultsProps) => {
  const t = useTranslations('message')
  const format = useFormat()
  const trpc = useTRPC()
  const cluster = useClusterId()
  const question = questionOf(url)
  const topic = url.topic === '' ? {} : { topic: url.topic }
  const still = { meta: { still: true }, staleTime: 10_000 }
  const byId = useQuery(
    trpc.message.byId.queryOptions(
      { cluster, id: question.kind === 'id' ? question.id : '-', ...topic },
      { ...still, enabled: question.kind === 'id' },
    ),
  )
  const byKey = useQuery(
    trpc.message.byKey.queryOptions(
      { cluster, key: question.kind === 'key' ? question.key : '-', ...topic },
      { ...still, enabled: question.kind === 'key' },
    ),
  )
  const query = question.kind === 'id' ? byId : byKey
  const rows = query.data?.rows
  useEffect(() => {
    if (rows) onRows(rows)
  }, [rows, onRows])
  // One message and nothing else: it is what was looked for.
  const only = rows?.length === 1 ? rows[0] : undefined
  const [opened, setOpened] = useState<string | null>(null)
  useEffect(() => {
    if (only === undefined || opened === url.q) return
    setOpened(url.q)
    if (openId === null) onOpen(only)
  }, [only, opened, url.q, openId, onOpen])
  const columns = useResultColumns(true)
  return (
    <Panel className="min-h-[240px] flex-1">
      <DataTable
        label={t('results')}
        density="compact"
        keyboard
        columns={columns}
        rows={rows}
        rowKey={rowKey}
        openKey={keyOfOpen(rows ?? [], openId)}
        onOpen={onOpen}
        bulk={(keys, clear) => <CompareBar rows={rows ?? []} keys={keys} clear={clear} />}
        refetching={query.isFetching && !query.isPending}
        instead={
          query.error && !query.data ? (
            <QueryFault error={query.error} onRetry={() => void query.refetch()} />
          ) : rows?.length === 0 ? (
            <Empty title={t(question.kind === 'id' ? 'noId' : 'noKey', { text: url.q })}>
              {query.data && query.data.asked.length > 0
                ? t('asked', {
                    more: Math.max(0, query.data.asked.length - 6),
                    names: query.data.asked.slice(0, 6).join(', '),
                  })
                : null}
            </Empty>
          ) : undefined
        }
        foot={
          query.data &&
          query.data.rows.length > 0 && (
            <ResultsFoot input={null}>
              {t('lookedUp', { count: query.data.rows.length, took: format.duration(Math.round(query.data.tookMs)) })}
            </ResultsFoot>
          )
        }
      />
      {query.data && query.data.missing.length > 0 && (
        <Partial onRetry={() => void query.refetch()}>
          {t('missing', { who: query.data.missing.map((one) => one.who).join(', ') })}
        </Partial>
      )}
    </Panel>
  )
}

const ResultsFoot = ({ input, children }: { input: ScanInput | null; children: React.ReactNode }) => (
  <PanelFoot className="mt-0 min-h-8 bg-panel">
    <span className="min-w-0 truncate">{children}</span>
    <span className="flex-1" />
    {input !== null && <ExportMenu input={input} />}
  </PanelFoot>
)

const CompareBar = (props: { rows: readonly MessageRow[]; keys: readonly string[]; clear: () => void }) => {
  const { rows, keys, clear } = props
  const t = useTranslations('message.compare')
  const router = useRouter()
  const cluster = useClusterId()
  const [a, b, ...more] = keys.flatMap((key) =>
    rows.filter((row) => rowKey(row) === key).map(({ offsetId }) => offsetId),
  )
  return (
    <>
      <b className="font-strong">{t('ticked', { count: keys.length })}</b>
      <Button look="ghost" onClick={clear}>
        {t('untick')}
      </Button>
      <Button
        look="primary"
        reason={a === undefined || b === undefined || more.length > 0 ? t('tickTwo') : undefined}
        onClick={() => router.push(`${clusterHref(cluster, 'messages', 'compare')}?a=${a}&b=${b}`)}
      >
        {t('button')}
      </Button>
    </>
  )
}
