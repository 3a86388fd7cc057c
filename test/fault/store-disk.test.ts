// test/fault/store-disk.test.ts: a disk that is full, slow or broken under a store. Nobody is told that a message is safe when it
// is not, whoever asks is told why nothing can be taken, and it goes on when the disk does.
import { afterEach, describe, expect, it } from 'vitest'
import { decodeRecords } from '../../broker/protocol/record'
import { type MessageStore, openMessageStore, type PutStatus, type StoreOptions } from '../../broker/store'
import { ioError, MemoryDisk, memoryRoot, noSpace } from '../support/disks'
import { newMessage, put, safe, storeOptions, syncFlush } from '../support/stores'

const stores: MessageStore[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})
async function openOn(disk: MemoryDisk, overrides: Partial<StoreOptions> = {}) {
  const lines: string[] = []
  const { more, ...rest } = overrides
  const store = await openMessageStore(
    storeOptions(memoryRoot, {
      ...rest,
      log: (level, line) => lines.push(`${level} ${line}`),
      more: { flushConsumeQueueIntervalMs: 5, flushConsumeQueueThoroughIntervalMs: 10, ...more, files: disk.mount() },
    }),
  )
  stores.push(store)
  return { store, lines }
}
const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 2))
}
const bodiesOf = async (store: MessageStore, from = 0): Promise<string[]> => {
  const bodies: string[] = []
  for (let next = from; next < store.maxOffset('T', 0); ) {
    const result = await store.get({ topic: 'T', queueId: 0, queueOffset: next, maxMessages: 32, maxBytes: 1 << 20 })
    for (const piece of result.records) for (const { body } of decodeRecords(piece)) bodies.push(body.toString())
    next = result.nextBeginOffset
    result.release()
  }
  return bodies
}
const isLog = (path: string): boolean => path.includes('/commitlog/')

describe('a full disk', () => {
  it('fails what could not be written, keeps what was, and is used again when there is room', async () => {
    const disk = new MemoryDisk()
    const { store, lines } = await openOn(disk)
    await put(store, { body: 'before' })
    disk.trouble.write = (path) => {
      if (isLog(path)) throw noSpace()
    }
    const seen: number[] = []
    store.onArrival(({ maxOffset }) => seen.push(maxOffset))
    const statuses: PutStatus[] = []
    for (let n = 0; n < 3; n++) {
      const { commitLogOffset, sizeBytes } = store.append(newMessage({ body: `lost ${n}` }))
      store.whenSafe(commitLogOffset + sizeBytes, n > 0, (status) => statuses.push(status))
    }
    await until(() => statuses.length === 3)
    expect(statuses).toEqual(['failed', 'failed', 'failed'])
    expect(seen).toEqual([])
    expect(store.writable).toMatchObject({ ok: false, reason: expect.stringContaining('no space') })
    expect(() => store.append(newMessage())).toThrowError(expect.objectContaining({ fault: 'disk-full' }))
    expect(await bodiesOf(store)).toEqual(['before'])
    delete disk.trouble.write
    await until(() => store.writable.ok)
    expect(lines.at(-1)).toBe('info the store takes messages again')
    expect(await put(store, { body: 'after' })).toMatchObject({ queueOffset: 1, status: 'ok' })
    expect(await bodiesOf(store)).toEqual(['before', 'after'])
    await store.close()
    const again = await openOn(disk)
    expect(await bodiesOf(again.store)).toEqual(['before', 'after'])
  })

  it('refuses the message that needs a new segment, and only then', async () => {
    const disk = new MemoryDisk()
    const { store } = await openOn(disk, { commitLogSegmentBytes: 4096 })
    disk.trouble.create = (path) => {
      if (isLog(path) && !path.endsWith('0'.repeat(20))) throw noSpace()
    }
    const body = Buffer.alloc(1000, 65)
    for (let n = 0; n < 3; n++) expect((await put(store, { body })).status).toBe('ok')
    expect(() => store.append(newMessage({ body }))).toThrowError(expect.objectContaining({ fault: 'disk-full' }))
    expect(store.maxOffset('T', 0)).toBe(3)
    expect((await put(store, { body: 'small' })).queueOffset).toBe(3)
    delete disk.trouble.create
    expect((await put(store, { body })).queueOffset).toBe(4)
  })

  it('ST9: is seen before it is full, by its use', async () => {
    const disk = new MemoryDisk()
    disk.usedRatio = 0.95
    const { store } = await openOn(disk, {
      diskSpaceWarningLevelRatio: 90,
      more: { cleanIntervalMs: 5 },
    })
    await until(() => !store.writable.ok)
    expect(() => store.append(newMessage())).toThrowError(expect.objectContaining({ fault: 'disk-full' }))
    disk.usedRatio = 0.5
    await until(() => store.writable.ok)
    expect((await put(store)).status).toBe('ok')
  })

  it('keeps messages although their consume queue cannot be written, and builds it again after a restart', async () => {
    const disk = new MemoryDisk()
    const { store } = await openOn(disk)
    for (let n = 0; n < 5; n++) await put(store, { body: `message ${n}` })
    disk.trouble.write = (path) => {
      if (path.includes('/consumequeue/')) throw noSpace()
    }
    await until(() => !store.writable.ok)
    expect(store.writable).toMatchObject({ reason: expect.stringContaining('consume queues') })
    expect(await bodiesOf(store)).toHaveLength(5)
    await store.close()
    expect(disk.inodes.has('/store/abort')).toBe(true)
    delete disk.trouble.write
    const again = await openOn(disk)
    expect(await bodiesOf(again.store)).toHaveLength(5)
  })
})

