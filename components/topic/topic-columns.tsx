'use client'
// components/topic/topic-columns.tsx: the columns of the list of topics. Figures come from the sampler's last turn; no column
// asks for more.
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import type { TopicRow } from '../../server/shared/views'
import { Sparkline } from '../chart'
import type { Column } from '../data-table'
import { Age, BehindValue, behindLevel, Name, NotApplicable, TotalValue, useFormat, Value } from '../format'
import { topicHref } from '../shell/address'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { QueueCounts, TypeTag, usePermWord } from './topic-words'

export const useTopicColumns = (cluster: string): readonly Column<TopicRow>[] => {
  const t = useTranslations('topic.column')
  const format = useFormat()
  const permWord = usePermWord()
  return useMemo<readonly Column<TopicRow>[]>(() => {
    const rate = (value: number) => format.rateDigits(value)
    const whole = (value: number) => format.count(value)
    return [
      {
        id: 'name',
        head: t('name'),
        name: t('name'),
        priority: 0,
        sort: 'ascending',
        card: 'name',
        cell: (row) => (
          <Link quiet href={topicHref(cluster, row.name)} className="block" tabIndex={-1}>
            <Name>{row.name}</Name>
          </Link>
        ),
      },
      {
        id: 'type',
        head: t('type'),
        name: t('type'),
        widthPx: 96,
        priority: 4,
        card: 'state',
        cell: (row) => <TypeTag type={row.type} kind={row.kind} />,
      },
      {
        id: 'queues',
        head: t('queues'),
        name: t('queuesLong'),
        widthPx: 92,
        priority: 6,
        number: true,
        cell: (row) => <QueueCounts row={row} />,
      },
      {
        id: 'in',
        head: t('in'),
        name: t('inLong'),
        widthPx: 132,
        priority: 1,
        number: true,
        sort: 'descending',
        card: 'value',
        cardCell: (row) => <TotalValue of={row.inPerSecond}>{rate}</TotalValue>,
        cardLine: (row) => <Sparkline points={row.spark} tone="in" width={68} height={22} />,
        cell: (row) => (
          <span className="flex items-center justify-between gap-2">
            <Sparkline points={row.spark} tone="in" />
            <span className="min-w-0 truncate">
              <TotalValue of={row.inPerSecond}>{rate}</TotalValue>
            </span>
          </span>
        ),
      },
      {
        id: 'out',
        head: t('out'),
        name: t('outLong'),
        widthPx: 82,
        priority: 3,
        number: true,
        sort: 'descending',
        cell: (row) => <TotalValue of={row.outPerSecond}>{rate}</TotalValue>,
      },
      {
        id: 'groups',
        head: t('groups'),
        name: t('groups'),
        widthPx: 64,
        priority: 7,
        number: true,
        sort: 'descending',
        cell: (row) => <span className={row.groups === 0 ? 'text-ink-3' : undefined}>{format.count(row.groups)}</span>,
      },
      {
        id: 'lag',
        head: t('lag'),
        name: t('lagLong'),
        widthPx: 98,
        priority: 2,
        number: true,
        sort: 'descending',
        card: 'value',
        cell: (row) =>
          row.groups === 0 ? (
            <NotApplicable />
          ) : (
            <span title={row.worstGroup ?? undefined}>
              <TotalValue of={row.worstLag}>{whole}</TotalValue>
            </span>
          ),
      },
      {
        id: 'behind',
        head: t('behind'),
        name: t('behindLong'),
        widthPx: 112,
        priority: 1,
        number: true,
        sort: 'descending',
        card: 'value',
        cell: (row) => {
          if (row.groups === 0) return <NotApplicable />
          const level = behindLevel(row.worstBehind)
          const state =
            level === 'critical' ? 'crit' : level === 'warning' ? 'warn' : level === 'unknown' ? 'unknown' : null
          return (
            <span className="flex items-center justify-end gap-2">
              {state && <Mark state={state} />}
              <BehindValue of={row.worstBehind} />
            </span>
          )
        },
      },
      {
        id: 'last',
        head: t('last'),
        name: t('lastLong'),
        widthPx: 98,
        priority: 5,
        number: true,
        sort: 'descending',
        cell: (row) => (
          <span className="text-ink-2">
            <Value of={row.lastMessageAt}>{(at) => (at === null ? <NotApplicable /> : <Age at={at} />)}</Value>
          </span>
        ),
      },
      {
        id: 'kept',
        head: t('kept'),
        name: t('keptLong'),
        widthPx: 90,
        priority: 5,
        number: true,
        sort: 'descending',
        cell: (row) => (
          <span className="text-ink-2">
            <TotalValue of={row.kept}>{whole}</TotalValue>
          </span>
        ),
      },
      {
        id: 'perm',
        head: t('perm'),
        name: t('perm'),
        widthPx: 96,
        priority: 8,
        optional: true,
        cell: (row) => <span className="text-ink-2">{permWord(row.perm)}</span>,
      },
      {
        id: 'brokers',
        head: t('brokers'),
        name: t('brokers'),
        widthPx: 130,
        priority: 8,
        optional: true,
        cell: (row) => <span className="mono text-ink-2">{row.brokers.join(', ')}</span>,
      },
    ]
  }, [cluster, format, permWord, t])
}
