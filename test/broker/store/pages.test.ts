// test/broker/store/pages.test.ts: the newest part of the log in memory. A slice that somebody still holds never changes.
import { expect, it } from 'vitest'
import { decodeRecords } from '../../../broker/protocol/record'
import { openMessageStore } from '../../../broker/store'
import { createHotPages } from '../../../broker/store/pages'
import { MemoryDisk, memoryRoot } from '../../support/disks'
import { put, storeOptions } from '../../support/stores'

it('a page is used again only when nobody holds it any more', () => {
  const pages = createHotPages(100, 150)
  const held = pages.open(0, 10)
  held.bytes = held.end = 100
  pages.hold(held)
  const other = pages.open(100, 10)
  other.bytes = 100
  other.end = 200
  pages.trim(200)
  expect(pages.find(50)).toBeUndefined()
  expect(pages.find(150)).toBe(other)
  const third = pages.open(200, 10)
  expect(third.buffer === held.buffer).toBe(false)
  third.bytes = 100
  third.end = 300
  pages.release(held)
  expect(pages.open(300, 10).buffer === held.buffer).toBe(true)
})

it('a page that holds what is not yet safe stays, whatever the bound', () => {
  const pages = createHotPages(100, 100)
  for (let base = 0; base < 500; base += 100) {
    const page = pages.open(base, 1)
    page.bytes = 100
    page.end = base + 100
  }
  pages.trim(0)
  expect(pages.start).toBe(0)
  pages.trim(250)
  expect(pages.start).toBe(200)
  expect(pages.range(250, 350).map((page) => page.base)).toEqual([200, 300])
})

it('ST12: a reader that does not send for a long time keeps the bytes it was given', async () => {
  const disk = new MemoryDisk()
  const hot = { hotBytes: 16 * 1024, commitLogSegmentBytes: 64 * 1024, maxMessageBytes: 8000 }
  const store = await openMessageStore(
    storeOptions(memoryRoot, {
      ...hot,
      flush: {
        flushDiskType: 'SYNC_FLUSH',
        flushIntervalMs: 5,
        flushLeastPages: 0,
        flushThoroughIntervalMs: 5,
        syncFlushTimeoutMs: 5000,
      },
      more: { files: disk.mount() },
    }),
  )
  for (let n = 0; n < 4; n++) await put(store, { body: Buffer.alloc(3000, n) })
  const stalled = await store.get({ topic: 'T', queueId: 0, queueOffset: 0, maxMessages: 32, maxBytes: 1 << 20 })
  expect(stalled).toMatchObject({ messageCount: 4, cold: false })
  const given = Buffer.concat([...stalled.records])
  for (let n = 0; n < 200; n++) await put(store, { body: Buffer.alloc(3000, 0xee) })
  expect(Buffer.concat([...stalled.records]).equals(given)).toBe(true)
  expect(decodeRecords(given).map((record) => record.body[0])).toEqual([0, 1, 2, 3])
  stalled.release()
  // the same messages come from the file now
  const cold = await store.get({ topic: 'T', queueId: 0, queueOffset: 0, maxMessages: 4, maxBytes: 1 << 20 })
  expect(cold.cold).toBe(true)
  expect(Buffer.concat([...cold.records])).toEqual(given)
  cold.release()
  await store.close()
})
