'use client'
// components/group/group-progress.tsx: how far a group is, per topic and queue, and whether it is getting better.
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupView } from '../../server/shared/views'
import { BacklogChart, ThroughputChart } from '../chart'
import { BehindValue, DrainValue, drainIsLong, LONGEST_DRAIN_MS, lookMs, TotalValue, useFormat, Value } from '../format'
import { clusterHref } from '../shell/address'
import { QueryFault, Region } from '../shell/fault'
import { useRange } from '../shell/range'
import { Link } from '../ui/link'
import { Figure, Figures, Panel } from '../ui/panel'
import { Partial, Skeleton } from '../ui/region'
import { levelOf } from './group-columns'
import { QueuePanels } from './queue-panels'
import { ReadsNothing } from './reads-nothing'
import { useGroup, useGroupAt, useGroupHistory } from './use-group'

const CHART_PX = 176

export const GroupProgress = () => {
  const at = useGroupAt()
  const t = useTranslations('group')
  const range = useRange()
  const query = useGroup(at)
  const history = useGroupHistory(at, range.span)
  const view = query.data
  if (view && view.queues.length === 0 && view.row.topics.length === 0) return <ReadsNothing view={view} />
  return (
    <>
      {view ? (
        <ProgressFigures cluster={at.cluster} view={view} />
      ) : (
        <Panel className="min-h-[88px] flex-none justify-center">
          <Skeleton lines={2} />
        </Panel>
      )}
      {view?.row.mode.model === 'BROADCASTING' && (
        <p className="flex-none rounded-lg border border-line bg-panel px-3 py-2 text-ink-2 text-sm">
          {t('progress.broadcasting')}
        </p>
      )}
      <div className="grid flex-none grid-cols-2 gap-2.5 max-md:grid-cols-1">
        {history.data ? (
          <>
            <BacklogChart
              history={range.drawn(history.data)}
              height={CHART_PX}
              title={t('progress.lag')}
              onZoom={range.zoom}
              valuesInHead={false}
            />
            <ThroughputChart
              history={range.drawn(history.data)}
              height={CHART_PX}
              title={t('progress.inOut')}
              onZoom={range.zoom}
            />
          </>
        ) : (
          ['lag', 'inOut'].map((id) => (
            <Panel
              key={id}
              title={t(id === 'lag' ? 'progress.lag' : 'progress.inOut')}
              style={{ minHeight: CHART_PX + 36 }}
            >
              {history.error ? (
                <QueryFault error={history.error} onRetry={() => void history.refetch()} />
              ) : (
                <Skeleton lines={4} />
              )}
            </Panel>
          ))
        )}
      </div>
      <Region
        query={query}
        skeleton={
          <Panel className="flex-none">
            <Skeleton lines={5} />
          </Panel>
        }
      >
        {(data) => <QueuePanels cluster={at.cluster} view={data} />}
      </Region>
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

const ProgressFigures = ({ cluster, view }: { cluster: string; view: GroupView }) => {
  const t = useTranslations('group.progress')
  const format = useFormat()
  const { row } = view
  const level = levelOf(row)
  const mark = level === 'critical' ? 'crit' : level === 'warning' ? 'warn' : undefined
  const behind = 'unknown' in row.behind ? null : row.behind
  const behindParts = behind === null ? null : format.durationParts(behind.value)
  const retrying = 'value' in row.retryLag && row.retryLag.value > 0
  const dead = isKnown(row.deadLetters) && row.deadLetters.value > 0
  const lag = (value: number) => {
    const { digits, unit } = format.figure(value)
    return unit === '' ? digits : `${digits} ${unit}`
  }
  const worst = view.queues
    .flatMap((queue) => (isKnown(queue.lag) ? [{ queue, lag: queue.lag.value }] : []))
    .sort((a, b) => b.lag - a.lag)[0]
  const total = 'value' in row.lag ? row.lag.value : 0
  const shrinking = format.durationParts(
    row.drain.kind === 'shrinking' ? Math.min(LONGEST_DRAIN_MS, Math.max(1000, row.drain.ms)) : 0,
  )
  const growth = isKnown(row.growthPerSecond) ? row.growthPerSecond.value : null
  return (
    <Figures columns="1fr 1fr 1.15fr 1fr 1fr 1fr">
      <Figure
        label={t('lag')}
        mark={mark}
        markLabel={mark && t(`level.${mark}`)}
        value={<TotalValue of={row.lag}>{lag}</TotalValue>}
        unit={'value' in row.lag ? format.messages : undefined}
        title={'value' in row.lag ? format.count(row.lag.value) : undefined}
        note={
          worst && total > 0 && worst.lag > 0
            ? t('share', {
                percent: Math.round((worst.lag / total) * 100),
                queue: `${worst.queue.broker}/${worst.queue.queueId}`,
              })
            : t('noShare')
        }
      />
      <Figure
        label={t('behind')}
        value={
          behind === null ? (
            <BehindValue of={row.behind} />
          ) : behind.pastKept ? (
            <span className="text-[18px]">
              <BehindValue of={row.behind} />
            </span>
          ) : (
            `${behind.approx && behind.value > 0 ? '≈ ' : ''}${behindParts?.digits ?? ''}`
          )
        }
        unit={behind?.pastKept ? undefined : behindParts?.unit}
        tone={level === 'critical' ? 'text-crit' : level === 'warning' ? 'text-warn' : undefined}
        note={t('warnsAt', { span: format.duration(60_000) })}
      />
      <Figure
        label={t('out')}
        value={<TotalValue of={row.outPerSecond}>{(rate) => format.rateDigits(rate)}</TotalValue>}
        unit={format.messagesPerSecond}
        note={
          <TotalValue of={row.inPerSecond}>
            {(rate) => {
              // Told from the two rates that stand here, so that nobody loses while nothing moves.
              const losing = 'value' in row.outPerSecond ? rate - row.outPerSecond.value : 0
              return Math.abs(losing) < 0.05
                ? t('inPlain', { rate: format.rateDigits(rate) })
                : t(losing < 0 ? 'inGaining' : 'inLosing', {
                    rate: format.rateDigits(rate),
                    growth: `${format.rateDigits(Math.abs(losing))}${format.perSecond}`,
                  })
            }}
          </TotalValue>
        }
      />
      <Figure
        label={t('drain')}
        value={
          row.drain.kind === 'shrinking' ? (
            `${drainIsLong(row.drain) ? '>' : '≈'} ${shrinking.digits}`
          ) : row.drain.kind === 'not-shrinking' ? (
            <span className="font-[450] text-[18px] text-ink-2">
              <DrainValue of={row.drain} growing={growth !== null && growth > 0.05} />
            </span>
          ) : (
            <DrainValue of={row.drain} />
          )
        }
        unit={row.drain.kind === 'shrinking' ? shrinking.unit : undefined}
        note={
          row.drain.kind === 'done'
            ? t('drained')
            : row.drain.kind === 'shrinking'
              ? t('atThisRate', { span: format.duration(lookMs(row.drain.overMs)) })
              : undefined
        }
      />
      <Figure
        label={t('retrying')}
        mark={retrying ? 'warn' : undefined}
        markLabel={retrying ? t('retryingNow') : undefined}
        value={<TotalValue of={row.retryLag}>{(value) => format.count(value)}</TotalValue>}
        note={t('retryNote')}
      />
      <Figure
        label={t('dead')}
        mark={dead ? 'warn' : undefined}
        markLabel={dead ? t('deadThere') : undefined}
        value={<Value of={row.deadLetters}>{(value) => format.count(value)}</Value>}
        note={dead ? <Link href={clusterHref(cluster, 'dlq', row.name)}>{t('deadOpen')}</Link> : t('deadNote')}
      />
    </Figures>
  )
}
