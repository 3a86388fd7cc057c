// broker/processor/pop-check.ts: what requests of POP have to pass before the store is asked, and where a group's next pop
// of a queue begins. Order of checks and texts are Apache's.
import type { GroupConfig, TopicConfig } from '../catalog/types'
import { type MessageFilter, sqlType } from '../filter/message-filter'
import type { Connection, Reply } from '../net/types'
import { ResponseCode } from '../protocol/codes'
import { isBrokersOwnProgress, isRetryTopic } from '../protocol/names'
import { isReadable } from '../protocol/perm'
import { popRetryTopicV1, popRetryTopicV2 } from '../protocol/pop'
import { parseExpression, parseTagExpression } from '../protocol/subscription'
import type { BrokerContext } from './context'
import { faq } from './faq'
import { noPropertyFilter } from './reply-for'

export interface AskedQueue {
  readonly topic: string
  readonly consumerGroup: string
  /** -1: all. */
  readonly queueId: number
}
export interface Checked {
  readonly topic: TopicConfig
  readonly group: GroupConfig
}

const refuse = (code: number, remark: string): Reply => ({ code, remark })
export const ipOf = ({ identity }: BrokerContext): string =>
  identity.address.slice(0, identity.address.lastIndexOf(':'))

export const noTopicFor = (topic: string): Reply =>
  refuse(ResponseCode.TOPIC_NOT_EXIST, faq(`topic[${topic}] not exist, apply first please! `))
export const illegalQueue = (code: number, asked: AskedQueue, topic: TopicConfig, connection: Connection): Reply => {
  const queues = `topicConfig.readQueueNums:[${topic.readQueueNums}]`
  return refuse(
    code,
    `queueId[${asked.queueId}] is illegal, topic:[${asked.topic}] ${queues} consumer:[/${connection.remoteAddress}]`,
  )
}

/** The broker may be read, the topic, its queue and the group are there and open. `verb`: what is forbidden. */
export function checkQueue(
  broker: BrokerContext,
  asked: AskedQueue,
  connection: Connection,
  verb: 'pop' | 'peeking',
  ownChecks: () => Reply | undefined = () => undefined,
): Checked | Reply {
  const { settings, topics, groups } = broker
  if (settings.brokerRole === 'SLAVE') {
    return refuse(ResponseCode.SYSTEM_BUSY, '[REJECTREQUEST]system busy, start flow control for a while')
  }
  if (!isReadable(settings.brokerPermission)) {
    return refuse(ResponseCode.NO_PERMISSION, `the broker[${ipOf(broker)}] ${verb} message is forbidden`)
  }
  const refused = ownChecks()
  if (refused !== undefined) return refused
  const topic = topics.get(asked.topic)
  if (topic === undefined) return noTopicFor(asked.topic)
  if (!isReadable(topic.perm)) {
    return refuse(ResponseCode.NO_PERMISSION, `the topic[${asked.topic}] peeking message is forbidden`)
  }
  if (asked.queueId >= topic.readQueueNums) {
    return illegalQueue(ResponseCode.INVALID_PARAMETER, asked, topic, connection)
  }
  const group = groups.get(asked.consumerGroup)
  if (group === undefined) {
    return refuse(
      ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
      faq(`subscription group [${asked.consumerGroup}] does not exist, `),
    )
  }
  if (!group.consumeEnable || isBrokersOwnProgress(asked.consumerGroup, asked.topic)) {
    return refuse(ResponseCode.NO_PERMISSION, `subscription group no permission, ${asked.consumerGroup}`)
  }
  return { topic, group }
}

/** The filter of a pop, which brings its subscription along; it is remembered for who has no heartbeat. */
export function popFilter(
  broker: BrokerContext,
  { topic, consumerGroup }: AskedQueue,
  exp: string | undefined,
  expType: string | undefined,
): { filter: MessageFilter | undefined } | Reply {
  const { consumers, settings } = broker
  try {
    const subscription =
      exp === undefined || exp === '' ? parseTagExpression(topic, '*') : parseExpression(topic, exp, expType)
    if (subscription.expressionType === sqlType && !settings.enablePropertyFilter) return noPropertyFilter(sqlType)
    const filter = broker.filters.of(subscription)
    consumers.notePullSubscription(consumerGroup, subscription)
    consumers.notePullSubscription(consumerGroup, parseTagExpression(retryTopicFor(broker, topic, consumerGroup), '*'))
    return { filter }
  } catch (error) {
    const why = error instanceof Error ? `: ${error.message}` : ''
    return refuse(ResponseCode.SUBSCRIPTION_PARSE_FAILED, `parse the consumer's subscription failed${why}`)
  }
}

/** The retry topic that new retries go to. */
export const retryTopicFor = ({ settings }: BrokerContext, topic: string, group: string): string =>
  (settings.enableRetryTopicV2 ? popRetryTopicV2 : popRetryTopicV1)(topic, group)

/** Where the next pop begins; without a trace of the group where `initMode` says, which is committed when `commits`. */
export function popOffset(
  broker: BrokerContext,
  topic: string,
  group: string,
  queueId: number,
  initMode: number,
  commits: boolean,
): number {
  const { offsets, pop } = broker
  let offset = offsets.query(group, topic, queueId)
  if (offset < 0) {
    offset = firstOffset(broker, topic, queueId, initMode)
    if (commits) offsets.commit(group, topic, queueId, offset)
  }
  return Math.max(offset, pop.journal.takenTo(topic, group, queueId) ?? 0)
}

/** From the beginning; every other mode: from the newest message on. */
export const initModeMin = 0
function firstOffset({ store, settings }: BrokerContext, topic: string, queueId: number, initMode: number): number {
  const minOffset = Math.max(0, store.minOffset(topic, queueId))
  if (initMode === initModeMin || isRetryTopic(topic)) return minOffset
  const maxOffset = store.maxOffset(topic, queueId)
  const isYoung = settings.initPopOffsetByCheckMsgInMem && minOffset === 0 && store.inMemory(topic, queueId, 0)
  return isYoung ? 0 : Math.max(0, maxOffset - 1)
}