describe('a slow disk', () => {
  it('stops nobody: writes go off the loop, one at a time, and come back when it is quick', async () => {
    const disk = new MemoryDisk()
    const { store, lines } = await openOn(disk, {
      more: { writer: { slowWriteMs: 5, calmWriteMs: 50, calmForMs: 30 } },
    })
    disk.trouble.write = (path) => {
      if (!isLog(path)) return
      delete disk.trouble.write
      const end = performance.now() + 10
      while (performance.now() < end); // a write that the kernel makes wait
    }
    await put(store)
    expect(lines.some((line) => /took \d+ ms: writing off the loop/.test(line))).toBe(true)
    let underWay = 0
    let most = 0
    disk.trouble.writeAsync = async (path) => {
      if (!isLog(path)) return
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 3))
      underWay--
    }
    const all: Promise<PutStatus>[] = []
    for (let n = 0; n < 50; n++) {
      all.push(safe(store, store.append(newMessage({ body: `message ${n}` })).commitLogOffset))
      await new Promise(setImmediate)
    }
    expect(new Set(await Promise.all(all))).toEqual(new Set(['ok']))
    expect(most).toBe(1)
    delete disk.trouble.writeAsync
    while (!lines.some((line) => line.includes('quick again'))) await put(store)
    expect((await put(store)).status).toBe('ok')
    expect((await bodiesOf(store, 1)).slice(0, 32)).toEqual(Array.from({ length: 32 }, (_, n) => `message ${n}`))
  })

  it('ST12: is not given more than the bound: further messages are refused as busy', async () => {
    const disk = new MemoryDisk()
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { store } = await openOn(disk, { flush: syncFlush, more: { maxUnsafeBytes: 5000 } })
    disk.trouble.sync = (path) => (isLog(path) ? gate : undefined)
    const body = Buffer.alloc(900, 65)
    const all: Promise<PutStatus>[] = []
    let fault: unknown
    for (let n = 0; n < 20 && fault === undefined; n++) {
      try {
        all.push(safe(store, store.append(newMessage({ body })).commitLogOffset))
      } catch (error) {
        fault = error
      }
      await new Promise(setImmediate)
    }
    expect(fault).toMatchObject({ fault: 'busy' })
    expect(all.length).toBeGreaterThan(4)
    release()
    expect(new Set(await Promise.all(all))).toEqual(new Set(['ok']))
    expect((await put(store)).status).toBe('ok')
  })

  it('ST7: answers that the flush takes too long, and keeps the message', async () => {
    const disk = new MemoryDisk()
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { store } = await openOn(disk, { flush: { ...syncFlush, syncFlushTimeoutMs: 20 } })
    disk.trouble.sync = (path) => (isLog(path) ? gate : undefined)
    expect((await put(store, { body: 'kept' })).status).toBe('flush-disk-timeout')
    expect(store.maxOffset('T', 0)).toBe(0)
    release()
    await until(() => store.maxOffset('T', 0) === 1)
    expect(await bodiesOf(store)).toEqual(['kept'])
  })
})

