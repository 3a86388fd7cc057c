'use client'
// components/client/client-sheet.tsx: one client: what the samples say of it, and, for a consumer, what it says of itself as a
// member of one of its groups.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ClientRow } from '../../server/shared/views'
import { Moment, Name, NotApplicable } from '../format'
import { groupHref, topicHref } from '../shell/address'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { CopyButton } from '../ui/copy'
import { Sheet } from '../ui/dialog'
import { Link } from '../ui/link'
import { Fact, Facts, Panel } from '../ui/panel'
import { Empty, Skeleton } from '../ui/region'
import { Select } from '../ui/select'
import { ClientRunning } from './client-running'

export const ClientSheet = (props: { cluster: string; clientId: string | null; onClose: () => void }) => {
  const { cluster, clientId, onClose } = props
  const t = useTranslations('client')
  const trpc = useTRPC()
  // By its id: an address opens it whatever page of the list stands behind.
  const query = useQuery(
    trpc.client.list.queryOptions({ cluster, names: [clientId ?? ''] }, { enabled: clientId !== null }),
  )
  return (
    <Sheet
      open={clientId !== null}
      onOpenChange={(open) => open || onClose()}
      width="pane"
      title={t('one')}
      about={
        <>
          <span className="mono min-w-0 truncate text-ink text-sm">{clientId}</span>
          <CopyButton text={clientId ?? ''} what={t('column.client')} />
        </>
      }
    >
      <Region query={query} skeleton={<Skeleton lines={8} />}>
        {({ rows: [row] }) =>
          row === undefined ? (
            <Empty title={t('noneThere')} className="px-0">
              {t('noneThereText')}
            </Empty>
          ) : (
            <One key={row.clientId} cluster={cluster} row={row} />
          )
        }
      </Region>
    </Sheet>
  )
}

const One = ({ cluster, row }: { cluster: string; row: ClientRow }) => {
  const t = useTranslations('client')
  const [chosen, setChosen] = useState(row.consumes[0])
  const group = chosen !== undefined && row.consumes.includes(chosen) ? chosen : row.consumes[0]
  return (
    <div className="flex flex-col gap-3">
      <Facts className="rounded-lg border border-line">
        <Fact name={t('fact.roles')}>{row.roles.map((role) => t(`role.${role}`)).join(' · ')}</Fact>
        <Fact name={t('fact.language')}>{row.language}</Fact>
        <Fact name={t('fact.version')}>
          <span className="mono">{row.version}</span>
        </Fact>
        <Fact name={t('fact.address')}>
          <span className="mono">{row.address}</span>
        </Fact>
        <Fact name={t('fact.seen')}>
          {row.lastSeenAt === null ? <NotApplicable /> : <Moment at={row.lastSeenAt} />}
        </Fact>
      </Facts>
      <Names
        title={t('groups')}
        names={row.groups}
        href={(name) => (row.consumes.includes(name) ? groupHref(cluster, name) : null)}
      />
      {row.topics.length > 0 && (
        <Names title={t('topics')} names={row.topics} href={(name) => topicHref(cluster, name)} />
      )}
      {group === undefined ? (
        <p className="text-ink-3 text-sm">{t('onlyProducer')}</p>
      ) : (
        <>
          {row.consumes.length > 1 && (
            <div className="flex items-center gap-2 text-ink-3 text-sm">
              <span className="flex-none">{t('askedAs')}</span>
              <Select
                mono
                label={t('askedAs')}
                value={group}
                onChange={setChosen}
                choices={row.consumes.map((value) => ({ value, label: value }))}
              />
            </div>
          )}
          <div className="mt-1">
            <ClientRunning key={group} at={{ cluster, group }} clientId={row.clientId} />
          </div>
        </>
      )}
    </div>
  )
}

const Names = (props: { title: string; names: readonly string[]; href: (name: string) => string | null }) => (
  <Panel ruled title={props.title} about={props.names.length}>
    <ul className="max-h-40 overflow-auto py-1 text-sm">
      {props.names.map((name) => {
        const to = props.href(name)
        return (
          <li key={name} className="flex min-h-6 min-w-0 items-center px-3">
            {to === null ? (
              <Name>{name}</Name>
            ) : (
              <Link quiet href={to} className="min-w-0">
                <Name>{name}</Name>
              </Link>
            )}
          </li>
        )
      })}
    </ul>
  </Panel>
)
