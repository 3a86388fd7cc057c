// test/broker/store/model.test.ts: random operations on a store and on a plain list beside it, with orderly stops, killed
// processes, power cuts and the removal of old segments between. Seeds are fixed; a failure names its own.
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

for (const seed of [31, 32, 33, 34, 35, 36]) {
  it(`ST1 ST2 ST3: is what a plain list says, over many segments that roll, go when they are old, and lose their power (seed ${seed})`, async () => {
    const random = seeded(seed)
    const disk = new MemoryDisk()
    const model = new StoreModel(disk, random, {
      flush: { ...syncFlush, flushIntervalMs: 5, flushLeastPages: 1 },
      commitLogSegmentBytes: 16 * 1024,
      consumeQueueSegmentBytes: 20 * 30,
      hotBytes: 16 * 1024,
      indexMaxItems: 60,
    })
    await model.open()
    let removed = 0
    for (let round = 0; round < 8; round++) {
      for (let turn = 1 + random.below(25); turn > 0; turn--) {
        const added = model.append(1 + random.below(10), random.chance(0.15) ? 9000 : 500)
        if (random.chance(0.5)) await model.acked(added)
        if (random.chance(0.1)) removed += await model.expire()
        if (random.chance(0.1)) await model.checkIndex()
        if (random.chance(0.05)) await new Promise((resolve) => setTimeout(resolve, 12))
      }
      const end = random.pick(['stop', 'kill', 'power'])
      if (end === 'stop') await model.store.close()
      if (end === 'power') disk.cutPower(() => random.chance(0.5))
      await model.open()
      await model.check()
      await model.checkIndex()
    }
    await model.store.close()
    expect(removed).toBeGreaterThan(0)
    // the killed ones complain, too: of being killed
    const errors = model.lines.filter(
      (line) => line.startsWith('error') && !/was killed|damaged|no message has/.test(line),
    )
    expect(errors).toEqual([])
  }, 30_000)
}
