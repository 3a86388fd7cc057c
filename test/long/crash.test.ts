// test/long/crash.test.ts: a thousand short lives of one store: half of them are killed at some moment, half at a named point:
// a roll, a flush, a checkpoint, a config file, recovery itself. Between two lives bytes behind its end are torn, zeroed or
// overwritten. Whatever it said was
// acknowledged is there, at its offset, in order, under either flush policy.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readFileOrBackup } from '../../broker/file/small-file'
import { decodeRecord, decodeRecords } from '../../broker/protocol/record'
import { type MessageStore, openMessageStore } from '../../broker/store'
import { type KillPoint, killPoints } from '../fault/killing-files'
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders'
import { type Random, seeded } from '../support/random'
import { storeOptions } from '../support/stores'

const CYCLES = Number(process.env.ROCKETDECK_CYCLES ?? 1000)
const seed = Number(process.env.ROCKETDECK_SEED ?? 20_261_127)
/** So many lives one folder sees; then a new one begins. */
const LIVES = 50
const folder = temporaryFolder('crash')
const writer = join(folder, 'writer.mjs')

beforeAll(async () => {
  const entry = join(projectRoot, 'test/fault/store-writer.ts')
  await build({ entryPoints: [entry], outfile: writer, bundle: true, platform: 'node', format: 'esm' })
})
afterAll(() => removeFolder(folder))

interface Acked {
  queueId: number
  queueOffset: number
  number: string
}
interface Life {
  acked: Acked[]
  policy: string
  /** Where it was to be killed. */
  point: string
  /** It came there and killed itself. */
  isHit: boolean
  /** The newest value that its config file is known to have had; -1 for none. */
  config: number
}
const points = Object.keys(killPoints) as KillPoint[]

async function life(root: string, random: Random, cycle: number): Promise<Life> {
  const policy = random.chance(0.5) ? 'SYNC_FLUSH' : 'ASYNC_FLUSH'
  const point = random.chance(0.5) ? random.pick(points) : random.chance(0.3) ? 'any moment of its start' : 'any moment'
  const isNamed = point in killPoints
  const at = isNamed
    ? [point, String(1 + random.below(killPoints[point as KillPoint].most)), random.pick(['before', 'amid', 'after'])]
    : []
  const args = [writer, root, String(seed + cycle), policy, String(cycle * 1_000_000), ...at]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  if (point === 'any moment of its start') await sleep(random.between(30, 120))
  else {
    while (said === '' && !hasEnded()) await sleep(2)
    // one that never comes to its point is killed where it is
    await Promise.race([closed, sleep(isNamed ? 400 : random.between(0, 60))])
  }
  const isHit = isNamed && hasEnded()
  child.kill('SIGKILL')
  await closed
  const lines = said
    .slice(0, said.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
  const acked: Acked[] = []
  let config = -1
  for (const line of lines) {
    const [queueId = '', queueOffset = '', number = ''] = line.split(' ')
    if (queueId === 'config') config = Number(queueOffset)
    else acked.push({ queueId: Number(queueId), queueOffset: Number(queueOffset), number })
  }
  return { acked, policy, point: isNamed && !isHit ? `${point}, not reached` : point, isHit, config }
}

/** What a record that was being written leaves: bytes behind the last whole one. */
function tear(root: string, random: Random, end: number): string {
  if (!existsSync(join(root, 'commitlog'))) return 'nothing' // killed before its first message
  const names = readdirSync(join(root, 'commitlog')).sort()
  const name = names.findLast((one) => Number(one) <= end)
  if (name === undefined) return 'nothing'
  const file = openSync(join(root, 'commitlog', name), 'r+')
  try {
    const at = end - Number(name)
    const room = Math.min(fstatSync(file).size - at, random.between(1, 6000))
    if (room <= 0) return 'nothing'
    const kind = random.pick(['garbage', 'a head and zeros', 'zeros and garbage'])
    const bytes = Buffer.alloc(room)
    if (kind !== 'a head and zeros')
      for (let n = kind === 'garbage' ? 0 : room >> 1; n < room; n++) bytes[n] = random.below(256)
    else if (room >= 8) {
      bytes.writeInt32BE(random.between(100, 5000), 0)
      bytes.writeInt32BE(-626843481, 4)
    }
    writeSync(file, bytes, 0, room, at)
    return kind
  } finally {
    closeSync(file)
  }
}

async function bodies(store: MessageStore, from: ReadonlyMap<number, number>): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const queueId of store.queuesOf('T')) {
    for (let next = from.get(queueId) ?? store.minOffset('T', queueId); next < store.maxOffset('T', queueId); ) {
      const result = await store.get({ topic: 'T', queueId, queueOffset: next, maxMessages: 64, maxBytes: 1 << 20 })
      for (const piece of result.records) {
        for (const { queueOffset, body } of decodeRecords(piece)) {
          found.set(`${queueId} ${queueOffset}`, body.toString('latin1', 0, body.indexOf(32)))
        }
      }
      next = result.nextBeginOffset
      result.release()
    }
  }
  return found
}

