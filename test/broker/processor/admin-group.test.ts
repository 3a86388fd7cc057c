// test/broker/processor/admin-group.test.ts: how consumer groups are made, changed, listed and removed by tools.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RequestCode as Code } from '../../../broker/protocol/codes'
import { openTestBroker, type TestBroker } from '../../support/broker-context'

let at: TestBroker
beforeEach(async () => {
  at = await openTestBroker()
})
afterEach(() => at.close())
const make = (group: unknown) => at.ask(Code.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, JSON.stringify(group))

describe('a group that a tool makes', () => {
  it("has Apache's defaults where nothing is said", async () => {
    expect(await make({ groupName: 'G', retryMaxTimes: 3, attributes: { '+priority.factor': '3' } })).toMatchObject({
      code: 0,
    })
    const { text } = await at.ask(Code.GET_SUBSCRIPTIONGROUP_CONFIG, { group: 'G' })
    expect(text).toBe(
      '{"attributes":{"priority.factor":"3"},"brokerId":0,"consumeBroadcastEnable":true,"consumeEnable":true,"consumeFromMinEnable":true,"consumeMessageOrderly":false,"consumeTimeoutMinute":15,"groupName":"G","groupRetryPolicy":{"type":"CUSTOMIZED"},"groupSysFlag":0,"notifyConsumerIdsChangedEnable":true,"retryMaxTimes":3,"retryQueueNums":1,"whichBrokerWhenConsumeSlowly":1}',
    )
  })

  it.each([
    [{ groupName: 'g g' }, 29, 'The specified group: g g, contains illegal characters'],
    [{ groupName: '' }, 29, 'The specified group is blank.'],
    [{ groupName: 'g'.repeat(121) }, 29, 'is longer than group max length: 120'],
    [{}, 1, 'groupName is missing'],
    [[], 1, 'body is no object'],
    [{ groupName: 'G', retryMaxTimes: 'abc' }, 1, 'retryMaxTimes is no whole number'],
    [{ groupName: 'G', consumeEnable: 'maybe' }, 1, 'consumeEnable is no boolean'],
    [{ groupName: 'G', retryQueueNums: -1 }, 29, '<retryQueueNums> must be from 0 to 65535: -1'],
    [{ groupName: 'G', attributes: { '+priority.factor': 'x' } }, 1, 'For input string: "x"'],
    [{ groupName: 'G', attributes: { zz: '1' } }, 1, 'wrong format key: z'],
  ])('is refused for %j', async (group, code, remark) => {
    const answer = await make(group)
    expect(answer.code).toBe(code)
    expect(answer.remark).toContain(remark)
    expect(at.broker.groups.peek('G')).toBeUndefined()
  })

  it('comes with the whole list or not at all', async () => {
    const list = (...names: string[]) =>
      at.ask(
        Code.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST,
        {},
        JSON.stringify({ groupConfigList: names.map((groupName) => ({ groupName })) }),
      )
    expect(await list('A', 'b b')).toMatchObject({ code: 29 })
    expect(at.broker.groups.peek('A')).toBeUndefined()
    expect(await list('A', 'B')).toMatchObject({ code: 0 })
    expect(at.broker.groups.peek('B')).toBeDefined()
  })

  it('appears when it is first asked for, if the broker may make it', async () => {
    expect(await at.ask(Code.GET_SUBSCRIPTIONGROUP_CONFIG, { group: 'new' })).toMatchObject({ code: 0 })
    await at.config.update(new Map([['autoCreateSubscriptionGroup', 'false']]))
    const answer = await at.ask(Code.GET_SUBSCRIPTIONGROUP_CONFIG, { group: 'newer' })
    expect(answer).toMatchObject({ code: 26, remark: 'No group in this broker' })
  })
})

describe('a group that a tool deletes', () => {
  it('keeps its offsets unless they are to go as well', async () => {
    await make({ groupName: 'G' })
    at.broker.offsets.commit('G', 'T', 0, 5)
    expect(await at.ask(Code.DELETE_SUBSCRIPTIONGROUP, { groupName: 'G' })).toMatchObject({ code: 0 })
    expect(at.broker.groups.peek('G')).toBeUndefined()
    expect(at.broker.offsets.query('G', 'T', 0)).toBe(5)
    await at.ask(Code.DELETE_SUBSCRIPTIONGROUP, { groupName: 'G', cleanOffset: 'true' })
    expect(at.broker.offsets.query('G', 'T', 0)).toBe(-1)
  })
  it('must be named', async () => {
    const answer = await at.ask(Code.DELETE_SUBSCRIPTIONGROUP)
    expect(answer).toMatchObject({ code: 1, remark: 'the custom field <groupName> is null' })
  })
})

describe('the table of groups', () => {
  it('is told whole and in pages', async () => {
    const whole = await at.ask(Code.GET_ALL_SUBSCRIPTIONGROUP_CONFIG)
    expect(whole.ext.totalGroupNum).toBe(String(at.broker.groups.size))
    expect(Object.keys(JSON.parse(whole.text).subscriptionGroupTable)).toHaveLength(at.broker.groups.size)
    const ext = { groupSeq: '2', maxGroupNum: '3', dataVersion: JSON.stringify(at.broker.groups.version) }
    const page = await at.ask(Code.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, ext)
    const names = [...at.broker.groups.all()].map(({ groupName }) => groupName)
    expect(Object.keys(JSON.parse(page.text).subscriptionGroupTable)).toEqual(names.slice(2, 5))
  })

  it('remembers what a group may not read', async () => {
    const ask = (ext: Record<string, string>) =>
      at.ask(Code.UPDATE_AND_GET_GROUP_FORBIDDEN, { group: 'G', topic: 'T', ...ext })
    expect((await ask({})).text).toBe('{"group":"G","readable":true,"topic":"T"}')
    expect((await ask({ readable: 'false' })).text).toBe('{"group":"G","readable":false,"topic":"T"}')
    expect((await ask({})).text).toBe('{"group":"G","readable":false,"topic":"T"}')
    expect((await ask({ readable: 'true' })).text).toBe('{"group":"G","readable":true,"topic":"T"}')
  })
})
