// broker/processor/reply-for.ts: the one place where faults of the rooms below become response codes. A fault without a
// row does not compile.
import type { Reply } from '../net/types'
import { ResponseCode } from '../protocol/codes'
import { type PutStatus, StoreError, type StoreFault } from '../store/types'

const replyCodes: Readonly<Record<StoreFault, number>> = {
  'message-illegal': ResponseCode.MESSAGE_ILLEGAL,
  'properties-too-large': ResponseCode.MESSAGE_ILLEGAL,
  'record-too-large': ResponseCode.MESSAGE_ILLEGAL,
  'disk-full': ResponseCode.SERVICE_NOT_AVAILABLE,
  'not-writable': ResponseCode.SERVICE_NOT_AVAILABLE,
  closed: ResponseCode.SERVICE_NOT_AVAILABLE,
  'few-copies': ResponseCode.SYSTEM_ERROR,
  busy: ResponseCode.SYSTEM_BUSY,
  io: ResponseCode.SYSTEM_ERROR,
  corrupt: ResponseCode.SYSTEM_ERROR,
  locked: ResponseCode.SYSTEM_ERROR,
}

/** Apache's words for every message that breaks a limit. */
export const illegalMessage = (maxMessageBytes: number): string =>
  'the message is illegal, maybe msg body or properties length not matched. ' +
  `msg body length limit ${maxMessageBytes}B, msg properties length limit 32KB.`

const notAvailable =
  "service not available now. It may be caused by one of the following reasons: the broker's disk is full, " +
  'messages are put to the slave, message store has been shut down, etc.'

/** A StoreError as an answer; anything else is not ours to translate and is thrown on. */
export function replyFor(error: unknown, maxMessageBytes: number): Reply {
  if (!(error instanceof StoreError)) throw error
  const code = replyCodes[error.fault]
  return { code, remark: remarkFor(code, error, maxMessageBytes) }
}

function remarkFor(code: number, error: StoreError, maxMessageBytes: number): string {
  switch (code) {
    case ResponseCode.MESSAGE_ILLEGAL:
      return illegalMessage(maxMessageBytes)
    case ResponseCode.SERVICE_NOT_AVAILABLE:
      return `${notAvailable} ${error.message}`
    case ResponseCode.SYSTEM_BUSY:
      return '[PC_SYNCHRONIZED]broker busy, start flow control for a while'
    default:
      return error.message
  }
}

/** How a stored message is answered once it is as safe as asked. */
export const putReplyCodes: Readonly<Record<PutStatus, number>> = {
  ok: ResponseCode.SUCCESS,
  'flush-disk-timeout': ResponseCode.FLUSH_DISK_TIMEOUT,
  'flush-slave-timeout': ResponseCode.FLUSH_SLAVE_TIMEOUT,
  'slave-not-available': ResponseCode.SLAVE_NOT_AVAILABLE,
  failed: ResponseCode.SERVICE_NOT_AVAILABLE,
}
/** What was taken could not be written: nothing is stored. Clients try another broker. */
export const notStored: Reply = { code: putReplyCodes.failed, remark: notAvailable }

/** SQL92 is switched off by enablePropertyFilter=false. */
export const noPropertyFilter = (expressionType: string): Reply => ({
  code: ResponseCode.SYSTEM_ERROR,
  remark: `The broker does not support consumer to filter message by ${expressionType}`,
})
