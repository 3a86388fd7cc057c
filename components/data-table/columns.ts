// components/data-table/columns.ts: what a column is, which of them fit, and how a sort is written in the URL. Pure.
import type { ReactNode } from 'react'

export interface Column<Row> {
  readonly id: string
  readonly head: ReactNode
  /** The head in plain words, for the menu of columns and as a note. */
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  /** Without one the column takes the width that is left. */
  readonly widthPx?: number
  readonly number?: boolean
  /** Which way it sorts first; left out: not at all. */
  readonly sort?: 'ascending' | 'descending'
  /** 0 is never dropped; the largest goes first where the table is narrow. */
  readonly priority: number
  /** Not shown until somebody chooses it. */
  readonly optional?: boolean
  /** Its place on the card that stands for a row on a phone. */
  readonly card?: 'name' | 'state' | 'value' | 'line'
  /** What stands on the card, when it is not what stands in the table. */
  readonly cardCell?: (row: Row) => ReactNode
  /** A small drawing at the right of the card. */
  readonly cardLine?: (row: Row) => ReactNode
}

/** What a column without a width needs at least. */
export const FLEX_MIN_PX = 170
const EXTRA_PX = 36

/** The columns that fit, in their order: while they are too wide, the least important one goes. */
export const fitColumns = <Row>(
  columns: readonly Column<Row>[],
  widthPx: number,
  extraColumns: number,
): readonly Column<Row>[] => {
  let kept = [...columns]
  const needed = () => kept.reduce((sum, column) => sum + (column.widthPx ?? FLEX_MIN_PX), extraColumns * EXTRA_PX)
  while (needed() > widthPx) {
    const least = kept.reduce<Column<Row> | undefined>(
      (worst, column) => (column.priority > 0 && column.priority >= (worst?.priority ?? 1) ? column : worst),
      undefined,
    )
    if (least === undefined) break
    kept = kept.filter((column) => column !== least)
  }
  return kept
}

export interface Sort {
  readonly id: string
  readonly descending: boolean
}
/** `-lag,name` in the URL and to the server. */
export const parseSort = (text: string): readonly Sort[] =>
  text
    .split(',')
    .filter((part) => part !== '' && part !== '-')
    .map((part) => (part.startsWith('-') ? { id: part.slice(1), descending: true } : { id: part, descending: false }))
export const formatSort = (sorts: readonly Sort[]): string =>
  sorts.map(({ id, descending }) => (descending ? `-${id}` : id)).join(',')

/** A click on a head: first its own way, then the other, and round again. The name breaks ties. */
export const nextSort = (
  current: string,
  id: string,
  first: 'ascending' | 'descending',
  tieBreaker: string,
): string => {
  const now = parseSort(current)[0]
  const descending = now?.id === id ? !now.descending : first === 'descending'
  const sorts: Sort[] = [{ id, descending }]
  if (id !== tieBreaker) sorts.push({ id: tieBreaker, descending: false })
  return formatSort(sorts)
}
