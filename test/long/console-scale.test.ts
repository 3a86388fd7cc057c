// test/long/console-scale.test.ts: a cluster of 5,000 topics, 5,000 groups and 100 clients: what a list costs the server, what the
// sampler costs the broker and its senders, and how fast a search goes through millions. It prints its figures; the bounds are
// those of the console's design, wide where the machine decides.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openAdmin } from '../../server/admin/open'
import { encodeBatch, propertiesText } from '../../server/admin/records'
import { openLists } from '../../server/desk/lists'
import { rowOf } from '../../server/message/decode'
import { scan } from '../../server/message/scan'
import { groupList } from '../../server/metrics/group-view'
import { openSampler } from '../../server/metrics/sampler'
import { topicList } from '../../server/metrics/topic-view'
import { groupListInput, scanInput, topicListInput } from '../../server/shared/inputs'
import { temporaryFolder } from '../support/folders'
import { percentiles } from '../support/percentiles'
import { startOurs } from '../support/rocketdeck'
import { eachOf, fillTopics, startClients, writeTables } from './scale-world'

const TOPICS = Number(process.env.ROCKETDECK_TOPICS ?? 5000)
const CLIENTS = 100
const WATCHED_MS = Number(process.env.ROCKETDECK_SECONDS ?? 60) * 1000
const MESSAGES = Number(process.env.ROCKETDECK_MESSAGES ?? 10_000_000)
const LIST_P95_MS = 200
const SAMPLER_SHARE = 0.02
const FIRST_RESULT_MS = 1000
const BATCH = 500
const QUEUES = 8

/** Seconds of processor a process has used. */
const cpuOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const p95 = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0
/** Milliseconds of processor: what else the machine does must not count. */
const timed = <T>(times: number[], run: () => T): T => {
  const began = process.cpuUsage()
  const found = run()
  const { user, system } = process.cpuUsage(began)
  times.push((user + system) / 1000)
  return found
}

it('lists 5,000 topics and 5,000 groups within 200 ms, and samples them for 2 % of a core', async () => {
  const dataDir = temporaryFolder('scale')
  writeTables(join(dataDir, 'broker-a-0', 'config'), TOPICS)
  const ours = await startOurs({ dataDir })
  onTestFinished(() => ours.child.kill())
  const { pid } = ours.child
  const admin = openAdmin({ namesrv: [ours.namesrv] })
  onTestFinished(() => admin.close())
  const madeAt = performance.now()
  await fillTopics(admin, ours.broker, TOPICS)
  onTestFinished(await startClients(ours.broker, TOPICS, CLIENTS))
  console.log(`made in ${Math.round((performance.now() - madeAt) / 1000)} s`)

  /** A steady sender beside it, and what the broker's process uses meanwhile. */
  const watch = async () => {
    const times: number[] = []
    const from = cpuOf(pid)
    for (const end = Date.now() + WATCHED_MS; Date.now() < end; await sleep(5)) {
      const began = performance.now()
      await admin.messages.send(ours.broker, {
        topic: 'scale_topic_0',
        producerGroup: 'scale',
        queueId: 0,
        body: Buffer.alloc(1024),
        properties: '',
        sysFlag: 0,
        bornTimestamp: Date.now(),
      })
      times.push(performance.now() - began)
    }
    return { share: (cpuOf(pid) - from) / (WATCHED_MS / 1000), send: percentiles(times) }
  }
  await sleep(3000)
  const without = await watch()
  const sampler = openSampler({ admin })
  onTestFinished(() => sampler.close())
  sampler.start()
  while (sampler.state.turn < 5) await sleep(200)
  const consoleFrom = process.cpuUsage()
  const sampled = await watch()
  const own = process.cpuUsage(consoleFrom)

  const lists = openLists(sampler.state, Date.now)
  const topicTimes: number[] = []
  const groupTimes: number[] = []
  for (let round = 0; round < 100; round++) {
    sampler.state.revision += 1 // each as after a turn: nothing is kept from the one before
    const asked = { cluster: 'c', q: round % 3 === 0 ? '99' : '', page: 1 + (round % 5) }
    const topics = timed(topicTimes, () =>
      topicList(sampler.state, lists.topics(), topicListInput.parse({ ...asked, sort: '-lag' }), Date.now()),
    )
    const groups = timed(groupTimes, () =>
      groupList(sampler.state, lists.groups(), groupListInput.parse({ ...asked, sort: '-lag,name' })),
    )
    expect({ topics: topics.total >= TOPICS, groups: groups.total >= TOPICS }).toEqual({ topics: true, groups: true })
  }
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  const stats = [...sampler.state.brokers.values()].map(
    ({ statsBytes, statsCostMs }) => `${Math.round(statsBytes / 1024)} KiB in ${Math.round(statsCostMs)} ms`,
  )
  console.log(
    [
      `topics p50 ${percentiles(topicTimes).p50} p95 ${p95(topicTimes).toFixed(1)} ms of processor, each from fresh samples`,
      `groups p50 ${percentiles(groupTimes).p50} p95 ${p95(groupTimes).toFixed(1)} ms of processor`,
      `broker: ${percent(without.share)} of a core without the sampler, ${percent(sampled.share)} with it`,
      `send p99 ${without.send.p99} ms without, ${sampled.send.p99} ms with it (p50 ${without.send.p50}, ${sampled.send.p50})`,
      `console: ${percent((own.user + own.system) / 1e6 / (WATCHED_MS / 1000))} of a core, the sender among it`,
      `answer of all consume stats: ${stats.join(', ')}`,
    ].join('\n'),
  )
  expect(p95(topicTimes)).toBeLessThan(LIST_P95_MS)
  expect(p95(groupTimes)).toBeLessThan(LIST_P95_MS)
  expect(sampled.share - without.share).toBeLessThan(SAMPLER_SHARE)
}, 840_000)

