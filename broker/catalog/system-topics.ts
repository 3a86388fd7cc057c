// broker/catalog/system-topics.ts: the topics a broker makes for itself when it starts, and the names that belong to it.
// The list and its figures are those of an Apache 5.5.0 broker.
import { systemTopics as everyBrokersTopics, replyTopicOf, SystemTopic } from '../protocol/names'
import { Perm } from '../protocol/perm'
import type { TopicConfig } from './types'

export interface SystemTopicOptions {
  clusterName: string
  brokerName: string
  autoCreateTopicEnable: boolean
  defaultTopicQueueNums: number
  traceTopicEnable: boolean
  msgTraceTopicName: string
  timerWheelEnable: boolean
  /** Whether the topics named after the cluster and the broker may be read and written; yes if left out. */
  clusterTopicEnable?: boolean
  brokerTopicEnable?: boolean
}

export const newTopic = (topicName: string, queues: number, perm: number = Perm.read | Perm.write): TopicConfig => ({
  attributes: new Map(),
  order: false,
  perm,
  readQueueNums: queues,
  topicFilterType: 'SINGLE_TAG',
  topicName,
  topicSysFlag: 0,
  writeQueueNums: queues,
})

/** Topics created on demand may take their shape from these. */
const template = Perm.read | Perm.write | Perm.inherit

/** What a broker makes at its start. */
export function systemTopics(options: SystemTopicOptions): TopicConfig[] {
  const { clusterName, brokerName } = options
  return [
    newTopic(SystemTopic.selfTest, 1),
    ...(options.autoCreateTopicEnable
      ? [newTopic(SystemTopic.autoCreate, options.defaultTopicQueueNums, template)]
      : []),
    newTopic(SystemTopic.benchmark, 1024),
    newTopic(clusterName, 16, options.clusterTopicEnable === false ? Perm.inherit : template),
    newTopic(brokerName, 1, options.brokerTopicEnable === false ? Perm.inherit : template),
    newTopic(SystemTopic.offsetMoved, 1),
    newTopic(SystemTopic.schedule, 18),
    ...(options.traceTopicEnable ? [newTopic(options.msgTraceTopicName, 1)] : []),
    newTopic(replyTopicOf(clusterName), 1),
    newTopic(`rmq_sys_REVIVE_LOG_${clusterName}`, 8),
    newTopic(`rmq_sys_SYNC_BROKER_MEMBER_${brokerName}`, 1, Perm.inherit),
    newTopic(SystemTopic.transactionHalf, 1),
    newTopic(SystemTopic.transactionOp, 1),
    newTopic(SystemTopic.rocksdbTransactionHalf, 1),
    newTopic(SystemTopic.rocksdbTransactionOp, 1),
    ...(options.timerWheelEnable ? [newTopic(SystemTopic.timer, 1)] : []),
  ]
}

/** Every name that code 305 lists: what was made at the start, and what is made on first use. */
export const systemNames = (options: SystemTopicOptions): ReadonlySet<string> =>
  new Set([...everyBrokersTopics, ...systemTopics(options).map((topic) => topic.topicName)])
