// test/broker/store/model.test.ts: random operations on a store and on a plain list beside it, with orderly stops and killed
// processes between. Seeds are fixed; a failure names its own.
import { expect, it } from 'vitest'
import { MemoryDisk } from '../../support/disks'
import { seeded } from '../../support/random'
import { StoreModel } from '../../support/store-model'
import { asyncFlush, syncFlush } from '../../support/stores'

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  it(`holds what was put into it through stops and kills (seed ${seed})`, async () => {
    const random = seeded(seed)
    const disk = new MemoryDisk()
    const model = new StoreModel(disk, random, {
      flush: { ...(random.chance(0.5) ? asyncFlush : syncFlush), flushIntervalMs: 5, flushLeastPages: 1 },
    })
    await model.open()
    for (let round = 0; round < 8; round++) {
      const turns = 1 + random.below(30)
      for (let turn = 0; turn < turns; turn++) {
        const added = model.append(1 + random.below(12), random.chance(0.1) ? 9000 : 500)
        if (random.chance(0.5)) await model.acked(added)
        if (random.chance(0.1)) await new Promise((resolve) => setTimeout(resolve, 12))
        if (random.chance(0.05)) await model.checkIndex()
      }
      if (random.chance(0.4)) {
        await model.store.close()
        for (const one of model.sent) expect(one.acked).toBe(true)
      }
      // otherwise it is left where it stands: its files refuse it from now on, as those of a killed process
      await model.open()
      await model.check()
      await model.checkIndex()
    }
    await model.store.close()
    expect(disk.openCount).toBeLessThan(2000)
  }, 30_000)
}
