// broker/protocol/recall-handle.ts: what a sender of a timed message gets, to take it back before its time. Opaque to clients.
import { ProtocolError } from './errors'

export interface RecallHandle {
  topic: string
  brokerName: string
  /** A time in the message's slot, as text: it becomes a property as it is. */
  deliverAt: string
  uniqueKey: string
}

const version = 'v1'

export const writeRecallHandle = ({ topic, brokerName, deliverAt, uniqueKey }: RecallHandle): string => {
  const text = Buffer.from([version, topic, brokerName, deliverAt, uniqueKey].join(' '), 'utf8')
  // Java's URL alphabet, with the padding that Node leaves out
  return text.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

/** Throws a ProtocolError with Apache's text. */
export function readRecallHandle(handle: string): RecallHandle {
  const isBase64 = /^[A-Za-z0-9_-]+={0,2}$/.test(handle) && handle.replace(/=+$/, '').length % 4 !== 1
  const words = isBase64 ? Buffer.from(handle, 'base64url').toString('utf8').split(' ') : []
  const [first, topic, brokerName, deliverAt, uniqueKey] = words
  if (first !== version || !topic || !brokerName || !deliverAt || !uniqueKey) {
    throw new ProtocolError('bad-field', 'recall handle is invalid')
  }
  return { topic, brokerName, deliverAt, uniqueKey }
}
