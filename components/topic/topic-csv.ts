// components/topic/topic-csv.ts: the list of topics as CSV: raw numbers, ISO times; what is not known is an empty cell.
import { isKnown, type Known } from '../../server/shared/known'
import type { TopicRow, Total } from '../../server/shared/views'

const totalOf = (total: Total): number | null => ('unknown' in total ? null : total.value)
const known = <T>(known: Known<T>): T | null => (isKnown(known) ? known.value : null)

export const topicCsv = [
  { name: 'topic', value: (row: TopicRow) => row.name },
  { name: 'type', value: (row: TopicRow) => row.type },
  { name: 'kind', value: (row: TopicRow) => row.kind },
  { name: 'readQueues', value: (row: TopicRow) => row.readQueues },
  { name: 'writeQueues', value: (row: TopicRow) => row.writeQueues },
  { name: 'perm', value: (row: TopicRow) => row.perm },
  { name: 'brokers', value: (row: TopicRow) => row.brokers.join(' ') },
  { name: 'inPerSecond', value: (row: TopicRow) => totalOf(row.inPerSecond) },
  { name: 'outPerSecond', value: (row: TopicRow) => totalOf(row.outPerSecond) },
  { name: 'groups', value: (row: TopicRow) => row.groups },
  { name: 'worstLag', value: (row: TopicRow) => totalOf(row.worstLag) },
  { name: 'behindMs', value: (row: TopicRow) => ('unknown' in row.worstBehind ? null : row.worstBehind.value) },
  {
    name: 'lastMessageAt',
    value: (row: TopicRow) => {
      const at = known(row.lastMessageAt)
      return at === null ? null : new Date(at).toISOString()
    },
  },
  { name: 'kept', value: (row: TopicRow) => totalOf(row.kept) },
] as const
