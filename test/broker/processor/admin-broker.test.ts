// test/broker/processor/admin-broker.test.ts: what a broker tells of itself, and which of its settings a tool may change.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { brokerProperties } from '../../../broker/config/broker-properties'
import { clientProperties, serverProperties } from '../../../broker/config/net-properties'
import type { PropertyTable } from '../../../broker/config/property'
import { storeProperties } from '../../../broker/config/store-properties'
import { showBytes, showSpan } from '../../../broker/processor/runtime-info'
import { RequestCode as Code } from '../../../broker/protocol/codes'
import { openTestBroker, type TestBroker } from '../../support/broker-context'
import { projectRoot } from '../../support/folders'
import { openRealBroker } from './real-broker'

const allRows: PropertyTable = { ...serverProperties, ...clientProperties, ...storeProperties, ...brokerProperties }

/** What stock tools and tests switch while a broker runs, with another value than its default. */
const switchedWhileRunning: readonly (readonly [string, string])[] = [
  ['enablePopBufferMerge', 'true'],
  ['enableSingleTopicRegister', 'true'],
  ['enableSplitRegistration', 'true'],
  ['estimateAccumulation', 'false'],
  ['longPollingEnable', 'false'],
  ['shortPollingTimeMills', '500'],
  ['popConsumerKVServiceEnable', 'true'],
  ['popFromRetryProbabilityForPriority', '30'],
  ['priorityOrderAsc', 'false'],
  ['transactionCheckInterval', '5000'],
  ['useSeparateRetryQueue', 'true'],
  ['useServerSideResetOffset', 'false'],
  ['enableNotifyAfterPopOrderLockRelease', 'false'],
  ['appendTopicForTimerDeleteKey', 'true'],
]

let at: TestBroker
beforeEach(async () => {
  at = await openTestBroker()
})
afterEach(() => at.close())
const update = (body: string) => at.ask(Code.UPDATE_BROKER_CONFIG, {}, body)

describe('settings', () => {
  it.each(switchedWhileRunning)(
    'AD5: take %s, which tools switch while running, hold it and report it back',
    async (key, value) => {
      expect((await at.ask(Code.GET_BROKER_CONFIG)).text).not.toContain(`\n${key}=${value}\n`)
      expect(await update(`${key}=${value}\n`)).toMatchObject({ code: 0 })
      expect(String(Object.entries(at.config.values).find(([name]) => name === key)?.[1])).toBe(value)
      expect((await at.ask(Code.GET_BROKER_CONFIG)).text).toContain(`\n${key}=${value}\n`)
    },
  )
  it('AD5: are named in the README where they change nothing', () => {
    const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8')
    const [, named = ''] = /these are taken, kept and reported, and change nothing: ([^.]*)\./.exec(readme) ?? []
    const idle = switchedWhileRunning.flatMap(([key]) => (allRows[key]?.without === undefined ? [] : [key]))
    expect((named.match(/\w+/g) ?? []).sort()).toEqual(idle.sort())
  })
  it('AD5: keep what tools switched over a restart', async () => {
    const broker = await openRealBroker()
    try {
      const client = broker.client()
      const switched = switchedWhileRunning.map(([key, value]) => `${key}=${value}\n`)
      for (const line of switched) expect((await client.ask(Code.UPDATE_BROKER_CONFIG, {}, line)).code, line).toBe(0)
      await broker.restart()
      const text = (await client.ask(Code.GET_BROKER_CONFIG)).body.toString()
      expect(switched.filter((line) => !text.includes(`\n${line}`))).toEqual([])
    } finally {
      await broker.stop()
    }
  })
  it('AD5: say of each key whether it may change, and let no other be changed', async () => {
    const listed = (await at.ask(Code.GET_BROKER_CONFIG)).text.split('\n').map((line) => line.split('='))
    for (const [key = '', value = ''] of listed) {
      const row = allRows[key]
      if (row === undefined) continue
      const { code, remark } = await update(`${key}=${value}\n`)
      if (row.change === 'live') expect(code, key).toBe(0)
      else expect([16, 29], `${key}: ${remark}`).toContain(code)
      if (row.change === 'fixed' && !/black list/.test(remark ?? ''))
        expect(remark, key).toBe(`${key} can only be set at a start`)
    }
    expect((await update('notAKey=1\n')).remark).toBe('notAKey is not a property of this server')
  })
  it('change at once and are reported back under a new version', async () => {
    expect(await update('longPollingEnable=false\nfileReservedTime=24\n')).toMatchObject({ code: 0 })
    expect(at.broker.settings.longPollingEnable).toBe(false)
    const { text, ext } = await at.ask(Code.GET_BROKER_CONFIG)
    expect(text).toContain('\nlongPollingEnable=false\n')
    expect(text).toContain('\nfileReservedTime=24\n')
    expect(JSON.parse(ext.version ?? '')).toEqual({ counter: 1, stateVersion: 0, timestamp: at.clock.nowMs })
  })
  it("tell the name servers of all topics when the broker's permission changes", async () => {
    await update('brokerPermission=4\n')
    expect(at.told).toHaveLength(at.broker.topics.size)
  })
  it.each([
    ['brokerConfigPath=/tmp/x', 16, 'Can not update config in black list.'],
    ['configBlackList=', 16, 'Can not update config in black list.'],
    ['rocketmqHome=/tmp/$(touch x)', 16, 'Can not update config in black list.'],
    ['storePathRootDir=/etc', 16, 'Can not update config in black list.'],
    ['listenPort=1', 16, 'listenPort says who or where this server is'],
    ['messageStorePlugIn=com.evil.Store', 29, 'messageStorePlugIn can only be set at a start'],
    ['filterServerNums=1', 29, 'filterServerNums is not a property of this server'],
    ['fileReservedTime=soon', 29, 'fileReservedTime=soon: not possible, fileReservedTime takes a whole number from 1'],
    ['fileReservedTime=0', 29, 'takes a whole number from 1 to 876000'],
    ['longPollingEnable=false\nnonsense=1', 29, 'nonsense is not a property'],
  ])('refuse %s (CVE-2023-33246)', async (body, code, remark) => {
    const before = at.config.toPropertiesText()
    const answer = await update(body)
    expect(answer.code).toBe(code)
    expect(answer.remark).toContain(remark)
    expect(at.config.toPropertiesText()).toBe(before)
  })
})

