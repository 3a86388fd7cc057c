'use client'
// components/alarm/firing-card.tsx: one alarm that fires: what, how much, since when, who was told, who takes it.
import { useMutation, useQuery } from '@tanstack/react-query'
import { BellOff, UserCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { type AlarmMetricName, alarmMetrics } from '../../server/shared/alarms'
import type { ExplorerMetric, MetricScope } from '../../server/shared/metrics'
import type { AlarmRow, DeliveryRow } from '../../server/shared/views'
import { Sparkline } from '../chart/sparkline'
import { Name, useFormat } from '../format'
import { useClusterId } from '../shell/cluster'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { useToast } from '../ui/toast'
import { SilenceDialog } from './silence-dialog'
import { subjectHref, useAlarmWords } from './use-alarm-words'
import { useAlarmsChanged, useMay } from './use-alarms'

const markOf: Record<DeliveryRow['status'], MarkState> = {
  sent: 'ok',
  waiting: 'busy',
  failed: 'crit',
  silenced: 'off',
}

/** `ofChannel`: it stands beside its channel's name already. */
export const DeliveryLine = ({ row, ofChannel }: { row: DeliveryRow; ofChannel?: true }) => {
  const t = useTranslations('alarm')
  const format = useFormat()
  const bad = row.status === 'failed' || (row.status === 'waiting' && row.tries > 0)
  return (
    <li className="flex min-w-0 items-center gap-2 text-xs">
      <Mark state={bad ? 'crit' : markOf[row.status]} label={t(`delivery.${row.status}`)} />
      {!ofChannel && <span className="w-[92px] flex-none truncate text-ink-2">{row.channel}</span>}
      <span className={cn('tnum min-w-0 truncate', bad ? 'text-crit' : 'text-ink-3')} title={row.answer ?? undefined}>
        {format.time(row.sentAt ?? row.createdAt)} · {t(`event.${row.kind}`)}
        {row.answer ? ` · ${row.answer}` : ''}
        {row.status === 'waiting' && row.nextAt !== null && row.tries > 0
          ? ` · ${t('nextTry', { at: format.time(row.nextAt) })}`
          : ''}
        {row.status === 'silenced' ? ` · ${t('delivery.silenced')}` : ''}
      </span>
    </li>
  )
}

export const FiringCard = ({ row, now }: { row: AlarmRow; now: number }) => {
  const t = useTranslations('alarm')
  const format = useFormat()
  const words = useAlarmWords()
  const cluster = useClusterId()
  const trpc = useTRPC()
  const toast = useToast()
  const changed = useAlarmsChanged()
  const may = useMay()
  const [silencing, setSilencing] = useState(false)
  const take = useMutation(trpc.alarm.take.mutationOptions({ onSuccess: changed }))
  const end = useMutation(
    trpc.alarm.endSilence.mutationOptions({
      onSuccess: async () => {
        await changed()
        toast({ text: t('silenceEnded') })
      },
    }),
  )
  const critical = row.severity === 'critical'
  const href = subjectHref(cluster, row.metric, row.subject)
  const isFlag = alarmMetrics[row.metric].unit === 'flag'
  const needs = may.handle ? undefined : t('needs', { right: 'alarm.handle' })
  return (
    <li className="grid gap-x-5 gap-y-2 border-hair border-t px-3 py-3 md:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)_minmax(0,1.2fr)_196px]">
      <div className="min-w-0">
        <p className="flex items-center gap-2">
          <Mark state={critical ? 'crit' : 'warn'} />
          <b className="truncate font-strong">{words.ruleName(row.rule)}</b>
          <span className="text-ink-3 text-xs">{t(`severity.${row.severity}`)}</span>
        </p>
        <p className="mt-1 pl-5">
          {href === null ? (
            <Name>{row.subject}</Name>
          ) : (
            <Link href={href}>
              <Name>{row.subject}</Name>
            </Link>
          )}
        </p>
        <p className="mt-1 pl-5 text-ink-2 text-sm">{t(`cause.${row.metric}`)}</p>
      </div>
      <div className="min-w-0">
        <p className="text-sm">
          {row.value === null ? (
            <span className="text-unknown">{t('cannotBeChecked')}</span>
          ) : isFlag ? (
            <b className={critical ? 'text-crit' : 'text-warn'}>{words.metric(row.metric)}</b>
          ) : (
            <>
              <b className={cn('tnum', critical ? 'text-crit' : 'text-warn')}>{words.value(row.metric, row.value)}</b>{' '}
              <span className="text-ink-2">
                {words.metric(row.metric)}, {t(`side.${row.comparator}`)} {words.value(row.metric, row.threshold)}
              </span>
            </>
          )}
        </p>
        <p className="tnum mt-1 text-ink-3 text-xs">
          {t('since', { at: format.time(row.since), span: format.duration(now - row.since) })}
          {row.takenBy === null ? '' : ` · ${t('takenBy', { who: row.takenBy })}`}
        </p>
        <LastHour row={row} critical={critical} />
      </div>
      <ul className="flex min-w-0 flex-col gap-1" aria-label={t('told')}>
        {row.deliveries.length === 0 ? (
          <li className="text-ink-3 text-xs">{t('toldNobody')}</li>
        ) : (
          row.deliveries.slice(-5).map((one) => <DeliveryLine key={one.id} row={one} />)
        )}
        {row.silence && (
          <li className="text-ink-2 text-xs">
            {t('silencedUntil', { at: format.time(row.silence.until), who: row.silence.who })}
            {row.silence.reason === '' ? '' : ` “${row.silence.reason}”`}
          </li>
        )}
      </ul>
      <div className="flex flex-wrap items-start gap-2 md:justify-end">
        <Button
          onClick={() => take.mutate({ cluster, id: row.id, taken: row.takenBy === null })}
          busy={take.isPending}
          reason={needs}
        >
          <UserCheck />
          {row.takenBy === null ? t('take') : t('giveBack')}
        </Button>
        {row.silence ? (
          <Button
            onClick={() => end.mutate({ cluster, id: row.silence?.id ?? '' })}
            busy={end.isPending}
            reason={needs}
          >
            {t('endSilence')}
          </Button>
        ) : (
          <Button onClick={() => setSilencing(true)} reason={needs}>
            <BellOff />
            {t('silenceThis')}
          </Button>
        )}
      </div>
      <SilenceDialog open={silencing} onOpenChange={setSilencing} of={row} />
    </li>
  )
}

/** What is kept of a metric that a rule can watch; of the others there is no line. */
const kept: Partial<Record<AlarmMetricName, readonly [metric: ExplorerMetric, of: MetricScope]>> = {
  lag: ['lag', 'group'],
  behind: ['behindMs', 'group'],
  clients: ['clients', 'group'],
  topicIn: ['in', 'topic'],
  topicOut: ['out', 'topic'],
  putP99: ['putP99Ms', 'broker'],
  disk: ['diskRatio', 'broker'],
}
const POINTS = 60
/** Of what it is about. */
const LastHour = ({ row, critical }: { row: AlarmRow; critical: boolean }) => {
  const cluster = useClusterId()
  const trpc = useTRPC()
  const [metric, of] = kept[row.metric] ?? []
  const { data } = useQuery(
    trpc.metrics.explore.queryOptions(
      { cluster, metric: metric ?? 'lag', of: of ?? 'group', names: [row.subject], lastMs: 3_600_000 },
      { enabled: metric !== undefined, staleTime: 15_000 },
    ),
  )
  const values = data?.series[0]?.values
  if (values === undefined) return null
  const step = Math.max(1, Math.ceil(values.length / POINTS))
  const points = values.filter((_, at) => at % step === 0)
  return <Sparkline points={points} tone={critical ? 'crit' : 'warn'} width={220} height={36} />
}
