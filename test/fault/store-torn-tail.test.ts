// test/fault/store-torn-tail.test.ts: the last records of a log, cut, zeroed or overwritten at every byte. What lies whole before
// the damage is kept, what is torn is cut off and said so, and the store goes on from there.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeRecords } from '../../broker/protocol/record'
import { openMessageStore } from '../../broker/store'
import { MemoryDisk, memoryRoot } from '../support/disks'
import { seeded } from '../support/random'
import { newMessage, put, storeOptions } from '../support/stores'

const logFile = join(memoryRoot, 'commitlog', '0'.repeat(20))
const segment = { commitLogSegmentBytes: 16 * 1024, hotBytes: 16 * 1024 }

/** Properties of each record, and the topic before them: `KEYS 01 key0 02`, `T`, and the lengths of both. */
const propertiesBytes = 10 + 2 + 2

/** A store that was killed after a few records; `ends` are where each of them ends. */
async function killed(): Promise<{ disk: MemoryDisk; ends: number[] }> {
  const disk = new MemoryDisk()
  const more = { files: disk.mount(), flushConsumeQueueIntervalMs: 1_000_000 }
  const store = await openMessageStore(storeOptions(memoryRoot, { ...segment, more }))
  const ends: number[] = []
  for (let n = 0; n < 5; n++) {
    const { commitLogOffset, sizeBytes } = await put(store, { body: `message ${n}`, keys: [`key${n}`] })
    ends.push(commitLogOffset + sizeBytes)
  }
  return { disk, ends }
}

async function reopened(disk: MemoryDisk) {
  const lines: string[] = []
  const store = await openMessageStore(
    storeOptions(memoryRoot, {
      ...segment,
      log: (level, line) => lines.push(`${level} ${line}`),
      more: { files: disk.mount() },
    }),
  )
  const result = await store.get({ topic: 'T', queueId: 0, queueOffset: 0, maxMessages: 32, maxBytes: 1 << 20 })
  const bodies = result.records.flatMap((piece) => decodeRecords(piece)).map((record) => record.body.toString())
  return { store, lines, bodies }
}

const messages = (count: number): string[] => Array.from({ length: count }, (_, n) => `message ${n}`)

describe('a torn tail', () => {
  it.each(['zeros', 'garbage', 'other bytes of the same record'])(
    'is cut at the last whole record, wherever it is torn (%s)',
    async (kind) => {
      const { disk, ends } = await killed()
      const whole = Buffer.from(disk.inodes.get(logFile)?.bytes ?? '')
      const end = ends.at(-1) ?? 0
      const random = seeded(5)
      for (let at = ends[2] ?? 0; at < end; at++) {
        const torn = Buffer.from(whole)
        if (kind === 'zeros') torn.fill(0, at, end)
        else if (kind === 'garbage') for (let b = at; b < end; b++) torn[b] = random.below(256)
        else torn.copy(torn, at, at - 1, end - 1)
        const copy = new MemoryDisk()
        for (const [path, inode] of disk.inodes) copy.inodes.set(path, { ...inode, bytes: Buffer.from(inode.bytes) })
        for (const folder of disk.folders) copy.folders.add(folder)
        const log = copy.inodes.get(logFile)
        if (log !== undefined) log.bytes = torn
        const { store, bodies, lines } = await reopened(copy)
        const kept = ends.filter((one) => one <= at).length
        // a record's properties have no checksum: other bytes there are not seen to be wrong, in Apache neither
        const unseen = kind !== 'zeros' && ends.some((one) => at < one && at >= one - propertiesBytes)
        if (unseen) continue
        expect(bodies, `torn at ${at}`).toEqual(messages(kept))
        expect(store.commitLog.tail).toBe(ends[kept - 1])
        if (!ends.includes(at) && kind !== 'zeros')
          expect(lines.join('\n')).toMatch(/warn commit log cut at \d+: \d+ bytes/)
        const next = await put(store, { body: `message ${kept}` })
        expect(next).toMatchObject({ queueOffset: kept, commitLogOffset: ends[kept - 1], status: 'ok' })
        await store.close()
        expect((await reopened(copy)).bodies).toEqual(messages(kept + 1))
      }
    },
    60_000,
  )

  it('of a shorter file that a copy was cut from is refused with its name', async () => {
    const { disk } = await killed()
    const log = disk.inodes.get(logFile)
    if (log !== undefined) log.bytes = log.bytes.subarray(0, 300)
    await expect(reopened(disk)).rejects.toMatchObject({ fault: 'corrupt', message: expect.stringContaining(logFile) })
  })
})

describe('damage in the middle', () => {
  it('is reported with its place, and the records behind it are kept', async () => {
    const { disk, ends } = await killed()
    const log = disk.inodes.get(logFile)
    const [first = 0, second = 0] = ends
    log?.bytes.fill(0x55, first + 20, second - 10)
    const { store, lines, bodies } = await reopened(disk)
    expect(bodies).toEqual(['message 0', 'message 2', 'message 3', 'message 4'])
    expect(lines.join('\n')).toContain(`error commit log damaged at ${first}: ${second - first} bytes`)
    expect(store.maxOffset('T', 0)).toBe(5)
    await store.close()
    expect((await reopened(disk)).bodies).toHaveLength(4)
  })

  it('is told apart from a message that holds the bytes of another record', async () => {
    const { disk, ends } = await killed()
    const inner = Buffer.from(disk.inodes.get(logFile)?.bytes.subarray(0, ends[0]) ?? '')
    const { store } = await reopened(disk)
    store.append(newMessage({ body: inner }))
    await put(store, { body: 'after' })
    const log = disk.inodes.get(logFile)
    // its own head is gone: what looks like a record inside says that it lies elsewhere
    log?.bytes.fill(0, ends[4], (ends[4] ?? 0) + 8)
    const { bodies } = await reopened(disk)
    expect(bodies).toEqual([...messages(5), 'after'])
  })
})
