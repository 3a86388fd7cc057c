// components/ui/mark.tsx: a state as shape + colour + word. The shape carries the meaning, the colour repeats it; a mark
// without a word beside it needs a label.
import type { ReactNode } from 'react'
import { cn } from './cn'

export type MarkState = 'ok' | 'warn' | 'crit' | 'unknown' | 'off' | 'busy'
/** No states of a thing: half of it holds (in tables), and something to know (in lists of notes). */
export type Shape = MarkState | 'part' | 'note'

const shapes: Record<Shape, ReactNode> = {
  ok: <circle cx="6" cy="6" r="4" fill="var(--ok-mark)" />,
  warn: <path d="M6 1.2 11.3 10.6H.7Z" fill="var(--warn-mark)" />,
  crit: <path d="M6 .4 11.6 6 6 11.6.4 6Z" fill="var(--crit-mark)" />,
  unknown: (
    <circle
      cx="6"
      cy="6"
      r="4.2"
      fill="none"
      stroke="var(--unknown-mark)"
      strokeWidth="1.6"
      strokeDasharray="2.2 2.2"
    />
  ),
  off: <rect x="2" y="2" width="8" height="8" rx="1" fill="none" stroke="var(--ink-3)" strokeWidth="1.5" />,
  part: (
    <>
      <circle cx="6" cy="6" r="4.2" fill="none" stroke="var(--ink-3)" strokeWidth="1.5" />
      <path d="M6 1.8a4.2 4.2 0 0 0 0 8.4Z" fill="var(--ink-3)" />
    </>
  ),
  note: (
    <>
      <circle cx="6" cy="6" r="4.9" fill="none" stroke="var(--ink-3)" strokeWidth="1.2" />
      <path d="M6 5.4V8.6" stroke="var(--ink-3)" strokeWidth="1.4" />
      <circle cx="6" cy="3.5" r=".85" fill="var(--ink-3)" />
    </>
  ),
  busy: <path d="M6 1.8A4.2 4.2 0 1 1 1.8 6" fill="none" stroke="var(--tide)" strokeWidth="1.8" />,
}

export function Mark({ state, label, className }: { state: Shape; label?: string | undefined; className?: string }) {
  const looks = cn('mark size-3 flex-none', state === 'busy' && 'turning', className)
  return label ? (
    <svg viewBox="0 0 12 12" className={looks} role="img" aria-label={label}>
      <title>{label}</title>
      {shapes[state]}
    </svg>
  ) : (
    <svg viewBox="0 0 12 12" className={looks} aria-hidden="true">
      {shapes[state]}
    </svg>
  )
}

/** A mark and its word. */
export function State({ state, children, className }: { state: MarkState; children: ReactNode; className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
      <Mark state={state} />
      <span>{children}</span>
    </span>
  )
}

export const stateText: Record<MarkState, string> = {
  ok: 'text-ok',
  warn: 'text-warn',
  crit: 'text-crit',
  unknown: 'text-unknown',
  off: 'text-ink-2',
  busy: 'text-ink-2',
}
export const stateWash: Record<MarkState, string> = {
  ok: 'bg-ok-wash',
  warn: 'bg-warn-wash',
  crit: 'bg-crit-wash',
  unknown: 'bg-unknown-wash',
  off: 'bg-sunken',
  busy: 'bg-tide-wash',
}
