// test/server/message/gather.test.ts: what was not read is told, whatever the reason: what counts as nowhere is sent once more.
import { expect, it } from 'vitest'
import type { Admin } from '../../../server/admin/open'
import { gather, lookUp } from '../../../server/message/gather'

const holder = { name: 'broker-a', id: 0, address: '10.0.0.2:10911' }
/** A broker that tells of messages and hands out none: `step` further at each question. */
const withStep = (step: bigint): Admin =>
  ({
    brokersOfTopic: async () => [holder],
    brokers: {
      topicStats: async () => [{ broker: 'broker-a', queueId: 0, min: 0n, max: 5n, lastStoredAt: 1 }],
      offsetAtTime: async () => 0n,
    },
    messages: {
      query: async () => Buffer.alloc(0),
      pull: async (_: string, { offset }: { offset: bigint }) => ({
        ...{ records: Buffer.alloc(0), next: offset + step, min: 0n, max: 5n },
      }),
    },
  }) as unknown as Admin // what reading asks of it

it.each([
  [1n, true],
  [0n, false],
])('has read all where a broker goes %s further at each question: %s', async (step, all) => {
  const admin = withStep(step)
  const { more } = await gather(admin, 'T', {}, { matches: 9, read: 100, ms: 10_000 }, () => undefined)
  expect(more).toBe(!all)
  const wanted = { topic: 'T', brokers: ['broker-a'], ids: [{ key: 'k', uniqueId: 'u' }], keyOf: () => null }
  expect((await lookUp(admin, { ...wanted, from: 0, to: 10 })).complete).toBe(all)
})
