// server/metrics/missing.ts: who does not answer, and how much of what is shown that touches.
import type { Missing } from '../shared/views'
import { type ClusterState, silentNames } from './state'

export const missingOf = (state: ClusterState): Missing[] => {
  const silent = silentNames(state)
  const brokers = [...state.brokers.values()]
    .filter((broker) => broker.state === 'silent' && silent.has(broker.name))
    .map((broker) => ({
      who: broker.key,
      reason: 'broker-silent' as const,
      sinceMs: broker.silentSinceMs,
      touches: broker.topicConfigs.size,
    }))
  const names = state.nameServers
    .filter(({ ok }) => ok === false)
    .map(({ address, sinceMs }) => ({ who: address, reason: 'broker-silent' as const, sinceMs, touches: 0 }))
  return [...names, ...brokers]
}
