// test/server/metrics/sampler.test.ts: one silent broker costs its own rows and one call a turn; a page costs no call.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RequestCode } from '../../../broker/protocol/codes'
import { openAdmin } from '../../../server/admin/open'
import { measure, openMeters } from '../../../server/alarms/measure'
import { openLists } from '../../../server/desk/lists'
import { brokerList, brokerView } from '../../../server/metrics/broker-view'
import { groupList } from '../../../server/metrics/group-view'
import { overviewOf } from '../../../server/metrics/overview'
import { openSampler, type Sampler } from '../../../server/metrics/sampler'
import { topicList } from '../../../server/metrics/topic-view'
import { GROWTH_MS } from '../../../server/shared/alarms'
import { groupListInput, topicListInput } from '../../../server/shared/inputs'
import { isKnown } from '../../../server/shared/known'
import type { TopicRow } from '../../../server/shared/views'
import { json, openWirePeer, type WirePeer } from '../../support/wire-peer'

// A machine that is busy with other things answers late; nothing here waits for a clock.
vi.setConfig({ testTimeout: 60_000 })

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const TOPICS = 40
/** A broker that holds 40 topics of two queues, each with 100 messages, of which a group has read 60. */
const brokerNamed = async (name: string): Promise<WirePeer> => {
  const topics = Array.from({ length: TOPICS }, (_, i) => `T${i}`)
  const queues = (topic: string) => [0, 1].map((id) => `{"brokerName":"${name}","queueId":${id},"topic":"${topic}"}`)
  return openWirePeer({
    28: () =>
      json({
        table: {
          brokerVersionDesc: 'V5_5_0',
          msgPutTotalTodayNow: '10',
          msgGetTotalTodayNow: '5',
          putMessageSizeTotal: '1000',
          bootTimestamp: '1',
        },
      }),
    26: () => json('diskMaxUsedSpaceRatio=75\n'),
    907: () => json({ master: true }),
    21: () =>
      json({
        topicConfigTable: Object.fromEntries(
          topics.map((topic) => [topic, { topicName: topic, readQueueNums: 2, writeQueueNums: 2, perm: 6 }]),
        ),
      }),
    201: () => json({ subscriptionGroupTable: { g: { groupName: 'g' } } }),
    328: () => json({ data: {} }),
    43: () => json(`{"offsetTable":{${topics.map((topic) => `"${topic}@g":{0:60,1:60}`).join()}}}`),
    317: () =>
      json(
        `{"consumeStatsList":[{"g":[{"offsetTable":{${topics
          .flatMap(queues)
          .map((key) => `${key}:{"brokerOffset":100,"consumerOffset":60,"lastTimestamp":1000}`)
          .join()}}}]}]}`,
      ),
    202: (request) =>
      json(
        `{"offsetTable":{${queues(request.ext.topic ?? '')
          .map((key) => `${key}:{"lastUpdateTimestamp":5,"maxOffset":100,"minOffset":0}`)
          .join()}}}`,
      ),
    203: () => ({ code: 206, remark: 'the consumer group[g] not online' }),
    11: () => ({
      code: 19,
      ext: { nextBeginOffset: '60', minOffset: '0', maxOffset: '100', suggestWhichBrokerId: '0' },
    }),
  })
}
const start = async (
  change: (a: WirePeer) => void = () => undefined,
): Promise<{
  a: WirePeer
  b: WirePeer
  sampler: Sampler
  turn: () => Promise<void>
  namesrv: WirePeer
}> => {
  const [a, b] = await Promise.all([brokerNamed('broker-a'), brokerNamed('broker-b')])
  change(a)
  const data = (name: string, address: string) =>
    `"${name}":{"brokerAddrs":{0:"${address}"},"brokerName":"${name}","cluster":"C"}`
  const namesrv = await openWirePeer({
    106: () =>
      json(
        `{"brokerAddrTable":{${data('broker-a', a.address)},${data('broker-b', b.address)}},"clusterAddrTable":{"C":["broker-a","broker-b"]}}`,
      ),
    105: () => ({ code: 17, remark: 'no route' }),
  })
  const admin = openAdmin({ namesrv: [namesrv.address], longestTimeoutMs: 500 })
  const sampler = openSampler({ admin, turnMs: 50 })
  ends.push(
    () => a.close(),
    () => b.close(),
    () => namesrv.close(),
    () => admin.close(),
    () => sampler.close(),
  )
  sampler.start()
  const turn = async (): Promise<void> => {
    for await (const _ of sampler.turns(undefined, Math.max(1, sampler.state.at))) return
  }
  return { a, b, sampler, turn, namesrv }
}
const topicsOf = (sampler: Sampler) =>
  topicList(
    sampler.state,
    openLists(sampler.state, Date.now).allTopics(),
    topicListInput.parse({ cluster: 'c', size: 200 }),
    Date.now(),
  )

