// broker/auth/needs.ts: what one request asks for, read from its fields and, for a few, from its body. A request of which
// that cannot be read is refused, not let through.

import { heartbeatData, lockBatchRequest } from '../protocol/bodies'
import { bean, list, optional, readBody, text } from '../protocol/body-table'
import { RequestCode as C } from '../protocol/codes'
import type { Command, ExtFields } from '../protocol/command'
import { batchAckRequest } from '../protocol/pop'
import { rules } from './rules'
import { type Action, AuthError, type Need } from './types'

const retryPrefix = '%RETRY%'
const deadPrefix = '%DLQ%'
export const isRetryTopic = (topic: string | undefined): boolean => topic?.startsWith(retryPrefix) ?? false

const onTopic = (name: string | undefined, ...actions: readonly Action[]): Need => ({ kind: 'Topic', name, actions })
/** A group by its name, or by the name of its retry topic. */
const onGroup = (name: string | undefined, ...actions: readonly Action[]): Need => ({
  kind: 'Group',
  name: isRetryTopic(name) ? withoutPrefix(name ?? '') : name,
  actions,
})
const withoutPrefix = (name: string): string =>
  name.startsWith(retryPrefix)
    ? name.slice(retryPrefix.length)
    : name.startsWith(deadPrefix)
      ? name.slice(deadPrefix.length)
      : name
const isBlank = (value: string | undefined): boolean => value === undefined || value.trim() === ''

type Reader = (ext: ExtFields, body: Buffer) => Need[]

/** Into a retry topic puts who may read for its group, whatever group the request says it comes from. */
const send =
  (topicField: string): Reader =>
  (ext) => {
    const topic = ext[topicField]
    return [isRetryTopic(topic) ? onGroup(topic, 'Sub') : onTopic(topic, 'Pub')]
  }
/** A topic and a group; a retry topic is judged by its group alone. */
const both = (topic: string | undefined, group: string | undefined, ...actions: readonly Action[]): Need[] => [
  ...(isRetryTopic(topic) ? [] : [onTopic(topic, ...actions)]),
  onGroup(group, ...actions),
]
/** A list of nothing asks for all: it is no way in for who may nothing. */
const orAll = (needs: Need[], all: Need): Need[] => (needs.length > 0 ? needs : [all])
const locks: Reader = (_, body) => {
  const { consumerGroup, mqSet } = readBody(lockBatchRequest, body)
  const topics = mqSet.map(({ topic }) => topic).filter((topic) => !isRetryTopic(topic))
  return [onGroup(consumerGroup, 'Sub'), ...topics.map((topic) => onTopic(topic, 'Sub'))]
}

const topicNames = bean({ topicConfigList: list(bean({ topicName: optional(text) })) })
const groupName = bean({ groupName: optional(text) })
const groupNames = bean({ groupConfigList: list(groupName) })
const topicAndGroup = bean({ topic: optional(text), consumerGroup: optional(text) })

