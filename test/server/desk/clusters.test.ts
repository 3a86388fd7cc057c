// test/server/desk/clusters.test.ts: clusters that are changed by several people at once.
import { expect, it } from 'vitest'
import { reachOf } from '../../../server/clusters/reach'
import { plainConnection } from '../../../server/clusters/registry'
import { openJobStore } from '../../../server/jobs/store'
import { clusterAddInput, clusterTestInput } from '../../../server/shared/inputs'
import { openTestClusters } from '../../support/clusters'
import { temporaryFolder } from '../../support/folders'
import { json, openWirePeer } from '../../support/wire-peer'

it('a cluster that is removed while it is changed stays removed', async () => {
  const { clusters, close } = await openTestClusters(temporaryFolder('clusters'), 50)
  try {
    const namesrv = ['127.0.0.1:1'] // nobody listens there
    await clusters.add(clusterAddInput.parse({ id: 'far', name: 'Far', namesrv }))
    await Promise.all([
      clusters.update({ id: 'far', name: 'Farther' }),
      clusters.update({ id: 'far', colour: 3 }),
      clusters.remove('far'),
    ])
    expect(clusters.get('far')).toBeUndefined()
    expect(clusters.all()).toEqual([])
  } finally {
    await close()
  }
})

it('a secret is typed again before it signs elsewhere', async () => {
  const { clusters, close } = await openTestClusters(temporaryFolder('clusters'), 50)
  try {
    const signed = { namesrv: ['127.0.0.1:1'], accessKey: 'console', secretKey: 'a secret' }
    await clusters.add(clusterAddInput.parse({ id: 'far', name: 'Far', ...signed }))
    await clusters.update({ id: 'far', name: 'Farther' })
    expect(clusters.settings()).toMatchObject([{ name: 'Farther', hasSecret: true }])
    const elsewhere = { namesrv: ['127.0.0.1:2'] }
    await expect(clusters.update({ id: 'far', ...elsewhere })).rejects.toThrow('Type the secret key')
    const test = { ...clusterTestInput.parse({ ...elsewhere, accessKey: 'console' }), id: 'far' }
    await expect(clusters.test(test)).rejects.toThrow('Type the secret key')
    await clusters.update({ id: 'far', ...elsewhere, secretKey: 'a secret' })
    expect(clusters.settings()).toMatchObject([{ ...elsewhere, hasSecret: true }])
  } finally {
    await close()
  }
})

it('the doctor goes where the cluster may lead and nowhere else', async () => {
  const inner = await openWirePeer({})
  const namesrv = await openWirePeer({
    106: () =>
      json(
        `{"brokerAddrTable":{"b":{"brokerAddrs":{0:"${inner.address}"},"brokerName":"b","cluster":"C"}},"clusterAddrTable":{"C":["b"]}}`,
      ),
  })
  const { clusters, close } = await openTestClusters(temporaryFolder('clusters'), 50)
  try {
    const told = 'mq.example.org:9876'
    const addressMap = [{ from: told, to: namesrv.address }]
    const far = { id: 'far', name: 'Far', namesrv: [told], addressMap, hosts: [namesrv.address] }
    await clusters.add(clusterAddInput.parse(far))
    const found = await clusters.get('far')?.doctor.examine({ topic: '', group: '', address: '' })
    expect(found?.checks.map(({ finding }) => finding)).toEqual(
      expect.arrayContaining(['nameServerAnswers', 'brokerRefuses']),
    )
    expect(inner.asked.size).toBe(0)
  } finally {
    await close()
    await Promise.all([namesrv.close(), inner.close()])
  }
})

it('a name that leads elsewhere at its second look-up leads nowhere, and what was checked is what is dialled', async () => {
  const answers = ['203.0.114.7', '169.254.169.254', '203.0.114.8']
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    return [{ address: answers.shift() ?? '', family: 4 }]
  }
  const reach = reachOf(plainConnection, '', resolve)
  expect(await reach.resolve?.('mq.example.org:9876')).toMatchObject({ address: '203.0.114.7:9876' })
  await expect(reach.resolve?.('mq.example.org:9876')).rejects.toThrow('private address')
  // A name server that tells such an address itself, or one in another form of writing, is not followed either.
  for (const told of [
    '169.254.169.254:80',
    '127.0.0.1:10911',
    '[::ffff:10.0.0.1]:10911',
    '[fd00::1]:10911',
    '0.0.0.0:1',
  ])
    await expect(reach.resolve?.(told), told).rejects.toThrow('private address')
  await expect(reach.resolve?.('no port')).rejects.toThrow('host:port')
  expect(asked).toEqual(['mq.example.org', 'mq.example.org'])
})

it('another cluster of the same name does not go on with what was begun on the one that was removed', async () => {
  const { clusters, database, close } = await openTestClusters(temporaryFolder('clusters'), 50)
  const far = clusterAddInput.parse({ id: 'far', name: 'Far', namesrv: ['127.0.0.1:1'] })
  try {
    await clusters.add(far)
    const store = openJobStore(database)
    const job = { cluster: 'far', kind: 'redrive', object: 'g', plan: '{}', who: 'w', from: '', reason: null, total: 0 }
    const times = { createdAt: 1, beganAt: null, endedAt: null, trouble: null }
    await store.create({ ...job, ...times, id: 'a', state: 'paused' }, [])
    await store.create({ ...job, ...times, id: 'b', state: 'done' }, [])
    await clusters.remove('far')
    await clusters.add(far)
    expect(await store.running('far')).toEqual([])
    expect(await store.get('a')).toMatchObject({ state: 'stopped', trouble: 'The cluster was removed.' })
    expect(await store.get('b')).toMatchObject({ state: 'done', trouble: null })
  } finally {
    await close()
  }
})