/** Two brokers of one name under a controller, of which the one with its id 1 is master; and a clock that can be put forward. */
const startUnderController = async () => {
  const [a, b] = await Promise.all([brokerNamed('broker-a'), brokerNamed('broker-a')])
  const said = { routes: {} as Record<number, string>, master: 1, epoch: 1, known: [1, 2], alive: [1, 2] }
  const addresses: Record<number, string> = { 1: a.address, 2: b.address }
  const replica = (brokerId: number) => ({
    brokerId,
    brokerAddress: addresses[brokerId],
    brokerName: 'broker-a',
    alive: said.alive.includes(brokerId),
  })
  const namesrv = await openWirePeer({
    106: () =>
      json(
        `{"brokerAddrTable":{"broker-a":{"brokerAddrs":{${Object.entries(said.routes)
          .map(([id, address]) => `${id}:"${address}"`)
          .join()}},"brokerName":"broker-a","cluster":"C"}},"clusterAddrTable":{"C":["broker-a"]}}`,
      ),
    105: () => ({ code: 17, remark: 'no route' }),
    [RequestCode.CONTROLLER_GET_SYNC_STATE_DATA]: () =>
      json({
        replicasInfoTable: {
          'broker-a': {
            inSyncReplicas: said.alive.map(replica),
            notInSyncReplicas: said.known.filter((id) => !said.alive.includes(id)).map(replica),
            masterBrokerId: said.master,
            masterAddress: addresses[said.master],
            masterEpoch: said.epoch,
            syncStateSetEpoch: said.epoch,
          },
        },
      }),
  })
  said.routes = { 0: a.address, 2: b.address }
  for (const peer of [a, b])
    peer.answers[26] = () =>
      json(`enableControllerMode=true\ncontrollerAddr=${namesrv.address}\nlistenPort=${peer.address.split(':')[1]}\n`)
  const clock = { aheadMs: 0 }
  const admin = openAdmin({ namesrv: [namesrv.address], longestTimeoutMs: 500 })
  const sampler = openSampler({ admin, turnMs: 50, now: () => Date.now() + clock.aheadMs })
  ends.push(
    () => a.close(),
    () => b.close(),
    () => namesrv.close(),
    () => admin.close(),
    () => sampler.close(),
  )
  sampler.start()
  /** `key address state` of each, once it is so. */
  const until = async (wanted: readonly string[]): Promise<void> => {
    for (;;) {
      const found = [...sampler.state.brokers.values()].map(({ key, address, state }) => `${key} ${address} ${state}`)
      if (found.sort().join('\n') === [...wanted].sort().join('\n')) return
      for await (const _ of sampler.turns(undefined, Math.max(1, sampler.state.at))) break
    }
  }
  return { a, b, said, clock, sampler, until }
}

const lagOfRow = (row: TopicRow | undefined): number | null =>
  row !== undefined && isKnown(row.worstLag) ? row.worstLag.value : null
const refused = () => ({ code: 16, remark: 'no permission' })

