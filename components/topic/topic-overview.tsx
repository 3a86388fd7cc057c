'use client'
// components/topic/topic-overview.tsx: a topic at a glance: its flow, the facts, who reads it, all its queues as rails.
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useTranslations } from 'use-intl'
import type { TopicView } from '../../server/shared/views'
import { ThroughputChart } from '../chart'
import { NotApplicable, TotalValue, useFormat, Value } from '../format'
import { topicHref } from '../shell/address'
import { QueryFault, Region } from '../shell/fault'
import { useRange } from '../shell/range'
import { Link } from '../ui/link'
import { Fact, Facts, Panel } from '../ui/panel'
import { Partial, Skeleton } from '../ui/region'
import { Segmented } from '../ui/segmented'
import { TopicGroupsTable } from './topic-groups-table'
import { TopicRails } from './topic-rails'
import { TopicTagsPanel } from './topic-tags'
import { useTopic, useTopicAt, useTopicHistory } from './use-topic'

const units = ['messages', 'bytes'] as const
const CHART_PX = 238
const UNEVEN = 1.5

export const TopicOverview = () => {
  const at = useTopicAt()
  const t = useTranslations('topic')
  const format = useFormat()
  const range = useRange()
  const [unit, setUnit] = useQueryState('unit', parseAsStringLiteral(units).withDefault('messages'))
  const query = useTopic(at)
  const history = useTopicHistory(at, range.span)
  const view = query.data
  return (
    <>
      <div className="grid flex-none grid-cols-[minmax(0,1fr)_296px] gap-2.5 max-md:grid-cols-1">
        {history.data ? (
          <ThroughputChart
            history={range.drawn(history.data)}
            height={CHART_PX}
            unit={unit}
            outLabel={view ? t('outOf', { count: view.groups.length }) : t('out')}
            onZoom={range.zoom}
            aux={
              <Segmented
                label={t('unit')}
                value={unit}
                onChange={(next) => void setUnit(next)}
                choices={units.map((value) => ({ value, label: t(`units.${value}`) }))}
                className="h-6 [&>button]:px-2 [&>button]:leading-[22px]"
              />
            }
          />
        ) : (
          <Panel title={t('throughput')} style={{ minHeight: CHART_PX + 36 }}>
            {history.error ? (
              <QueryFault error={history.error} onRetry={() => void history.refetch()} />
            ) : (
              <Skeleton lines={6} />
            )}
          </Panel>
        )}
        <Panel ruled title={t('facts')} className="min-h-[274px]">
          <Region query={query}>{(data) => <TopicFacts view={data} />}</Region>
        </Panel>
      </div>
      <Panel
        ruled
        className="flex-none"
        title={t('groups')}
        about={view && format.count(view.groups.length)}
        aux={
          view &&
          view.groups.length > 0 && <Link href={topicHref(at.cluster, at.topic, 'groups')}>{t('allGroups')}</Link>
        }
      >
        <Region query={query} skeleton={<Skeleton lines={3} />}>
          {(data) => <TopicGroupsTable cluster={at.cluster} rows={data.groups} />}
        </Region>
      </Panel>
      {view ? (
        <TopicRails at={at} view={view} />
      ) : (
        <Panel ruled title={t('queues')}>
          <Skeleton lines={4} />
        </Panel>
      )}
      <TopicTagsPanel at={at} />
      {view && view.missing.length > 0 && (
        <Partial onRetry={() => void query.refetch()} className="rounded-lg">
          {t('missing', {
            who: view.missing.map((one) => one.who).join(', '),
            touches: view.missing.reduce((sum, one) => sum + one.touches, 0),
          })}
        </Partial>
      )}
    </>
  )
}

const TopicFacts = ({ view }: { view: TopicView }) => {
  const t = useTranslations('topic.fact')
  const format = useFormat()
  const now = Date.now()
  const ago = (value: number | null) =>
    value === null ? <NotApplicable /> : <span title={format.isoTime(value)}>{format.ago(now - value)}</span>
  return (
    <Facts className="[&>*]:py-[3.5px]">
      <Fact name={t('kept')}>
        <TotalValue of={view.keptMessages}>{(kept) => format.count(kept)}</TotalValue>
      </Fact>
      <Fact name={t('size')}>
        <Value of={view.meanSizeBytes}>{(mean) => format.bytes(mean)}</Value>
      </Fact>
      <Fact name={t('bytesIn')}>
        <Value of={view.inBytesPerSecond}>{(rate) => format.byteRate(rate)}</Value>
      </Fact>
      <Fact name={t('oldest')}>
        <Value of={view.oldestAt}>{ago}</Value>
      </Fact>
      <Fact name={t('newest')}>
        <Value of={view.row.lastMessageAt}>{ago}</Value>
      </Fact>
      <Fact name={t('today')}>
        <Value of={view.inToday}>{(count) => format.count(count)}</Value>
      </Fact>
      <Fact name={t('brokers')}>
        <span className="mono">{view.row.brokers.join(', ')}</span>
      </Fact>
      <Fact name={t('skew')}>
        <Value of={view.skew}>
          {(skew) => (
            <span className={skew >= UNEVEN ? 'text-warn' : undefined}>{t('times', { skew: skew.toFixed(2) })}</span>
          )}
        </Value>
      </Fact>
    </Facts>
  )
}
