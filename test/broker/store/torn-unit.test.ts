// test/broker/store/torn-unit.test.ts: a crash may leave the first page of a write without the second, and units of 20 bytes
// do not keep to pages of 4096: the place of a message may be there without the hash of its tag.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openMessageStore } from '../../../broker/store'
import { temporaryFolder } from '../../support/folders'
import { asyncFlush, newMessage, safe, storeOptions } from '../../support/stores'

it('a unit of which a crash kept one half is as it was', async () => {
  const rootDir = temporaryFolder('torn-unit')
  const options = {
    commitLogSegmentBytes: 256 * 1024,
    consumeQueueSegmentBytes: 20 * 1000,
    flush: { ...asyncFlush, flushIntervalMs: 1 },
  }
  let store = await openMessageStore(storeOptions(rootDir, options))
  await put(3)
  await store.close() // it knows now up to where all is synced
  store = await openMessageStore(
    storeOptions(rootDir, { ...options, more: { flushConsumeQueueIntervalMs: 3_600_000 } }),
  )
  await put(297)
  const copy = temporaryFolder('torn-unit-copy')
  cpSync(rootDir, copy, { recursive: true })
  rmSync(join(copy, 'lock'), { force: true })
  const written = await units()
  expect(written.length).toBe(300)
  await store.close()

  const queue = Buffer.alloc(20 * 1000)
  for (const [n, unit] of written.entries()) {
    queue.writeBigInt64BE(BigInt(unit?.commitLogOffset ?? 0), n * 20)
    queue.writeInt32BE(unit?.sizeBytes ?? 0, n * 20 + 8)
    queue.writeBigInt64BE(BigInt(unit?.tagsCode ?? 0), n * 20 + 12)
  }
  const folder = join(copy, 'consumequeue', 'T', '0')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, '0'.repeat(20)), queue.fill(0, 4096))
  store = await openMessageStore(storeOptions(copy, options))
  expect(await units()).toEqual(written)
  await store.close()

  async function put(count: number): Promise<void> {
    for (let n = 0; n < count; n++) store.append(newMessage({ tags: 'TagA' }))
    await safe(store, store.commitLog.tail)
  }
  async function units() {
    const all = []
    for (let n = 0; n < store.maxOffset('T', 0); n++) all.push(await store.unitAt('T', 0, n))
    return all
  }
})