describe('runtime information', () => {
  it('has every key that Apache 5.5.0 has, as text', async () => {
    const { text } = await at.ask(Code.GET_BROKER_RUNTIME_INFO)
    const table: Record<string, string> = JSON.parse(text).table
    const folder = `${at.config.values.storePathRootDir}/commitlog`
    for (const key of [...runtimeKeys, `commitLogDiskRatio_${folder}`]) expect(table, key).toHaveProperty([key])
    expect(Object.values(table).every((value) => typeof value === 'string')).toBe(true)
    expect(table).toMatchObject({
      runtime: '[ 0 days, 1 hours, 2 minutes, 3 seconds ]',
      putTps: '1.0 2.0 3.0',
      putMessageAverageSize: '250.0',
      scheduleMessageOffset_3: '5,7',
      remainHowManyDataToFlush: '1.0 KiB',
      brokerVersionDesc: 'V5_5_0',
      flushLatency99: '1.50', // beyond Apache's
      earliestMessageTimeStamp: '-1',
    })
    expect(table.commitLogDirCapacity).toMatch(/^Total : [\d.]+ \w+, Free : [\d.]+ \w+\.$/)
  })
  it('counts messages by day without system topics', async () => {
    at.statistics.put('T', 0, 3, 3, 1)
    at.statistics.put('rmq_sys_x', 0, 9, 9, 1)
    const { table } = JSON.parse((await at.ask(Code.GET_BROKER_RUNTIME_INFO)).text)
    expect(table).toMatchObject({ msgPutTotalTodayNow: '3', msgPutTotalTodayMorning: '0', msgGetTotalTodayNow: '0' })
  })
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [270_582_939_648, '252.0 GiB'],
  ])('shows %d bytes as %s', (bytes, text) => expect(showBytes(bytes)).toBe(text))
  it('shows days', () => expect(showSpan(90_061_000)).toBe('[ 1 days, 1 hours, 1 minutes, 1 seconds ]'))
})

describe('statistics', () => {
  it('are told by name and key', async () => {
    at.statistics.put('T', 0, 50, 100, 1)
    at.statistics.tick()
    const { text } = await at.ask(Code.VIEW_BROKER_STATS_DATA, { statsName: 'TOPIC_PUT_NUMS', statsKey: 'T' })
    expect(JSON.parse(text).statsMinute).toEqual({ avgpt: 50, sum: 50, tps: 5 })
    expect(text).toContain('"statsMinute":{"avgpt":50.0,"sum":50,"tps":5.0}')
  })
  it('that do not exist are named', async () => {
    expect(await at.ask(Code.VIEW_BROKER_STATS_DATA, { statsName: 'A', statsKey: 'B' })).toMatchObject({
      code: 1,
      remark: 'The stats <A> <B> not exist',
    })
    expect((await at.ask(Code.VIEW_BROKER_STATS_DATA, { statsName: 'A' })).remark).toBe(
      'the custom field <statsKey> is null',
    )
  })
})

