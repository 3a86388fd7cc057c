// test/server/desk/clusters.test.ts: clusters that are changed by several people at once.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../../server/db/open'
import { openClusters } from '../../../server/desk/clusters'
import { openSeal } from '../../../server/guard/seal'
import { openNotify } from '../../../server/notify/open'
import { clusterAddInput, clusterTestInput } from '../../../server/shared/inputs'
import { temporaryFolder } from '../../support/folders'
import { json, openWirePeer } from '../../support/wire-peer'

it('a cluster that is removed while it is changed stays removed', async () => {
  const folder = temporaryFolder('clusters')
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  const seal = openSeal(folder)
  const notify = await openNotify({ database, seal, log: () => undefined })
  const clusters = await openClusters({
    database,
    notify,
    seal,
    audit: { write: async () => undefined },
    given: [],
    log: () => undefined,
    turnMs: 50,
  })
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
    await clusters.close()
    await notify.close()
    await database.close()
  }
})

it('a secret is typed again before it signs elsewhere', async () => {
  const folder = temporaryFolder('clusters')
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  const seal = openSeal(folder)
  const notify = await openNotify({ database, seal, log: () => undefined })
  const audit = { write: async () => undefined }
  const clusters = await openClusters({ database, notify, seal, audit, given: [], log: () => undefined, turnMs: 50 })
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
    await clusters.close()
    await notify.close()
    await database.close()
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
  const folder = temporaryFolder('clusters')
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  const seal = openSeal(folder)
  const notify = await openNotify({ database, seal, log: () => undefined })
  const audit = { write: async () => undefined }
  const clusters = await openClusters({ database, notify, seal, audit, given: [], log: () => undefined, turnMs: 50 })
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
    await clusters.close()
    await notify.close()
    await database.close()
    await Promise.all([namesrv.close(), inner.close()])
  }
})
