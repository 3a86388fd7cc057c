// server/desk/lists.ts: rows of all topics and groups, made once per revision of the state however many pages ask.
import { groupRow } from '../metrics/group-view'
import { type ClusterState, silentNames } from '../metrics/state'
import { groupsByTopic, topicRow } from '../metrics/topic-view'
import type { GroupRow, TopicRow } from '../shared/views'

export interface Lists {
  topics(): TopicRow[]
  groups(): GroupRow[]
  /** Rows of some topics, without making those of the others. */
  topicsWhere(wanted: (name: string) => boolean): TopicRow[]
}
export const openLists = (state: ClusterState, now: () => number): Lists => {
  const once = <T>(make: () => T): (() => T) => {
    let held: { revision: number; value: T } | undefined
    return () => {
      if (held === undefined || held.revision !== state.revision) held = { revision: state.revision, value: make() }
      return held.value
    }
  }
  return {
    topics: once(() => {
      const silent = silentNames(state)
      const groups = groupsByTopic(state)
      const at = now()
      return [...state.topics.values()].map((topic) => topicRow(state, topic, groups.get(topic.name) ?? [], silent, at))
    }),
    groups: once(() => {
      const silent = silentNames(state)
      const at = now()
      return [...state.groups.values()].map((group) => groupRow(state, group, silent, at))
    }),
    topicsWhere(wanted) {
      const found = [...state.topics.values()].filter(({ name }) => wanted(name))
      if (found.length === 0) return []
      const silent = silentNames(state)
      const groups = groupsByTopic(state)
      const at = now()
      return found.map((topic) => topicRow(state, topic, groups.get(topic.name) ?? [], silent, at))
    },
  }
}
