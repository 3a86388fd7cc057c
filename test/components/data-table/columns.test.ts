// test/components/data-table/columns.test.ts: which columns fit, how a sort is written, and what goes into a CSV cell.
import { describe, expect, it } from 'vitest'
import { type Column, fitColumns, formatSort, nextSort, parseSort } from '../../../components/data-table/columns'
import { csvCell, csvLine } from '../../../components/data-table/csv'

const column = (id: string, priority: number, widthPx?: number): Column<never> => ({
  id,
  head: id,
  name: id,
  cell: () => null,
  priority,
  ...(widthPx === undefined ? {} : { widthPx }),
})

describe('a narrow table', () => {
  const columns = [
    column('name', 0),
    column('type', 3, 90),
    column('lag', 0, 100),
    column('kept', 5, 80),
    column('out', 3, 80),
  ]
  const idsAt = (width: number) => fitColumns(columns, width, 1).map(({ id }) => id)
  it('keeps all columns while they fit', () => expect(idsAt(900)).toEqual(['name', 'type', 'lag', 'kept', 'out']))
  it('drops the least important first, of equals the last', () => {
    expect(idsAt(500)).toEqual(['name', 'type', 'lag', 'out'])
    expect(idsAt(420)).toEqual(['name', 'type', 'lag'])
  })
  it('never drops what it is about', () => expect(idsAt(100)).toEqual(['name', 'lag']))
})

describe('a sort', () => {
  it('is written as in the URL and read back', () => {
    expect(parseSort('-lag,name')).toEqual([
      { id: 'lag', descending: true },
      { id: 'name', descending: false },
    ])
    expect(formatSort(parseSort('-lag,name'))).toBe('-lag,name')
    expect(parseSort(',-,')).toEqual([])
  })
  it('turns round at the second click, and the name breaks ties', () => {
    expect(nextSort('name', 'lag', 'descending', 'name')).toBe('-lag,name')
    expect(nextSort('-lag,name', 'lag', 'descending', 'name')).toBe('lag,name')
    expect(nextSort('-lag,name', 'name', 'ascending', 'name')).toBe('name')
  })
})

describe('a cell of a CSV file', () => {
  it('is never run as a formula', () => {
    expect(csvCell('=HYPERLINK("http://x")')).toBe('"\'=HYPERLINK(""http://x"")"')
    expect(csvCell('@SUM(A1)')).toBe('"\'@SUM(A1)"')
    expect(csvCell('-12')).toBe('-12')
  })
  it('keeps raw numbers, and every digit of an offset', () => {
    expect(csvLine(['a,b', 19_562_400, 9_007_199_254_740_993n, null, '%RETRY%GID_a'])).toBe(
      '"a,b",19562400,9007199254740993,,%RETRY%GID_a\r\n',
    )
  })
})
