'use client'
// components/message/trace-page.tsx: follows messages from their producer to every group, by id, key, or the id of a trace
// record. What is asked stands in the address.
import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { TRACE_TOPIC } from '../../server/shared/inputs'
import type { FoundTraces, MessageTrace } from '../../server/shared/views'
import { Name, useFormat } from '../format'
import { clusterHref, topicHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Code } from '../ui/code'
import { CopyButton } from '../ui/copy'
import { Field, Input } from '../ui/input'
import { Link } from '../ui/link'
import { PageHead, Panel, PanelFoot } from '../ui/panel'
import { Empty, Partial, Skeleton } from '../ui/region'
import { Segmented } from '../ui/segmented'
import { Kbd, Tag } from '../ui/tag'
import { slowestOf } from './trace-lanes'
import { TraceGaps, TraceTable, TraceTimeline } from './trace-view'

const kinds = ['id', 'key', 'trace'] as const
const looks = ['timeline', 'table'] as const
const keys = {
  q: parseAsString.withDefault(''),
  by: parseAsStringLiteral(kinds).withDefault('id'),
  traceTopic: parseAsString.withDefault(TRACE_TOPIC),
  look: parseAsStringLiteral(looks).withDefault('timeline'),
}

export const TracePage = () => {
  const t = useTranslations('trace')
  const cluster = useClusterId()
  const trpc = useTRPC()
  const [url, set] = useQueryStates(keys, { history: 'push' })
  const { q, by, traceTopic, look } = url
  const [typed, setTyped] = useState(q)
  const [topic, setTopic] = useState(traceTopic)
  useEffect(() => setTyped(q), [q])
  useEffect(() => setTopic(traceTopic), [traceTopic])
  const query = useQuery(
    trpc.message.traces.queryOptions(
      { cluster, q: q || '-', by, traceTopic },
      { enabled: q !== '', meta: { still: true }, staleTime: 5_000 },
    ),
  )
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
      if (event.key !== 'v' || typing || event.ctrlKey || event.metaKey || event.altKey) return
      void set({ look: look === 'table' ? null : 'table' }, { history: 'replace' })
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [look, set])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void set({ q: typed.trim() || null, traceTopic: topic.trim() || null })
  }
  return (
    <>
      <PageHead title={t('title')} about={t('about')}>
        <span className="flex items-center gap-1.5">
          <Kbd className="max-sm:hidden">v</Kbd>
          <Segmented
            label={t('look.label')}
            value={look}
            onChange={(next) => void set({ look: next }, { history: 'replace' })}
            choices={looks.map((value) => ({ value, label: t(`look.${value}`) }))}
          />
        </span>
      </PageHead>
      <form onSubmit={submit} className="flex flex-none flex-wrap items-end gap-2">
        <Segmented
          label={t('by.label')}
          value={by}
          onChange={(next) => void set({ by: next })}
          choices={kinds.map((value) => ({ value, label: t(`by.${value}`) }))}
          className="h-[34px] [&_button]:leading-[32px]"
        />
        <Field label={t(`by.${by}`)} className="min-w-[240px] flex-1 max-sm:basis-full">
          <Input
            data-filter
            type="search"
            mono
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder={t(`place.${by}`)}
            leading={<Search />}
            size="lg"
          />
        </Field>
        <Field label={t('traceTopic')} className="w-[260px] max-sm:w-full">
          <Input mono value={topic} onChange={(event) => setTopic(event.target.value)} size="lg" />
        </Field>
        <Button type="submit" look="primary" className="h-[34px]" reason={typed.trim() === '' ? t('needs') : undefined}>
          {t('find')}
        </Button>
      </form>
      {q === '' ? (
        <Panel>
          <Empty title={t('start')}>{t('startText')}</Empty>
          <HowTo />
        </Panel>
      ) : (
        <Region query={query} skeleton={<Skeleton lines={8} />}>
          {(found) => <Found found={found} q={q} look={look} onRetry={() => void query.refetch()} />}
        </Region>
      )}
    </>
  )
}

