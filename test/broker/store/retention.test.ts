// test/broker/store/retention.test.ts: old segments go, and what looks at them follows. The clock and the disk are moved by hand.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeRecords } from '../../../broker/protocol/record'
import { type MessageStore, openMessageStore, type StoreOptions } from '../../../broker/store'
import { MemoryDisk, memoryRoot } from '../../support/disks'
import { put, storeOptions } from '../../support/stores'

const stores: MessageStore[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})
const hour = 3_600_000
const noon = new Date(2026, 10, 24, 12, 0, 0).getTime()

async function filled(overrides: Partial<StoreOptions> = {}) {
  const disk = new MemoryDisk()
  const time = { now: noon }
  disk.clock = () => time.now
  const { more, ...rest } = overrides
  const options = {
    commitLogSegmentBytes: 4096,
    consumeQueueSegmentBytes: 200,
    hotBytes: 8192,
    indexMaxItems: 20,
    diskMaxUsedSpaceRatio: 75,
    diskSpaceCleanForciblyRatio: 85,
    diskSpaceWarningLevelRatio: 90,
    clock: () => time.now,
    ...rest,
  }
  const open = async () => {
    const store = await openMessageStore(
      storeOptions(memoryRoot, {
        ...options,
        more: {
          flushConsumeQueueIntervalMs: 2,
          flushConsumeQueueThoroughIntervalMs: 4,
          cleanIntervalMs: 1_000_000,
          ...more,
          files: disk.mount(),
        },
        flush: {
          flushDiskType: 'SYNC_FLUSH',
          flushIntervalMs: 1,
          flushLeastPages: 0,
          flushThoroughIntervalMs: 1,
          syncFlushTimeoutMs: 5000,
        },
      }),
    )
    stores.push(store)
    return store
  }
  const store = await open()
  for (let n = 0; n < 60; n++) {
    await put(store, { topic: 'T', queueId: 0, body: `message ${n} ${'x'.repeat(300)}`, keys: [`key${n}`] })
    if (n === 30) time.now += 2 * hour // the segments before are two hours older than those after
    if (n === 5) await put(store, { topic: 'old', body: 'all of it goes' })
  }
  await new Promise((resolve) => setTimeout(resolve, 30))
  return { disk, store, time, open }
}

