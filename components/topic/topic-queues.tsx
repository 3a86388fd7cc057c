'use client'
// components/topic/topic-queues.tsx: every queue of a topic: what it keeps, how fast it grows, where groups stand in it.
import { useRouter } from 'next/navigation'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { QueueRow, TopicView } from '../../server/shared/views'
import { Rail, RailKey, railScale } from '../chart'
import { type Column, DataTable } from '../data-table'
import { Age, cutName, NotApplicable, offsetColumnPx, sampledOffset, useFormat, Value } from '../format'
import { topicHref } from '../shell/address'
import { Region } from '../shell/fault'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { keptOf, slowestGroups, ticksOf, useRailWords } from './topic-rails'
import { usePermWord } from './topic-words'
import { type TopicAt, useTopic, useTopicAt } from './use-topic'

export const TopicQueues = () => {
  const at = useTopicAt()
  const query = useTopic(at)
  const t = useTranslations('topic')
  return (
    <Region query={query}>
      {(view) => (view.queues.length === 0 ? <Empty title={t('noQueue')} /> : <Queues at={at} view={view} />)}
    </Region>
  )
}

const Queues = ({ at, view }: { at: TopicAt; view: TopicView }) => {
  const t = useTranslations('topic')
  const format = useFormat()
  const router = useRouter()
  const words = useRailWords()
  const permWord = usePermWord()
  const columns = useMemo<readonly Column<QueueRow>[]>(() => {
    const groups = slowestGroups(view)
    const scale = railScale(
      view.queues.flatMap((queue) => {
        const kept = keptOf(queue)
        return kept === null ? [] : [{ ...kept, points: ticksOf(queue, groups).map((tick) => tick.at) }]
      }),
    )
    const offset = (value: bigint) => <span className="mono">{sampledOffset(value)}</span>
    const offsetPx = offsetColumnPx(view.queues.flatMap(({ max }) => (isKnown(max) ? [max.value] : [])))
    return [
      {
        id: 'queue',
        head: t('queueColumn.queue'),
        name: t('queueColumn.queue'),
        widthPx: 130,
        priority: 0,
        card: 'name',
        cell: (row) => (
          <span className="mono">
            {row.broker}
            <span className="text-ink-3">/</span>
            {row.queueId}
          </span>
        ),
      },
      {
        id: 'rail',
        head: t('queueColumn.position'),
        name: t('queueColumn.position'),
        priority: 0,
        cell: (row) => {
          const kept = keptOf(row)
          return (
            <Rail
              scale={scale}
              kept={kept}
              ticks={ticksOf(row, groups)}
              summary={words(`${row.broker}/${row.queueId}`, kept, row.positions)}
            />
          )
        },
      },
      {
        id: 'min',
        head: t('queueColumn.min'),
        name: t('queueColumn.min'),
        widthPx: offsetPx,
        priority: 3,
        number: true,
        card: 'value',
        cell: (row) => (
          <span className="text-ink-2">
            <Value of={row.min}>{offset}</Value>
          </span>
        ),
      },
      {
        id: 'max',
        head: t('queueColumn.max'),
        name: t('queueColumn.max'),
        widthPx: offsetPx,
        priority: 1,
        number: true,
        card: 'value',
        cell: (row) => <Value of={row.max}>{offset}</Value>,
      },
      {
        id: 'kept',
        head: t('queueColumn.kept'),
        name: t('queueColumn.kept'),
        widthPx: 110,
        priority: 2,
        number: true,
        cell: (row) => <Value of={row.kept}>{(kept) => format.count(kept)}</Value>,
      },
      {
        id: 'in',
        head: t('queueColumn.in'),
        name: t('queueColumn.in'),
        widthPx: 90,
        priority: 1,
        number: true,
        card: 'value',
        cell: (row) => <Value of={row.inPerSecond}>{(rate) => format.rateDigits(rate)}</Value>,
      },
      {
        id: 'last',
        head: t('queueColumn.last'),
        name: t('queueColumn.last'),
        widthPx: 104,
        priority: 4,
        number: true,
        cell: (row) => (
          <span className="text-ink-2">
            <Value of={row.lastStoredAt}>{(last) => (last === null ? <NotApplicable /> : <Age at={last} />)}</Value>
          </span>
        ),
      },
      {
        id: 'perm',
        head: t('column.perm'),
        name: t('column.perm'),
        widthPx: 104,
        priority: 5,
        cell: (row) => <span className="text-ink-2">{permWord(row.perm)}</span>,
      },
    ]
  }, [view, format, t, words, permWord])
  const groups = slowestGroups(view)
  return (
    <Panel
      ruled
      className="min-h-0"
      title={t('queues')}
      about={format.count(view.queues.length)}
      aux={
        <>
          <RailKey tone="kept">{t('keptRange')}</RailKey>
          {groups.map((name, index) => (
            <span key={name} className="mono max-md:hidden" title={name}>
              <RailKey tone={index === 0 ? 'lag' : 'out'}>{cutName(name, 28)}</RailKey>
            </span>
          ))}
        </>
      }
    >
      <DataTable
        label={t('queues')}
        density="roomy"
        keyboard
        columns={columns}
        rows={view.queues}
        rowKey={(row) => `${row.broker}/${row.queueId}`}
        onOpen={(row) =>
          router.push(
            `${topicHref(at.cluster, at.topic, 'messages')}?queue=${encodeURIComponent(`${row.broker}/${row.queueId}`)}`,
          )
        }
      />
    </Panel>
  )
}
