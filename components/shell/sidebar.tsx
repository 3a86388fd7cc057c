'use client'
// components/shell/sidebar.tsx: where one can go. 208 px wide; a rail of icons below 1200 px; behind a menu button below
// 900. Counts stand at the right, a mark only where something is wrong.
import { usePathname, useRouter } from 'next/navigation'
import { useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { Overview } from '../../server/shared/views'
import { useFormat } from '../format'
import { connection } from '../trpc/connection'
import { useRefresh } from '../trpc/refresh'
import { cn } from '../ui/cn'
import { Sheet } from '../ui/dialog'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Tooltip } from '../ui/tooltip'
import { useOverview } from './cluster'
import { ClusterSwitcher } from './cluster-switcher'
import { type PageEntry, type PageId, pageAt, pageGroups, pages } from './pages'

type Place = 'wide' | 'rail' | 'sheet'

interface Note {
  readonly count: number | null
  /** There may be more: somebody who would know gives no answer. */
  readonly atLeast?: boolean
  readonly mark: MarkState | null
}
/** Nothing there needs no number beside it. */
const someOf = (total: Overview['deadLetters']): Note =>
  isKnown(total) && total.value > 0
    ? { count: total.value, atLeast: total.missing > 0, mark: null }
    : { count: null, mark: null }
/** Beside a page's name: how many there are, and whether something is wrong with one of them. */
function noteOf(id: PageId, overview: Overview | undefined): Note {
  if (!overview) return { count: null, mark: null }
  const atLeast = overview.missing.length > 0
  const worst = (kind: 'group' | 'topic' | 'broker'): MarkState | null => {
    const levels = overview.causes.filter((cause) => cause.subjectKind === kind).map((cause) => cause.level)
    return levels.includes('critical') ? 'crit' : levels.includes('warning') ? 'warn' : null
  }
  switch (id) {
    case 'alarms': {
      const { critical, warning } = overview.alarms
      const count = critical + warning
      return { count: count > 0 ? count : null, mark: critical > 0 ? 'crit' : warning > 0 ? 'warn' : null }
    }
    case 'topics':
      return { count: overview.topics, atLeast, mark: worst('topic') }
    case 'groups':
      return { count: overview.groups, atLeast, mark: worst('group') }
    case 'brokers':
      return { count: overview.brokers.length, mark: worst('broker') }
    case 'clients':
      return { count: overview.clients, atLeast, mark: null }
    case 'dlq':
      return someOf(overview.deadLetters)
    case 'scheduled':
      return someOf(overview.scheduled)
    case 'transactions':
      return someOf(overview.openTransactions)
    default:
      return { count: null, mark: null }
  }
}

export function Sidebar({ cluster }: { cluster: string }) {
  const t = useTranslations('shell')
  return (
    <nav aria-label={t('main')} className="row-span-2 hidden min-h-0 flex-col border-r border-line bg-ground md:flex">
      <div className="hidden lg:block">
        <ClusterSwitcher cluster={cluster} />
      </div>
      <div className="lg:hidden">
        <ClusterSwitcher cluster={cluster} narrow />
      </div>
      <div className="hidden min-h-0 flex-1 overflow-auto lg:block">
        <Items cluster={cluster} place="wide" />
      </div>
      <div className="min-h-0 flex-1 overflow-auto lg:hidden">
        <Items cluster={cluster} place="rail" />
      </div>
      <StreamFoot />
    </nav>
  )
}

