// broker/processor/table.ts: finds the handler of a request and sends its answer. Whatever a handler does, the peer gets
// one answer at most, a one-way request none, and the other requests go on.
import type { Guard } from '../auth'
import { boundedLines } from '../config/bounded-lines'
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
  guard?: Guard,
): OnRequest {
  const handlers = new Map<number, Handler>()
  for (const table of tables) {
    for (const [key, handler] of Object.entries(table)) {
      const code = Number(key)
      if (handlers.has(code)) throw new Error(`request ${code} has two handlers`)
      if (door === 'main' || !notAtVip.has(code)) handlers.set(code, handler)
    }
  }
  const failed = createFailureLog(broker)
  const processor: OnRequest = (request, connection) => {
    const handler = handlers.get(request.code)
    if (handler === undefined) {
      broker.counters.requestFailed(request.code)
      connection.reply(request, notSupported(request.code))
      return
    }
    try {
      const answer = handler(request, connection, broker)
      if (answer === undefined) return
      if (answer instanceof Promise) answerLater(failed, request, connection, answer)
      else connection.reply(request, answer)
    } catch (error) {
      failed(request, connection, error)
    }
  }
  return guard === undefined ? processor : guarded(processor, guard, broker)
}

/** Nothing is done for a request that may not be asked. */
const guarded = (processor: OnRequest, guard: Guard, broker: BrokerContext): OnRequest => {
  const lines = boundedLines(
    broker.clock,
    (line) => broker.log('info', line),
    (count) => `${count} more requests were refused within a second`,
  )
  return (request, connection) => {
    const refused = guard.check(request, connection.remoteAddress)
    if (refused === undefined) {
      processor(request, connection)
      return
    }
    broker.counters.requestFailed(request.code)
    lines.add(() => `request ${request.code} of ${connection.remoteAddress} was refused: ${refused.remark}`)
    connection.reply(request, refused)
  }
}

type Failed = (request: Command, connection: Connection, error: unknown) => void

function answerLater(
  failed: Failed,
  request: Command,
  connection: Connection,
  answer: Promise<Reply | undefined>,
): void {
  answer.then(
    (reply) => reply && connection.reply(request, reply),
    (error: unknown) => failed(request, connection, error),
  )
}

/** Answers what failed, and says why in the log. */
function createFailureLog(broker: BrokerContext): Failed {
  const lines = boundedLines(
    broker.clock,
    (line) => broker.log('warn', line),
    (count) => `${count} more requests failed within a second`,
  )
  return (request, connection, error) => {
    broker.counters.requestFailed(request.code)
    const text = error instanceof Error ? error.message : String(error)
    lines.add(() => `request ${request.code} of ${connection.remoteAddress} failed: ${text}`)
    if (!isOneway(request)) connection.reply(request, { code: ResponseCode.SYSTEM_ERROR, remark: text })
  }
}
