// test/broker/store/delete-topic.test.ts: whoever reaches the port may ask for a topic of any name to be deleted. What goes is
// a folder of consume queues, and never one that a name leads to.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openMessageStore } from '../../../broker/store'
import { removeFolder, temporaryFolder } from '../../support/folders'
import { put, storeOptions } from '../../support/stores'

let folder = ''
beforeEach(() => {
  folder = temporaryFolder('delete')
})
afterEach(() => removeFolder(folder))

it.each(['..', '.', '', '../commitlog', '../../beside', 'T/..'])(
  'removes nothing for a topic called %j',
  async (name) => {
    mkdirSync(join(folder, 'beside'))
    writeFileSync(join(folder, 'beside', 'file'), 'x')
    const root = join(folder, 'store')
    const store = await openMessageStore(storeOptions(root))
    await put(store, { topic: 'T' })
    await store.deleteTopic('none') // so that the folder is there
    await store.deleteTopic(name)
    expect(existsSync(join(root, 'commitlog'))).toBe(true)
    expect(existsSync(join(folder, 'beside', 'file'))).toBe(true)
    await store.close()
    expect(existsSync(join(root, 'consumequeue', 'T', '0'))).toBe(true)
    const again = await openMessageStore(storeOptions(root))
    expect(again.maxOffset('T', 0)).toBe(1)
    await again.close()
  },
)
