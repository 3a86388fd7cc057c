// test/broker/peer/catalog-copy.test.ts: a slave's tables become its master's, and stay so.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openFilterScripts } from '../../../broker/catalog/filter-scripts'
import { openGroups } from '../../../broker/catalog/groups'
import { openOffsets } from '../../../broker/catalog/offsets'
import { openTopics } from '../../../broker/catalog/topics'
import { openDialer } from '../../../broker/net/dial'
import { createCatalogCopy } from '../../../broker/peer/catalog-copy'
import { OwnRequestCode, RequestCode } from '../../../broker/protocol/codes'
import type { DelayLevels } from '../../../broker/schedule/types'
import { removeFolder, temporaryFolder } from '../../support/folders'
import { openRealBroker } from '../processor/real-broker'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

it('HA3: copies topics, groups, what groups may not read, offsets, delay positions and filter scripts, and follows each change', async () => {
  const master = await openRealBroker({ messageDelayLevel: '1s 2s' })
  ends.push(() => master.stop())
  const client = master.client()
  const configDir = temporaryFolder('tables')
  ends.push(async () => removeFolder(configDir))
  const clock = Date.now
  const log = () => {}
  const topics = await openTopics({
    configDir,
    clock,
    log,
    clusterName: 'DefaultCluster',
    brokerName: 'broker-a',
    autoCreateTopicEnable: true,
    defaultTopicQueueNums: 8,
    traceTopicEnable: true,
    msgTraceTopicName: 'RMQ_SYS_TRACE_TOPIC',
    timerWheelEnable: true,
    clusterTopicEnable: true,
    brokerTopicEnable: true,
  })
  const groups = await openGroups({ configDir, clock, log, mayCreate: () => true })
  const offsets = await openOffsets({ configDir, clock, log, saveIntervalMs: 60_000 })
  ends.push(() => Promise.all([topics.close(), groups.close(), offsets.close()]))
  const taken: ReadonlyMap<number, number>[] = []
  const delays: DelayLevels = {
    max: 2,
    delayMs: () => 1000,
    progress: () => [],
    toJson: () => '',
    replaceAll: (table) => void taken.push(table),
    start: () => {},
    pause: async () => {},
    stop: async () => {},
  }
  const dialer = openDialer()
  ends.push(async () => dialer.close())
  const requestModes = { replaceAll: () => {} }
  const filterScripts = await openFilterScripts({ configDir, log })
  ends.push(() => filterScripts.close())
  const copy = createCatalogCopy({
    topics,
    groups,
    offsets,
    delays,
    dialer,
    requestModes,
    filterScripts: { replaceAll: (all) => void filterScripts.replaceAll(all) },
    timers: { doneElsewhere: () => {} },
    confirmOffset: () => Number.MAX_SAFE_INTEGER,
    periodMs: 60_000,
    log,
  })
  ends.push(() => copy.stop())
  expect(await copy.now()).toBe(false) // no master is known

  await client.send({ topic: 'copied' })
  await client.pull('readers', 'copied', 0)
  const place = { consumerGroup: 'readers', topic: 'copied', queueId: '0' }
  await client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '1' })
  copy.masterAt(master.address)
  expect(await copy.now()).toBe(true)
  expect(topics.get('copied')).toMatchObject({ topicName: 'copied' })
  expect(groups.peek('readers')).toBeDefined()
  expect(offsets.query('readers', 'copied', 0)).toBe(1)
  expect(taken.length).toBeLessThanOrEqual(1)

  // queues of a static topic, and that they are none any more
  const mapping = { topic: 'copied', bname: 'broker-a', epoch: 5, totalQueues: 1 }
  const item = { bname: 'broker-a', queueId: 0, gen: 0, logicOffset: 7, startOffset: 0, endOffset: -1 }
  const header = { topic: 'copied', defaultTopic: 'TBW102', readQueueNums: '8', writeQueueNums: '8', perm: '6' }
  const body = JSON.stringify({ ...mapping, hostedQueues: { 0: [item] } })
  const ext = { ...header, topicFilterType: 'SINGLE_TAG', topicSysFlag: '0', order: 'false' }
  expect((await client.ask(RequestCode.UPDATE_AND_CREATE_STATIC_TOPIC, ext, body)).code).toBe(0)
  expect(await copy.now()).toBe(true)
  expect(topics.mappings.get('copied')?.hostedQueues.get(0)).toMatchObject([{ logicOffset: 7 }])
  await client.ask(RequestCode.DELETE_TOPIC_IN_BROKER, { topic: 'copied' })
  await client.send({ topic: 'copied' })
  await client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '1' })
  expect(await copy.now()).toBe(true)
  expect(topics.mappings.size).toBe(0)

  // what only the copy has goes with the master's next change, and what does not change is left alone
  groups.get('strayed')
  const { version } = topics
  expect(await copy.now()).toBe(true)
  expect(topics.version).toBe(version)
  await client.pull('more', 'copied', 0)
  await client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '0' })
  expect(await copy.now()).toBe(true)
  expect([groups.peek('strayed'), groups.peek('more') === undefined]).toEqual([undefined, false])
  expect(offsets.query('readers', 'copied', 0)).toBe(0)

  // a consumer that goes on at the slave while the master is away; whatever lies further back there is not asked of the master
  await client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '5' })
  await client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, queueId: '1', commitOffset: '5' })
  expect(await copy.now()).toBe(true)
  offsets.commit('readers', 'copied', 0, 9)
  offsets.commit('readers', 'copied', 1, 2)
  offsets.commit('gone', 'copied', 0, 3)
  expect(await copy.now()).toBe(true)
  const at = async (queueId: string) => (await client.ask(RequestCode.QUERY_CONSUMER_OFFSET, { ...place, queueId })).ext
  expect([(await at('0')).offset, (await at('1')).offset]).toEqual(['9', '5'])
  expect([0, 1].map((queueId) => offsets.query('readers', 'copied', queueId))).toEqual([9, 5])
  expect(offsets.query('gone', 'copied', 0)).toBe(-1)
  // a reset at the master is not undone by what the slave returned before it
  await client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '1' })
  expect(await copy.now()).toBe(true)
  expect([(await at('0')).offset, offsets.query('readers', 'copied', 0)]).toEqual(['1', 1])

  // a filter script that it lacks would let pass what the group is not to get
  const script = { group: 'readers', source: 'function match() {}', onFault: 'closed', timeLimitMs: 5, updatedAtMs: 7 }
  const scripts = JSON.stringify({ scripts: [script] })
  await master.restart((dataDir) => writeFile(join(dataDir, 'config', 'filterScripts.json'), scripts))
  filterScripts.set({ ...script, group: 'strayed', onFault: 'open' })
  expect(await copy.now()).toBe(true)
  expect([...filterScripts.all()]).toEqual([script])
  filterScripts.set({ ...script, onFault: 'closed', updatedAtMs: 9 }) // the same, set here as well
  await client.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, '{"groupName":"next"}')
  expect(await copy.now()).toBe(true)
  expect([...filterScripts.all()]).toMatchObject([{ group: 'readers', updatedAtMs: 9 }])
  filterScripts.set({ ...script, onFault: 'open' }) // put here alone: the master's answer is what it was
  expect(await copy.now()).toBe(true)
  expect([...filterScripts.all()]).toMatchObject([{ group: 'readers', onFault: 'closed' }])
  await client.ask(OwnRequestCode.REMOVE_FILTER_SCRIPT, { group: 'readers' })
  expect(await copy.now()).toBe(true)
  expect(filterScripts.size).toBe(0)

  await master.stop()
  ends.shift()
  expect(await copy.now()).toBe(false)
  expect(topics.get('copied')).toBeDefined() // a master that is down takes nothing with it
})
