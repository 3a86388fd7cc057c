// test/fault/store-hole.test.ts: a power cut may keep a later page of the log and lose an earlier one, and a disk may lose a
// sector. After recovery the log has no such place: whoever reads it on, a later start or a copy, meets records only.
import { describe, expect, it } from 'vitest'
import { checkRecord, decodeRecords } from '../../broker/protocol/record'
import { type MessageStore, openMessageStore } from '../../broker/store'
import { MemoryDisk, memoryRoot } from '../support/disks'
import { seeded } from '../support/random'
import { StoreModel } from '../support/store-model'
import { newMessage, put, safe, storeOptions, syncFlush } from '../support/stores'

const segmentBytes = 16 * 1024
const logFile = (number: number): string => `${memoryRoot}/commitlog/${String(number * segmentBytes).padStart(20, '0')}`

async function open(disk: MemoryDisk, extra: { viewsMs?: number } = {}) {
  const lines: string[] = []
  const every = extra.viewsMs ?? 1_000_000
  const store = await openMessageStore(
    storeOptions(memoryRoot, {
      commitLogSegmentBytes: segmentBytes,
      hotBytes: segmentBytes,
      log: (level, line) => lines.push(`${level} ${line}`),
      more: { files: disk.mount(), flushConsumeQueueIntervalMs: every, flushConsumeQueueThoroughIntervalMs: every },
    }),
  )
  return { store, lines }
}
async function bodiesOf(store: MessageStore, queueId = 0): Promise<string[]> {
  const bodies: string[] = []
  for (let next = store.minOffset('T', queueId); next < store.maxOffset('T', queueId); ) {
    const result = await store.get({ topic: 'T', queueId, queueOffset: next, maxMessages: 32, maxBytes: 1 << 20 })
    for (const piece of result.records) for (const { body } of decodeRecords(piece)) bodies.push(body.toString())
    expect(result.nextBeginOffset).toBeGreaterThan(next)
    next = result.nextBeginOffset
    result.release()
  }
  return bodies
}
/** The whole log as a copy gets it: records and blank ends, one behind the other, without a gap. */
async function walk(store: MessageStore): Promise<number> {
  const { ledger, commitLog } = store
  let records = 0
  for (let at = commitLog.minOffset; at < commitLog.confirmOffset; ) {
    const piece = await ledger.read(at, ledger.segmentBytes)
    if (piece === undefined) throw new Error(`nothing at ${at}`)
    for (let within = 0; within < piece.bytes.length; ) {
      const checked = checkRecord(piece.bytes, within, { withCrc: true, expectedOffset: at + within })
      if (checked.kind === 'blank') {
        within += checked.restBytes
        continue
      }
      if (checked.kind !== 'record') throw new Error(`at ${at + within}: ${JSON.stringify(checked)}`)
      records++
      within += checked.record.totalSize
    }
    at += piece.bytes.length
    piece.release()
  }
  return records
}

