// test/broker/store/turn.test.ts: what happens at the end of a turn of the event loop, and in which order.
import { expect, it } from 'vitest'
import { createTurn } from '../../../broker/net/turn'
import { openMessageStore } from '../../../broker/store'
import { MemoryDisk, memoryRoot } from '../../support/disks'
import { newMessage, storeOptions, syncFlush } from '../../support/stores'

it('ST6: writes once for all that a turn brought, then shows it, then answers in order, before the sockets send', async () => {
  const disk = new MemoryDisk()
  const turn = createTurn()
  const store = await openMessageStore(storeOptions(memoryRoot, { more: { files: disk.mount(), turn } }))
  const happened: string[] = []
  store.onArrival(({ maxOffset }) => happened.push(`arrival ${maxOffset} of ${store.maxOffset('T', 0)}`))
  const before = disk.writes
  for (let n = 0; n < 3; n++) {
    const { commitLogOffset, sizeBytes } = store.append(newMessage())
    store.whenSafe(commitLogOffset + sizeBytes, n !== 1, () => {
      happened.push(`answer ${n} after ${disk.writes - before} write`)
      turn.atEnd('send', () => happened.push(`send ${n}`))
    })
  }
  expect(happened).toEqual([])
  await new Promise(setImmediate)
  expect(happened).toEqual([
    'arrival 1 of 3',
    'arrival 2 of 3',
    'arrival 3 of 3',
    'answer 0 after 1 write',
    'answer 1 after 1 write',
    'answer 2 after 1 write',
    'send 0',
    'send 1',
    'send 2',
  ])
  await store.close()
})

it('shares a sync among all that arrived while the one before was under way', async () => {
  const disk = new MemoryDisk()
  const store = await openMessageStore(storeOptions(memoryRoot, { flush: syncFlush, more: { files: disk.mount() } }))
  let underWay = 0
  let syncs = 0
  const gates: (() => void)[] = []
  disk.trouble.sync = async (path) => {
    if (!path.includes('/commitlog/')) return
    syncs++
    expect(++underWay).toBe(1)
    await new Promise<void>((resolve) => gates.push(resolve))
    underWay--
  }
  const answered: number[] = []
  const send = (n: number) => {
    const { commitLogOffset } = store.append(newMessage())
    store.whenSafe(commitLogOffset, true, () => answered.push(n))
  }
  const turns = async (count: number) => {
    for (let n = 0; n < count; n++) await new Promise(setImmediate)
  }
  send(0)
  await turns(5)
  for (let n = 1; n < 20; n++) {
    send(n)
    await turns(1)
  }
  expect([syncs, answered]).toEqual([1, []])
  gates.shift()?.()
  await turns(5)
  expect([syncs, answered]).toEqual([2, [0]])
  gates.shift()?.()
  await turns(5)
  expect([syncs, answered]).toEqual([2, Array.from({ length: 20 }, (_, n) => n)])
  delete disk.trouble.sync
  await store.close()
})
