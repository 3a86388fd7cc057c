'use client'
// components/message/message-pane.tsx: one message: its body, its properties, which groups have it, where it lies. It docks at
// the right of a search and is a page of its own.
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronUp, Ellipsis, Link as LinkIcon, Play, Repeat2, Send, SquareStack, X } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { MessageView } from '../../server/shared/views'
import { useFormat } from '../format'
import { clusterHref, topicHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { CopyButton, useCopy } from '../ui/copy'
import { Link } from '../ui/link'
import { Menu, MenuItem } from '../ui/menu'
import { Forbidden, Refetching, Skeleton } from '../ui/region'
import { PanelTabs } from '../ui/tabs'
import { Kbd } from '../ui/tag'
import { useToast } from '../ui/toast'
import { BodyTypeButton } from './body-type'
import { BodyView } from './body-view'
import { HandOver } from './hand-over'
import { GroupsOf, Position, Properties, PropertyGrid, useTrack } from './message-tabs'
import { TraceTab } from './trace-page'

const tabs = ['body', 'properties', 'trace', 'groups', 'position'] as const

export interface PaneProps {
  readonly offsetId: string
  /** What a search looked for in the body. */
  readonly hit?: string
  readonly onClose?: (() => void) | undefined
  readonly onStep?: ((by: 1 | -1) => void) | undefined
}

export const MessagePane = ({ offsetId, hit = '', onClose, onStep }: PaneProps) => {
  const t = useTranslations('message.pane')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const [whole, setWhole] = useState<string | null>(null)
  const query = useQuery(
    trpc.message.get.queryOptions(
      { cluster, offsetId, whole: whole === offsetId },
      {
        meta: { still: true },
        staleTime: 60_000,
        placeholderData: (before) => (before?.row.offsetId === offsetId ? before : undefined),
      },
    ),
  )
  if (query.error && !query.data)
    return (
      <div className="flex justify-between">
        <QueryFault error={query.error} onRetry={() => void query.refetch()} className="px-5 py-4" />
        {onClose && (
          <Button look="ghost" shape="icon" aria-label={t('close')} onClick={onClose} className="m-2">
            <X />
          </Button>
        )}
      </div>
    )
  if (query.data === undefined) return <Skeleton lines={12} className="px-5 py-4" />
  return (
    <>
      <Refetching when={query.isFetching} />
      <Pane view={query.data} hit={hit} onClose={onClose} onStep={onStep} onWhole={() => setWhole(offsetId)} />
    </>
  )
}

const Pane = (props: {
  view: MessageView
  hit: string
  onClose: (() => void) | undefined
  onStep: ((by: 1 | -1) => void) | undefined
  onWhole: () => void
}) => {
  const { view, hit, onClose, onStep, onWhole } = props
  const { row } = view
  const t = useTranslations('message.pane')
  const format = useFormat()
  const cluster = useClusterId()
  const router = useRouter()
  const toast = useToast()
  const { copy } = useCopy()
  const may = useWhyNot()
  const [tab, setTab] = useQueryState('pane', parseAsStringLiteral(tabs).withDefault('body'))
  const [handing, setHanding] = useState<'client' | 'retry' | null>(null)
  const track = useTrack(row.offsetId)
  const waiting = track.data?.some((one) => one.state === 'not-yet' || one.state === 'retrying') ?? false
  const dead = track.data?.some((one) => one.state === 'dead') ?? false
  const id = row.uniqueId ?? row.offsetId
  const link = `${clusterHref(cluster, 'messages', row.offsetId)}?topic=${encodeURIComponent(row.topic)}`
  const copied = async (text: string, words: string) => {
    if (await copy(text)) toast({ text: words })
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-center gap-2 pt-2.5 pr-3.5 pl-5 max-sm:pl-3">
        <h2 className="mono min-w-0 truncate font-medium text-[13px]" title={id}>
          {id}
        </h2>
        <CopyButton text={id} what={t('id')} />
        <span className="flex-1" />
        {onStep && (
          <>
            <Button
              look="ghost"
              shape="icon"
              aria-label={t('previous')}
              onClick={() => onStep(-1)}
              className="size-[26px]"
            >
              <ChevronUp />
            </Button>
            <Button look="ghost" shape="icon" aria-label={t('next')} onClick={() => onStep(1)} className="size-[26px]">
              <ChevronDown />
            </Button>
            <Kbd className="max-sm:hidden">j</Kbd>
            <Kbd className="max-sm:hidden">k</Kbd>
          </>
        )}
        {onClose && (
          <Button
            look="ghost"
            shape="icon"
            aria-label={t('close')}
            keys="Esc"
            onClick={onClose}
            className="size-[26px]"
          >
            <X />
          </Button>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-3 px-5 pt-0.5 pb-2.5 text-ink-2 text-sm max-sm:px-3">
        <Link quiet href={topicHref(cluster, row.topic)} className="mono min-w-0 truncate">
          {row.topic}
        </Link>
        <span className="mono text-ink-3">
          {row.broker}/{row.queueId} @ {format.count(row.queueOffset)}
        </span>
        <span className="tnum" title={format.isoTime(row.storedAt)}>
          {format.time(row.storedAt)}{' '}
          <span className="text-ink-3">
            {t('stored', { span: format.duration(Math.max(0, row.storedAt - row.bornAt)) })}
          </span>
        </span>
      </div>
      <div className="flex flex-wrap gap-1.5 px-5 pb-2.5 max-sm:px-3">
        <Button
          reason={may('message.send')}
          onClick={() =>
            router.push(`${clusterHref(cluster, 'send')}?topic=${encodeURIComponent(row.topic)}&copy=${row.offsetId}`)
          }
        >
          <Send />
          {t('republish')}
        </Button>
        <Button reason={may('message.redrive')} onClick={() => setHanding('client')}>
          <Play />
          {t('consume')}
        </Button>
        <Button onClick={() => void copied(new URL(link, window.location.origin).href, t('linkCopied'))}>
          <LinkIcon />
          {t('copyLink')}
        </Button>
        <Menu
          trigger={
            <Button shape="icon" aria-label={t('more')}>
              <Ellipsis />
            </Button>
          }
        >
          <MenuItem
            icon={<SquareStack />}
            onSelect={() =>
              void copied(
                JSON.stringify(
                  view,
                  (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
                  2,
                ),
                t('jsonCopied'),
              )
            }
          >
            {t('copyJson')}
          </MenuItem>
          <MenuItem icon={<Repeat2 />} reason={may('message.redrive')} onSelect={() => setHanding('retry')}>
            {t('resend')}
          </MenuItem>
        </Menu>
      </div>
      <PanelTabs
        label={t('tabs')}
        value={tab}
        onChange={(next) => void setTab(next)}
        className="px-3"
        tabs={[
          {
            value: 'body',
            label: t('tab.body'),
            content: (
              <div className="flex flex-col gap-3.5 px-5 py-3 max-sm:px-3">
                {view.body === null ? (
                  <Forbidden title={t('bodyForbidden')} className="px-0 py-2">
                    {t('bodyForbiddenText')}
                  </Forbidden>
                ) : (
                  <>
                    {view.masked ? <p className="text-ink-3 text-xs">{t('maskedNote')}</p> : null}
                    <BodyView
                      body={view.body}
                      fileName={id}
                      hit={hit}
                      onWhole={onWhole}
                      aside={<BodyTypeButton topic={view.bodyTopic} />}
                    />
                  </>
                )}
                <section>
                  <h3 className="mb-1.5 font-semibold text-[13px]/[18px]">{t('tab.properties')}</h3>
                  <PropertyGrid properties={foremost(view)} />
                </section>
                <section>
                  <h3 className="mb-1 font-semibold text-[13px]/[18px]">{t('tab.groups')}</h3>
                  <GroupsOf offsetId={row.offsetId} />
                </section>
              </div>
            ),
          },
          {
            value: 'properties',
            label: t('tab.properties'),
            count: Object.keys(view.systemProperties).length + Object.keys(view.userProperties ?? {}).length,
            content: (
              <div className="px-5 py-3 max-sm:px-3">
                <Properties view={view} />
              </div>
            ),
          },
          {
            value: 'trace',
            label: t('tab.trace'),
            content: (
              <div className="px-5 py-3 max-sm:px-3">
                <TraceTab messageId={id} topic={row.topic} />
              </div>
            ),
          },
          {
            value: 'groups',
            label: t('tab.groups'),
            count: track.data?.length,
            mark: dead
              ? { state: 'crit', label: t('someDead') }
              : waiting
                ? { state: 'warn', label: t('someWait') }
                : undefined,
            content: (
              <div className="px-5 py-3 max-sm:px-3">
                <GroupsOf offsetId={row.offsetId} />
              </div>
            ),
          },
          {
            value: 'position',
            label: t('tab.position'),
            content: (
              <div className="px-5 py-3 max-sm:px-3">
                <Position view={view} />
              </div>
            ),
          },
        ]}
      />
      <HandOver row={row} way={handing} onClose={() => setHanding(null)} />
    </div>
  )
}

/** What is looked for first: tag, keys and the user's own, then where it was born. */
const foremost = ({ row, systemProperties, userProperties }: MessageView): Record<string, string> => ({
  ...(systemProperties.TAGS ? { TAGS: systemProperties.TAGS } : {}),
  ...(systemProperties.KEYS ? { KEYS: systemProperties.KEYS } : {}),
  ...Object.fromEntries(Object.entries(userProperties ?? {}).slice(0, 6)),
  'born host': row.bornHost,
  ...(systemProperties.UNIQ_KEY ? { UNIQ_KEY: systemProperties.UNIQ_KEY } : {}),
})
