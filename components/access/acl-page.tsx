'use client'
// components/access/acl-page.tsx: the brokers' own access control: users, what each may, whether a given thing is allowed, and
// where brokers differ. It is another list than that of people who sign in here.
import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { AclPolicyRow, AclUserRow, AclView } from '../../server/shared/views'
import { useClusterId, useMe } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { LinkButton } from '../ui/link'
import { Mark, State } from '../ui/mark'
import { Panel, PanelFoot } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { Tag } from '../ui/tag'
import { AclCheck } from './acl-check'
import { AclPolicySheet } from './acl-policy-sheet'
import { AclTakeDialog } from './acl-take-dialog'
import { AclUserSheet } from './acl-user-sheet'
import { PeopleFrame } from './people-frame'

export function AclPage() {
  const t = useTranslations('acl')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const isAdmin = useMe()?.rights.includes('console.admin') ?? false
  const query = useQuery(
    trpc.acl.state.queryOptions({ cluster }, { enabled: isAdmin, retry: false, meta: { still: true } }),
  )
  /** The user that is open; an empty name: one that is being made. */
  const [user, setUser] = useState<string | null>(null)
  const [granting, setGranting] = useState<string | null>(null)
  const users = query.data?.users ?? []
  return (
    <PeopleFrame
      needsAdmin
      action={
        <>
          <Button reason={users.length === 0 ? t('userFirst') : undefined} onClick={() => setGranting('')}>
            <Plus />
            {t('policy.create')}
          </Button>
          <Button look="primary" onClick={() => setUser('')}>
            <Plus />
            {t('user.create')}
          </Button>
        </>
      }
    >
      <div className="grid items-start gap-2.5 xl:grid-cols-[minmax(0,1fr)_384px]">
        <div className="flex min-w-0 flex-col gap-2.5">
          <Panel title={t('users')} about={t('about')}>
            <Region query={query}>
              {(view) => (
                <>
                  <Enforcement view={view} />
                  <Users rows={view.users} onOpen={setUser} />
                </>
              )}
            </Region>
          </Panel>
          {query.data ? (
            <Panel title={t('policies')}>
              <Policies rows={query.data.policies} onGrant={setGranting} />
              <PanelFoot className="py-2">{t('policiesNote')}</PanelFoot>
            </Panel>
          ) : null}
        </div>
        {query.data && users.length > 0 ? <AclCheck users={users.map(({ name }) => name)} /> : null}
      </div>
      {user === null ? null : (
        <AclUserSheet key={user} row={users.find(({ name }) => name === user)} onClose={() => setUser(null)} />
      )}
      {granting === null ? null : (
        <AclPolicySheet
          users={[...new Set(users.map(({ name }) => name))]}
          user={granting}
          onClose={() => setGranting(null)}
        />
      )}
    </PeopleFrame>
  )
}

/** Whether any of this is asked for at all, broker by broker. */
function Enforcement({ view }: { view: AclView }) {
  const t = useTranslations('acl')
  return (
    <ul className="border-t border-hair">
      {view.brokers.map(({ name, authenticates, authorizes, error }) => (
        <li
          key={name}
          className="flex flex-wrap items-center gap-x-2 border-b border-hair px-3 py-1.5 text-sm last:border-b-0"
        >
          <State
            state={
              error !== null ? 'crit' : authenticates && authorizes ? 'ok' : authenticates === null ? 'unknown' : 'warn'
            }
          >
            <span className="mono">{name}</span>
          </State>
          <span className="text-ink-2">
            {error !== null
              ? t('silent', { error })
              : authenticates === null
                ? t('enforces.unknown')
                : authenticates
                  ? authorizes
                    ? t('enforces.both')
                    : t('enforces.names')
                  : t('enforces.none')}
          </span>
        </li>
      ))}
    </ul>
  )
}