describe('in a broken world', () => {
  it('a slow broker is known later than the others, and costs a list nothing', async () => {
    const { b, sampler, turn } = await start()
    b.delayMs = 60
    while (lagOfRow(topicsOf(sampler).rows[0]) !== 160) await turn()
    expect(topicsOf(sampler)).toMatchObject({ total: TOPICS }) // no promise of one: it waits for nobody
    expect(brokerList(sampler.state, () => null).rows.map(({ state }) => state)).toEqual(['ok', 'ok'])
  })
  it('one that keeps no statistics has unknown rates, not zero, and its queues are counted all the same', async () => {
    const { sampler, turn } = await start((a) => {
      a.answers[28] = () => json({ table: { brokerVersionDesc: 'V4_9_7', bootTimestamp: '1' } })
    })
    const rows = () => brokerList(sampler.state, () => null).rows
    while (!isKnown(rows()[1]?.inPerSecond ?? { unknown: 'no-sample-yet' })) await turn()
    expect(rows()[0]).toMatchObject({
      state: 'ok',
      inPerSecond: { unknown: 'no-sample-yet' },
      putP99Ms: { unknown: 'not-supported' },
    })
    expect(lagOfRow(topicsOf(sampler).rows[0])).toBe(160)
  })
  it('one whose clock is an hour ahead makes nobody younger than now', async () => {
    const ahead = Date.now() + 3_600_000
    const { sampler, turn } = await start((a) => {
      a.answers[317] = () =>
        json(
          `{"consumeStatsList":[{"g":[{"offsetTable":{{"brokerName":"broker-a","queueId":0,"topic":"T0"}:{"brokerOffset":100,"consumerOffset":60,"lastTimestamp":${ahead}}}}]}]}`,
        )
    })
    const group = () =>
      groupList(
        sampler.state,
        openLists(sampler.state, Date.now).groups(),
        groupListInput.parse({ cluster: 'c' }),
        Date.now(),
      ).rows[0]
    while (!isKnown(group()?.behind ?? { unknown: 'no-sample-yet' })) await turn()
    const behind = group()?.behind
    expect(behind !== undefined && isKnown(behind) && behind.value >= 0).toBe(true)
  })
  it('names and offsets that are as odd as they may be are shown as they are', async () => {
    const names = ['%RETRY%g', '订单', 'a'.repeat(255), '<b>&"\u0027']
    const quoted = (name: string): string => JSON.stringify(name)
    const most = '9007199254740995'
    const { sampler, turn } = await start((a) => {
      a.answers[21] = () =>
        json(
          `{"topicConfigTable":{${names.map((name) => `${quoted(name)}:{"topicName":${quoted(name)},"readQueueNums":1,"writeQueueNums":1,"perm":6}`).join()}}}`,
        )
      a.answers[202] = (request) =>
        json(
          `{"offsetTable":{{"brokerName":"broker-a","queueId":0,"topic":${quoted(request.ext.topic ?? '')}}:{"lastUpdateTimestamp":5,"maxOffset":${most},"minOffset":9007199254740991}}}`,
        )
    })
    const rowsOf = () =>
      topicList(
        sampler.state,
        openLists(sampler.state, Date.now).allTopics(),
        topicListInput.parse({ cluster: 'c', size: 200, kind: ['user', 'retry'] }),
        Date.now(),
      ).rows
    const odd = () => rowsOf().filter(({ name }) => names.includes(name))
    while (odd().length < names.length || odd().some(({ kept }) => !isKnown(kept))) await turn()
    expect(new Set(odd().map(({ name }) => name))).toEqual(new Set(names))
    for (const { kept } of odd()) expect(isKnown(kept) ? kept.value : -1).toBeGreaterThanOrEqual(4) // near 2^53 a sum is rounded
  })
  it('a broker whose access control refuses half of the questions leaves what it refuses unknown, and never zero', async () => {
    const { sampler, turn } = await start((a) => {
      for (const code of [317, 202, 203, 328, 907, 26]) a.answers[code] = refused
    })
    const row = () => topicsOf(sampler).rows[0]
    while (lagOfRow(row()) !== 80) await turn()
    // What the other broker has is told as a lower bound; what this one has is missing and not nothing.
    expect(row()?.kept).toMatchObject({ value: 200, missing: 2 })
    expect(row()?.worstLag).toMatchObject({ value: 80, missing: 2 })
    expect(brokerList(sampler.state, () => null).rows.map(({ state }) => state)).toEqual(['ok', 'ok'])
  })
  it('one that refuses to say who reads for a group leaves its state unknown, not without clients', async () => {
    const { sampler, turn, b } = await start((a) => {
      a.answers[203] = refused
    })
    b.answers[203] = refused
    await turn()
    await turn()
    const groups = groupList(
      sampler.state,
      openLists(sampler.state, Date.now).groups(),
      groupListInput.parse({ cluster: 'c' }),
      Date.now(),
    )
    expect(groups.rows[0]).toMatchObject({ state: 'unknown', clients: { unknown: 'no-sample-yet' } })
  })
})

