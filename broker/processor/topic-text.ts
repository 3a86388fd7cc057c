// broker/processor/topic-text.ts: a topic and a group as error texts and logs show them, in Apache's words.
import type { TopicConfig } from '../catalog/types'
import { permText } from '../protocol/perm'

export const topicText = (topic: TopicConfig): string => {
  const attributes = [...topic.attributes].map(([name, value]) => `${name}=${value}`)
  return (
    `TopicConfig [topicName=${topic.topicName}, readQueueNums=${topic.readQueueNums}, writeQueueNums=${topic.writeQueueNums}, ` +
    `perm=${permText(topic.perm)}, topicFilterType=${topic.topicFilterType}, topicSysFlag=${topic.topicSysFlag}, ` +
    `order=${topic.order}, attributes={${attributes.join(', ')}}]`
  )
}
