'use client'
// components/shell/cluster-switcher.tsx: which cluster one looks at, and the others.
import { ChevronsUpDown } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { useTranslations } from 'use-intl'
import type { ClusterCard, VerdictWord } from '../../server/shared/views'
import { cn } from '../ui/cn'
import { Mark, type MarkState } from '../ui/mark'
import { Menu, MenuItem, MenuLabel } from '../ui/menu'
import { EnvTag } from '../ui/tag'
import { clusterHref } from './address'
import { useClusters } from './cluster'
import { Logo } from './logo'
import { pageAt, pages } from './pages'
import { spineOf } from './spine'

export const verdictMark: Record<VerdictWord, MarkState> = {
  healthy: 'ok',
  degraded: 'warn',
  down: 'crit',
  unknown: 'unknown',
}

export function useClusterKind(): (card: ClusterCard) => string {
  const t = useTranslations('shell')
  return (card) => (card.bundled ? t('bundled') : (card.namesrv[0] ?? t('external')))
}

export function ClusterSwitcher({ cluster, narrow, phone }: { cluster: string; narrow?: boolean; phone?: boolean }) {
  const t = useTranslations('shell')
  const kindOf = useClusterKind()
  const clusters = useClusters()
  const router = useRouter()
  const pathname = usePathname()
  const card = clusters?.find(({ id }) => id === cluster)
  const name = card?.name ?? (cluster || 'rocketdeck')
  /** The same page of the other cluster; an object of this one need not exist there. */
  const go = (id: string) => {
    const here = pages.find((page) => page.id === pageAt(pathname, cluster))
    router.push(here && here.group !== 'govern' ? here.href(id) : clusterHref(id))
  }
  return (
    <Menu
      align="start"
      className="w-72"
      trigger={
        <button
          type="button"
          aria-label={t('switchCluster', { name })}
          className={cn(
            'flex h-12 w-full items-center gap-2.5 border-b border-line px-3 text-left hover:bg-hover',
            narrow && 'justify-center px-0',
            phone && 'h-[50px] w-auto min-w-0 border-0 px-0',
          )}
        >
          <Logo className="flex-none" />
          {narrow ? null : (
            <>
              <span className={cn('min-w-0', phone ? 'flex items-center gap-2' : 'flex-1')}>
                <span className="flex items-center gap-1.5">
                  <span className={cn('truncate font-semibold', phone ? 'text-[15px]' : 'text-[13.5px]/[17px]')}>
                    {name}
                  </span>
                  {card?.production ? <EnvTag>{t('prod')}</EnvTag> : null}
                </span>
                {phone ? null : (
                  <span className="block truncate text-[11px]/[14px] text-ink-3">
                    {card ? kindOf(card) : ' '}
                    {card?.readOnly ? ` · ${t('readOnly')}` : ''}
                  </span>
                )}
              </span>
              <ChevronsUpDown className="size-[13px] text-ink-3" />
            </>
          )}
        </button>
      }
    >
      <MenuLabel>{t('clusters')}</MenuLabel>
      {clusters?.map((one) => (
        <MenuItem key={one.id} onSelect={() => go(one.id)}>
          <span className="flex items-center gap-2">
            <i aria-hidden className="h-4 w-1 flex-none" style={{ background: spineOf(one.colour) }} />
            <Mark state={verdictMark[one.verdict]} label={t(`verdict.${one.verdict}`)} />
            <span className={cn('truncate', one.id === cluster && 'font-strong')}>{one.name}</span>
            {one.production ? <EnvTag>{t('prod')}</EnvTag> : null}
            <span className="ml-auto truncate pl-3 text-xs text-ink-3">{kindOf(one)}</span>
          </span>
        </MenuItem>
      ))}
    </Menu>
  )
}
