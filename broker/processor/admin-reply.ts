// broker/processor/admin-reply.ts: how the admin processors read what they are asked and answer it. No handler lives here.
import type { Reply } from '../net/types'
import { type Codec, writeBody } from '../protocol/body-table'
import { ResponseCode } from '../protocol/codes'

export const ok = (ext?: Reply['ext']): Reply =>
  ext ? { code: ResponseCode.SUCCESS, ext } : { code: ResponseCode.SUCCESS }
export const answer = <T>(codec: Codec<T>, body: T, ext?: Reply['ext']): Reply => ({
  ...ok(ext),
  body: writeBody(codec, body),
})
export const answerText = (text: string, ext?: Reply['ext']): Reply => ({ ...ok(ext), body: Buffer.from(text) })
export const refuse = (code: number, remark: string): Reply => ({ code, remark })
export const noTopic = (topic: string): Reply => refuse(ResponseCode.TOPIC_NOT_EXIST, `topic[${topic}] not exist`)

/** Thrown by a check deep inside a handler; `checked` turns it into the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: number
  constructor(code: number, remark: string) {
    super(remark)
    this.code = code
  }
}
export const invalid = (remark: string): Refusal => new Refusal(ResponseCode.INVALID_PARAMETER, remark)

const sliceMs = 2
/** Walks a table that may be long without holding the loop for more than about 2 ms at a time. */
export async function eachInSlices<T>(items: Iterable<T>, work: (item: T) => void | Promise<void>): Promise<void> {
  let startedAt = performance.now()
  for (const item of items) {
    const pending = work(item)
    if (pending) await pending
    if (performance.now() - startedAt < sliceMs) continue
    await new Promise<void>((resolve) => setImmediate(resolve))
    startedAt = performance.now()
  }
}
