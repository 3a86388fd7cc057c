// test/components/trpc/query-hash.test.ts: the same question is the same key, whatever the order of its fields; offsets count.
import { expect, it } from 'vitest'
import { hashOfKey } from '../../../components/trpc/query-hash'

it('does not mind the order of fields', () => {
  expect(hashOfKey([['topic', 'get'], { input: { a: 1, b: 2 } }])).toBe(
    hashOfKey([['topic', 'get'], { input: { b: 2, a: 1 } }]),
  )
})
it('takes offsets of 64 bits, and tells them apart from numbers and texts', () => {
  const key = (queueOffset: unknown) => hashOfKey([{ queueOffset }])
  expect(key(2n ** 62n)).not.toBe(key(2n ** 62n + 1n))
  expect(key(5n)).not.toBe(key(5))
})
