// broker/processor/broadcast-pull.ts: whether a pull broadcasts, and for whom: a client of this broker, or one that a proxy
// speaks for. Where they stand is kept by catalog/broadcast-offsets.ts.
import type { BroadcastPull } from '../catalog/broadcast-offsets'
import type { Connection } from '../net/types'
import type { PullMessageHeader } from '../protocol/headers'
import type { BrokerContext } from './context'

/** What a proxy writes into requestSource when it pulls for a broadcasting client. */
const proxyForBroadcast = 1

/** undefined: it does not broadcast, or nobody knows for whom. */
export function broadcastPull(
  { settings, consumers }: BrokerContext,
  header: PullMessageHeader,
  connection: Connection,
): BroadcastPull | undefined {
  if (!settings.enableBroadcastOffsetStore) return undefined
  const { consumerGroup: group, topic, queueId, queueOffset } = header
  const fromProxy = header.requestSource === proxyForBroadcast
  const clientId = fromProxy ? header.proxyFrowardClientId : broadcaster()
  return clientId === undefined ? undefined : { group, topic, queueId, queueOffset, clientId, fromProxy }

  function broadcaster(): string | undefined {
    const online = consumers.get(group)
    if (online?.messageModel !== 'BROADCASTING' || online.consumeType !== 'CONSUME_PASSIVELY') return undefined
    return online.channels.get(connection)?.clientId
  }
}
