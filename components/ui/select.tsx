'use client'
// components/ui/select.tsx: one choice of a few, in a list that opens.
import { getNonce } from 'get-nonce'
import { Check, ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn'
import { useField } from './input'

export interface Choice<T extends string> {
  readonly value: T
  readonly label: ReactNode
  readonly note?: ReactNode
  readonly disabled?: boolean | undefined
}
export interface SelectProps<T extends string> {
  readonly value: T | undefined
  readonly onChange: (value: T) => void
  readonly choices: readonly Choice<T>[]
  readonly label?: string | undefined
  readonly placeholder?: string | undefined
  readonly leading?: ReactNode
  readonly mono?: boolean | undefined
  readonly disabled?: boolean | undefined
  /** `button` looks like a button of the tool bar, `input` like a field of a form. */
  readonly look?: 'input' | 'button' | undefined
  readonly className?: string | undefined
}
export function Select<T extends string>(props: SelectProps<T>) {
  const field = useField()
  const { value, onChange, choices, look = 'input' } = props
  return (
    <Radix.Root
      {...(value === undefined ? {} : { value })}
      // Radix speaks of strings; only values of `choices` can come back.
      onValueChange={(next) => onChange(next as T)}
      disabled={props.disabled ?? false}
    >
      <Radix.Trigger
        id={field?.id}
        aria-label={props.label}
        aria-describedby={field?.describedBy}
        aria-invalid={field?.invalid || undefined}
        className={cn(
          'inline-flex h-7 min-w-0 items-center gap-1.5 rounded-md border bg-panel px-2.5 text-sm whitespace-nowrap text-ink hover:bg-hover aria-[invalid=true]:border-crit-mark data-disabled:bg-transparent data-disabled:text-ink-off data-placeholder:text-ink-3 max-sm:h-11 [&_.lucide]:size-[13px] [&_.lucide]:text-ink-3',
          look === 'input' ? 'w-full border-control px-[9px]' : 'border-line font-medium',
          props.mono && 'mono',
          props.className,
        )}
      >
        {props.leading}
        <span className="min-w-0 flex-1 truncate text-left">
          {/* Said here, so that it stands there before scripts run. */}
          <Radix.Value placeholder={props.placeholder}>
            {choices.find((choice) => choice.value === value)?.label}
          </Radix.Value>
        </span>
        <Radix.Icon asChild>
          <ChevronDown />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="enter-float z-50 max-h-[min(420px,var(--radix-select-content-available-height))] min-w-(--radix-select-trigger-width) overflow-hidden rounded-lg border border-line bg-raised shadow-float"
        >
          <Radix.Viewport className="p-1" nonce={getNonce() ?? ''}>
            {choices.map((choice) => (
              <Radix.Item
                key={choice.value}
                value={choice.value}
                disabled={choice.disabled ?? false}
                className={cn(
                  'flex h-7 cursor-pointer items-center gap-2 rounded-md pr-3 pl-2 text-sm text-ink outline-none select-none data-disabled:text-ink-off data-highlighted:bg-selected max-sm:h-11',
                  props.mono && 'mono',
                )}
              >
                <span className="grid w-[13px] place-items-center">
                  <Radix.ItemIndicator>
                    <Check className="size-[13px] text-tide" />
                  </Radix.ItemIndicator>
                </span>
                <Radix.ItemText>{choice.label}</Radix.ItemText>
                {choice.note ? <span className="ml-auto pl-4 text-xs text-ink-3">{choice.note}</span> : null}
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
