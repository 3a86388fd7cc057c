'use client'
// components/audit/audit-columns.tsx: the columns of the audit log, and the mark of a result.
import { useCallback, useMemo } from 'react'
import { useTranslations } from 'use-intl'
import type { AuditRow } from '../../server/shared/views'
import type { Column } from '../data-table'
import { Moment, Name, NotApplicable, useFormat } from '../format'
import { useClusters } from '../shell/cluster'
import { Mark, type MarkState } from '../ui/mark'

const marks: Readonly<Record<AuditRow['result'], MarkState>> = { ok: 'ok', partial: 'warn', failed: 'crit' }

export const ResultWord = ({ of }: { of: AuditRow['result'] }) => {
  const t = useTranslations('audit')
  return (
    <span className="inline-flex items-center gap-1.5">
      <Mark state={marks[of]} />
      {t(`result.${of}`)}
    </span>
  )
}

/** What people call a cluster; its id where it is gone. */
export const useClusterNameOf = () => {
  const clusters = useClusters()
  return useCallback((id: string) => clusters?.find((one) => one.id === id)?.name ?? id, [clusters])
}
export const useAuditColumns = (): readonly Column<AuditRow>[] => {
  const t = useTranslations('audit')
  const format = useFormat()
  const clusterName = useClusterNameOf()
  return useMemo<readonly Column<AuditRow>[]>(() => {
    const head = (id: Parameters<typeof t>[0] & `column.${string}`) => ({ head: t(id), name: t(id) })
    return [
      {
        id: 'at',
        ...head('column.at'),
        widthPx: 136,
        priority: 0,
        card: 'value',
        cell: (row) => <Moment at={row.at} />,
      },
      {
        id: 'who',
        ...head('column.who'),
        widthPx: 120,
        priority: 0,
        card: 'value',
        cell: (row) => <Name>{row.who}</Name>,
      },
      {
        id: 'action',
        ...head('column.action'),
        widthPx: 158,
        priority: 0,
        card: 'name',
        cell: (row) => <span className="mono">{row.action}</span>,
      },
      {
        id: 'object',
        ...head('column.object'),
        priority: 1,
        card: 'value',
        cell: (row) => (row.object === null ? <NotApplicable /> : <Name>{row.object}</Name>),
      },
      {
        id: 'result',
        ...head('column.result'),
        widthPx: 100,
        priority: 0,
        card: 'state',
        cell: (row) => <ResultWord of={row.result} />,
      },
      {
        id: 'reason',
        ...head('column.reason'),
        widthPx: 250,
        priority: 3,
        cell: (row) => (
          <span className={row.error ? 'text-crit' : 'text-ink-2'} title={row.error ?? row.reason ?? undefined}>
            {row.error ?? row.reason}
          </span>
        ),
      },
      {
        id: 'cluster',
        ...head('column.cluster'),
        widthPx: 110,
        priority: 4,
        cell: (row) => (row.cluster === null ? <NotApplicable /> : clusterName(row.cluster)),
      },
      {
        id: 'from',
        ...head('column.from'),
        widthPx: 130,
        priority: 5,
        cell: (row) => <span className="mono text-ink-2">{row.from}</span>,
      },
      {
        id: 'took',
        ...head('column.took'),
        widthPx: 80,
        priority: 6,
        number: true,
        cell: (row) => <span className="text-ink-2">{format.duration(Math.max(1, Math.round(row.tookMs)))}</span>,
      },
    ]
  }, [format, t, clusterName])
}
