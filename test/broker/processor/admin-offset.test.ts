// test/broker/processor/admin-offset.test.ts: resets, copies and reports of what groups have consumed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newGroup } from '../../../broker/catalog/groups'
import { newTopic } from '../../../broker/catalog/system-topics'
import { RequestCode as Code } from '../../../broker/protocol/codes'
import { openTestBroker, type TestBroker, testConnection } from '../../support/broker-context'

let at: TestBroker
beforeEach(async () => {
  at = await openTestBroker()
  at.broker.topics.put({ ...newTopic('T', 2), readQueueNums: 2, writeQueueNums: 2 })
  at.broker.groups.put(newGroup('G'))
  at.fill('T', 0, 10, 1_000_000)
  at.fill('T', 1, 4, 1_000_000)
})
afterEach(() => at.close())

const reset = (over: Record<string, string> = {}, more = {}) =>
  at.ask(
    Code.INVOKE_BROKER_TO_RESET_OFFSET,
    { topic: 'T', group: 'G', timestamp: '1003000', isForce: 'true', ...over },
    '',
    more,
  )
const mq = (queueId: number) => `{"brokerName":"broker-a","queueId":${queueId},"topic":"T"}`

describe('a reset', () => {
  it('AD6: moves an offline group to the first message at or after a time', async () => {
    at.broker.offsets.commit('G', 'T', 0, 9)
    expect(await reset()).toMatchObject({ code: 0, text: `{"offsetTable":{${mq(0)}:3,${mq(1)}:3}}` })
    expect(at.broker.offsets.query('G', 'T', 0)).toBe(3)
    expect(at.broker.offsets.pendingReset('G', 'T', 0)).toBe(3)
  })
  it("wakes the group's waiting pulls, and nobody else's", async () => {
    const woken: string[] = []
    const hold = (group: string, queueId: number) =>
      at.broker.heldPulls.hold({
        connection: testConnection(),
        group,
        topic: 'T',
        queueId,
        queueOffset: 10,
        deadlineMs: at.clock.nowMs + 15_000,
        wants: () => true,
        wake: () => void woken.push(`${group} ${queueId}`),
      })
    hold('G', 0)
    hold('H', 0)
    hold('G', 1)
    await reset({ queueId: '0' })
    expect(woken).toEqual(['G 0'])
  })
  it('goes to the end for a time below zero', async () => {
    expect((await reset({ timestamp: '-1' })).text).toBe(`{"offsetTable":{${mq(0)}:10,${mq(1)}:4}}`)
  })
  it('takes one queue and an offset of it', async () => {
    expect((await reset({ queueId: '1', offset: '2' })).text).toBe(`{"offsetTable":{${mq(1)}:2}}`)
    expect(at.broker.offsets.query('G', 'T', 0)).toBe(-1)
  })
  it.each([
    [{ topic: 'nope' }, 17, 'Topic nope does not exist'],
    [{ group: 'nope' }, 26, 'Group nope does not exist'],
    [{ queueId: '1', offset: '99' }, 1, 'Target offset 99 not in consume queue range [0-4]'],
    [{ queueId: '7' }, 29, 'queueId 7 of topic T does not exist'],
    [{ timestamp: 'yesterday' }, 1, 'the custom field <timestamp> is no 64-bit number: yesterday'],
    [{ timestamp: undefined }, 1, 'the custom field <timestamp> is null'],
  ] as [Record<string, string>, number, string][])('is refused for %j', async (over, code, remark) => {
    expect(await reset(over)).toMatchObject({ code, remark })
  })

  describe('that is told to the clients, as before 5.x', () => {
    beforeEach(() => at.config.update(new Map([['useServerSideResetOffset', 'false']])))
    const online = () => {
      const connection = testConnection()
      at.broker.consumers.register(
        { connection, clientId: 'c1', language: 'JAVA', version: 513 },
        {
          group: 'G',
          consumeType: 'CONSUME_PASSIVELY',
          messageModel: 'CLUSTERING',
          consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
          subscriptions: [],
          fingerprint: 0,
          notify: false,
        },
      )
      return connection
    }
    it('needs consumers, and offsets of all queues', async () => {
      expect(await reset()).toMatchObject({ code: 1, remark: 'THe consumer group <G> not exist' })
      at.broker.offsets.commit('G', 'T', 0, 9)
      at.broker.offsets.commit('G', 'T', 1, 1)
      const answer = await reset()
      expect(answer.code).toBe(206)
      expect(answer.remark).toContain('Consumer not online, so can not reset offset, Group: G Topic: T')
    })
    it('reaches each connection, and goes back only unless forced', async () => {
      at.broker.offsets.commit('G', 'T', 0, 9)
      at.broker.offsets.commit('G', 'T', 1, 1)
      const connection = online()
      expect((await reset({ isForce: 'false' })).text).toBe(`{"offsetTable":{${mq(0)}:3,${mq(1)}:1}}`)
      const [pushed] = connection.sent.filter(({ code }) => code === 220)
      expect(pushed?.ext).toEqual({ topic: 'T', group: 'G', timestamp: '1003000' })
      expect(pushed?.body?.toString()).toBe(`{"offsetTable":{${mq(0)}:3,${mq(1)}:1}}`)
    })
    it('has a list in it when a tool in C++ asks', async () => {
      at.broker.offsets.commit('G', 'T', 0, 9)
      at.broker.offsets.commit('G', 'T', 1, 9)
      const connection = online()
      await reset({}, { language: 'CPP' })
      expect(connection.sent.find(({ code }) => code === 220)?.body?.toString()).toBe(
        '{"offsetTable":[{"brokerName":"broker-a","offset":3,"queueId":0,"topic":"T"},{"brokerName":"broker-a","offset":3,"queueId":1,"topic":"T"}]}',
      )
    })
  })
})

