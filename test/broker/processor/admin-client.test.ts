// test/broker/processor/admin-client.test.ts: who is connected, and what a consumer itself answers through the broker.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Connection, NetError } from '../../../broker/net/types'
import { RequestCode as Code } from '../../../broker/protocol/codes'
import type { Command, ExtFields } from '../../../broker/protocol/command'
import { parseTagExpression } from '../../../broker/protocol/subscription'
import { openTestBroker, type TestBroker, testCommand, testConnection } from '../../support/broker-context'

let at: TestBroker
beforeEach(async () => {
  at = await openTestBroker()
})
afterEach(() => at.close())

type Answers = (code: number, ext: ExtFields, body: Buffer | undefined) => Promise<Command>
const reply = (code: number, body: string): Promise<Command> =>
  Promise.resolve(testCommand(code, { seen: 'yes' }, body))

function online(clientId: string, answers?: Answers, version = 513): Connection {
  const connection = testConnection(() => {}, answers)
  at.broker.consumers.register(
    { connection, clientId, language: 'JAVA', version },
    {
      group: 'G',
      consumeType: 'CONSUME_PASSIVELY',
      messageModel: 'CLUSTERING',
      consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
      subscriptions: [parseTagExpression('T', 'A || B', 7)],
      fingerprint: 0,
      notify: false,
    },
  )
  return connection
}

describe('connections', () => {
  it('of a group are told with its subscriptions', async () => {
    const connection = online('c1')
    const { text } = await at.ask(Code.GET_CONSUMER_CONNECTION_LIST, { consumerGroup: 'G' })
    expect(text).toBe(
      `{"connectionSet":[{"clientAddr":"${connection.remoteAddress}","clientId":"c1","language":"JAVA","version":513}],` +
        '"consumeFromWhere":"CONSUME_FROM_LAST_OFFSET","consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING",' +
        '"subscriptionTable":{"T":{"classFilterMode":false,"codeSet":[65,66],"expressionType":"TAG","subString":"A || B","subVersion":7,"tagsSet":["A","B"],"topic":"T"}}}',
    )
  })
  it('that do not exist are said to', async () => {
    expect(await at.ask(Code.GET_CONSUMER_CONNECTION_LIST, { consumerGroup: 'x' })).toMatchObject({
      code: 206,
      remark: 'the consumer group[x] not online',
    })
    expect(await at.ask(Code.GET_PRODUCER_CONNECTION_LIST, { producerGroup: 'x' })).toMatchObject({
      code: 1,
      remark: 'the producer group[x] not exist',
    })
    expect(await at.ask(Code.GET_PRODUCER_CONNECTION_LIST)).toMatchObject({
      code: 1,
      remark: 'the custom field <producerGroup> is null',
    })
  })
  it('of producers are told by group and all at once', async () => {
    const connection = testConnection()
    at.broker.producers.register('P', { connection, clientId: 'p1', language: 'GO', version: 317 })
    expect((await at.ask(Code.GET_PRODUCER_CONNECTION_LIST, { producerGroup: 'P' })).text).toBe(
      `{"connectionSet":[{"clientAddr":"${connection.remoteAddress}","clientId":"p1","language":"GO","version":317}]}`,
    )
    expect((await at.ask(Code.GET_ALL_PRODUCER_INFO)).text).toBe(
      `{"data":{"P":[{"clientId":"p1","language":"GO","lastUpdateTimestamp":${at.clock.nowMs},"remoteIP":"/${connection.remoteAddress}","version":317}]}}`,
    )
  })
})

