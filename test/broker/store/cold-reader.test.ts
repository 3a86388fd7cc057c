// test/broker/store/cold-reader.test.ts: old bytes come from files in blocks, few at a time, and the next one before it is asked for.
import { expect, it } from 'vitest'
import { createHandlePool } from '../../../broker/file/handle-pool'
import { emptySegmentRow } from '../../../broker/file/segment-row'
import { createColdReader } from '../../../broker/store/cold-reader'
import { MemoryDisk } from '../../support/disks'

function logOf(bytes: number) {
  const disk = new MemoryDisk()
  const files = disk.mount()
  const row = emptySegmentRow({
    files,
    pool: createHandlePool(files, 4),
    folder: '/store/log',
    depth: 0,
    segmentBytes: 1000,
  })
  const content = Buffer.from(Array.from({ length: bytes }, (_, at) => at % 251))
  for (let at = 0; at < bytes; at += 1000) {
    row.ensure(at)
    row.writeSync(at, [content.subarray(at, at + 1000)])
  }
  let underWay = 0
  const seen = { reads: 0, most: 0 }
  const counted = Object.create(row, {
    read: {
      value: async (offset: number, into: Buffer) => {
        seen.reads++
        seen.most = Math.max(seen.most, ++underWay)
        const got = await row.read(offset, into)
        underWay--
        return got
      },
    },
  })
  return { row, counted, content, seen }
}
const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise(setImmediate)
}

it('gives every byte of every place, over the ends of blocks, and nothing of what is not written', async () => {
  const { counted, content } = logOf(3000)
  let written = 2500
  const reader = createColdReader(counted, { blockBytes: 64, maxBlocks: 8, maxInFlight: 2, writtenTo: () => written })
  for (let at = 0; at < 2400; at += 37) {
    const size = Math.min(90, 1000 - (at % 1000))
    const into = Buffer.alloc(size)
    expect(await reader.read(at, into)).toBe(true)
    expect(into.equals(content.subarray(at, at + size)), `at ${at}`).toBe(true)
  }
  expect(await reader.read(2490, Buffer.alloc(20))).toBe(false)
  // the block that ended there before is read again when more has been written
  written = 2600
  const into = Buffer.alloc(20)
  expect(await reader.read(2490, into)).toBe(true)
  expect(into.equals(content.subarray(2490, 2510))).toBe(true)
})

it('has two reads in flight at most, however many ask', async () => {
  const { counted, seen } = logOf(3000)
  const reader = createColdReader(counted, { blockBytes: 50, maxBlocks: 100, maxInFlight: 2, writtenTo: () => 3000 })
  const all = Array.from({ length: 60 }, (_, n) => reader.read(n * 50, Buffer.alloc(50)))
  expect(new Set(await Promise.all(all))).toEqual(new Set([true]))
  expect(seen.most).toBe(2)
  expect(seen.reads).toBe(60)
})

it('fetches the next block ahead of a reader that goes straight on, and answers at once from what it has', async () => {
  const { counted, content, seen } = logOf(1000)
  const reader = createColdReader(counted, { blockBytes: 100, maxBlocks: 10, maxInFlight: 2, writtenTo: () => 1000 })
  expect(reader.view(0, 10)).toBeUndefined()
  await reader.read(0, Buffer.alloc(10))
  await until(() => reader.view(100, 10) !== undefined)
  expect(seen.reads).toBe(2)
  expect(reader.view(160, 10)?.equals(content.subarray(160, 170))).toBe(true)
  await until(() => reader.view(200, 10) !== undefined)
  expect(reader.view(195, 10)).toBeUndefined()
})

it('says that bytes are gone with their segment', async () => {
  const { row, counted } = logOf(3000)
  const reader = createColdReader(counted, { blockBytes: 100, maxBlocks: 10, maxInFlight: 2, writtenTo: () => 3000 })
  await reader.read(500, Buffer.alloc(10))
  await row.removeFirst()
  reader.follow(row.start)
  expect(reader.view(500, 10)).toBeUndefined()
  expect(await reader.read(500, Buffer.alloc(10))).toBe(false)
})
