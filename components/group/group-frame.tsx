'use client'
// components/group/group-frame.tsx: what stands above every tab of a group: its name, its state, how it consumes, and the
// actions that move it.
import { Ellipsis, History, RotateCcw, Settings2, Stethoscope, Trash2 } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import { isCovered, isTyping } from '../data-table'
import { useFormat } from '../format'
import { clusterHref, groupHref } from '../shell/address'
import { QueryFault } from '../shell/fault'
import { GroupStateWord, useModeWords } from '../shell/group-state'
import { useWhyNot } from '../shell/why-not'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu'
import { PageHead } from '../ui/panel'
import { PageTabs } from '../ui/tabs'
import { Tag } from '../ui/tag'
import { DeleteGroup } from './delete-group'
import { GroupTroubles } from './group-troubles'
import { useGroup, useGroupAt, useGroupFeed } from './use-group'

const tabs = ['', 'clients', 'subscriptions', 'config', 'history'] as const

export const GroupFrame = ({ children }: { children: ReactNode }) => {
  const at = useGroupAt()
  const { cluster, group } = at
  const t = useTranslations('group')
  const format = useFormat()
  const modeWords = useModeWords()
  const router = useRouter()
  const pathname = usePathname()
  const query = useGroup(at)
  useGroupFeed(at)
  const [deleting, setDeleting] = useState(false)
  const view = query.data
  const may = useWhyNot()
  const current = tabs
    .map((tab) => groupHref(cluster, group, tab))
    .findLast((href) => pathname === href || pathname.startsWith(`${href}/`))
  const resetHref = groupHref(cluster, group, 'reset')
  /** Nothing can be done with what is not there. */
  const isGone = query.error !== null && view === undefined
  const mayReset = may('offset.reset') === undefined && !isGone
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'R' || event.ctrlKey || event.metaKey || event.altKey || !mayReset) return
      if (isTyping(event.target) || isCovered()) return
      event.preventDefault()
      router.push(resetHref)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [router, resetHref, mayReset])
  return (
    <>
      <PageHead
        mono
        title={group}
        about={
          <>
            <CopyButton text={group} what={t('name')} className="-ml-2" />
            {view && (
              <span className="text-base text-ink">
                <GroupStateWord state={view.row.state} />
              </span>
            )}
            {view && modeWords(view.row.mode).map((word) => <Tag key={word}>{word}</Tag>)}
            {view?.row.idle && <Tag>{t('idle')}</Tag>}
          </>
        }
      >
        {isGone ? null : (
          <>
            <Button
              className="max-md:hidden"
              onClick={() => router.push(`${resetHref}?to=snapshot&step=target`)}
              reason={may('offset.reset')}
            >
              <History />
              {t('menu.restore')}
            </Button>
            <Button onClick={() => router.push(resetHref)} reason={may('offset.reset')} keys="Shift R">
              <RotateCcw />
              {t('menu.reset')}
            </Button>
            <Menu
              trigger={
                <Button shape="icon" aria-label={t('menu.more')}>
                  <Ellipsis />
                </Button>
              }
            >
              <MenuItem icon={<Settings2 />} onSelect={() => router.push(groupHref(cluster, group, 'config'))}>
                {t('menu.config')}
              </MenuItem>
              <MenuItem
                icon={<Stethoscope />}
                onSelect={() =>
                  router.push(`${clusterHref(cluster, 'doctor')}?${new URLSearchParams({ symptom: 'receive', group })}`)
                }
              >
                {t('menu.doctor')}
              </MenuItem>
              <MenuSeparator />
              <MenuItem
                icon={<Trash2 />}
                danger
                reason={view?.row.system ? t('menu.system') : may('group.delete')}
                onSelect={() => setDeleting(true)}
              >
                {t('menu.delete')}
              </MenuItem>
            </Menu>
          </>
        )}
      </PageHead>
      <PageTabs
        label={t('tabs')}
        className="-mt-1 flex-none"
        current={current ?? groupHref(cluster, group)}
        tabs={tabs.map((tab) => ({
          href: groupHref(cluster, group, tab),
          label: t(`tab.${tab === '' ? 'progress' : tab}`),
          ...(tab === 'clients' && view && isKnown(view.row.clients)
            ? { count: format.count(view.row.clients.value) }
            : {}),
          ...(tab === 'subscriptions' && view?.row.state === 'mismatch'
            ? { mark: { state: 'warn' as const, label: t('state.mismatch') } }
            : {}),
        }))}
      />
      {view && <GroupTroubles at={at} troubles={view.row.troubles} />}
      {isGone ? <QueryFault error={query.error} onRetry={() => void query.refetch()} /> : children}
      <DeleteGroup
        {...at}
        open={deleting}
        onOpenChange={setDeleting}
        onDone={() => router.push(clusterHref(cluster, 'groups'))}
      />
    </>
  )
}
