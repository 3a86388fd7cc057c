// broker/protocol/pop.ts: POP's own texts and bodies: receipt handles, the three info fields of a reply, names of retry
// topics, and what checkpoints and acknowledgements look like in the revive log. Only forms: what they mean is pop's.
import { type BodyOf, bean, int, list, numberDict, optional, orElse, text } from './body-table'
import { retryPrefix } from './names'

/** Which topic a popped message came from: the topic itself, or a retry topic under its first or second form of name. */
export type RetryFlag = '0' | '1' | '2'
export const popRetryTopicV1 = (topic: string, group: string): string => `${retryPrefix}${group}_${topic}`
export const popRetryTopicV2 = (topic: string, group: string): string => `${retryPrefix}${group}+${topic}`

export const retryFlagOf = (topic: string): RetryFlag =>
  topic.startsWith(retryPrefix) ? (topic.includes('+') ? '2' : '1') : '0'

/** The topic that a handle with this flag means; undefined: there is no such flag. */
export function flaggedTopic(topic: string, group: string, flag: string | undefined): string | undefined {
  switch (flag) {
    case '0':
      return topic
    case '1':
      return popRetryTopicV1(topic, group)
    case '2':
      return popRetryTopicV2(topic, group)
    default:
      return undefined
  }
}

/** The topic whose retries these are; any other name as it is. */
export function normalTopicOf(topic: string, group: string): string {
  if (!topic.startsWith(retryPrefix)) return topic
  for (const start of [popRetryTopicV1('', group), popRetryTopicV2('', group)]) {
    if (topic.startsWith(start)) return topic.slice(start.length)
  }
  return topic
}

/** The revive queue of whoever pops in order: no checkpoint is written, the order table knows. */
export const orderReviveQueue = 999
export const reviveTopicOf = (cluster: string): string => `rmq_sys_REVIVE_LOG_${cluster}`
export const reviveGroup = 'CID_RMQ_SYS_REVIVE_GROUP'

/** What a client hands back to say which pop a message came with. */
export interface Receipt {
  startOffset: number
  popTimeMs: number
  invisibleMs: number
  reviveQueueId: number
  brokerName: string
}
export const writeReceipt = (
  { startOffset, popTimeMs, invisibleMs, reviveQueueId, brokerName }: Receipt,
  topic: string,
  queueId: number,
  queueOffset: number,
): string =>
  `${startOffset} ${popTimeMs} ${invisibleMs} ${reviveQueueId} ${retryFlagOf(topic)} ${brokerName} ${queueId} ${queueOffset}`

/** undefined when it is none. */
export function readReceipt(handle: string): Receipt | undefined {
  const [start, popTime, invisible, reviveQueue, flag, brokerName] = handle.split(' ')
  const numbers = [start, popTime, invisible, reviveQueue].map((one) =>
    one !== undefined && /^-?\d{1,19}$/.test(one) ? Number(one) : Number.NaN,
  )
  const [startOffset = Number.NaN, popTimeMs = 0, invisibleMs = 0, reviveQueueId = 0] = numbers
  if (numbers.some((one) => !Number.isSafeInteger(one)) || flag === undefined || brokerName === undefined) {
    return undefined
  }
  return { startOffset, popTimeMs, invisibleMs, reviveQueueId, brokerName }
}

export const startOffsetInfo = (topic: string, queueId: number, startOffset: number): string =>
  `${retryFlagOf(topic)} ${queueId} ${startOffset}`
export const messageOffsetInfo = (topic: string, queueId: number, offsets: readonly number[]): string =>
  `${retryFlagOf(topic)} ${queueId} ${offsets.join(',')}`
export const queueCountInfo = (topic: string, queueId: number, times: number): string =>
  `${retryFlagOf(topic)} ${queueId} ${times}`
export const offsetCountInfo = (topic: string, queueId: number, queueOffset: number, times: number): string =>
  `${retryFlagOf(topic)} qo${queueId}%${queueOffset} ${times}`

export const CheckpointTag = { checkpoint: 'ck', ack: 'ack', batchAck: 'bAck' } as const

/** What one pop took of one queue. The i-th message lies `d[i]` behind `so`. */
export const popCheckpoint = bean({
  bm: int, //  bits of what is acknowledged; 0 where it is written
  bn: optional(text),
  c: text,
  d: orElse(list(int), []),
  it: int,
  n: int,
  pt: int,
  q: int,
  ro: int, //  where it lies in the revive log; set by who reads it
  rp: optional(text), // how often it was put again because a message could not be brought back
  so: int,
  t: text,
})
export type PopCheckpoint = BodyOf<typeof popCheckpoint>
export const popAck = bean({ ao: int, bn: optional(text), c: text, pt: int, q: int, so: int, t: text })
export type PopAck = BodyOf<typeof popAck>
export const popBatchAck = bean({
  ao: int,
  aol: orElse(list(int), []),
  bn: optional(text),
  c: text,
  pt: int,
  q: int,
  so: int,
  t: text,
})
export type PopBatchAck = BodyOf<typeof popBatchAck>

/** Body of 200151. `b` is a Java BitSet in base64: bit i stands for the message i behind `so`. */
export const batchAckRequest = bean({
  acks: orElse(
    list(
      bean({
        b: optional(text),
        c: text,
        it: int,
        pt: int,
        q: int,
        r: orElse(text, '0'),
        rq: int,
        so: int,
        t: text,
      }),
    ),
    [],
  ),
  brokerName: optional(text),
})

/** A BitSet longer than any batch may be is no batch. */
const maxBitSetBytes = 1024 * 1024
export function* bitsOf(base64: string | undefined): Iterable<number> {
  const bytes = Buffer.from(base64 ?? '', 'base64')
  if (bytes.length > maxBitSetBytes) return
  for (const [at, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) yield at * 8 + bit
  }
}

/** config/consumerOrderInfo.json: what was popped in order of each queue and not acknowledged, by `topic@group`. */
export const orderInfo = bean({
  popTime: int,
  i: optional(int), //   invisible for so long
  o: orElse(list(int), []), // the first offset, then distances from it
  ot: optional(numberDict(int)), // offset -> visible at, where that was changed
  oc: optional(numberDict(int)), // offset -> how often it was popped before
  l: int,
  cm: int, //            bits of what is acknowledged
  a: optional(text), //  attemptId
})
export type OrderInfo = BodyOf<typeof orderInfo>

/** 401, and an entry of config/messageRequestMode.json. */
export const requestModes = ['PULL', 'POP'] as const
