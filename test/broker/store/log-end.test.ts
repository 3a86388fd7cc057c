// test/broker/store/log-end.test.ts: how far a log reaches that nobody has open, as the controller is told it.
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { logEndOf, openMessageStore } from '../../../broker/store'
import { temporaryFolder } from '../../support/folders'
import { newMessage, safe, storeOptions } from '../../support/stores'

const segmentBytes = 64 * 1024

it('reaches to the last message, also where the next segment was made ahead and the broker was killed', async () => {
  const rootDir = temporaryFolder('log-end')
  const store = await openMessageStore(storeOptions(rootDir, { commitLogSegmentBytes: segmentBytes }))
  expect(await endOfCopy(rootDir)).toBe(0)
  const fill = async (upTo: number) => {
    while (store.commitLog.tail < upTo) store.append(newMessage({ body: Buffer.alloc(4000, 1) }))
    await safe(store, store.commitLog.tail)
  }
  for (const segments of [1, 2]) {
    await fill((segments - 0.6) * segmentBytes)
    expect(await endOfCopy(rootDir)).toBe(store.commitLog.tail)
    await fill((segments - 0.4) * segmentBytes)
    const made = () => readdirSync(join(rootDir, 'commitlog')).length
    await vi.waitFor(() => expect(made()).toBe(segments + 1), 60_000)
    expect(await endOfCopy(rootDir)).toBe(store.commitLog.tail)
  }
  await store.close()
  expect(await logEndOf({ rootDir, segmentBytes })).toBe(store.commitLog.tail)
})

/** As a kill leaves it. */
async function endOfCopy(rootDir: string): Promise<number> {
  const copy = temporaryFolder('log-end-copy')
  cpSync(rootDir, copy, { recursive: true })
  rmSync(join(copy, 'lock'), { force: true })
  return logEndOf({ rootDir: copy, segmentBytes })
}
