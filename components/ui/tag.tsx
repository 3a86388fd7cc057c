// components/ui/tag.tsx: small labels: a tag says what kind, a chip can be chosen or taken away, a key cap names a key.
import { X } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'

export const Tag = ({ className, ...rest }: ComponentProps<'span'>) => (
  <span
    className={cn(
      'inline-flex h-[17px] items-center rounded-sm border border-line bg-panel px-[5px] text-[11px]/[15px] whitespace-nowrap text-ink-2 [font-stretch:90%]',
      className,
    )}
    {...rest}
  />
)

/** The mark of a cluster that must not be mistaken. */
export const EnvTag = ({ children }: { children: ReactNode }) => (
  <span className="rounded-sm border border-current px-1 text-[10px]/[14px] font-semibold tracking-[0.05em] text-crit">
    {children}
  </span>
)

export const Kbd = ({ className, ...rest }: ComponentProps<'kbd'>) => (
  <kbd
    className={cn(
      'inline-block rounded-sm border border-line bg-panel px-1 font-sans text-[10.5px]/[15px] font-medium whitespace-nowrap text-ink-3',
      className,
    )}
    {...rest}
  />
)

export interface ChipProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly on?: boolean | undefined
  readonly count?: ReactNode
  readonly dashed?: boolean | undefined
  readonly children: ReactNode
}
/** A facet that is switched on and off. */
export const Chip = ({ on, count, dashed, className, children, ...rest }: ChipProps) => (
  <button
    type="button"
    aria-pressed={on}
    className={cn(
      'inline-flex h-[26px] items-center gap-1.5 rounded-md border border-line bg-panel px-2 text-[12px] whitespace-nowrap text-ink-2 hover:bg-hover disabled:text-ink-off max-sm:h-9',
      on && 'border-transparent bg-tide-wash text-ink hover:bg-selected',
      dashed && 'border-dashed border-control bg-transparent',
      className,
    )}
    {...rest}
  >
    {children}
    {count === undefined ? null : <span className="tnum text-ink-3">{count}</span>}
  </button>
)

/** A filter that is set: what, its value, and a cross that takes it away. */
export const FilterChip = (props: { name: string; value: ReactNode; onRemove: () => void; removeLabel: string }) => (
  <span className="inline-flex h-[26px] items-center gap-1.5 rounded-md bg-tide-wash pl-2 text-[12px] whitespace-nowrap text-ink">
    {props.name}
    <b className="mono font-medium">{props.value}</b>
    <button
      type="button"
      aria-label={props.removeLabel}
      onClick={props.onRemove}
      className="grid h-6 w-6 place-items-center rounded-md text-ink-3 hover:text-ink"
    >
      <X className="size-[13px]" />
    </button>
  </span>
)
