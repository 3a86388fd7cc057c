// broker/processor/stored-reply.ts: the answer to one stored message. As fields, which tests and odd cases read; and, for
// the one outcome and header form that nearly all senders get, as bytes from a template without making the fields.
import type { Reply } from '../net/types'
import { ResponseCode } from '../protocol/codes'
import type { Command, ExtFields } from '../protocol/command'
import { createSendReplyHead, type SendReplyConstants, type SendReplyHead } from '../protocol/header-send-reply'
import { offsetIdText } from '../protocol/message-id'

/** What all answers share until a setting changes. */
export interface ReplyTemplate {
  readonly constants: SendReplyConstants
  readonly head: SendReplyHead
}
export const createReplyTemplate = (constants: SendReplyConstants): ReplyTemplate => ({
  constants,
  head: createSendReplyHead(constants),
})

export class StoredReply implements Reply {
  readonly code: number
  readonly #template: ReplyTemplate
  readonly #queueId: number
  readonly #queueOffset: number
  readonly #commitLogOffset: number
  readonly #uniqueKey: string
  /** Of a message that waits for its time: with it the sender may call it back. */
  readonly #recallHandle: string | undefined

  constructor(
    code: number,
    template: ReplyTemplate,
    queueId: number,
    queueOffset: number,
    commitLogOffset: number,
    uniqueKey: string,
    recallHandle?: string,
  ) {
    this.code = code
    this.#template = template
    this.#queueId = queueId
    this.#queueOffset = queueOffset
    this.#commitLogOffset = commitLogOffset
    this.#uniqueKey = uniqueKey
    this.#recallHandle = recallHandle
  }

  get ext(): ExtFields {
    const { region, traceOn, idPrefix } = this.#template.constants
    return {
      queueId: String(this.#queueId),
      transactionId: this.#uniqueKey,
      msgId: offsetIdText(idPrefix, this.#commitLogOffset),
      TRACE_ON: String(traceOn),
      MSG_REGION: region,
      queueOffset: String(this.#queueOffset),
      ...(this.#recallHandle === undefined ? {} : { recallHandle: this.#recallHandle }),
    }
  }

  quickHead({ form, opaque }: Pick<Command, 'form' | 'opaque'>, into: Buffer, at: number): number {
    if (this.code !== ResponseCode.SUCCESS || this.#recallHandle !== undefined) return 0
    const { head } = this.#template
    return head.write(into, at, form, opaque, this.#queueId, this.#queueOffset, this.#commitLogOffset, this.#uniqueKey)
  }
}
