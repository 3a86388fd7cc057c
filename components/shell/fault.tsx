'use client'
// components/shell/fault.tsx: a failed question as a region shows it, in the reader's language, with RocketMQ's code and
// remark; and a region that shows whichever of loading, failed and loaded holds.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Fault as ServerFault } from '../../server/shared/views'
import { faultOf, faultText, isUnreachable } from '../trpc/fault'
import { Fault, Forbidden, Refetching, Skeleton } from '../ui/region'

/** Sentences for a fault: what happened, what to do, and the code line. */
export function useFaultWords(): (error: unknown) => { title: string; todo: string; code: string | undefined } {
  const t = useTranslations('shell.fault')
  return (error) => {
    const fault = faultOf(error)
    if (!fault) {
      const kind = isUnreachable(error) ? 'unreachable' : 'internal'
      return {
        title: t(`${kind}.title`, { peer: '' }),
        todo: t(`${kind}.todo`, { right: '', seconds: 0 }),
        code: faultText(error),
      }
    }
    const peer = fault.peer ?? t('aPeer')
    const seconds = Math.max(1, Math.ceil((fault.waitMs ?? 0) / 1000))
    return {
      title: t(`${fault.kind}.title`, { peer }),
      todo: t(`${fault.kind}.todo`, { right: fault.right ?? '', seconds }),
      code: codeLine(fault),
    }
  }
}

/** The same in one line, for the row of what failed. */
export function useFaultLine(): (error: unknown) => string {
  const words = useFaultWords()
  return (error) => {
    const { title, code } = words(error)
    return [title, code].filter(Boolean).join(' ')
  }
}

/** RocketMQ's own words stay as they are; without any, the console's English detail says which object it was about. */
const codeLine = ({ code, codeName, remark, text, peer }: ServerFault): string =>
  code === null ? text : [`${code} ${codeName ?? ''}`.trim(), remark, peer].filter(Boolean).join(' · ')

export function QueryFault({
  error,
  onRetry,
  className,
}: {
  error: unknown
  onRetry?: () => void
  className?: string
}) {
  const words = useFaultWords()(error)
  const kind = faultOf(error)?.kind
  if (kind === 'not-allowed')
    return (
      <Forbidden title={words.title} className={className}>
        {words.todo}
      </Forbidden>
    )
  return (
    <Fault
      title={words.title}
      code={words.code}
      details={`${words.title}\n${faultText(error)}`}
      onRetry={onRetry}
      className={className}
    >
      {words.todo}
    </Fault>
  )
}

interface Asked<T> {
  readonly data: T | undefined
  readonly error: unknown
  readonly isFetching: boolean
  readonly isPending: boolean
  readonly refetch: () => unknown
}
export interface RegionProps<T> {
  readonly query: Asked<T>
  readonly skeleton?: ReactNode
  readonly children: (data: T) => ReactNode
}
/** Old values stay while it asks again, and also when that fails: the failure is then a line above them. */
export function Region<T>({ query, skeleton, children }: RegionProps<T>) {
  const retry = () => void query.refetch()
  if (query.data !== undefined)
    return (
      <>
        <Refetching when={query.isFetching} />
        {children(query.data)}
      </>
    )
  if (query.error) return <QueryFault error={query.error} onRetry={retry} />
  return skeleton ?? <Skeleton className="py-2" />
}
