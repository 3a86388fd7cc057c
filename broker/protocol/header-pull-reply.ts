// broker/protocol/header-pull-reply.ts: a fast way to write the header of an answer to a pull that found messages, byte for
// byte as the general writers do: a test holds them against each other.
import { Language, ResponseCode, versionOrdinal } from './codes'
import { framePrefixBytes, type HeaderForm, replyFlag } from './command'
import { writeInt } from './layout'
import { entryName, letters, writeBytes, writeDigits, writeNumberEntry } from './plain-bytes'

/** What is said of the messages that were found. */
export interface PullReplyFields {
  readonly suggestWhichBrokerId: number
  readonly nextBeginOffset: number
  readonly minOffset: number
  readonly maxOffset: number
  readonly topicSysFlag: number
  readonly groupSysFlag: number
}
export const foundRemark = 'FOUND'

const names = [
  'suggestWhichBrokerId',
  'nextBeginOffset',
  'minOffset',
  'maxOffset',
  'topicSysFlag',
  'groupSysFlag',
] as const
const before = names.map((name, index) =>
  letters(index === 0 ? `{"code":${ResponseCode.SUCCESS},"extFields":{"${name}":"` : `","${name}":"`),
)
const beforeOpaque = letters(`"},"flag":${replyFlag},"language":"JAVA","opaque":`)
const behindOpaque = letters(`,"remark":"${foundRemark}","serializeTypeCurrentRPC":"JSON","version":${versionOrdinal}}`)

const entryNames = names.map(entryName)
/** i16 code | u8 language | i16 version | i32 opaque | i32 flag | i32 + remark | i32 size of the fields. */
const binaryHead = Uint8Array.from([
  ...[0, ResponseCode.SUCCESS, Language.JAVA, versionOrdinal >> 8, versionOrdinal & 0xff],
  ...[0, 0, 0, 0, 0, 0, 0, replyFlag, 0, 0, 0, foundRemark.length, ...letters(foundRemark), 0, 0, 0, 0],
])
const opaquePlace = 5

/**
 * Writes the head of a frame with so many bytes of body to `into` from `at` on, some 350 bytes at most, and answers with its
 * size; 0 when it must be written the general way.
 */
export function writePullReplyHead(
  into: Buffer,
  at: number,
  form: HeaderForm,
  opaque: number,
  fields: PullReplyFields,
  bodyBytes: number,
): number {
  if (opaque < 0) return 0
  for (const name of names) if (!Number.isSafeInteger(fields[name]) || fields[name] < 0) return 0
  const end = form === 0 ? writeJson(into, at, opaque, fields) : writeBinary(into, at, opaque, fields)
  const headBytes = end - at
  writeInt(into, headBytes - 4 + bodyBytes, at)
  writeInt(into, (form << 24) | (headBytes - framePrefixBytes), at + 4)
  return headBytes
}

function writeJson(into: Buffer, at: number, opaque: number, fields: PullReplyFields): number {
  let next = at + framePrefixBytes
  for (let index = 0; index < names.length; index++) {
    next = writeBytes(into, before[index] ?? nothing, next)
    next = writeDigits(into, fields[names[index] ?? 'minOffset'], next)
  }
  next = writeBytes(into, beforeOpaque, next)
  next = writeDigits(into, opaque, next)
  return writeBytes(into, behindOpaque, next)
}

function writeBinary(into: Buffer, at: number, opaque: number, fields: PullReplyFields): number {
  const headAt = at + framePrefixBytes
  const fieldsAt = writeBytes(into, binaryHead, headAt)
  let next = fieldsAt
  for (let index = 0; index < names.length; index++) {
    next = writeNumberEntry(into, entryNames[index] ?? nothing, fields[names[index] ?? 'minOffset'], next)
  }
  writeInt(into, opaque, headAt + opaquePlace)
  writeInt(into, next - fieldsAt, fieldsAt - 4)
  return next
}
const nothing = new Uint8Array()
