// test/fault/process-store-kill.test.ts: a process is killed (SIGKILL) while it stores, ten times over on one folder. Whatever it
// said was acknowledged is there afterwards, at its offset, under either flush policy.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decodeRecord, decodeRecords } from '../../broker/protocol/record'
import { type MessageStore, openMessageStore } from '../../broker/store'
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders'
import { seeded } from '../support/random'
import { storeOptions } from '../support/stores'

const seed = 20_261_124
const folder = temporaryFolder('kill')
const writer = join(folder, 'writer.mjs')
beforeAll(async () => {
  await build({
    entryPoints: [join(projectRoot, 'test/fault/store-writer.ts')],
    outfile: writer,
    bundle: true,
    platform: 'node',
    format: 'esm',
  })
})
afterAll(() => removeFolder(folder))

async function killed(store: string, round: number, policy: string, first: number, afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, store, String(seed + round), policy, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  while (said === '' && child.exitCode === null) await sleep(2)
  await sleep(afterMs)
  child.kill('SIGKILL')
  await closed
  return said.slice(0, said.lastIndexOf('\n')).split('\n')
}

async function bodies(store: MessageStore): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const queueId of store.queuesOf('T')) {
    for (let next = store.minOffset('T', queueId); next < store.maxOffset('T', queueId); ) {
      const result = await store.get({ topic: 'T', queueId, queueOffset: next, maxMessages: 32, maxBytes: 1 << 20 })
      for (const piece of result.records) {
        for (const record of decodeRecords(piece)) {
          found.set(`${queueId} ${record.queueOffset}`, record.body.toString().split(' ')[0] ?? '')
        }
      }
      next = result.nextBeginOffset
      result.release()
    }
  }
  return found
}

it(`ST5: loses no acknowledged message when it is killed ten times (seed ${seed})`, async () => {
  const random = seeded(seed)
  const root = join(folder, 'store')
  const acked = new Map<string, string>()
  let first = 0
  for (let round = 0; round < 10; round++) {
    const policy = random.chance(0.5) ? 'SYNC_FLUSH' : 'ASYNC_FLUSH'
    const lines = await killed(root, round, policy, first, random.below(300))
    for (const line of lines) {
      const [queueId, queueOffset, number = ''] = line.split(' ')
      if (queueId === 'config') continue // what test/long/crash.test.ts asks about
      acked.set(`${queueId} ${queueOffset}`, number)
    }
    expect(lines.length, `round ${round} acknowledged something`).toBeGreaterThan(0)
    first += 1_000_000
    const store = await openMessageStore(storeOptions(root))
    const found = await bodies(store)
    for (const [place, number] of acked) expect(found.get(place), `round ${round}, ${policy}, ${place}`).toBe(number)
    // and by its key
    const [place = '', number] = random.pick([...acked])
    const hits = await store.query('T', `key${number}`, 8, 0, Number.MAX_SAFE_INTEGER)
    const offsets = hits.records.map((record) => decodeRecord(record)).map((one) => `${one.queueId} ${one.queueOffset}`)
    expect(offsets, `key${number}`).toContain(place)
    await store.close()
  }
  expect(acked.size).toBeGreaterThan(100)
}, 120_000)
