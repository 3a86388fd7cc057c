// test/broker/store/cut.test.ts: a log that is cut ends there for everybody: queues, index, and whoever appends next.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cutStore, openMessageStore } from '../../../broker/store'
import { removeFolder, temporaryFolder } from '../../support/folders'
import { newMessage, safe, storeOptions } from '../../support/stores'

it.each([0, 1, 7, 40, 99])(
  'keeps the first %i messages, and takes new ones in the place of the others',
  async (kept) => {
    const folder = temporaryFolder('cut')
    const options = storeOptions(folder)
    const first = await openMessageStore(options)
    const starts: number[] = []
    for (let made = 0; made < 100; made++) {
      const message = newMessage({ topic: 'T', queueId: 0, body: Buffer.alloc(700, made), keys: [`k${made}`] })
      starts.push(first.append(message).commitLogOffset)
    }
    await safe(first, first.commitLog.tail)
    const end = first.commitLog.tail
    await first.close()

    const offset = starts[kept] ?? end
    const at = { rootDir: folder, segmentBytes: options.commitLogSegmentBytes, offset, end, log: () => {} }
    await cutStore(at)
    expect(readdirSync(join(folder, 'damaged'))).toEqual([`commitlog-${offset}`])

    const second = await openMessageStore(options)
    expect(second.commitLog.tail).toBe(kept === 0 ? 0 : offset)
    expect(second.maxOffset('T', 0)).toBe(kept)
    for (const made of [0, kept - 1, kept, 99]) {
      if (made < 0) continue
      const found = await second.query('T', `k${made}`, 5, 0, Number.MAX_SAFE_INTEGER)
      expect(found.records.length, `k${made}`).toBe(made < kept ? 1 : 0)
    }
    const again = second.append(newMessage({ topic: 'T', queueId: 0, keys: ['new'] }))
    expect(again.queueOffset).toBe(kept)
    await safe(second, second.commitLog.tail)
    expect((await second.query('T', 'new', 5, 0, Number.MAX_SAFE_INTEGER)).records.length).toBe(1)
    await second.close()
    expect(existsSync(join(folder, 'abort'))).toBe(false)
    removeFolder(folder)
  },
)
