// test/broker/processor/filter-script.test.ts: a group's filter script decides what its pulls and pops bring, is kept over a
// restart, and what it may be is checked before it is taken.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBody } from '../../../broker/protocol/bodies'
import { filterScriptList, filterScriptVerdict } from '../../../broker/protocol/bodies-admin'
import { OwnRequestCode, RequestCode, ResponseCode } from '../../../broker/protocol/codes'
import { decodeRecords } from '../../../broker/protocol/record'
import { filterEntry } from '../../support/filter-entry'
import { openRealBroker, type RealBroker, type TestClient } from './real-broker'

let broker: RealBroker
let client: TestClient
beforeAll(async () => {
  broker = await openRealBroker({}, 'broker-a', { filterEntry: (await filterEntry()).href })
  client = broker.client()
  for (const group of ['g', 'loops']) {
    await client.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, JSON.stringify({ groupName: group }))
  }
})
afterAll(() => broker.stop())

const set = (source: string, ext: Record<string, string> = {}) =>
  client.ask(OwnRequestCode.SET_FILTER_SCRIPT, { group: 'g', ...ext }, source)
const states = async (group = 'g') => {
  const reply = await client.ask(OwnRequestCode.GET_FILTER_SCRIPTS, { group })
  return readBody(filterScriptList, reply.body).scripts
}
const bodies = (body: Buffer) => decodeRecords(body).map((record) => record.body.toString())
const expensive = 'function match(m) { return Number(m.properties.price) >= 100 }'

