// test/server/metrics/overview.test.ts: the overview lists every live group, whoever is furthest behind first, and never
// says that all was read where nobody knows it.
import { expect, it } from 'vitest'
import { brokerList, brokerView } from '../../../server/metrics/broker-view'
import { groupRow } from '../../../server/metrics/group-view'
import { overviewOf } from '../../../server/metrics/overview'
import { type ClusterState, newBroker, newGroup, newTopic, positionOf, queueOf } from '../../../server/metrics/state'
import { topicRow } from '../../../server/metrics/topic-view'
import type { Overview } from '../../../server/shared/views'

const NOW = 10_000_000

const stateOf = (): ClusterState => ({
  turn: 3,
  revision: 3,
  at: NOW,
  startedAt: 0,
  nameServers: [],
  brokers: new Map(),
  topics: new Map(),
  groups: new Map(),
})
/** A topic with one queue of 100 messages, and a group that stands at `committed`. */
const addGroup = (state: ClusterState, name: string, committed: number, more: { oldestMs?: number } = {}): void => {
  const topic = newTopic(`T_${name}`, 0)
  Object.assign(queueOf(topic, 'b', 0), { max: 100, maxAt: NOW, min: 0, minAt: NOW })
  state.topics.set(topic.name, topic)
  const group = newGroup(name, NOW)
  group.clients = []
  Object.assign(positionOf(group, topic.name, 'b', 0), {
    committed,
    committedAt: NOW,
    ...(more.oldestMs === undefined ? {} : { exactFor: committed, exactAt: NOW, exactStoredAt: NOW - more.oldestMs }),
  })
  state.groups.set(name, group)
}
const overview = (state: ClusterState): ReturnType<typeof overviewOf> =>
  overviewOf(state, {
    turnMs: 5000,
    rows: [...state.groups.values()].map((group) => groupRow(state, group, new Set(), NOW)),
    brokers: brokerList(state, () => null),
    clients: 0,
    namesrv: ['127.0.0.1:9876'],
    now: NOW,
  })
const namesOf = ({ behindGroups }: Pick<Overview, 'behindGroups'>): string[] => behindGroups.map(({ name }) => name)

