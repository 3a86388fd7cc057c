// test/broker/catalog/topics.test.ts: the table of topics and its file.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pretty } from '../../../broker/catalog/pretty'
import { newTopic } from '../../../broker/catalog/system-topics'
import { openTopics } from '../../../broker/catalog/topics'

let configDir: string
beforeEach(async () => {
  configDir = await mkdtemp(join(tmpdir(), 'rocketdeck-topics-'))
})
afterEach(() => rm(configDir, { recursive: true, force: true }))

const open = (changes: Partial<Parameters<typeof openTopics>[0]> = {}) =>
  openTopics({
    configDir,
    clusterName: 'c',
    brokerName: 'b',
    autoCreateTopicEnable: true,
    defaultTopicQueueNums: 8,
    traceTopicEnable: true,
    msgTraceTopicName: 'RMQ_SYS_TRACE_TOPIC',
    timerWheelEnable: true,
    clock: () => 1000,
    log: () => {},
    ...changes,
  })

describe('the topics of a broker', () => {
  it('stand in their file as Apache lays it out, whatever is added, changed and removed', async () => {
    const topics = await open()
    const fileIs = async () => {
      await topics.saved()
      const text = await readFile(join(configDir, 'topics.json'), 'utf8')
      expect(text).toBe(pretty(topics.toJson()))
    }
    await fileIs()
    for (let n = 0; n < 20; n++) topics.put(newTopic(`t${n}"\\ {,}`, n))
    await fileIs()
    topics.put({ ...newTopic('t3', 5), attributes: new Map([['message.type', 'FIFO']]) })
    topics.put({ ...newTopic('t4', 5), order: true })
    topics.remove('t5"\\ {,}')
    await fileIs()
    topics.replaceAll([], topics.version)
    await fileIs()
    await topics.close()
  })

  it('named after the cluster and the broker serve nobody when they are switched off', async () => {
    const topics = await open({ clusterTopicEnable: false, brokerTopicEnable: false })
    expect([topics.get('c')?.perm, topics.get('b')?.perm]).toEqual([1, 1])
    await topics.close()
  })

  it('are at least its own: those of an Apache broker, and the trace topic', async () => {
    const topics = await open()
    expect([...topics.all()].map(({ topicName, readQueueNums, perm }) => [topicName, readQueueNums, perm])).toEqual([
      ['SELF_TEST_TOPIC', 1, 6],
      ['TBW102', 8, 7],
      ['BenchmarkTest', 1024, 6],
      ['c', 16, 7],
      ['b', 1, 7],
      ['OFFSET_MOVED_EVENT', 1, 6],
      ['SCHEDULE_TOPIC_XXXX', 18, 6],
      ['RMQ_SYS_TRACE_TOPIC', 1, 6],
      ['c_REPLY_TOPIC', 1, 6],
      ['rmq_sys_REVIVE_LOG_c', 8, 6],
      ['rmq_sys_SYNC_BROKER_MEMBER_b', 1, 1],
      ['RMQ_SYS_TRANS_HALF_TOPIC', 1, 6],
      ['RMQ_SYS_TRANS_OP_HALF_TOPIC', 1, 6],
      ['RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC', 1, 6],
      ['RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC', 1, 6],
      ['rmq_sys_wheel_timer', 1, 6],
    ])
    expect(topics.isSystem('TRANS_CHECK_MAX_TIME_TOPIC')).toBe(true)
    expect(topics.isSystem('rmq_sys_anything')).toBe(true)
    expect(topics.isSystem('orders')).toBe(false)
    await topics.close()
  })

  it('have no template where topics may not be made on demand', async () => {
    const topics = await open({ autoCreateTopicEnable: false })
    expect(topics.get('TBW102')).toBeUndefined()
    await topics.close()
  })

  it('move their version with each change, and not when nothing differs', async () => {
    let nowMs = 1000
    const topics = await open({ clock: () => nowMs })
    nowMs = 2000
    expect(topics.put(newTopic('orders', 4))).toBe(true)
    expect(topics.version).toEqual({ counter: 1, stateVersion: 0, timestamp: 2000 })
    nowMs = 3000
    expect(topics.put(newTopic('orders', 4))).toBe(false)
    expect(topics.put({ ...newTopic('orders', 4), attributes: new Map([['message.type', 'FIFO']]) })).toBe(true)
    expect(topics.version.counter).toBe(2)
    expect(topics.putAll([newTopic('a', 1), newTopic('b', 1)])).toEqual(['a', 'b'])
    expect(topics.version.counter).toBe(3)
    expect(topics.remove('nobody')).toBeUndefined()
    expect(topics.remove('a')?.topicName).toBe('a')
    expect(topics.version.counter).toBe(4)
    await topics.close()
  })

  it('come back after a restart as they were, attributes and version included', async () => {
    const before = await open()
    const orders = { ...newTopic('orders', 4), order: true, attributes: new Map([['message.type', 'FIFO']]) }
    before.put(orders)
    await before.saved()
    const after = await open()
    expect(after.get('orders')).toEqual(orders)
    expect(after.version).toEqual(before.version)
    await Promise.all([before.close(), after.close()])
  })

  it('are written as Apache writes topics.json', async () => {
    const topics = await open()
    topics.put(newTopic('orders', 4))
    await topics.close()
    const file = await readFile(join(configDir, 'topics.json'), 'utf8')
    expect(file.startsWith('{\n\t"dataVersion":{\n\t\t"counter":1,\n\t\t"stateVersion":0,\n')).toBe(true)
    expect(file).toContain(
      '\n\t\t"orders":{\n\t\t\t"attributes":{},\n\t\t\t"order":false,\n\t\t\t"perm":6,\n\t\t\t"readQueueNums":4,\n' +
        '\t\t\t"topicFilterType":"SINGLE_TAG",\n\t\t\t"topicName":"orders",\n\t\t\t"topicSysFlag":0,\n\t\t\t"writeQueueNums":4\n\t\t}',
    )
    expect(file.endsWith('\n\t}\n}')).toBe(true)
  })

  it('are read from the backup when the file was cut short', async () => {
    const topics = await open()
    topics.put(newTopic('orders', 4))
    await topics.saved()
    topics.put(newTopic('payments', 4))
    await topics.close()
    await writeFile(join(configDir, 'topics.json'), '{"dataVersion":{"coun')
    const after = await open()
    expect(after.get('orders')?.writeQueueNums).toBe(4)
    await after.close()
  })

  it('that nobody can read stop the start rather than vanish', async () => {
    await writeFile(join(configDir, 'topics.json'), 'rubbish')
    await writeFile(join(configDir, 'topics.json.bak'), 'rubbish too')
    await expect(open()).rejects.toThrow(/JSON/)
  })

  it('say so when the disk refuses them, and are written once it does not', async () => {
    const lines: string[] = []
    const topics = await open({ log: (level, line) => lines.push(`${level} ${line}`) })
    await topics.saved()
    await rm(configDir, { recursive: true })
    await writeFile(configDir, 'a file where the folder was')
    topics.put(newTopic('orders', 4))
    await topics.saved()
    expect(lines.filter((line) => line.startsWith('error'))).toHaveLength(1)
    expect(topics.get('orders')).toBeDefined()
    await rm(configDir)
    const path = join(configDir, 'topics.json')
    await expect.poll(() => readFile(path, 'utf8').catch(() => ''), { timeout: 10_000 }).toContain('"orders"')
    await topics.close()
  })
})
