// test/broker/store/cold-reader.test.ts: old bytes come from files in blocks, few at a time, and the next one before it is asked for.
import { expect, it } from 'vitest'
import { createHandlePool } from '../../../broker/file/handle-pool'
import { emptySegmentRow } from '../../../broker/file/segment-row'
import { type ColdReader, createColdReader } from '../../../broker/store/cold-reader'
import { MemoryDisk } from '../../support/disks'
import { seeded } from '../../support/random'

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
/** Not held: for a look at once. */
const viewOf = (reader: ColdReader, offset: number, size: number): Buffer | undefined => {
  const lease = reader.lease()
  const bytes = lease.view(offset, size)
  lease.release()
  return bytes
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
  expect(viewOf(reader, 0, 10)).toBeUndefined()
  await reader.read(0, Buffer.alloc(10))
  await until(() => viewOf(reader, 100, 10) !== undefined)
  expect(seen.reads).toBe(2)
  expect(viewOf(reader, 160, 10)?.equals(content.subarray(160, 170))).toBe(true)
  await until(() => viewOf(reader, 200, 10) !== undefined)
  expect(viewOf(reader, 195, 10)).toBeUndefined()
})

it('says that bytes are gone with their segment', async () => {
  const { row, counted } = logOf(3000)
  const reader = createColdReader(counted, { blockBytes: 100, maxBlocks: 10, maxInFlight: 2, writtenTo: () => 3000 })
  await reader.read(500, Buffer.alloc(10))
  await row.removeFirst()
  reader.follow(row.start)
  expect(viewOf(reader, 500, 10)).toBeUndefined()
  expect(await reader.read(500, Buffer.alloc(10))).toBe(false)
})

it('reads into the same memory again and again, and never over what somebody holds or copies', async () => {
  const random = seeded(7)
  const { counted, content } = logOf(20_000)
  const memories = new Set<ArrayBufferLike>()
  const watched = Object.create(counted, {
    read: {
      value: (offset: number, into: Buffer) => {
        memories.add(into.buffer)
        return counted.read(offset, into)
      },
    },
  })
  const options = { blockBytes: 100, maxBlocks: 4, maxInFlight: 2, writtenTo: () => 20_000 }
  const reader = createColdReader(watched, options)
  const held: { offset: number; bytes: Buffer; lease: { release(): void } }[] = []
  const same = (offset: number, bytes: Buffer) =>
    expect(bytes.equals(content.subarray(offset, offset + bytes.length)), `at ${offset}`).toBe(true)
  for (let round = 0; round < 150; round++) {
    const offset = random.below(199) * 100 + random.below(50)
    const copies = Array.from({ length: random.below(4) }, async (_, n) => {
      const at = (offset + n * 1700) % 19_000
      const into = Buffer.alloc(Math.min(40, 1000 - (at % 1000)))
      expect(await reader.read(at, into)).toBe(true)
      same(at, into)
    })
    await reader.read(offset, Buffer.alloc(10))
    const lease = reader.lease()
    const bytes = lease.view(offset, 40)
    if (bytes === undefined) lease.release()
    else held.push({ offset, bytes, lease })
    while (held.length > random.below(6)) {
      const [one] = held.splice(random.below(held.length), 1)
      if (one !== undefined) same(one.offset, one.bytes)
      one?.lease.release()
    }
    for (const one of held) same(one.offset, one.bytes)
    await Promise.all(copies)
  }
  // four blocks, the next ones, those that are held, and a few that wait
  expect(memories.size).toBeLessThan(40)
})
