'use client'
// components/ui/dialog.tsx: what lies over the page: a dialog in the middle, a sheet at the right edge. Radix traps and
// returns focus; Esc closes the topmost. The cluster's spine stands beside its name, so that production is never mistaken.
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from './button'
import { cn } from './cn'
import { Kbd } from './tag'

export interface LayerProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  /** What follows the title in its line: the object's name, the cluster with its spine. */
  readonly about?: ReactNode
  readonly description?: ReactNode
  readonly footer?: ReactNode
  readonly children: ReactNode
  readonly className?: string | undefined
  /** It cannot be put aside: no cross, and Esc does nothing. */
  readonly stays?: boolean | undefined
}

const scrim = 'enter-scrim fixed inset-0 z-40 bg-scrim'

function Head({ title, about, description, stays }: Pick<LayerProps, 'title' | 'about' | 'description' | 'stays'>) {
  const t = useTranslations('ui')
  return (
    <header className="flex min-h-[52px] flex-none items-center gap-2.5 border-b border-line px-5 py-2 max-sm:px-4">
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2.5 text-ink-2">
          <Radix.Title className="text-lg font-semibold whitespace-nowrap text-ink">{title}</Radix.Title>
          {about}
        </div>
        {description ? <Radix.Description className="text-sm text-ink-3">{description}</Radix.Description> : null}
      </div>
      {stays ? null : (
        <>
          <Kbd className="max-sm:hidden">Esc</Kbd>
          <Radix.Close asChild>
            <Button look="ghost" shape="icon" aria-label={t('close')}>
              <X />
            </Button>
          </Radix.Close>
        </>
      )}
    </header>
  )
}

/** Focus goes to the layer itself, unless a field in it already took it: the close button would show its note at once. */
const focusSelf = (event: Event) => {
  event.preventDefault()
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
}

/** A menu is gone by the time it would get the focus back: then what opens it. */
const focused = (): HTMLElement | null => {
  if (typeof document === 'undefined' || !(document.activeElement instanceof HTMLElement)) return null
  const menu = document.activeElement.closest('[role="menu"]')
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : document.activeElement
}
/** Gives the focus back to what had it before the layer: Radix knows of layers with a trigger only. */
function useGiveBack(open: boolean): (event: Event) => void {
  const before = useRef<HTMLElement | null>(null)
  const wasOpen = useRef(false)
  // While it is drawn: a field of the layer takes the focus before any effect runs.
  if (open && !wasOpen.current) before.current = focused()
  wasOpen.current = open
  return (event) => {
    event.preventDefault()
    // What was deleted from the layer is gone: then from the page's beginning on, unless the layer below, which closed with
    // this one, gave the focus back already.
    if (before.current?.isConnected) before.current.focus()
    else if (document.activeElement === null || document.activeElement === document.body)
      document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
  }
}

/** Radix warns about a dialog without description unless it is told that none is meant. */
const undescribed = (description: ReactNode) => (description ? {} : { 'aria-describedby': undefined })

/** Esc and a press beside the layer, which one that stays does not heed. */
const putAside = (stays: boolean | undefined, onOpenChange: (open: boolean) => void) => (open: boolean) => {
  if (open || !stays) onOpenChange(open)
}

export function Dialog(props: LayerProps) {
  const { open, onOpenChange, title, about, description, footer, children, className, stays } = props
  const giveBack = useGiveBack(open)
  return (
    <Radix.Root open={open} onOpenChange={putAside(stays, onOpenChange)}>
      <Radix.Portal>
        <Radix.Overlay className={scrim} />
        <Radix.Content
          {...undescribed(description)}
          onOpenAutoFocus={focusSelf}
          onCloseAutoFocus={giveBack}
          className={cn(
            'enter-float fixed top-[12vh] left-1/2 z-40 flex max-h-[80vh] w-[520px] max-w-[calc(100vw-24px)] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-float outline-none max-sm:inset-0 max-sm:max-h-none max-sm:w-full max-sm:max-w-none max-sm:translate-x-0 max-sm:rounded-none',
            className,
          )}
        >
          <Head title={title} about={about} description={description} stays={stays} />
          <div className="min-h-0 flex-1 overflow-auto px-5 py-4 max-sm:px-4">{children}</div>
          {footer ? (
            <footer className="flex flex-none flex-wrap items-end justify-end gap-2 border-t border-line px-5 py-3 max-sm:px-4">
              {footer}
            </footer>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Wizards (1000 px) and objects opened over the page (636 px). */
export function Sheet(props: LayerProps & { readonly width?: 'pane' | 'wizard' | 'narrow' | undefined }) {
  const { open, onOpenChange, title, about, description, footer, children, className, stays, width = 'wizard' } = props
  const giveBack = useGiveBack(open)
  return (
    <Radix.Root open={open} onOpenChange={putAside(stays, onOpenChange)}>
      <Radix.Portal>
        <Radix.Overlay className={scrim} />
        <Radix.Content
          {...undescribed(description)}
          onOpenAutoFocus={focusSelf}
          onCloseAutoFocus={giveBack}
          className={cn(
            'enter-sheet fixed inset-y-0 right-0 z-40 flex max-w-full flex-col bg-raised shadow-sheet outline-none max-sm:w-full',
            { wizard: 'w-[1000px]', pane: 'w-[636px]', narrow: 'w-[420px]' }[width],
            className,
          )}
        >
          <Head title={title} about={about} description={description} stays={stays} />
          <div className="min-h-0 flex-1 overflow-auto px-5 py-4 max-sm:px-4">{children}</div>
          {footer ? (
            <footer className="flex flex-none flex-wrap items-end gap-3 border-t border-line bg-panel px-5 py-4 max-sm:px-4">
              {footer}
            </footer>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
