// test/broker/processor/admin-topic.test.ts: how topics and groups are made, changed, listed and removed by tools.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RequestCode as Code } from '../../../broker/protocol/codes'
import { openTestBroker, type TestBroker } from '../../support/broker-context'

let at: TestBroker
beforeEach(async () => {
  at = await openTestBroker()
})
afterEach(() => at.close())

const topic = (name: string, over: Record<string, string> = {}) => ({
  topic: name,
  defaultTopic: 'TBW102',
  readQueueNums: '4',
  writeQueueNums: '4',
  perm: '6',
  topicFilterType: 'SINGLE_TAG',
  order: 'false',
  ...over,
})
const make = (name: string, over: Record<string, string> = {}) =>
  at.ask(Code.UPDATE_AND_CREATE_TOPIC, topic(name, over))

describe('a topic that a tool makes', () => {
  it('OR7: is there with its type, on its way to the name servers, and told back in full', async () => {
    expect(await make('T', { attributes: '+message.type=FIFO' })).toMatchObject({ code: 0, remark: null })
    expect(at.told).toEqual(['T'])
    const { text } = await at.ask(Code.GET_TOPIC_CONFIG, { topic: 'T' })
    expect(text).toBe(
      '{"attributes":{"message.type":"FIFO"},"order":false,"perm":6,"readQueueNums":4,"topicFilterType":"SINGLE_TAG","topicName":"T","topicSysFlag":0,"writeQueueNums":4}',
    )
  })

  it('changes no version and tells nobody when nothing differs', async () => {
    await make('T')
    const before = at.broker.topics.version.counter
    expect(await make('T')).toMatchObject({ code: 0 })
    expect(at.broker.topics.version.counter).toBe(before)
    expect(at.told).toEqual(['T'])
  })

  it('keeps attributes that a later change does not name', async () => {
    await make('T', { attributes: '+message.type=FIFO,+reserve.time=5' })
    await make('T', { attributes: '-reserve.time' })
    expect(Object.fromEntries(at.broker.topics.get('T')?.attributes ?? [])).toEqual({ 'message.type': 'FIFO' })
  })

  it.each([
    ['a name', { topic: '../x' }, 29, 'The specified topic: ../x, contains illegal characters'],
    ['an empty name', { topic: '' }, 29, 'The specified topic is blank.'],
    ['a name of 300 characters', { topic: 'a'.repeat(300) }, 29, 'is longer than topic max length: 127'],
    ['a control character', { topic: 'a\u0001b' }, 29, 'contains illegal characters'],
    ['a system topic', { topic: 'TBW102' }, 29, 'The topic[TBW102] is conflict with system topic.'],
    ['a number that is none', { readQueueNums: 'x' }, 1, 'the custom field <readQueueNums> is no 32-bit number: x'],
    ['a negative number of queues', { writeQueueNums: '-1' }, 29, '<writeQueueNums> must be from 0 to 65535: -1'],
    ['a million queues', { readQueueNums: '1000000' }, 29, '<readQueueNums> must be from 0 to 65535: 1000000'],
    ['a permission', { perm: '99' }, 29, '<perm> must be from 0 to 15: 99'],
    ['a filter type', { topicFilterType: 'BAD' }, 1, 'topicFilterType = [BAD] value invalid'],
    ['an unknown attribute', { attributes: '+a=b' }, 1, 'unsupported key: a'],
    ['an attribute without sign', { attributes: 'a=b' }, 1, 'add/alter attribute format is wrong: a'],
    ['a removal without sign', { attributes: 'a' }, 1, 'delete attribute format is wrong: a'],
    [
      'an attribute twice',
      { attributes: '+message.type=FIFO,+message.type=FIFO' },
      1,
      'key duplication: +message.type',
    ],
    [
      'a removal from a new topic',
      { attributes: '-message.type' },
      1,
      'only add attribute is supported while creating',
    ],
    ['a value outside its set', { attributes: '+message.type=BAD' }, 1, 'value is not in set: [UNSPECIFIED, MIXED'],
    ['a value that is no number', { attributes: '+reserve.time=x' }, 1, 'For input string: "x"'],
    [
      'a value outside its range',
      { attributes: '+lite.topic.expiration=99999' },
      1,
      'value is not in range(-1, 43200)',
    ],
    ['mixed messages', { attributes: '+message.type=MIXED' }, 29, 'MIXED message type is not supported.'],
  ] as [string, Record<string, string>, number, string][])('is refused for %s', async (_what, over, code, remark) => {
    const before = at.broker.topics.size
    const answer = await make('T', over)
    expect(answer.code).toBe(code)
    expect(answer.remark).toContain(remark)
    expect(at.broker.topics.size).toBe(before)
    expect(at.told).toEqual([])
  })

  it('is refused when a field is missing, by its name', async () => {
    const { readQueueNums: _, ...rest } = topic('T')
    const answer = await at.ask(Code.UPDATE_AND_CREATE_TOPIC, rest)
    expect(answer).toMatchObject({ code: 1, remark: 'the custom field <readQueueNums> is null' })
  })

  it('does not lose an attribute that may not change', async () => {
    await make('T', { attributes: '+queue.type=SimpleCQ' })
    const answer = await make('T', { attributes: '+queue.type=BatchCQ' })
    expect(answer).toMatchObject({ code: 1, remark: 'attempt to update an unchangeable attribute. key: queue.type' })
  })
})

