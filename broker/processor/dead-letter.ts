// broker/processor/dead-letter.ts: where a message goes that its group has failed to consume too often: %DLQ%group, one
// queue, readable, so that an operator finds it there.
import type { TopicConfig } from '../catalog/types'
import type { Reply } from '../net/types'
import { ResponseCode } from '../protocol/codes'
import { dlqTopicOf, retryPrefix } from '../protocol/names'
import { Perm } from '../protocol/perm'
import type { BrokerContext } from './context'
import { faq } from './faq'
import type { SendRequest } from './send-request'
import { topicForGroup } from './topic-on-demand'

export interface Place {
  topic: TopicConfig
  queueId: number
}

const queues = 1

export async function deadLetterPlace(broker: BrokerContext, group: string): Promise<Place> {
  const topic = await topicForGroup(broker, dlqTopicOf(group), queues, Perm.read | Perm.write, 0)
  return { topic, queueId: Math.floor(Math.random() * queues) }
}

/** For a plain send to a retry topic: the dead letter queue when it belongs there, a refusal, or undefined: as it is. */
export async function deadLetterQueue(
  broker: BrokerContext,
  send: SendRequest,
  clientVersion: number,
): Promise<Place | Reply | undefined> {
  const name = send.topic.slice(retryPrefix.length)
  const group = broker.groups.get(name)
  if (group === undefined) {
    return {
      code: ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
      remark: faq(`subscription group not exist, ${name} `),
    }
  }
  const maxTimes = maxReconsumeTimes(group.retryMaxTimes, send.maxReconsumeTimes, clientVersion)
  // only consumers in order hold locks, and they send here to bury
  if (send.reconsumeTimes <= maxTimes && !broker.locks.isAnyHeld(name)) return undefined
  broker.counters.deadLettered(name, send.topic)
  return deadLetterPlace(broker, name)
}

/** From V3_4_9 on the client's own maximum counts for more than the group's. */
export const maxReconsumeTimes = (ofGroup: number, ofClient: number | undefined, clientVersion: number): number =>
  ofClient !== undefined && clientVersion >= v3_4_9 ? ofClient : ofGroup
const v3_4_9 = 121
