'use client'
// components/ui/region.tsx: what a panel or table shows when there is nothing plain to show: first load, refetch, empty,
// hidden by filters, partial, error, forbidden, unsupported. A page never fails as one: each region says its own state.
import { Lock } from 'lucide-react'
import { type ReactNode, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from './cn'
import { useCopy } from './copy'
import { LinkButton } from './link'
import { Mark } from './mark'

/** Lines in the final measures; they show themselves only after 150 ms. */
export function Skeleton({ lines = 4, className }: { lines?: number; className?: string | undefined }) {
  const t = useTranslations('ui')
  const widths = ['w-[82%]', 'w-[64%]', 'w-[74%]', 'w-[40%]']
  return (
    <div role="status" aria-label={t('loading')} className={cn('appear-late flex flex-col px-3', className)}>
      {Array.from({ length: lines }, (_, line) => (
        // Lines have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <span key={line} className="flex h-(--row) items-center">
          <i className={cn('block h-[9px] rounded-sm bg-hair', widths[line % widths.length])} />
        </span>
      ))}
    </div>
  )
}

const never = () => () => undefined
/**
 * The thin line on a region's top edge while it asks again; after one second. Whether what the server sent is old is the
 * browser's to say, by its own clock: so the line is in no HTML, and not in what the browser compares with it.
 */
export function Refetching({ when }: { when: boolean }) {
  const isTakenOver = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  return when && isTakenOver ? (
    <i aria-hidden className="appear-after-1s absolute inset-x-0 top-0 z-10 h-0.5 bg-tide" />
  ) : null
}

interface NoteProps {
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
  readonly className?: string | undefined
}
const noteLooks = 'flex flex-col items-start justify-center gap-1.5 px-3 py-5 text-sm'

/** Nothing exists: one sentence what it is, one action. */
export const Empty = ({ title, children, action, className }: NoteProps) => (
  <div className={cn(noteLooks, className)}>
    <b className="font-strong">{title}</b>
    {children ? <div className="max-w-[68ch] text-ink-3">{children}</div> : null}
    {action}
  </div>
)

/** Nothing passes the filters: "0 of 1,284 topics match". */
export function NoMatch({ title, filters, onClear }: { title: ReactNode; filters?: ReactNode; onClear: () => void }) {
  const t = useTranslations('ui')
  return (
    <Empty title={title} action={<LinkButton onClick={onClear}>{t('clearFilters')}</LinkButton>}>
      {filters}
    </Empty>
  )
}

export interface FaultProps {
  /** What went wrong, in plain words. */
  readonly title: ReactNode
  /** What to do. */
  readonly children?: ReactNode
  /** RocketMQ's or the console's code and the remark: "29 MESSAGE_ILLEGAL". */
  readonly code?: string | undefined
  readonly onRetry?: (() => void) | undefined
  /** What `Copy details` copies; the code and title when not given. */
  readonly details?: string | undefined
  readonly className?: string | undefined
}
/** An error, in place. */
export function Fault({ title, children, code, onRetry, details, className }: FaultProps) {
  const t = useTranslations('ui')
  const { copied, copy } = useCopy()
  const text = details ?? [typeof title === 'string' ? title : '', code].filter(Boolean).join('\n')
  return (
    <div role="alert" className={cn(noteLooks, className)}>
      <span className="flex items-start gap-1.5">
        <Mark state="crit" className="mt-[3px]" />
        <b className="font-strong">{title}</b>
      </span>
      {children ? <div className="max-w-[68ch] text-ink-2">{children}</div> : null}
      {code ? <span className="mono max-w-full text-xs wrap-anywhere text-ink-3">{code}</span> : null}
      <span className="flex gap-3">
        {onRetry ? <LinkButton onClick={onRetry}>{t('tryAgain')}</LinkButton> : null}
        {text ? (
          <LinkButton onClick={() => void copy(text)}>{copied ? t('copied') : t('copyDetails')}</LinkButton>
        ) : null}
      </span>
    </div>
  )
}

/** The warning line at a region's foot: what did not answer, and what it touches. */
export function Partial({
  children,
  onRetry,
  className,
}: {
  children: ReactNode
  onRetry?: () => void
  className?: string
}) {
  const t = useTranslations('ui')
  return (
    <div
      role="status"
      className={cn(
        'mt-auto flex min-h-[26px] flex-none items-center gap-1.5 bg-warn-wash px-3 py-1 text-xs text-warn',
        className,
      )}
    >
      <Mark state="warn" />
      <span className="min-w-0 flex-1">{children}</span>
      {onRetry ? (
        <LinkButton className="text-warn hover:text-warn" onClick={onRetry}>
          {t('tryAgain')}
        </LinkButton>
      ) : null}
    </div>
  )
}

export const Forbidden = ({ title, children, className }: NoteProps) => (
  <div className={cn(noteLooks, className)}>
    <span className="flex items-start gap-1.5">
      <Lock className="mt-[2px] size-[13px] text-ink-3" />
      <b className="font-strong">{title}</b>
    </span>
    {children ? <div className="max-w-[68ch] text-ink-3">{children}</div> : null}
  </div>
)

export const Unsupported = ({ title, children, action, className }: NoteProps) => (
  <div className={cn(noteLooks, className)}>
    <span className="flex items-start gap-1.5">
      <Mark state="off" className="mt-[3px]" />
      <b className="font-strong">{title}</b>
    </span>
    {children ? <div className="max-w-[68ch] text-ink-3">{children}</div> : null}
    {action}
  </div>
)
