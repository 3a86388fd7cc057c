// broker/processor/pull-check.ts: what a pull has to pass before the store is asked, and what it then asks by: its filter and
// the broker to pull from. Order of checks and texts are Apache's.
import { type MessageFilter, sqlType } from '../filter/message-filter'
import { FilterSyntaxError } from '../filter/sql'
import type { Connection, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { PullMessageHeader } from '../protocol/headers'
import { isReadable } from '../protocol/perm'
import { parseExpression, type SubscriptionData } from '../protocol/subscription'
import { PullSysFlag } from '../protocol/sys-flag'
import type { BrokerContext } from './context'
import { faq } from './faq'
import { noPropertyFilter } from './reply-for'

const forbidden = { broker: 1, group: 2, topic: 3, broadcast: 4, subscription: 5 } as const

export interface AskedPull {
  filter: MessageFilter | undefined
  topicSysFlag: number
  groupSysFlag: number
  /** Where the group is to pull from, and where once it has fallen far behind. */
  suggestedBrokerId: number
  slowBrokerId: number
}

/** All that is checked before the store is asked, in Apache's order. */
export function checkPull(
  header: PullMessageHeader,
  code: number,
  connection: Connection,
  broker: BrokerContext,
): AskedPull | Reply {
  const { settings, identity } = broker
  const ip = identity.address.slice(0, identity.address.lastIndexOf(':'))
  if (settings.brokerRole === 'SLAVE' && !settings.slaveReadEnable) {
    return {
      code: ResponseCode.SYSTEM_BUSY,
      remark: '[REJECTREQUEST]system busy, start flow control for a while',
    }
  }
  if (!isReadable(settings.brokerPermission)) {
    return noPermission(forbidden.broker, `the broker[${ip}] pulling message is forbidden`)
  }
  if (code === RequestCode.LITE_PULL_MESSAGE && !settings.litePullMessageEnable) {
    return noPermission(forbidden.broker, `the broker[${ip}] for lite pull consumer is forbidden`)
  }
  const group = broker.groups.get(header.consumerGroup)
  if (group === undefined) {
    return {
      code: ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
      remark: faq(`subscription group [${header.consumerGroup}] does not exist, `),
    }
  }
  if (!group.consumeEnable) {
    return noPermission(forbidden.group, `subscription group no permission, ${header.consumerGroup}`)
  }
  const topic = broker.topics.get(header.topic)
  if (topic === undefined) {
    return {
      code: ResponseCode.TOPIC_NOT_EXIST,
      remark: faq(`topic[${header.topic}] not exist, apply first please! `),
    }
  }
  if (!isReadable(topic.perm)) {
    return noPermission(forbidden.topic, `the topic[${header.topic}] pulling message is forbidden`)
  }
  if (header.queueId < 0 || header.queueId >= topic.readQueueNums) {
    const queues = `topicConfig.readQueueNums:[${topic.readQueueNums}]`
    return {
      code: ResponseCode.INVALID_PARAMETER,
      remark: `queueId[${header.queueId}] is illegal, topic:[${header.topic}] ${queues} consumer:[/${connection.remoteAddress}]`,
    }
  }
  const subscription = subscriptionFor(header, group.consumeBroadcastEnable, broker)
  if ('code' in subscription) return subscription
  if (subscription.expressionType === sqlType && !settings.enablePropertyFilter) {
    return noPropertyFilter(subscription.expressionType)
  }
  const filter = filterOf(broker, subscription, (header.sysFlag & PullSysFlag.subscription) !== 0)
  if (filter !== undefined && 'code' in filter) return filter
  return {
    filter,
    topicSysFlag: topic.topicSysFlag,
    groupSysFlag: group.groupSysFlag,
    suggestedBrokerId: settings.slaveReadEnable ? group.brokerId : 0,
    slowBrokerId: settings.slaveReadEnable ? group.whichBrokerWhenConsumeSlowly : 0,
  }
}

/** An expression that nobody can read: the pull's own is told so, a heartbeat's was taken in silence. */
function filterOf(
  broker: BrokerContext,
  subscription: SubscriptionData,
  isOwn: boolean,
): MessageFilter | Reply | undefined {
  try {
    return broker.filters.of(subscription)
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error
    return isOwn
      ? { code: ResponseCode.SUBSCRIPTION_PARSE_FAILED, remark: `${unparsed}: ${error.message}` }
      : {
          code: ResponseCode.FILTER_DATA_NOT_EXIST,
          remark: `The broker's consumer filter data is not exist!Your expression may be wrong! ${error.message}`,
        }
  }
}
const unparsed = "parse the consumer's subscription failed"

function subscriptionFor(
  header: PullMessageHeader,
  mayBroadcast: boolean,
  broker: BrokerContext,
): SubscriptionData | Reply {
  const { consumerGroup, topic } = header
  if ((header.sysFlag & PullSysFlag.subscription) !== 0) {
    let own: SubscriptionData
    try {
      own = parseExpression(topic, header.subscription, header.expressionType, header.subVersion)
    } catch {
      return { code: ResponseCode.SUBSCRIPTION_PARSE_FAILED, remark: unparsed }
    }
    broker.consumers.notePullSubscription(consumerGroup, own)
    return own
  }
  const group = broker.consumers.get(consumerGroup)
  if (group === undefined) {
    return {
      code: ResponseCode.SUBSCRIPTION_NOT_EXIST,
      remark: faq("the consumer's group info not exist"),
    }
  }
  if (!mayBroadcast && group.messageModel === 'BROADCASTING') {
    return noPermission(forbidden.broadcast, `the consumer group[${consumerGroup}] can not consume by broadcast way`)
  }
  if (broker.groups.isForbidden(consumerGroup, topic)) {
    return noPermission(forbidden.subscription, `the consumer group[${consumerGroup}] is forbidden for topic[${topic}]`)
  }
  const subscription = group.subscriptions.get(topic)
  if (subscription === undefined) {
    return { code: ResponseCode.SUBSCRIPTION_NOT_EXIST, remark: faq("the consumer's subscription not exist") }
  }
  if (subscription.subVersion < header.subVersion) {
    return { code: ResponseCode.SUBSCRIPTION_NOT_LATEST, remark: "the consumer's subscription not latest" }
  }
  return subscription
}

const noPermission = (forbiddenType: number, remark: string): Reply => ({
  code: ResponseCode.NO_PERMISSION,
  remark,
  ext: { forbiddenType: String(forbiddenType) },
})
