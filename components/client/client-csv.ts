// components/client/client-csv.ts: the list of clients as CSV; several groups or topics stand in one cell, parted by spaces.
import type { ClientRow } from '../../server/shared/views'

export const clientCsv = [
  { name: 'client', value: (row: ClientRow) => row.clientId },
  { name: 'roles', value: (row: ClientRow) => row.roles.join(' ') },
  { name: 'groups', value: (row: ClientRow) => row.groups.join(' ') },
  { name: 'topics', value: (row: ClientRow) => row.topics.join(' ') },
  { name: 'language', value: (row: ClientRow) => row.language },
  { name: 'version', value: (row: ClientRow) => row.version },
  { name: 'address', value: (row: ClientRow) => row.address },
  {
    name: 'lastSeenAt',
    value: (row: ClientRow) => (row.lastSeenAt === null ? null : new Date(row.lastSeenAt).toISOString()),
  },
] as const
