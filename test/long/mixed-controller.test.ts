// test/long/mixed-controller.test.ts: one of our brokers and one of Apache's behind one name, under our controller: either copies
// from the other, what was acknowledged is on both, and either takes the other's place when it is killed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import { decodeRecords } from '../../broker/protocol/record'
import { eventually, openPrograms, ourPrograms } from '../support/auto-cluster'
import { javaParts, launchJava } from '../support/java'

const TOPIC = 'Mixed'

it('HA5: under one controller a broker of ours and one of Apache take turns', { timeout: 900_000 }, async (context) => {
  const jars = await javaParts()
  if ('missing' in jars) return context.skip(jars.missing)
  const ours = await ourPrograms({ mappedFileSizeCommitLog: '67108864' })
  const apaches = new Set<string>()
  const launchApache = (port: number, folder: string) => {
    const settings = {
      ...{ brokerClusterName: 'DefaultCluster', brokerName: 'broker-a', brokerId: '-1', brokerRole: 'SLAVE' },
      ...{ brokerIP1: '127.0.0.1', brokerIP2: '127.0.0.1', bindAddress: '127.0.0.1' },
      ...{ listenPort: String(port), haListenPort: String(port + 1), namesrvAddr: ours.namesrv },
      ...{ storePathRootDir: folder, enableControllerMode: 'true', controllerAddr: ours.controller },
      ...{ allAckInSyncStateSet: 'true', mappedFileSizeCommitLog: '67108864', diskMaxUsedSpaceRatio: '95' },
    }
    const conf = join(folder, 'settings.conf')
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`)
    writeFileSync(conf, lines.join(''))
    const properties = { 'rocketmq.home.dir': folder, 'rmq.logback.configurationFile': 'rmq.broker.logback.xml' }
    const main = 'org.apache.rocketmq.broker.BrokerStartup'
    return launchJava({ ...jars, main, args: ['-c', conf], home: folder, heap: '512m', properties })
  }
  let launched = 0
  const cluster = await openPrograms(2, {
    ...ours,
    isReady: /^ready in |boot success/,
    launchBroker(port, folder) {
      if (launched++ === 1) apaches.add(folder) // the second of the two, and whenever it is launched again
      return apaches.has(folder) ? launchApache(port, folder) : ours.launchBroker(port, folder)
    },
  })
  onTestFinished(() => cluster.close())
  await cluster.allInSync(180_000)
  const acknowledged: string[] = []
  const send = async (count: number) => {
    for (let sent = 0; sent < count; ) {
      const master = await cluster.masterOf(TOPIC).catch(() => undefined)
      const at = master ?? (await cluster.master())?.address
      const body = `m${acknowledged.length}`
      const reply = await cluster.dialer
        .request(
          at ?? '',
          RequestCode.SEND_MESSAGE_V2,
          { a: 'PG', b: TOPIC, c: 'TBW102', d: '1', e: '0', f: '0', g: '1', h: '0', i: '', j: '0', k: 'false' },
          Buffer.from(body),
          4000,
        )
        .catch(() => undefined)
      if (reply?.code !== ResponseCode.SUCCESS) {
        await sleep(100)
        continue
      }
      acknowledged.push(body)
      sent += 1
    }
  }
  const kindOf = (folder: string | undefined): string =>
    folder === undefined ? 'nobody' : apaches.has(folder) ? 'Apache' : 'ours'
  const masters: string[] = []
  for (let turn = 0; turn < 4; turn++) {
    masters.push(kindOf((await cluster.master())?.folder))
    await send(300)
    const killed = await cluster.master()
    await killed?.child.kill()
    await eventually('another is master', 120_000, async () => {
      const now = await cluster.master()
      return now !== undefined && now.folder !== killed?.folder
    })
    await send(50)
    if (killed !== undefined) cluster.restart(killed)
    await cluster.allInSync(240_000)
  }
  const at = (await cluster.master())?.address ?? ''
  const found = new Set<string>()
  for (let next = 0; ; ) {
    const ext = { consumerGroup: 'readers', topic: TOPIC, queueId: '0', queueOffset: String(next), maxMsgNums: '32' }
    const more = { sysFlag: '4', commitOffset: '0', suspendTimeoutMillis: '0', subscription: '*', subVersion: '0' }
    const reply = await cluster.dialer.request(at, RequestCode.PULL_MESSAGE, { ...ext, ...more }, undefined, 5000)
    if (reply.code !== ResponseCode.SUCCESS) break
    for (const { body } of decodeRecords(reply.body)) found.add(body.toString('utf8'))
    next = Number(reply.ext.nextBeginOffset)
  }
  console.log(`masters in turn: ${masters.join(', ')}; ${acknowledged.length} acknowledged, ${found.size} found`)
  expect(acknowledged.filter((body) => !found.has(body))).toEqual([])
})
