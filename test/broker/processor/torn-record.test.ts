// test/broker/processor/torn-record.test.ts: a message that the disk did not keep, down to the size it names, ends no thread and takes
// none of those beside it along: pops pass over it, and filter scripts judge the others.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { newTopic } from '../../../broker/catalog/system-topics'
import { openPop } from '../../../broker/pop/open'
import type { BrokerContext } from '../../../broker/processor/context'
import { getFor } from '../../../broker/processor/get-for'
import { Harvest } from '../../../broker/processor/pop-take'
import { writeBody } from '../../../broker/protocol/bodies'
import { CheckpointTag, popCheckpoint, popRetryTopicV1, reviveTopicOf } from '../../../broker/protocol/pop'
import { encodeProperties } from '../../../broker/protocol/properties'
import { areWhole, decodeRecord, piecesOf } from '../../../broker/protocol/record'
import { openMessageStore } from '../../../broker/store'
import type { NewMessage } from '../../../broker/store/types'
import { openTestBroker } from '../../support/broker-context'
import { temporaryFolder } from '../../support/folders'
import { asyncFlush, newMessage, safe, storeOptions } from '../../support/stores'

/** Five short messages on disk and what comes behind them in its own queue; the second and the fourth of `topic` are zeros. */
async function opened(
  topic = 'T',
  entries: readonly NewMessage[] = [],
): Promise<{ broker: BrokerContext; lines: readonly string[] }> {
  const rootDir = temporaryFolder('torn')
  const store = await openMessageStore(
    storeOptions(rootDir, {
      flush: { ...asyncFlush, flushIntervalMs: 1, flushLeastPages: 0 },
      commitLogSegmentBytes: 8192,
      hotBytes: 8192,
      maxMessageBytes: 4096,
    }),
  )
  for (let n = 0; n < 5; n++) store.append(newMessage({ topic: 'T', body: `m${n}` }))
  for (const entry of entries) store.append(entry)
  for (let n = 0; n < 20; n++) store.append(newMessage({ topic: 'Filler', body: 'x'.repeat(1500) }))
  await safe(store, store.commitLog.tail)
  await vi.waitFor(() => expect(store.commitLog.flushedTo).toBe(store.commitLog.tail), { timeout: 60_000 })
  const [first = ''] = readdirSync(join(rootDir, 'commitlog')).sort()
  const path = join(rootDir, 'commitlog', first)
  const bytes = readFileSync(path)
  for (const queueOffset of [1, 3]) {
    const unit = await store.unitAt(topic, 0, queueOffset)
    if (unit === undefined) throw new Error('no unit')
    bytes.fill(0, unit.commitLogOffset, unit.commitLogOffset + unit.sizeBytes)
  }
  writeFileSync(path, bytes, { flag: 'r+' })
  const test = await openTestBroker()
  const { broker } = test
  const pop = await openPop({
    ...broker.identity,
    ...broker,
    settings: test.config.values,
    configDir: temporaryFolder('torn-config'),
    store,
    onTopicMade: () => {},
    onStored: () => {},
  })
  onTestFinished(async () => {
    await pop.stop()
    await test.close()
    await store.close()
  })
  return { broker: { ...broker, store, pop }, lines: test.lines }
}
const bodiesOf = (records: readonly Buffer[]) => piecesOf(records).map((one) => decodeRecord(one).body.toString())

it('zeros are one piece, which is not whole', () => {
  const pieces = piecesOf([Buffer.alloc(200), Buffer.alloc(3)])
  expect(pieces.map(({ length }) => length)).toEqual([200, 3])
  expect(areWhole(pieces)).toBe(false)
})

it('a pop brings what lies beside it, and says what it passed over', async () => {
  const { broker, lines } = await opened()
  const taken: string[][] = []
  for (let n = 0; n < 5; n++) {
    const harvest = new Harvest(broker, {
      topic: 'T',
      group: 'g',
      maxMessages: 32,
      invisibleMs: 60_000,
      initMode: 0,
      isOrdered: false,
      attemptId: undefined,
      filter: undefined,
      popTimeMs: broker.clock(),
      reviveQueueId: 0,
    })
    await harvest.fromQueue('T', 0)
    taken.push(bodiesOf(harvest.records))
    harvest.release()
  }
  expect(taken.flat()).toEqual(['m0', 'm2', 'm4'])
  const said = lines.filter((line) => /damaged/.test(line))
  expect(said.map((line) => /at offset (\d) of queue 0 of T/.exec(line)?.[1])).toEqual(['1', '3'])
})

it('an entry of the revive log holds up no other: what they tell of comes again', async () => {
  const topic = reviveTopicOf('DefaultCluster')
  const entries = Array.from({ length: 5 }, (_, so) => ({
    ...newMessage({ topic, body: '' }),
    properties: encodeProperties([
      ['TAGS', CheckpointTag.checkpoint],
      ['TIMER_DELIVER_MS', String(Date.now())],
    ]),
    body: writeBody(popCheckpoint, { bm: 0, c: 'g', d: [0], it: 0, n: 1, pt: 1000, q: 0, ro: 0, so, t: 'T' }),
  }))
  const { broker, lines } = await opened(topic, entries)
  const { store, pop, topics } = broker
  expect(broker.identity.clusterName).toBe('DefaultCluster')
  topics.put(newTopic('T', 1))
  broker.groups.get('g')
  pop.start()
  const retry = popRetryTopicV1('T', 'g')
  await vi.waitFor(() => expect(store.maxOffset(retry, 0)).toBe(3), { timeout: 60_000 })
  const got = await store.get({ topic: retry, queueId: 0, queueOffset: 0, maxMessages: 32, maxBytes: 65_536 })
  expect(bodiesOf(got.records)).toEqual(['m0', 'm2', 'm4'])
  got.release()
  expect(
    lines.filter((line) => /entry of rmq_sys_REVIVE_LOG_DefaultCluster at [13] is damaged/.test(line)),
  ).toHaveLength(2)
})

it('a filter script is asked about the others; what cannot be judged is as its owner chose', async () => {
  const { broker } = await opened()
  const asked: number[] = []
  const script = { group: 'g', source: '', onFault: 'closed', timeLimitMs: 1, updatedAtMs: 1 } as const
  const judge = async (_: unknown, records: readonly Buffer[]) => {
    const pieces = piecesOf(records)
    asked.push(pieces.length)
    return pieces.map((piece) => areWhole([piece]))
  }
  const scripted: BrokerContext = {
    ...broker,
    filterScripts: Object.create(broker.filterScripts, { get: { value: () => script } }),
    scripts: Object.create(broker.scripts, { judge: { value: judge } }),
  }
  const passed: string[] = []
  for (let queueOffset = 0; queueOffset < 5; ) {
    const got = await getFor(scripted, 'g', { topic: 'T', queueId: 0, queueOffset, maxMessages: 32, maxBytes: 65_536 })
    passed.push(...bodiesOf(got.records))
    got.release()
    expect(got.nextBeginOffset).toBeGreaterThan(queueOffset)
    queueOffset = got.nextBeginOffset
  }
  expect(passed).toEqual(['m0', 'm2', 'm4'])
  expect(asked.every((count) => count === 1)).toBe(true)
})
