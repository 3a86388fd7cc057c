// test/broker/ha/replication.test.ts: a master and a slave of ours, over a wire that is cut: the copy is the master's log, byte
// for byte, and its queues and index hold the same.
import { afterEach, describe, expect, it } from 'vitest'
import { RecordStream } from '../../../broker/ha/record-stream'
import { decodeRecords } from '../../../broker/protocol/record'
import type { MessageStore } from '../../../broker/store'
import { MemoryDisk, memoryRoot } from '../../support/disks'
import { removeFolder } from '../../support/folders'
import { type Random, seeded } from '../../support/random'
import {
  type Copy,
  caughtUp,
  haAddressOf,
  haSettings,
  logBytes,
  type Master,
  openCopy,
  openMaster,
  until,
  wireTo,
} from '../../support/replicas'
import { newMessage, safe, syncFlush } from '../../support/stores'
import type { Wire } from '../../support/tcp-proxy'

const ends: (() => Promise<unknown>)[] = []
const folders: string[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  for (const folder of folders.splice(0)) removeFolder(folder)
})
async function kept<T extends Master | Copy | Wire>(opening: Promise<T>): Promise<T> {
  const opened = await opening
  ends.push(() => opened.close())
  if ('folder' in opened) folders.push(opened.folder)
  return opened
}

/** Messages of many sizes, topics and queues, some with keys and tags; segments end with blanks of many lengths. */
async function fill(store: MessageStore, count: number, random: Random): Promise<void> {
  for (let made = 0; made < count; made++) {
    store.append(
      newMessage({
        topic: `T${random.below(3)}`,
        queueId: random.below(4),
        body: Buffer.alloc(random.between(0, 900), made),
        tags: random.pick(['A', 'B']),
        keys: [`k${made}`],
      }),
    )
    if (random.chance(0.1)) await safe(store, store.commitLog.tail)
  }
  await safe(store, store.commitLog.tail)
}

async function expectCopy(master: MessageStore, copy: MessageStore): Promise<void> {
  await caughtUp(master, copy)
  const wanted = await logBytes(master)
  expect((await logBytes(copy)).equals(wanted)).toBe(true)
  for (const topic of master.topics) {
    for (const queueId of master.queuesOf(topic)) {
      expect(copy.maxOffset(topic, queueId)).toBe(master.maxOffset(topic, queueId))
      for (let at = master.minOffset(topic, queueId); at < master.maxOffset(topic, queueId); at += 7) {
        expect(await copy.unitAt(topic, queueId, at)).toEqual(await master.unitAt(topic, queueId, at))
      }
    }
  }
}

describe('a slave', () => {
  it('copies what was there before it, and then each message in the turn that wrote it', async () => {
    const random = seeded(71)
    const master = await kept(openMaster())
    await fill(master.store, 600, random) // several segments, most of them no longer in memory
    const copy = await kept(openCopy(haAddressOf(master)))
    await expectCopy(master.store, copy.store)
    await fill(master.store, 300, random)
    await expectCopy(master.store, copy.store)
    const hits = await copy.store.query('T0', 'k5', 10, 0, Number.MAX_SAFE_INTEGER)
    const theirs = await master.store.query('T0', 'k5', 10, 0, Number.MAX_SAFE_INTEGER)
    expect(hits.records).toEqual(theirs.records)
    expect(master.leader.slaves).toMatchObject([{ behindBytes: 0, isInSync: true }])
    expect(copy.follower.copy).toMatchObject({ isConnected: true, trouble: null })
  })

  it('begins an empty log with the oldest segment the master keeps', async () => {
    const random = seeded(72)
    let nowMs = Date.now()
    const master = await kept(openMaster({}, { clock: () => nowMs, fileReservedTimeHours: 1 }))
    await fill(master.store, 600, random)
    await until('all is flushed', () => master.store.commitLog.flushedTo === master.store.commitLog.tail)
    nowMs += 100 * 3_600_000
    expect(await master.store.deleteExpiredCommitLog()).toBeGreaterThan(1)
    await fill(master.store, 100, random)
    const { minOffset } = master.store.commitLog
    expect(minOffset).toBeGreaterThan(0)
    const copy = await kept(openCopy(haAddressOf(master)))
    await expectCopy(master.store, copy.store)
    expect(copy.store.commitLog.minOffset).toBe(minOffset)
    expect(copy.lines.join('\n')).toContain(`this copy begins at ${minOffset}`)
  })

  it('gets no more in a second than the bound on the transfer, once a piece has gone over it', async () => {
    let nowMs = 7000
    const bound = { haFlowControlEnable: true, maxHaTransferByteInSecond: 1000 }
    const master = await kept(openMaster(bound, { clock: () => nowMs, hotBytes: 1024 * 1024 }))
    await fill(master.store, 600, seeded(81))
    const copy = await kept(openCopy(haAddressOf(master)))
    await until('a first piece has come', () => copy.store.commitLog.tail > 0)
    const { sendsFrom } = master.leader.slaves[0] ?? { sendsFrom: -1 }
    // a message of this turn pushes again, and is held back
    await fill(master.store, 20, seeded(82))
    expect(master.leader.slaves[0]?.sendsFrom).toBe(sendsFrom)
    expect(sendsFrom).toBeLessThan(master.store.commitLog.tail)
    const second = setInterval(() => {
      nowMs += 1000
    }, 5)
    await expectCopy(master.store, copy.store)
    clearInterval(second)
  }, 30_000)

  it('names a hole in its master’s log for what it is', () => {
    const records = new RecordStream(1024, 100, () => {})
    expect(() => records.take(Buffer.alloc(64))).toThrow("the master's log has a hole at 100")
  })

  it('sees its consumers served as soon as a message is copied', async () => {
    const master = await kept(openMaster())
    const copy = await kept(openCopy(haAddressOf(master)))
    const arrived = new Promise<number>((resolve) => copy.store.onArrival(({ maxOffset }) => resolve(maxOffset)))
    master.store.append(newMessage({ body: 'seen' }))
    expect(await arrived).toBe(1)
    const got = await copy.store.get({ topic: 'T', queueId: 0, queueOffset: 0, maxMessages: 1, maxBytes: 1000 })
    expect(decodeRecords(Buffer.concat(got.records)).map(({ body }) => body.toString())).toEqual(['seen'])
    got.release()
  })

  it('goes on where it was after its process was killed', async () => {
    const random = seeded(73)
    const master = await kept(openMaster())
    const wire = await kept(wireTo(master))
    await fill(master.store, 100, random)
    let copy = await openCopy(wire.address)
    folders.push(copy.folder)
    for (let round = 0; round < 5; round++) {
      await fill(master.store, 60, random)
      if (random.chance(0.5)) await caughtUp(master.store, copy.store)
      await copy.close()
      await fill(master.store, 20, random)
      copy = await openCopy(wire.address, {}, {}, copy.folder)
    }
    ends.push(() => copy.close())
    await expectCopy(master.store, copy.store)
  })
})

