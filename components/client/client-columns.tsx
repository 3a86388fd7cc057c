'use client'
// components/client/client-columns.tsx: the columns of the list of clients: who, in which role, for which groups, with what.
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import type { ClientRow } from '../../server/shared/views'
import type { Column } from '../data-table'
import { Age, Name, NotApplicable } from '../format'
import { groupHref, topicHref } from '../shell/address'
import { Link } from '../ui/link'
import { Tag } from '../ui/tag'

export const useClientColumns = (cluster: string): readonly Column<ClientRow>[] => {
  const t = useTranslations('client')
  return useMemo<readonly Column<ClientRow>[]>(() => {
    const head = (id: Parameters<typeof t>[0] & `column.${string}`) => ({ head: t(id), name: t(id) })
    return [
      {
        id: 'client',
        ...head('column.client'),
        priority: 0,
        sort: 'ascending',
        card: 'name',
        cell: (row) => <Name>{row.clientId}</Name>,
      },
      {
        id: 'roles',
        ...head('column.roles'),
        widthPx: 164,
        priority: 1,
        card: 'state',
        cell: (row) => <span className="text-ink-2">{row.roles.map((role) => t(`role.${role}`)).join(' · ')}</span>,
      },
      {
        id: 'groups',
        ...head('column.groups'),
        widthPx: 220,
        priority: 2,
        card: 'value',
        cell: (row) => (
          <Several
            names={row.groups}
            // A producer's group is a name only: no page stands behind it.
            href={(group) => (row.consumes.includes(group) ? groupHref(cluster, group) : null)}
          />
        ),
      },
      {
        id: 'topics',
        ...head('column.topics'),
        widthPx: 190,
        priority: 4,
        cell: (row) =>
          row.topics.length === 0 ? (
            <NotApplicable />
          ) : (
            <Several names={row.topics} href={(topic) => topicHref(cluster, topic)} />
          ),
      },
      {
        id: 'language',
        ...head('column.language'),
        widthPx: 92,
        priority: 3,
        sort: 'ascending',
        card: 'value',
        cell: (row) => <Tag>{row.language}</Tag>,
      },
      {
        id: 'version',
        ...head('column.version'),
        widthPx: 104,
        priority: 3,
        sort: 'ascending',
        card: 'value',
        cell: (row) => <span className="mono text-ink-2">{row.version}</span>,
      },
      {
        id: 'address',
        ...head('column.address'),
        widthPx: 158,
        priority: 2,
        sort: 'ascending',
        cell: (row) => <span className="mono">{row.address}</span>,
      },
      {
        id: 'seen',
        ...head('column.seen'),
        widthPx: 76,
        priority: 5,
        number: true,
        sort: 'descending',
        cell: (row) => (
          <span className="text-ink-2">
            {row.lastSeenAt === null ? <NotApplicable /> : <Age at={row.lastSeenAt} />}
          </span>
        ),
      },
    ]
  }, [cluster, t])
}

/** The first name, and how many more; all of them on hover. */
const Several = ({ names, href }: { names: readonly string[]; href: (name: string) => string | null }) => {
  const [first, ...rest] = names
  if (first === undefined) return <NotApplicable />
  const to = href(first)
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={names.join('\n')}>
      {to === null ? (
        <Name>{first}</Name>
      ) : (
        <Link quiet href={to} onClick={(event) => event.stopPropagation()} className="min-w-0" tabIndex={-1}>
          <Name>{first}</Name>
        </Link>
      )}
      {rest.length > 0 && <span className="tnum flex-none text-ink-3 text-xs">+{rest.length}</span>}
    </span>
  )
}
