// test/server/shared/key-hash.test.ts: the queue of a sharding key is the one that Java clients take.
import { expect, it } from 'vitest'
import { keyHash } from '../../../server/shared/key-hash'

it('is the hash of Java without its sign', () => {
  // String.hashCode of JDK 17: 0, -1207111310, 1129459, -2147483648
  const keys = ['', 'order-1', '订单', 'polygenelubricants']
  expect(keys.map(keyHash)).toEqual([0, 1_207_111_310, 1_129_459, 2_147_483_648])
})
