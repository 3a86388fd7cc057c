// broker/protocol/command.ts: one request or reply of the remoting protocol, and its two forms on the wire.
// Around it: i32 bytes that follow | u8 header form, u24 header size | header | body. Nothing here opens a socket.
import type { LanguageName } from './codes'

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

export const isReply = (command: Command): boolean => (command.flag & 1) !== 0
export const isOneway = (command: Command): boolean => (command.flag & 2) !== 0