const Brokers = ({ row }: { row: { brokers: string[]; differs: boolean } }) => {
  const t = useTranslations('acl')
  return row.differs ? (
    <span className="inline-flex items-center gap-1.5 text-warn">
      <Mark state="warn" />
      {t('onlyOn', { brokers: row.brokers.join(', ') })}
    </span>
  ) : (
    <span className="text-ink-3">{t('everywhere')}</span>
  )
}

function Users({ rows, onOpen }: { rows: readonly AclUserRow[]; onOpen: (name: string) => void }) {
  const t = useTranslations('acl')
  if (rows.length === 0)
    return (
      <Empty title={t('user.none')} className="border-t border-hair">
        {t('user.noneNote')}
      </Empty>
    )
  return (
    <Table className="border-t border-hair">
      <thead>
        <tr>
          <Th>{t('user.name')}</Th>
          <Th className="w-36">{t('user.type')}</Th>
          <Th className="w-32 max-sm:hidden">{t('user.status')}</Th>
          <Th className="w-48 max-md:hidden">{t('brokers')}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={JSON.stringify(row)} opens onClick={() => onOpen(row.name)}>
            <Td>
              <LinkButton className="mono text-ink" onClick={() => onOpen(row.name)}>
                {row.name}
              </LinkButton>
            </Td>
            <Td>{t(`type.${row.type}`)}</Td>
            <Td className="max-sm:hidden">
              <State state={row.enabled ? 'ok' : 'off'}>{t(row.enabled ? 'user.on' : 'user.off')}</State>
            </Td>
            <Td className="max-md:hidden">
              <Brokers row={row} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}

const Granted = ({ row }: { row: AclPolicyRow }) => {
  const t = useTranslations('acl')
  return (
    <span className="flex items-center gap-1.5">
      {row.decision === 'Deny' ? <Tag>{t('decision.Deny')}</Tag> : null}
      <span className="truncate">{row.actions.join(', ')}</span>
    </span>
  )
}

function Policies({ rows, onGrant }: { rows: readonly AclPolicyRow[]; onGrant: (user: string) => void }) {
  const t = useTranslations('acl')
  const [taking, setTaking] = useState<AclPolicyRow | null>(null)
  if (rows.length === 0)
    return (
      <Empty title={t('policy.none')} className="border-t border-hair">
        {t('policy.noneNote')}
      </Empty>
    )
  return (
    <>
      <Table className="border-t border-hair">
        <thead>
          <tr>
            <Th className="w-40 max-sm:w-32">{t('user.name')}</Th>
            <Th>{t('policy.resource')}</Th>
            <Th className="w-44 max-sm:hidden">{t('policy.actions')}</Th>
            <Th className="w-36 max-md:hidden">{t('policy.from')}</Th>
            <Th className="w-36 max-lg:hidden">{t('brokers')}</Th>
            <Th className="w-11" aria-label={t('action')} />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={JSON.stringify(row)}>
              <Td>
                <LinkButton className="mono text-ink" onClick={() => onGrant(row.user)}>
                  {row.user}
                </LinkButton>
              </Td>
              <Td className="mono" title={row.resource}>
                <span className="block truncate">{row.resource}</span>
                <span className="block font-sans sm:hidden">
                  <Granted row={row} />
                </span>
              </Td>
              <Td className="max-sm:hidden">
                <Granted row={row} />
              </Td>
              <Td className={cn('max-md:hidden', row.sourceIps.length > 0 && 'mono')}>
                {row.sourceIps.length === 0 ? t('anywhere') : row.sourceIps.join(', ')}
              </Td>
              <Td className="max-lg:hidden">
                <Brokers row={row} />
              </Td>
              <Td className="px-1!">
                <Button
                  look="ghost"
                  shape="icon"
                  size="sm"
                  aria-label={t('policy.remove', { user: row.user, resource: row.resource })}
                  onClick={() => setTaking(row)}
                >
                  <X />
                </Button>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {taking === null ? null : <AclTakeDialog row={taking} rows={rows} onClose={() => setTaking(null)} />}
    </>
  )
}
