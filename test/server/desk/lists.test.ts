// test/server/desk/lists.test.ts: the lists of clients and of dead letters, made from samples alone.
import { expect, it } from 'vitest'
import { clientList } from '../../../server/desk/clients'
import { deadList } from '../../../server/desk/dead'
import { openLists } from '../../../server/desk/lists'
import { type ClusterState, newBroker, newGroup, newTopic, positionOf, queueOf } from '../../../server/metrics/state'
import { clientListInput, deadListInput } from '../../../server/shared/inputs'

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
const addTopic = (state: ClusterState, name: string, min: number, max: number): void => {
  const topic = newTopic(name, 0)
  Object.assign(queueOf(topic, 'b', 0), { min, max, minAt: NOW, maxAt: NOW, statsAt: NOW, lastStoredAt: NOW - 5 })
  state.topics.set(name, topic)
}
const deadOf = (state: ClusterState) => {
  const lists = openLists(state, () => NOW)
  return deadList(state, lists.topics(), lists.groups(), deadListInput.parse({ cluster: 'c' }), NOW)
}

it('lists groups whose dead letters are kept, the most first, and no others', () => {
  const state = stateOf()
  addTopic(state, '%DLQ%few', 0, 3)
  addTopic(state, '%DLQ%many', 10, 40)
  addTopic(state, '%DLQ%taken-away', 9, 9)
  addTopic(state, 'Orders', 0, 100)
  const page = deadOf(state)
  expect(page.rows.map(({ group, dead }) => [group, 'value' in dead && dead.value])).toEqual([
    ['many', 30],
    ['few', 3],
  ])
  expect(page.rows[0]?.newestAt).toMatchObject({ value: NOW - 5 })
})
it('tells how many groups retry now', () => {
  const state = stateOf()
  addTopic(state, '%RETRY%g', 0, 4)
  const group = newGroup('g', NOW)
  Object.assign(positionOf(group, '%RETRY%g', 'b', 0), { committed: 1, committedAt: NOW })
  state.groups.set('g', group)
  expect(deadOf(state).facets).toEqual([{ key: 'retrying', count: 1, atLeast: false }])
})
it('joins what one client does into one row, and knows in which groups it consumes', () => {
  const state = stateOf()
  const broker = newBroker({ name: 'b', id: 0, wireCluster: 'C', address: '127.0.0.1:1' }, 'b:0')
  const one = { clientId: 'both@1', address: '127.0.0.1:5', language: 'JAVA', version: 477 }
  broker.producers = [{ ...one, group: 'P', lastSeenAt: 7 }]
  state.brokers.set('b:0', broker)
  const group = newGroup('g', NOW)
  group.clients = [one, { ...one, clientId: 'only@2', language: 'GO' }]
  group.clientsAt = 9
  state.groups.set('g', group)
  const ask = (more: object) => clientList(state, clientListInput.parse({ cluster: 'c', ...more }), NOW)
  expect(ask({}).rows.map(({ clientId }) => clientId)).toEqual(['both@1', 'only@2'])
  expect(ask({}).rows[0]).toMatchObject({
    roles: ['producer', 'consumer'],
    groups: ['P', 'g'],
    consumes: ['g'],
    lastSeenAt: 9,
  })
  expect(ask({ language: ['GO'] }).rows.map(({ clientId }) => clientId)).toEqual(['only@2'])
  expect(ask({ role: ['producer'] }).matched).toBe(1)
  expect(ask({ names: ['only@2'] }).rows).toHaveLength(1)
})

it('makes its rows a piece at a time after a turn, and shows those of before until they are there', async () => {
  const state = stateOf()
  for (let at = 0; at < 500; at++) addTopic(state, `T${at}`, 0, 1)
  const lists = openLists(state, () => NOW)
  const kept = () => lists.topics().map((row) => ('value' in row.kept ? row.kept.value : -1))
  expect(new Set(kept())).toEqual(new Set([1]))
  for (let at = 0; at < 500; at++) addTopic(state, `T${at}`, 0, 2)
  state.revision += 1
  const prepared = lists.prepare()
  expect(new Set(kept())).toEqual(new Set([1]))
  await prepared
  const rows = lists.topics()
  expect(new Set(kept())).toEqual(new Set([2]))
  expect(lists.topics()).toBe(rows)
  // a change by somebody is not waited for: it is seen at once, also while rows are being made
  state.revision += 1
  const again = lists.prepare()
  addTopic(state, 'New', 0, 3)
  state.revision += 1
  expect(lists.topics().map(({ name }) => name)).toContain('New')
  await again
  expect(lists.topics().map(({ name }) => name)).toContain('New')
})

it('makes rows of retry topics only when somebody asks for them', async () => {
  const state = stateOf()
  addTopic(state, 'T', 0, 1)
  addTopic(state, '%RETRY%g', 0, 1)
  const lists = openLists(state, () => NOW)
  const names = (rows: readonly { name: string }[]) =>
    rows.map(({ name }) => name).filter((name) => !name.startsWith('%DLQ%'))
  expect(names(lists.topics())).toEqual(['T'])
  expect(names(lists.allTopics())).toEqual(['T', '%RETRY%g'])
  state.revision += 1
  await lists.prepare(true)
  expect(names(lists.allTopics())).toEqual(['T', '%RETRY%g'])
})