describe('a sync that fails', () => {
  it('acknowledges nothing; the bytes are written and synced again, and then it is safe', async () => {
    const disk = new MemoryDisk()
    const { store } = await openOn(disk, { flush: { ...syncFlush, syncFlushTimeoutMs: 60, flushIntervalMs: 5 } })
    await put(store, { body: 'before' })
    disk.trouble.sync = (path) => {
      if (!isLog(path)) return
      // the kernel has dropped the pages it could not write
      const inode = disk.inodes.get(path)
      if (inode !== undefined) inode.bytes = Buffer.from(inode.durable)
      throw ioError()
    }
    expect((await put(store, { body: 'kept' })).status).toBe('flush-disk-timeout')
    expect(store.writable).toMatchObject({ ok: false, reason: expect.stringContaining('synced') })
    expect(() => store.append(newMessage())).toThrowError(expect.objectContaining({ fault: 'io' }))
    delete disk.trouble.sync
    await until(() => store.writable.ok)
    expect(await bodiesOf(store)).toEqual(['before', 'kept'])
    disk.cutPower()
    const again = await openOn(disk)
    expect(await bodiesOf(again.store)).toEqual(['before', 'kept'])
    stores.shift() // the one whose power was cut cannot close
  })

  it('of a consume queue leaves a checkpoint from which everything is built again', async () => {
    const disk = new MemoryDisk()
    const { store } = await openOn(disk, { flush: syncFlush })
    await put(store, { body: 'message 0' })
    await new Promise((resolve) => setTimeout(resolve, 40))
    let failures = 1
    disk.trouble.sync = (path) => {
      if (!path.includes('/consumequeue/') || failures-- <= 0) return
      const inode = disk.inodes.get(path)
      if (inode !== undefined) inode.bytes = Buffer.from(inode.durable)
      throw ioError()
    }
    for (let n = 1; n < 4; n++) await put(store, { body: `message ${n}` })
    await until(() => failures < 0)
    await until(() => store.writable.ok)
    for (let n = 4; n < 8; n++) await put(store, { body: `message ${n}` })
    await new Promise((resolve) => setTimeout(resolve, 40))
    disk.cutPower()
    const again = await openOn(disk)
    expect(await bodiesOf(again.store)).toEqual(Array.from({ length: 8 }, (_, n) => `message ${n}`))
    stores.shift()
  })
})

it('a disk that cannot be read gives a named fault, and the message once it can', async () => {
  const disk = new MemoryDisk()
  const { store } = await openOn(disk)
  await put(store, { body: 'old' })
  await store.close()
  const again = (await openOn(disk)).store
  disk.trouble.read = (path) => {
    if (isLog(path)) throw ioError()
  }
  await expect(bodiesOf(again)).rejects.toMatchObject({ fault: 'io', message: expect.stringContaining('EIO') })
  delete disk.trouble.read
  expect(await bodiesOf(again)).toEqual(['old'])
})

it('ST7: a change of the flush policy while running holds for what comes after it', async () => {
  const disk = new MemoryDisk()
  const { store } = await openOn(disk)
  await put(store)
  const before = disk.syncs
  store.setFlushPolicy(syncFlush)
  expect((await put(store)).status).toBe('ok')
  expect(disk.syncs).toBeGreaterThan(before)
  expect(store.commitLog.flushedTo).toBe(store.commitLog.tail)
  store.setFlushPolicy({ ...syncFlush, flushDiskType: 'ASYNC_FLUSH' })
  await put(store)
  expect(store.commitLog.confirmOffset).toBe(store.commitLog.tail)
  expect(store.maxOffset('T', 0)).toBe(3)
})
