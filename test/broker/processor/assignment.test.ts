// test/broker/processor/assignment.test.ts: which queues the broker gives to which client of a group, pulled or popped.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newGroup } from '../../../broker/catalog/groups'
import { newTopic } from '../../../broker/catalog/system-topics'
import { openRequestModes } from '../../../broker/pop/request-modes'
import { assignmentHandlers } from '../../../broker/processor/assignment'
import type { BrokerContext } from '../../../broker/processor/context'
import { createProcessor } from '../../../broker/processor/table'
import type { MessageQueue } from '../../../broker/protocol/bodies'
import { assignmentReply } from '../../../broker/protocol/bodies-admin'
import { readBody } from '../../../broker/protocol/body-table'
import { RequestCode } from '../../../broker/protocol/codes'
import { openTestBroker, type TestBroker, testCommand, testConnection } from '../../support/broker-context'
import { temporaryFolder } from '../../support/folders'

let test: TestBroker
let broker: BrokerContext
let routes: MessageQueue[] | undefined
beforeEach(async () => {
  test = await openTestBroker()
  routes = ['broker-b', 'broker-a'].flatMap((brokerName) =>
    [2, 1, 0].map((queueId) => ({ topic: 'T', brokerName, queueId })),
  )
  broker = { ...test.broker, routes: { ...test.broker.routes, queuesOf: async () => routes } }
  broker.topics.put(newTopic('T', 3))
  broker.groups.put(newGroup('g'))
})
afterEach(() => test.close())

const ask = (code: number, body: object): Promise<{ code: number; remark?: string | null; text: string }> =>
  new Promise((resolve) => {
    const process = createProcessor(broker, [assignmentHandlers])
    const connection = testConnection(({ body: bytes, ...reply }) =>
      resolve({ ...reply, text: Buffer.isBuffer(bytes) ? bytes.toString() : '' }),
    )
    process(testCommand(code, {}, JSON.stringify(body)), connection)
  })
const joined = (clients: readonly string[]): void => {
  for (const clientId of clients) {
    broker.consumers.register(
      { connection: testConnection(), clientId, language: 'JAVA', version: 513 },
      {
        group: 'g',
        consumeType: 'CONSUME_PASSIVELY',
        messageModel: 'CLUSTERING',
        consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
        subscriptions: [],
        fingerprint: 0,
        notify: false,
      },
    )
  }
}
/** `a0 a1 POP`: first letter of what follows `broker-`, queue, mode; undefined: keep what you have. */
async function given(clientId: string, more: object = {}): Promise<string | undefined> {
  const request = { topic: 'T', consumerGroup: 'g', clientId, strategyName: 'AVG', messageModel: 'CLUSTERING', ...more }
  const { text } = await ask(RequestCode.QUERY_ASSIGNMENT, request)
  const list = readBody(assignmentReply, text).messageQueueAssignments
  return list
    ?.map(({ messageQueue: { brokerName, queueId }, mode }) => `${brokerName.slice(7)}${queueId} ${mode}`)
    .join()
}
const setMode = (mode: string, popShareQueueNum: number) =>
  ask(RequestCode.SET_MESSAGE_REQUEST_MODE, { topic: 'T', consumerGroup: 'g', mode, popShareQueueNum })

describe('CO: queues that the broker gives out', () => {
  it('are shared out evenly to pull, as the strategy says', async () => {
    joined(['c', 'a', 'b', 'd'])
    expect(await given('a')).toBe('a0 PULL,a1 PULL')
    expect(await given('b')).toBe('a2 PULL,b0 PULL')
    expect(await given('c')).toBe('b1 PULL')
    expect(await given('d')).toBe('b2 PULL')
    expect(await given('a', { strategyName: 'AVG_BY_CIRCLE' })).toBe('a0 PULL,b1 PULL')
    expect(await given('nobody')).toBe('')
  })
  it('are those of all brokers to pop, for everybody, or a share of their neighbours', async () => {
    joined(['a', 'b', 'c', 'd'])
    expect(await setMode('POP', 0)).toMatchObject({ code: 0 })
    expect(await given('b')).toBe('a-1 POP,b-1 POP')
    await setMode('POP', 1)
    expect(await given('a')).toBe('a0 POP,a1 POP,a2 POP,b0 POP')
    expect(await given('d')).toBe('b2 POP,a0 POP,a1 POP')
    routes = routes?.slice(0, 2)
    expect(await given('d')).toBe('b2 POP')
  })
  it('are all of them for who broadcasts, and left as they are where nothing is known', async () => {
    expect(await given('a')).toBeUndefined()
    expect((await given('a', { messageModel: 'BROADCASTING' }))?.split(',')).toHaveLength(6)
    joined(['a'])
    expect(await given('a', { strategyName: 'other' })).toBeUndefined()
    routes = undefined
    expect(await given('a')).toBeUndefined()
  })
  it('keep their mode over a restart, in the form of Apache', async () => {
    await setMode('POP', 2)
    const text =
      '{"messageRequestModeMap":{"T":{"g":{"consumerGroup":"g","mode":"POP","popShareQueueNum":2,"topic":"T"}}}}'
    expect((await ask(RequestCode.GET_ALL_MESSAGE_REQUEST_MODE, {})).text).toBe(text)
    const configDir = temporaryFolder('modes')
    mkdirSync(configDir, { recursive: true })
    const kept = await openRequestModes({ configDir, log: () => {} })
    kept.replaceAll(Buffer.from(text))
    await kept.close()
    expect(JSON.parse(readFileSync(join(configDir, 'messageRequestMode.json'), 'utf8'))).toEqual(JSON.parse(text))
    const again = await openRequestModes({ configDir, log: () => {} })
    expect(again.get('T', 'g')).toMatchObject({ mode: 'POP', popShareQueueNum: 2 })
    await again.close()
  })
  it('have no mode for a retry topic, nor for what is not there', async () => {
    const set = (topic: string, consumerGroup: string) =>
      ask(RequestCode.SET_MESSAGE_REQUEST_MODE, { topic, consumerGroup, mode: 'POP', popShareQueueNum: 0 })
    expect(await set('%RETRY%g', 'g')).toMatchObject({ code: 16, remark: 'retry topic is not allowed to set mode' })
    expect(await set('absent', 'g')).toMatchObject({ code: 17, remark: 'topic[absent] not exist' })
    expect(await set('T', 'a b')).toMatchObject({ code: 26, remark: 'subscription group does not exist' })
  })
})
