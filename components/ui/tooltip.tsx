'use client'
// components/ui/tooltip.tsx: a short note on hover and on focus. Nothing stands only in a tooltip that a reader must know,
// except the whole of a name that was cut and the reason of an unknown value, which screen readers get as text.
import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from './tag'

export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={350} skipDelayDuration={150}>
    {children}
  </Radix.Provider>
)

export interface TooltipProps {
  readonly text: ReactNode
  readonly keys?: string | undefined
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  /** The element the note belongs to; it must take a ref and props. */
  readonly children: ReactNode
}
export function Tooltip({ text, keys, side = 'bottom', children }: TooltipProps) {
  if (!text) return children
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={5}
          collisionPadding={8}
          className="enter-float z-50 flex max-w-80 items-center gap-2 rounded-md border border-line bg-raised px-2 py-1 text-xs text-ink-2 shadow-float"
        >
          <span className="min-w-0 wrap-anywhere">{text}</span>
          {keys ? <Kbd>{keys}</Kbd> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
