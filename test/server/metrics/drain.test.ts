// test/server/metrics/drain.test.ts: what keeps a broker that takes no writes from being stopped: only what lies at it, and
// nothing that is not known counts as done.
import { expect, it } from 'vitest'
import { brokerView } from '../../../server/metrics/broker-view'
import { type ClusterState, newBroker, newGroup, newTopic, positionOf, queueOf } from '../../../server/metrics/state'
import { unknown } from '../../../server/shared/known'

function house() {
  const one = (name: string) => newBroker({ name, id: 0, address: `${name}:1`, wireCluster: 'c' }, `${name}:0`)
  const [a, b] = [one('broker-a'), one('broker-b')]
  const topic = newTopic('T', 0)
  const group = newGroup('G', 0)
  for (const { name } of [a, b]) {
    Object.assign(queueOf(topic, name, 0), { max: 10, maxAt: 1000, minAt: 1000 })
    Object.assign(positionOf(group, 'T', name, 0), { committed: 4, committedAt: 1000 })
  }
  Object.assign(a, { state: 'ok', routePerm: 4, routeAt: 1000, runtimeAt: 1000 })
  Object.assign(b, { state: 'ok', routePerm: 6, routeAt: 1000 })
  a.runtime = { scheduleMessageOffset_1: '5,7', scheduleMessageOffset_2: '3,3', timerCongestNum: '2' }
  a.in.read(5, 1000)
  a.in.read(5, 2000)
  const state: ClusterState = {
    ...{ turn: 1, revision: 1, at: 1000, startedAt: 0, nameServers: [] },
    brokers: new Map([a, b].map((broker) => [broker.key, broker])),
    topics: new Map([['T', topic]]),
    groups: new Map([['G', group]]),
  }
  return { state, a, b, group }
}
const drainOf = (state: ClusterState, broker: ReturnType<typeof newBroker>) => brokerView(state, broker, null, 0).drain

it('HA6: names what is unread and what waits at this broker, and nothing of a broker that takes writes', () => {
  const { state, a, b, group } = house()
  expect(drainOf(state, b)).toBeNull()
  expect(drainOf(state, a)).toMatchObject({
    inPerSecond: { value: 0 },
    unread: { value: 6, missing: 0 },
    groups: [{ group: 'G', unread: { value: 6 } }],
    waiting: { value: 4 },
  })
  Object.assign(positionOf(group, 'T', 'broker-a', 0), { committed: 10 })
  expect(drainOf(state, a)).toMatchObject({ unread: { value: 0, missing: 0 }, groups: [] })
})

it('does not take what is not known for done', () => {
  const { state, a, group } = house()
  Object.assign(positionOf(group, 'T', 'broker-a', 0), { committed: -1 })
  expect(drainOf(state, a)?.groups).toEqual([{ group: 'G', unread: unknown('never-committed') }])
  a.state = 'silent'
  const silent = unknown('broker-silent')
  expect(drainOf(state, a)).toMatchObject({ inPerSecond: silent, unread: silent, waiting: silent })
})
