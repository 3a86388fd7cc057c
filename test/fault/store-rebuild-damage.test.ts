// test/fault/store-rebuild-damage.test.ts: views that were taken away are built again from the whole log. A place in it that
// has gone bad long ago takes with it what lies there, and nothing that lies behind it, in its segment or in later ones.
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openMessageStore } from '../../broker/store'
import { removeFolder, temporaryFolder } from '../support/folders'
import { put, storeOptions } from '../support/stores'

let folder = ''
beforeEach(() => {
  folder = temporaryFolder('rebuild')
})
afterEach(() => removeFolder(folder))

it.each(['consumequeue', 'index'])('loses one message and not a log when %s is built again', async (views) => {
  const store = await openMessageStore(storeOptions(folder))
  const offsets: number[] = []
  for (let n = 0; n < 40; n++) {
    offsets.push((await put(store, { body: Buffer.alloc(8000, n), keys: [`k${n}`] })).commitLogOffset)
  }
  const { tail } = store.commitLog
  await store.close()
  const logs = readdirSync(join(folder, 'commitlog'))
  expect(logs.length).toBeGreaterThan(4)
  rmSync(join(folder, views), { recursive: true })
  const bad = openSync(join(folder, 'commitlog', logs[0] ?? ''), 'r+')
  writeSync(bad, Buffer.from('bad'), 0, 3, (offsets[2] ?? 0) + 200)
  closeSync(bad)
  const again = await openMessageStore(storeOptions(folder))
  expect(readdirSync(join(folder, 'commitlog')).length).toBeGreaterThanOrEqual(logs.length)
  expect(again.commitLog.tail).toBe(tail)
  expect(await again.recordAt(offsets[39] ?? 0)).toBeDefined()
  expect(again.maxOffset('T', 0)).toBe(40)
  await again.close()
})
