// broker/processor/serve.ts: a broker's requests, ready for its listeners: all tables joined, waiting pulls woken by the
// store, silent clients dropped. What a closed connection had said is forgotten here, too.
import type { Connection, OnRequest } from '../net/types'
import { clientHandlers, connectionClosed } from './client'
import type { BrokerContext, HandlerTable } from './context'
import { lockHandlers } from './lock'
import { offsetHandlers } from './offset'
import { pullHandlers } from './pull'
import { queryHandlers } from './query'
import { sendHandlers } from './send'
import { sendBackHandlers } from './send-back'
import { createProcessor } from './table'

export interface Serving {
  /** For the listener at listenPort. */
  readonly onRequest: OnRequest
  /** For the listener two below it, which serves no long polls. */
  readonly onVipRequest: OnRequest
  /** For both. */
  readonly onClose: (connection: Connection) => void
  /** Held pulls are answered with what there is; nothing is watched any longer. */
  stop(): void
}

/** How often it is looked for clients that fell silent. */
const expiryScanMs = 10_000

/** `more` are the tables of other families, e.g. the admin's. */
export function serve(broker: BrokerContext, more: readonly HandlerTable[] = []): Serving {
  const tables = [
    sendHandlers(broker),
    pullHandlers,
    offsetHandlers,
    clientHandlers,
    queryHandlers,
    sendBackHandlers,
    lockHandlers,
    ...more,
  ]
  broker.store.onArrival((arrival) => {
    broker.heldPulls.arrived(arrival.topic, arrival.queueId, arrival.maxOffset, arrival.tagsCode)
  })
  const expiry = setInterval(() => {
    const { channelExpiredTimeout } = broker.settings
    broker.consumers.expire(channelExpiredTimeout)
    broker.producers.expire(channelExpiredTimeout)
  }, expiryScanMs)
  expiry.unref()
  return {
    onRequest: createProcessor(broker, tables, 'main'),
    onVipRequest: createProcessor(broker, tables, 'vip'),
    onClose: (connection) => connectionClosed(broker, connection),
    stop() {
      clearInterval(expiry)
      broker.heldPulls.close()
    },
  }
}
