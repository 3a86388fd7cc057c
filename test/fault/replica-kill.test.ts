// test/fault/replica-kill.test.ts: master and slave are killed, lose their power, and lose each other, again and again. Whatever
// was acknowledged with a copy is in both logs at the end, and the logs are one; also when the master's disk is lost and its
// slave's store goes on as the master. Seeds are fixed; a failure names its own.
import { expect, it } from 'vitest'
import { MemoryDisk, memoryRoot } from '../support/disks'
import { type Random, seeded } from '../support/random'
import { type Copy, caughtUp, logBytes, type Master, openCopy, openMaster, until } from '../support/replicas'
import { newMessage, safe, syncFlush } from '../support/stores'
import { openWire } from '../support/tcp-proxy'

const sync = { brokerRole: 'SYNC_MASTER', inSyncReplicas: 2, slaveTimeout: 2000 } as const

/** A broker whose process ends without a word: nothing of it is closed, its disk listens to it no more. */
async function die(disk: MemoryDisk, random: Random, silence: () => Promise<unknown>): Promise<void> {
  if (random.chance(0.5)) {
    const kept = random.pick([0, 0.5, 0.9])
    disk.cutPower(() => random.chance(kept))
  } else disk.mount()
  await silence()
}

for (const seed of [21, 22, 23, 24]) {
  it(`loses nothing that a slave confirmed, whoever dies (seed ${seed})`, async () => {
    const random = seeded(seed)
    const disks = { master: new MemoryDisk(), slave: new MemoryDisk() }
    const files = (disk: MemoryDisk) => ({ flush: syncFlush, more: { files: disk.mount() } })
    const startMaster = (): Promise<Master> => openMaster(sync, files(disks.master), memoryRoot)
    let master = await startMaster()
    const wire = await openWire(() => master.leader.port)
    const startSlave = (): Promise<Copy> => openCopy(wire.address, {}, files(disks.slave), memoryRoot)
    let copy = await startSlave()
    const acknowledged: string[] = []
    let sent = 0
    const send = async (count: number): Promise<void> => {
      const puts = Array.from({ length: count }, async () => {
        const body = `message ${sent++} ${'x'.repeat(random.below(600))}`
        const { commitLogOffset } = master.store.append(newMessage({ body }))
        if ((await safe(master.store, commitLogOffset)) === 'ok') acknowledged.push(body)
      })
      await Promise.all(puts)
    }
    const isJoined = () => until('the slave is there', () => master.leader.slaves.some((one) => one.confirmedTo >= 0))
    for (let round = 0; round < 8; round++) {
      await isJoined()
      await send(random.between(5, 40))
      // what is under way when it happens may be acknowledged or not
      const late = send(random.between(0, 20))
      if (random.chance(0.5)) await new Promise(setImmediate)
      const what = random.pick(['slave', 'master', 'wire', 'both', 'disk'] as const)
      if (what === 'wire') wire.cutNow()
      if (what === 'slave' || what === 'both') await die(disks.slave, random, () => copy.follower.stop())
      if (what === 'master' || what === 'both') await die(disks.master, random, () => master.leader.close())
      if (what === 'master' || what === 'both') master = await startMaster()
      if (what === 'slave' || what === 'both') copy = await startSlave()
      if (what === 'disk') {
        await die(disks.master, random, () => master.leader.close())
        await die(disks.slave, random, () => copy.follower.stop())
        disks.master = disks.slave
        disks.slave = new MemoryDisk()
        master = await startMaster()
        copy = await startSlave()
      }
      if (what === 'wire' || what === 'slave') await late
    }
    await isJoined()
    await send(10)
    await caughtUp(master.store, copy.store)
    const log = await logBytes(master.store)
    expect((await logBytes(copy.store)).equals(log)).toBe(true)
    const text = log.toString('latin1')
    for (const body of acknowledged) expect(text.includes(body), body.slice(0, 20)).toBe(true)
    expect(acknowledged.length).toBeGreaterThan(50)
    await copy.close()
    await master.close()
    await wire.close()
  }, 60_000)
}
