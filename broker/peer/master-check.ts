// broker/peer/master-check.ts: whether a slave's log may be a copy of a master's, as far as can be asked before the first
// byte: the HA stream itself knows only lengths. Asks; decides nothing but the answer's text.
import type { Dialer } from '../net/types'
import { kvTable, readBody } from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'

export interface OwnLog {
  readonly tail: number
  /** The newest message that is known here, if any. */
  readonly newest: { readonly commitLogOffset: number; readonly record: Buffer } | undefined
}

const askMs = 3000

/** Why it is no copy, for people, or that the master cannot be asked now; undefined when nothing speaks against it. */
export async function doubtOf(dialer: Dialer, masterAddress: string, own: OwnLog): Promise<string | undefined> {
  if (own.tail === 0) return undefined
  try {
    return await doubtOfRange(dialer, masterAddress, own)
  } catch (error) {
    // the stream knows only lengths: a log that differs could go on under a master that answers on its HA port alone
    const why = error instanceof Error ? error.message : String(error)
    return `the master does not say whether the logs are the same: ${why}`
  }
}

async function doubtOfRange(dialer: Dialer, masterAddress: string, own: OwnLog): Promise<string | undefined> {
  const range = await keptRange(dialer, masterAddress)
  if (range === undefined) return undefined
  if (own.tail > range.end) {
    return `this log reaches to ${own.tail}, the master's only to ${range.end}: they differ, nothing is cut`
  }
  if (own.tail < range.start) {
    return `this log ends at ${own.tail}, the master keeps ${range.start} and later: the range between is lacking here, and only an empty store can begin there`
  }
  const { newest } = own
  if (newest === undefined || newest.commitLogOffset < range.start) return undefined
  const reply = await asked(dialer, masterAddress, RequestCode.VIEW_MESSAGE_BY_ID, {
    offset: String(newest.commitLogOffset),
  })
  if (reply.code === ResponseCode.SUCCESS && reply.body.equals(newest.record)) return undefined
  return `the message at ${newest.commitLogOffset} is another one at the master: this log is not a copy of its`
}

async function keptRange(dialer: Dialer, address: string): Promise<{ start: number; end: number } | undefined> {
  const reply = await asked(dialer, address, RequestCode.GET_BROKER_RUNTIME_INFO, {})
  if (reply.code !== ResponseCode.SUCCESS) return undefined
  const { table } = readBody(kvTable, reply.body)
  const start = Number(table.get('commitLogMinOffset'))
  const end = Number(table.get('commitLogMaxOffset'))
  return Number.isFinite(start) && Number.isFinite(end) ? { start: Math.max(0, start), end } : undefined
}

const asked = (dialer: Dialer, address: string, code: number, ext: Record<string, string>) =>
  dialer.request(address, code, ext, undefined, askMs)