describe('a sampler', () => {
  it('draws the first burst into a topic that appeared with it, and no burst where it began to look', async () => {
    const { a, sampler, turn } = await start()
    const rateOf = async (name: string): Promise<number> => {
      for (;;) {
        const rate = topicsOf(sampler).rows.find((row) => row.name === name)?.inPerSecond
        if (rate !== undefined && isKnown(rate)) return rate.value
        await turn()
      }
    }
    expect(await rateOf('T0')).toBe(0)
    const config = (topic: string) =>
      `"${topic}":{"topicName":"${topic}","readQueueNums":2,"writeQueueNums":2,"perm":6}`
    a.answers[21] = () => json(`{"topicConfigTable":{${['T0', 'Burst'].map(config).join()}}}`)
    await sampler.refresh()
    expect(await rateOf('Burst')).toBeGreaterThan(0)
  })
  it('counts what waits for its time from what brokers tell anyway', async () => {
    const { sampler, turn } = await start((a) => {
      a.answers[28] = () =>
        json({
          table: {
            bootTimestamp: '1',
            scheduleMessageOffset_3: '5,7',
            scheduleMessageOffset_4: '9,9',
            timerCongestNum: '4',
          },
        })
    })
    await turn()
    const overview = overviewOf(sampler.state, {
      ...{ turnMs: 50, rows: [], namesrv: [], clients: 0, now: Date.now() },
      brokers: brokerList(sampler.state, () => null),
    })
    expect(overview.scheduled).toMatchObject({ value: 6, missing: 0 })
    expect(overview.openTransactions).toMatchObject({ unknown: 'no-sample-yet' })
  })
  it('sums over brokers, and lists without asking anybody', async () => {
    const { a, b, sampler, turn } = await start()
    while (lagOfRow(topicsOf(sampler).rows[0]) !== 160) await turn()
    const before = [...a.asked.values(), ...b.asked.values()].reduce((sum, one) => sum + one, 0)
    const page = topicsOf(sampler)
    expect(page.total).toBe(TOPICS)
    expect(page.rows[0]).toMatchObject({
      kept: { value: 400, missing: 0 },
      worstLag: { value: 160, missing: 0 },
      worstGroup: 'g',
    })
    const groups = groupList(
      sampler.state,
      openLists(sampler.state, Date.now).groups(),
      groupListInput.parse({ cluster: 'c' }),
      Date.now(),
    )
    expect(groups.rows[0]).toMatchObject({ name: 'g', lag: { value: TOPICS * 160, missing: 0 }, state: 'no-client' })
    expect([...a.asked.values(), ...b.asked.values()].reduce((sum, one) => sum + one, 0)).toBe(before)
  })
  it('turns the figures of a silent broker into lower bounds, and asks it once a turn', async () => {
    const { a, b, sampler, turn } = await start()
    await turn()
    await turn()
    b.silent = true
    while (sampler.state.brokers.get('broker-b:0')?.state !== 'silent') await turn()
    await turn()
    const asked = new Map(b.asked)
    const alive = a.asked.get(28) ?? 0
    await turn()
    await turn()
    const more = [...b.asked].map(([code, count]) => count - (asked.get(code) ?? 0)).reduce((sum, one) => sum + one, 0)
    expect(more).toBeLessThanOrEqual(3)
    expect(a.asked.get(28) ?? 0).toBeGreaterThan(alive)
    const page = topicsOf(sampler)
    expect(page.total).toBe(TOPICS)
    expect(page.missing).toMatchObject([{ who: 'broker-b:0', reason: 'broker-silent', touches: TOPICS }])
    const [row] = page.rows
    expect(row).toMatchObject({ kept: { value: 200, missing: 2 }, worstLag: { value: 80, missing: 2 } })
    expect(row?.marks).toContain('broker-silent')
    const overview = overviewOf(sampler.state, {
      turnMs: 50,
      clients: 0,
      rows: openLists(sampler.state, Date.now).groups(),
      brokers: brokerList(sampler.state, () => null),
      namesrv: ['x:1'],
      now: Date.now(),
    })
    expect(overview.verdict).toBe('degraded')
    expect(overview.causes.map(({ kind, subject }) => `${kind} ${subject}`)).toContain('broker-silent broker-b:0')
    expect(
      isKnown(overview.inPerSecond) && 'missing' in overview.inPerSecond ? overview.inPerSecond.missing : null,
    ).toBe(1)
  })
  it('finds a broker again when it answers', async () => {
    const { b, sampler, turn } = await start()
    await turn()
    b.silent = true
    while (sampler.state.brokers.get('broker-b:0')?.state !== 'silent') await turn()
    b.silent = false
    while (sampler.state.brokers.get('broker-b:0')?.state !== 'ok') await turn()
    await turn()
    expect(topicsOf(sampler).missing).toEqual([])
    expect(topicsOf(sampler).rows[0]).toMatchObject({ kept: { value: 400, missing: 0 } })
  })
  const measuredBy =
    (sampler: Sampler, clock: { aheadMs: number }) =>
    (metric: 'brokerSilent' | 'masterChanged'): Record<string, number | null> =>
      Object.fromEntries(
        [
          ...measure(
            metric,
            {
              state: sampler.state,
              brokers: () => brokerList(sampler.state, () => null).rows,
              groups: () => [],
              topics: () => [],
              halves: () => null,
              silent: new Set(),
              clusterName: 'c',
              now: Date.now() + clock.aheadMs,
            },
            openMeters(),
          ),
        ].map(({ subject, measure: one }) => [subject, one !== undefined && 'value' in one ? one.value : null]),
      )
  it('sees another master also when for a while in between none was named', async () => {
    const { a, b, said, clock, sampler, until } = await startUnderController()
    await until([`broker-a:0 ${a.address} ok`, `broker-a:2 ${b.address} ok`])
    Object.assign(said, { routes: { 1: a.address, 2: b.address } })
    await until([`broker-a:1 ${a.address} ok`, `broker-a:2 ${b.address} ok`])
    Object.assign(said, { routes: { 0: b.address, 1: a.address }, master: 2, epoch: 2 })
    await until([`broker-a:0 ${b.address} ok`, `broker-a:1 ${a.address} ok`])
    expect(measuredBy(sampler, clock)('masterChanged')).toMatchObject({ 'broker-a:0': 1 })
  })
  it('shows a master that ended beside the one that took its place, until it is back or forgotten', async () => {
    const { a, b, said, clock, sampler, until } = await startUnderController()
    await until([`broker-a:0 ${a.address} ok`, `broker-a:2 ${b.address} ok`])
    const measured = measuredBy(sampler, clock)
    expect(measured('masterChanged')).toMatchObject({ 'broker-a:0': 0 })

    a.silent = true
    Object.assign(said, { routes: { 0: b.address }, master: 2, epoch: 2, alive: [2] })
    await until([`broker-a:0 ${b.address} ok`, `broker-a:1 ${a.address} silent`])
    // what the former one answered is not shown as its follower's
    expect(sampler.state.brokers.get('broker-a:0')?.config.listenPort).toBe(b.address.split(':')[1])
    expect(measured('brokerSilent')).toEqual({ 'broker-a:0': 0, 'broker-a:1': 1 })
    const gone = sampler.state.brokers.get('broker-a:1')
    if (gone === undefined) throw new Error('it is not listed')
    expect(brokerView(sampler.state, gone, null, 0).failover).toMatchObject({ masterId: 2, masterEpoch: 2 })
    expect(measured('masterChanged')).toMatchObject({ 'broker-a:0': 1 })
    const overview = overviewOf(sampler.state, {
      turnMs: 50,
      clients: 0,
      rows: openLists(sampler.state, Date.now).groups(),
      brokers: brokerList(sampler.state, () => null),
      namesrv: ['x:1'],
      now: Date.now(),
    })
    expect(overview.verdict).toBe('degraded')
    const silent = overview.causes.filter(({ kind }) => kind === 'broker-silent')
    expect(silent.map(({ subject }) => subject)).toEqual(['broker-a:1'])
    expect(topicsOf(sampler)).toMatchObject({ total: TOPICS, missing: [] })

    a.silent = false
    Object.assign(said, { routes: { 0: b.address, 1: a.address }, alive: [1, 2] })
    await until([`broker-a:0 ${b.address} ok`, `broker-a:1 ${a.address} ok`])
    clock.aheadMs += GROWTH_MS
    expect(measured('masterChanged')).toMatchObject({ 'broker-a:0': 0 })

    a.silent = true
    Object.assign(said, { routes: { 0: b.address }, alive: [2] })
    await until([`broker-a:0 ${b.address} ok`, `broker-a:1 ${a.address} silent`])
    said.known = [2] // an operator says that it will not come back
    clock.aheadMs += 20_000
    await until([`broker-a:0 ${b.address} ok`])
  })
  it('says unknown, not healthy, when nobody answers', async () => {
    const { a, b, namesrv, sampler, turn } = await start()
    await turn()
    a.silent = b.silent = namesrv.silent = true
    await turn()
    await turn()
    const overview = overviewOf(sampler.state, {
      turnMs: 50,
      clients: 0,
      rows: [],
      brokers: brokerList(sampler.state, () => null),
      namesrv: ['x:1'],
      now: Date.now(),
    })
    expect(overview.verdict).toBe('unknown')
    expect(overview.nameServers).toMatchObject([{ state: 'silent' }])
  })
  it('ends a watch when the watcher leaves', async () => {
    const { sampler } = await start()
    const leave = new AbortController()
    const seen: number[] = []
    for await (const at of sampler.turns(leave.signal, 0)) {
      seen.push(at)
      if (seen.length === 2) leave.abort()
    }
    expect(seen).toHaveLength(2)
  })
})
