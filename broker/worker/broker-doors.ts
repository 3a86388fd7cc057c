// broker/worker/broker-doors.ts: the ports of a broker, and which handlers answer there.
import type { BrokerConfig } from '../config/broker-config'
import { listen } from '../net/listen'
import type { Turn } from '../net/turn'
import type { Connection, Listener, OnRequest } from '../net/types'
import { authHandlers } from '../processor/admin-auth'
import { adminHandlers } from '../processor/admin-table'
import { assignmentHandlers } from '../processor/assignment'
import { clientHandlers, connectionClosed } from '../processor/client'
import type { BrokerContext } from '../processor/context'
import { lockHandlers } from '../processor/lock'
import { offsetHandlers } from '../processor/offset'
import { popHandlers } from '../processor/pop'
import { popAckHandlers } from '../processor/pop-ack'
import { popLookHandlers } from '../processor/pop-look'
import { pullHandlers } from '../processor/pull'
import { guardedQueryHandlers, queryHandlers } from '../processor/query'
import { recallHandlers } from '../processor/recall'
import { replyHandlers } from '../processor/reply'
import { sendHandlers } from '../processor/send'
import { guardedSendBackHandlers, sendBackHandlers } from '../processor/send-back'
import { withStaticTopics } from '../processor/static-topic'
import { createProcessor } from '../processor/table'
import { guardedTransactionHandlers, transactionHandlers } from '../processor/transaction'
import type { openStatistics } from '../stats/statistics'
import type { PartAccess } from './access'
import { admissionFor } from './admission'
import type { PartPlan } from './messages'
import type { PartLog } from './part-thread'
import type { PartTls } from './tls'

const MAX_FRAME_BYTES = 16 * 1024 * 1024

/** The main port and, two below, the one for clients with vipChannelEnabled. */
export async function openDoors(
  plan: PartPlan,
  config: BrokerConfig,
  broker: BrokerContext,
  statistics: ReturnType<typeof openStatistics>,
  access: PartAccess,
  tls: PartTls,
  turn: Turn,
  log: PartLog,
): Promise<Listener[]> {
  let doors: readonly Listener[] = []
  const connectionCount = () => doors.reduce((sum, { connections }) => sum + connections.size, 0)
  const tables = [
    withStaticTopics(sendHandlers(broker)),
    withStaticTopics(pullHandlers),
    popHandlers,
    popAckHandlers,
    popLookHandlers,
    assignmentHandlers,
    withStaticTopics(offsetHandlers),
    clientHandlers,
    access.guard === undefined ? queryHandlers : guardedQueryHandlers,
    recallHandlers,
    access.guard === undefined ? sendBackHandlers : guardedSendBackHandlers,
    lockHandlers,
    access.guard === undefined ? transactionHandlers : guardedTransactionHandlers(access.guard),
    replyHandlers,
    adminHandlers({ config, statistics, guard: access.guard, connectionCount }),
    authHandlers(access.accounts, access.guard !== undefined),
  ]
  const admits = admissionFor('broker', plan.allowFrom, (line) => log('warn', line))?.admits
  const open = (port: number, onRequest: OnRequest) =>
    listen({
      host: plan.host,
      port,
      turn,
      admits,
      tls: tls.door,
      maxFrameBytes: MAX_FRAME_BYTES,
      idleMs: config.values.serverChannelMaxIdleTimeSeconds * 1000,
      onRequest,
      onClose: (connection: Connection) => connectionClosed(broker, connection),
      log: (line) => log('warn', line),
    })
  const listeners = await opened([
    open(plan.port, createProcessor(broker, tables, 'main', access.guard)),
    open(plan.port - 2, createProcessor(broker, tables, 'vip', access.guard)),
  ])
  doors = listeners
  return listeners
}

/** All of them, or none. */
async function opened(opening: readonly Promise<Listener>[]): Promise<Listener[]> {
  const ends = await Promise.allSettled(opening)
  const doors = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed === undefined) return doors
  await Promise.all(doors.map((door) => door.close()))
  throw failed.reason
}
