// test/fault/fault-table.test.ts: HA7: six faults of the master's machine × flush × replication, and what of the acknowledged
// messages each may cost: a table that says as much as the promise does. The fault comes at the worst moment: what came
// late is on no disk where the flush is not waited for, and at no slave where the copy is not.
import { expect, it } from 'vitest'
import { MemoryDisk, memoryRoot } from '../support/disks'
import { seeded } from '../support/random'
import { caughtUp, logBytes, openCopy, openMaster, until, wireTo } from '../support/replicas'
import { asyncFlush, newMessage, safe, syncFlush } from '../support/stores'

const flushes = {
  ASYNC_FLUSH: { ...asyncFlush, flushIntervalMs: 2, flushLeastPages: 0, flushThoroughIntervalMs: 2 },
  SYNC_FLUSH: syncFlush,
}
const modes = {
  'no slave': { brokerRole: 'ASYNC_MASTER' },
  ASYNC_MASTER: { brokerRole: 'ASYNC_MASTER' },
  SYNC_MASTER: { brokerRole: 'SYNC_MASTER', inSyncReplicas: 2, slaveTimeout: 60_000 },
} as const
/** late: at most what came since the last flush and the last copy. */
type Cost = 'nothing' | 'late' | 'all'
type Row = [fault: string, flush: keyof typeof flushes, ...costs: [Cost, Cost, Cost]]
const table: readonly Row[] = [
  //                              no slave   ASYNC_MASTER SYNC_MASTER
  ['an orderly stop', 'ASYNC_FLUSH', 'nothing', 'nothing', 'nothing'],
  ['an orderly stop', 'SYNC_FLUSH', 'nothing', 'nothing', 'nothing'],
  ['a crash', 'ASYNC_FLUSH', 'nothing', 'nothing', 'nothing'],
  ['a crash', 'SYNC_FLUSH', 'nothing', 'nothing', 'nothing'],
  ['a crash of the OS', 'ASYNC_FLUSH', 'late', 'late', 'nothing'],
  ['a crash of the OS', 'SYNC_FLUSH', 'nothing', 'nothing', 'nothing'],
  ['a power cut', 'ASYNC_FLUSH', 'late', 'late', 'nothing'],
  ['a power cut', 'SYNC_FLUSH', 'nothing', 'nothing', 'nothing'],
  ['a dead machine', 'ASYNC_FLUSH', 'all', 'late', 'nothing'],
  ['a dead machine', 'SYNC_FLUSH', 'all', 'late', 'nothing'],
  ['a dead disk', 'ASYNC_FLUSH', 'all', 'late', 'nothing'],
  ['a dead disk', 'SYNC_FLUSH', 'all', 'late', 'nothing'],
]
const rows = table.flatMap(([fault, flush, noSlave, asyncMaster, syncMaster]) => [
  [fault, flush, 'no slave', noSlave] as const,
  [fault, flush, 'ASYNC_MASTER', asyncMaster] as const,
  [fault, flush, 'SYNC_MASTER', syncMaster] as const,
])

it.each(rows)(
  'HA7: $fault under $flush, $mode, costs $cost',
  async (fault, flush, mode, cost) => {
    const random = seeded(7)
    const disks = { master: new MemoryDisk(), slave: new MemoryDisk() }
    const files = (disk: MemoryDisk) => ({ flush: flushes[flush], more: { files: disk.mount() } })
    const master = await openMaster(modes[mode], files(disks.master), memoryRoot)
    const wire = await wireTo(master)
    const copy = mode === 'no slave' ? undefined : await openCopy(wire.address, {}, files(disks.slave), memoryRoot)
    const send = async (name: string): Promise<string[]> => {
      const bodies = Array.from({ length: 20 }, (_, n) => `<${name} ${n}>${'x'.repeat(random.below(600))}`)
      const ends = bodies.map((body) => safe(master.store, master.store.append(newMessage({ body })).commitLogOffset))
      expect(new Set(await Promise.all(ends))).toEqual(new Set(['ok']))
      return bodies
    }
    if (copy !== undefined)
      await until('the slave is there', () => master.leader.slaves.some((one) => one.confirmedTo >= 0))
    const early = await send('early')
    if (copy !== undefined) await caughtUp(master.store, copy.store)
    await until('all is flushed', () => master.store.commitLog.flushedTo === master.store.commitLog.tail)
    let disksGoOn = () => {}
    if (flush === 'ASYNC_FLUSH') {
      const held = new Promise<void>((resolve) => {
        disksGoOn = resolve
      })
      disks.master.trouble.sync = () => held
    }
    if (mode === 'ASYNC_MASTER') wire.hold(true)
    const late = await send('late')

    const isGone = fault === 'a dead machine' || fault === 'a dead disk'
    if (fault === 'an orderly stop') disksGoOn()
    else if (fault === 'a crash of the OS') disks.master.cutPower(() => random.chance(0.5))
    else if (fault === 'a power cut') disks.master.cutPower()
    else disks.master.mount() // nothing of that process reaches a disk any more
    disksGoOn()
    disks.master.trouble.sync = () => {}
    await (fault === 'an orderly stop' ? master.close() : master.leader.close())
    await copy?.close()
    await wire.close()
    if (isGone) disks.master = new MemoryDisk()
    // either disk may go on as the master's: what one of them has is not lost
    const again = await Promise.all(
      Object.values(disks).map((disk) => openMaster(modes['no slave'], files(disk), memoryRoot)),
    )
    const texts = await Promise.all(again.map(async ({ store }) => (await logBytes(store)).toString('latin1')))
    const lost = [...early, ...late].filter((body) => !texts.some((text) => text.includes(body)))
    if (cost === 'nothing') expect(lost).toEqual([])
    if (cost === 'all') expect(lost).toEqual([...early, ...late])
    // the pages that an OS had written by itself when it crashed are any of them
    if (cost === 'late' && fault === 'a crash of the OS') expect(late).toEqual(expect.arrayContaining(lost))
    if (cost === 'late' && fault !== 'a crash of the OS') expect(lost).toEqual(late)
    for (const { store } of again) {
      expect(await safe(store, store.append(newMessage({ body: '<more>' })).commitLogOffset)).toBe('ok')
      expect((await logBytes(store)).toString('latin1')).toContain('<more>')
    }
    await Promise.all(again.map((one) => one.close()))
  },
  60_000,
)
