// server/metrics/counters.ts: what ever went in and out, by offsets, for whoever counts over time. A topic or group of which a
// part is not known is left out: a sum that lacks a queue for a while would look as if it had been reset.
import type { ClusterDesk } from '../shared/desk'
import { isSystemGroup } from '../shared/names'
import { kindOf } from './kind'
import { type ClusterState, silentNames } from './state'

export const countersOf = (state: ClusterState): ReturnType<ClusterDesk['counters']> => {
  const silent = silentNames(state)
  const found: ReturnType<ClusterDesk['counters']> = { in: [], out: [] }
  for (const { name, queues } of state.topics.values()) {
    const all = [...queues.values()]
    if (kindOf(state, name) === 'system' || all.length === 0) continue
    if (all.some(({ broker, maxAt }) => maxAt === 0 || silent.has(broker))) continue
    found.in.push({ topic: name, messages: all.reduce((sum, { max }) => sum + max, 0) })
  }
  for (const group of state.groups.values()) {
    if (isSystemGroup(group.name) || group.model === 'BROADCASTING') continue
    for (const [topic, positions] of group.positions) {
      const all = [...positions.values()].filter(({ committed }) => committed >= 0)
      if (all.length === 0 || all.some(({ broker }) => silent.has(broker))) continue
      found.out.push({ topic, group: group.name, messages: all.reduce((sum, { committed }) => sum + committed, 0) })
    }
  }
  return found
}
