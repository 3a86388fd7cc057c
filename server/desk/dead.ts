// server/desk/dead.ts: groups with dead letters, from the samples of their %DLQ% topics: no broker is asked for a row.

import type { GroupFigureRow } from '../metrics/group-view'
import { missingOf } from '../metrics/missing'
import type { ClusterState } from '../metrics/state'
import { tablePage } from '../metrics/table'
import { sparkOf, type TopicFigures } from '../metrics/topic-view'
import type { DeadListInput } from '../shared/inputs'
import { isKnown } from '../shared/known'
import { groupOfTopic } from '../shared/names'
import type { DeadRow, Page } from '../shared/views'

/** A topic whose messages were all taken away is not listed; one of which nothing is known is. */
export const deadRowsOf = (topics: readonly TopicFigures[]): Omit<DeadRow, 'spark'>[] =>
  topics.flatMap(({ kind, name, kept, lastMessageAt, inPerSecond }) => {
    const group = groupOfTopic(name)
    const isEmpty = isKnown(kept) && kept.value === 0 && kept.missing === 0
    return kind !== 'dlq' || group === null || isEmpty
      ? []
      : [{ group, topic: name, dead: kept, newestAt: lastMessageAt, inPerSecond }]
  })
export const deadList = (
  state: ClusterState,
  topics: readonly TopicFigures[],
  groups: readonly GroupFigureRow[],
  input: DeadListInput,
  now: number,
): Page<DeadRow> => {
  const page = tablePage({
    rows: deadRowsOf(topics),
    name: ({ group }) => group,
    q: input.q,
    sort: input.sort,
    defaultSort: '-dead',
    columns: { name: (row) => row.group, dead: (row) => row.dead, newest: (row) => row.newestAt },
    page: input.page,
    size: input.size,
    names: input.names,
    filters: [],
    facets: [],
    missing: missingOf(state),
    at: state.at,
  })
  const retrying = groups.filter(({ retryLag }) => isKnown(retryLag) && retryLag.value > 0).length
  const rows = page.rows.map((row) => ({ ...row, spark: sparkOf(state, row.topic, now) }))
  return { ...page, rows, facets: [{ key: 'retrying', count: retrying, atLeast: page.missing.length > 0 }] }
}
