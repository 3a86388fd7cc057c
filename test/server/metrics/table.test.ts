// test/server/metrics/table.test.ts: a page of a list: unknown comes last both ways, facets count before filters.
import { expect, it } from 'vitest'
import { tablePage } from '../../../server/metrics/table'
import { type Known, known, unknown } from '../../../server/shared/known'

interface Row {
  name: string
  lag: Known<number>
}
const rows: Row[] = [
  { name: 'b', lag: known(5, 1) },
  { name: 'A', lag: unknown('broker-silent') },
  { name: 'c', lag: known(9, 1) },
  { name: 'd', lag: known(5, 1) },
]
const page = (
  sort: string,
  more: { q?: string; page?: number; size?: number; names?: string[]; above?: number } = {},
) =>
  tablePage({
    rows,
    name: ({ name }) => name,
    q: more.q ?? '',
    sort,
    columns: { name: (row) => row.name, lag: (row) => row.lag },
    defaultSort: 'name',
    page: more.page ?? 1,
    size: more.size ?? 50,
    names: more.names,
    filters: [(row) => more.above === undefined || ('value' in row.lag && row.lag.value > more.above)],
    facets: [{ key: 'big', has: (row) => 'value' in row.lag && row.lag.value > 6 }],
    missing: [],
    at: 1,
  })
const namesOf = (...given: Parameters<typeof page>): string =>
  page(...given)
    .rows.map(({ name }) => name)
    .join('')

it('puts unknown last, up and down, and orders equals by name', () => {
  expect(namesOf('lag')).toBe('bdcA')
  expect(namesOf('-lag')).toBe('cbdA')
  expect(namesOf('-lag,-name')).toBe('cdbA')
  expect(namesOf('nonsense')).toBe('Abcd')
})
it('filters without regard to case, cuts, and tells totals', () => {
  expect(page('', { q: 'a' })).toMatchObject({ total: 4, matched: 1, rows: [{ name: 'A' }] })
  expect(page('', { above: 4, page: 2, size: 2 })).toMatchObject({
    matched: 3,
    rows: [{ name: 'd' }],
    facets: [{ key: 'big', count: 1 }],
  })
})
it('answers for named rows in their order, without those that are gone', () => {
  expect(namesOf('-lag', { names: ['d', 'gone', 'A'] })).toBe('dA')
})
it('does not change the rows it was given', () => {
  namesOf('-lag')
  expect(rows.map(({ name }) => name).join('')).toBe('bAcd')
})