describe('what tools read of offsets', () => {
  it('is the progress of a group per queue', async () => {
    at.broker.offsets.commit('G', 'T', 0, 3)
    at.broker.offsets.notePull('G', 'T', 0, 5)
    const { text } = await at.ask(Code.GET_CONSUME_STATS, { consumerGroup: 'G' })
    expect(text).toBe(
      `{"consumeTps":0.0,"offsetTable":{${mq(0)}:{"brokerOffset":10,"consumerOffset":3,"lastTimestamp":1002000,"pullOffset":5},` +
        `${mq(1)}:{"brokerOffset":4,"consumerOffset":0,"lastTimestamp":0,"pullOffset":0}}}`,
    )
  })
  it('is nothing for a group that nobody knows', async () => {
    expect((await at.ask(Code.GET_CONSUME_STATS, { consumerGroup: 'x' })).text).toBe(
      '{"consumeTps":0.0,"offsetTable":{}}',
    )
    expect((await at.ask(Code.GET_CONSUME_STATS, {})).remark).toBe('the custom field <consumerGroup> is null')
  })
  it('may be asked for a list of topics', async () => {
    const { text } = await at.ask(Code.GET_CONSUME_STATS, { consumerGroup: 'new', topicList: 'T;nope' })
    expect(text.match(/brokerOffset/g)).toHaveLength(2)
  })
  it('is the lag of all groups', async () => {
    at.broker.offsets.commit('G', 'T', 0, 3)
    const { text } = await at.ask(Code.GET_BROKER_CONSUME_STATS, { isOrder: 'false' })
    expect(text).toContain('"totalDiff":11,"totalInflightDiff":0')
    expect(text).toContain('{"G":[{"consumeTps":0.0')
    const ordered = await at.ask(Code.GET_BROKER_CONSUME_STATS, { isOrder: 'true' })
    expect(ordered.text).toContain('"totalDiff":0')
  })
  it('is how full the queues are', async () => {
    const { text } = await at.ask(Code.GET_TOPIC_STATS_INFO, { topic: 'T' })
    expect(text).toBe(
      `{"offsetTable":{${mq(0)}:{"lastUpdateTimestamp":1009000,"maxOffset":10,"minOffset":0},${mq(1)}:{"lastUpdateTimestamp":1003000,"maxOffset":4,"minOffset":0}},"topicPutTps":0.0}`,
    )
    expect(await at.ask(Code.GET_TOPIC_STATS_INFO, { topic: 'x' })).toMatchObject({
      code: 17,
      remark: 'topic[x] not exist',
    })
  })
  it('is the time that a group lies behind', async () => {
    at.broker.offsets.commit('G', 'T', 0, 3)
    at.clock.nowMs = 2_000_000
    const { text } = await at.ask(Code.QUERY_CONSUME_TIME_SPAN, { topic: 'T', group: 'G' })
    const [first] = JSON.parse(text).consumeTimeSpanSet
    expect(first).toMatchObject({
      minTimeStamp: 1_000_000,
      maxTimeStamp: 1_009_000,
      consumeTimeStamp: 1_002_000,
      delayTime: 997_000,
    })
    expect(first.minTimeStampStr).toMatch(/^1970-01-01#\d\d:16:40:000$/)
  })
  it('are the units of a queue', async () => {
    const ext = { topic: 'T', queueId: '0', index: '2', count: '2' }
    const { text } = await at.ask(Code.QUERY_CONSUME_QUEUE, ext)
    expect(JSON.parse(text)).toMatchObject({
      maxQueueIndex: 10,
      minQueueIndex: 0,
      queueData: [{ physicOffset: 200 }, { physicOffset: 300 }],
    })
    expect(await at.ask(Code.QUERY_CONSUME_QUEUE, { ...ext, queueId: '9' })).toMatchObject({
      code: 1,
      remark: '9@T is not exist!',
    })
    expect(await at.ask(Code.QUERY_CONSUME_QUEUE, { ...ext, index: '99' })).toMatchObject({
      code: 0,
      remark: 'Index 99 of 0@T is not exist!',
    })
    const offline = await at.ask(Code.QUERY_CONSUME_QUEUE, { ...ext, consumerGroup: 'G' })
    expect(JSON.parse(offline.text).filterData).toBe('G@T is not online!')
  })
  it('are the files of offsets and of delay levels', async () => {
    at.broker.offsets.commit('G', 'T', 0, 3)
    expect((await at.ask(Code.GET_ALL_CONSUMER_OFFSET)).text).toContain('T@G')
    expect((await at.ask(Code.GET_ALL_DELAY_OFFSET)).text).toBe('{"offsetTable":{3:5}}')
  })
  it('is the lowest offset of all groups, and asking deletes nothing', async () => {
    at.broker.offsets.commit('G', 'T', 0, 3)
    at.broker.offsets.commit('H', 'T', 0, 7)
    const ask = async (ext: Record<string, string>) =>
      (await at.ask(Code.QUERY_CORRECTION_OFFSET, { topic: 'T', ...ext })).text
    expect(await ask({ compareGroup: 'H' })).toBe('{"correctionOffsets":{0:3}}')
    expect(await ask({ compareGroup: 'G', filterGroups: 'G' })).toBe('{"correctionOffsets":{0:9223372036854775807}}')
    expect(at.broker.offsets.query('G', 'T', 0)).toBe(3)
  })
})

describe('a copy of offsets', () => {
  it('takes one topic, or all of a group', async () => {
    at.broker.offsets.commit('G', 'T', 0, 3)
    const ext = { srcGroup: 'G', destGroup: 'H', offline: 'true' }
    expect(await at.ask(Code.CLONE_GROUP_OFFSET, ext)).toMatchObject({ code: 0 })
    expect(at.broker.offsets.query('H', 'T', 0)).toBe(3)
    expect(await at.ask(Code.CLONE_GROUP_OFFSET, { srcGroup: 'G' })).toMatchObject({
      code: 1,
      remark: 'the custom field <destGroup> is null',
    })
  })
})
