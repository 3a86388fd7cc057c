// broker/processor/topic-on-demand.ts: topics that appear because somebody sends to them. A new topic is on disk and known
// to the name servers before the send is answered, so that a consumer finds what a producer was told is stored.
import { newTopic } from '../catalog/system-topics'
import type { TopicConfig } from '../catalog/types'
import { isRetryTopic, SystemTopic } from '../protocol/names'
import { isInherited, Perm } from '../protocol/perm'
import { TopicSysFlag } from '../protocol/sys-flag'
import type { BrokerContext } from './context'
import type { SendRequest } from './send-request'

/** The topic of a send that was not there: from a template, or as a retry topic; undefined when neither is allowed. */
export function topicForSend(broker: BrokerContext, send: SendRequest): Promise<TopicConfig> | undefined {
  const isRetry = isRetryTopic(send.topic)
  const topicSysFlag = send.unitMode ? (isRetry ? TopicSysFlag.unitSub : TopicSysFlag.unit) : 0
  const template = broker.topics.get(send.defaultTopic)
  if (template !== undefined && mayServe(broker, template)) {
    const queues = Math.max(0, Math.min(send.defaultTopicQueueNums, template.writeQueueNums))
    const { topicFilterType } = template
    return create(broker, {
      ...newTopic(send.topic, queues, template.perm & ~Perm.inherit),
      topicFilterType,
      topicSysFlag,
    })
  }
  return isRetry ? create(broker, { ...newTopic(send.topic, 1), topicSysFlag }) : undefined
}

const mayServe = (broker: BrokerContext, template: TopicConfig): boolean =>
  isInherited(template.perm) && (template.topicName !== SystemTopic.autoCreate || broker.settings.autoCreateTopicEnable)

/** A %RETRY% or %DLQ% topic: as it is, with its sys flag brought up to date, or new. */
export function topicForGroup(
  broker: BrokerContext,
  topicName: string,
  queues: number,
  perm: number,
  topicSysFlag: number,
  order = false,
): TopicConfig | Promise<TopicConfig> {
  const held = broker.topics.get(topicName)
  if (held === undefined) return create(broker, { ...newTopic(topicName, queues, perm), topicSysFlag, order })
  if (held.topicSysFlag === topicSysFlag && held.order === order) return held
  return create(broker, { ...held, topicSysFlag, order })
}

async function create(broker: BrokerContext, topic: TopicConfig): Promise<TopicConfig> {
  if (broker.topics.put(topic)) {
    broker.log('info', `topic ${topic.topicName} created on demand with ${topic.writeQueueNums} queues`)
    await broker.topics.saved()
    await broker.routes.topicsChanged([topic.topicName])
  }
  return broker.topics.get(topic.topicName) ?? topic
}
