// broker/processor/pull-reply.ts: the answer to a pull that found messages. As fields, which tests and odd cases read; and, for
// those that leave by the thousand, as bytes without making the fields.
import type { Reply } from '../net/types'
import { ResponseCode } from '../protocol/codes'
import type { Command, ExtFields } from '../protocol/command'
import { foundRemark, type PullReplyFields, writePullReplyHead } from '../protocol/header-pull-reply'
import type { GetResult } from '../store/types'

/** `body` and `sent` are own fields: who revises an answer spreads it, and gets one without a head of its own. */
export class FoundReply implements Reply {
  readonly code = ResponseCode.SUCCESS
  readonly remark = foundRemark
  readonly body: readonly Buffer[]
  readonly sent: () => void
  readonly #fields: PullReplyFields

  constructor(fields: PullReplyFields, result: GetResult) {
    this.#fields = fields
    this.body = result.records
    this.sent = () => result.release()
  }

  get ext(): ExtFields {
    return pullReplyExt(this.#fields)
  }

  quickHead({ form, opaque }: Pick<Command, 'form' | 'opaque'>, into: Buffer, at: number, bodyBytes: number): number {
    return writePullReplyHead(into, at, form, opaque, this.#fields, bodyBytes)
  }
}

export const pullReplyExt = (fields: PullReplyFields): ExtFields => ({
  suggestWhichBrokerId: String(fields.suggestWhichBrokerId),
  nextBeginOffset: String(fields.nextBeginOffset),
  minOffset: String(fields.minOffset),
  maxOffset: String(fields.maxOffset),
  topicSysFlag: String(fields.topicSysFlag),
  groupSysFlag: String(fields.groupSysFlag),
})
