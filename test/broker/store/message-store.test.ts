// test/broker/store/message-store.test.ts: what the rooms above may rely on.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { decodeRecord, decodeRecords } from '../../../broker/protocol/record'
import type { Arrival, GetResult, MessageStore, StoreOptions } from '../../../broker/store'
import { openMessageStore } from '../../../broker/store'
import { removeFolder, temporaryFolder } from '../../support/folders'
import { newMessage, put, safe, storeOptions, syncFlush } from '../../support/stores'

const open: { store: MessageStore; folder: string }[] = []
async function openStore(overrides: Partial<StoreOptions> = {}, folder = temporaryFolder('store')) {
  const store = await openMessageStore(storeOptions(folder, overrides))
  open.push({ store, folder })
  return { store, folder }
}
afterEach(async () => {
  for (const { store, folder } of open.splice(0)) {
    await store.close()
    removeFolder(folder)
  }
})
const bodies = (result: GetResult): string[] =>
  result.records.flatMap((piece) => decodeRecords(piece)).map((record) => record.body.toString())
const read = async (store: MessageStore, queueOffset: number, topic = 'T', queueId = 0, maxMessages = 32) =>
  store.get({ topic, queueId, queueOffset, maxMessages, maxBytes: 1 << 20 })

describe('a message store', () => {
  it('writes a record byte for byte as the reference broker does', async () => {
    const { store, folder } = await openStore({ clock: () => 1_700_000_000_001 })
    for (let n = 0; n < 5; n++) store.append(newMessage({ topic: 'T', queueId: 3, tags: 'A', keys: ['k1', 'k2'] }))
    const { commitLogOffset, queueOffset } = await put(store, { topic: 'T', queueId: 3, tags: 'A', keys: ['k1', 'k2'] })
    expect(queueOffset).toBe(5)
    const file = readFileSync(join(folder, 'commitlog', '0'.repeat(20)))
    const record = file.subarray(commitLogOffset, commitLogOffset + 115)
    // the golden record of the format notes, but for where it lies
    const offset = commitLogOffset.toString(16).padStart(16, '0')
    expect(record.toString('hex')).toBe(
      `00000073daa320a73610a68600000003000000000000000000000005${offset}000000000000018bcfe568000a000001000004d20000018bcfe568010a00000200002a9f0000000000000000000000000000000568656c6c6f015400124b455953016b31206b320254414753014102`,
    )
  })

  it('answers as the table of pull results says', async () => {
    const { store } = await openStore()
    expect((await read(store, 0)).status).toBe('no-matched-logic-queue')
    for (let n = 0; n < 3; n++) store.append(newMessage({ body: `m${n}` }))
    expect((await read(store, 0)).status).toBe('no-message-in-queue')
    await put(store, { body: 'm3' })
    const found = await read(store, 1)
    expect(found).toMatchObject({ status: 'found', nextBeginOffset: 4, minOffset: 0, maxOffset: 4, messageCount: 3 })
    expect(bodies(found)).toEqual(['m1', 'm2', 'm3'])
    found.release()
    expect(await read(store, 4)).toMatchObject({ status: 'offset-overflow-one', nextBeginOffset: 4 })
    expect(await read(store, 5)).toMatchObject({ status: 'offset-overflow-badly', nextBeginOffset: 4 })
    expect(await read(store, -1)).toMatchObject({ status: 'offset-too-small', nextBeginOffset: 0 })
  })

  it('shows nothing before it is written', async () => {
    const { store } = await openStore()
    const seen: Arrival[] = []
    store.onArrival((arrival) => seen.push(arrival))
    const { commitLogOffset } = store.append(newMessage())
    expect(store.maxOffset('T', 0)).toBe(0)
    expect(seen).toHaveLength(0)
    expect(await safe(store, commitLogOffset)).toBe('ok')
    expect(store.maxOffset('T', 0)).toBe(1)
    expect(seen[0]).toMatchObject({ topic: 'T', queueId: 0, maxOffset: 1, commitLogOffset: 0 })
  })

  it('ST7: shows nothing before it is flushed under SYNC_FLUSH', async () => {
    const { store } = await openStore({ flush: syncFlush })
    const { commitLogOffset } = store.append(newMessage())
    expect(await safe(store, commitLogOffset, false)).toBe('ok')
    expect(store.maxOffset('T', 0)).toBe(0)
    expect(await safe(store, commitLogOffset, true)).toBe('ok')
    expect(store.maxOffset('T', 0)).toBe(1)
    expect(store.commitLog.flushedTo).toBe(store.commitLog.tail)
  })

  it('ST5: finds everything again after an orderly stop, over many segments', async () => {
    const { store, folder } = await openStore()
    const sent: string[] = []
    for (let n = 0; n < 2000; n++) {
      sent.push(`message ${n}`)
      store.append(newMessage({ body: `message ${n}`, queueId: n % 3, keys: [`key${n}`], topic: `topic-${n % 2}` }))
    }
    await put(store, { body: 'last' })
    await store.close()
    expect(existsSync(join(folder, 'abort'))).toBe(false)
    const again = (await openStore({}, folder)).store
    const found: string[] = []
    for (const topic of ['topic-0', 'topic-1']) {
      for (const queueId of again.queuesOf(topic)) {
        for (let next = 0; next < again.maxOffset(topic, queueId); ) {
          const result = await read(again, next, topic, queueId)
          expect(result.status).toBe('found')
          found.push(...bodies(result))
          next = result.nextBeginOffset
          result.release()
        }
      }
    }
    expect(found.sort()).toEqual(sent.sort())
    const hits = await again.query('topic-1', 'key777', 32, 0, Number.MAX_SAFE_INTEGER)
    expect(hits.records.map((record) => decodeRecord(record).body.toString())).toEqual(['message 777'])
    expect(store.writable.ok).toBe(false)
  })

  it('ST2 ST3: builds consume queues and index again when their folders are gone', async () => {
    const { store, folder } = await openStore()
    for (let n = 0; n < 1000; n++) store.append(newMessage({ body: `message ${n}`, keys: [`key${n}`] }))
    await put(store, { body: 'last' })
    await store.close()
    rmSync(join(folder, 'consumequeue'), { recursive: true })
    rmSync(join(folder, 'index'), { recursive: true })
    const again = (await openStore({}, folder)).store
    expect(again.maxOffset('T', 0)).toBe(1001)
    expect(bodies(await read(again, 500, 'T', 0, 1))).toEqual(['message 500'])
    const hits = await again.query('T', 'key10', 32, 0, Number.MAX_SAFE_INTEGER)
    expect(hits.records).toHaveLength(1)
  })

  it('refuses a folder that another store has open', async () => {
    const { folder } = await openStore()
    await expect(openMessageStore(storeOptions(folder))).rejects.toMatchObject({
      fault: 'locked',
      message: expect.stringContaining(String(process.pid)),
    })
  })
})
