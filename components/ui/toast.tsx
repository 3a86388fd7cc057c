'use client'
// components/ui/toast.tsx: tells, politely, that something was done, and lets it be undone for 8 s. Errors stand where they
// happened; a toast alone never carries one.
import { X } from 'lucide-react'
import { Toast as Radix } from 'radix-ui'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from './button'
import { LinkButton } from './link'
import { Mark, type MarkState } from './mark'

export interface ToastText {
  readonly text: ReactNode
  readonly state?: MarkState | undefined
  readonly undo?: (() => void) | undefined
  readonly action?: ReactNode
}
interface Shown extends ToastText {
  readonly id: number
}
const LASTS_MS = 8000
const MOST = 3

const Context = createContext<((toast: ToastText) => void) | null>(null)
export function useToast(): (toast: ToastText) => void {
  const show = use(Context)
  if (!show) throw new Error('useToast outside ToastProvider')
  return show
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const t = useTranslations('ui')
  const [shown, setShown] = useState<{ next: number; toasts: readonly Shown[] }>({ next: 0, toasts: [] })
  const show = useCallback((toast: ToastText) => {
    setShown(({ next, toasts }) => ({ next: next + 1, toasts: [...toasts, { ...toast, id: next }].slice(-MOST) }))
  }, [])
  const drop = useCallback((id: number) => {
    setShown((before) => ({ ...before, toasts: before.toasts.filter((toast) => toast.id !== id) }))
  }, [])
  const value = useMemo(() => show, [show])
  return (
    <Context value={value}>
      <Radix.Provider duration={LASTS_MS} label={t('notification')}>
        {children}
        {shown.toasts.map((toast) => (
          <OneToast key={toast.id} toast={toast} onGone={() => drop(toast.id)} />
        ))}
        {/* Away from the buttons of sheets, which stand at the right, and on a phone above the bar at the bottom. */}
        <Radix.Viewport className="fixed bottom-4 left-4 z-50 flex w-96 max-w-[calc(100vw-24px)] flex-col gap-2 outline-none max-sm:bottom-[72px] max-sm:left-3 md:left-[72px] lg:left-[224px]" />
      </Radix.Provider>
    </Context>
  )
}

function OneToast({ toast, onGone }: { toast: Shown; onGone: () => void }) {
  const t = useTranslations('ui')
  return (
    <Radix.Root
      type="background"
      onOpenChange={(open) => {
        if (!open) onGone()
      }}
      className="enter-float flex items-center gap-2 rounded-lg border border-line bg-raised py-1.5 pr-1.5 pl-3 shadow-float"
    >
      <Mark state={toast.state ?? 'ok'} />
      <Radix.Description className="min-w-0 flex-1 text-sm">{toast.text}</Radix.Description>
      {toast.action}
      {toast.undo ? (
        <>
          <Radix.Action asChild altText={t('undo')}>
            <LinkButton className="text-sm" onClick={toast.undo}>
              {t('undo')}
            </LinkButton>
          </Radix.Action>
          <Countdown />
        </>
      ) : null}
      <Radix.Close asChild>
        <Button look="ghost" shape="icon" className="size-6" aria-label={t('close')}>
          <X />
        </Button>
      </Radix.Close>
    </Radix.Root>
  )
}

function Countdown() {
  const t = useTranslations('ui')
  const [left, setLeft] = useState(LASTS_MS / 1000)
  useEffect(() => {
    const timer = setInterval(() => setLeft((before) => Math.max(0, before - 1)), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <span aria-hidden className="tnum text-xs text-ink-3">
      {t('secondsLeft', { seconds: left })}
    </span>
  )
}
