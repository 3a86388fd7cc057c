// test/broker/session/consumers.test.ts: who consumes, what they are told, when they are forgotten.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseTagExpression } from '../../../broker/protocol/subscription'
import { createConsumers } from '../../../broker/session/consumers'
import type { ConsumerRegistration, Consumers } from '../../../broker/session/types'
import { type Client, openWire, type Wire } from './wire'

let nowMs: number
let consumers: Consumers
let wire: Wire
beforeEach(async () => {
  nowMs = 1_000_000
  consumers = createConsumers({ clock: () => nowMs, log: () => {} })
  wire = await openWire((connection) => consumers.connectionClosed(connection))
})
afterEach(() => wire.close())

const join = (client: Client, clientId: string, changes: Partial<ConsumerRegistration> = {}) =>
  consumers.register(
    { connection: client.connection, clientId, language: 'JAVA', version: 513 },
    {
      group: 'g',
      consumeType: 'CONSUME_PASSIVELY',
      messageModel: 'CLUSTERING',
      consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
      subscriptions: [parseTagExpression('t', '*', 1)],
      fingerprint: 0,
      notify: true,
      ...changes,
    },
  )
const notices = (client: Client) => client.told.filter(({ code }) => code === 40).map(({ ext }) => ext.consumerGroup)

describe('a consumer group', () => {
  it('tells all its members when one joins', async () => {
    const [a, b] = [await wire.connect(), await wire.connect()]
    expect(join(a, 'a')).toBe(true)
    expect(join(b, 'b')).toBe(true)
    await expect.poll(() => notices(a)).toEqual(['g', 'g'])
    await expect.poll(() => notices(b)).toEqual(['g'])
    expect(consumers.clientIds('g')).toEqual(['a', 'b'])
    expect(consumers.channelOf('g', 'b')?.connection).toBe(b.connection)
  })

  it('tells nobody when a member only says again what it said', async () => {
    const a = await wire.connect()
    join(a, 'a')
    expect(join(a, 'a')).toBe(false)
  })

  it('takes a topic that came or went for a change, another expression not', async () => {
    const a = await wire.connect()
    join(a, 'a')
    expect(join(a, 'a', { subscriptions: [parseTagExpression('t', 'TagA', 2)] })).toBe(false)
    expect(consumers.get('g')?.subscriptions.get('t')?.subString).toBe('TagA')
    expect(join(a, 'a', { subscriptions: [parseTagExpression('t', '*', 3), parseTagExpression('u', '*', 3)] })).toBe(
      true,
    )
    expect(consumers.groupsOf('u')).toEqual(['g'])
    expect(join(a, 'a', { subscriptions: [parseTagExpression('u', '*', 4)] })).toBe(true)
    expect(consumers.groupsOf('t')).toEqual([])
  })

  it('keeps the newer of two subscriptions to one topic', async () => {
    const a = await wire.connect()
    join(a, 'a', { subscriptions: [parseTagExpression('t', 'TagA', 10)] })
    join(a, 'a', { subscriptions: [parseTagExpression('t', 'TagB', 9)] })
    expect(consumers.get('g')?.subscriptions.get('t')?.subString).toBe('TagA')
  })

  it('keeps its subscriptions when a heartbeat says "as before"', async () => {
    const a = await wire.connect()
    join(a, 'a', { fingerprint: 7 })
    expect(join(a, 'a', { fingerprint: 7, subscriptions: undefined })).toBe(false)
    expect(consumers.get('g')?.subscriptions.has('t')).toBe(true)
    expect(consumers.get('g')?.fingerprint).toBe(7)
  })

  it('forgets a member with its connection, tells the others, and ends with the last', async () => {
    const gone: string[] = []
    consumers.onGroupGone((group) => gone.push(group))
    const [a, b] = [await wire.connect(), await wire.connect()]
    join(a, 'a')
    join(b, 'b')
    await expect.poll(() => notices(a)).toHaveLength(2)
    b.hangUp()
    await expect.poll(() => notices(a)).toHaveLength(3)
    expect(consumers.clientIds('g')).toEqual(['a'])
    consumers.unregister('g', 'a', a.connection, true)
    expect(consumers.get('g')).toBeUndefined()
    expect(consumers.groupsOf('t')).toEqual([])
    expect(gone).toEqual(['g'])
  })

  it('lets nobody leave in the name of another', async () => {
    const a = await wire.connect()
    join(a, 'a')
    consumers.unregister('g', 'b', a.connection, true)
    expect(consumers.clientIds('g')).toEqual(['a'])
  })

  it('says nothing to broadcasting members: they share no queues', async () => {
    const [a, b] = [await wire.connect(), await wire.connect()]
    join(a, 'a', { messageModel: 'BROADCASTING' })
    join(b, 'b', { messageModel: 'BROADCASTING' })
    b.hangUp()
    await expect.poll(() => consumers.clientIds('g')).toEqual(['a'])
    expect(notices(a)).toEqual([])
  })

  it('drops and hangs up on a member that sent no heartbeat for too long', async () => {
    const [a, b] = [await wire.connect(), await wire.connect()]
    join(a, 'a')
    nowMs += 100_000
    join(b, 'b')
    nowMs += 30_000
    consumers.expire(120_000)
    expect(consumers.clientIds('g')).toEqual(['b'])
    expect(a.connection.closed).toBe(true)
    expect(b.connection.closed).toBe(false)
  })
})

describe('a subscription that came with a pull', () => {
  it('counts for ten minutes when the group sent no heartbeat', () => {
    consumers.notePullSubscription('g', parseTagExpression('t', 'TagA', 1))
    expect(consumers.subscriptionOf('g', 't')?.subString).toBe('TagA')
    nowMs += 600_001
    expect(consumers.subscriptionOf('g', 't')).toBeUndefined()
  })

  it('cannot fill the memory: the oldest make room', () => {
    for (let n = 0; n < 10_050; n++) consumers.notePullSubscription(`g${n}`, parseTagExpression('t', '*', 1))
    expect(consumers.subscriptionOf('g0', 't')).toBeUndefined()
    expect(consumers.subscriptionOf('g10049', 't')).toBeDefined()
  })
})