it('lists a live group that has read everything', () => {
  const state = stateOf()
  addGroup(state, 'even', 100)
  expect(namesOf(overview(state))).toEqual(['even'])
  expect(overview(state)).toMatchObject({ groups: 1, idleGroups: 0, worstBehind: { value: 0 } })
})
it('puts the furthest behind first, the even after them, and the unknown last', () => {
  const state = stateOf()
  const broadcast = newGroup('a-broadcast', NOW)
  broadcast.model = 'BROADCASTING'
  state.groups.set(broadcast.name, broadcast)
  addGroup(state, 'even', 100)
  addGroup(state, 'late', 90, { oldestMs: 5000 })
  addGroup(state, 'later', 99, { oldestMs: 70_000 })
  addGroup(state, 'ageless', 50)
  expect(namesOf(overview(state))).toEqual(['later', 'late', 'ageless', 'even', 'a-broadcast'])
  expect(overview(state).worstBehindGroup).toBe('later')
})
it('leaves idle groups out and counts them', () => {
  const state = stateOf()
  addGroup(state, 'gone', 0)
  const group = state.groups.get('gone')
  if (group) group.lastClientAt = NOW - 2 * 86_400_000
  expect(namesOf(overview(state))).toEqual([])
  expect(overview(state).idleGroups).toBe(1)
})
it('does not say that everything was read while messages of unknown age wait', () => {
  const state = stateOf()
  addGroup(state, 'ageless', 50)
  expect(overview(state).worstBehind).toEqual({ unknown: 'no-sample-yet' })
})
it('stays healthy while a test consumer is off for a while, and says that it waits', () => {
  const state = stateOf()
  state.nameServers = [{ address: '127.0.0.1:9876', ok: true, sinceMs: null, tookMs: 1 }]
  addGroup(state, 'tried-once', 80, { oldestMs: 900_000 })
  expect(overview(state)).toMatchObject({ verdict: 'healthy', causes: [{ kind: 'lag-warning', level: 'warning' }] })
})
it('counts the groups it knows in part, so that at least and nothing left out never stand side by side', () => {
  const state = stateOf()
  addGroup(state, 'partly', 80)
  const topic = state.topics.get('T_partly')
  if (topic === undefined) throw new Error('no topic')
  Object.assign(queueOf(topic, 'b', 1), { max: 7, maxAt: NOW, min: 0, minAt: NOW })
  expect(overview(state)).toMatchObject({ lag: { value: 20, missing: 1 }, unknownGroups: 0, partialGroups: 1 })
})
it.each([
  ['below its limit', { ratio: 0.76, limit: 90, full: [] }],
  ['over its limit', { ratio: 0.91, limit: 90, full: ['b-0:0'] }],
  ['over a limit of its own', { ratio: 0.76, limit: 60, full: ['b-0:0'] }],
  ['no more than brokers allow themselves', { ratio: 0.92, limit: 99, full: ['b-0:0'] }],
])('says of a disk that is filled %s whether sends are refused', (_, { ratio, limit, full }) => {
  for (const count of [1, 2]) {
    const state = stateOf()
    state.nameServers = [{ address: '127.0.0.1:9876', ok: true, sinceMs: null, tookMs: 1 }]
    for (let n = 0; n < count; n++) {
      const broker = newBroker({ wireCluster: 'c', name: `b-${n}`, id: 0, address: `127.0.0.1:${n}` }, `b-${n}:0`)
      Object.assign(broker, { state: 'ok', runtimeAt: NOW, configAt: NOW })
      broker.runtime = { commitLogDiskRatio: String(n === 0 ? ratio : 0.2) }
      broker.config = { diskSpaceWarningLevelRatio: String(limit), diskMaxUsedSpaceRatio: '75' }
      state.brokers.set(broker.key, broker)
    }
    const { causes, verdict, brokers } = overview(state)
    expect(causes.filter(({ kind }) => kind === 'disk-full').map(({ subject }) => subject)).toEqual(full)
    expect(brokers.filter(({ refusesSends }) => refusesSends).map(({ key }) => key)).toEqual(full)
    // with another broker to write to, it is worse than it was, not down
    expect(verdict).toBe(full.length > 0 && count === 1 ? 'down' : 'degraded')
  }
})
it.each([
  ['the only master', { wiped: [4], topic: [6], verdict: 'down', causes: ['critical b-0:0', 'critical T'] }],
  ['one of two masters', { wiped: [4, 6], topic: [6, 6], verdict: 'degraded', causes: ['warning b-0:0'] }],
  [
    'one of two masters, where the other is closed for the topic',
    { wiped: [4, 6], topic: [6, 4], verdict: 'down', causes: ['critical b-0:0', 'critical T'] },
  ],
  ['nobody while the topic is closed on purpose', { wiped: [6], topic: [4], verdict: 'healthy', causes: [] }],
])('says what it means that %s has no write permission', (_, { wiped, topic, verdict, causes }) => {
  const state = stateOf()
  state.nameServers = [{ address: '127.0.0.1:9876', ok: true, sinceMs: null, tookMs: 1 }]
  state.topics.set('T', newTopic('T', 0))
  for (const [n, routePerm] of wiped.entries()) {
    const broker = newBroker({ wireCluster: 'c', name: `b-${n}`, id: 0, address: `127.0.0.1:${n}` }, `b-${n}:0`)
    Object.assign(broker, { state: 'ok', runtimeAt: NOW, configAt: NOW, routePerm, routeAt: NOW })
    const perm = topic[n] ?? 6
    broker.topicConfigs.set('T', {
      topic: 'T',
      readQueues: 4,
      writeQueues: 4,
      perm,
      order: false,
      sysFlag: 0,
      filterType: 'SINGLE_TAG',
      attributes: {},
    })
    state.brokers.set(broker.key, broker)
  }
  const seen = overview(state)
  expect(seen.causes.map(({ level, subject }) => `${level} ${subject}`)).toEqual(causes)
  expect(seen.verdict).toBe(verdict)
})
it('marks a topic whose only broker has no write permission', () => {
  const state = stateOf()
  const topic = newTopic('T', 0)
  const broker = newBroker({ wireCluster: 'c', name: 'b', id: 0, address: '127.0.0.1:1' }, 'b:0')
  Object.assign(broker, { state: 'ok', runtimeAt: NOW, routePerm: 6 })
  const config = { topic: 'T', readQueues: 4, writeQueues: 4, perm: 6, order: false }
  broker.topicConfigs.set('T', { ...config, sysFlag: 0, filterType: 'SINGLE_TAG', attributes: {} })
  state.brokers.set(broker.key, broker)
  expect(topicRow(state, topic, [], new Set(), NOW).marks).not.toContain('not-writable')
  broker.routePerm = 4
  expect(topicRow(state, topic, [], new Set(), NOW).marks).toContain('not-writable')
})
it.each([
  ['no slave', null, 0],
  ['a slave that serves reads', 'true', 1],
  ['a slave that refuses them', 'false', 0],
])('says whether a stopped master with %s is still read from', (_, slaveReadEnable, readers) => {
  const state = stateOf()
  const master = newBroker({ wireCluster: 'c', name: 'b', id: 0, address: '127.0.0.1:1' }, 'b:0')
  Object.assign(master, { state: 'silent', silentSinceMs: NOW - 5000 })
  state.brokers.set(master.key, master)
  if (slaveReadEnable !== null) {
    const slave = newBroker({ wireCluster: 'c', name: 'b', id: 1, address: '127.0.0.1:2' }, 'b:1')
    Object.assign(slave, { state: 'ok', config: { slaveReadEnable }, configAt: NOW })
    state.brokers.set(slave.key, slave)
  }
  expect(overview(state).causes).toMatchObject([{ kind: 'broker-silent', subject: 'b:0', value: readers }])
  expect(brokerView(state, master, null, NOW).readFrom).toHaveLength(readers)
})
it('keeps of a silent broker what lasts, with its age, and tells the moment to be unknown', () => {
  const state = stateOf()
  const broker = newBroker({ wireCluster: 'c', name: 'b', id: 0, address: '127.0.0.1:1' }, 'b:0')
  const runtime = { bootTimestamp: '5', sendThreadPoolQueueSize: '0', putLatency99: '291', commitLogDiskRatio: '0.2' }
  Object.assign(broker, { state: 'silent', runtime, runtimeAt: NOW - 9000, routePerm: 6, routeAt: NOW - 9000 })
  const silent = { unknown: 'broker-silent' }
  expect(brokerView(state, broker, null, NOW).row).toMatchObject({
    startedAt: silent,
    sendQueue: silent,
    writable: silent,
    putP99Ms: { value: 291, at: NOW - 9000 },
    diskRatio: { value: 0.2, at: NOW - 9000 },
  })
})
