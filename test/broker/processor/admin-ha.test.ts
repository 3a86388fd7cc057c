// test/broker/processor/admin-ha.test.ts: what a master answers about itself to slaves and to tools; the pair is tested in
// test/broker/worker/replication.test.ts.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RequestCode, ResponseCode } from '../../../broker/protocol/codes'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker()
  client = broker.client()
})
afterAll(() => broker.stop())

it('a master says where it is, and how far its log is on the disk', async () => {
  const reply = await client.ask(RequestCode.EXCHANGE_BROKER_HA_INFO)
  const port = Number(broker.address.split(':')[1])
  expect(reply.code).toBe(ResponseCode.SUCCESS)
  expect(reply.ext).toMatchObject({
    masterAddress: broker.address,
    masterHaAddress: `127.0.0.1:${port + 1}`,
    masterFlushOffset: '0',
  })
})

it('a master follows nobody, whatever it is told', async () => {
  const ext = { masterHaAddress: '127.0.0.1:1', masterAddress: '127.0.0.1:2', masterFlushOffset: '0' }
  expect((await client.ask(RequestCode.EXCHANGE_BROKER_HA_INFO, ext)).ext.masterAddress).toBe(broker.address)
})

it('a flush offset may be set, and one is needed to set', async () => {
  expect((await client.ask(RequestCode.RESET_MASTER_FLUSH_OFFSET, { masterFlushOffset: '0' })).code).toBe(0)
  expect((await client.ask(RequestCode.RESET_MASTER_FLUSH_OFFSET)).code).toBe(ResponseCode.SYSTEM_ERROR)
})