describe('a hole in the log', () => {
  it.each([
    ['one record', 5, 6],
    ['several records', 3, 9],
    ['the rest of a segment and the start of the next', 20, 60],
    ['whole segments', 10, 140],
  ])('of %s is filled: nothing stands before it for good', async (_, first, end) => {
    const disk = new MemoryDisk()
    const { store } = await open(disk)
    const places: number[] = []
    for (let n = 0; n < 160; n++) {
      const body = `message ${n} ${'x'.repeat((n * 37) % 500)}`
      places.push((await put(store, { body })).commitLogOffset)
    }
    const [from = 0, to = 0] = [places[first], places[end]]
    for (let at = from; at < to; at++)
      disk.inodes.get(logFile(Math.floor(at / segmentBytes)))?.bytes.fill(0, at % segmentBytes, (at % segmentBytes) + 1)
    const again = await open(disk)
    expect(again.lines.join('\n')).toContain(`error commit log damaged at ${from}: ${to - from} bytes`)
    const left = (await bodiesOf(again.store)).map((body) => Number(body.split(' ')[1]))
    expect(left).toEqual([...places.keys()].filter((n) => n < first || n >= end))
    await walk(again.store)
    expect(await put(again.store, { body: 'next' })).toMatchObject({ queueOffset: 160, status: 'ok' })
    // killed once more: the second recovery finds nothing wrong any more
    const third = await open(disk)
    expect(third.lines.join('\n')).not.toContain('damaged')
    expect(await bodiesOf(third.store)).toHaveLength(left.length + 1)
    await walk(third.store)
    await third.store.close()
  })

  it('over messages that queues know takes their places out of the queues, and keeps what was there for people', async () => {
    const disk = new MemoryDisk()
    const { store } = await open(disk, { viewsMs: 2 })
    const places: number[] = []
    for (let n = 0; n < 40; n++)
      places.push((await put(store, { body: `message ${n}`, queueId: n % 2, keys: [`key${n}`] })).commitLogOffset)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await store.close()
    const [from = 0, to = 0] = [places[10], places[14]]
    disk.inodes.get(logFile(0))?.bytes.fill(0x55, from, to)
    for (const path of disk.inodes.keys()) if (path.includes('/index/')) disk.inodes.delete(path) // built again: all is read
    const again = await open(disk)
    expect(again.lines.filter((line) => line.includes('2 messages at'))).toHaveLength(2)
    expect(disk.inodes.get(`${memoryRoot}/damaged/commitlog-${from}`)?.bytes).toEqual(Buffer.alloc(to - from, 0x55))
    for (const queueId of [0, 1]) {
      const numbers = [...places.keys()].filter((n) => n % 2 === queueId && (n < 10 || n >= 14))
      expect(await bodiesOf(again.store, queueId)).toEqual(numbers.map((n) => `message ${n}`))
    }
    await walk(again.store)
    await again.store.close()
  })

  for (const seed of [21, 22, 23, 24]) {
    it(`is left by no power cut, whichever pages it takes (seed ${seed})`, async () => {
      const random = seeded(seed)
      const disk = new MemoryDisk()
      const model = new StoreModel(disk, random, { flush: syncFlush })
      await model.open()
      for (let round = 0; round < 5; round++) {
        for (let turn = 0; turn < 20; turn++) {
          const added = model.append(1 + random.below(8), random.chance(0.2) ? 9000 : 600)
          if (random.chance(0.3)) await model.acked(added)
          else await new Promise(setImmediate)
        }
        disk.cutPower(() => random.chance(0.7))
        await model.open()
        await model.check()
        await walk(model.store)
      }
      await model.store.close()
    }, 20_000)
  }
})

describe('a start without its log', () => {
  it.each([true, false])(
    'is refused while there are consume queues, and says what to do (orderly stop: %s)',
    async (orderly) => {
      const disk = new MemoryDisk()
      const { store } = await open(disk, { viewsMs: 2 })
      await put(store)
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (orderly) await store.close()
      const kept = new Map(disk.inodes)
      for (const path of kept.keys()) if (path.includes('/commitlog/')) disk.inodes.delete(path)
      await expect(open(disk)).rejects.toMatchObject({
        fault: 'corrupt',
        message: expect.stringMatching(
          /commitlog holds no commit log, but .* 1 topics .* Put the commit log back .* or, .*remove the consume queues/,
        ),
      })
      // nothing was touched: with the log back all is there
      for (const [path, inode] of kept) disk.inodes.set(path, inode)
      const again = await open(disk)
      expect(await bodiesOf(again.store)).toEqual(['hello'])
      await again.store.close()
      for (const path of [...disk.inodes.keys()])
        if (/\/(commitlog|consumequeue|index)\//.test(path)) disk.inodes.delete(path)
      const anew = await open(disk)
      expect(await put(anew.store)).toMatchObject({ queueOffset: 0, commitLogOffset: 0 })
      await anew.store.close()
    },
  )

  it('says which segments are missing at its beginning', async () => {
    const disk = new MemoryDisk()
    const { store } = await open(disk, { viewsMs: 2 })
    for (let n = 0; n < 100; n++) await put(store, { body: 'x'.repeat(500) })
    await store.close()
    disk.inodes.delete(logFile(0))
    const again = await open(disk)
    expect(again.lines.join('\n')).toContain(
      `error the commit log begins at ${segmentBytes}; when it was closed it began at 0`,
    )
    expect(again.store.minOffset('T', 0)).toBeGreaterThan(0)
    await again.store.close()
  })
})

it('a message whose properties end in zeros is never taken for a torn one', async () => {
  const disk = new MemoryDisk()
  const { store } = await open(disk)
  const odd = { ...newMessage({ body: 'odd' }), properties: Buffer.from('a\u0001b\u0000') }
  const [, last] = store.appendBatch([newMessage({ body: 'first' }), odd])
  await safe(store, last?.commitLogOffset ?? 0)
  const again = await open(disk) // killed
  expect(again.lines.join('\n')).not.toContain('cut')
  expect(await bodiesOf(again.store)).toEqual(['first', 'odd'])
  const { commitLogOffset } = again.store.append(odd)
  await safe(again.store, commitLogOffset)
  const third = await open(disk)
  expect(await bodiesOf(third.store)).toEqual(['first', 'odd', 'odd'])
  await third.store.close()
})
