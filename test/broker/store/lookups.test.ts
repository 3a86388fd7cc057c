// test/broker/store/lookups.test.ts: what can be asked of a store.
import { afterEach, describe, expect, it } from 'vitest'
import { decodeRecord, decodeRecords } from '../../../broker/protocol/record'
import { type GetQuery, type MessageStore, openMessageStore, type StoreOptions } from '../../../broker/store'
import { MemoryDisk, memoryRoot } from '../../support/disks'
import { host, newMessage, put, storeOptions } from '../../support/stores'

const stores: MessageStore[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})
async function open(overrides: Partial<StoreOptions> = {}, disk = new MemoryDisk()) {
  const { more, ...rest } = overrides
  const store = await openMessageStore(storeOptions(memoryRoot, { ...rest, more: { ...more, files: disk.mount() } }))
  stores.push(store)
  return { store, disk }
}
const get = async (store: MessageStore, query: Partial<GetQuery> = {}) => {
  const result = await store.get({
    topic: 'T',
    queueId: 0,
    queueOffset: 0,
    maxMessages: 32,
    maxBytes: 1 << 20,
    ...query,
  })
  const bodies = result.records.flatMap((piece) => decodeRecords(piece)).map((record) => record.body.toString())
  result.release()
  return { ...result, bodies }
}

