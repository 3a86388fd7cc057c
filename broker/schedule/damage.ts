// broker/schedule/damage.ts: a message that waited and cannot be read when its time comes, or no longer holds what it held
// when it was stored. It is not delivered: stored anew it would get a checksum that says nothing is wrong with it. What is
// left of it stays where it lies until its segment goes, and the log says so, each time, as an error.
import { checkRecord, type StoredRecord } from '../protocol/record'

/** The record at bytes[at...], or why it is none. It is known to lie where it should. */
export function wholeRecord(bytes: Buffer, at = 0): StoredRecord | string {
  const checked = checkRecord(bytes, at, { withCrc: true })
  if (checked.kind === 'record') return checked.record
  return checked.kind === 'broken' ? checked.why : noRecord
}
export const noRecord = 'what lies there is no record'

/** A line of the log. `whose`: which message it is, as somebody can look for it. */
export const damageLine = (whose: string, why: string): string =>
  `${whose} is damaged and is not delivered: ${why}. What is left of it stays in the commit log until its segment goes`