describe('who consumes what', () => {
  it('is known from subscriptions and from offsets', async () => {
    online('c1')
    at.broker.offsets.commit('Left', 'T', 0, 1)
    const { text } = await at.ask(Code.QUERY_TOPIC_CONSUME_BY_WHO, { topic: 'T' })
    expect(JSON.parse(text).groupList.sort()).toEqual(['G', 'Left'])
    expect((await at.ask(Code.QUERY_TOPICS_BY_CONSUMER, { group: 'Left' })).text).toBe(
      '{"brokerAddr":"127.0.0.1:10911","topicList":["T"]}',
    )
  })
  it('includes the subscription itself', async () => {
    online('c1')
    const { text } = await at.ask(Code.QUERY_SUBSCRIPTION_BY_CONSUMER, { group: 'G', topic: 'T' })
    expect(JSON.parse(text)).toMatchObject({ group: 'G', topic: 'T', subscriptionData: { subString: 'A || B' } })
    expect((await at.ask(Code.QUERY_SUBSCRIPTION_BY_CONSUMER, { group: 'x', topic: 'T' })).text).toBe(
      '{"group":"x","topic":"T"}',
    )
  })
})

describe('a consumer that is asked through the broker', () => {
  const info = (clientId = 'c1') =>
    at.ask(Code.GET_CONSUMER_RUNNING_INFO, { consumerGroup: 'G', clientId, jstackEnable: 'true' })

  it('is handed the request as it is, and its answer goes back unchanged', async () => {
    const asked: ExtFields[] = []
    online('c1', (_code, ext) => {
      asked.push(ext)
      return reply(0, '{"mqTable":{{"a":1}:2}}')
    })
    expect(await info()).toEqual({ code: 0, remark: null, ext: { seen: 'yes' }, text: '{"mqTable":{{"a":1}:2}}' })
    expect(asked).toEqual([{ consumerGroup: 'G', clientId: 'c1', jstackEnable: 'true' }])
  })
  it('costs the asker a time-out when it is silent', async () => {
    online('c1', () => Promise.reject(new NetError('timeout', 'no answer within 10000 ms')))
    expect(await info()).toMatchObject({ code: 207, remark: 'consumer <G> <c1> Timeout: no answer within 10000 ms' })
  })
  it('may be gone or too old', async () => {
    expect(await info()).toMatchObject({ code: 1, remark: 'The Consumer <G> <c1> not online' })
    online('c1', undefined, 40)
    expect((await info()).remark).toContain('The Consumer <c1> Version <40> too low to finish')
    online('c2', () => Promise.reject(new NetError('closed', 'the peer is gone')))
    expect(await info('c2')).toMatchObject({ code: 1, remark: 'invoke consumer <G> <c2> Exception: the peer is gone' })
  })
  it('tells its offsets, and who does not is left out', async () => {
    const table = '{{"brokerName":"b","queueId":0,"topic":"T"}:33}'
    online('c1', () => reply(0, `{"messageQueueTable":${table}}`))
    online('c2', () => Promise.reject(new NetError('timeout', 'late')))
    const { text } = await at.ask(Code.INVOKE_BROKER_TO_GET_CONSUMER_STATUS, { topic: 'T', group: 'G' })
    expect(text).toBe(`{"consumerTable":{"c1":${table}},"messageQueueTable":{}}`)
    expect(at.lines.some((line) => line.includes('did not tell its offsets: late'))).toBe(true)
    expect(await at.ask(Code.INVOKE_BROKER_TO_GET_CONSUMER_STATUS, { topic: 'T', group: 'x' })).toMatchObject({
      code: 1,
      remark: 'No Any Consumer online in the consumer group: [x]',
    })
  })
  it('cannot be given a message that is not there', async () => {
    online('c1')
    const ask = (msgId?: string) =>
      at.ask(Code.CONSUME_MESSAGE_DIRECTLY, {
        consumerGroup: 'G',
        clientId: 'c1',
        topic: 'T',
        ...(msgId === undefined ? {} : { msgId }),
      })
    expect(await ask('7F00000100002A9F0000000000000064')).toMatchObject({
      code: 1,
      remark: 'can not find message by the offset, 100',
    })
    expect((await ask('xyz')).remark).toContain('not a message id')
    expect(await ask()).toMatchObject({ code: 29, remark: 'the custom field <msgId> is null' })
  })
})
