// server/admin/ask.ts: one question to one address. Every answer with another code than the expected ones, and every
// silence, becomes a PeerError that says who was asked; nothing above this file sees a NetError.
import { openDialer } from '../../broker/net/dial'
import { type Dialer, type DialOptions, NetError } from '../../broker/net/types'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import type { Command, ExtFields } from '../../broker/protocol/command'
import { ProtocolError } from '../../broker/protocol/errors'
import { PeerError } from '../shared/errors'
import type { FaultKind } from '../shared/views'
import { type Loose, LooseJsonError, parseLoose } from './loose-json'

export interface AskOptions {
  body?: Buffer
  timeoutMs?: number
  /** Codes besides SUCCESS that are no fault for this question. */
  accept?: readonly number[]
}
export interface Ask {
  (address: string, code: number, ext?: ExtFields, options?: AskOptions): Promise<Command>
  close(): void
}

/** RocketMQ's response codes as kinds of fault; what has no row is `broker-refused`. */
const kinds: Readonly<Record<number, FaultKind>> = {
  [ResponseCode.SYSTEM_BUSY]: 'broker-busy',
  [ResponseCode.REQUEST_CODE_NOT_SUPPORTED]: 'not-supported',
  [ResponseCode.SERVICE_NOT_AVAILABLE]: 'broker-busy',
  [ResponseCode.MESSAGE_ILLEGAL]: 'bad-input',
  [ResponseCode.INVALID_PARAMETER]: 'bad-input',
  [ResponseCode.NO_PERMISSION]: 'no-permission',
  [ResponseCode.TOPIC_NOT_EXIST]: 'not-found',
  [ResponseCode.QUERY_NOT_FOUND]: 'not-found',
  [ResponseCode.NO_MESSAGE]: 'not-found',
  [ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST]: 'not-found',
  [ResponseCode.CONSUMER_NOT_ONLINE]: 'client-offline',
  [ResponseCode.CONSUME_MSG_TIMEOUT]: 'client-offline',
  [ResponseCode.FLOW_CONTROL]: 'broker-busy',
}
const codeNames = new Map<number, string>(Object.entries(ResponseCode).map(([name, code]) => [code, name]))
const requestNames = new Map<number, string>(Object.entries(RequestCode).map(([name, code]) => [code, name]))

/**
 * These name a queue of a broker. Of a static topic they mean its own queues unless they say otherwise: the console shows
 * each broker's queues as they are.
 */
const ofQueues: ReadonlySet<number> = new Set([
  RequestCode.SEND_MESSAGE_V2,
  RequestCode.PULL_MESSAGE,
  RequestCode.QUERY_CONSUMER_OFFSET,
  RequestCode.UPDATE_CONSUMER_OFFSET,
  RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
  RequestCode.GET_MAX_OFFSET,
  RequestCode.GET_MIN_OFFSET,
  RequestCode.GET_EARLIEST_MSG_STORETIME,
])

export interface AskerOptions {
  timeoutMs?: number
  connectTimeoutMs?: number
  /** No question waits longer, whatever it would be given. */
  longestTimeoutMs?: number
  sign?: (code: number, ext: ExtFields, body: Buffer | undefined) => void
  /** The cluster is spoken to over TLS. */
  tls?: DialOptions['tls']
  /** Where a told address is reached, and whether it may be. */
  resolve?: DialOptions['resolve']
}
export const openAsk = (options: AskerOptions = {}): Ask => {
  const longestMs = options.longestTimeoutMs ?? 60_000
  const dialer: Dialer = openDialer({
    connectTimeoutMs: options.connectTimeoutMs ?? 2000,
    // Consume stats of all groups of a large broker come in one frame.
    maxFrameBytes: 128 * 1024 * 1024,
    tls: options.tls,
    resolve: options.resolve,
    ...(options.sign === undefined ? {} : { sign: options.sign }),
  })
  const ask = async (address: string, code: number, ext: ExtFields = {}, more: AskOptions = {}): Promise<Command> => {
    let answer: Command
    try {
      answer = await dialer.request(
        address,
        code,
        ofQueues.has(code) ? { ...ext, lo: 'false' } : ext,
        more.body,
        Math.min(more.timeoutMs ?? options.timeoutMs ?? 5000, longestMs),
      )
    } catch (error) {
      throw silence(address, code, error)
    }
    if (answer.code === ResponseCode.SUCCESS || more.accept?.includes(answer.code)) return answer
    throw new PeerError(
      'answered',
      address,
      `${address} answered ${answer.code} to ${requestNames.get(code) ?? code}.`,
      {
        kind: kinds[answer.code] ?? 'broker-refused',
        code: answer.code,
        codeName: codeNames.get(answer.code) ?? null,
        remark: answer.remark,
      },
    )
  }
  return Object.assign(ask, { close: () => dialer.close() })
}
const silence = (address: string, code: number, error: unknown): PeerError => {
  const name = requestNames.get(code) ?? String(code)
  if (error instanceof Error && error.name === 'TargetError')
    return new PeerError('refused', address, error.message, undefined, { cause: error })
  if (error instanceof NetError && error.fault === 'refused')
    return new PeerError('refused', address, `Nobody answers at ${address}.`, undefined, { cause: error })
  if (error instanceof ProtocolError || (error instanceof NetError && error.fault === 'bad-frame'))
    return new PeerError(
      'garbled',
      address,
      `${address} answered something else than RocketMQ to ${name}.`,
      undefined,
      { cause: error },
    )
  return new PeerError('silent', address, `${address} did not answer ${name} in time.`, undefined, { cause: error })
}

/** The body of an answer, read as leniently as it is written. */
export const bodyOf = (address: string, answer: Command): Loose => {
  if (answer.body.length === 0) return {}
  try {
    return parseLoose(answer.body.toString('utf8'))
  } catch (error) {
    if (!(error instanceof LooseJsonError)) throw error
    throw new PeerError('garbled', address, `${address} sent a body that cannot be read: ${error.message}`, undefined, {
      cause: error,
    })
  }
}
