'use client'
// components/topic/topic-rails.tsx: all queues of a topic as rails, with the two groups that are furthest behind.
import type { CSSProperties } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { QueueRow, TopicView } from '../../server/shared/views'
import { Rail, RailKey, type RailTick, railScale } from '../chart'
import { cutName, UnknownWord, useFormat } from '../format'
import { topicHref } from '../shell/address'
import { Link } from '../ui/link'
import { Panel } from '../ui/panel'
import type { TopicAt } from './use-topic'

/** The groups furthest behind, by messages; at most two are drawn. */
export const slowestGroups = (view: TopicView): readonly string[] =>
  view.groups
    .flatMap((group) => ('value' in group.lag ? [{ name: group.group, lag: group.lag.value }] : []))
    .sort((a, b) => b.lag - a.lag)
    .slice(0, 2)
    .map(({ name }) => name)

export const keptOf = (queue: QueueRow): { min: bigint; max: bigint } | null =>
  isKnown(queue.min) && isKnown(queue.max) ? { min: queue.min.value, max: queue.max.value } : null

export const ticksOf = (queue: QueueRow, groups: readonly string[]): readonly RailTick[] =>
  groups.flatMap((name, index) => {
    const committed = queue.positions.find((position) => position.group === name)?.committed
    return committed && isKnown(committed)
      ? [{ at: committed.value, tone: index === 0 ? ('lag' as const) : ('out' as const) }]
      : []
  })

export const useRailWords = () => {
  const t = useTranslations('topic.rail')
  const format = useFormat()
  return (name: string, kept: { min: bigint; max: bigint } | null, positions: QueueRow['positions']): string =>
    kept === null
      ? t('unknown', { name })
      : [
          t('kept', { name, min: format.count(kept.min), max: format.count(kept.max) }),
          ...positions.slice(0, 2).flatMap(({ group, committed, lag }) =>
            isKnown(committed)
              ? [
                  t('position', {
                    group,
                    at: format.count(committed.value),
                    lag: isKnown(lag) ? format.count(lag.value) : '?',
                  }),
                ]
              : [],
          ),
        ].join(' ')
}

/** Several times busier than the mean: said in the colour of a warning. */
const HOT = 1.5

export const TopicRails = ({ at, view }: { at: TopicAt; view: TopicView }) => {
  const t = useTranslations('topic')
  const format = useFormat()
  const words = useRailWords()
  const groups = slowestGroups(view)
  const scale = railScale(
    view.queues.flatMap((queue) => {
      const kept = keptOf(queue)
      return kept === null ? [] : [{ ...kept, points: ticksOf(queue, groups).map((tick) => tick.at) }]
    }),
  )
  const rates = view.queues.flatMap(({ inPerSecond }) => (isKnown(inPerSecond) ? [inPerSecond.value] : []))
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length)
  return (
    <Panel
      ruled
      title={t('queues')}
      aux={
        <>
          <span className="max-sm:hidden">
            <RailKey tone="kept">{t('keptRange')}</RailKey>
          </span>
          {groups.map((name, index) => (
            <span key={name} className="mono max-md:hidden" title={name}>
              <RailKey tone={index === 0 ? 'lag' : 'out'}>{cutName(name, 28)}</RailKey>
            </span>
          ))}
          <Link href={topicHref(at.cluster, at.topic, 'queues')}>{t('allQueues')}</Link>
        </>
      }
    >
      {view.queues.length === 0 ? (
        <p className="px-3 py-4 text-ink-3 text-sm">{t('noQueue')}</p>
      ) : (
        <ul
          className="grid grid-flow-col grid-cols-2 grid-rows-[repeat(var(--half),auto)] gap-x-6 px-3 pt-1.5 pb-2 max-md:grid-flow-row max-md:grid-cols-1 max-md:grid-rows-none"
          style={{ '--half': Math.ceil(view.queues.length / 2) } as CSSProperties} // a property of ours, which the type does not know
        >
          {view.queues.map((queue) => {
            const name = `${queue.broker}/${queue.queueId}`
            const kept = keptOf(queue)
            const hot = isKnown(queue.inPerSecond) && mean > 0 && queue.inPerSecond.value > mean * HOT
            return (
              <li key={name} className="flex h-[22px] items-center gap-2">
                <span className="mono w-24 flex-none truncate text-xs" title={name}>
                  {queue.broker}
                  <span className="text-ink-3">/</span>
                  {queue.queueId}
                </span>
                <Rail
                  className="flex-1"
                  look="well"
                  scale={scale}
                  kept={kept}
                  ticks={ticksOf(queue, groups)}
                  summary={words(name, kept, queue.positions)}
                />
                <span
                  className={`tnum w-16 flex-none text-right text-xs ${hot ? 'font-strong text-warn' : 'text-ink-2'}`}
                >
                  {isKnown(queue.inPerSecond) ? (
                    <>
                      {format.rateDigits(queue.inPerSecond.value)}
                      <span className="unit">{format.perSecond}</span>
                    </>
                  ) : (
                    <UnknownWord reason={queue.inPerSecond.unknown} />
                  )}
                </span>
              </li>
            )
          })}
        </ul>
      )}
    </Panel>
  )
}
