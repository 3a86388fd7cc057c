'use client'
// components/ui/tick.tsx: a box to tick (many of many) and a switch (a thing that is on or off at once).
import { Check, Minus } from 'lucide-react'
import { Checkbox as RadixCheckbox, Switch as RadixSwitch } from 'radix-ui'
import { type ReactNode, useId } from 'react'
import { cn } from './cn'

export interface TickProps {
  readonly checked: boolean | 'indeterminate'
  readonly onChange: (checked: boolean) => void
  /** Words beside the box; without them `label` names it. */
  readonly children?: ReactNode
  readonly label?: string | undefined
  readonly disabled?: boolean | undefined
  readonly className?: string | undefined
}
/** The box is 14 px, its target 24: a hit beside it counts too. */
export function Checkbox({ checked, onChange, children, label, disabled, className }: TickProps) {
  const id = useId()
  const box = (
    <RadixCheckbox.Root
      id={id}
      checked={checked}
      onCheckedChange={(next) => onChange(next === true)}
      aria-label={label}
      disabled={disabled ?? false}
      className={cn(
        'relative inline-grid size-3.5 flex-none place-items-center rounded-sm border border-control bg-panel after:absolute after:-inset-[5px] disabled:border-line data-[state=checked]:border-tide data-[state=checked]:bg-tide data-[state=checked]:text-on-tide data-[state=indeterminate]:border-tide data-[state=indeterminate]:bg-tide data-[state=indeterminate]:text-on-tide max-sm:size-5 max-sm:after:-inset-3',
        className,
      )}
    >
      <RadixCheckbox.Indicator>
        {checked === 'indeterminate' ? (
          <Minus className="size-[11px] stroke-[3]" />
        ) : (
          <Check className="size-[11px] stroke-[3]" />
        )}
      </RadixCheckbox.Indicator>
    </RadixCheckbox.Root>
  )
  if (!children) return box
  return (
    <span className="flex items-start gap-2 text-sm">
      <span className="mt-[2px] flex">{box}</span>
      <label htmlFor={id} className={cn('min-w-0', disabled && 'text-ink-off')}>
        {children}
      </label>
    </span>
  )
}

export function Switch({ checked, onChange, children, label, disabled }: TickProps & { readonly checked: boolean }) {
  const id = useId()
  return (
    <span className="inline-flex items-center gap-2 text-sm">
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        aria-label={label}
        disabled={disabled ?? false}
        className="relative inline-flex h-4 w-7 flex-none items-center rounded-full border border-control bg-panel px-[2px] after:absolute after:-inset-[5px] disabled:border-line data-[state=checked]:border-tide data-[state=checked]:bg-tide"
      >
        <RadixSwitch.Thumb className="size-2.5 rounded-full bg-control transition-transform duration-(--motion-tap) data-[state=checked]:translate-x-3 data-[state=checked]:bg-on-tide" />
      </RadixSwitch.Root>
      {children ? <label htmlFor={id}>{children}</label> : null}
    </span>
  )
}
