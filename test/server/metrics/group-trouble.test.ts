// test/server/metrics/group-trouble.test.ts: a group that is online and does not go on says where and why.
import { describe, expect, it } from 'vitest'
import { disagreementsOf, triesOf } from '../../../server/metrics/agreement'
import { troublesOf } from '../../../server/metrics/group-trouble'
import { groupRow } from '../../../server/metrics/group-view'
import {
  type ClusterState,
  type GroupState,
  newBroker,
  newGroup,
  newTopic,
  positionOf,
  queueOf,
} from '../../../server/metrics/state'

const NOW = 10_000_000
const none: ReadonlySet<string> = new Set()
const started = NOW - 3_600_000
const subscription = (topic: string, expression = '*') => ({ topic, expression, type: 'TAG', version: 1 })
const client = (clientId: string) => ({ clientId, address: '10.0.0.1:1', language: 'JAVA', version: 513 })

/** Three queues of 100 messages; where the group stands in each, and when it moved there. */
const world = (positions: readonly (readonly [committed: number, movedAt: number])[]) => {
  const state: ClusterState = {
    turn: 1,
    revision: 1,
    at: NOW,
    startedAt: started,
    nameServers: [],
    brokers: new Map(),
    topics: new Map(),
    groups: new Map(),
  }
  const topic = newTopic('T', started)
  const group = newGroup('g', started)
  group.clients = [client('a'), client('b')]
  group.clientsAt = NOW
  group.model = 'CLUSTERING'
  group.subscriptions = [subscription('T')]
  positions.forEach(([committed, movedAt], id) => {
    Object.assign(queueOf(topic, 'x', id), { max: 100, maxAt: NOW, min: 0, minAt: NOW })
    Object.assign(positionOf(group, 'T', 'x', id), { committed, committedAt: NOW, movedAt })
  })
  state.topics.set('T', topic)
  state.groups.set('g', group)
  return { state, group, row: () => groupRow(state, group, none, NOW) }
}
const kinds = (state: ClusterState, group: GroupState) => troublesOf(state, group, none, NOW).map(({ kind }) => kind)

describe('RT9: a queue that stands still', () => {
  it('is blocked while others move, and names the message', () => {
    const { row } = world([
      [60, NOW - 600_000],
      [99, NOW - 1000],
      [100, NOW - 1000],
    ])
    expect(row()).toMatchObject({
      state: 'blocked',
      troubles: [
        {
          kind: 'blocked',
          count: 1,
          queues: [{ topic: 'T', broker: 'x', queueId: 0, offset: 60n, lag: 40, sinceMs: NOW - 600_000 }],
        },
      ],
    })
  })
  it('is a stalled group when none moves, and a blocked one when it reads in order', () => {
    const { row, group } = world([
      [60, NOW - 600_000],
      [100, NOW - 700_000],
    ])
    expect(row().state).toBe('stalled')
    group.orderly = true
    expect(row()).toMatchObject({ state: 'blocked', mode: { order: 'orderly' } })
  })
  it('is no trouble when its first unread message came a moment ago, or nobody is there to read it', () => {
    const { row, state, group } = world([[60, NOW - 600_000]])
    Object.assign(positionOf(group, 'T', 'x', 0), { exactFor: 60, exactStoredAt: NOW - 5000, exactAt: NOW })
    expect(row().state).toBe('consuming')
    positionOf(group, 'T', 'x', 0).exactStoredAt = NOW - 90_000
    expect(row().state).toBe('stalled')
    group.clients = []
    expect(row()).toMatchObject({ state: 'no-client', troubles: [] })
    group.clients = [client('a')]
    group.model = 'BROADCASTING'
    expect(kinds(state, group)).toEqual([])
  })
})

describe('CO18: clients of one group', () => {
  it('that subscribe to different topics, or to other tags of one, are named', () => {
    const { state, group, row } = world([[100, NOW]])
    const say = (clientId: string, ...subscriptions: ReturnType<typeof subscription>[]) =>
      group.said.set(clientId, { subscriptions, at: NOW })
    say('a', subscription('T', 'x || y'))
    say('b', subscription('T', 'y||x'))
    expect(kinds(state, group)).toEqual([])
    say('b', subscription('T', 'x'))
    group.clients?.push(client('c'))
    say('c', subscription('T', 'x||y'))
    expect(row()).toMatchObject({
      state: 'mismatch',
      troubles: [{ kind: 'mismatch', topics: [{ topic: 'T', differing: ['b'] }] }],
    })
    say('b', subscription('T', 'x||y'), subscription('U'))
    expect(troublesOf(state, group, none, NOW)).toEqual([
      { kind: 'mismatch', topics: [{ topic: 'U', differing: ['b'] }] },
    ])
    group.clients = [client('a'), client('c')] // it left: what it said counts no more
    expect(kinds(state, group)).toEqual([])
  })
  it('that never say so are seen by what the broker holds going back and forth', () => {
    const { state, group } = world([[100, NOW]])
    const log = (topic: string, at: number) => ({ key: topic, topics: [topic], at })
    group.subscriptionLog = [log('T', NOW - 60_000), log('U', NOW - 30_000)]
    expect(kinds(state, group)).toEqual([]) // somebody changed it once
    group.subscriptionLog.push(log('T', NOW - 1000))
    expect(troublesOf(state, group, none, NOW)).toEqual([
      {
        kind: 'mismatch',
        topics: [
          { topic: 'T', differing: [] },
          { topic: 'U', differing: [] },
        ],
      },
    ])
    group.subscriptionLog = group.subscriptionLog.map((one) => ({ ...one, at: one.at - 600_000 }))
    expect(kinds(state, group)).toEqual([])
  })
  it('are told apart topic by topic', () => {
    expect(
      disagreementsOf([
        { clientId: 'a', subscriptions: [subscription('T')] },
        { clientId: 'b', subscriptions: [subscription('T'), subscription('U')] },
        { clientId: 'c', subscriptions: [subscription('T')] },
      ]),
    ).toEqual([{ topic: 'U', differing: ['b'] }])
  })
})

it('CO20: a group that reads ordered and plain topics is told that it should not', () => {
  const { state, group } = world([[100, NOW]])
  const broker = newBroker({ wireCluster: 'C', name: 'x', id: 0, address: '127.0.0.1:1' }, 'x:0')
  const config = { readQueues: 1, writeQueues: 1, perm: 6, sysFlag: 0, filterType: 'SINGLE_TAG' }
  broker.topicConfigs = new Map([
    ['T', { ...config, topic: 'T', order: false, attributes: {} }],
    ['F', { ...config, topic: 'F', order: false, attributes: { 'message.type': 'FIFO' } }],
  ])
  state.brokers.set('x:0', broker)
  group.subscriptions = [subscription('T'), subscription('F'), subscription('%RETRY%g')]
  expect(troublesOf(state, group, none, NOW)).toEqual([{ kind: 'mixed-kinds', ordered: ['F'], plain: ['T'] }])
  expect(groupRow(state, group, none, NOW).state).toBe('consuming')
})

it.each([
  ['3', 3],
  ['-1', -1], // the library's own
  [undefined, null],
  ['many', null],
])('RT4: a client that says %s of its tries is shown with %s', (maxReconsumeTimes, tries) => {
  expect(triesOf(maxReconsumeTimes === undefined ? {} : { maxReconsumeTimes })).toBe(tries)
})
