// test/components/trpc/long-query.test.ts: what does not fit an address goes in a body: a reset of a group with many queues was refused by
// the browser itself.
import { expect, it } from 'vitest'
import { isLong } from '../../../components/trpc/long-query'

const queues = (count: number) =>
  Array.from({ length: count }, (_, queueId) => ({ topic: 'trade_order_paid', broker: 'broker-a', queueId }))

it('keeps what pages usually ask in the address', () => {
  expect(isLong({ cluster: 'trade', q: 'orders', sort: '-lag', page: 1, size: 50 })).toBe(false)
  expect(isLong(undefined)).toBe(false)
})
it('sends a hundred queues, and their offsets, in a body', () => {
  expect(isLong({ cluster: 'c', group: 'g', queues: queues(100) })).toBe(true)
  expect(isLong({ offsets: queues(100).map((queue) => ({ ...queue, offset: 2n ** 62n })) })).toBe(true)
})
it('measures what an address makes of a name, not its letters', () => {
  expect(isLong({ q: '消'.repeat(255) })).toBe(false)
  expect(isLong({ q: '消'.repeat(900) })).toBe(true)
})
