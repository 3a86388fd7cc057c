'use client'
// components/group/group-history.tsx: what was done to a group, from the audit log: resets, changes, by whom and why.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { AuditRow, SnapshotRow } from '../../server/shared/views'
import { type Column, DataTable } from '../data-table'
import { Moment, useFormat } from '../format'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { GroupSnapshots, PutBackButton } from './group-snapshots'
import { useSnapshots } from './reset-sources'
import { useGroupAt } from './use-group'

export const GroupHistory = () => {
  const at = useGroupAt()
  const { cluster, group } = at
  const t = useTranslations('group.history')
  const format = useFormat()
  const trpc = useTRPC()
  const query = useQuery(trpc.audit.list.queryOptions({ cluster, q: group, size: 200, sort: '-at' }))
  const rows = query.data?.rows.filter((row) => row.object === group)
  const snapshots = useSnapshots(at).data ?? []
  const mark = { ok: 'ok', partial: 'warn', failed: 'crit' } as const
  const columns: readonly Column<AuditRow>[] = [
    {
      id: 'at',
      head: t('at'),
      name: t('at'),
      widthPx: 160,
      priority: 0,
      card: 'name',
      cell: (row) => <Moment at={row.at} />,
    },
    {
      id: 'action',
      head: t('action'),
      name: t('action'),
      widthPx: 160,
      priority: 0,
      card: 'value',
      cell: (row) => <span className="mono">{row.action}</span>,
    },
    { id: 'who', head: t('who'), name: t('who'), widthPx: 130, priority: 1, card: 'value', cell: (row) => row.who },
    {
      id: 'result',
      head: t('result'),
      name: t('result'),
      widthPx: 110,
      priority: 0,
      card: 'state',
      cell: (row) => (
        <span className="inline-flex items-center gap-1.5">
          <Mark state={mark[row.result]} />
          {t(`is.${row.result}`)}
        </span>
      ),
    },
    {
      id: 'reason',
      head: t('reason'),
      name: t('reason'),
      priority: 2,
      cell: (row) => <span title={row.error ?? row.reason ?? undefined}>{row.error ?? row.reason}</span>,
    },
    {
      id: 'took',
      head: t('took'),
      name: t('took'),
      widthPx: 90,
      priority: 3,
      number: true,
      cell: (row) => <span className="text-ink-2">{format.duration(Math.round(row.tookMs))}</span>,
    },
    {
      id: 'back',
      head: '',
      name: t('putBack'),
      widthPx: 142,
      priority: 0,
      number: true,
      cell: (row) => {
        const snapshot = row.action === 'group.reset' ? snapshotOf(row, snapshots) : undefined
        return snapshot && <PutBackButton at={at} snapshot={snapshot.id} what={format.time(row.at)} />
      },
    },
  ]
  return (
    <>
      <GroupSnapshots />
      <Panel ruled title={t('title')} about={rows?.length}>
        <DataTable
          label={t('title')}
          scrolls={false}
          columns={columns}
          rows={rows}
          rowKey={(row) => String(row.id)}
          instead={
            query.error && !query.data ? (
              <QueryFault error={query.error} onRetry={() => void query.refetch()} />
            ) : rows?.length === 0 ? (
              <Empty title={t('none')}>{t('noneText')}</Empty>
            ) : undefined
          }
        />
      </Panel>
    </>
  )
}

/** Kept while that reset ran, right before its first queue moved. */
const CLOCKS_MS = 1000
const snapshotOf = ({ at, tookMs }: AuditRow, snapshots: readonly SnapshotRow[]): SnapshotRow | undefined =>
  snapshots
    .filter((one) => one.why === 'reset' && Math.abs(one.at - at) <= tookMs + CLOCKS_MS)
    .sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0]