describe('a list of topics', () => {
  it('is made as a whole', async () => {
    const body = JSON.stringify({ topicConfigList: [{ topicName: 'A' }, { topicName: 'B', readQueueNums: 2 }] })
    expect(await at.ask(Code.UPDATE_AND_CREATE_TOPIC_LIST, {}, body)).toMatchObject({ code: 0 })
    expect(at.broker.topics.get('A')?.readQueueNums).toBe(16)
    expect(at.broker.topics.get('B')?.readQueueNums).toBe(2)
    expect(at.told.sort()).toEqual(['A', 'B'])
  })

  it('makes none when one is wrong', async () => {
    const body = JSON.stringify({ topicConfigList: [{ topicName: 'A' }, { topicName: 'b d' }] })
    expect(await at.ask(Code.UPDATE_AND_CREATE_TOPIC_LIST, {}, body)).toMatchObject({ code: 29 })
    expect(at.broker.topics.get('A')).toBeUndefined()
  })

  it.each([
    ['', 'the body is empty'],
    ['{', 'not JSON'],
    ['{"topicConfigList":[{}]}', 'topicName is missing'],
    ['{"topicConfigList":[{"topicName":"A","perm":"x"}]}', 'perm is no whole number'],
  ])('is refused for the body %j', async (body, remark) => {
    const answer = await at.ask(Code.UPDATE_AND_CREATE_TOPIC_LIST, {}, body)
    expect(answer.code).toBe(1)
    expect(answer.remark).toContain(remark)
  })
})

describe('a topic that a tool deletes', () => {
  it('takes its queues, offsets and statistics with it, and its routes', async () => {
    await make('T')
    at.fill('T', 0, 3, 0)
    at.broker.offsets.commit('G', 'T', 0, 2)
    at.statistics.put('T', 0, 1, 1, 1)
    expect(await at.ask(Code.DELETE_TOPIC_IN_BROKER, { topic: 'T' })).toMatchObject({ code: 0 })
    expect(at.broker.topics.get('T')).toBeUndefined()
    expect(at.broker.offsets.query('G', 'T', 0)).toBe(-1)
    expect(at.broker.store.queuesOf('T')).toEqual([])
    expect(at.statistics.rates('TOPIC_PUT_NUMS', 'T')).toBeUndefined()
    expect(at.told).toEqual(['T', 'T'])
  })
  it('may be one that does not exist', async () => {
    expect(await at.ask(Code.DELETE_TOPIC_IN_BROKER, { topic: 'nope' })).toMatchObject({ code: 0 })
  })
  it.each([
    [{}, 'The specified topic is blank.'],
    [{ topic: ' ' }, 'The specified topic is blank.'],
    [{ topic: 'SCHEDULE_TOPIC_XXXX' }, 'The topic[SCHEDULE_TOPIC_XXXX] is conflict with system topic.'],
  ] as [Record<string, string>, string][])('is refused for %j', async (ext, remark) => {
    expect(await at.ask(Code.DELETE_TOPIC_IN_BROKER, ext)).toMatchObject({ code: 29, remark })
  })
})

