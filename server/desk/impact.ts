// server/desk/impact.ts: what deleting a topic or a group would touch, from the sampler's figures.
import type { Impact } from '../change/topics'
import { groupFigures, keptOfTopic, lagOf, rateOf, total } from '../metrics/figures'
import { groupRow } from '../metrics/group-view'
import { type ClusterState, type GroupState, queueKey, silentNames } from '../metrics/state'
import { groupsByTopic } from '../metrics/topic-view'
import { DLQ_PREFIX, RETRY_PREFIX } from '../shared/names'

export const topicImpact = (state: ClusterState, name: string, now: number): Impact => {
  const silent = silentNames(state)
  const topic = state.topics.get(name)
  const groups = groupsByTopic(state).get(name) ?? []
  const queues = [...(topic?.queues.values() ?? [])]
  const unread = groups.flatMap((group) =>
    queues.flatMap((queue) => {
      const key = queueKey(queue.broker, queue.queueId)
      const position = group.positions.get(name)?.get(key)
      return position === undefined ? [] : [lagOf({ topic: name, key, queue, position }, silent)]
    }),
  )
  return {
    inPerSecond: total(
      queues.map((queue) => rateOf(queue, silent)),
      state.at,
    ),
    outPerSecond: total(
      groups.map((group) => groupFigures(state, group, silent, now, name).outPerSecond).filter((one) => 'value' in one),
      state.at,
    ),
    unread: total(unread, state.at),
    kept: keptOfTopic(topic, silent, state.at),
    groups: groups.map((group) => {
      const row = groupRow(state, group, silent, now)
      return { name: group.name, clients: row.clients, lag: groupFigures(state, group, silent, now, name).lag }
    }),
    leftBehind: groups.flatMap((group) => ownTopics(state, group)),
  }
}
export const groupImpact = (state: ClusterState, group: GroupState, now: number): Impact => {
  const silent = silentNames(state)
  const row = groupRow(state, group, silent, now)
  return {
    inPerSecond: row.inPerSecond,
    outPerSecond: row.outPerSecond,
    unread: row.lag,
    kept: { value: 0, missing: 0, at: state.at },
    groups: [{ name: group.name, clients: row.clients, lag: row.lag }],
    leftBehind: ownTopics(state, group),
  }
}
const ownTopics = (state: ClusterState, group: GroupState): Impact['leftBehind'] => {
  const silent = silentNames(state)
  return [RETRY_PREFIX, DLQ_PREFIX].flatMap((prefix) => {
    const topic = state.topics.get(prefix + group.name)
    return topic === undefined ? [] : [{ topic: topic.name, kept: keptOfTopic(topic, silent, state.at) }]
  })
}
