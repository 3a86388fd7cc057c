// test/broker/processor/transaction.test.ts: a producer sends a prepared message and says how it ends; and what others
// say about it, or about what is none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RequestCode } from '../../../broker/protocol/codes'
import type { Command, ExtFields } from '../../../broker/protocol/command'
import { parseOffsetId } from '../../../broker/protocol/message-id'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

const HALF = 'RMQ_SYS_TRANS_HALF_TOPIC'
const NOTES = 'RMQ_SYS_TRANS_OP_HALF_TOPIC'
const COMMIT = 8
const ROLLBACK = 12

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker({ messageDelayLevel: '1s 2h' })
  client = broker.client()
})
afterAll(() => broker.stop())

/** As TransactionMQProducer sends. */
const prepare = (topic: string, properties: Record<string, string> = {}, ext: ExtFields = {}): Promise<Command> =>
  client.send({
    topic,
    body: 'half',
    queueId: 2,
    properties: { TRAN_MSG: 'true', PGROUP: 'PG', ...properties },
    ext: { f: '4', g: String(Date.now()), ...ext },
  })

const end = (sent: Command, how: number, more: ExtFields = {}): Promise<Command> =>
  client.ask(RequestCode.END_TRANSACTION, {
    producerGroup: 'PG',
    tranStateTableOffset: sent.ext.queueOffset ?? '',
    commitLogOffset: String(parseOffsetId(sent.ext.msgId ?? '').commitLogOffset),
    commitOrRollback: String(how),
    msgId: sent.ext.transactionId ?? '',
    fromTransactionCheck: 'false',
    ...more,
  })

const isEmpty = async (topic: string, queueId = 2) => (await client.ask(30, { topic, queueId: String(queueId) })).ext

describe('a prepared message', () => {
  it('TX1: lies in the half topic, is answered for its own queue, and no consumer of its topic sees it', async () => {
    const sent = await prepare('hidden', { TAGS: 'A', KEYS: 'k', UNIQ_KEY: 'U1' })
    expect(sent).toMatchObject({ code: 0, ext: { queueId: '2', transactionId: 'U1' } })
    const half = await client.view(sent.ext.msgId ?? '')
    expect(half).toMatchObject({ topic: HALF, queueId: 0, sysFlag: 0, text: 'half', preparedTransactionOffset: 0 })
    expect(half.properties).toEqual({
      TRAN_MSG: 'true',
      PGROUP: 'PG',
      TAGS: 'A',
      KEYS: 'k',
      UNIQ_KEY: 'U1',
      MSG_REGION: 'DefaultRegion',
      TRACE_ON: 'true',
      CLUSTER: 'DefaultCluster',
      __transactionId__: 'U1',
      REAL_TOPIC: 'hidden',
      REAL_QID: '2',
    })
    expect(await isEmpty('hidden')).toEqual({ offset: '0' })
  })

  it('that is committed comes to its topic, with its own birth and the place of its first half', async () => {
    const sent = await prepare('committed', { TAGS: 'A', UNIQ_KEY: 'U2' }, { h: '77' })
    expect(await end(sent, COMMIT)).toMatchObject({ code: 0 })
    const [found] = await client.pullUntil('g', 'committed', 0, 2)
    const half = await client.view(sent.ext.msgId ?? '')
    const { REAL_TOPIC, REAL_QID, ...properties } = half.properties
    expect([REAL_TOPIC, REAL_QID]).toEqual(['committed', '2'])
    expect(found?.properties).toEqual(properties)
    expect(found).toMatchObject({
      topic: 'committed',
      queueId: 2,
      flag: 77,
      sysFlag: COMMIT,
      text: 'half',
      bornTimestampMs: half.bornTimestampMs,
      bornHost: half.bornHost,
      preparedTransactionOffset: half.commitLogOffset,
    })
  })

  it('is noted as done in the same write as its commit, in the form that Apache reads', async () => {
    const sent = await prepare('noted', { UNIQ_KEY: 'U3' })
    await end(sent, COMMIT)
    const [message] = await client.pullUntil('g', 'noted', 0, 2)
    const notes = await client.pullUntil('tools', NOTES, 0, 0)
    const note = notes.find(({ text }) => text.split(',').includes(sent.ext.queueOffset ?? ''))
    expect(note).toMatchObject({ properties: { TAGS: 'd', WAIT: 'true' }, sysFlag: 0, queueId: 0 })
    expect(note?.text).toMatch(/^(\d+,)+$/)
    expect(note?.commitLogOffset).toBe((message?.commitLogOffset ?? 0) + (message?.totalSize ?? 0))
  })

  it('that is rolled back comes never', async () => {
    const sent = await prepare('rolled-back')
    expect(await end(sent, ROLLBACK)).toMatchObject({ code: 0 })
    expect(await end(sent, COMMIT)).toMatchObject({ code: 1, remark: 'The transaction has ended before' })
    expect(await isEmpty('rolled-back')).toEqual({ offset: '0' })
  })

  it('that is committed twice comes once', async () => {
    const sent = await prepare('twice')
    const replies = await Promise.all([end(sent, COMMIT), end(sent, COMMIT), end(sent, COMMIT)])
    expect(replies.map(({ code }) => code).sort()).toEqual([0, 1, 1])
    expect(await isEmpty('twice')).toEqual({ offset: '1' })
  })

  it('that is delayed as well waits from its commit on', async () => {
    const sent = await prepare('late', { DELAY: '1' })
    expect((await client.view(sent.ext.msgId ?? '')).topic).toBe(HALF)
    await end(sent, COMMIT)
    const committedMs = Date.now()
    const [found] = await client.pullUntil('g', 'late', 0, 2)
    expect(found?.storeTimestampMs).toBeGreaterThanOrEqual(committedMs + 900)
    expect(found?.properties).toMatchObject({ REAL_TOPIC: 'late', REAL_QID: '2' })
  })

  it('of which nothing is known yet gets no answer', async () => {
    const sent = await prepare('unknown')
    const unanswered = end(sent, 0).then(
      () => 'answered',
      () => 'closed',
    )
    const next = prepare('unknown').then(() => 'the next request was answered')
    expect(await Promise.race([unanswered, next])).toBe('the next request was answered')
    expect(await end(sent, COMMIT)).toMatchObject({ code: 0 })
  })

  it('is refused where the broker takes none', async () => {
    await client.ask(25, {}, 'rejectTransactionMessage=true')
    const refused = await prepare('forbidden')
    await client.ask(25, {}, 'rejectTransactionMessage=false')
    expect([refused.code, refused.remark]).toEqual([
      16,
      'the broker[127.0.0.1] sending transaction message is forbidden',
    ])
  })

  it('needs its property: bits alone would hide it for ever', async () => {
    expect(await client.send({ topic: 'bits', ext: { f: '4' } })).toMatchObject({ code: 13 })
  })
})

