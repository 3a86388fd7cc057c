'use client'
// components/topic/topic-groups-table.tsx: who reads this topic, and how far each is. On the overview and on its own tab.
import { useRouter } from 'next/navigation'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import type { TopicGroupRow } from '../../server/shared/views'
import { Sparkline } from '../chart'
import { type Column, DataTable } from '../data-table'
import { BehindValue, behindLevel, GrowthValue, Name, TotalValue, useFormat, Value } from '../format'
import { groupHref } from '../shell/address'
import { GroupStateWord } from '../shell/group-state'
import { Link } from '../ui/link'
import { Empty } from '../ui/region'

const levelOf = (row: TopicGroupRow) =>
  row.state === 'switched-off' || row.state === 'no-client' ? 'ok' : behindLevel(row.behind)

export const TopicGroupsTable = ({ cluster, rows }: { cluster: string; rows: readonly TopicGroupRow[] }) => {
  const t = useTranslations('topic.groupColumn')
  const format = useFormat()
  const router = useRouter()
  const columns = useMemo<readonly Column<TopicGroupRow>[]>(
    () => [
      {
        id: 'group',
        head: t('group'),
        name: t('group'),
        priority: 0,
        card: 'name',
        cell: (row) => (
          <Link quiet href={groupHref(cluster, row.group)} className="block" tabIndex={-1}>
            <Name>{row.group}</Name>
          </Link>
        ),
      },
      {
        id: 'state',
        head: t('state'),
        name: t('state'),
        widthPx: 146,
        priority: 1,
        card: 'state',
        cell: (row) => <GroupStateWord state={row.state} />,
      },
      {
        id: 'clients',
        head: t('clients'),
        name: t('clients'),
        widthPx: 80,
        priority: 4,
        number: true,
        cell: (row) => (
          <Value of={row.clients}>
            {(clients) => <span className={clients === 0 ? 'text-warn' : undefined}>{format.count(clients)}</span>}
          </Value>
        ),
      },
      {
        id: 'out',
        head: t('out'),
        name: t('out'),
        widthPx: 96,
        priority: 3,
        number: true,
        cell: (row) => <Value of={row.outPerSecond}>{(rate) => format.rateDigits(rate)}</Value>,
      },
      {
        id: 'lag',
        head: t('lag'),
        name: t('lag'),
        widthPx: 112,
        priority: 0,
        number: true,
        card: 'value',
        cell: (row) => <TotalValue of={row.lag}>{(lag) => format.count(lag)}</TotalValue>,
      },
      {
        id: 'behind',
        head: t('behind'),
        name: t('behind'),
        widthPx: 104,
        priority: 1,
        number: true,
        card: 'value',
        cell: (row) => <BehindValue of={row.behind} level={levelOf(row)} />,
      },
      {
        id: 'growth',
        head: t('growth'),
        name: t('growth'),
        widthPx: 100,
        priority: 2,
        number: true,
        card: 'value',
        cell: (row) => <GrowthValue of={row.growthPerSecond} level={levelOf(row)} />,
      },
      {
        id: 'line',
        head: t('line'),
        name: t('line'),
        widthPx: 110,
        priority: 5,
        card: 'line',
        cell: (row) => {
          const level = levelOf(row)
          return (
            <Sparkline
              points={row.spark}
              width={84}
              tone={level === 'critical' ? 'crit' : level === 'warning' ? 'warn' : 'quiet'}
            />
          )
        },
      },
    ],
    [cluster, format, t],
  )
  return (
    <DataTable
      label={t('label')}
      density="compact"
      scrolls={false}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.group}
      onOpen={(row) => router.push(groupHref(cluster, row.group))}
      instead={rows.length === 0 ? <Empty title={t('none')}>{t('noneText')}</Empty> : undefined}
    />
  )
}
