// test/broker/schedule/prepared.test.ts: nobody said how a transaction ended: a producer of the group is asked, until it
// says so or has been asked too often; over restarts as well. A real broker, asked each 300 ms instead of each 30 s.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RequestCode } from '../../../broker/protocol/codes'
import type { Command, ExtFields } from '../../../broker/protocol/command'
import { parseOffsetId } from '../../../broker/protocol/message-id'
import { parseProperties } from '../../../broker/protocol/properties'
import { decodeRecord } from '../../../broker/protocol/record'
import { openRealBroker, type RealBroker, type TestClient } from '../processor/real-broker'

const HALF = 'RMQ_SYS_TRANS_HALF_TOPIC'
const SET_ASIDE = 'TRANS_CHECK_MAX_TIME_TOPIC'
const COMMIT = '8'
const ROLLBACK = '12'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker({
    transactionCheckInterval: '300',
    transactionTimeOut: '400',
    transactionCheckMax: '3',
    flushConsumerOffsetInterval: '100',
  })
  client = broker.client()
})
afterAll(() => broker.stop())

const prepare = (group: string, topic: string, properties: Record<string, string> = {}, ext: ExtFields = {}) =>
  client.send({
    topic,
    body: topic,
    properties: { TRAN_MSG: 'true', PGROUP: group, ...properties },
    ext: { f: '4', g: String(Date.now()), ...ext },
  })
const end = (group: string, how: string, ext: ExtFields, asker = client): Promise<Command> =>
  asker.ask(RequestCode.END_TRANSACTION, { producerGroup: group, commitOrRollback: how, msgId: 'm', ...ext })
const endOf = (sent: Command): ExtFields => ({
  tranStateTableOffset: sent.ext.queueOffset,
  commitLogOffset: String(parseOffsetId(sent.ext.msgId ?? '').commitLogOffset),
})

/** A producer of the group that answers each check as `how` says, the nth time. */
async function producer(group: string, how: (nth: number) => string | undefined): Promise<TestClient> {
  const peer = broker.client()
  let asked = 0
  peer.answers = ({ code, ext }) => {
    if (code !== RequestCode.CHECK_TRANSACTION_STATE) return undefined
    const decision = how(++asked)
    const { tranStateTableOffset, commitLogOffset } = ext
    const from = { tranStateTableOffset, commitLogOffset, fromTransactionCheck: 'true' }
    if (decision !== undefined) void end(group, decision, from, peer).catch(() => {})
    return undefined
  }
  await peer.heartbeat(`${group}@${Math.random()}`, [], [group])
  return peer
}
const checks = (peer: TestClient): Command[] => peer.told.filter(({ code }) => code === 39)
const maxOffset = async (topic: string): Promise<number> =>
  Number((await client.ask(30, { topic, queueId: '0' })).ext.offset)

