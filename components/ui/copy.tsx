'use client'
// components/ui/copy.tsx: puts a text on the clipboard and says so, in place. What is copied is always the whole, bare text.
import { Check, Copy as CopyIcon } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from './button'
import { cn } from './cn'

const SHOWN_MS = 1500

/** `copied` is true for a moment after `copy` has worked. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<boolean> } {
  const [copied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = useCallback(async (text: string) => {
    const done = await putOnClipboard(text)
    if (done) {
      setCopied(true)
      clearTimeout(timer.current)
      timer.current = setTimeout(() => setCopied(false), SHOWN_MS)
    }
    return done
  }, [])
  return { copied, copy }
}

/** navigator.clipboard exists on https and localhost only; a console on plain http in a company network needs the old way. */
async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
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
  const { copied, copy } = useCopy()
  const icon = copied ? <Check className="text-ok!" /> : <CopyIcon />
  const label = copied ? t('copied') : what ? t('copyWhat', { what }) : t('copy')
  if (words) {
    return (
      <Button look="ghost" className={className} onClick={() => void copy(text)}>
        {icon}
        <span aria-live="polite">{copied ? t('copied') : t('copy')}</span>
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