describe('a wire that is cut', () => {
  it('HA2: at every byte of a piece leaves a copy that goes on with the next one', async () => {
    const master = await kept(openMaster({ haTransferBatchSize: 64 }))
    const wire = await kept(wireTo(master))
    for (const body of ['one', 'two']) master.store.append(newMessage({ body, keys: ['k'], tags: 'A' }))
    await safe(master.store, master.store.commitLog.tail)
    const bytes = master.store.commitLog.tail + 12 * (Math.ceil(master.store.commitLog.tail / 64) + 1)
    for (let cut = 0; cut <= bytes; cut++) {
      const before = wire.dialled
      wire.cutAfter((connection) => (connection === before ? cut : Number.POSITIVE_INFINITY))
      const more = { files: new MemoryDisk().mount() }
      const copy = await openCopy(wire.address, {}, { more }, memoryRoot)
      await caughtUp(master.store, copy.store)
      expect((await logBytes(copy.store)).equals(await logBytes(master.store)), `cut after ${cut} bytes`).toBe(true)
      expect(copy.store.maxOffset('T', 0)).toBe(2)
      await copy.close()
    }
  }, 60_000)

  it('again and again under load loses and doubles nothing', async () => {
    const random = seeded(74)
    const master = await kept(openMaster())
    const wire = await kept(wireTo(master))
    wire.cutAfter((connection) => (connection < 20 ? random.between(0, 20_000) : Number.POSITIVE_INFINITY))
    const copy = await kept(openCopy(wire.address))
    for (let round = 0; round < 25; round++) {
      await fill(master.store, 60, random)
      if (random.chance(0.2)) wire.cutNow()
    }
    await expectCopy(master.store, copy.store)
    expect(wire.dialled).toBeGreaterThan(10)
  })

  it('without a word is noticed by both ends, and dialled anew', async () => {
    const master = await kept(openMaster({ haHousekeepingInterval: 600, haSendHeartbeatInterval: 100 }))
    const wire = await kept(wireTo(master))
    const quick = { haHousekeepingInterval: 600, haSendHeartbeatInterval: 100 }
    const copy = await kept(openCopy(wire.address, { settings: haSettings({ brokerRole: 'SLAVE', ...quick }) }))
    await until('the slave is there', () => master.leader.slaves.some(({ confirmedTo }) => confirmedTo === 0))
    wire.hold(true)
    await until('the master lets it go', () =>
      master.lines.some((line) => line.includes('has said nothing for 600 ms')),
    )
    await until('the slave dials again', () => wire.dialled > 1)
    wire.hold(false)
    await fill(master.store, 20, seeded(75))
    await expectCopy(master.store, copy.store)
  })
})

