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
  busy: ResponseCode.SYSTEM_BUSY,
  io: ResponseCode.SYSTEM_ERROR,
  corrupt: ResponseCode.SYSTEM_ERROR,
  locked: ResponseCode.SYSTEM_ERROR,
}

const illegalText =
  'the message is illegal, maybe msg body or properties length not matched. msg body length limit is in bytes, msg properties length limit 32767 bytes'

const remarks: Readonly<Partial<Record<StoreFault, string>>> = {
  'message-illegal': illegalText,
  'properties-too-large': illegalText,
  busy: '[PC_SYNCHRONIZED]broker busy, start flow control for a while',
}

/** A StoreError as an answer; anything else is not ours to translate and is thrown on. */
export function replyFor(error: unknown): Reply {
  if (!(error instanceof StoreError)) throw error
  const said = remarks[error.fault]
  return { code: replyCodes[error.fault], remark: said === undefined ? error.message : `${said}: ${error.message}` }
}

/** How a stored message is answered once it is as safe as asked. */
export const putReplyCodes: Readonly<Record<PutStatus, number>> = {
  ok: ResponseCode.SUCCESS,
  'flush-disk-timeout': ResponseCode.FLUSH_DISK_TIMEOUT,
  'flush-slave-timeout': ResponseCode.FLUSH_SLAVE_TIMEOUT,
  'slave-not-available': ResponseCode.SLAVE_NOT_AVAILABLE,
  failed: ResponseCode.SYSTEM_ERROR,
}
