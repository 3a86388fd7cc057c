'use client'
// components/shell/palette.tsx: Ctrl K: objects by a part of their name, pages, actions, and whatever id was pasted. The
// server finds objects from its samples; pages and actions are found here.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { ArrowRight, Plug, RotateCcw, Rows3, Search, Send, Server, Users, Waypoints } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useDeferredValue, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { PaletteHit } from '../../server/shared/views'
import { usePreferences } from '../i18n/preferences'
import { useTRPC } from '../trpc/client'
import { Kbd } from '../ui/tag'
import { clusterHref, groupHref } from './address'
import { useClusters, useMe } from './cluster'
import { pages } from './pages'
import { type PaletteActionId, paletteActions, wordsMatch } from './palette-actions'
import { readRecent, remember } from './recent'
import { useSignOut } from './use-sign-out'

interface PaletteProps {
  readonly cluster: string
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly onKeys: () => void
}
export function Palette({ cluster, open, onOpenChange, onKeys }: PaletteProps) {
  const t = useTranslations('shell')
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="enter-scrim fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="enter-float fixed top-[12vh] left-1/2 z-40 w-[640px] max-w-[calc(100vw-24px)] -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-raised shadow-float outline-none max-sm:top-2"
        >
          <Radix.Title className="sr-only">{t('find')}</Radix.Title>
          <Inside cluster={cluster} close={() => onOpenChange(false)} onKeys={onKeys} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const kindIcon: Record<PaletteHit['kind'], ReactNode> = {
  topic: <Rows3 />,
  group: <Users />,
  broker: <Server />,
  client: <Plug />,
  cluster: <Waypoints />,
  'message-id': <Search />,
  key: <Search />,
}
const actionIcon = { open: <ArrowRight />, reset: <RotateCcw />, send: <Send />, search: <Search /> }
const kindOrder: readonly PaletteHit['kind'][] = ['message-id', 'group', 'topic', 'broker', 'client', 'cluster', 'key']

function Inside({ cluster, close, onKeys }: { cluster: string; close: () => void; onKeys: () => void }) {
  const t = useTranslations('shell')
  const trpc = useTRPC()
  const router = useRouter()
  const me = useMe()
  const cards = useClusters()
  const isReadOnly = (id: string) => cards?.find((card) => card.id === id)?.readOnly ?? false
  const rightsAt = (id: string) => (isReadOnly(id) ? [] : (me?.rights ?? []))
  const run = useRun(onKeys)
  const [text, setText] = useState('')
  /** A group picked with Tab: its actions are shown. */
  const [object, setObject] = useState<PaletteHit | null>(null)
  /** The action a group is asked for: only groups are found. */
  const [asking, setAsking] = useState<PaletteActionId | null>(null)
  const [at, setAt] = useState('')
  const q = useDeferredValue(text.trim())
  const hits = useQuery(
    trpc.palette.find.queryOptions(
      { ...(cluster ? { cluster } : {}), q, limit: 24, ...(asking === null ? {} : { kind: 'group' as const }) },
      {
        enabled: q !== '' || asking !== null,
        placeholderData: keepPreviousData,
        staleTime: 5_000,
        meta: { still: true },
      },
    ),
  )
  const found =
    asking !== null ? (hits.data ?? []).filter(({ kind }) => kind === 'group') : q === '' ? [] : (hits.data ?? [])
  const [recent, setRecent] = useState<readonly PaletteHit[]>([])
  useEffect(() => setRecent(readRecent(cluster)), [cluster])

  const go = (href: string) => {
    close()
    router.push(href)
  }
  const open = (hit: PaletteHit) => {
    remember(hit)
    go(asking === null ? hit.href : groupHref(hit.cluster, hit.name, 'reset'))
  }
  const itemValue = (hit: PaletteHit) => `${hit.kind} ${hit.cluster} ${hit.name}`
  const matches = (...words: readonly string[]) => wordsMatch(q, ...words)
  const shownPages =
    asking !== null
      ? []
      : pages.filter((page) => (cluster !== '' || page.group === 'govern') && matches(t(`page.${page.id}`)))
  const actions =
    asking !== null
      ? []
      : paletteActions({ cluster, readOnly: isReadOnly(cluster), rights: me?.rights ?? [] }).filter(({ id }) =>
          matches(t(`action.${id}`), t(`actionWords.${id}`)),
        )
  const objectActions = object
    ? actionsOf(object, rightsAt(object.cluster)).filter(({ id }) => matches(t(`objectAction.${id}`)))
    : []
  const listed = q === '' && asking === null ? recent : found
  const recentShown = q === '' && asking === null ? recent : []

  // What was chosen may be gone with the next letter: then the first of what is there is chosen.
  const values = object
    ? objectActions.map(({ id }): string => id)
    : [
        ...[...recentShown, ...kindOrder.flatMap((kind) => found.filter((hit) => hit.kind === kind))].map(itemValue),
        ...actions.map(({ id }) => `action ${id}`),
        ...shownPages.map(({ id }) => `page ${id}`),
        ...(q !== '' && cluster !== '' && asking === null ? ['search messages'] : []),
      ]
  const chosen = values.includes(at) ? at : (values[0] ?? '')

  return (
    <Command
      shouldFilter={false}
      loop
      value={chosen}
      onValueChange={setAt}
      label={t('find')}
      onKeyDown={(event) => {
        if (event.key === 'Tab' && !event.shiftKey && !object && asking === null) {
          const hit = listed.find((one) => itemValue(one) === chosen)
          if (hit && actionsOf(hit, rightsAt(hit.cluster)).length > 0) {
            event.preventDefault()
            setText('')
            setObject(hit)
          }
        }
        if ((object || asking) && (event.key === 'Escape' || (event.key === 'Backspace' && text === ''))) {
          event.preventDefault()
          event.stopPropagation()
          setObject(null)
          setAsking(null)
        }
      }}
    >
      <div className="flex h-10 items-center gap-2 border-b border-line px-3 [&_.lucide]:size-[13px] [&_.lucide]:text-ink-3">
        <Search />
        {object ? <span className="mono rounded-sm bg-tide-wash px-1.5 text-sm">{object.name}</span> : null}
        {asking ? (
          <span className="flex-none rounded-sm bg-tide-wash px-1.5 text-sm">{t(`action.${asking}`)}</span>
        ) : null}
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder={asking === null ? t('findPlaceholder') : t('whichGroup')}
          autoFocus
          className="h-full min-w-0 flex-1 bg-transparent text-base outline-none max-sm:text-[16px]"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Command.List className="max-h-[min(480px,60vh)] overflow-auto pb-1.5">
        <Command.Empty className="px-3 py-6 text-sm text-ink-3">
          {hits.isFetching ? t('searching') : t('nothingFound', { text: q })}
        </Command.Empty>
        {object ? (
          <Section title={t('actions')}>
            {objectActions.map(({ id, href }) => (
              <Row key={id} value={id} icon={actionIcon[id]} onSelect={() => go(href)}>
                {t(`objectAction.${id}`)}
              </Row>
            ))}
          </Section>
        ) : (
          <>
            {recentShown.length > 0 ? (
              <Section title={t('recent')}>
                {recentShown.map((hit) => (
                  <HitRow key={itemValue(hit)} hit={hit} q="" value={itemValue(hit)} onSelect={() => open(hit)} />
                ))}
              </Section>
            ) : null}
            {kindOrder.map((kind) => {
              const some = found.filter((hit) => hit.kind === kind)
              return some.length === 0 ? null : (
                <Section key={kind} title={t(`hitKind.${kind}`)}>
                  {some.map((hit) => (
                    <HitRow
                      key={itemValue(hit)}
                      hit={hit}
                      q={q}
                      value={itemValue(hit)}
                      onSelect={() => open(hit)}
                      tab={chosen === itemValue(hit) && actionsOf(hit, rightsAt(hit.cluster)).length > 0}
                    />
                  ))}
                </Section>
              )
            })}
            {actions.length > 0 ? (
              <Section title={t('actions')}>
                {actions.map((action) => (
                  <Row
                    key={action.id}
                    value={`action ${action.id}`}
                    icon={action.icon}
                    onSelect={() => {
                      if (action.kind === 'page') return go(action.href(cluster))
                      if (action.kind === 'group') {
                        setText('')
                        return setAsking(action.id)
                      }
                      close()
                      run(action.id)
                    }}
                  >
                    {t(`action.${action.id}`)}
                  </Row>
                ))}
              </Section>
            ) : null}
            {shownPages.length > 0 ? (
              <Section title={t('pages')}>
                {shownPages.map(({ id, icon: Icon, href, key }) => (
                  <Row
                    key={id}
                    value={`page ${id}`}
                    icon={<Icon />}
                    keys={key ? `g ${key}` : undefined}
                    onSelect={() => go(href(cluster))}
                  >
                    {t(`page.${id}`)}
                  </Row>
                ))}
              </Section>
            ) : null}
            {q !== '' && cluster !== '' && asking === null ? (
              <Section title={t('page.messages')}>
                <Row
                  value="search messages"
                  icon={<Search />}
                  onSelect={() => go(`${clusterHref(cluster, 'messages')}?q=${encodeURIComponent(q)}`)}
                >
                  {t('searchMessagesFor', { text: q })}
                </Row>
              </Section>
            ) : null}
          </>
        )}
      </Command.List>
    </Command>
  )
}

/** What can be done with a hit from here. Pages ask for the right themselves; what one may not do is not listed. */
function actionsOf(
  hit: PaletteHit,
  rights: readonly string[],
): { id: 'open' | 'reset' | 'send' | 'search'; href: string }[] {
  if (hit.kind === 'group')
    return [
      { id: 'open' as const, href: hit.href },
      ...(rights.includes('offset.reset')
        ? [{ id: 'reset' as const, href: groupHref(hit.cluster, hit.name, 'reset') }]
        : []),
    ]
  if (hit.kind === 'topic')
    return [
      { id: 'open' as const, href: hit.href },
      { id: 'search' as const, href: `${clusterHref(hit.cluster, 'messages')}?topic=${encodeURIComponent(hit.name)}` },
      ...(rights.includes('message.send')
        ? [{ id: 'send' as const, href: `${clusterHref(hit.cluster, 'send')}?topic=${encodeURIComponent(hit.name)}` }]
        : []),
    ]
  return []
}

/** What is done at once, without a page. */
function useRun(onKeys: () => void): (id: PaletteActionId) => void {
  const { change, language } = usePreferences()
  const signOut = useSignOut()
  const runs: Partial<Record<PaletteActionId, () => void>> = {
    themeLight: () => change({ theme: 'light' }),
    themeDark: () => change({ theme: 'dark' }),
    themeSystem: () => change({ theme: 'system' }),
    language: () => change({ language: language === 'en' ? 'zh' : 'en' }),
    keys: onKeys,
    signOut,
  }
  return (id) => runs[id]?.()
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <Command.Group
    heading={title}
    className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-[3px] [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3"
  >
    {children}
  </Command.Group>
)

interface RowProps {
  readonly value: string
  readonly icon: ReactNode
  readonly keys?: string | undefined
  readonly onSelect: () => void
  readonly children: ReactNode
  readonly hint?: ReactNode
}
const Row = ({ value, icon, keys, onSelect, children, hint }: RowProps) => (
  <Command.Item
    value={value}
    onSelect={onSelect}
    className="flex h-[30px] cursor-pointer items-center gap-2 px-3 text-sm data-[selected=true]:bg-selected max-sm:h-11 [&_.lucide]:size-[13px] [&_.lucide]:text-ink-3"
  >
    {icon}
    <span className="min-w-0 flex-1 truncate">{children}</span>
    {hint}
    {keys ? <Kbd>{keys}</Kbd> : null}
  </Command.Item>
)

function HitRow({
  hit,
  q,
  value,
  onSelect,
  tab,
}: {
  hit: PaletteHit
  q: string
  value: string
  onSelect: () => void
  tab?: boolean
}) {
  const t = useTranslations('shell')
  return (
    <Row
      value={value}
      icon={kindIcon[hit.kind]}
      onSelect={onSelect}
      hint={
        <>
          {hit.hint ? <span className="tnum text-ink-3">{hit.hint}</span> : null}
          {tab ? (
            <>
              <Kbd>Tab</Kbd>
              <span className="text-xs text-ink-3">{t('actions')}</span>
            </>
          ) : null}
        </>
      }
    >
      <span className="mono">
        <Marked text={hit.name} part={q} />
      </span>
    </Row>
  )
}

function Marked({ text, part }: { text: string; part: string }) {
  const at = part === '' ? -1 : text.toLowerCase().indexOf(part.toLowerCase())
  if (at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <b className="font-strong">{text.slice(at, at + part.length)}</b>
      {text.slice(at + part.length)}
    </>
  )
}
