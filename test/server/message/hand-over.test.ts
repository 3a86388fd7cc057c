// test/server/message/hand-over.test.ts: what leaves a topic through a client or a retry topic takes the right to
// read that topic, and what is masked there: an id alone leads anywhere in the commit log.
import { beforeEach, expect, it } from 'vitest'
import { encodeHost } from '../../../broker/protocol/host'
import { createOffsetId } from '../../../broker/protocol/message-id'
import { encodeRecord, recordSize } from '../../../broker/protocol/record'
import type { Admin } from '../../../server/admin/open'
import { openFinder } from '../../../server/message/find'
import { openSender } from '../../../server/message/send'
import type { Reading } from '../../../server/shared/desk'
import type { MaskRule } from '../../../server/shared/masks'

const GROUP = 'GID_mine'
/** By where they lie. */
const records = new Map<bigint, Buffer>()
let handed: string[]

const admin = {
  names: {
    brokers: async () => [{ name: 'broker-a', id: 0, address: '10.0.0.2:10911' }],
    route: async () => null,
  },
  messages: {
    view: async (_address: string, commitLogOffset: bigint) => records.get(commitLogOffset) ?? null,
    consumeDirectly: async (...asked: unknown[]) => {
      handed.push(String(asked[5]))
      return { result: 'CR_SUCCESS', remark: null, tookMs: 1 }
    },
  },
} as unknown as Admin // what handing over asks of it
const finder = openFinder({ admin, topics: () => [] })
const sender = openSender({ admin, finder })

const storeHost = encodeHost('10.0.0.2', 10_911)
const recordOf = (topic: string, commitLogOffset: number): Buffer => {
  const parts = {
    topic,
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestampMs: 1,
    bornHost: encodeHost('10.0.0.1', 1234),
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: Buffer.from(`body of ${topic}`),
    properties: Buffer.from(''),
  }
  const page = Buffer.alloc(recordSize(parts))
  encodeRecord(page, 0, parts, 0, commitLogOffset, 2, storeHost)
  return page
}
const idOf = (topic: string, at: number): string => {
  records.set(BigInt(at), recordOf(topic, at))
  return createOffsetId(storeHost, at)
}
const mine = idOf('orders', 1000)
const others = idOf('payments', 2000)
const died = idOf(`%DLQ%${GROUP}`, 3000)
const diedElsewhere = idOf('%DLQ%GID_others', 4000)
const readingOn = (topic: string): Reading => ({ bodies: topic === 'orders' })
const masks: MaskRule[] = [{ id: 'm', cluster: '*', topics: 'ord*', part: 'field', field: 'card', how: 'hide' }]
const maskedOn = (topic: string): Reading => ({ ...readingOn(topic), masks: { rules: masks, digest: (text) => text } })
beforeEach(() => {
  handed = []
})

it('hands a client what its asker may read, and what the group itself could not do with', async () => {
  const input = { cluster: 'c', group: GROUP, clientId: 'x@1', confirm: GROUP }
  for (const offsetId of [mine, died]) await sender.consumeDirectly({ ...input, offsetId }, readingOn)
  for (const offsetId of [others, diedElsewhere])
    await expect(sender.consumeDirectly({ ...input, offsetId }, readingOn)).rejects.toMatchObject({
      kind: 'not-allowed',
    })
  expect(handed).toEqual(['orders', `%DLQ%${GROUP}`])
})

it('puts into a retry topic nothing that its asker may not read', async () => {
  const input = { cluster: 'c', group: GROUP, confirm: GROUP }
  await expect(sender.resend({ ...input, offsetId: others }, readingOn)).rejects.toMatchObject({ kind: 'not-allowed' })
  // with the right it goes on, to a topic that is not there
  await expect(sender.resend({ ...input, offsetId: mine }, readingOn)).rejects.toMatchObject({ kind: 'not-found' })
})

it('hands over nothing masked for somebody whom the masks are for', async () => {
  const refusal = { kind: 'not-allowed', details: { right: 'message.unmask' } }
  const input = { cluster: 'c', group: GROUP, confirm: GROUP }
  const direct = { ...input, clientId: 'x@1' }
  await expect(sender.consumeDirectly({ ...direct, offsetId: mine }, maskedOn)).rejects.toMatchObject(refusal)
  await expect(sender.resend({ ...input, offsetId: mine }, maskedOn)).rejects.toMatchObject(refusal)
  await sender.consumeDirectly({ ...direct, offsetId: died }, maskedOn) // its clients have seen it
  expect(handed).toEqual([`%DLQ%${GROUP}`])
})
