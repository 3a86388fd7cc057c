// server/desk/clients.ts: everyone connected, in one list: producers from the brokers' tables, consumers from groups.
import { versionText } from '../admin/versions'
import { missingOf } from '../metrics/missing'
import type { ClusterState } from '../metrics/state'
import { tablePage } from '../metrics/table'
import type { ClientListInput } from '../shared/inputs'
import { isSystemGroup, RETRY_PREFIX } from '../shared/names'
import type { ClientRow, Page } from '../shared/views'

export const clientRowsOf = (state: ClusterState): ClientRow[] => {
  const found = new Map<string, ClientRow>()
  const rowOf = (clientId: string, one: { address: string; language: string; version: number }): ClientRow => {
    let row = found.get(clientId)
    if (row === undefined) {
      row = {
        clientId,
        roles: [],
        groups: [],
        consumes: [],
        topics: [],
        language: one.language,
        version: versionText(one.version),
        address: one.address,
        lastSeenAt: null,
      }
      found.set(clientId, row)
    }
    return row
  }
  const add = <T>(list: T[], value: T): void => {
    if (!list.includes(value)) list.push(value)
  }
  for (const broker of state.brokers.values())
    for (const one of broker.producers) {
      const row = rowOf(one.clientId, one)
      add(row.roles, 'producer')
      add(row.groups, one.group)
      row.lastSeenAt = Math.max(row.lastSeenAt ?? 0, one.lastSeenAt)
    }
  for (const group of state.groups.values())
    for (const one of group.clients ?? []) {
      const row = rowOf(one.clientId, one)
      add(row.roles, 'consumer')
      add(row.groups, group.name)
      add(row.consumes, group.name)
      for (const { topic } of group.subscriptions) if (!topic.startsWith(RETRY_PREFIX)) add(row.topics, topic)
      row.lastSeenAt = Math.max(row.lastSeenAt ?? 0, group.clientsAt)
    }
  for (const row of found.values()) {
    // What every client has for its own purposes stands behind what its user gave it.
    row.groups.sort((a, b) => Number(isSystemGroup(a)) - Number(isSystemGroup(b)))
    const sends = row.groups.some((group) => !(isSystemGroup(group) || row.consumes.includes(group)))
    if (row.consumes.length > 0 && !sends && !producesFor(state, row)) row.roles = ['consumer']
  }
  return [...found.values()]
}
/** Under the name of a group that it also reads for. */
const producesFor = (state: ClusterState, { clientId, consumes }: ClientRow): boolean =>
  [...state.brokers.values()].some(({ producers }) =>
    producers.some((one) => one.clientId === clientId && consumes.includes(one.group)),
  )
export const clientList = (state: ClusterState, input: ClientListInput, _now: number): Page<ClientRow> => {
  const rows = clientRowsOf(state)
  const languages = [...new Set(rows.map(({ language }) => language))].sort()
  return tablePage({
    rows,
    name: ({ clientId }) => clientId,
    q: input.q,
    sort: input.sort,
    defaultSort: 'client',
    columns: {
      client: (row) => row.clientId,
      address: (row) => row.address,
      language: (row) => row.language,
      version: (row) => row.version,
      seen: (row) => row.lastSeenAt,
    },
    page: input.page,
    size: input.size,
    names: input.names,
    filters: [
      (row) => input.role.length === 0 || input.role.some((role) => row.roles.includes(role)),
      (row) => input.language.length === 0 || input.language.includes(row.language),
    ],
    facets: [
      ...(['producer', 'consumer'] as const).map((key) => ({ key, has: (row: ClientRow) => row.roles.includes(key) })),
      ...languages.map((key) => ({ key, has: (row: ClientRow) => row.language === key })),
    ],
    missing: missingOf(state),
    at: state.at,
  })
}
