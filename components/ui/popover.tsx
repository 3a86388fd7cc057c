'use client'
// components/ui/popover.tsx: a small form or note that floats beside what opened it.
import { Popover as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn'

export interface PopoverProps {
  readonly trigger: ReactNode
  readonly label: string
  readonly align?: 'start' | 'center' | 'end' | undefined
  readonly open?: boolean | undefined
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  readonly className?: string | undefined
  readonly children: ReactNode
}
export const Popover = ({ trigger, label, align = 'end', open, onOpenChange, className, children }: PopoverProps) => (
  <Radix.Root {...(open === undefined ? {} : { open })} {...(onOpenChange === undefined ? {} : { onOpenChange })}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={4}
        collisionPadding={8}
        aria-label={label}
        className={cn(
          'enter-float z-50 rounded-lg border border-line bg-raised p-3 text-sm shadow-float outline-none',
          className,
        )}
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