describe('retention', () => {
  it('tells how full the disk is from the first moment on, long before it first cleans', async () => {
    const { store } = await filled({})
    expect(store.statistics.commitLogDiskRatio).toBe(0.1)
  })

  it('ST9: removes no more when it is asked twice at once: by its timer, and by an operator', async () => {
    const { store, time } = await filled({ deleteWhen: '03', fileReservedTimeHours: 10 })
    time.now = noon + 11 * hour // some are old enough, the rest are not
    const counts = await Promise.all([store.deleteExpiredCommitLog(), store.deleteExpiredCommitLog()])
    const { minOffset } = store.commitLog
    const other = await filled({ deleteWhen: '03', fileReservedTimeHours: 10 })
    other.time.now = noon + 11 * hour
    const alone = await other.store.deleteExpiredCommitLog()
    expect(counts).toEqual([alone, 0])
    expect(minOffset).toBe(other.store.commitLog.minOffset)
  })

  it('ST9 ST10: removes segments older than their time at the hour set for it, oldest first, and never the last', async () => {
    const { store, time } = await filled({ deleteWhen: '03', fileReservedTimeHours: 10 })
    expect(await store.deleteExpiredCommitLog()).toBe(0)
    time.now = noon + 11 * hour // what is older than the gap has passed its time now
    const count = await store.deleteExpiredCommitLog()
    expect(count).toBeGreaterThan(1)
    const { minOffset } = store.commitLog
    expect(minOffset).toBe(count * 4096)
    const first = await store.unitAt('T', 0, store.minOffset('T', 0))
    expect(first?.commitLogOffset).toBe(minOffset)
    const before = await store.unitAt('T', 0, store.minOffset('T', 0) - 1)
    expect(before).toBeUndefined()
    time.now = noon + 1000 * hour
    while ((await store.deleteExpiredCommitLog()) > 0);
    expect(store.commitLog.tail - store.commitLog.minOffset).toBeLessThanOrEqual(4096)
    expect((await put(store)).queueOffset).toBe(60)
  })

  it('runs by itself in its hour', async () => {
    const { store, time } = await filled({
      deleteWhen: '03;15',
      fileReservedTimeHours: 1,
      more: { cleanIntervalMs: 3 },
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(store.commitLog.minOffset).toBe(0)
    time.now = noon + 3 * hour
    while (store.commitLog.minOffset === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(store.minOffset('T', 0)).toBeGreaterThan(0)
  })

  it('removes what is too old when the disk fills, and the oldest whatever its age when it is nearly full', async () => {
    const { disk, store } = await filled({
      fileReservedTimeHours: 72,
      more: { cleanIntervalMs: 3, deleteFileBatchMax: 1 },
    })
    disk.usedRatio = 0.8
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(store.commitLog.minOffset).toBe(0) // nothing is old enough
    disk.usedRatio = 0.87
    while (store.commitLog.minOffset === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(store.writable.ok).toBe(true)
    disk.usedRatio = 0.92
    while (store.writable.ok) await new Promise((resolve) => setTimeout(resolve, 2))
    disk.usedRatio = 0.1
    while (!store.writable.ok) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(store.statistics.commitLogDiskRatio).toBe(0.1)
  })

  it('keeps what is not too old, however full the disk, when it may not force', async () => {
    const { disk, store } = await filled({
      fileReservedTimeHours: 72,
      more: { cleanIntervalMs: 1_000_000, cleanForcibly: false },
    })
    disk.usedRatio = 0.99
    expect(await store.deleteExpiredCommitLog()).toBe(0)
    expect(store.commitLog.minOffset).toBe(0)
    expect(store.writable.ok).toBe(false)
  })

  it('ST9: lets queue and index files follow, and answers pulls below the minimum', async () => {
    const { disk, store, time, open } = await filled({ fileReservedTimeHours: 10 })
    const files = (folder: string) => [...disk.inodes.keys()].filter((path) => path.includes(folder)).length
    await vi.waitFor(() => expect(files('/consumequeue/T/')).toBeGreaterThan(5), { timeout: 60_000 })
    const before = { queue: files('/consumequeue/T/'), index: files('/index/') }
    time.now = noon + 11 * hour
    await store.deleteExpiredCommitLog()
    expect(files('/consumequeue/T/')).toBeLessThan(before.queue)
    expect(files('/index/')).toBeLessThan(before.index)
    const min = store.minOffset('T', 0)
    const query = { topic: 'T', queueId: 0, maxMessages: 32, maxBytes: 1 << 20 }
    expect(await store.get({ ...query, queueOffset: 0 })).toMatchObject({
      status: 'offset-too-small',
      nextBeginOffset: min,
    })
    const found = await store.get({ ...query, queueOffset: min })
    expect(decodeRecords(found.records[0] ?? Buffer.alloc(0))[0]?.body.toString()).toMatch(
      new RegExp(`^message ${min} `),
    )
    found.release()
    expect(await store.recordAt(0)).toBeUndefined()
    expect((await store.query('T', 'key1', 10, 0, Number.MAX_SAFE_INTEGER)).records).toEqual([])
    expect((await store.query('T', 'key59', 10, 0, Number.MAX_SAFE_INTEGER)).records).toHaveLength(1)
    // a queue that has nothing left goes when it is asked for, and its topic with it
    expect(await store.cleanExpiredConsumeQueues()).toBe(1)
    expect([...store.topics]).toEqual(['T'])
    await store.close()
    const again = await open()
    expect(again.minOffset('T', 0)).toBe(min)
    expect(again.maxOffset('T', 0)).toBe(60)
  })

  it('is not undone by a crash', async () => {
    const { store, time, open } = await filled({ fileReservedTimeHours: 10 })
    time.now = noon + 11 * hour
    await store.deleteExpiredCommitLog()
    const min = store.minOffset('T', 0)
    stores.length = 0
    const again = await open()
    expect(again.minOffset('T', 0)).toBe(min)
    expect(again.maxOffset('T', 0)).toBe(60)
  })
})