describe('a pull', () => {
  it('brings as many messages and bytes as it may, and one at least', async () => {
    const { store } = await open({ more: { maxTransferMessagesInMemory: 10, maxTransferBytesInMemory: 3000 } })
    const body = Buffer.alloc(1000, 65)
    for (let n = 0; n < 20; n++) await put(store, { body: n < 12 ? 'small' : body })
    expect((await get(store)).messageCount).toBe(10)
    expect((await get(store, { maxMessages: 3 })).messageCount).toBe(3)
    expect((await get(store, { queueOffset: 12 })).messageCount).toBe(2)
    const one = await get(store, { queueOffset: 12, maxBytes: 1 })
    expect(one).toMatchObject({ messageCount: 1, nextBeginOffset: 13, status: 'found' })
    expect(one.sizeBytes).toBeGreaterThan(1000)
  })

  it('brings less of what lies further behind than memory reaches', async () => {
    const { store } = await open({ more: { accessMemoryRatio: 0, maxTransferMessagesOnDisk: 5 } })
    for (let n = 0; n < 20; n++) await put(store)
    expect((await get(store)).messageCount).toBe(5)
    expect(store.inMemory('T', 0, 0)).toBe(false)
  })

  it('looks at a bounded number of units and says where to go on', async () => {
    const { store } = await open({
      consumeQueueSegmentBytes: 20 * 5000,
      hotBytes: 1 << 20,
      commitLogSegmentBytes: 1 << 20,
    })
    for (let n = 0; n < 2000; n++) store.append(newMessage({ body: `${n}`, tags: n === 1500 ? 'wanted' : 'other' }))
    await put(store)
    const wanted = newMessage({ tags: 'wanted' }).tagsCode
    const filter = { byUnit: (tagsCode: number) => tagsCode === wanted }
    const first = await get(store, { filter })
    expect(first).toMatchObject({ status: 'no-matched-message', nextBeginOffset: 800, messageCount: 0 })
    const second = await get(store, { filter, queueOffset: 800 })
    expect(second).toMatchObject({ status: 'found', bodies: ['1500'], nextBeginOffset: 1600 })
  })

  it('asks a record filter with the stored record, hot and cold', async () => {
    const { store, disk } = await open()
    for (let n = 0; n < 10; n++) await put(store, { body: `message ${n}` })
    const filter = {
      byUnit: () => true,
      byRecord: (record: Buffer) => decodeRecord(record).body.toString().endsWith('7'),
    }
    expect(await get(store, { filter })).toMatchObject({ bodies: ['message 7'], nextBeginOffset: 10, cold: false })
    await store.close()
    const again = (await open({}, disk)).store
    expect(await get(again, { filter })).toMatchObject({ bodies: ['message 7'], nextBeginOffset: 10, cold: true })
  })

  it('counts what it found and what it missed', async () => {
    const { store } = await open()
    await put(store)
    await get(store)
    await get(store, { queueOffset: 1 })
    const { statistics } = store
    expect(statistics).toMatchObject({ putTimes: 1, getFoundTimes: 1, getMissTimes: 1, getTransferredMessages: 1 })
    expect(statistics.putDistribution.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(statistics.tps('put')).toMatch(/^[\d.]+ [\d.]+ [\d.]+$/)
  })
})

describe('messages that no consumer sees', () => {
  it('take a place in the log and none in a queue; a rolled back one is not found by its key', async () => {
    const { store, disk } = await open()
    const arrivals: number[] = []
    store.onArrival(({ queueId }) => arrivals.push(queueId))
    const prepared = await put(store, { sysFlag: 4, queueId: 1, keys: ['p'] })
    await put(store, { sysFlag: 12, queueId: 1, keys: ['r'] })
    const plain = await put(store, { sysFlag: 8, queueId: 1, keys: ['c'] })
    expect([prepared.queueOffset, plain.queueOffset, store.maxOffset('T', 1)]).toEqual([0, 0, 1])
    expect(arrivals).toEqual([1])
    const count = async (of: MessageStore, key: string) =>
      (await of.query('T', key, 10, 0, Number.MAX_SAFE_INTEGER)).records.length
    expect([await count(store, 'p'), await count(store, 'r'), await count(store, 'c')]).toEqual([1, 0, 1])
    // and the same when the views are built from the log
    const again = (await open({}, disk)).store
    expect(again.maxOffset('T', 1)).toBe(1)
    expect([await count(again, 'p'), await count(again, 'r'), await count(again, 'c')]).toEqual([1, 0, 1])
    stores.shift()
  })
})

describe('a batch', () => {
  it('lies in one piece of one segment, with consecutive offsets', async () => {
    const { store } = await open({ commitLogSegmentBytes: 4096 })
    const body = Buffer.alloc(700, 65)
    for (let n = 0; n < 4; n++) store.append(newMessage({ body }))
    const batch = store.appendBatch([newMessage({ body }), newMessage({ body }), newMessage({ body: 'last' })])
    expect(batch.map(({ queueOffset }) => queueOffset)).toEqual([4, 5, 6])
    expect(batch.map(({ commitLogOffset }) => Math.floor(commitLogOffset / 4096))).toEqual([1, 1, 1])
    const [first, second] = batch
    expect(second?.commitLogOffset).toBe((first?.commitLogOffset ?? 0) + (first?.sizeBytes ?? 0))
    const tooMany = Array.from({ length: 8 }, () => newMessage({ body }))
    expect(() => store.appendBatch(tooMany)).toThrowError(expect.objectContaining({ fault: 'record-too-large' }))
    await put(store)
    expect(store.maxOffset('T', 0)).toBe(8)
  })
})

describe('a message that cannot be stored', () => {
  it('is refused by what is wrong with it, and leaves nothing behind', async () => {
    const { store } = await open({ maxMessageBytes: 100 })
    const refused = (parts: object) => {
      try {
        store.append({ ...newMessage(), ...parts })
        return 'stored'
      } catch (error) {
        return error instanceof Error && 'fault' in error ? error.fault : error
      }
    }
    expect(refused({ body: Buffer.alloc(101) })).toBe('message-illegal')
    expect(refused({ properties: Buffer.alloc(32_768) })).toBe('properties-too-large')
    for (const topic of ['', '.', '..', '../x', 'a/b', 'a\0b']) expect(refused({ topic })).toBe('message-illegal')
    expect(refused({ topic: 'ü'.repeat(100) })).toBe('message-illegal')
    expect(store.commitLog.tail).toBe(0)
    await put(store)
    expect(store.maxOffset('T', 0)).toBe(1)
  })
})

describe('a time', () => {
  it('leads to the first message at or after it, or the last at or before it', async () => {
    let now = 1000
    const { store } = await open({ clock: () => now })
    for (const at of [1000, 1000, 2000, 2000, 3000]) {
      now = at
      await put(store)
    }
    const lower = (at: number) => store.offsetByTime('T', 0, at)
    const upper = (at: number) => store.offsetByTime('T', 0, at, 'upper')
    expect(await Promise.all([500, 1000, 1500, 2000, 2500, 3000, 3500].map(lower))).toEqual([0, 0, 2, 2, 4, 4, 5])
    expect(await Promise.all([500, 1000, 1500, 2000, 2500, 3000, 3500].map(upper))).toEqual([0, 1, 1, 3, 3, 4, 4])
    expect(await store.offsetByTime('nobody', 0, 5)).toBe(0)
    expect(await store.storeTimeOf('T', 0, 2)).toBe(2000)
    expect(await store.storeTimeOf('T', 0, 5)).toBe(-1)
    expect(await store.earliestStoreTime('T', 0)).toBe(1000)
  })
})

describe('a place in the log', () => {
  it('gives its record, and nothing where no record begins', async () => {
    const { store } = await open()
    const { commitLogOffset, sizeBytes } = await put(store, { body: 'here' })
    await put(store, { body: 'there' })
    expect(decodeRecord((await store.recordAt(commitLogOffset)) ?? Buffer.alloc(0)).body.toString()).toBe('here')
    expect(await store.recordAt(commitLogOffset, sizeBytes)).toHaveLength(sizeBytes)
    for (const offset of [1, 50, -1, 1e6, 2 ** 60, Number.NaN]) expect(await store.recordAt(offset)).toBeUndefined()
    expect(await store.recordAt(commitLogOffset, sizeBytes - 1)).toBeUndefined()
    expect(await store.unitAt('T', 0, 0)).toMatchObject({ commitLogOffset, sizeBytes })
    expect(await store.unitAt('T', 0, 2)).toBeUndefined()
  })

  it('is the same for hosts of IPv6', async () => {
    const six = Buffer.concat([Buffer.alloc(16, 0xfe), host('0.0.0.0', 99).subarray(4)])
    const { store, disk } = await open({ storeHost: six })
    const { commitLogOffset } = store.append({ ...newMessage({ body: 'six' }), bornHost: six })
    await put(store, { body: 'four born' })
    expect(decodeRecord((await store.recordAt(commitLogOffset)) ?? Buffer.alloc(0))).toMatchObject({ sysFlag: 0x30 })
    const again = (await open({}, disk)).store
    expect((await get(again)).bodies).toEqual(['six', 'four born'])
    stores.shift()
  })
})

describe('a topic', () => {
  it('that is deleted starts anew, and does not come back with a crash', async () => {
    const { store, disk } = await open()
    for (let n = 0; n < 5; n++) await put(store, { body: `old ${n}` })
    await store.deleteTopic('T')
    expect([...store.topics]).toEqual([])
    expect(store.maxOffset('T', 0)).toBe(0)
    expect(await put(store, { body: 'new 0' })).toMatchObject({ queueOffset: 0 })
    await put(store, { body: 'new 1' })
    expect((await get(store)).bodies).toEqual(['new 0', 'new 1'])
    const again = (await open({}, disk)).store
    expect((await get(again)).bodies).toEqual(['new 0', 'new 1'])
    expect(await put(again)).toMatchObject({ queueOffset: 2 })
    stores.shift()
  })
})
