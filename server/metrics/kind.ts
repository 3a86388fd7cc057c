// server/metrics/kind.ts: what a topic is. Brokers keep topics of their own name and of their cluster's, which only the
// cluster's layout tells from topics of users.
import { type TopicKind, topicKind } from '../shared/names'
import type { ClusterState } from './state'

export const kindOf = (state: ClusterState, name: string): TopicKind => {
  const kind = topicKind(name)
  if (kind !== 'user') return kind
  for (const broker of state.brokers.values()) if (broker.name === name || broker.wireCluster === name) return 'system'
  return 'user'
}