const readers: Readonly<Record<number, Reader>> = {
  [C.GET_ROUTEINFO_BY_TOPIC]: ({ topic }) =>
    isRetryTopic(topic) ? [onGroup(topic, 'Sub', 'Get')] : [onTopic(topic, 'Pub', 'Sub', 'Get')],
  [C.SEND_MESSAGE]: send('topic'),
  [C.SEND_MESSAGE_V2]: send('b'),
  [C.SEND_BATCH_MESSAGE]: send('b'),
  [C.RECALL_MESSAGE]: ({ topic }) => [onTopic(topic, 'Pub')],
  [C.END_TRANSACTION]: ({ topic }) => (isBlank(topic) ? [] : [onTopic(topic, 'Pub')]),
  // Apache asks for the group alone: then any message could be sent back to a group of one's own, and read there
  [C.CONSUMER_SEND_MSG_BACK]: ({ group, originTopic }) =>
    isBlank(originTopic) ? [onGroup(group, 'Sub')] : both(originTopic, group, 'Sub'),
  // Apache asks for the reader's own group alone: whoever may read for one could read what comes again to all others
  [C.PULL_MESSAGE]: ({ topic, consumerGroup }) => [
    ...both(topic, consumerGroup, 'Sub'),
    ...(isRetryTopic(topic) ? [onGroup(topic, 'Sub')] : []),
  ],
  [C.QUERY_MESSAGE]: ({ topic }) => [onTopic(topic, 'Sub', 'Get')],
  [C.HEART_BEAT]: (_, body) =>
    readBody(heartbeatData, body).consumerDataSet.flatMap(({ groupName, subscriptionDataSet }) => [
      onGroup(groupName, 'Sub'),
      ...subscriptionDataSet.filter(({ topic }) => !isRetryTopic(topic)).map(({ topic }) => onTopic(topic, 'Sub')),
    ]),
  [C.UNREGISTER_CLIENT]: ({ consumerGroup }) => (isBlank(consumerGroup) ? [] : [onGroup(consumerGroup, 'Sub')]),
  [C.GET_CONSUMER_LIST_BY_GROUP]: ({ consumerGroup }) => [onGroup(consumerGroup, 'Sub', 'Get')],
  [C.QUERY_CONSUMER_OFFSET]: ({ topic, consumerGroup }) => both(topic, consumerGroup, 'Sub', 'Get'),
  [C.UPDATE_CONSUMER_OFFSET]: ({ topic, consumerGroup }) => both(topic, consumerGroup, 'Sub', 'Update'),
  [C.LOCK_BATCH_MQ]: locks,
  [C.UNLOCK_BATCH_MQ]: locks,
  // Apache lets every user pass these
  [C.UPDATE_AND_CREATE_TOPIC_LIST]: (_, body) =>
    orAll(
      readBody(topicNames, body).topicConfigList.map(({ topicName }) => onTopic(topicName, 'Create')),
      onTopic(undefined, 'Create'),
    ),
  [C.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP]: (_, body) => [
    onGroup(readBody(groupName, body).groupName, 'Create', 'Update'),
  ],
  [C.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST]: (_, body) =>
    orAll(
      readBody(groupNames, body).groupConfigList.map(({ groupName }) => onGroup(groupName, 'Create', 'Update')),
      onGroup(undefined, 'Create', 'Update'),
    ),
  [C.SET_MESSAGE_REQUEST_MODE]: (_, body) => [onGroup(readBody(topicAndGroup, body).consumerGroup, 'Update')],
  [C.QUERY_ASSIGNMENT]: (_, body) => {
    const { topic, consumerGroup } = readBody(topicAndGroup, body)
    return both(topic, consumerGroup, 'Sub', 'Get')
  },
  [C.BATCH_ACK_MESSAGE]: (_, body) => {
    const { acks } = readBody(batchAckRequest, body)
    const groups = new Set(acks.map(({ c }) => c))
    const topics = new Set(acks.map(({ t }) => t).filter((topic) => !isRetryTopic(topic)))
    return [...[...groups].map((name) => onGroup(name, 'Sub')), ...[...topics].map((name) => onTopic(name, 'Sub'))]
  },
}

/** Empty: whoever is known may. `clusterName`: this server's own. */
export function needsOf({ code, ext, body }: Pick<Command, 'code' | 'ext' | 'body'>, clusterName: string): Need[] {
  const reader = readers[code]
  if (reader === undefined) return needsByRule(code, ext, clusterName)
  try {
    return reader(ext, body)
  } catch (cause) {
    throw new AuthError('parse authorization context error.', { cause })
  }
}

function needsByRule(code: number, ext: ExtFields, clusterName: string): Need[] {
  const rule = rules[code]
  if (rule === undefined) return []
  const { actions } = rule
  const needs = rule.fields.flatMap(({ field, kind, splitBy }): Need[] => {
    const value = ext[field]
    if (value === undefined) return []
    const names = splitBy === undefined ? [value] : value.split(splitBy).filter((name) => name !== '')
    return names.map((name) =>
      kind === 'Topic' && isRetryTopic(name) ? onGroup(name, ...actions) : { kind, name, actions },
    )
  })
  if (needs.length > 0) return needs
  // A request that says nothing of what it is about asks for all of it: no policy on one name covers that.
  const kind = rule.otherwise ?? rule.fields[0]?.kind
  if (kind === undefined) return []
  return [{ kind, name: rule.otherwise === 'Cluster' ? clusterName : undefined, actions }]
}
