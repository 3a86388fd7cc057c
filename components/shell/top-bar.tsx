'use client'
// components/shell/top-bar.tsx: where one is, and what holds for the whole page: find, time range, refresh, zone, user.
import { useQuery } from '@tanstack/react-query'
import { Check, Clock, Copy, Menu as MenuIcon, Search } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { Name, useFormat } from '../format'
import { usePreferences } from '../i18n/preferences'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { useCopy } from '../ui/copy'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { Menu, MenuChoice, MenuLabel } from '../ui/menu'
import { Kbd } from '../ui/tag'
import { Tooltip } from '../ui/tooltip'
import { clusterHref, crumbsOf, viewOf } from './address'
import { useClusterCard } from './cluster'
import { ClusterSwitcher } from './cluster-switcher'
import { Notifications } from './notifications'
import { pageAt } from './pages'
import { type RangeName, rangeNames, useRange } from './range'
import { RefreshControl } from './refresh-control'
import { TryBar } from './try-bar'
import { UserMenu } from './user-menu'
import { zoneChoices } from './zones'

interface TopBarProps {
  readonly cluster: string
  readonly onPalette: () => void
  readonly onMenu: () => void
  readonly onKeys: () => void
}
export function TopBar({ cluster, onPalette, onMenu, onKeys }: TopBarProps) {
  const t = useTranslations('shell')
  const ofCluster = usePathname().startsWith('/c/')
  return (
    <header className="col-start-2 border-b border-line bg-ground max-sm:sticky max-sm:top-0 max-sm:z-20 md:col-start-3">
      <div className="flex h-[47px] items-center gap-2 pr-4 pl-5 max-sm:hidden">
        <Button look="ghost" shape="icon" className="-ml-2 md:hidden" aria-label={t('menu')} onClick={onMenu}>
          <MenuIcon />
        </Button>
        <Breadcrumb cluster={cluster} />
        <span className="flex-1" />
        <FindBox onOpen={onPalette} />
        {!ofCluster ? null : (
          <>
            <JobsRunning cluster={cluster} />
            <RangeMenu />
            <RefreshControl />
          </>
        )}
        <ZoneMenu />
        {ofCluster ? <Notifications cluster={cluster} /> : null}
        <UserMenu onKeys={onKeys} />
      </div>
      <div className="pr-2 pl-3 sm:hidden">
        <div className="flex h-[50px] items-center gap-1">
          <ClusterSwitcher cluster={cluster} phone />
          <span className="flex-1" />
          <Button look="ghost" shape="icon" aria-label={t('find')} onClick={onPalette}>
            <Search />
          </Button>
          {ofCluster ? <Notifications cluster={cluster} /> : null}
          <UserMenu onKeys={onKeys} />
        </div>
        {!ofCluster ? null : (
          <div className="-mt-1.5 flex h-9 items-center gap-2 text-xs text-ink-2">
            <RefreshControl phone />
            <ZoneMenu phone />
            <span className="flex-1" />
            <RangeMenu phone />
          </div>
        )}
      </div>
      {/* A part of the head: what scrolls below never lies under it. */}
      <TryBar />
    </header>
  )
}

/** There while a job runs: how far it is, and the way to it. */
function JobsRunning({ cluster }: { cluster: string }) {
  const t = useTranslations('shell')
  const format = useFormat()
  const trpc = useTRPC()
  const jobs = useQuery(trpc.job.list.queryOptions({ cluster }, { enabled: cluster !== '' }))
  const running = jobs.data?.filter(({ state }) => state === 'running') ?? []
  const [first] = running
  if (first === undefined) return null
  const { counts, total, id } = first
  const done = total === 0 ? 1 : (total - counts.waiting - counts.begun) / total
  return (
    <Link
      href={running.length === 1 ? clusterHref(cluster, 'jobs', id) : clusterHref(cluster, 'jobs')}
      quiet
      className="flex items-center gap-1.5 text-ink-2 text-sm"
    >
      <Mark state="busy" />
      {t('jobsRun', { count: running.length })}
      <span className="tnum text-ink-3">{format.percent(done)}</span>
    </Link>
  )
}

