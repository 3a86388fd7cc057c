'use client'
// components/alarm/alarm-frame.tsx: what stands above every tab of alarms.
import { BellOff, Plus } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { type ReactNode, useCallback, useEffect } from 'react'
import { useTranslations } from 'use-intl'
import { isCovered, isTyping } from '../data-table'
import { useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { Button } from '../ui/button'
import { PageHead } from '../ui/panel'
import { PageTabs } from '../ui/tabs'
import { SilenceDialog } from './silence-dialog'
import { useBoard, useMay } from './use-alarms'

const tabs = ['', 'rules', 'channels', 'silences', 'history'] as const

export const AlarmFrame = ({ children }: { children: ReactNode }) => {
  const t = useTranslations('alarm')
  const format = useFormat()
  const router = useRouter()
  const pathname = usePathname()
  const cluster = useClusterId()
  const may = useMay()
  const board = useBoard().data
  const [silence, setSilence] = useQueryState('silence', parseAsStringLiteral(['new'] as const))
  const setSilencing = useCallback((on: boolean) => void setSilence(on ? 'new' : null), [setSilence])
  const href = (tab: string) => clusterHref(cluster, 'alarms', ...(tab === '' ? [] : [tab]))
  const newRule = `${href('rules')}?rule=new`
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isCovered()) return
      if (event.key === 's' && may.handle) setSilencing(true)
      else if (event.key === 'n' && may.write) router.push(newRule)
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [router, newRule, setSilencing, may.handle, may.write])
  const needs = (right: string) => t('needs', { right })
  const counts: Partial<Record<(typeof tabs)[number], number>> = board
    ? { '': board.firing.length, rules: board.rules, channels: board.channels, silences: board.silences }
    : {}
  const worst = board?.firing.some(({ severity, silence }) => severity === 'critical' && silence === null)
  return (
    <>
      <PageHead
        title={t('title')}
        about={board && <span className="tnum">{t('checked', { every: format.duration(board.turnMs) })}</span>}
      >
        <Button onClick={() => setSilencing(true)} reason={may.handle ? undefined : needs('alarm.handle')} keys="s">
          <BellOff />
          {t('silenceThis')}
        </Button>
        <Button
          look="primary"
          onClick={() => router.push(newRule)}
          reason={may.write ? undefined : needs('alarm.write')}
          keys="n"
        >
          <Plus />
          {t('newRule')}
        </Button>
      </PageHead>
      <PageTabs
        label={t('tabs')}
        className="-mt-1 flex-none"
        current={tabs.map(href).findLast((one) => pathname === one || pathname.startsWith(`${one}/`)) ?? href('')}
        tabs={tabs.map((tab) => ({
          href: href(tab),
          label: t(`tab.${tab === '' ? 'firing' : tab}`),
          ...(counts[tab] === undefined ? {} : { count: format.count(counts[tab]) }),
          ...(tab === '' && board && board.firing.length > 0
            ? { mark: { state: worst ? ('crit' as const) : ('warn' as const), label: t('somethingFires') } }
            : {}),
          ...(tab === 'channels' && board && board.failing > 0
            ? { mark: { state: 'warn' as const, label: t('channelFails') } }
            : {}),
        }))}
      />
      {children}
      <SilenceDialog open={silence !== null} onOpenChange={setSilencing} />
    </>
  )
}