it(
  `ST5: ${CYCLES} kills at random points lose nothing that was acknowledged (seed ${seed})`,
  async () => {
    const random = seeded(seed)
    const count = { acked: 0, torn: 0, cut: 0, damaged: 0 }
    const killed: Record<string, number> = {}
    let root = ''
    let acked = new Map<string, string>()
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      if (cycle % LIVES === 0) {
        if (root !== '') rmSync(root, { recursive: true, force: true })
        root = join(folder, `store-${cycle}`)
        acked = new Map()
      }
      const lived = await life(root, random, cycle)
      killed[lived.point] = (killed[lived.point] ?? 0) + 1
      const from = new Map<number, number>()
      for (const { queueId, queueOffset, number } of lived.acked) {
        acked.set(`${queueId} ${queueOffset}`, number)
        if (!from.has(queueId)) from.set(queueId, queueOffset)
      }
      count.acked += lived.acked.length
      const lines: string[] = []
      const log = (level: string, line: string): void => void lines.push(`${level} ${line}`)
      const store = await openMessageStore(storeOptions(root, { log }))
      const isWhole = cycle % LIVES === LIVES - 1 || cycle === CYCLES - 1
      const found = await bodies(store, isWhole ? new Map() : from)
      const what = `cycle ${cycle}, ${lived.policy}, killed at: ${lived.point}, ${lines.join('; ')}`
      const config = await readFileOrBackup(join(root, 'config', 'numbers.json'), (text) => JSON.parse(text))
      if (lived.config >= 0) expect(config?.value, `${what}: config`).toBeGreaterThanOrEqual(lived.config)
      for (const { queueId, queueOffset, number } of lived.acked) {
        expect(found.get(`${queueId} ${queueOffset}`), `${what}: ${queueId} ${queueOffset}`).toBe(number)
      }
      if (isWhole) for (const [place, number] of acked) expect(found.get(place), `${what}: ${place}`).toBe(number)
      if (lived.acked.length > 0) {
        const { queueId, queueOffset, number } = random.pick(lived.acked)
        const hits = await store.query('T', `key${number}`, 8, 0, Number.MAX_SAFE_INTEGER)
        const places = hits.records
          .map((record) => decodeRecord(record))
          .map((one) => `${one.queueId} ${one.queueOffset}`)
        expect(places, `${what}: key${number}`).toContain(`${queueId} ${queueOffset}`)
      }
      count.cut += lines.filter((line) => line.includes('commit log cut')).length
      count.damaged += lines.filter((line) => line.includes('damaged')).length
      const end = store.commitLog.tail
      if (random.chance(0.5)) await store.close()
      else {
        // left as a killed process leaves it, with the end of a record that was being written
        await store.close()
        const abort = openSync(join(root, 'abort'), 'w')
        closeSync(abort)
        if (tear(root, random, end) !== 'nothing') count.torn++
      }
      if ((cycle + 1) % 100 !== 0 && cycle !== CYCLES - 1) continue
      console.log(
        `${cycle + 1} kills, ${count.acked} acknowledged, none missing; ` +
          `${count.torn} torn by hand, ${count.cut} cut, ${count.damaged} damaged places`,
      )
      console.table(killed)
    }
    expect(count.damaged).toBe(0)
    expect(count.acked).toBeGreaterThan(CYCLES)
  },
  60_000 + CYCLES * 10_000,
)
