// test/broker/processor/torn-record.test.ts: a message that the disk did not keep, down to the size it names, ends no thread and takes
// none of those beside it along: pops pass over it, and filter scripts judge the others.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openPop } from '../../../broker/pop/open'
import type { BrokerContext } from '../../../broker/processor/context'
import { getFor } from '../../../broker/processor/get-for'
import { Harvest } from '../../../broker/processor/pop-take'
import { areWhole, decodeRecord, piecesOf } from '../../../broker/protocol/record'
import { openMessageStore } from '../../../broker/store'
import { openTestBroker } from '../../support/broker-context'
import { temporaryFolder } from '../../support/folders'
import { asyncFlush, newMessage, safe, storeOptions } from '../../support/stores'

/** Five short messages on disk; the second and the fourth are zeros. */
async function opened(): Promise<{ broker: BrokerContext; lines: readonly string[] }> {
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
  for (let n = 0; n < 20; n++) store.append(newMessage({ topic: 'Filler', body: 'x'.repeat(1500) }))
  await safe(store, store.commitLog.tail)
  await vi.waitFor(() => expect(store.commitLog.flushedTo).toBe(store.commitLog.tail), { timeout: 60_000 })
  const [first = ''] = readdirSync(join(rootDir, 'commitlog')).sort()
  const path = join(rootDir, 'commitlog', first)
  const bytes = readFileSync(path)
  for (const queueOffset of [1, 3]) {
    const unit = await store.unitAt('T', 0, queueOffset)
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