// the first script waits until the interpreter is there
describe('FI6: a filter script at a broker', { timeout: 120_000 }, () => {
  it('leaves out of pulls and pops what it does not let pass, and says how much', async () => {
    for (const [n, price] of [50, 100, 150, 99].entries()) {
      await client.send({ topic: 'T', body: `m${n}`, properties: { price: `${price}` } })
    }
    expect((await set(expensive)).code).toBe(ResponseCode.SUCCESS)
    const pull = await client.pull('g', 'T', 0)
    expect([pull.code, bodies(pull.body), pull.ext.nextBeginOffset]).toEqual([0, ['m1', 'm2'], '4'])
    expect(bodies((await client.pull('other', 'T', 0)).body)).toEqual(['m0', 'm1', 'm2', 'm3'])
    const none = await client.pull('g', 'T', 3)
    expect([none.code, none.remark, none.ext.nextBeginOffset]).toEqual([
      ResponseCode.PULL_RETRY_IMMEDIATELY,
      'NO_MATCHED_MESSAGE',
      '4',
    ])
    const pop = await client.ask(RequestCode.POP_MESSAGE, {
      consumerGroup: 'g',
      topic: 'T',
      queueId: '0',
      maxMsgNums: '32',
      invisibleTime: '60000',
      pollTime: '0',
      bornTime: String(Date.now()),
      initMode: '0',
      expType: 'TAG',
      exp: '*',
      order: 'false',
    })
    expect([pop.code, bodies(pop.body)]).toEqual([0, ['m1', 'm2']])
    expect(await states()).toMatchObject([{ group: 'g', source: expensive, passed: 4, leftOut: 5, faults: 0 }])
  })

  it('judges what comes while a pull waits', async () => {
    await client.send({ topic: 'Waited', body: 'cheap', properties: { price: '2' } })
    const waiting = client.pull('g', 'Waited', 1, { sysFlag: '6', suspendTimeoutMillis: '60000' })
    await client.send({ topic: 'Waited', body: 'cheap', properties: { price: '1' } })
    await client.send({ topic: 'Waited', body: 'dear', properties: { price: '1000' } })
    expect(bodies((await waiting).body)).toEqual(['dear'])
  })

  it('that cannot be used is refused with the reason, and the one before stays', async () => {
    const refusals = [
      [await set('function match( {'), ResponseCode.SUBSCRIPTION_PARSE_FAILED, /cannot be used: SyntaxError.*line 1/],
      [await set('let x'), ResponseCode.SUBSCRIPTION_PARSE_FAILED, /defines a function match/],
      [await set('x'.repeat(70_000)), ResponseCode.INVALID_PARAMETER, /1 to 65536 bytes/],
      [await set(expensive, { onFault: 'perhaps' }), ResponseCode.INVALID_PARAMETER, /open or closed/],
      [await set(expensive, { timeLimitMs: '0' }), ResponseCode.INVALID_PARAMETER, /from 1 to 1000/],
      [await set(expensive, { group: 'nobody' }), ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, /create it first/],
    ] as const
    for (const [reply, code, remark] of refusals) {
      expect(reply.code).toBe(code)
      expect(reply.remark).toMatch(remark)
    }
    expect((await states())[0]?.source).toBe(expensive)
  })

  it('replaces the one its author saw, and no other that came meanwhile', async () => {
    const [held] = await states()
    const replaces = String(held?.updatedAtMs)
    const both = await Promise.all([set(expensive, { replaces }), set(`${expensive} // another`, { replaces })])
    expect(both.map(({ code }) => code)).toEqual([ResponseCode.SUCCESS, ResponseCode.SUBSCRIPTION_NOT_LATEST])
    expect(both[1]?.remark).toMatch(/changed meanwhile.*read it again/)
    expect((await set('function match() { return true }', { replaces: '0' })).code).toBe(
      ResponseCode.SUBSCRIPTION_NOT_LATEST,
    )
    expect((await set(expensive, { replaces: '0' })).code).toBe(ResponseCode.SUCCESS) // it is there already
    expect((await set(expensive)).code).toBe(ResponseCode.SUCCESS)
  })

  it('is tried on a message before it is kept: nothing changes, and no figure moves', async () => {
    const { body: record } = await client.pull('other', 'T', 0, { maxMsgNums: '1' })
    const attempt = async (source: string, ext: Record<string, string> = {}) => {
      const sourceBytes = String(Buffer.byteLength(source))
      const body = Buffer.concat([Buffer.from(source), record])
      const reply = await client.ask(OwnRequestCode.TRY_FILTER_SCRIPT, { group: 'g', sourceBytes, ...ext }, body)
      return reply.code === 0 ? readBody(filterScriptVerdict, reply.body) : reply.remark
    }
    const before = await states()
    expect(await attempt('const match = (m) => m.body === "m0"')).toEqual({ verdict: 'passed', fault: '' })
    expect(await attempt(expensive)).toEqual({ verdict: 'left-out', fault: '' }) // its price is 50
    expect(await attempt('function match(m) { return m.none.at }')).toMatchObject({
      verdict: 'fault',
      fault: expect.stringMatching(/TypeError.*line 1/),
    })
    expect(await attempt('function match( {')).toMatchObject({
      verdict: 'fault',
      fault: expect.stringMatching(/Syntax/),
    })
    expect(await attempt('const match = () => { while (true) {} }', { timeLimitMs: '1' })).toEqual({
      ...{ verdict: 'fault', fault: 'it took longer than 1 ms' },
    })
    expect(await attempt(expensive, { group: 'nobody' })).toMatch(/no group nobody/)
    expect(await attempt(expensive, { timeLimitMs: '2000' })).toMatch(/from 1 to 1000/)
    expect(await attempt(expensive, { sourceBytes: '100000' })).toMatch(/1 to 65536 bytes/)
    expect(await attempt(expensive, { sourceBytes: '60000' })).toMatch(/no message behind/)
    expect(await states()).toEqual(before)
  })

  it('that loops holds up nobody else, and lets through or leaves out as was asked', async () => {
    const loop = 'function match() { while (true) {} }'
    expect((await set(loop, { group: 'loops', onFault: 'closed', timeLimitMs: '1' })).code).toBe(0)
    const looping = client.pull('loops', 'T', 0)
    expect(bodies((await client.pull('other', 'T', 0)).body)).toHaveLength(4)
    expect((await looping).code).toBe(ResponseCode.PULL_RETRY_IMMEDIATELY)
    expect((await set(loop, { group: 'loops', onFault: 'open', timeLimitMs: '1' })).code).toBe(0)
    expect(bodies((await client.pull('loops', 'T', 0)).body)).toHaveLength(4)
    expect(await states('loops')).toMatchObject([{ faults: 4, lastFault: 'it took longer than 1 ms' }])
  })

  it('is kept over a restart, goes with its group, and is gone when it is removed', async () => {
    await broker.restart()
    client = broker.client()
    expect(bodies((await client.pull('g', 'T', 0)).body)).toEqual(['m1', 'm2'])
    await client.ask(RequestCode.DELETE_SUBSCRIPTIONGROUP, { groupName: 'loops' })
    expect(await states('loops')).toEqual([])
    expect((await client.ask(OwnRequestCode.REMOVE_FILTER_SCRIPT, { group: 'g' })).code).toBe(0)
    expect((await client.ask(OwnRequestCode.REMOVE_FILTER_SCRIPT, { group: 'g' })).code).toBe(
      ResponseCode.QUERY_NOT_FOUND,
    )
    expect(bodies((await client.pull('g', 'T', 0)).body)).toEqual(['m0', 'm1', 'm2', 'm3'])
  })
})
