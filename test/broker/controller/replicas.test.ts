// test/broker/controller/replicas.test.ts: who may be master, and who may say who holds what was acknowledged.
import { describe, expect, it } from 'vitest'
import { ControllerError, type LiveInfo, type ReplicaGroup, ReplicaGroups } from '../../../broker/controller/replicas'
import { ResponseCode } from '../../../broker/protocol/codes'

const info = (maxOffset = 0, epoch = 1): LiveInfo => ({ epoch, maxOffset, electionPriority: 1 })

function withBrokers(count: number, enableElectUncleanMaster = false) {
  const alive = new Map<number, LiveInfo>()
  const groups = new ReplicaGroups({ enableElectUncleanMaster }, (_, id) => alive.get(id), [])
  for (let id = 1; id <= count; id++) {
    groups.applyBrokerId('C', 'b', id, `host:${id};1`)
    alive.set(id, info())
  }
  const group = (): ReplicaGroup => groups.need('b', 0)
  const inSync = (...ids: number[]) =>
    groups.alterSyncStateSet('b', group().masterId ?? -1, group().masterEpoch, {
      syncStateSet: ids,
      syncStateSetEpoch: group().syncStateSetEpoch,
    })
  return { groups, alive, group, inSync }
}
const codeOf = (act: () => unknown): number | undefined => {
  try {
    act()
  } catch (error) {
    return error instanceof ControllerError ? error.code : undefined
  }
  return undefined
}

describe('a controller', () => {
  it('gives each id once, and again only to whoever applied for it', () => {
    const { groups } = withBrokers(2)
    expect(groups.applyBrokerId('C', 'b', 2, 'host:2;1')).toBe(false)
    expect(codeOf(() => groups.applyBrokerId('C', 'b', 2, 'other:2;1'))).toBe(ResponseCode.CONTROLLER_BROKER_ID_INVALID)
    expect(codeOf(() => groups.applyBrokerId('C', 'b', 7, 'other:7;1'))).toBe(ResponseCode.CONTROLLER_BROKER_ID_INVALID)
    groups.clean('b', new Set([2]))
    expect(groups.nextBrokerId('b')).toBe(3)
    expect(codeOf(() => groups.applyBrokerId('C', 'b', 2, 'other:2;1'))).toBe(ResponseCode.CONTROLLER_BROKER_ID_INVALID)
  })

  it('makes the first who asks master, and nobody else while that one is alive', () => {
    const { groups, group } = withBrokers(2)
    expect(groups.elect({ brokerName: 'b', brokerId: 2 })).toBe('new')
    expect(group()).toMatchObject({ masterId: 2, masterEpoch: 1, syncStateSetEpoch: 1 })
    expect(groups.elect({ brokerName: 'b', brokerId: 1 })).toBe('same')
    expect(group().masterEpoch).toBe(1)
  })

  it('elects from those in sync only, the one whose log reaches furthest', () => {
    const { groups, group, alive, inSync } = withBrokers(4)
    groups.elect({ brokerName: 'b', brokerId: 1 })
    inSync(1, 2, 3)
    alive.delete(1)
    alive.set(2, info(10)).set(3, info(20)).set(4, info(99))
    expect(groups.elect({ brokerName: 'b' })).toBe('new')
    expect(group()).toMatchObject({ masterId: 3, masterEpoch: 2 })
    expect([...group().syncStateSet]).toEqual([3])
  })

  it('leaves a name without a master rather than lose what was acknowledged, unless it is told to', () => {
    for (const unclean of [false, true]) {
      const { groups, group, alive } = withBrokers(2, unclean)
      groups.elect({ brokerName: 'b', brokerId: 1 })
      alive.delete(1)
      expect(groups.elect({ brokerName: 'b' })).toBe(unclean ? 'new' : 'nobody')
      expect(group().masterId).toBe(unclean ? 2 : undefined)
      expect(group().masterEpoch).toBe(2)
      if (unclean) continue
      expect(groups.elect({ brokerName: 'b', brokerId: 2 })).toBe('nobody')
      expect(group().masterEpoch).toBe(2) // asked again, nothing changed
      alive.set(1, info())
      expect(groups.elect({ brokerName: 'b', brokerId: 1 })).toBe('new')
      expect(group().masterId).toBe(1)
    }
  })

  it('prefers another in sync to a master whose process has ended, and a new epoch to the old one', () => {
    const { groups, group, inSync, alive } = withBrokers(2)
    groups.elect({ brokerName: 'b', brokerId: 1 })
    inSync(1, 2)
    alive.set(1, info(99))
    groups.elect({ brokerName: 'b', ended: new Set([1]) })
    expect(group()).toMatchObject({ masterId: 2, masterEpoch: 2 })
    alive.delete(1)
    expect(groups.elect({ brokerName: 'b', ended: new Set([2]) })).toBe('new')
    expect(group()).toMatchObject({ masterId: 2, masterEpoch: 3 })
  })

  it('hears only the master of this epoch about the in-sync set, and only about brokers that are there', () => {
    const { groups, group, alive, inSync } = withBrokers(3)
    groups.elect({ brokerName: 'b', brokerId: 1 })
    const alter = (ids: number[], master = 1, epoch = 1, setEpoch = group().syncStateSetEpoch) =>
      codeOf(() => groups.alterSyncStateSet('b', master, epoch, { syncStateSet: ids, syncStateSetEpoch: setEpoch }))
    expect(alter([1, 2], 2)).toBe(ResponseCode.CONTROLLER_INVALID_MASTER)
    expect(alter([1, 2], 1, 0)).toBe(ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH)
    expect(alter([1, 2], 1, 1, 9)).toBe(ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH)
    expect(alter([1, 9])).toBe(ResponseCode.CONTROLLER_INVALID_REPLICAS)
    expect(alter([2])).toBe(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED)
    alive.delete(3)
    expect(alter([1, 3])).toBe(ResponseCode.CONTROLLER_BROKER_NOT_ALIVE)
    inSync(1, 2)
    expect([...group().syncStateSet]).toEqual([1, 2])
  })

  it('makes the one that is asked for master, or nobody else', () => {
    const { groups, group, inSync } = withBrokers(3)
    groups.elect({ brokerName: 'b', brokerId: 1 })
    inSync(1, 2)
    expect(groups.elect({ brokerName: 'b', brokerId: 2, designated: true })).toBe('new')
    expect(group()).toMatchObject({ masterId: 2, masterEpoch: 2 })
  })
})
