// server/desk/lists.ts: rows of all topics and groups, made once per revision of the state however many pages ask.
import { setImmediate } from 'node:timers/promises'
import { type GroupFigureRow, groupRow } from '../metrics/group-view'
import { type ClusterState, type GroupState, silentNames, type TopicState } from '../metrics/state'
import { groupsByTopic, type TopicFigures, topicRow } from '../metrics/topic-view'
import { RETRY_PREFIX } from '../shared/names'

export interface Lists {
  /** Of all topics but groups' retry topics: these are half of all, and seldom asked for. */
  topics(): TopicFigures[]
  allTopics(): TopicFigures[]
  groups(): GroupFigureRow[]
  /** Rows of some topics, without making those of the others. */
  topicsWhere(wanted: (name: string) => boolean): TopicFigures[]
  /**
   * Makes the rows of the state as it is now, a piece at a time: those of thousands take some hundred milliseconds, in which
   * others are to be answered. Who asks meanwhile gets the rows of before. `all`: those of retry topics too.
   */
  prepare(all?: boolean): Promise<void>
}
const PIECE_ROWS = 200

interface Made<Row> {
  get(): Row[]
  prepare(): Promise<void>
}
export const openLists = (state: ClusterState, now: () => number): Lists => {
  const once = <Of, Row>(all: () => Iterable<Of>, maker: () => (one: Of) => Row): Made<Row> => {
    let held: { revision: number; rows: Row[] } | undefined
    let preparing: number | undefined
    return {
      get() {
        if (held !== undefined && (held.revision === state.revision || preparing === state.revision)) return held.rows
        held = { revision: state.revision, rows: Array.from(all(), maker()) }
        return held.rows
      },
      async prepare() {
        const { revision } = state
        if (held === undefined || held.revision === revision) return // the first time nobody waits for less
        preparing = revision
        try {
          const make = maker()
          const rows: Row[] = []
          for (const one of [...all()]) {
            rows.push(make(one))
            if (rows.length % PIECE_ROWS === 0) await setImmediate()
          }
          // what was changed meanwhile is made anew by who asks for it
          if (state.revision === revision) held = { revision, rows }
        } finally {
          preparing = undefined
        }
      },
    }
  }
  const topicMaker = () => {
    const silent = silentNames(state)
    const groups = groupsByTopic(state)
    const at = now()
    return (topic: TopicState) => topicRow(state, topic, groups.get(topic.name) ?? [], silent, at)
  }
  const topicsOf = (retry: boolean) => () =>
    [...state.topics.values()].filter(({ name }) => name.startsWith(RETRY_PREFIX) === retry)
  const topics = once(topicsOf(false), topicMaker)
  const retryTopics = once(topicsOf(true), topicMaker)
  const groups = once(
    () => state.groups.values(),
    () => {
      const silent = silentNames(state)
      const at = now()
      return (group: GroupState) => groupRow(state, group, silent, at)
    },
  )
  return {
    topics: topics.get,
    allTopics: () => [...topics.get(), ...retryTopics.get()],
    groups: groups.get,
    topicsWhere(wanted) {
      const found = [...state.topics.values()].filter(({ name }) => wanted(name))
      return found.length === 0 ? [] : found.map(topicMaker())
    },
    async prepare(all = false) {
      await topics.prepare()
      await groups.prepare()
      if (all) await retryTopics.prepare()
    },
  }
}
