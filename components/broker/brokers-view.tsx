'use client'
// components/broker/brokers-view.tsx: every broker in one table: what it carries, and which is short of something. Slaves
// stand under their master.
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { BrokerRow, Overview } from '../../server/shared/views'
import { type Column, DataTable } from '../data-table'
import { NotApplicable, UnknownWord, useFormat, Value } from '../format'
import { brokerHref } from '../shell/address'
import { useClusterId, useOverview } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { PageHead, Panel } from '../ui/panel'
import { Empty, Partial } from '../ui/region'
import { Tag } from '../ui/tag'
import { BrokerStateWord } from './broker-state'
import { DiskMeter } from './disk-meter'
import { NameServers } from './name-servers'

export function BrokersView() {
  const t = useTranslations('broker')
  const trpc = useTRPC()
  const router = useRouter()
  const cluster = useClusterId()
  const list = useQuery(trpc.broker.list.queryOptions({ cluster }))
  const overview = useOverview(cluster)
  const rows = useMemo(
    () => [...(list.data?.rows ?? [])].sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id),
    [list.data],
  )
  const columns = useColumns(cluster, list.data?.at ?? 0)
  const missing = list.data?.missing ?? []
  const many = new Set(rows.map(({ wireCluster }) => wireCluster)).size
  return (
    <>
      <PageHead
        title={t('title')}
        about={
          list.data
            ? t('count', { brokers: rows.length, names: new Set(rows.map(({ name }) => name)).size, clusters: many })
            : null
        }
      />
      <Panel className="flex-none">
        <DataTable<BrokerRow>
          label={t('title')}
          columns={columns}
          rows={list.data ? rows : undefined}
          rowKey={({ key }) => key}
          onOpen={({ key }) => router.push(brokerHref(cluster, key))}
          refetching={list.isFetching}
          scrolls={false}
          keyboard
          skeletonRows={3}
          instead={
            list.data === undefined && list.error ? (
              <QueryFault error={list.error} onRetry={() => void list.refetch()} />
            ) : list.data && rows.length === 0 ? (
              <Empty title={t('none')}>{t('noneNote')}</Empty>
            ) : undefined
          }
        />
        {missing.length > 0 ? (
          <Partial onRetry={() => void list.refetch()}>
            {t('missing', { who: missing.map(({ who }) => who).join(', ') })}
          </Partial>
        ) : null}
      </Panel>
      {overview.data ? <NameServers servers={overview.data.nameServers} now={overview.data.at} /> : null}
    </>
  )
}

function useColumns(cluster: string, now: number): readonly Column<BrokerRow>[] {
  const t = useTranslations('broker')
  const format = useFormat()
  return useMemo(() => {
    const column = (id: ColumnId, rest: Omit<Column<BrokerRow>, 'id' | 'head' | 'name'>): Column<BrokerRow> => ({
      id,
      head: t(`column.${id}`),
      name: t(`columnName.${id}`),
      ...rest,
    })
    return [
      column('broker', {
        priority: 0,
        card: 'name',
        cell: (row) => (
          <Link
            href={brokerHref(cluster, row.key)}
            quiet
            onClick={(event) => event.stopPropagation()}
            className={row.role === 'slave' ? 'flex items-center gap-2 pl-4' : 'flex items-center gap-2'}
          >
            <span className="mono truncate">{row.key}</span>
            {row.part ? <Tag>{t('bundled')}</Tag> : null}
          </Link>
        ),
      }),
      column('state', {
        priority: 0,
        widthPx: 168,
        card: 'state',
        cell: (row) => <BrokerStateWord row={row} now={now} />,
      }),
      column('role', { priority: 3, widthPx: 76, cell: (row) => t(`role.${row.role}`) }),
      column('address', { priority: 5, widthPx: 150, cell: (row) => <span className="mono">{row.address}</span> }),
      column('version', {
        priority: 7,
        widthPx: 84,
        cell: (row) => <Value of={row.version}>{(version) => version.replace(/^V/, '').replaceAll('_', '.')}</Value>,
      }),
      column('up', {
        priority: 8,
        widthPx: 92,
        number: true,
        cell: (row) => <Value of={row.startedAt}>{(at) => format.duration(Math.max(1000, now - at))}</Value>,
      }),
      column('in', {
        priority: 1,
        widthPx: 84,
        number: true,
        card: 'value',
        cell: (row) => <Value of={row.inPerSecond}>{format.rateDigits}</Value>,
      }),
      column('out', {
        priority: 2,
        widthPx: 84,
        number: true,
        card: 'value',
        cell: (row) => <Value of={row.outPerSecond}>{format.rateDigits}</Value>,
      }),
      column('p99', {
        priority: 4,
        widthPx: 84,
        number: true,
        cell: (row) => <Value of={row.putP99Ms}>{format.duration}</Value>,
      }),
      column('disk', { priority: 1, widthPx: 132, cell: (row) => <DiskMeter row={row} /> }),
      column('queues', {
        priority: 6,
        widthPx: 96,
        number: true,
        cell: (row) =>
          isKnown(row.sendQueue) && isKnown(row.pullQueue) ? (
            `${format.count(row.sendQueue.value)} / ${format.count(row.pullQueue.value)}`
          ) : (
            <UnknownWord reason={isKnown(row.sendQueue) ? 'not-supported' : row.sendQueue.unknown} />
          ),
      }),
      column('distance', {
        priority: 6,
        widthPx: 100,
        number: true,
        cell: (row) =>
          row.role === 'master' ? <NotApplicable /> : <Value of={row.slaveBehindBytes}>{format.bytes}</Value>,
      }),
      column('writable', {
        priority: 5,
        widthPx: 72,
        cell: (row) =>
          row.writable === null ? (
            <NotApplicable />
          ) : (
            <Value of={row.writable}>
              {(yes) => (yes && !row.refusesSends ? t('yes') : <span className="text-warn">{t('no')}</span>)}
            </Value>
          ),
      }),
    ]
  }, [cluster, now, t, format])
}
type ColumnId =
  | 'broker'
  | 'state'
  | 'role'
  | 'address'
  | 'version'
  | 'up'
  | 'in'
  | 'out'
  | 'p99'
  | 'disk'
  | 'queues'
  | 'distance'
  | 'writable'

export type NameServerRow = Overview['nameServers'][number]
export const nameServerMark = ({ state }: NameServerRow) => (
  <Mark state={state === 'ok' ? 'ok' : state === 'silent' ? 'crit' : 'unknown'} />
)
