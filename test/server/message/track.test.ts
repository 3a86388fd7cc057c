// test/server/message/track.test.ts: a group that is past a message has handled it, or has sent a copy of it to be tried again
// or buried: an offset alone does not tell which.
import { beforeEach, expect, it } from 'vitest'
import { encodeHost } from '../../../broker/protocol/host'
import { encodeRecord, recordSize } from '../../../broker/protocol/record'
import type { Admin } from '../../../server/admin/open'
import { messagesOf, type WireMessage } from '../../../server/admin/records'
import { trackOf } from '../../../server/message/track'
import { PeerError } from '../../../server/shared/errors'

const GROUP = 'GID_t'
const RETRY = `%RETRY%${GROUP}`
const DLQ = `%DLQ%${GROUP}`
const broker = { wireCluster: 'c', name: 'broker-a', id: 0, address: '10.0.0.2:10911' }
const record = (
  topic: string,
  more: { id?: string; at?: number; tries?: number; offset?: number; real?: string } = {},
) => {
  const { id = 'UNIQ1', at = 1000, tries = 0, offset = 5, real } = more
  const parts = {
    topic,
    ...{ queueId: 0, flag: 0, sysFlag: 0, bornTimestampMs: 1, preparedTransactionOffset: 0 },
    bornHost: encodeHost('10.0.0.1', 1234),
    reconsumeTimes: tries,
    body: Buffer.from('x'),
    properties: Buffer.from(`UNIQ_KEY\u0001${id}\u0002${real === undefined ? '' : `REAL_TOPIC\u0001${real}\u0002`}`),
  }
  const page = Buffer.alloc(recordSize(parts))
  encodeRecord(page, 0, parts, offset, 0, at, encodeHost('10.0.0.2', 10_911))
  return page
}
let copies: Buffer[]
let committed: Record<string, bigint>
let silent: string | null
let expression: string
beforeEach(() => {
  copies = []
  committed = { orders: 9n }
  silent = null
  expression = '*'
})
const admin = {
  names: { route: async () => ({ brokers: [broker], queues: [] }) },
  brokers: {
    consumeStats: async (_: string, __: string, topic: string) =>
      topic in committed
        ? [
            {
              topic,
              broker: 'broker-a',
              queueId: 0,
              brokerOffset: 9n,
              consumerOffset: committed[topic],
              lastTimestamp: 0,
            },
          ]
        : [],
    consumers: async () => ({
      messageModel: 'CLUSTERING',
      connections: [{ clientId: 'c1' }],
      subscriptions: [{ topic: 'orders', type: 'TAG', expression }],
    }),
  },
  messages: {
    query: async (_: string, { topic, key }: { topic: string; key: string }) => {
      if (topic === silent) throw new PeerError('silent', broker.address, 'no answer')
      return Buffer.concat(
        copies.filter((one) => messagesOf(one).some((each) => each.topic === topic && each.uniqueId === key)),
      )
    },
  },
} as unknown as Admin // what tracking asks of it
const first = (list: WireMessage[]): WireMessage => {
  const [one] = list
  if (one === undefined) throw new Error('a record was written')
  return one
}
const track = () =>
  trackOf(admin, { broker, message: first(messagesOf(record('orders'))), group: GROUP, now: () => 50_000 })

it('was handled when no copy of it is anywhere', async () => {
  expect(await track()).toMatchObject({ state: 'consumed', copy: null })
  copies = [record(DLQ, { id: 'UNIQ2' })] // another message of the same topic
  expect(await track()).toMatchObject({ state: 'consumed', copy: null })
})
it('is dead when its newest copy lies in the dead letters, and says after how many tries', async () => {
  copies = [record(RETRY, { at: 2000, tries: 1 }), record(DLQ, { at: 3000, tries: 17 })]
  committed[RETRY] = 9n
  expect(await track()).toMatchObject({ state: 'dead', copy: { tries: 17, storedAt: 3000 } })
})
it('is alive again when it was put back after it died', async () => {
  copies = [record(DLQ, { at: 3000, tries: 17 }), record(RETRY, { at: 4000 })]
  committed[RETRY] = 0n
  expect(await track()).toMatchObject({ state: 'retrying', copy: { tries: 0 } })
  committed[RETRY] = 6n
  expect(await track()).toMatchObject({ state: 'consumed', copy: { tries: 0 } })
})
it('retries while a copy waits for its time, or lies in the retry topic unread', async () => {
  copies = [record('SCHEDULE_TOPIC_XXXX', { at: 2000, tries: 1, real: RETRY })]
  expect(await track()).toMatchObject({ state: 'retrying', copy: { tries: 1 } })
  copies.push(record(RETRY, { at: 3000, tries: 1 }))
  committed[RETRY] = 5n
  expect(await track()).toMatchObject({ state: 'retrying', copy: { tries: 1 } })
  committed[RETRY] = 6n
  expect(await track()).toMatchObject({ state: 'consumed', copy: { tries: 1 } })
  // Another group's copy is none of this one's.
  copies = [record('SCHEDULE_TOPIC_XXXX', { at: 2000, tries: 1, real: '%RETRY%GID_other' })]
  expect(await track()).toMatchObject({ state: 'consumed', copy: null })
})
it('is not said to be handled while nobody can tell, nor looked for when its tag is not subscribed to', async () => {
  silent = DLQ
  expect(await track()).toMatchObject({ state: 'unknown' })
  expression = 'other'
  expect(await track()).toMatchObject({ state: 'filtered' })
  committed = { orders: 5n }
  expect(await track()).toMatchObject({ state: 'not-yet', before: { value: 0 } })
})
