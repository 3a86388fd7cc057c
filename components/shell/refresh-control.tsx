'use client'
// components/shell/refresh-control.tsx: how the page is kept fresh, and how old its oldest figure is. A lost connection turns
// it to a warning; pages stay readable.
import { Pause, RefreshCw } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { connection } from '../trpc/connection'
import { type RefreshMode, refreshModes, useOldest, useRefresh } from '../trpc/refresh'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { Mark } from '../ui/mark'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../ui/menu'

const TICK_MS = 1000

/** Milliseconds since the oldest figure arrived, moving once a second. */
function useAge(): number | null {
  const at = useOldest()
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return at === null || now === null ? null : Math.max(0, now - at)
}

/** Whole seconds, so that it does not flicker between two spellings. */
const whole = (ms: number) => Math.max(1000, Math.floor(ms / 1000) * 1000)

export function RefreshControl({ phone }: { phone?: boolean }) {
  const t = useTranslations('shell')
  const format = useFormat()
  const { mode, change, now } = useRefresh()
  const lost = useSyncExternalStore(connection.subscribe, connection.isLost, () => false)
  const ageMs = useAge()
  const age =
    ageMs === null
      ? ''
      : mode === 'off' || lost
        ? t('old', { age: format.age(whole(ageMs)) })
        : format.ago(whole(ageMs))
  const name = lost ? t('reconnecting') : t(`refresh.${mode}`)
  const sign = lost ? (
    <Mark state="warn" />
  ) : mode === 'live' ? (
    <i className="size-[7px] flex-none rounded-full bg-ok-mark shadow-[0_0_0_3px_var(--ok-wash)]" />
  ) : mode === 'off' ? (
    <Pause />
  ) : (
    <RefreshCw />
  )
  const inside = (
    <>
      {sign}
      <span>{name}</span>
      <span className={cn('tnum font-normal', lost ? 'text-warn' : 'text-ink-3', !phone && 'max-md:sr-only')}>
        {age}
      </span>
    </>
  )
  return (
    <Menu
      trigger={
        phone ? (
          <button type="button" className="flex h-9 items-center gap-1.5 px-1 text-xs text-ink-2">
            {inside}
          </button>
        ) : (
          <Button className={cn('tnum', lost && 'bg-warn-wash')} note={t('refreshNote')} keys="r">
            {inside}
          </Button>
        )
      }
    >
      <MenuChoice<RefreshMode>
        value={mode}
        onChange={change}
        choices={refreshModes.map((value) => ({
          value,
          label: t(`refresh.${value}`),
          note: value === 'live' ? t('pushed') : undefined,
        }))}
      />
      <MenuSeparator />
      <MenuItem icon={<RefreshCw />} keys="r" onSelect={now}>
        {t('refreshNow')}
      </MenuItem>
    </Menu>
  )
}
