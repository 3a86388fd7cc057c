// broker/protocol/command.ts: one request or reply of the remoting protocol, and its two forms on the wire.
// Around it: i32 bytes that follow | u8 header form, u24 header size | header | body. Nothing here opens a socket.
import { type LanguageName, versionOrdinal } from './codes'
import { ProtocolError } from './errors'
import { readBinaryHeader, writeBinaryHeader } from './header-binary'
import { readJsonHeader, writeJsonHeader } from './header-json'

/** How a header is written: 0 JSON, 1 RocketMQ's binary form. A reply takes the form of its request. */
export type HeaderForm = 0 | 1

export interface Command {
  /** Which request this is, or, in a reply, how it ended (ResponseCode). */
  code: number
  language: LanguageName
  /** The sender's MQVersion ordinal. */
  version: number
  /** Pairs a reply with its request; unique per connection and direction. */
  opaque: number
  /** Bit 0: this is a reply. Bit 1: nobody waits for one. */
  flag: number
  /** Why it failed, for people. */
  remark: string | null
  ext: ExtFields
  body: Buffer
  form: HeaderForm
}
/** The custom header, flattened: field name to text. Absent fields are undefined. */
export type ExtFields = Record<string, string | undefined>

/** All of a command but its body. */
export type CommandHead = Omit<Command, 'body' | 'form'>

export const isReply = (command: Command): boolean => (command.flag & 1) !== 0
export const isOneway = (command: Command): boolean => (command.flag & 2) !== 0
export const replyFlag = 1
export const onewayFlag = 2

const empty = Buffer.alloc(0)

/** A frame begins with these many bytes before its header: its length, then form and header size. */
export const framePrefixBytes = 8

/**
 * Reads the frame in bytes[from, end), which is without its first four bytes (the length). The body is a view of `bytes`,
 * not a copy. Throws a ProtocolError for whatever is not a command.
 */
export function decodeFrame(bytes: Buffer, from = 0, end = bytes.length): Command {
  if (end - from < 4) throw new ProtocolError('bad-frame', `a frame of ${end - from} bytes has no header`)
  const formAndSize = bytes.readUInt32BE(from)
  const form = formAndSize >>> 24
  const headerFrom = from + 4
  const headerEnd = headerFrom + (formAndSize & 0xff_ffff)
  if (form > 1) throw new ProtocolError('bad-frame', `header form ${form} is neither JSON (0) nor binary (1)`)
  if (headerEnd > end) {
    throw new ProtocolError('bad-frame', `a header of ${headerEnd - headerFrom} bytes in a frame of ${end - from}`)
  }
  const body = headerEnd === end ? empty : bytes.subarray(headerEnd, end)
  return form === 0
    ? readJsonHeader(bytes, headerFrom, headerEnd, body)
    : readBinaryHeader(bytes, headerFrom, headerEnd, body)
}

/** The length, the header and nothing of the body, which follows on the wire as it is. */
export function encodeHead(head: CommandHead, form: HeaderForm, bodyBytes: number): Buffer {
  const whole = form === 0 ? writeJsonHeader(head, framePrefixBytes) : writeBinaryHeader(head, framePrefixBytes)
  const headerBytes = whole.length - framePrefixBytes
  if (headerBytes > 0xff_ffff) throw new ProtocolError('too-large', `a header of ${headerBytes} bytes`)
  whole.writeInt32BE(4 + headerBytes + bodyBytes, 0)
  whole.writeUInt32BE(((form << 24) | headerBytes) >>> 0, 4)
  return whole
}

/** The pieces of a whole frame, in their order; bodies are handed through, not copied. */
export function encodeCommand(
  command: CommandHead & { form: HeaderForm; body?: Buffer | readonly Buffer[] },
): Buffer[] {
  const parts = bodyParts(command.body)
  let bodyBytes = 0
  for (const part of parts) bodyBytes += part.length
  return [encodeHead(command, command.form, bodyBytes), ...parts]
}

/** One body or several as a list without empty ones. */
export const bodyParts = (body: Buffer | readonly Buffer[] | undefined): readonly Buffer[] => {
  if (body === undefined) return []
  if (Buffer.isBuffer(body)) return body.length === 0 ? [] : [body]
  return body
}

/** A reply as its request asks for it: same opaque and form, our own language and version. */
export const encodeReplyHead = (
  request: Pick<Command, 'opaque' | 'form'>,
  reply: { code: number; remark?: string | null; ext?: ExtFields },
  bodyBytes: number,
): Buffer =>
  encodeHead(
    {
      code: reply.code,
      language: ourLanguage,
      version: versionOrdinal,
      opaque: request.opaque,
      flag: replyFlag,
      remark: reply.remark ?? null,
      ext: reply.ext ?? noFields,
    },
    request.form,
    bodyBytes,
  )
const noFields: ExtFields = Object.freeze({})

/**
 * What is needed of a request to answer it, for one whose answer may come much later: fields and body may be views that keep
 * the whole chunk it came in.
 */
export const onlyToAnswer = ({ code, language, version, opaque, flag, remark, form }: Command): Command => ({
  ...{ code, language, version, opaque, flag, remark, form },
  ext: noFields,
  body: empty,
})

/** Tools treat what speaks like a JVM as a broker; so do we. */
const ourLanguage: LanguageName = 'JAVA'

/** A request of ours. */
export const newRequest = (code: number, ext: ExtFields, opaque: number, oneway = false): CommandHead => ({
  code,
  language: ourLanguage,
  version: versionOrdinal,
  opaque,
  flag: oneway ? onewayFlag : 0,
  remark: null,
  ext,
})
