// test/server/metrics/slave-offsets.test.ts: a slave's positions are a few seconds old. While its master is away they make no
// backlog of what was read, and no alarm.
import { expect, it } from 'vitest'
import type { Admin } from '../../../server/admin/open'
import { Collector } from '../../../server/metrics/collect'
import { groupFigures } from '../../../server/metrics/figures'
import { troublesOf } from '../../../server/metrics/group-trouble'
import {
  type BrokerState,
  type ClusterState,
  newBroker,
  newGroup,
  newTopic,
  queueOf,
} from '../../../server/metrics/state'

const HOUR_MS = 3_600_000
/** Ten messages in one queue, of which the first unread one is an hour old; a master and its slave with their positions. */
const world = () => {
  const clock = { at: 10 * HOUR_MS }
  const group = newGroup('g', 0)
  const topic = newTopic('T', 0)
  const member = (id: number): BrokerState => {
    const one = newBroker({ name: 'b', wireCluster: 'C', id, address: `${id}` }, `b:${id}`)
    one.state = 'ok'
    return one
  }
  const master = member(0)
  const slave = member(1)
  const state: ClusterState = {
    turn: 3,
    revision: 3,
    at: clock.at,
    startedAt: 0,
    nameServers: [],
    brokers: new Map([master, slave].map((one) => [one.key, one])),
    topics: new Map([['T', topic]]),
    groups: new Map([['g', group]]),
  }
  Object.assign(queueOf(topic, 'b', 0), { max: 10, maxAt: clock.at })
  group.clients = [{ clientId: 'c', address: '', language: 'JAVA', version: 0 }]
  group.clientsAt = clock.at
  const told: Record<string, Map<string, Map<number, number>>> = {}
  const admin = { brokers: { allOffsets: async (address: string) => told[address] ?? new Map() } } as unknown as Admin // nothing else is asked
  const collector = new Collector(admin, state, () => clock.at, 5000)
  return {
    master,
    /** Asks one of them in a new turn, which says so many were read; null: it holds no position. */
    async says(who: typeof master, offset: number | null) {
      clock.at += 5000
      told[who.address] = offset === null ? new Map() : new Map([['T@g', new Map([[0, offset]])]])
      await collector.offsets(who)
      for (const positions of group.positions.values())
        for (const one of positions.values())
          Object.assign(one, { exactFor: one.committed, exactAt: clock.at, exactStoredAt: clock.at - HOUR_MS })
    },
    slave,
    figures: () => groupFigures(state, group, new Set(), clock.at),
    troubles: () => troublesOf(state, group, new Set(), clock.at),
  }
}
const silent = { unknown: 'broker-silent' }

it('takes back nothing that its master said, when it is the only one that answers', async () => {
  for (const older of [7, null]) {
    const { master, slave, says, figures, troubles } = world()
    await says(master, 10)
    master.state = 'silent'
    await says(slave, older)
    expect(figures()).toMatchObject({ lag: { value: 0, missing: 0 }, behind: { value: 0 }, outPerSecond: silent })
    expect(troubles()).toEqual([])
  }
})
it('does not know what was read between the last answer of the master and its end, until the group is seen to move', async () => {
  const { master, slave, says, figures, troubles } = world()
  await says(master, 8)
  expect(figures()).toMatchObject({ lag: { value: 2 }, behind: { value: HOUR_MS } })
  master.state = 'silent'
  for (let turn = 0; turn < 20; turn++) await says(slave, 7)
  expect(figures()).toMatchObject({ lag: silent, behind: silent, outPerSecond: silent })
  expect(troubles()).toEqual([])
  await says(slave, 9) // its clients go on here
  expect(figures()).toMatchObject({ lag: { value: 1 }, behind: { value: HOUR_MS } })
  master.state = 'ok'
  await says(slave, 9) // an answer that comes late
  await says(master, 10)
  expect(figures()).toMatchObject({ lag: { value: 0 }, behind: { value: 0 } })
})
it('believes a master that goes back, and a slave on which a group was set back', async () => {
  const { master, slave, says, figures } = world()
  await says(master, 10)
  await says(master, 4)
  expect(figures().lag).toMatchObject({ value: 6 })
  master.state = 'silent'
  await says(slave, 4)
  await says(slave, 2)
  expect(figures().lag).toMatchObject({ value: 8 })
})
