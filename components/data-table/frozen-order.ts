'use client'
// components/data-table/frozen-order.ts: rows never move under a pointer. While the order is held, values refresh in place;
// a row that left the page keeps its last values, new rows wait, and `changed` says that a fresh order exists.
import { useRef } from 'react'

export interface Held<Row> {
  readonly rows: readonly Row[]
  readonly changed: boolean
}

/** The rows to draw: in the held order with fresh values, or as they came when nothing is held. */
export const holdOrder = <Row>(
  fresh: readonly Row[],
  held: readonly Row[] | null,
  keyOf: (row: Row) => string,
): Held<Row> => {
  if (held === null) return { rows: fresh, changed: false }
  const byKey = new Map(fresh.map((row) => [keyOf(row), row]))
  const rows = held.map((row) => byKey.get(keyOf(row)) ?? row)
  const changed =
    fresh.length !== held.length ||
    fresh.some((row, index) => keyOf(row) !== keyOf(held[index] ?? row) || index >= held.length)
  return { rows, changed }
}

/**
 * Holds the order from the moment `frozen` becomes true until it is false again or `view` (page, sort, filter) changes.
 * `release` takes the fresh order once and holds that.
 */
export const useFrozenOrder = <Row>(
  fresh: readonly Row[],
  keyOf: (row: Row) => string,
  frozen: boolean,
  view: string,
): Held<Row> & { release: () => void } => {
  const held = useRef<{ view: string; rows: readonly Row[] } | null>(null)
  if (!frozen || held.current?.view !== view) held.current = null
  const result = holdOrder(fresh, held.current?.rows ?? null, keyOf)
  // The first page of a table is not held while it is still empty: there is nothing under the pointer yet.
  if (frozen && fresh.length > 0) held.current = { view, rows: result.rows }
  return {
    ...result,
    release: () => {
      held.current = null
    },
  }
}
