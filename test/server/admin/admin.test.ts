// test/server/admin/admin.test.ts: how faults of peers are told apart, and which name server is asked.
import { afterEach, describe, expect, it } from 'vitest'
import { openAdmin } from '../../../server/admin/open'
import { versionText } from '../../../server/admin/versions'
import { PeerError } from '../../../server/shared/errors'
import { freePort } from '../../support/ports'
import { json, openWirePeer } from '../../support/wire-peer'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const cluster = (address: string): string =>
  `{"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"${address}",1:"127.0.0.1:2"},"brokerName":"broker-a","cluster":"C"}},"clusterAddrTable":{"C":["broker-a"]}}`

describe('an admin client', () => {
  it('asks the next name server when one does not answer, and stays with who does', async () => {
    const dead = `127.0.0.1:${await freePort()}`
    const alive = await openWirePeer({ 106: () => json(cluster('127.0.0.1:1')) })
    const admin = openAdmin({ namesrv: [dead, alive.address] })
    ends.push(
      () => alive.close(),
      () => admin.close(),
    )
    expect(await admin.names.brokers()).toEqual([
      { wireCluster: 'C', name: 'broker-a', id: 0, address: '127.0.0.1:1' },
      { wireCluster: 'C', name: 'broker-a', id: 1, address: '127.0.0.1:2' },
    ])
    await admin.names.brokers()
    expect(alive.asked.get(106)).toBe(2)
  })
  it('says who was silent, who refused and who answered what', async () => {
    const peer = await openWirePeer({ 28: () => ({ code: 16, remark: 'no right to look' }) })
    const admin = openAdmin({ namesrv: [peer.address], timeoutMs: 150 })
    ends.push(
      () => peer.close(),
      () => admin.close(),
    )
    const answered = await admin.brokers.runtime(peer.address).catch((error: unknown) => error)
    expect(answered).toMatchObject({
      fault: 'answered',
      answer: { code: 16, kind: 'no-permission', codeName: 'NO_PERMISSION', remark: 'no right to look' },
    })
    peer.silent = true
    expect(await admin.brokers.runtime(peer.address).catch((error: unknown) => error)).toMatchObject({
      fault: 'silent',
      peer: peer.address,
    })
    const refused = await admin.brokers.runtime(`127.0.0.1:${await freePort()}`).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(PeerError)
    expect(refused).toMatchObject({ fault: 'refused', answer: null })
  })
  it('reads a body that is no JSON as garbled, not as empty', async () => {
    const peer = await openWirePeer({ 28: () => json('{"table":') })
    const admin = openAdmin({ namesrv: [peer.address] })
    ends.push(
      () => peer.close(),
      () => admin.close(),
    )
    expect(await admin.brokers.runtime(peer.address).catch((error: unknown) => error)).toMatchObject({
      fault: 'garbled',
    })
  })
  it('keeps what it does not know of a group when it changes one thing', async () => {
    let sent: unknown
    const held = {
      groupName: 'g',
      retryMaxTimes: 16,
      groupSysFlag: 5,
      groupRetryPolicy: { type: 'EXPONENTIAL' },
      attributes: { a: 'b' },
    }
    const peer = await openWirePeer({
      201: () => json({ subscriptionGroupTable: { g: held } }),
      200: (request) => {
        sent = JSON.parse(request.body.toString('utf8'))
        return { code: 0 }
      },
    })
    const admin = openAdmin({ namesrv: [peer.address] })
    ends.push(
      () => peer.close(),
      () => admin.close(),
    )
    const [group] = await admin.brokers.groupConfigs(peer.address)
    if (group === undefined) throw new Error('no group was read')
    await admin.brokers.putGroup(peer.address, { ...group, retryMaxTimes: 3 })
    expect(sent).toMatchObject({
      groupName: 'g',
      retryMaxTimes: 3,
      groupSysFlag: 5,
      groupRetryPolicy: { type: 'EXPONENTIAL' },
    })
    expect(sent).not.toHaveProperty('attributes')
  })
})

describe('client versions', () => {
  it.each([
    [317, '4.5.2'],
    [401, '4.9.4'],
    [409, '4.9.8'],
    [473, '5.3.0'],
    [479, '5.3.3'],
    [513, '5.5.0'],
    [121, '3.x (#121)'],
    [9999, '#9999'],
  ])('%i is %s', (ordinal, text) => expect(versionText(ordinal)).toBe(text))
})
