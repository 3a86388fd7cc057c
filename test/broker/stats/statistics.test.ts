// test/broker/stats/statistics.test.ts: what is counted under which name, and what a window of samples says.
import { describe, expect, it } from 'vitest'
import { openStatistics } from '../../../broker/stats/statistics'

const at = (over: { maxFlows?: number; perQueue?: boolean; nowMs?: number } = {}) => {
  const clock = { nowMs: over.nowMs ?? new Date(2026, 2, 3, 12).getTime() }
  const statistics = openStatistics({
    clusterName: 'DefaultCluster',
    isSystem: (topic) => topic.startsWith('rmq_sys_'),
    perQueue: () => over.perQueue ?? true,
    clock: () => clock.nowMs,
    timer: false,
    ...(over.maxFlows === undefined ? {} : { maxFlows: over.maxFlows }),
  })
  const pass = (ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      clock.nowMs += 10_000
      statistics.tick()
    }
  }
  return { statistics, clock, pass }
}

describe('MO3: statistics', () => {
  it('say nothing about a name or key that was never counted', () => {
    const { statistics } = at()
    expect(statistics.rates('TOPIC_PUT_NUMS', 'nobody')).toBeUndefined()
    expect(statistics.rates('constructor', 'x')).toBeUndefined()
    expect(statistics.rates('BROKER_PUT_NUMS', 'DefaultCluster')).toBeUndefined()
  })

  it('are zero until the first sample, which counts as a whole interval', () => {
    const { statistics, pass } = at()
    statistics.put('T', 3, 50, 5000, 100)
    expect(statistics.rates('TOPIC_PUT_NUMS', 'T')?.minute).toEqual({ sum: 0, tps: 0, avgpt: 0 })
    pass(1)
    expect(statistics.rates('TOPIC_PUT_NUMS', 'T')?.minute).toEqual({ sum: 50, tps: 5, avgpt: 50 })
    expect(statistics.rates('TOPIC_PUT_SIZE', 'T')?.minute).toEqual({ sum: 5000, tps: 500, avgpt: 5000 })
    expect(statistics.putTps('T')).toBe(5)
  })

  it.each([
    ['TOPIC_PUT_NUMS', 'T', 2],
    ['TOPIC_PUT_SIZE', 'T', 200],
    ['QUEUE_PUT_NUMS', 'T@3', 2],
    ['QUEUE_PUT_SIZE', 'T@3', 200],
    ['TOPIC_PUT_LATENCY', '3@T', 7],
    ['GROUP_GET_NUMS', 'T@G', 4],
    ['GROUP_GET_SIZE', 'T@G', 400],
    ['QUEUE_GET_NUMS', 'T@3@G', 4],
    ['QUEUE_GET_SIZE', 'T@3@G', 400],
    ['GROUP_GET_LATENCY', '3@T@G', 9],
    ['SNDBCK_PUT_NUMS', 'T@G', 1],
    ['DLQ_PUT_NUMS', 'T@G', 1],
    ['BROKER_PUT_NUMS', 'DefaultCluster', 2],
    ['BROKER_GET_NUMS', 'DefaultCluster', 4],
    ['BROKER_PUT_NUMS_WITHOUT_SYSTEM_TOPIC', 'DefaultCluster', 2],
    ['BROKER_GET_NUMS_WITHOUT_SYSTEM_TOPIC', 'DefaultCluster', 4],
  ])('count %s under %s', (name, key, sum) => {
    const { statistics, pass } = at()
    statistics.put('T', 3, 2, 200, 7)
    statistics.got('G', 'T', 3, 4, 400, 9)
    statistics.sentBack('G', 'T')
    statistics.deadLettered('G', 'T')
    pass(1)
    expect(statistics.rates(name, key)?.minute.sum).toBe(sum)
  })

  it('forget what is older than a minute, an hour, a day', () => {
    const { statistics, pass } = at()
    statistics.put('T', 0, 60, 60, 0)
    const sums = () => {
      const { minute, hour, day } = statistics.rates('TOPIC_PUT_NUMS', 'T') ?? {}
      return [minute?.sum, hour?.sum, day?.sum]
    }
    pass(1)
    expect(sums()).toEqual([60, 0, 0])
    pass(59)
    expect(sums()).toEqual([0, 60, 0])
    pass(360)
    expect(sums()).toEqual([0, 0, 60])
    pass(24 * 360)
    expect(sums()).toEqual([undefined, undefined, undefined])
  })

  it('go on counting after a silence', () => {
    const { statistics, pass } = at()
    statistics.put('T', 0, 1, 1, 0)
    pass(20)
    statistics.put('T', 0, 10, 10, 0)
    pass(1)
    expect(statistics.rates('TOPIC_PUT_NUMS', 'T')?.minute).toEqual({ sum: 10, tps: 1, avgpt: 10 })
  })

  it('keep a bounded number of flows and still total everything', () => {
    const { statistics, pass } = at({ maxFlows: 100 })
    for (let i = 0; i < 10_000; i++) {
      statistics.put(`T${i}`, i % 8, 1, 1, 1)
      statistics.got(`G${i}`, `T${i}`, i % 8, 1, 1, 1)
      statistics.sentBack(`G${i}`, `T${i}`)
    }
    pass(1)
    expect(statistics.flowCount).toBe(100)
    expect(statistics.totals.putNow).toBe(10_000)
    expect(statistics.totals.getNow).toBe(10_000)
  })

  it('free what a removed topic or group held', () => {
    const { statistics } = at()
    const before = statistics.flowCount
    statistics.put('T', 1, 1, 1, 1)
    statistics.got('G', 'T', 1, 1, 1, 1)
    statistics.sentBack('G', 'T')
    statistics.groupRemoved('G')
    expect(statistics.rates('GROUP_GET_NUMS', 'T@G')).toBeUndefined()
    expect(statistics.rates('TOPIC_PUT_NUMS', 'T')).toBeDefined()
    statistics.topicRemoved('T')
    expect(statistics.flowCount).toBe(before)
    statistics.put('T', 1, 1, 1, 1)
    expect(statistics.rates('TOPIC_PUT_NUMS', 'T')).toBeDefined()
  })

  it('leave system topics out of the daily totals, which roll at local midnight', () => {
    const { statistics, pass, clock } = at({ nowMs: new Date(2026, 2, 3, 23, 59, 45).getTime() })
    statistics.put('T', 0, 5, 5, 0)
    statistics.put('rmq_sys_wheel_timer', 0, 9, 9, 0)
    pass(1)
    expect(statistics.totals).toMatchObject({ putNow: 5, putThisMorning: 0, putYesterdayMorning: 0 })
    pass(1)
    expect(statistics.totals).toMatchObject({ putNow: 5, putThisMorning: 5, putYesterdayMorning: 0 })
    statistics.put('T', 0, 2, 2, 0)
    clock.nowMs += 24 * 3_600_000
    pass(1)
    expect(statistics.totals).toMatchObject({ putNow: 7, putThisMorning: 7, putYesterdayMorning: 5 })
  })

  it('tell how long most puts took, of the last intervals only', () => {
    const { statistics, pass } = at()
    expect(statistics.putLatencyMs(0.99)).toBe(0)
    for (let i = 0; i < 98; i++) statistics.put('T', 0, 1, 1, 2)
    statistics.put('T', 0, 1, 1, 40)
    statistics.put('T', 0, 1, 1, 5000)
    expect(statistics.putLatencyMs(0.5)).toBe(2)
    expect(statistics.putLatencyMs(0.99)).toBe(40)
    expect(statistics.putLatencyMs(0.999)).toBe(1000)
    pass(2)
    expect(statistics.putLatencyMs(0.999)).toBe(0)
  })

  it('count queues only when asked', () => {
    const { statistics } = at({ perQueue: false })
    statistics.put('T', 1, 1, 1, 1)
    expect(statistics.rates('QUEUE_PUT_NUMS', 'T@1')).toBeUndefined()
    expect(statistics.rates('TOPIC_PUT_NUMS', 'T')).toBeDefined()
  })
})
