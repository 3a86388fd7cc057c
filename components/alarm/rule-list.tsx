'use client'
// components/alarm/rule-list.tsx: what is watched, when it fires, whom it tells, and how often it did.
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { useTranslations } from 'use-intl'
import { alarmMetrics } from '../../server/shared/alarms'
import type { RuleRow } from '../../server/shared/views'
import { type Column, DataTable } from '../data-table'
import { useFormat } from '../format'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Mark, type MarkState } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { RuleEditor } from './rule-editor'
import { SeverityName } from './severity-name'
import { useAlarmWords } from './use-alarm-words'

const stateOf = (
  rule: RuleRow,
): { mark: MarkState; word: 'off' | 'firing' | 'unknown' | 'pending' | 'ok'; count: number } => {
  if (!rule.enabled) return { mark: 'off', word: 'off', count: 0 }
  if (rule.firing > 0)
    return { mark: rule.severity === 'critical' ? 'crit' : 'warn', word: 'firing', count: rule.firing }
  if (rule.unknown > 0) return { mark: 'unknown', word: 'unknown', count: rule.unknown }
  if (rule.pending > 0) return { mark: 'busy', word: 'pending', count: rule.pending }
  return { mark: 'ok', word: 'ok', count: 0 }
}
export const RuleList = () => {
  const t = useTranslations('alarm.rules')
  const tAlarm = useTranslations('alarm')
  const format = useFormat()
  const words = useAlarmWords()
  const cluster = useClusterId()
  const trpc = useTRPC()
  const [open, setOpen] = useQueryState('rule', parseAsString)
  const query = useQuery(trpc.alarm.rules.queryOptions({ cluster }))
  const channels = useQuery(trpc.channel.list.queryOptions()).data
  const tells = (ids: readonly string[] | null): string =>
    ids === null
      ? t('everybody')
      : ids.flatMap((id) => channels?.find((one) => one.id === id)?.name ?? []).join(', ') || t('nobody')
  const column = (id: 'name' | 'watches' | 'when' | 'state' | 'tells' | 'fired') => ({ id, head: t(id), name: t(id) })
  const columns: readonly Column<RuleRow>[] = [
    {
      ...column('name'),
      widthPx: 230,
      priority: 0,
      card: 'name',
      cell: (row) => <SeverityName severity={row.severity} name={row.name} />,
    },
    {
      ...column('watches'),
      priority: 2,
      cell: (row) => (
        <span className="truncate">
          <span className="mono">{row.watches}</span>
          {row.except === '' ? null : (
            <>
              {' '}
              {t('butNot')} <span className="mono">{row.except}</span>
            </>
          )}
          <span className="text-ink-3">
            {' '}
            · {t(`matched.${alarmMetrics[row.metric].of}`, { count: row.matched, shown: format.count(row.matched) })}
          </span>
        </span>
      ),
    },
    { ...column('when'), priority: 1, card: 'value', cell: (row) => words.condition(row) },
    {
      ...column('state'),
      widthPx: 140,
      priority: 0,
      card: 'state',
      cell: (row) => {
        const { mark, word, count } = stateOf(row)
        return (
          <span className="inline-flex items-center gap-1.5">
            <Mark state={mark} />
            {count > 0 ? `${format.count(count)} ` : ''}
            {t(`is.${word}`)}
          </span>
        )
      },
    },
    {
      ...column('tells'),
      widthPx: 180,
      priority: 3,
      cell: (row) => <span className="text-ink-2">{tells(row.channels)}</span>,
    },
    {
      ...column('fired'),
      widthPx: 110,
      priority: 4,
      number: true,
      cell: (row) => format.count(row.firedLast7d),
    },
  ]
  const chosen = query.data?.find(({ id }) => id === open) ?? null
  return (
    <>
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={tAlarm('tab.rules')}
          keyboard
          columns={columns}
          rows={query.data}
          rowKey={(row) => row.id}
          view="rules"
          onOpen={(row) => void setOpen(row.id)}
          openKey={open}
          refetching={query.isFetching && !query.isPending}
          instead={
            query.error && !query.data ? (
              <QueryFault error={query.error} onRetry={() => void query.refetch()} />
            ) : query.data?.length === 0 ? (
              <Empty title={t('none')} />
            ) : undefined
          }
        />
      </Panel>
      {open !== null && (open === 'new' || chosen !== null) && (
        <RuleEditor key={open} rule={chosen} onClose={() => void setOpen(null)} />
      )}
    </>
  )
}
