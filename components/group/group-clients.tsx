'use client'
// components/group/group-clients.tsx: the clients of a group; one that is opened is asked about itself.
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { useTranslations } from 'use-intl'
import type { GroupClientRow } from '../../server/shared/views'
import { ClientRunning } from '../client/client-running'
import { type Column, DataTable } from '../data-table'
import { Name, NotApplicable } from '../format'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Sheet } from '../ui/dialog'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Tag } from '../ui/tag'
import { type GroupAt, useGroupAt } from './use-group'

export const GroupClients = () => {
  const at = useGroupAt()
  const t = useTranslations('group.client')
  const trpc = useTRPC()
  const query = useQuery(trpc.group.clients.queryOptions(at))
  const [open, setOpen] = useQueryState('sel', parseAsString.withOptions({ history: 'push' }))
  const columns: readonly Column<GroupClientRow>[] = [
    {
      id: 'client',
      head: t('client'),
      name: t('client'),
      priority: 0,
      card: 'name',
      cell: (row) => <Name>{row.clientId}</Name>,
    },
    {
      id: 'address',
      head: t('address'),
      name: t('address'),
      widthPx: 180,
      priority: 1,
      card: 'value',
      cell: (row) => <span className="mono">{row.address}</span>,
    },
    {
      id: 'language',
      head: t('language'),
      name: t('language'),
      widthPx: 90,
      priority: 2,
      card: 'value',
      cell: (row) => <Tag>{row.language}</Tag>,
    },
    {
      id: 'version',
      head: t('version'),
      name: t('version'),
      widthPx: 110,
      priority: 2,
      card: 'value',
      cell: (row) => <span className="mono text-ink-2">{row.version}</span>,
    },
    {
      id: 'protocol',
      head: t('protocol'),
      name: t('protocol'),
      widthPx: 100,
      priority: 4,
      cell: (row) => (
        <span className="text-ink-2">{row.protocol === 'unknown' ? <NotApplicable /> : row.protocol}</span>
      ),
    },
  ]
  return (
    <Panel ruled title={t('title')} about={query.data?.length}>
      <DataTable
        label={t('title')}
        scrolls={false}
        keyboard
        columns={columns}
        rows={query.data}
        rowKey={(row) => row.clientId}
        openKey={open}
        onOpen={(row) => void setOpen(row.clientId)}
        instead={
          query.error && !query.data ? (
            <QueryFault error={query.error} onRetry={() => void query.refetch()} />
          ) : query.data?.length === 0 ? (
            <Empty title={t('none')}>{t('noneText')}</Empty>
          ) : undefined
        }
      />
      <ClientSheet at={at} clientId={open} onClose={() => void setOpen(null)} />
    </Panel>
  )
}

const ClientSheet = ({ at, clientId, onClose }: { at: GroupAt; clientId: string | null; onClose: () => void }) => {
  const t = useTranslations('group.client')
  return (
    <Sheet
      open={clientId !== null}
      onOpenChange={(open) => open || onClose()}
      width="pane"
      title={t('one')}
      about={<span className="mono min-w-0 truncate text-ink text-sm">{clientId}</span>}
    >
      {clientId && <ClientRunning key={clientId} at={at} clientId={clientId} />}
    </Sheet>
  )
}
