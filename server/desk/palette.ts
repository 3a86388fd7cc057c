// server/desk/palette.ts: objects by part of a name, from what the sampler holds: no broker is asked while somebody types.
import type { ClusterEntry } from '../clusters/registry'
import { kindOf } from '../metrics/kind'
import type { ClusterState } from '../metrics/state'
import type { PaletteInput } from '../shared/inputs'
import { isSystemGroup } from '../shared/names'
import type { PaletteHit } from '../shared/views'
import { clientRowsOf } from './clients'

const MESSAGE_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{56}|01[0-9a-f]{32})$/i

export const findIn = (
  state: ClusterState,
  entry: ClusterEntry,
  { q, kind: only, limit }: PaletteInput,
): PaletteHit[] => {
  const needle = q.trim().toLowerCase()
  const base = `/c/${encodeURIComponent(entry.id)}`
  const hits: { hit: PaletteHit; rank: number }[] = []
  const add = (kind: PaletteHit['kind'], name: string, path: string, hint: string | null, penalty = 0): void => {
    const rank = only === undefined || only === kind ? rankOf(name.toLowerCase(), needle) : null
    if (rank !== null)
      hits.push({ hit: { kind, name, cluster: entry.id, href: base + path, hint }, rank: rank + penalty })
  }
  if (only === undefined && MESSAGE_ID.test(needle))
    hits.push({
      hit: {
        kind: 'message-id',
        name: q.trim(),
        cluster: entry.id,
        href: `${base}/messages/${encodeURIComponent(q.trim())}`,
        hint: null,
      },
      rank: -1,
    })
  add('cluster', entry.name, '', entry.namesrv.join(';'), 1)
  for (const { name } of state.topics.values()) {
    const kind = kindOf(state, name)
    add('topic', name, `/topics/${encodeURIComponent(name)}`, kind === 'user' ? null : kind, kind === 'user' ? 0 : 10)
  }
  for (const name of state.groups.keys())
    add('group', name, `/groups/${encodeURIComponent(name)}`, null, isSystemGroup(name) ? 10 : 0)
  for (const { key, address } of state.brokers.values())
    add('broker', key, `/brokers/${encodeURIComponent(key)}`, address)
  if (needle !== '')
    for (const { clientId, groups } of clientRowsOf(state))
      add('client', clientId, `/clients?sel=${encodeURIComponent(clientId)}`, groups.join(', '), 5)
  return hits
    .sort((a, b) => a.rank - b.rank || (a.hit.name < b.hit.name ? -1 : 1))
    .slice(0, limit)
    .map(({ hit }) => hit)
}
/** Whole, then at the start, then at the start of a word, then anywhere; null when not at all. */
const rankOf = (name: string, needle: string): number | null => {
  const at = name.indexOf(needle)
  if (at < 0) return null
  if (name === needle) return 0
  if (at === 0) return 1
  return /[^a-z0-9]/.test(name[at - 1] ?? '') ? 2 : 3
}