describe('the table of topics', () => {
  it('is told whole, with its version', async () => {
    const { text, ext } = await at.ask(Code.GET_ALL_TOPIC_CONFIG)
    const body = JSON.parse(text)
    expect(ext.totalTopicNum).toBe(String(at.broker.topics.size))
    expect(Object.keys(body.topicConfigTable)).toHaveLength(at.broker.topics.size)
    expect(body.topicQueueMappingDetailMap).toEqual({})
  })

  it('is told in pages, and from the start to who has another version', async () => {
    const version = JSON.stringify(at.broker.topics.version)
    const seen: string[] = []
    for (let from = 0; from < at.broker.topics.size; from += 4) {
      const ext = { topicSeq: String(from), maxTopicNum: '4', dataVersion: version }
      const { text } = await at.ask(Code.GET_ALL_TOPIC_CONFIG, ext)
      seen.push(...Object.keys(JSON.parse(text).topicConfigTable))
    }
    expect(seen).toEqual([...at.broker.topics.all()].map(({ topicName }) => topicName))
    const first = await at.ask(Code.GET_ALL_TOPIC_CONFIG, { topicSeq: '0', maxTopicNum: '1', dataVersion: '' })
    expect(Object.keys(JSON.parse(first.text).topicConfigTable)).toEqual(seen.slice(0, 1))
    const stale = { topicSeq: '4', maxTopicNum: '2', dataVersion: '{"counter":9,"stateVersion":0,"timestamp":1}' }
    const { text } = await at.ask(Code.GET_ALL_TOPIC_CONFIG, stale)
    expect(Object.keys(JSON.parse(text).topicConfigTable)).toEqual(seen.slice(0, 2))
  })

  it.each([
    [{ topicSeq: 'x' }, '<topicSeq> is no 32-bit number'],
    [{ topicSeq: '0', maxTopicNum: '-1' }, 'a page of -1 rows'],
    [{ topicSeq: '0', dataVersion: '{' }, '<dataVersion> is no version'],
  ] as [Record<string, string>, string][])('refuses %j', async (ext, remark) => {
    const answer = await at.ask(Code.GET_ALL_TOPIC_CONFIG, ext)
    expect(answer.code).toBe(1)
    expect(answer.remark).toContain(remark)
  })

  it("knows which topics are the system's", async () => {
    const { text } = await at.ask(Code.GET_SYSTEM_TOPIC_LIST_FROM_BROKER)
    expect(JSON.parse(text).topicList).toEqual(expect.arrayContaining(['TBW102', 'broker-a', 'DefaultCluster']))
  })

  it('answers 17 for a topic that is not there', async () => {
    const answer = await at.ask(Code.GET_TOPIC_CONFIG, { topic: 'nope' })
    expect(answer).toMatchObject({ code: 17, remark: 'No topic in this broker. topic: nope' })
  })

  it('loses queues whose topic is gone', async () => {
    at.fill('Ghost', 0, 3, 0)
    await make('T')
    at.fill('T', 0, 3, 0)
    expect(await at.ask(Code.CLEAN_UNUSED_TOPIC)).toMatchObject({ code: 0 })
    expect([...at.broker.store.topics]).toEqual(['T'])
  })
})