describe('a lone master', () => {
  it('says that no slave is in sync', async () => {
    expect((await at.ask(Code.GET_BROKER_HA_STATUS)).text).toBe(
      '{"haClientRuntimeInfo":{"lastReadTimestamp":0,"lastWriteTimestamp":0,"masterFlushOffset":0,"maxOffset":0,"transferredByteInSecond":0},"haConnectionInfo":[],"inSyncSlaveNums":0,"master":true,"masterCommitLogMaxOffset":2048}',
    )
  })
  it('cleans when told to', async () => {
    expect(await at.ask(Code.CLEAN_EXPIRED_CONSUMEQUEUE)).toMatchObject({ code: 0 })
    expect(await at.ask(Code.DELETE_EXPIRED_COMMITLOG)).toMatchObject({ code: 0 })
  })
  it('tells where timed messages are, how many wait, and how fast they come and go', async () => {
    expect((await at.ask(Code.GET_TIMER_CHECK_POINT)).text).toBe('\u0007'.repeat(56))
    expect((await at.ask(Code.GET_TIMER_METRICS)).text).toBe('{"timingCount":{"T":{"count":3,"timeStamp":9}}}')
    const { table } = JSON.parse((await at.ask(Code.GET_BROKER_RUNTIME_INFO)).text) as { table: Record<string, string> }
    expect(table).toMatchObject({ timerReadBehind: '1', timerOffsetBehind: '2', timerCongestNum: '3' })
    expect(table).toMatchObject({ timerEnqueueTps: '4.5', timerDequeueTps: '5.0' })
  })
})

describe('what this broker does not have', () => {
  it.each([
    [354, 'there is no RocksDB in this broker'],
    [902, 'not inside a container'],
    [200074, 'lite topics are not supported'],
  ])('answers %d with the reason', async (code, reason) => {
    const answer = await at.ask(code)
    expect(answer.code).toBe(3)
    expect(answer.remark).toContain(` request type ${code} not supported: `)
    expect(answer.remark).toContain(reason)
  })
  it('says that epochs belong to controllers', async () => {
    expect(await at.ask(1007)).toMatchObject({ code: 1, remark: 'this request only for controllerMode ' })
  })
})

/** As an Apache 5.5.0 master without slave answers; the level keys and the path key aside. */
const runtimeKeys =
  `EndTransactionQueueSize EndTransactionThreadPoolQueueCapacity ackThreadPoolQueueCapacity ackThreadPoolQueueHeadWaitTimeMills
  ackThreadPoolQueueSize bootTimestamp brokerActive brokerVersionDesc commitLogDirCapacity commitLogDiskRatio commitLogMaxOffset
  commitLogMinOffset consumeQueueDiskRatio dispatchBehindBytes dispatchMaxBuffer earliestMessageTimeStamp getFoundTps
  getMessageEntireTimeMax getMissTps getTotalTps getTransferredTps litePullThreadPoolQueueCapacity
  litePullThreadPoolQueueHeadWaitTimeMills litePullThreadPoolQueueSize msgGetTotalTodayMorning msgGetTotalTodayNow
  msgGetTotalYesterdayMorning msgPutTotalTodayMorning msgPutTotalTodayNow msgPutTotalYesterdayMorning pageCacheLockTimeMills
  pullThreadPoolQueueCapacity pullThreadPoolQueueHeadWaitTimeMills pullThreadPoolQueueSize putLatency99 putLatency999
  putMessageAverageSize putMessageDistributeTime putMessageEntireTimeMax putMessageFailedTimes putMessageSizeTotal
  putMessageTimesTotal putTps queryThreadPoolQueueCapacity queryThreadPoolQueueHeadWaitTimeMills queryThreadPoolQueueSize
  remainHowManyDataToFlush remainTransientStoreBufferNumbs runtime sendThreadPoolQueueCapacity
  sendThreadPoolQueueHeadWaitTimeMills sendThreadPoolQueueSize startAcceptSendRequestTimeStamp timerCongestNum timerDequeueTps
  timerEnqueueTps timerOffsetBehind timerReadBehind`.split(/\s+/)
