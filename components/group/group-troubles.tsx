'use client'
// components/group/group-troubles.tsx: what ails a group, above every tab: the fact with its queue, message and clients, why it
// is so, and what to do.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { GroupTrouble, StillQueue } from '../../server/shared/views'
import { useFormat } from '../format'
import { clusterHref, groupHref } from '../shell/address'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import type { GroupAt } from './use-group'

const looks: Readonly<Record<GroupTrouble['kind'], { mark: MarkState; className: string }>> = {
  blocked: { mark: 'crit', className: 'bg-crit-wash' },
  stalled: { mark: 'crit', className: 'bg-crit-wash' },
  mismatch: { mark: 'warn', className: 'bg-warn-wash' },
  'mixed-kinds': { mark: 'off', className: 'bg-panel' },
}

export const GroupTroubles = ({ at, troubles }: { at: GroupAt; troubles: readonly GroupTrouble[] }) => {
  const t = useTranslations('group.trouble')
  if (troubles.length === 0) return null
  return (
    <ul aria-label={t('title')} className="flex-none overflow-hidden rounded-lg border border-line">
      {troubles.map((trouble) => {
        const { mark, className } = looks[trouble.kind]
        return (
          <li
            key={trouble.kind}
            className={`flex items-start gap-2 border-hair border-b px-3 py-2 text-sm last:border-b-0 ${className}`}
          >
            <Mark state={mark} className="mt-[4px]" />
            <div className="min-w-0">
              <Trouble at={at} trouble={trouble} />
            </div>
          </li>
        )
      })}
    </ul>
  )
}

const Name = ({ children }: { children: ReactNode }) => <b className="mono font-strong">{children}</b>

const Trouble = ({ at, trouble }: { at: GroupAt; trouble: GroupTrouble }) => {
  const t = useTranslations('group.trouble')
  const format = useFormat()
  if (trouble.kind === 'mismatch')
    return (
      <>
        <p>
          {t.rich('mismatch', {
            topics: () => <Name>{trouble.topics.map(({ topic }) => topic).join(', ')}</Name>,
          })}{' '}
          {trouble.topics.some(({ differing }) => differing.length > 0)
            ? t.rich('differing', {
                clients: () => (
                  <Name>{[...new Set(trouble.topics.flatMap(({ differing }) => differing))].join(', ')}</Name>
                ),
              })
            : t('swaying')}
        </p>
        <p className="text-ink-2">
          {t('mismatchTodo')} <Link href={groupHref(at.cluster, at.group, 'subscriptions')}>{t('matrix')}</Link>
        </p>
      </>
    )
  if (trouble.kind === 'mixed-kinds')
    return (
      <p className="text-ink-2">
        {t.rich('mixed', {
          ordered: () => <Name>{trouble.ordered.join(', ')}</Name>,
          plain: () => <Name>{trouble.plain.join(', ')}</Name>,
        })}
      </p>
    )
  const [first] = trouble.queues
  if (first === undefined) return null
  return (
    <>
      <p suppressHydrationWarning>
        {t.rich(trouble.kind === 'blocked' ? 'blocked' : 'stalled', {
          count: trouble.count,
          queue: () => <Name>{`${first.topic} ${first.broker}/${first.queueId}`}</Name>,
          offset: () => <Name>{format.count(first.offset)}</Name>,
          span: format.duration(Date.now() - first.sinceMs),
          lag: first.lag,
        })}
      </p>
      <p className="text-ink-2">
        {t(trouble.orderly === true ? 'orderlyTodo' : trouble.orderly === false ? 'concurrentTodo' : 'unsaidTodo')}
      </p>
      <p className="flex flex-wrap gap-x-3">
        {trouble.queues.map((queue) => (
          <Link key={`${queue.topic} ${queue.broker} ${queue.queueId}`} href={messageHref(at.cluster, queue)}>
            {t('message', { queue: `${queue.broker}/${queue.queueId}`, offset: format.count(queue.offset) })}
          </Link>
        ))}
        <Link href={groupHref(at.cluster, at.group, 'clients')}>{t('clients')}</Link>
        <Link
          href={`${clusterHref(at.cluster, 'doctor')}?${new URLSearchParams({ symptom: 'late', topic: first.topic, group: at.group })}`}
        >
          {t('doctor')}
        </Link>
      </p>
    </>
  )
}
/** A search that begins at the message, and shows it first. */
const messageHref = (cluster: string, { topic, broker, queueId, offset }: StillQueue): string =>
  `${clusterHref(cluster, 'messages')}?${new URLSearchParams({ topic, queue: `${broker}/${queueId}@${offset}`, pos: 'oldest', n: '1' })}`