const Found = (props: { found: FoundTraces; q: string; look: (typeof looks)[number]; onRetry: () => void }) => {
  const { found, q, look, onRetry } = props
  const t = useTranslations('trace')
  const format = useFormat()
  return (
    <>
      {found.traces.map((trace) => (
        <TracePanel key={trace.messageId} trace={trace} look={look} />
      ))}
      {found.traces.length === 0 && (
        <Panel>
          <Empty title={t('none', { text: q })}>
            {found.topicExists ? t('noneText', { topic: found.traceTopic }) : t('noTopic', { topic: found.traceTopic })}
          </Empty>
          <HowTo />
          {found.missing.length > 0 && <Missing found={found} onRetry={onRetry} />}
        </Panel>
      )}
      {found.traces.length > 0 && (
        <p className="tnum text-ink-3 text-xs">
          {t('foundIn', { count: found.traces.length, took: format.duration(Math.round(found.tookMs)) })}
          {found.more && ` · ${t('more')}`}
        </p>
      )}
      {found.traces.length > 0 && found.missing.length > 0 && <Missing found={found} onRetry={onRetry} />}
    </>
  )
}
const Missing = ({ found, onRetry }: { found: FoundTraces; onRetry: () => void }) => {
  const t = useTranslations('trace')
  return <Partial onRetry={onRetry}>{t('missing', { who: found.missing.map(({ who }) => who).join(', ') })}</Partial>
}

const TracePanel = ({ trace, look }: { trace: MessageTrace; look: (typeof looks)[number] }) => {
  const t = useTranslations('trace')
  const format = useFormat()
  const cluster = useClusterId()
  const slowest = slowestOf(trace)
  return (
    <Panel
      ruled
      title={
        <span className="flex min-w-0 max-w-[calc(100vw-64px)] items-center gap-1 sm:max-w-none">
          <Link
            quiet
            href={clusterHref(cluster, 'messages', trace.messageId)}
            className="mono min-w-0 truncate font-medium"
          >
            {trace.messageId}
          </Link>
          <CopyButton text={trace.messageId} what={t('by.id')} className="size-5" />
        </span>
      }
      aux={
        <span className="flex items-center gap-2 max-sm:hidden">
          {trace.type !== null && <Tag>{t(`type.${trace.type}`)}</Tag>}
          {trace.topic !== null && (
            <Link quiet href={topicHref(cluster, trace.topic)}>
              <Name>{trace.topic}</Name>
            </Link>
          )}
          {trace.tag !== null && <span className="mono">{trace.tag}</span>}
          {trace.keys.length > 0 && <span className="mono">{trace.keys.join(' ')}</span>}
        </span>
      }
    >
      {look === 'table' ? (
        <TraceTable trace={trace} />
      ) : (
        <div className="px-3 pt-2.5 pb-2">
          <TraceTimeline trace={trace} />
        </div>
      )}
      {trace.gaps.length > 0 && (
        <div className="px-3 pb-3">
          <TraceGaps gaps={trace.gaps} />
        </div>
      )}
      {slowest !== null && (
        <PanelFoot>
          <span>
            {t.rich('slowest', {
              took: format.duration(slowest.tookMs ?? 0),
              group: slowest.group,
              step: t(`kind.${slowest.kind}`),
              b: (words) => <b className="font-strong text-ink">{words}</b>,
            })}
          </span>
        </PanelFoot>
      )}
    </Panel>
  )
}

const snippet = `DefaultMQProducer producer = new DefaultMQProducer("GID_writer", true, null);
DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("GID_reader", true, null);`

const HowTo = () => {
  const t = useTranslations('trace')
  return (
    <div className="max-w-[760px] px-3 pb-4">
      <p className="mb-1.5 text-ink-2 text-sm">{t('switchOn')}</p>
      <Code label={t('switchOn')}>{snippet}</Code>
    </div>
  )
}

/** In a message's pane: its own trace, whatever is known of it. */
export const TraceTab = ({ messageId, topic }: { messageId: string; topic: string }) => {
  const t = useTranslations('trace')
  const cluster = useClusterId()
  const trpc = useTRPC()
  const query = useQuery(
    trpc.message.traces.queryOptions({ cluster, q: messageId, topic }, { meta: { still: true }, staleTime: 5_000 }),
  )
  return (
    <Region query={query} skeleton={<Skeleton lines={4} className="px-0" />}>
      {({ traces, missing }) => {
        const [trace] = traces
        return (
          <div className="flex flex-col gap-3">
            {trace === undefined ? (
              <Empty title={t('none', { text: messageId })} className="px-0 py-2" />
            ) : (
              <>
                <TraceTimeline trace={trace} />
                <TraceGaps gaps={trace.gaps} />
                <Link href={`${clusterHref(cluster, 'traces')}?q=${encodeURIComponent(messageId)}&look=table`}>
                  {t('asTable')}
                </Link>
              </>
            )}
            {missing.length > 0 && (
              <Partial onRetry={() => void query.refetch()}>
                {t('missing', { who: missing.map(({ who }) => who).join(', ') })}
              </Partial>
            )}
          </div>
        )
      }}
    </Region>
  )
}
