// test/broker/peer/master-check.test.ts: what a slave can learn of its master's log before the first byte.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import { doubtOf } from '../../../broker/peer/master-check'
import { RequestCode } from '../../../broker/protocol/codes'
import { parseOffsetId } from '../../../broker/protocol/message-id'
import { openRealBroker, type RealBroker, type TestClient } from '../processor/real-broker'

let broker: RealBroker
let client: TestClient
const dialer = openDialer()
/** The second message of the master. */
let commitLogOffset = 0
let record: Buffer = Buffer.alloc(0)
beforeAll(async () => {
  broker = await openRealBroker()
  client = broker.client()
  await client.send({ topic: 'checked', body: 'one' })
  const { ext } = await client.send({ topic: 'checked', body: 'two' })
  commitLogOffset = parseOffsetId(ext.msgId ?? '').commitLogOffset
  record = (await client.ask(RequestCode.VIEW_MESSAGE_BY_ID, { offset: String(commitLogOffset) })).body
})
afterAll(async () => {
  dialer.close()
  await broker.stop()
})
const doubt = (own: Parameters<typeof doubtOf>[2], address = broker.address) => doubtOf(dialer, address, own)

it('a log that holds nothing may become a copy of any', async () => {
  expect(await doubt({ tail: 0, newest: undefined })).toBeUndefined()
})
it('a log with the master’s own messages may go on', async () => {
  const tail = commitLogOffset + record.length
  expect(await doubt({ tail, newest: { commitLogOffset, record } })).toBeUndefined()
})
it('a log that reaches further is none', async () => {
  const tail = commitLogOffset + record.length + 1_000_000
  expect(await doubt({ tail, newest: undefined })).toContain(`this log reaches to ${tail}, the master's only to`)
})
it('a log with another message in the same place is none', async () => {
  const other = Buffer.from(record)
  other.writeUInt8(other.readUInt8(other.length - 1) ^ 1, other.length - 1)
  const own = { tail: commitLogOffset + record.length, newest: { commitLogOffset, record: other } }
  expect(await doubt(own)).toBe(
    `the message at ${commitLogOffset} is another one at the master: this log is not a copy of its`,
  )
})
it('a log with a message where the master has the middle of one is none', async () => {
  const own = { tail: commitLogOffset + record.length, newest: { commitLogOffset: commitLogOffset - 5, record } }
  expect(await doubt(own)).toContain('is another one at the master')
})
it('a master that does not answer is asked again before anything is copied from it', async () => {
  expect(await doubt({ tail: 5000, newest: undefined }, '127.0.0.1:1')).toContain(
    'the master does not say whether the logs are the same: ',
  )
  expect(await doubt({ tail: 0, newest: undefined }, '127.0.0.1:1')).toBeUndefined()
})
