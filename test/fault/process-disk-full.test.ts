// test/fault/process-disk-full.test.ts: a disk that is full for real, under a broker in a process of its own. Sends are answered
// with the code and words Apache has for it, nothing that was acknowledged is lost, reading goes on, and there is room again
// as soon as there is room. Where no small disk can be mounted (root on Linux) these tests are skipped by name.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { seeded } from '../support/random'
import { startOurs } from '../support/rocketdeck'
import { mayMount, smallDisk } from '../support/small-disk'
import { type Acked, missingOf, openWire, type Wire } from '../support/wire'

/** `npm run test:long -- full` asks for more. */
const ROUNDS = Number(process.env.ROCKETDECK_ROUNDS ?? 1)
const random = seeded(Number(process.env.ROCKETDECK_SEED ?? 20_261_126))
const MIB = 1024 * 1024
const KEPT = ['--set', 'cleanFileForciblyEnable=false', '--set', 'cleanResourceInterval=200']
const SMALL = ['--set', 'mappedFileSizeCommitLog=8388608', '--set', 'mappedFileSizeConsumeQueue=200000']
const INDEX = ['--set', 'maxHashSlotNum=10000', '--set', 'maxIndexNum=40000']

/** Sends until the broker refuses; answers with what it said. */
async function fill(wire: Wire, acked: Acked[], label: string): Promise<string> {
  for (let n = 0; ; n++) {
    const body = `${label}-${n}-${'x'.repeat(random.between(1, 200_000))}`
    try {
      acked.push(await wire.send('Full', n % 4, body, `k${n}`))
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}
async function sendAgain(wire: Wire, acked: Acked[], label: string): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50)) {
    try {
      acked.push(await wire.send('Full', 0, label, 'k'))
      return
    } catch {
      // not yet: it is tried once a second whether the disk takes bytes
    }
  }
  throw new Error('no room after 30 s')
}
const digest = (acked: readonly Acked[]): Acked[] => acked.map((one) => ({ ...one, body: one.body.slice(0, 60) }))

describe.skipIf(!mayMount)(`a disk that is really full (seed ${random.seed}, ${ROUNDS} rounds)`, () => {
  const ways: [string, string, RegExp][] = [
    // by its use: the last tenth is never touched
    ['ASYNC_FLUSH', '0.90', /code 14: .*disk/],
    // by writing into it until the system has no more: the use is asked too late
    ['SYNC_FLUSH', 'late', /code 14: .*disk/],
  ]
  it.each(ROUNDS > 1 ? ways : ways.slice(1))(
    'ST9: loses nothing, refuses in words, goes on reading and recovers (%s, %s)',
    async (policy, limit, refusal) => {
      const disk = smallDisk(48)
      onTestFinished(() => disk.unmount())
      const ballast = join(disk.folder, 'ballast')
      writeFileSync(ballast, Buffer.alloc(16 * MIB))
      const late = limit === 'late' ? ['--set', 'cleanResourceInterval=3600000'] : []
      const flags = [...KEPT, ...SMALL, ...INDEX, ...late, '--set', `flushDiskType=${policy}`]
      const dataDir = join(disk.folder, 'data')
      let ours = await startOurs({ dataDir, flags })
      onTestFinished(() => ours.child.kill())
      let wire = openWire(ours.broker)
      const acked: Acked[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const why = await fill(wire, acked, `r${round}`)
        expect(why, 'why the broker took no more').toMatch(refusal)
        expect(acked.length).toBeGreaterThan(10)
        expect(await missingOf(wire, acked), 'while it is full').toEqual([])
        expect(ours.child.running).toBe(true)
        rmSync(ballast, { force: true })
        await sendAgain(wire, acked, `after ${round}`)
        expect(await missingOf(wire, acked), 'with room again').toEqual([])
        // killed while it is full: what was acknowledged is still there
        const again = await fill(wire, acked, `again${round}`)
        expect(again).toMatch(refusal)
        wire.close()
        await ours.child.kill()
        ours = await startOurs({ dataDir, flags, namesrvPort: ours.namesrvPort, brokerPort: ours.brokerPort })
        wire = openWire(ours.broker)
        expect(digest(await missingOf(wire, acked)), 'after a kill on a full disk').toEqual([])
        if (round + 1 < ROUNDS) {
          wire.close()
          await ours.child.kill()
          rmSync(dataDir, { recursive: true })
          acked.length = 0
          writeFileSync(ballast, Buffer.alloc(16 * MIB))
          ours = await startOurs({ dataDir, flags })
          wire = openWire(ours.broker)
        }
      }
      wire.close()
      expect(ours.child.output).not.toMatch(/ died: |^\s+at /m)
      const log = join(dataDir, 'logs', 'cluster.log')
      if (existsSync(log)) expect(readFileSync(log, 'utf8')).not.toMatch(/ died: /)
    },
    60_000 + ROUNDS * 60_000,
  )
})
