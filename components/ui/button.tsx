'use client'
// components/ui/button.tsx: what can be pressed. A button that is off says why; one that works shows it and cannot be
// pressed twice.
import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './cn'
import { Mark } from './mark'
import { Tooltip } from './tooltip'

export const buttonLooks = cva(
  'inline-flex flex-none items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none aria-disabled:cursor-not-allowed [&_.lucide]:size-[13px]',
  {
    variants: {
      look: {
        plain: 'border-line bg-panel text-ink hover:bg-hover [&_.lucide]:text-ink-3',
        primary:
          '[&_.mark>path]:stroke-current border-tide bg-tide text-on-tide hover:border-tide-strong hover:bg-tide-strong',
        danger: '[&_.mark>path]:stroke-current border-crit-mark bg-crit-mark text-on-crit hover:opacity-90',
        ghost: 'border-transparent text-ink-2 hover:bg-hover hover:text-ink [&_.lucide]:text-ink-3',
        'ghost-danger': 'border-transparent text-crit hover:bg-crit-wash',
      },
      size: {
        sm: 'h-[26px] px-2 text-sm max-sm:h-9',
        md: 'h-7 px-2.5 text-sm max-sm:h-11 max-sm:px-3.5',
        lg: 'h-[34px] px-4 text-base max-sm:h-11',
      },
      shape: { words: '', icon: 'w-7 px-0 max-sm:w-11 max-sm:px-0 [&_.lucide]:size-[15px]' },
      off: {
        true: 'border-line bg-transparent text-ink-off hover:border-line hover:bg-transparent hover:text-ink-off hover:opacity-100 [&_.lucide]:text-ink-off',
        false: '',
      },
    },
    compoundVariants: [
      { look: ['ghost', 'ghost-danger'], off: true, class: 'border-transparent hover:border-transparent' },
    ],
    defaultVariants: { look: 'plain', size: 'md', shape: 'words', off: false },
  },
)

type Looks = Omit<VariantProps<typeof buttonLooks>, 'off'>
export interface ButtonProps extends ComponentProps<'button'>, Looks {
  /** Why it cannot be pressed. With it the button stays reachable by keyboard, so that the reason can be read. */
  readonly reason?: string | undefined
  /** Its work is under way. */
  readonly busy?: boolean | undefined
  /** Draw the child (a link) as a button. */
  readonly asChild?: boolean | undefined
  /** Note on hover, and its key. An icon button needs aria-label, which is used when there is no note. */
  readonly note?: string | undefined
  readonly keys?: string | undefined
}

export function Button(props: ButtonProps) {
  const { look, size, shape, reason, busy, asChild, note, keys, className, disabled, children, onClick, ...rest } =
    props
  const off = Boolean(disabled || reason || busy)
  const classes = cn(buttonLooks({ look, size, shape, off: Boolean(disabled || reason) }), className)
  const text = reason ?? note ?? (shape === 'icon' ? rest['aria-label'] : undefined)
  const button = asChild ? (
    <Slot.Root className={classes} {...rest}>
      {children}
    </Slot.Root>
  ) : (
    <button
      type="button"
      className={classes}
      disabled={disabled && !reason}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={off ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {busy ? <Mark state="busy" /> : null}
      {children}
    </button>
  )
  return text || keys ? (
    <Tooltip text={text ?? children} keys={keys}>
      {button}
    </Tooltip>
  ) : (
    button
  )
}
