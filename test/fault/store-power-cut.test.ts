// test/fault/store-power-cut.test.ts: the power fails while a store works. What was not synced is gone, or by chance not;
// under SYNC_FLUSH nothing that was acknowledged is among it. Seeds are fixed; a failure names its own.
import { expect, it } from 'vitest'
import { MemoryDisk } from '../support/disks'
import { seeded } from '../support/random'
import { StoreModel } from '../support/store-model'
import { syncFlush } from '../support/stores'

/** `npm run test:long -- power` asks for more. */
const SEEDS = Number(process.env.ROCKETDECK_SEEDS ?? 6)
for (const seed of Array.from({ length: SEEDS }, (_, n) => Number(process.env.ROCKETDECK_SEED ?? 11) + n)) {
  it(`ST7: loses nothing that was acknowledged under SYNC_FLUSH when the power fails (seed ${seed})`, async () => {
    const random = seeded(seed)
    const disk = new MemoryDisk()
    const model = new StoreModel(disk, random, { flush: syncFlush })
    await model.open()
    for (let round = 0; round < 6; round++) {
      const turns = 1 + random.below(40)
      for (let turn = 0; turn < turns; turn++) {
        const added = model.append(1 + random.below(8), random.chance(0.1) ? 9000 : 500)
        if (random.chance(0.6)) await model.acked(added)
        else await new Promise(setImmediate)
        if (random.chance(0.1)) await new Promise((resolve) => setTimeout(resolve, 10))
      }
      // some power cuts come right after a process was killed: what it had only written is then not on the disk either
      for (let kills = random.below(3); kills > 0; kills--) {
        await model.open()
        await model.acked(model.append(random.below(6)))
        if (random.chance(0.5)) await new Promise((resolve) => setTimeout(resolve, random.below(40)))
      }
      const kept = random.pick([0, 0.5, 0.9])
      disk.cutPower(() => random.chance(kept))
      await model.open()
      await model.check()
    }
    await model.store.close()
    await model.open()
    await model.check()
    await model.checkIndex()
    await model.store.close()
    expect(model.sent.length).toBeGreaterThan(0)
  }, 30_000)
}
