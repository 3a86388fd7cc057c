// test/broker/processor/pull-held.test.ts: what a pull that waits keeps of the bytes it came in.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newGroup } from '../../../broker/catalog/groups'
import { newTopic } from '../../../broker/catalog/system-topics'
import { pullMessage } from '../../../broker/processor/pull'
import { RequestCode } from '../../../broker/protocol/codes'
import { type Command, decodeFrame, encodeCommand, newRequest } from '../../../broker/protocol/command'
import { PullCommand } from '../../../broker/protocol/header-pull-json'
import type { GetResult } from '../../../broker/store/types'
import { openTestBroker, type TestBroker, testConnection } from '../../support/broker-context'

let at: TestBroker
beforeEach(async () => {
  at = await openTestBroker()
  at.broker.topics.put({ ...newTopic('T', 1), readQueueNums: 1, writeQueueNums: 1 })
  at.broker.groups.put(newGroup('G'))
})
afterEach(() => at.close())

const nothingYet: GetResult = {
  ...{ status: 'offset-overflow-one', nextBeginOffset: 0, minOffset: 0, maxOffset: 0, records: [] },
  ...{ sizeBytes: 0, messageCount: 0, cold: false, release: () => {} },
}
const fields = {
  ...{ consumerGroup: 'G', topic: 'T', queueId: '0', queueOffset: '0', maxMsgNums: '32', sysFlag: '6' },
  ...{ commitOffset: '0', suspendTimeoutMillis: '15000', subscription: '*', subVersion: '1' },
}

it.each([
  ['read by bytes', 0],
  ['of the binary form', 1],
] as const)('holds nothing of the chunk that a pull %s came in', (_, form) => {
  const body = Buffer.from('a pull has none, but may')
  const pieces = encodeCommand({ ...newRequest(RequestCode.PULL_MESSAGE, fields, 77), form, body })
  const chunk = Buffer.concat([Buffer.alloc(30_000), ...pieces])
  const request = decodeFrame(chunk, 30_000 + 4)
  expect(request instanceof PullCommand).toBe(form === 0)
  expect(request.body.buffer).toBe(chunk.buffer)

  const answered: Command[] = []
  const connection = { ...testConnection(), reply: (asked: Command) => void answered.push(asked) }
  const broker = { ...at.broker, store: { ...at.broker.store, get: () => nothingYet } }
  expect(pullMessage(request, connection, broker)).toBeUndefined()
  expect(broker.heldPulls.count).toBe(1)
  broker.heldPulls.wakeAll()

  const [held] = answered
  expect(held).toMatchObject({ opaque: 77, form, code: RequestCode.PULL_MESSAGE, flag: 0 })
  expect(held).not.toBeInstanceOf(PullCommand) // which has the frame for who asks for its fields
  expect(held?.body.buffer).not.toBe(chunk.buffer)
})