describe('a transaction whose end is not known', () => {
  it('is asked for at a producer of its group, with the record as it was sent and the place where it waits now', async () => {
    const peer = await producer('ask', () => COMMIT)
    const sent = await prepare('ask', 'asked', { UNIQ_KEY: 'UA', TAGS: 'T' }, { e: '3', h: '9' })
    const half = await client.view(sent.ext.msgId ?? '')
    const [found] = await client.pullUntil('g', 'asked', 0, 3)
    const [check] = checks(peer)
    expect(check?.flag).toBe(2) // nobody waits for an answer
    const again = await client.view(check?.ext.offsetMsgId ?? '')
    expect(check?.ext).toEqual({
      topic: HALF,
      tranStateTableOffset: String(again.queueOffset),
      commitLogOffset: String(again.commitLogOffset),
      msgId: 'UA',
      transactionId: 'UA',
      offsetMsgId: check?.ext.offsetMsgId,
      bname: 'broker-a',
    })
    expect(again).toMatchObject({ topic: HALF, queueId: 0, text: 'asked', bornTimestampMs: half.bornTimestampMs })
    expect(again.properties).toEqual({ ...half.properties, TRANSACTION_CHECK_TIMES: '1' })
    const body = decodeRecord(check?.body ?? Buffer.alloc(0))
    expect(body).toMatchObject({
      topic: 'asked',
      queueId: 3,
      flag: 9,
      queueOffset: again.queueOffset,
      commitLogOffset: again.commitLogOffset,
      storeTimestampMs: half.storeTimestampMs,
    })
    // what is stored keeps what its sender said; the copy for the check does not, as in Apache
    expect(Object.fromEntries(parseProperties(body.properties))).toEqual({ ...again.properties, WAIT: 'false' })
    expect(found).toMatchObject({ preparedTransactionOffset: again.commitLogOffset })
    expect(found?.properties.TRANSACTION_CHECK_TIMES).toBe('1')
  })

  it('TX5: is asked for again at each interval until it is known, and then no more', async () => {
    const peer = await producer('again', (nth) => (nth < 3 ? undefined : COMMIT))
    const fromMs = Date.now()
    await prepare('again', 'again')
    await client.pullUntil('g', 'again')
    expect(checks(peer).length).toBe(3)
    expect(Date.now() - fromMs).toBeGreaterThanOrEqual(2 * 300)
    await prepare('again', 'marker')
    await client.pullUntil('g', 'marker')
    expect(checks(peer).length).toBe(4)
    expect(await maxOffset('again')).toBe(1)
  })

  it('rolled back at a check comes never and is not asked for again', async () => {
    const peer = await producer('back', () => ROLLBACK)
    await prepare('back', 'rolled')
    await expect.poll(() => checks(peer).length).toBe(1)
    const marker = await producer('back-marker', (nth) => (nth === 2 ? COMMIT : undefined))
    await prepare('back-marker', 'back-marker')
    await client.pullUntil('g', 'back-marker')
    expect([checks(peer).length, checks(marker).length]).toEqual([1, 2])
    expect(await maxOffset('rolled')).toBe(0)
  })

  it('is set aside when it was asked for as often as may be, and asked for again when somebody says so', async () => {
    let answer: string | undefined
    const peer = await producer('silent', () => answer)
    const sent = await prepare('silent', 'silent', { UNIQ_KEY: 'US' })
    const found = await client.pullUntil('tools', SET_ASIDE)
    const aside = found.find(({ properties }) => properties.UNIQ_KEY === 'US')
    expect(aside).toMatchObject({ text: 'silent', queueId: 0 })
    expect(aside?.properties).toMatchObject({ REAL_TOPIC: 'silent', TRANSACTION_CHECK_TIMES: '3' })
    expect(checks(peer).length).toBe(3)
    expect((await client.ask(351, { topic: SET_ASIDE })).body.toString()).toMatch(/"writeQueueNums":1/)
    answer = COMMIT
    const storeHost = (sent.ext.msgId ?? '').slice(0, 16)
    const place = (aside?.commitLogOffset ?? 0).toString(16).padStart(16, '0')
    const resumed = await client.ask(RequestCode.RESUME_CHECK_HALF_MESSAGE, { msgId: storeHost + place })
    expect(resumed.code).toBe(0)
    expect((await client.pullUntil('g', 'silent')).length).toBe(1)
    expect(checks(peer).length).toBe(4)
  })

  it('set aside, can still be committed by who sent it', async () => {
    const sent = await prepare('slow', 'slow', { UNIQ_KEY: 'UL' })
    await expect
      .poll(async () => (await client.pullUntil('tools', SET_ASIDE)).some((one) => one.properties.UNIQ_KEY === 'UL'), {
        timeout: 10_000,
      })
      .toBe(true)
    expect(await end('slow', COMMIT, endOf(sent))).toMatchObject({ code: 0 })
    expect((await client.pullUntil('g', 'slow')).length).toBe(1)
  })

  it('committed by its sender after it was asked for comes once, and is asked for no more', async () => {
    const peer = await producer('late', () => undefined)
    const sent = await prepare('late', 'late', { UNIQ_KEY: 'U-late' })
    await expect.poll(() => checks(peer).length).toBe(1)
    expect(await end('late', COMMIT, endOf(sent))).toMatchObject({ code: 0 })
    const { tranStateTableOffset, commitLogOffset } = checks(peer)[0]?.ext ?? {}
    const fromCheck = { tranStateTableOffset, commitLogOffset, fromTransactionCheck: 'true' }
    expect(await end('late', COMMIT, fromCheck)).toMatchObject({ code: 1, remark: 'The transaction has ended before' })
    expect(await maxOffset('late')).toBe(1)
  })

  it.each(['CHECK_IMMUNITY_TIME_IN_SECONDS', 'CheckImmunityTimeInSeconds'])(
    'is not asked for before the time of its own (%s), and soon after',
    async (name) => {
      const peer = await producer(name, () => COMMIT)
      const sent = await prepare(name, name, { [name]: '2' })
      const [found] = await client.pullUntil('g', name)
      const half = await client.view(sent.ext.msgId ?? '')
      const waitedMs = (found?.storeTimestampMs ?? 0) - half.bornTimestampMs
      expect(waitedMs).toBeGreaterThanOrEqual(2000)
      expect(checks(peer).length).toBe(1)
    },
  )

  it('without a producer to ask is asked for when one comes', async () => {
    await prepare('absent', 'absent')
    await producer('absent', () => COMMIT)
    expect((await client.pullUntil('g', 'absent')).length).toBe(1)
  })
})

it('AD5: transactionCheckInterval holds from the moment it is changed', async () => {
  const set = (value: string) => client.ask(RequestCode.UPDATE_BROKER_CONFIG, {}, `transactionCheckInterval=${value}\n`)
  expect((await set('3600000')).code).toBe(0)
  const peer = await producer('interval', () => COMMIT)
  await prepare('interval', 'interval')
  expect((await set('300')).code).toBe(0)
  await expect.poll(() => checks(peer).length, { timeout: 60_000 }).toBe(1)
})

describe('after a restart', () => {
  it('what waited is asked for, what was settled is not, and the progress is where Apache keeps it', async () => {
    const waits = await prepare('restart', 'waits', { CheckImmunityTimeInSeconds: '3' })
    const settled = await prepare('restart', 'settled')
    await end('restart', COMMIT, endOf(settled))
    await broker.restart()
    client = broker.client()
    const peer = await producer('restart', () => COMMIT)
    expect(await end('restart', COMMIT, endOf(settled))).toMatchObject({ code: 1 })
    expect((await client.pullUntil('g', 'waits')).length).toBe(1)
    expect(checks(peer).map(({ body }) => decodeRecord(body).topic)).toEqual(['waits'])
    expect([await maxOffset('waits'), await maxOffset('settled')]).toEqual([1, 1])
    expect(await end('restart', COMMIT, endOf(waits))).toMatchObject({ code: 1 })
    const end0 = await maxOffset(HALF)
    const path = join(broker.dataDir, 'config', 'consumerOffset.json')
    await expect
      .poll(async () => JSON.stringify((await readFile(path, 'utf8')).replace(/\s/g, '')))
      .toContain(`${HALF}@CID_RMQ_SYS_TRANS\\":{0:${end0}`)
  })
})
