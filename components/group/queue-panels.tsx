'use client'
// components/group/queue-panels.tsx: the queues of a group, a table per topic, the one that lags most first.
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupQueueRow, GroupView } from '../../server/shared/views'
import { Rail, RailKey, railScale } from '../chart'
import { type Column, DataTable } from '../data-table'
import {
  Age,
  BehindValue,
  behindLevel,
  Name,
  NotApplicable,
  offsetColumnPx,
  sampledOffset,
  UnknownWord,
  useFormat,
  Value,
} from '../format'
import { topicHref } from '../shell/address'
import { Link } from '../ui/link'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'

const keptOf = (row: GroupQueueRow) =>
  isKnown(row.min) && isKnown(row.max) ? { min: row.min.value, max: row.max.value } : null

export const QueuePanels = ({ cluster, view }: { cluster: string; view: GroupView }) => {
  const t = useTranslations('group.progress')
  const topics = [...new Set(view.queues.map((queue) => queue.topic))]
  if (topics.length === 0)
    return (
      <Panel>
        <Empty title={t('noQueues')}>{t('noQueuesText')}</Empty>
      </Panel>
    )
  return topics.map((topic) => (
    <QueuePanel
      key={topic}
      cluster={cluster}
      topic={topic}
      rows={view.queues.filter((queue) => queue.topic === topic)}
    />
  ))
}

const QueuePanel = ({ cluster, topic, rows }: { cluster: string; topic: string; rows: readonly GroupQueueRow[] }) => {
  const t = useTranslations('group.progress')
  const format = useFormat()
  const sorted = useMemo(() => {
    const lag = (row: GroupQueueRow) => (isKnown(row.lag) ? row.lag.value : -1)
    return [...rows].sort((a, b) => lag(b) - lag(a) || a.broker.localeCompare(b.broker) || a.queueId - b.queueId)
  }, [rows])
  const most = Math.max(0, ...rows.flatMap((row) => (isKnown(row.lag) ? [row.lag.value] : [])))
  const columns = useMemo<readonly Column<GroupQueueRow>[]>(() => {
    const scale = railScale(
      rows.flatMap((row) => {
        const kept = keptOf(row)
        return kept === null ? [] : [{ ...kept, points: isKnown(row.committed) ? [row.committed.value] : [] }]
      }),
    )
    const offset = (value: bigint) => <span className="mono">{sampledOffset(value)}</span>
    const offsetPx = offsetColumnPx(rows.flatMap(({ max }) => (isKnown(max) ? [max.value] : [])))
    const summary = (row: GroupQueueRow) => {
      const name = `${row.broker}/${row.queueId}`
      const kept = keptOf(row)
      if (kept === null || !isKnown(row.committed)) return t('railUnknown', { name })
      return t('rail', {
        name,
        min: format.count(kept.min),
        max: format.count(kept.max),
        committed: format.count(row.committed.value),
        lag: isKnown(row.lag) ? format.count(row.lag.value) : '?',
      })
    }
    return [
      {
        id: 'queue',
        head: t('queue'),
        name: t('queue'),
        widthPx: 114,
        priority: 0,
        card: 'name',
        cell: (row) => (
          <span className="mono" title={`${row.broker}/${row.queueId}`}>
            {row.broker}
            <span className="text-ink-3">/</span>
            {row.queueId}
          </span>
        ),
      },
      {
        id: 'rail',
        head: t('position'),
        name: t('position'),
        priority: 3,
        cell: (row) => (
          <Rail
            className="max-w-[240px]"
            scale={scale}
            kept={keptOf(row)}
            ticks={isKnown(row.committed) ? [{ at: row.committed.value, tone: 'lag' }] : []}
            summary={summary(row)}
          />
        ),
      },
      {
        id: 'min',
        head: t('oldest'),
        name: t('oldest'),
        widthPx: offsetPx,
        priority: 5,
        number: true,
        cell: (row) => (
          <span className="text-ink-2">
            <Value of={row.min}>{offset}</Value>
          </span>
        ),
      },
      {
        id: 'committed',
        head: t('committed'),
        name: t('committed'),
        widthPx: offsetPx,
        priority: 2,
        number: true,
        cell: (row) => <Value of={row.committed}>{offset}</Value>,
      },
      {
        id: 'max',
        head: t('newest'),
        name: t('newest'),
        widthPx: offsetPx,
        priority: 4,
        number: true,
        cell: (row) => (
          <span className="text-ink-2">
            <Value of={row.max}>{offset}</Value>
          </span>
        ),
      },
      {
        id: 'lag',
        head: t('lag'),
        name: t('lag'),
        widthPx: 92,
        priority: 0,
        number: true,
        card: 'value',
        cell: (row) => (
          <Value of={row.lag}>
            {(lag) => (
              <span className={lag === most && lag > 0 && rows.length > 1 ? 'font-strong' : undefined}>
                {format.count(lag)}
              </span>
            )}
          </Value>
        ),
      },
      {
        id: 'behind',
        head: t('behind'),
        name: t('behind'),
        widthPx: 92,
        priority: 1,
        number: true,
        card: 'value',
        cell: (row) => <BehindValue of={row.behind} level={behindLevel(row.behind)} />,
      },
      {
        id: 'commit',
        head: t('lastCommit'),
        name: t('lastCommit'),
        widthPx: 100,
        priority: 6,
        number: true,
        card: 'value',
        cell: (row) => (
          <span className="text-ink-2">
            <Value of={row.lastCommitAt}>{(at) => (at === null ? <NotApplicable /> : <Age at={at} />)}</Value>
          </span>
        ),
      },
      {
        id: 'owner',
        head: t('owner'),
        name: t('owner'),
        widthPx: 240,
        priority: 7,
        cell: (row) =>
          isKnown(row.owner) ? (
            row.owner.value === null ? (
              <span className="text-warn">{t('noOwner')}</span>
            ) : (
              <Name>{row.owner.value}</Name>
            )
          ) : (
            <UnknownWord reason={row.owner.unknown} />
          ),
      },
    ]
  }, [rows, format, t, most])
  return (
    <Panel
      ruled
      className="flex-none"
      title={t('queues')}
      about={
        <>
          <Link quiet href={topicHref(cluster, topic)} className="mono text-ink-2">
            {topic}
          </Link>
          <span className="ml-2">{rows.length}</span>
        </>
      }
      aux={
        <>
          <RailKey tone="kept">{t('kept')}</RailKey>
          <RailKey tone="lag">{t('committedKey')}</RailKey>
        </>
      }
    >
      <DataTable
        label={t('queuesOf', { topic })}
        density="roomy"
        scrolls={false}
        columns={columns}
        rows={sorted}
        rowKey={(row) => `${row.topic} ${row.broker}/${row.queueId}`}
      />
    </Panel>
  )
}