describe('the end of a transaction is refused', () => {
  it.each([
    ['of another group', { producerGroup: 'other' }, 'The producer group wrong'],
    ['with another queue offset', { tranStateTableOffset: '99' }, 'The transaction state table offset wrong'],
    ['at no place', { commitLogOffset: '3' }, 'Find prepared transaction message failed'],
    ['below all places', { commitLogOffset: '-1' }, 'Find prepared transaction message failed'],
    ['beyond the end', { commitLogOffset: '9000000000000000' }, 'Find prepared transaction message failed'],
  ])('%s', async (_what, more, remark) => {
    const sent = await prepare('checked')
    expect(await end(sent, COMMIT, more)).toMatchObject({ code: 1, remark })
    expect(await end(sent, ROLLBACK)).toMatchObject({ code: 0 })
  })

  it('for a message that was never prepared', async () => {
    const sent = await client.send({ topic: 'plain', properties: { PGROUP: 'PG', REAL_TOPIC: 'x', REAL_QID: '0' } })
    expect(await end(sent, COMMIT)).toMatchObject({ code: 1, remark: 'Find prepared transaction message failed' })
  })

  it('for bytes in a body that look like a prepared message', async () => {
    const real = await prepare('forged')
    const { commitLogOffset } = parseOffsetId(real.ext.msgId ?? '')
    const reply = await client.ask(RequestCode.VIEW_MESSAGE_BY_ID, { offset: String(commitLogOffset) })
    // sent once to learn where the body lies, then again with a record in it that claims that place
    const first = await client.send({ topic: 'carrier', body: reply.body })
    const second = await client.ask(RequestCode.VIEW_MESSAGE_BY_ID, {
      offset: String(parseOffsetId(first.ext.msgId ?? '').commitLogOffset),
    })
    const at = second.body.indexOf(reply.body)
    const place = parseOffsetId(first.ext.msgId ?? '').commitLogOffset + second.body.length + at
    const forged = Buffer.from(reply.body)
    forged.writeBigInt64BE(BigInt(place), 28)
    await client.send({ topic: 'carrier', body: forged })
    const asked = { commitLogOffset: String(place) }
    expect(await end(real, COMMIT, asked)).toMatchObject({
      code: 1,
      remark: 'Find prepared transaction message failed',
    })
  })

  it('once its own immunity time is over, unless it answers a check', async () => {
    const born = { g: String(Date.now() - 3_600_000) }
    const sent = await prepare('immune', { CHECK_IMMUNITY_TIME_IN_SECONDS: '10' }, born)
    expect(await end(sent, COMMIT)).toMatchObject({ code: 604 })
    expect(await end(sent, COMMIT, { fromTransactionCheck: 'true' })).toMatchObject({ code: 0 })
  })

  it('without its fields, and the broker goes on', async () => {
    const reply = await client.ask(RequestCode.END_TRANSACTION, { producerGroup: 'PG' })
    expect(reply).toMatchObject({ code: 1 })
    expect(reply.remark).toContain('tranStateTableOffset')
  })
})

describe('asking again for a message that was set aside', () => {
  it.each([
    ['no id', 'nonsense'],
    ['a place where nothing lies', `7F00000100002A9F${'0'.repeat(15)}9`],
  ])('is refused for %s', async (_what, msgId) => {
    expect(await client.ask(RequestCode.RESUME_CHECK_HALF_MESSAGE, { topic: 't', msgId })).toMatchObject({
      code: 1,
      remark: 'Exception was thrown when putting message back to RMQ_SYS_TRANS_HALF_TOPIC.',
    })
  })

  it('is refused for a message of another topic', async () => {
    const plain = await client.send({ topic: 'plain', properties: { REAL_TOPIC: 'x', REAL_QID: '0' } })
    const reply = await client.ask(RequestCode.RESUME_CHECK_HALF_MESSAGE, { msgId: plain.ext.msgId ?? '' })
    expect(reply.code).toBe(1)
  })

  it('does nothing for one that still waits', async () => {
    const sent = await prepare('waits')
    const before = (await client.ask(30, { topic: HALF, queueId: '0' })).ext.offset
    const reply = await client.ask(RequestCode.RESUME_CHECK_HALF_MESSAGE, { msgId: sent.ext.msgId ?? '' })
    expect(reply.code).toBe(0)
    expect((await client.ask(30, { topic: HALF, queueId: '0' })).ext.offset).toBe(before)
  })
})
