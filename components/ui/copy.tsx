'use client'
// components/ui/copy.tsx: puts a text on the clipboard and says so, in place. What is copied is always the whole, bare text.
import { Check, Copy as CopyIcon, X } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from './button'
import { cn } from './cn'

const SHOWN_MS = 1500

/** `copied` and `failed` are true for a moment after `copy`; a browser may refuse to touch the clipboard. */
export function useCopy(): { copied: boolean; failed: boolean; copy: (text: string) => Promise<boolean> } {
  const [end, setEnd] = useState<'copied' | 'failed' | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = useCallback(async (text: string) => {
    const done = await putOnClipboard(text)
    setEnd(done ? 'copied' : 'failed')
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setEnd(null), SHOWN_MS)
    return done
  }, [])
  return { copied: end === 'copied', failed: end === 'failed', copy }
}

/** navigator.clipboard exists on https and localhost only; a console on plain http in a company network needs the old way. */
async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const held = document.activeElement
    const area = document.createElement('textarea')
    area.value = text
    area.readOnly = true // or a phone shows its keyboard
    area.style.position = 'fixed'
    area.style.opacity = '0'
    // A dialog or a menu takes the focus back from whatever lies outside it, and the selection with it.
    const layer = held?.closest('[role="dialog"],[role="menu"]') ?? document.body
    layer.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    if (held instanceof HTMLElement) held.focus({ preventScroll: true })
    return done
  }
}

export interface CopyButtonProps {
  readonly text: string
  /** What is copied, for the label: "topic name". */
  readonly what?: string | undefined
  /** With words it is a button, without an icon beside a value. */
  readonly words?: boolean | undefined
  readonly className?: string | undefined
}
export function CopyButton({ text, what, words, className }: CopyButtonProps) {
  const t = useTranslations('ui')
  const { copied, failed, copy } = useCopy()
  const icon = copied ? <Check className="text-ok!" /> : failed ? <X className="text-crit!" /> : <CopyIcon />
  const end = copied ? t('copied') : failed ? t('copyFailed') : undefined
  const label = end ?? (what ? t('copyWhat', { what }) : t('copy'))
  if (words) {
    return (
      <Button look="ghost" className={className} onClick={() => void copy(text)}>
        {icon}
        <span aria-live="polite">{end ?? t('copy')}</span>
      </Button>
    )
  }
  return (
    <Button
      look="ghost"
      shape="icon"
      aria-label={label}
      className={cn('size-6 max-sm:size-11 [&_.lucide]:size-[13px]', className)}
      onClick={() => void copy(text)}
    >
      {icon}
    </Button>
  )
}
