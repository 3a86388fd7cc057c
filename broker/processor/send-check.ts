// broker/processor/send-check.ts: whether a message may go where its sender wants it, before anything is looked at in it.
// For every kind of send: plain, batch, reply. Order of checks and texts are Apache's.
import type { TopicConfig } from '../catalog/types'
import { ResponseCode } from '../protocol/codes'
import { isForbiddenToSend, topicNameFault } from '../protocol/names'
import { isWriteable } from '../protocol/perm'
import type { BrokerContext } from './context'
import { faq } from './faq'
import type { Said, SendRequest } from './send-request'
import { topicText } from './topic-text'

export interface Refusal {
  code: number
  remark: string
}

/** Why this topic takes no message, whether or not it is there. */
export function topicRefusal({ settings, topics, identity }: BrokerContext, send: SendRequest): Refusal | undefined {
  const topic = topics.get(send.topic)
  if (topic?.order === true && !isWriteable(settings.brokerPermission)) {
    const remark = `the broker[${ipOf(identity.address)}] sending message is forbidden`
    return { code: ResponseCode.NO_PERMISSION, remark }
  }
  // a topic that is there has a name that may be
  const fault = topic === undefined ? topicNameFault(send.topic) : null
  if (fault !== null) return { code: ResponseCode.INVALID_PARAMETER, remark: fault }
  if (isForbiddenToSend(send.topic)) {
    return { code: ResponseCode.NO_PERMISSION, remark: `Sending message to topic[${send.topic}] is forbidden.` }
  }
  return undefined
}

export const noTopic = (topic: string): Refusal => ({
  code: ResponseCode.TOPIC_NOT_EXIST,
  remark: faq(`topic[${topic}] not exist, apply first please!`),
})

/** Why the topic has no such queue. A queue below 0 is any of them. */
export function queueRefusal(topic: TopicConfig, queueId: number, producer: string): Refusal | undefined {
  if (queueId < Math.max(topic.writeQueueNums, topic.readQueueNums)) return undefined
  const remark = `request queueId[${queueId}] is illegal, ${topicText(topic)} Producer: ${producer}`
  return { code: ResponseCode.INVALID_PARAMETER, remark }
}
/**
 * Why a topic of this type takes no message of that kind, where the broker is told to look (Apache's proxies do). A topic
 * without a type, or of MIXED, takes all.
 */
export function typeRefusal({ settings }: BrokerContext, topic: TopicConfig, said: Said): Refusal | undefined {
  const type = typeToCheck(settings.enableTopicMessageTypeCheck, topic)
  const kind = kindOf(said)
  if (type === undefined || type === kind) return undefined
  const remark = `TopicMessageType validate failed, the expected type is ${type}, but actual type is ${kind}`
  return { code: ResponseCode.MESSAGE_ILLEGAL, remark }
}
const takesAll: ReadonlySet<string> = new Set(['UNSPECIFIED', 'MIXED'])
export function typeToCheck(isOn: boolean, { attributes }: TopicConfig): string | undefined {
  const type = isOn ? attributes.get('message.type') : undefined
  return type === undefined || takesAll.has(type) ? undefined : type
}
function kindOf({ isTransaction, delayLevel, isTimed, hasShardingKey, priority }: Said): string {
  if (isTransaction) return 'TRANSACTION'
  if (delayLevel > 0 || isTimed) return 'DELAY'
  if (hasShardingKey) return 'FIFO'
  return priority >= 0 ? 'PRIORITY' : 'NORMAL'
}

export const anyQueueOf = (topic: TopicConfig): number => Math.floor(Math.random() * topic.writeQueueNums)

export const ipOf = (address: string): string => address.slice(0, address.lastIndexOf(':'))
