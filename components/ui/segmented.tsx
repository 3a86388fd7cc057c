'use client'
// components/ui/segmented.tsx: one of two to five choices that are all in view.
import { RadioGroup as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn'

export interface SegmentedProps<T extends string> {
  readonly value: T
  readonly onChange: (value: T) => void
  readonly choices: readonly { readonly value: T; readonly label: ReactNode; readonly note?: string }[]
  readonly label: string
  readonly className?: string | undefined
}
export const Segmented = <T extends string>({ value, onChange, choices, label, className }: SegmentedProps<T>) => (
  <Radix.Root
    value={value}
    // Radix speaks of strings; only values of `choices` can come back.
    onValueChange={(next) => onChange(next as T)}
    aria-label={label}
    orientation="horizontal"
    className={cn('inline-flex h-7 flex-none rounded-md border border-line bg-panel max-sm:h-11', className)}
  >
    {choices.map((choice) => (
      <Radix.Item
        key={choice.value}
        value={choice.value}
        title={choice.note}
        className="min-w-0 border-l border-hair px-2.5 text-sm/[26px] whitespace-nowrap text-ink-2 first:rounded-l-[4px] first:border-l-0 last:rounded-r-[4px] hover:text-ink data-[state=checked]:bg-selected data-[state=checked]:font-strong data-[state=checked]:text-ink"
      >
        {choice.label}
      </Radix.Item>
    ))}
  </Radix.Root>
)
