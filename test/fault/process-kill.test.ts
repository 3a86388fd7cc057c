// test/fault/process-kill.test.ts: kill -9 under load, ten times with a seed: of a broker in a process of its own, and of
// the whole. No acknowledged message is missing afterwards, and consumers go on where they were.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../support/folders'
import { freeClusterPorts, freePort } from '../support/ports'
import { seeded } from '../support/random'
import { startOurBroker, startOurNamesrv, startOurs } from '../support/rocketdeck'
import { type Acked, missingOf, openWire, type Wire } from '../support/wire'

/** `npm run test:long -- crash` asks for more. */
const KILLS = Number(process.env.ROCKETDECK_KILLS ?? 10)
const LIMIT_MS = 120_000 + KILLS * 30_000
const SENDERS = 16
const TOPIC = 'Killed'
/** The group with which the wire client pulls: a pull makes it. */
const GROUP = 'readers'
const random = seeded(Number(process.env.ROCKETDECK_SEED ?? 20261124))

interface Running {
  address: string
  storeDir: string
  kill(): Promise<void>
}

describe('CO11: a killed process loses no acknowledged message and no offset that was kept', () => {
  it(
    `when it is a broker alone (seed ${random.seed})`,
    async () => {
      const namesrv = await startOurNamesrv()
      onTestFinished(() => namesrv.child.kill())
      const port = await freePort([-2, 0, 1])
      const dataDir = temporaryFolder('killed')
      const flags = ['--set', 'flushConsumerOffsetInterval=100']
      await killAgainAndAgain(async () => {
        const { child, address } = await startOurBroker({ namesrv: namesrv.address, port, dataDir, flags })
        return { address, storeDir: join(dataDir, 'broker-a-0'), kill: () => child.kill() }
      })
    },
    LIMIT_MS,
  )

  it(
    `when it is the whole cluster, flushing each message (seed ${random.seed})`,
    async () => {
      const ports = await freeClusterPorts()
      const dataDir = temporaryFolder('killed')
      const flags = ['--set', 'flushConsumerOffsetInterval=100', '--set', 'flushDiskType=SYNC_FLUSH']
      await killAgainAndAgain(async () => {
        const { child, broker } = await startOurs({ ...ports, dataDir, flags })
        return { address: broker, storeDir: join(dataDir, 'broker-a-0'), kill: () => child.kill() }
      })
    },
    LIMIT_MS,
  )
})

async function killAgainAndAgain(start: () => Promise<Running>): Promise<void> {
  const acked: Acked[] = []
  const committed = new Map<number, number>()
  let checked = 0
  for (let round = 0; round < KILLS; round++) {
    const broker = await start()
    onTestFinished(() => broker.kill())
    const wire = openWire(broker.address)
    expect(await missingOf(wire, acked.slice(checked)), `before round ${round}`).toEqual([])
    checked = acked.length
    for (const [queueId, offset] of committed) expect(await wire.committed(GROUP, TOPIC, queueId)).toBe(offset)
    const load = senders(wire, round, acked)
    await until(() => acked.length > round * 10)
    await commitSome(wire, committed, broker.storeDir, acked)
    await sleep(random.between(20, 400))
    await broker.kill()
    await load.ended
    wire.close()
  }
  const broker = await start()
  const wire = openWire(broker.address)
  expect(acked.length).toBeGreaterThan(KILLS * SENDERS)
  expect(await missingOf(wire, acked)).toEqual([])
  wire.close()
  await broker.kill()
}

/** Each sends one message after the other until its broker is gone. */
function senders(wire: Wire, round: number, acked: Acked[]): { ended: Promise<unknown> } {
  const one = async (number: number) => {
    for (let i = 0; ; i++) {
      try {
        acked.push(await wire.send(TOPIC, number % 4, `${round}-${number}-${i}`))
      } catch {
        return // not acknowledged: whether it is stored is nobody's promise
      }
    }
  }
  return { ended: Promise.all(Array.from({ length: SENDERS }, (_, number) => one(number))) }
}

/** Commits where each queue is now, and waits until the broker has written that down. */
async function commitSome(wire: Wire, committed: Map<number, number>, storeDir: string, acked: readonly Acked[]) {
  await wire.readAll(TOPIC, 0)
  for (let queueId = 0; queueId < 4; queueId++) {
    const last = acked.findLast((one) => one.queueId === queueId)
    if (last) {
      await wire.commit(GROUP, TOPIC, queueId, last.queueOffset)
      committed.set(queueId, last.queueOffset)
    }
  }
  const file = join(storeDir, 'config', 'consumerOffset.json')
  await until(() => {
    const text = readText(file)
    return [...committed].every(([queueId, offset]) => new RegExp(`\\b${queueId}:\\s*${offset}\\b`).test(text))
  })
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it is being replaced
  }
}

async function until(done: () => boolean): Promise<void> {
  const limit = Date.now() + 60_000
  while (!done()) {
    if (Date.now() > limit) throw new Error('waited 60 s for nothing')
    await sleep(10)
  }
}
