// components/access/steps.tsx: where one is in a short row of steps.
import { Check } from 'lucide-react'
import { cn } from '../ui/cn'

export interface Step {
  readonly title: string
  readonly note: string
}
export const Steps = ({ steps, at }: { steps: readonly Step[]; at: number }) => (
  <ol className="flex gap-6 pt-5 md:block md:pt-16">
    {steps.map(({ title, note }, place) => (
      <li
        key={title}
        aria-current={place === at ? 'step' : undefined}
        className="relative flex items-start gap-3 md:pb-[26px]"
      >
        <span
          className={cn(
            'z-[1] grid size-[22px] flex-none place-items-center rounded-full text-[12px] font-semibold',
            place < at
              ? 'bg-tide-wash text-tide'
              : place === at
                ? 'bg-tide text-on-tide'
                : 'border border-control text-ink-3',
          )}
        >
          {place < at ? <Check className="size-[13px]" /> : place + 1}
        </span>
        <span className={cn(place !== at && 'max-md:sr-only')}>
          <span className={cn('block leading-[22px]', place === at && 'font-strong', place > at && 'text-ink-2')}>
            {title}
          </span>
          <span className="block text-sm text-ink-3 max-md:hidden">{note}</span>
        </span>
        {place < steps.length - 1 ? (
          <i aria-hidden className="absolute top-[22px] bottom-0 left-[10.5px] w-px bg-line max-md:hidden" />
        ) : null}
      </li>
    ))}
  </ol>
)