function Items({ cluster, place, onGo }: { cluster: string; place: Place; onGo?: () => void }) {
  const t = useTranslations('shell')
  const pathname = usePathname()
  const current = pageAt(pathname, cluster)
  const { data } = useOverview(cluster)
  return (
    <div className={cn('px-2 py-2.5', place === 'rail' && 'flex flex-col items-center px-0')}>
      {pageGroups.map((group) => {
        const items = pages.filter((page) => page.group === group && (cluster !== '' || page.group === 'govern'))
        if (items.length === 0) return null
        return (
          <div key={group} className={place === 'rail' ? 'border-hair py-1.5 not-first:border-t' : 'not-first:pt-3'}>
            {place === 'rail' ? null : (
              <h2 className="narrow px-2 pb-1 text-[11px]/[14px] font-medium text-ink-3">{t(`pageGroup.${group}`)}</h2>
            )}
            <ul className={place === 'rail' ? 'flex flex-col gap-0.5' : undefined}>
              {items.map((page) => (
                <li key={page.id}>
                  <Item
                    page={page}
                    cluster={cluster}
                    place={place}
                    current={current === page.id}
                    note={noteOf(page.id, data)}
                    {...(onGo ? { onGo } : {})}
                  />
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </div>
  )
}

interface ItemProps {
  readonly page: PageEntry
  readonly cluster: string
  readonly place: Place
  readonly current: boolean
  readonly note: Note
  readonly onGo?: () => void
}
function Item({ page, cluster, place, current, note, onGo }: ItemProps) {
  const t = useTranslations('shell')
  const format = useFormat()
  const router = useRouter()
  const name = t(`page.${page.id}`)
  const Icon = page.icon
  // A page is fetched when somebody reaches for it: all of them with every load would make the server draw a dozen pages.
  const reach = () => router.prefetch(page.href(cluster))
  const markLabel = note.mark === 'crit' ? t('hasCritical') : t('hasWarning')
  const link = (
    <Link
      href={page.href(cluster)}
      quiet
      onPointerEnter={reach}
      onFocus={reach}
      {...(onGo ? { onClick: onGo } : {})}
      aria-current={current ? 'page' : undefined}
      aria-label={place === 'rail' ? name : undefined}
      className={cn(
        'relative flex h-[29px] items-center gap-[9px] rounded-md px-2 text-[13px] text-ink-2 hover:bg-hover hover:text-ink hover:no-underline [&_.lucide]:text-ink-3',
        current && 'bg-selected font-strong text-ink hover:bg-selected [&_.lucide]:text-tide',
        place === 'rail' && 'h-8 w-9 justify-center px-0',
        place === 'sheet' && 'h-11',
      )}
    >
      <Icon />
      {place === 'rail' ? (
        note.mark ? (
          <Mark state={note.mark} label={markLabel} className="absolute top-0.5 right-0.5 size-2.5" />
        ) : null
      ) : (
        <>
          <span>{name}</span>
          {note.count === null ? null : (
            <span className="tnum ml-auto flex items-center gap-1 text-xs font-normal text-ink-3">
              {note.mark ? <Mark state={note.mark} label={markLabel} /> : null}
              {note.atLeast ? '≥ ' : ''}
              {format.count(note.count)}
            </span>
          )}
        </>
      )}
    </Link>
  )
  return place === 'rail' ? (
    <Tooltip text={name} side="right" keys={page.key ? `g ${page.key}` : undefined}>
      {link}
    </Tooltip>
  ) : (
    link
  )
}

/** At the sidebar's foot: whether values arrive by themselves. */
function StreamFoot() {
  const t = useTranslations('shell')
  const lost = useSyncExternalStore(connection.subscribe, connection.isLost, () => false)
  const { mode } = useRefresh()
  const text = lost
    ? t('stream.lost')
    : mode === 'live'
      ? t('stream.live')
      : mode === 'off'
        ? t('stream.off')
        : t('stream.polled', { seconds: Number(mode) })
  return (
    <div className="flex flex-none items-center gap-[9px] border-t border-line px-4 py-[9px] text-xs text-ink-3 max-lg:justify-center max-lg:px-0">
      {lost ? (
        <Mark state="warn" label={text} />
      ) : (
        <i className={cn('mx-[2.5px] size-[7px] rounded-full', mode === 'live' ? 'bg-ok-mark' : 'bg-control')} />
      )}
      <span className="max-lg:sr-only">{text}</span>
    </div>
  )
}

export function SidebarSheet(props: { cluster: string; open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations('shell')
  return (
    <Sheet open={props.open} onOpenChange={props.onOpenChange} title={t('menu')} width="narrow">
      <div className="-mx-5 -my-4 max-sm:-mx-4">
        <ClusterSwitcher cluster={props.cluster} />
        <Items cluster={props.cluster} place="sheet" onGo={() => props.onOpenChange(false)} />
      </div>
    </Sheet>
  )
}