describe('a log that is no copy', () => {
  it('is refused when it is longer than the master, and stays as it is', async () => {
    const master = await kept(openMaster())
    await fill(master.store, 5, seeded(76))
    const other = await openMaster()
    await fill(other.store, 50, seeded(77))
    await other.close()
    const copy = await kept(openCopy(haAddressOf(master), { backOffMs: [50] }, {}, other.folder))
    const { tail } = copy.store.commitLog
    await until('the master says why', () =>
      master.lines.some((line) => line.startsWith('error') && line.includes(`its log reaches to ${tail}`)),
    )
    expect(copy.store.commitLog.tail).toBe(tail)
  })

  it('is refused at the first byte that is no record of it', async () => {
    const master = await kept(openMaster())
    await fill(master.store, 80, seeded(78))
    const other = await openMaster()
    await fill(other.store, 10, seeded(79))
    await other.close()
    const copy = await kept(openCopy(haAddressOf(master), { backOffMs: [50] }, {}, other.folder))
    const { tail } = copy.store.commitLog
    await until('it says why', () =>
      copy.lines.some((line) => line.includes(`no record of the master begins at ${tail}`)),
    )
    expect(copy.store.commitLog.tail).toBe(tail)
  })

  it('is refused when its files are of another size', async () => {
    const master = await kept(openMaster())
    await fill(master.store, 400, seeded(80))
    const copy = await kept(openCopy(haAddressOf(master), { backOffMs: [50] }, { commitLogSegmentBytes: 96 * 1024 }))
    await until('it says why', () => copy.lines.some((line) => line.includes('sizes of commit log files differ')))
  })
})

describe('a put of a SYNC_MASTER', () => {
  const sync = { brokerRole: 'SYNC_MASTER', inSyncReplicas: 2 } as const

  it('is acknowledged only after a slave has confirmed it', async () => {
    const master = await kept(openMaster(sync))
    const wire = await kept(wireTo(master))
    const copy = await kept(openCopy(wire.address))
    await until('the slave is there', () => master.leader.slaves.length === 1)
    for (let round = 0; round < 20; round++) {
      const { commitLogOffset, sizeBytes } = master.store.append(newMessage({ body: `${round}` }))
      expect(await safe(master.store, commitLogOffset)).toBe('ok')
      expect(copy.store.commitLog.writtenTo).toBeGreaterThanOrEqual(commitLogOffset + sizeBytes)
    }
    wire.hold(true)
    const { commitLogOffset } = master.store.append(newMessage({ body: 'held' }))
    let status: string | undefined
    master.store.whenSafe(commitLogOffset, true, (ended) => {
      status = ended
    })
    expect(await safe(master.store, commitLogOffset, false)).toBe('ok') // WAIT=false asks for no copy
    expect(status).toBeUndefined()
    wire.cutNow()
    wire.hold(false)
    await until('it is confirmed over a new connection', () => status !== undefined)
    expect(status).toBe('ok')
  })

  it('waits for the disk of a slave that flushes synchronously', async () => {
    const master = await kept(openMaster(sync, { flush: syncFlush }))
    const copy = await kept(openCopy(haAddressOf(master), {}, { flush: syncFlush }))
    await until('the slave is there', () => master.leader.slaves.length === 1)
    const { commitLogOffset, sizeBytes } = master.store.append(newMessage())
    expect(await safe(master.store, commitLogOffset)).toBe('ok')
    expect(copy.store.commitLog.flushedTo).toBeGreaterThanOrEqual(commitLogOffset + sizeBytes)
  })

  it('shares one confirmation with all that its turn brought', async () => {
    const master = await kept(openMaster(sync))
    await kept(openCopy(haAddressOf(master)))
    await until('the slave is there', () => master.leader.slaves.length === 1)
    const order: number[] = []
    const all = Array.from({ length: 200 }, (_, at) => {
      const { commitLogOffset } = master.store.append(newMessage({ body: `${at}` }))
      return safe(master.store, commitLogOffset).then((status) => {
        order.push(at)
        return status
      })
    })
    expect(new Set(await Promise.all(all))).toEqual(new Set(['ok']))
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  it('HA4: is stored, and says that no slave confirmed it in time, when there is none', async () => {
    const master = await kept(openMaster({ ...sync, slaveTimeout: 30 }))
    const { commitLogOffset } = master.store.append(newMessage({ body: 'alone' }))
    expect(await safe(master.store, commitLogOffset)).toBe('flush-slave-timeout')
    expect(await master.store.recordAt(commitLogOffset)).toBeDefined()
  })

  it('does not wait with inSyncReplicas of 1', async () => {
    const master = await kept(openMaster({ ...sync, inSyncReplicas: 1 }))
    const { commitLogOffset } = master.store.append(newMessage())
    expect(await safe(master.store, commitLogOffset)).toBe('ok')
  })
})
