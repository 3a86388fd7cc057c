// test/e2e/broken.spec.ts: pages before a cluster in which much is wrong: one of two brokers says nothing, the other is slow, keeps
// no statistics, refuses half of what it is asked, has a clock an hour ahead, and holds names and offsets as odd as they may be.
// Pages stay readable, say what they do not know, and throw nothing. Somebody of their own looks at it: the cluster opened last
// is remembered for a person.
import { randomBytes } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { json, openWirePeer, type WirePeer } from '../support/wire-peer'

const RUN = Date.now().toString(36)
const CLUSTER = `broken-${RUN}`
const WHO = { name: `watcher-${RUN}`, password: 'a long enough phrase 11' }
const LONG = 'x'.repeat(255)
const TOPICS = ['orders', '订单', '%RETRY%GID_读者', LONG]
const GROUPS = ['GID_读者', 'GID_100%', LONG]
const NEWEST = '9007199254740995'
const refused = () => ({ code: 16, remark: 'no permission' })

const oddBroker = async (): Promise<WirePeer> => {
  const ahead = Date.now() + 3_600_000
  const queue = (topic: string) => `{"brokerName":"broker-a","queueId":0,"topic":${JSON.stringify(topic)}}`
  const peer = await openWirePeer({
    21: () =>
      json({
        topicConfigTable: Object.fromEntries(
          TOPICS.map((topic) => [topic, { topicName: topic, readQueueNums: 1, writeQueueNums: 1, perm: 6 }]),
        ),
      }),
    28: () => json({ table: { brokerVersionDesc: 'V4_9_7', bootTimestamp: '1' } }),
    43: () =>
      json(
        `{"offsetTable":{${GROUPS.map((group) => `${JSON.stringify(`orders@${group}`)}:{0:9007199254740993}`).join()}}}`,
      ),
    201: () =>
      json({ subscriptionGroupTable: Object.fromEntries(GROUPS.map((group) => [group, { groupName: group }])) }),
    202: ({ ext }) =>
      json(
        `{"offsetTable":{${queue(ext.topic ?? '')}:{"lastUpdateTimestamp":${ahead},"maxOffset":${NEWEST},"minOffset":9007199254740991}}}`,
      ),
    208: ({ ext }) =>
      json(
        `{"offsetTable":{${queue(ext.topic ?? '')}:{"brokerOffset":${NEWEST},"consumerOffset":9007199254740993,"lastTimestamp":${ahead}}}}`,
      ),
    ...Object.fromEntries([11, 26, 203, 315, 317, 328, 907].map((code) => [code, refused])),
  })
  peer.delayMs = 150
  return peer
}

test('pages of a broken cluster stay readable, and say what is not known', async ({
  browser,
  page: admin,
  baseURL,
}) => {
  const [a, b] = await Promise.all([oddBroker(), openWirePeer({})])
  b.silent = true
  const held = (name: string, address: string) =>
    `"${name}":{"brokerAddrs":{0:"${address}"},"brokerName":"${name}","cluster":"C"}`
  const brokers = ['broker-a', 'broker-b'].map((brokerName) => ({ brokerName, cluster: 'C' }))
  const namesrv = await openWirePeer({
    105: () =>
      json({
        brokerDatas: brokers.map((one, place) => ({ ...one, brokerAddrs: { 0: [a, b][place]?.address } })),
        queueDatas: brokers.map(({ brokerName }) => ({ brokerName, perm: 6, readQueueNums: 1, writeQueueNums: 1 })),
      }),
    106: () =>
      json(
        `{"brokerAddrTable":{${held('broker-a', a.address)},${held('broker-b', b.address)}},"clusterAddrTable":{"C":["broker-a","broker-b"]}}`,
      ),
  })
  const headers = { origin: new URL(baseURL ?? '').origin }
  const change = async (request: typeof admin.request, path: string, input: object): Promise<void> => {
    const answer = await request.post(`${baseURL}/api/trpc/${path}`, { data: { json: input }, headers })
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
  }
  const cluster = { id: CLUSTER, name: CLUSTER, namesrv: [namesrv.address], hosts: ['127.0.0.1'] }
  await change(admin.request, 'cluster.add', cluster)
  try {
    await change(admin.request, 'access.createUser', { ...WHO, role: 'operator' })
    const context = await browser.newContext({
      storageState: { cookies: [], origins: [] },
      ...(baseURL === undefined ? {} : { baseURL }),
    })
    await change(context.request, 'auth.login', WHO)
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))

    const at = `/c/${CLUSTER}`
    const name = encodeURIComponent
    const unknown = /unknown|未知/
    const pages: readonly (readonly [path: string, ...says: (string | RegExp)[]])[] = [
      ['', 'Degraded', 'broker-b:0', unknown],
      ['/topics', '订单', 'broker-b:0 missing'],
      [`/topics/${name('订单')}/queues`, '9,007,199,254,740,991', '≈ 9,007,199,254,740,99'],
    ]
    for (const [path, ...says] of pages) {
      await page.goto(`${at}${path}`)
      for (const words of says) await expect(page.getByText(words).first(), path).toBeVisible()
      await expect(page.getByText('This page could not be drawn'), path).toHaveCount(0)
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), path).toBe(true)
    }
    expect(faults).toEqual([])
    await context.close()
  } finally {
    // Other tests would find a broken cluster among theirs.
    await change(admin.request, 'cluster.remove', { id: CLUSTER, confirm: CLUSTER })
    await Promise.all([a.close(), b.close(), namesrv.close()])
  }
})

test('a body of 4 MiB of random bytes is shown as bytes, in part and said so', async ({ page, baseURL }) => {
  await page.goto('/')
  await page.waitForURL(/\/c\/[^/]+$/)
  const base = new URL(page.url()).pathname
  const cluster = decodeURIComponent(base.split('/')[2] ?? '')
  const topic = `RandomBytes${RUN}`
  const headers = { origin: new URL(baseURL ?? '').origin }
  const change = async (path: string, input: object) => {
    const answer = await page.request.post(`/api/trpc/${path}`, {
      data: { json: { cluster, topic, ...input } },
      headers,
    })
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
  }
  const bytes = randomBytes(4 * 1024 * 1024 - 4096) // a message of 4 MiB with what is around it
  bytes[0] = 0xff // no text begins so
  await change('topic.create', { readQueues: 1, writeQueues: 1 })
  await change('message.send', { body: { kind: 'base64', value: bytes.toString('base64') }, keys: ['random'] })
  await page.goto(`${base}/messages?topic=${topic}`)
  await page.getByRole('row', { name: /random/ }).click()
  const pane = page.getByRole('complementary', { name: 'Message' })
  await expect(
    pane
      .getByText(
        bytes
          .subarray(0, 4)
          .toString('hex')
          .replace(/(..)(?=.)/g, '$1 '),
      )
      .first(),
  ).toBeVisible()
  await expect(pane.getByText(/256 KiB/).first()).toBeVisible()
})
