// broker/processor/table.ts: finds the handler of a request and sends its answer. Whatever a handler does, the peer gets
// one answer at most, a one-way request none, and the other requests go on.
import type { Connection, OnRequest, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { type Command, isOneway } from '../protocol/command'
import type { BrokerContext, Handler, HandlerTable } from './context'

/** Which listener a request came in by: the VIP port ("fast" remoting, listenPort - 2) serves no long polls. */
export type Door = 'main' | 'vip'

const notAtVip: ReadonlySet<number> = new Set([
  RequestCode.PULL_MESSAGE,
  RequestCode.LITE_PULL_MESSAGE,
  RequestCode.POP_MESSAGE,
  RequestCode.PEEK_MESSAGE,
  RequestCode.NOTIFICATION,
  RequestCode.POLLING_INFO,
])

export const notSupported = (code: number): Reply => ({
  code: ResponseCode.REQUEST_CODE_NOT_SUPPORTED,
  remark: ` request type ${code} not supported`,
})

/** Joins the tables of the families; a code that two of them claim is a mistake of ours. */
export function createProcessor(
  broker: BrokerContext,
  tables: readonly HandlerTable[],
  door: Door = 'main',
): OnRequest {
  const handlers = new Map<number, Handler>()
  for (const table of tables) {
    for (const [key, handler] of Object.entries(table)) {
      const code = Number(key)
      if (handlers.has(code)) throw new Error(`request ${code} has two handlers`)
      if (door === 'main' || !notAtVip.has(code)) handlers.set(code, handler)
    }
  }
  return (request, connection) => {
    const handler = handlers.get(request.code)
    if (handler === undefined) {
      broker.counters.requestFailed(request.code)
      connection.reply(request, notSupported(request.code))
      return
    }
    try {
      const answer = handler(request, connection, broker)
      if (answer === undefined) return
      if (answer instanceof Promise) answerLater(broker, request, connection, answer)
      else connection.reply(request, answer)
    } catch (error) {
      fail(broker, request, connection, error)
    }
  }
}

function answerLater(
  broker: BrokerContext,
  request: Command,
  connection: Connection,
  answer: Promise<Reply | undefined>,
): void {
  answer.then(
    (reply) => reply && connection.reply(request, reply),
    (error: unknown) => fail(broker, request, connection, error),
  )
}

function fail(broker: BrokerContext, request: Command, connection: Connection, error: unknown): void {
  broker.counters.requestFailed(request.code)
  const text = error instanceof Error ? error.message : String(error)
  broker.log('warn', `request ${request.code} of ${connection.remoteAddress} failed: ${text}`)
  if (!isOneway(request)) connection.reply(request, { code: ResponseCode.SYSTEM_ERROR, remark: text })
}
