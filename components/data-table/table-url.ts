'use client'
// components/data-table/table-url.ts: what a table shows, kept in the address: words, sort, page, size, columns. Defaults are
// left out; Back undoes the last change, not every keystroke.
import { parseAsArrayOf, parseAsInteger, parseAsString, useQueryStates } from 'nuqs'
import { useCallback, useMemo } from 'react'

export interface TableUrl {
  readonly q: string
  readonly sort: string
  readonly page: number
  readonly size: number
  readonly cols: readonly string[] | null
  readonly set: (next: Partial<Omit<TableUrl, 'set'>>) => void
}
const SIZES = [50, 100, 200]

export const useTableUrl = (defaultSort: string): TableUrl => {
  const [state, setState] = useQueryStates(
    {
      q: parseAsString.withDefault(''),
      sort: parseAsString.withDefault(defaultSort),
      page: parseAsInteger.withDefault(1),
      size: parseAsInteger.withDefault(50),
      cols: parseAsArrayOf(parseAsString),
    },
    { history: 'push', clearOnDefault: true },
  )
  const set = useCallback(
    (next: Partial<Omit<TableUrl, 'set'>>) => {
      // Whatever changes what is listed starts again at its first page.
      const restart = next.page === undefined && next.cols === undefined ? { page: 1 } : {}
      const { cols, ...rest } = next
      void setState({ ...restart, ...rest, ...(cols === undefined ? {} : { cols: cols === null ? null : [...cols] }) })
    },
    [setState],
  )
  return useMemo(
    () => ({
      ...state,
      page: Math.max(1, state.page),
      size: SIZES.includes(state.size) ? state.size : 50,
      set,
    }),
    [state, set],
  )
}