it('shows the first results of a search within a second, and reads on through all', async () => {
  const ours = await startOurs()
  onTestFinished(() => ours.child.kill())
  const admin = openAdmin({ namesrv: [ours.namesrv] })
  onTestFinished(() => admin.close())
  const topic = 'scale_big'
  await admin.brokers.putTopic(ours.broker, {
    topic,
    ...{ readQueues: QUEUES, writeQueues: QUEUES, perm: 6, order: false, sysFlag: 0, filterType: 'SINGLE_TAG' },
    attributes: {},
  })
  const text = 'x'.repeat(200)
  const entry = (number: number) => ({
    flag: 0,
    body: Buffer.from(`{"order":${number},"text":"${text}"}`),
    properties: Buffer.from(propertiesText([['KEYS', `key-${number}`]])),
  })
  const began = performance.now()
  await eachOf(
    Array.from({ length: Math.ceil(MESSAGES / BATCH) }, (_, batch) => batch),
    (batch) =>
      admin.messages.send(ours.broker, {
        topic,
        producerGroup: 'scale',
        queueId: batch % QUEUES,
        body: encodeBatch(Array.from({ length: BATCH }, (_, place) => entry(batch * BATCH + place))),
        properties: '',
        sysFlag: 0,
        bornTimestamp: Date.now(),
        batch: true,
      }),
  )
  console.log(`${MESSAGES} messages sent in ${Math.round((performance.now() - began) / 1000)} s`)
  const search = async (more: object) => {
    const input = scanInput.parse({
      ...{ cluster: 'c', topic, limit: 10_000 },
      ...{ budget: { messages: 100_000_000, ms: 600_000 }, ...more },
    })
    const from = performance.now()
    let first: number | null = null
    for await (const event of scan(admin, input, { bodies: true }, undefined, rowOf)) {
      if (event.type === 'rows') first ??= performance.now() - from
      if (event.type === 'end')
        return { first, ...event, perSecond: Math.round((event.scanned * 1000) / event.elapsedMs) }
    }
    throw new Error('a search ends with an end')
  }
  const newest = await search({ body: '"order":', limit: 200 })
  const through = await search({ body: `"order":${MESSAGES - 7},` })
  const backwards = await search({ body: '"order":7,' })
  console.log(
    [
      `first results after ${newest.first?.toFixed(0)} ms`,
      `through all: ${through.scanned} messages, ${through.perSecond}/s; the newest match shown after ${through.first?.toFixed(0)} ms`,
      `the oldest match, newest first: ${backwards.perSecond}/s, shown after ${backwards.first?.toFixed(0)} ms`,
    ].join('\n'),
  )
  expect(newest.first ?? Number.POSITIVE_INFINITY).toBeLessThan(FIRST_RESULT_MS)
  expect({ scanned: through.scanned, matched: through.matched, why: through.why }).toEqual({
    ...{ scanned: Math.ceil(MESSAGES / BATCH) * BATCH, matched: 1, why: 'range-done' },
  })
  expect(backwards.matched).toBe(1)
}, 3_000_000)
