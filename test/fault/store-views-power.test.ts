// test/fault/store-views-power.test.ts: the checkpoint promises that the views are on the disk. Moments at which it once promised
// too much, each made to happen: acknowledged messages were then in the log, and in no queue.
import { expect, it } from 'vitest'
import { readLong } from '../../broker/protocol/layout'
import { decodeRecords } from '../../broker/protocol/record'
import { type MessageStore, openMessageStore } from '../../broker/store'
import { checkpointBytes } from '../../broker/store/checkpoint'
import { createConsumeQueues } from '../../broker/store/consume-queues'
import { MemoryDisk, memoryRoot } from '../support/disks'
import { put, storeOptions, syncFlush } from '../support/stores'

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise(setImmediate)
}
const isQueue = (path: string): boolean => path.includes('/consumequeue/')

const openOn = (disk: MemoryDisk): Promise<MessageStore> =>
  openMessageStore(
    storeOptions(memoryRoot, {
      flush: syncFlush,
      more: { files: disk.mount(), flushConsumeQueueIntervalMs: 2, flushConsumeQueueThoroughIntervalMs: 2 },
    }),
  )
async function bodiesOf(store: MessageStore): Promise<string[]> {
  const bodies: string[] = []
  for (let next = 0; next < store.maxOffset('T', 0); ) {
    const result = await store.get({ topic: 'T', queueId: 0, queueOffset: next, maxMessages: 32, maxBytes: 1 << 20 })
    for (const piece of result.records) for (const { body } of decodeRecords(piece)) bodies.push(body.toString())
    next = result.nextBeginOffset
    result.release()
  }
  return bodies
}
/** What the checkpoint says is safe of the commit log; -1 before it was ever synced. */
function safeOffset(disk: MemoryDisk): number {
  const page = disk.inodes.get('/store/checkpoint')?.durable
  return page === undefined || page.length < checkpointBytes ? -1 : readLong(page, 2064)
}

it('a queue that appears while the others are flushed has its folder synced by the next flush', async () => {
  const disk = new MemoryDisk()
  const queues = createConsumeQueues({
    files: disk.mount(),
    folder: '/store/consumequeue',
    segmentBytes: 2000,
    maxOpenFiles: 8,
    maxMemoryBytes: 1e6,
  })
  const first = queues.need('T', 0)
  first.put(0, 0, 100, 0)
  queues.touched(first)
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  disk.trouble.sync = () => gate
  const flushing = queues.flush(0)
  await turns(5)
  const second = queues.need('T', 1)
  second.put(0, 100, 100, 0)
  queues.touched(second)
  release()
  await flushing
  await queues.flush(0)
  disk.cutPower()
  expect([...disk.inodes.keys()].sort()).toEqual([
    '/store/consumequeue/T/0/00000000000000000000',
    '/store/consumequeue/T/1/00000000000000000000',
  ])
})

it('units that a killed process had written and not synced are synced before the checkpoint passes them', async () => {
  const disk = new MemoryDisk()
  const first = await openOn(disk)
  for (let n = 0; n < 3; n++) await put(first, { body: `message ${n}` })
  while (safeOffset(disk) < first.commitLog.tail) await new Promise((resolve) => setTimeout(resolve, 2))
  // from here on its units reach the system's memory, and never the disk
  disk.trouble.sync = (path) => (isQueue(path) ? new Promise<void>(() => {}) : undefined)
  for (let n = 3; n < 6; n++) await put(first, { body: `message ${n}` })
  const { tail } = first.commitLog
  await new Promise((resolve) => setTimeout(resolve, 20))
  disk.trouble = {}
  const second = await openOn(disk)
  while (safeOffset(disk) < tail) await new Promise((resolve) => setTimeout(resolve, 2))
  disk.cutPower()
  const third = await openOn(disk)
  expect(await bodiesOf(third)).toEqual(Array.from({ length: 6 }, (_, n) => `message ${n}`))
  await third.close()
  void second
})
