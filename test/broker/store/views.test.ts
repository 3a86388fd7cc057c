// test/broker/store/views.test.ts: consume queues and index files, byte by byte and in number.
import { afterEach, describe, expect, it } from 'vitest'
import { indexHash } from '../../../broker/protocol/java-hash'
import { type MessageStore, openMessageStore } from '../../../broker/store'
import { createConsumeQueues } from '../../../broker/store/consume-queues'
import { IndexFile, indexFileBytes } from '../../../broker/store/index-file'
import { MemoryDisk, memoryRoot } from '../../support/disks'
import { newMessage, put, storeOptions } from '../../support/stores'

const stores: MessageStore[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

describe('a consume queue', () => {
  it('is filled, from the first of its file, with places that no message has when it begins later', async () => {
    const disk = new MemoryDisk()
    const options = {
      files: disk.mount(),
      folder: '/store/consumequeue',
      segmentBytes: 100,
      maxOpenFiles: 4,
      maxMemoryBytes: 1e6,
    }
    const queues = createConsumeQueues(options)
    const queue = queues.need('T', 3)
    queue.put(12, 4096, 115, 65)
    queues.touched(queue)
    await queues.flush(0)
    // units 10 and 11 lie in the file that begins at unit 10
    const file = disk.inodes.get('/store/consumequeue/T/3/00000000000000000200')
    expect(file?.bytes.toString('hex')).toBe(
      `${'00000000000000007fffffff0000000000000000'.repeat(2)}0000000000001000000000730000000000000041${'00'.repeat(40)}`,
    )
    expect([queue.minOffset, queue.maxOffset]).toEqual([12, 13])
    queues.close()
    const again = createConsumeQueues({ ...options, files: disk.mount() })
    await again.load(false, -1)
    await again.follow(0)
    const found = again.find('T', 3)
    expect([found?.minOffset, found?.maxOffset, found?.maxCommitLogEnd]).toEqual([12, 13, 4211])
    again.close()
  })

  it('is one of hundreds with few files open and little memory', async () => {
    const disk = new MemoryDisk()
    const store = await openMessageStore(
      storeOptions(memoryRoot, {
        more: {
          files: disk.mount(),
          maxOpenQueueFiles: 16,
          maxQueueMemoryBytes: 100_000,
          flushConsumeQueueIntervalMs: 1,
          flushConsumeQueueThoroughIntervalMs: 1,
        },
      }),
    )
    stores.push(store)
    for (let n = 0; n < 3000; n++) {
      store.append(newMessage({ topic: `topic-${n % 60}`, queueId: n % 7, body: `${n}` }))
      if (n % 200 === 0) await new Promise(setImmediate)
    }
    await put(store)
    await store.close()
    // the log, the checkpoint and an index file beside the bound
    expect(disk.maxOpenCount).toBeLessThan(16 + 8)
    const again = await openMessageStore(storeOptions(memoryRoot, { more: { files: disk.mount() } }))
    stores.push(again)
    let total = 0
    for (const topic of again.topics) for (const id of again.queuesOf(topic)) total += again.maxOffset(topic, id)
    expect(total).toBe(3001)
  })

  it('is read where its newest part is in memory and the rest in its files', async () => {
    const disk = new MemoryDisk()
    const queues = createConsumeQueues({
      files: disk.mount(),
      folder: '/store/consumequeue',
      segmentBytes: 20 * 3000,
      maxOpenFiles: 4,
      maxMemoryBytes: 1e9,
    })
    const queue = queues.need('T', 0)
    for (let n = 0; n < 20_000; n++) queue.put(n, n * 100, 100, n)
    expect(queue.memoryBytes).toBeLessThan(100_000)
    for (const from of [0, 2999, 3000, 12_345, 17_000, 19_999]) {
      const units = await queue.read(from, 800)
      expect(units.count).toBeGreaterThan(0)
      for (let index = 0; index < units.count; index++) {
        expect(units.bytes.readUInt32BE(units.at + index * 20 + 4)).toBe((from + index) * 100)
      }
    }
    queues.close()
  })
})

describe('an index file', () => {
  const slots = 8
  const items = 50
  const open = (disk: MemoryDisk, fresh: boolean) => {
    const file = disk.mount().create('/store/index/20261124000000000', indexFileBytes(slots, items))
    return new IndexFile('/store/index/20261124000000000', file, slots, items, fresh)
  }

  it('is laid out as the reference broker lays it out', async () => {
    const disk = new MemoryDisk()
    const index = open(disk, true)
    index.put(8, 1000, 1_700_000_000_000)
    index.put(16, 2000, 1_700_000_005_999)
    index.put(3, 3000, 1_700_000_001_000)
    await index.flush()
    const bytes = disk.inodes.get('/store/index/20261124000000000')?.bytes ?? Buffer.alloc(0)
    expect(bytes.length).toBe(40 + 8 * 4 + 50 * 20)
    expect(bytes.subarray(0, 40).toString('hex')).toBe(
      '0000018bcfe568000000018bcfe56be800000000000003e80000000000000bb80000000200000004',
    )
    expect(bytes.subarray(40, 72).toString('hex')).toBe(`00000002${'00'.repeat(8)}00000003${'00'.repeat(16)}`)
    expect(bytes.subarray(72, 72 + 80).toString('hex')).toBe(
      '00'.repeat(20) + // item 0 is never used
        '0000000800000000000003e80000000000000000' +
        '0000001000000000000007d00000000500000001' +
        '000000030000000000000bb80000000100000000',
    )
  })

  it('finds the newest first, within a time, and only what has the hash', async () => {
    const index = open(new MemoryDisk(), true)
    for (let n = 0; n < 20; n++) index.put(n % 2 === 0 ? 8 : 16, n, 1_000_000 + n * 1000)
    const find = async (max: number, from: number, to: number) => {
      const found: number[] = []
      await index.collect(8, max, from, to, found)
      return found
    }
    expect(await find(3, 0, 9e9)).toEqual([18, 16, 14])
    expect(await find(64, 1_004_000, 1_008_000)).toEqual([8, 6, 4])
    expect(await find(64, 2_000_000, 9e9)).toEqual([])
    expect(indexHash('T', 'polygenelubricants')).toBeGreaterThanOrEqual(0)
  })

  it('keeps its chains when a crash comes between any two of its writes', async () => {
    for (let lost = 0; lost < 12; lost++) {
      const disk = new MemoryDisk()
      const index = open(disk, true)
      for (let n = 0; n < 6; n++) index.put(8, n, 1_000_000)
      await index.flush()
      for (let n = 6; n < 15; n++) index.put(n % 3 === 0 ? 8 : 11, n, 1_000_000)
      // the second flush is cut short after so many calls
      let left = lost
      disk.trouble.write = () => {
        if (left-- <= 0) throw new Error('killed')
      }
      await index.flush().catch(() => {})
      delete disk.trouble.write
      const again = open(disk, false)
      // recovery puts what the header does not know
      for (let n = 0; n < 15; n++) {
        const hash = n < 6 || n % 3 === 0 ? 8 : 11
        if (n > again.endCommitLogOffset) again.put(hash, n, 1_000_000)
      }
      const found: number[] = []
      await again.collect(8, 64, 0, 9e9, found)
      expect(found, `after ${lost} writes`).toEqual([12, 9, 6, 5, 4, 3, 2, 1, 0])
    }
  })
})
