// broker/processor/admin-table.ts: joins the admin processors. What they need beyond the broker's context comes in here.
import type { Guard } from '../auth'
import type { BrokerConfig } from '../config/broker-config'
import type { BrokerStatistics } from '../stats/statistics'
import { brokerHandlers } from './admin-broker'
import { clientHandlers } from './admin-client'
import { coldHandlers } from './admin-cold'
import { consumeStatsHandlers } from './admin-consume-stats'
import { filterScriptHandlers } from './admin-filter'
import { groupHandlers } from './admin-group'
import { haHandlers } from './admin-ha'
import { offsetHandlers } from './admin-offset'
import { Refusal } from './admin-reply'
import { topicHandlers } from './admin-topic'
import { unsupportedHandlers } from './admin-unsupported'
import type { Handler, HandlerTable } from './context'

export interface AdminParts {
  readonly config: BrokerConfig
  readonly statistics: BrokerStatistics
  /** Absent: access control is off. */
  readonly guard?: Guard | undefined
  /** Sockets that are open at the ports for clients. */
  readonly connectionCount?: () => number
}

/** Requests of tools, by code. Hand it to createProcessor beside the tables of the clients' requests. */
export const adminHandlers = (parts: AdminParts): HandlerTable => {
  const families = [
    topicHandlers,
    groupHandlers,
    filterScriptHandlers,
    offsetHandlers,
    consumeStatsHandlers,
    clientHandlers,
    brokerHandlers,
    coldHandlers,
    haHandlers,
    unsupportedHandlers,
  ]
  const table: Record<number, Handler> = {}
  for (const family of families) {
    for (const [code, handler] of Object.entries(family(parts))) table[Number(code)] = checked(handler)
  }
  return table
}

/** A refusal thrown by a check is an answer; everything else is the processor's to handle. */
const checked =
  (handler: Handler): Handler =>
  (request, connection, broker) => {
    try {
      const reply = handler(request, connection, broker)
      return reply instanceof Promise ? reply.catch(asReply) : reply
    } catch (error) {
      return asReply(error)
    }
  }

function asReply(error: unknown): { code: number; remark: string } {
  if (error instanceof Refusal) return { code: error.code, remark: error.message }
  throw error
}