function Breadcrumb({ cluster }: { cluster: string }) {
  const t = useTranslations('shell')
  const pathname = usePathname()
  const card = useClusterCard()
  const { copied, copy } = useCopy()
  const page = pageAt(pathname, cluster)
  const crumbs = crumbsOf(pathname)
  const ofCluster = crumbs[0]?.href === clusterHref(cluster)
  const [section, object] = ofCluster ? crumbs.slice(1) : crumbs
  const view = viewOf(pathname)
  const sectionName = page ? t(`page.${page}`) : null
  return (
    <nav aria-label={t('breadcrumb')} className="min-w-0 text-[13px] whitespace-nowrap text-ink-3">
      <ol className="flex min-w-0 items-center gap-[7px]">
        {ofCluster ? (
          <li className="max-w-40 truncate max-lg:max-w-28">
            <Link href={clusterHref(cluster)} quiet className="text-ink-3">
              {card?.name ?? cluster}
            </Link>
          </li>
        ) : null}
        {sectionName ? (
          <li className={cn('flex items-center gap-[7px]', object && 'max-md:hidden')}>
            {ofCluster ? <Chevron /> : null}
            {section && (object || view) ? (
              <Link href={section.href} quiet className="text-ink-3">
                {sectionName}
              </Link>
            ) : (
              <b aria-current="page" className="font-strong text-ink">
                {sectionName}
              </b>
            )}
          </li>
        ) : null}
        {object ? (
          <li className="flex min-w-0 items-center gap-[7px]">
            <Chevron className="max-md:hidden" />
            <Tooltip text={copied ? t('copied') : t('copyName')}>
              <button
                type="button"
                aria-current={view === null ? 'page' : undefined}
                onClick={() => void copy(object.text)}
                className="group flex min-w-0 items-center gap-1.5 text-ink"
              >
                <b className={cn('block max-w-72 min-w-0 font-medium', object.isName && 'mono')}>
                  {object.isName ? <Name>{object.text}</Name> : t('new')}
                </b>
                {copied ? (
                  <Check className="size-[13px] text-ok" />
                ) : (
                  <Copy className="size-[13px] text-ink-3 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100" />
                )}
              </button>
            </Tooltip>
          </li>
        ) : null}
        {view ? (
          <li className="flex items-center gap-[7px]">
            <Chevron />
            <b aria-current="page" className="font-strong text-ink">
              {t(`view.${view}`)}
            </b>
          </li>
        ) : null}
      </ol>
    </nav>
  )
}
const Chevron = ({ className }: { className?: string }) => (
  <svg
    aria-hidden="true"
    viewBox="0 0 24 24"
    className={cn('lucide size-[13px]', className)}
    fill="none"
    stroke="currentColor"
  >
    <path d="m9 18 6-6-6-6" />
  </svg>
)

const FindBox = ({ onOpen }: { onOpen: () => void }) => {
  const t = useTranslations('shell')
  return (
    <button
      type="button"
      onClick={onOpen}
      aria-keyshortcuts="Control+K"
      className="flex h-7 items-center gap-[7px] rounded-md border border-line bg-panel px-[9px] text-sm text-ink-3 hover:bg-hover lg:w-58 [&_.lucide]:size-[13px]"
    >
      <Search />
      <span className="flex-1 text-left max-lg:sr-only">{t('find')}</span>
      <Kbd className="max-md:hidden">Ctrl K</Kbd>
    </button>
  )
}

function RangeMenu({ phone }: { phone?: boolean }) {
  const t = useTranslations('shell')
  const format = useFormat()
  const { name, span, choose } = useRange()
  const text = name
    ? t(`range.${name}`)
    : 'from' in span
      ? `${format.dayClock(span.from)} – ${format.dayClock(span.to)}`
      : ''
  return (
    <Menu
      trigger={
        phone ? (
          <button
            type="button"
            className="flex h-9 items-center gap-1 px-1 text-xs text-ink-2"
            aria-label={t('timeRange', { range: text })}
          >
            {text}
            <ChevronDownSmall />
          </button>
        ) : (
          <Button data-shortcut="range" aria-label={t('timeRange', { range: text })} keys="t" note={t('rangeNote')}>
            <Clock />
            {text}
            <ChevronDownSmall />
          </Button>
        )
      }
    >
      <MenuLabel>{t('rangeNote')}</MenuLabel>
      <MenuChoice<RangeName | ''>
        value={name ?? ''}
        onChange={(next) => next && choose(next)}
        choices={rangeNames.map((value) => ({ value, label: t(`range.${value}`) }))}
      />
    </Menu>
  )
}
const ChevronDownSmall = () => (
  <svg
    aria-hidden="true"
    viewBox="0 0 24 24"
    className="lucide size-[13px]"
    fill="none"
    stroke="currentColor"
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    <path d="m6 9 6 6 6-6" />
  </svg>
)

function ZoneMenu({ phone }: { phone?: boolean }) {
  const t = useTranslations('shell')
  const format = useFormat()
  const { zone, change } = usePreferences()
  const label = format.zoneLabel()
  return (
    <Menu
      className="w-60"
      trigger={
        phone ? (
          <button
            type="button"
            className="h-9 px-1 text-xs text-ink-3"
            aria-label={t('zone', { zone: format.zone })}
            suppressHydrationWarning
          >
            {label}
          </button>
        ) : (
          <Button
            look="ghost"
            className="px-1.5 max-md:hidden"
            aria-label={t('zone', { zone: format.zone })}
            note={format.zone}
          >
            <span suppressHydrationWarning>{label}</span>
          </Button>
        )
      }
    >
      <MenuLabel>{t('zoneNote')}</MenuLabel>
      <MenuChoice
        value={zone}
        onChange={(next) => change({ zone: next })}
        choices={zoneChoices(zone).map((value) => ({ value, label: value === 'browser' ? t('browserZone') : value }))}
      />
    </Menu>
  )
}
