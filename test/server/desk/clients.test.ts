// test/server/desk/clients.test.ts: what a user called a client's groups stands before what libraries make for themselves.
import { expect, it } from 'vitest'
import { clientRowsOf } from '../../../server/desk/clients'
import { type ClusterState, newBroker, newGroup } from '../../../server/metrics/state'

const INNER = 'CLIENT_INNER_PRODUCER'
const client = { clientId: 'c1', address: '10.0.0.1:1', language: 'JAVA', version: 455 }
const stateOf = (produces: readonly string[], consumes: readonly string[]): ClusterState => {
  const broker = newBroker({ wireCluster: 'c', name: 'b', id: 0, address: '10.0.0.2:10911' }, 'b:0')
  broker.producers = produces.map((group) => ({ ...client, group, lastSeenAt: 1 }))
  const groups = new Map(
    consumes.map((name) => {
      const group = newGroup(name, 1)
      group.clients = [client]
      return [name, group]
    }),
  )
  return {
    ...{ turn: 1, revision: 1, at: 1, startedAt: 1, nameServers: [], topics: new Map() },
    ...{ brokers: new Map([[broker.key, broker]]), groups },
  }
}
it.each([
  [[INNER], ['GID_r'], ['GID_r', INNER], ['consumer']],
  [[INNER, 'P_orders'], ['GID_r'], ['P_orders', 'GID_r', INNER], ['producer', 'consumer']],
  [['GID_r', INNER], ['GID_r'], ['GID_r', INNER], ['producer', 'consumer']],
  [[INNER], [], [INNER], ['producer']],
])('producing for %j and consuming for %j it is of %j, as %j', (produces, consumes, groups, roles) => {
  expect(clientRowsOf(stateOf(produces, consumes))).toMatchObject([{ groups, roles }])
})
