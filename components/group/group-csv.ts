// components/group/group-csv.ts: the list of groups as CSV: raw numbers; what is not known is an empty cell.
import { isKnown, type Known } from '../../server/shared/known'
import type { GroupRow, Total } from '../../server/shared/views'

const totalOf = (total: Total): number | null => ('unknown' in total ? null : total.value)
const plain = <T>(known: Known<T>): T | null => (isKnown(known) ? known.value : null)

export const groupCsv = [
  { name: 'group', value: (row: GroupRow) => row.name },
  { name: 'state', value: (row: GroupRow) => row.state },
  { name: 'model', value: (row: GroupRow) => row.mode.model },
  { name: 'order', value: (row: GroupRow) => row.mode.order },
  { name: 'clients', value: (row: GroupRow) => plain(row.clients) },
  { name: 'topics', value: (row: GroupRow) => row.topics.join(' ') },
  { name: 'lag', value: (row: GroupRow) => totalOf(row.lag) },
  { name: 'retryLag', value: (row: GroupRow) => totalOf(row.retryLag) },
  { name: 'behindMs', value: (row: GroupRow) => ('unknown' in row.behind ? null : row.behind.value) },
  { name: 'growthPerSecond', value: (row: GroupRow) => plain(row.growthPerSecond) },
  { name: 'outPerSecond', value: (row: GroupRow) => totalOf(row.outPerSecond) },
  { name: 'deadLetters', value: (row: GroupRow) => plain(row.deadLetters) },
  { name: 'idle', value: (row: GroupRow) => row.idle },
] as const
