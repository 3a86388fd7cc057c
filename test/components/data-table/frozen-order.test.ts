// test/components/data-table/frozen-order.test.ts: rows never move under a pointer.
import { describe, expect, it } from 'vitest'
import { holdOrder } from '../../../components/data-table/frozen-order'

interface Row {
  name: string
  lag: number
}
const row = (name: string, lag: number): Row => ({ name, lag })
const keyOf = (one: Row) => one.name
const before = [row('a', 3), row('b', 2), row('c', 1)]

describe('a table whose order is held', () => {
  it('refreshes values in place and says that a fresh order exists', () => {
    const { rows, changed } = holdOrder([row('c', 9), row('a', 4), row('b', 2)], before, keyOf)
    expect(rows).toEqual([row('a', 4), row('b', 2), row('c', 9)])
    expect(changed).toBe(true)
  })
  it('says nothing while the order is the same', () => {
    expect(holdOrder([row('a', 5), row('b', 4), row('c', 3)], before, keyOf)).toEqual({
      rows: [row('a', 5), row('b', 4), row('c', 3)],
      changed: false,
    })
  })
  it('keeps the last values of a row that left the page, and lets a new one wait', () => {
    const { rows, changed } = holdOrder([row('a', 5), row('b', 4), row('d', 8)], before, keyOf)
    expect(rows).toEqual([row('a', 5), row('b', 4), row('c', 1)])
    expect(changed).toBe(true)
  })
  it('says so when rows were added or taken away at the end', () => {
    expect(holdOrder([...before, row('d', 0)], before, keyOf).changed).toBe(true)
    expect(holdOrder(before.slice(0, 2), before, keyOf).changed).toBe(true)
  })
})
it('draws rows as they come when nothing is held', () => {
  expect(holdOrder(before, null, keyOf)).toEqual({ rows: before, changed: false })
})
