// test/fault/process-replica-kill.test.ts: master and slave, each in a process of its own, are killed, cut off from each other
// (also one way only, or slowed down) and robbed of the master's disk, again and again. What was acknowledged with a copy
// (SYNC_MASTER, inSyncReplicas=2) is there after each round. ROCKETDECK_KILLS rounds; a failing run names its seed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { readBody } from '../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../broker/protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import { TestClient } from '../broker/processor/real-broker'
import type { Child } from '../support/children'
import { temporaryFolder } from '../support/folders'
import { freePort } from '../support/ports'
import { seeded } from '../support/random'
import { startOurBroker, startOurNamesrv } from '../support/rocketdeck'
import { openWire } from '../support/tcp-proxy'

const ROUNDS = Number(process.env.ROCKETDECK_KILLS ?? 2)
const SEED = Number(process.env.ROCKETDECK_SEED ?? 71)
const TOPIC = 'copied'
/** slave, master, both, disk: killed, the last with the master's disk. The others are done to the link. */
const hits = ['slave', 'master', 'both', 'disk', 'cut', 'half-open', 'deaf', 'mute', 'slow'] as const
const sets = (properties: Record<string, string>): string[] =>
  Object.entries(properties).flatMap(([key, value]) => ['--set', `${key}=${value}`])
const small = { mappedFileSizeCommitLog: '4194304', maxMessageSize: '131072', brokerName: 'broker-a' }

it(
  `HA1, HA7: ${ROUNDS} times master, slave, both, their link or the master's disk is lost, and no acknowledged message (seed ${SEED})`,
  async () => {
    const random = seeded(SEED)
    const children = new Set<Child>()
    const namesrv = await startOurNamesrv()
    children.add(namesrv.child)
    const port = await freePort([-2, 0, 1])
    const wire = await openWire(() => port + 1)
    const client = new TestClient(`127.0.0.1:${port}`)
    onTestFinished(async () => {
      client.close()
      await Promise.all([...children].map((child) => child.kill()))
      await wire.close()
    })
    const roots = { master: temporaryFolder('replica'), slave: temporaryFolder('replica') }
    const begin = async (more: Record<string, string>, at?: number) => {
      const flags = sets({ ...small, ...more })
      const { child } = await startOurBroker({
        namesrv: namesrv.address,
        flags,
        ...(at === undefined ? {} : { port: at }),
      })
      children.add(child)
      return child
    }
    const startMaster = () => {
      const role = { brokerRole: 'SYNC_MASTER', inSyncReplicas: '2', slaveTimeout: '1000' }
      return begin({ ...role, storePathRootDir: roots.master }, port)
    }
    const startSlave = () =>
      begin({ brokerRole: 'SLAVE', brokerId: '1', haMasterAddress: wire.address, storePathRootDir: roots.slave })

    const acknowledged = new Set<string>()
    let sent = 0
    let isLoading = false
    /** Ten at a time, until told to rest; what fails may be stored or not. */
    const load = async (): Promise<void> => {
      const one = async (): Promise<void> => {
        while (isLoading) {
          const body = `${sent++} ${'x'.repeat(random.below(2000))}`
          const reply = await client.send({ topic: TOPIC, body }).catch(() => undefined)
          if (reply?.code === ResponseCode.SUCCESS) acknowledged.add(body)
          else await sleep(20)
        }
      }
      await Promise.all(Array.from({ length: 10 }, one))
    }
    const eventually = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
      for (const endMs = Date.now() + 60_000; !(await isSo().catch(() => false)); await sleep(20)) {
        if (Date.now() > endMs) throw new Error(`not within 60 s: ${what}`)
      }
    }
    const joined = () =>
      eventually('the slave is in sync', async () => {
        const { inSyncSlaveNums } = readBody(haRuntimeInfo, (await client.ask(RequestCode.GET_BROKER_HA_STATUS)).body)
        const topics = readFileSync(join(roots.slave, 'config', 'topics.json'), 'utf8')
        return inSyncSlaveNums === 1 && topics.includes(`"${TOPIC}"`) // it may be the master after this round
      })
    const seen = new Set<string>()
    let next = 0
    /** The rest of the queue; from its beginning when the disk under it is another. */
    const readOn = async (): Promise<void> => {
      for (;;) {
        const reply = await client.pull('readers', TOPIC, next, { sysFlag: '4' })
        if (reply.code !== ResponseCode.SUCCESS) return
        const stored = await client.pullUntil('readers', TOPIC, next)
        for (const { text } of stored) seen.add(text)
        next += stored.length
      }
    }

    let master = await startMaster()
    expect((await client.send({ topic: TOPIC })).code).toBe(ResponseCode.FLUSH_SLAVE_TIMEOUT) // nobody copies yet
    let slave = await startSlave()
    await joined()
    const counts: Record<string, number> = {}
    for (let round = 0; round < ROUNDS; round++) {
      isLoading = true
      const loading = load()
      const before = acknowledged.size
      await eventually('messages are acknowledged', async () => acknowledged.size > before + 50)
      await sleep(random.between(0, 300))
      const what = random.pick(hits)
      counts[what] = (counts[what] ?? 0) + 1
      if (what === 'cut') wire.cutNow()
      if (what === 'half-open' || what === 'deaf' || what === 'mute') {
        // by what each end still hears: nobody anything, the master alone, the slave alone
        wire.hold(true, what === 'half-open' ? undefined : what === 'deaf' ? 'to-near' : 'to-far')
        await sleep(random.between(0, 1500))
        // a master may be killed while it believes in a dead link
        if (random.chance(0.3)) await master.kill()
        wire.hold(false)
        wire.cutNow() // bytes were swallowed meanwhile: no connection goes on after that
      }
      if (what === 'slow') {
        wire.delay(random.between(1, 400))
        await sleep(random.between(0, 1500))
        if (random.chance(0.3)) await random.pick([master, slave]).kill()
        wire.delay(0)
      }
      if (what === 'master' || what === 'both' || what === 'disk') await master.kill()
      if (what === 'slave' || what === 'both' || what === 'disk') await slave.kill()
      isLoading = false
      await loading
      if (what === 'disk') {
        roots.master = roots.slave
        roots.slave = temporaryFolder('replica')
        seen.clear()
        next = 0
      }
      if (!master.running) master = await startMaster()
      if (!slave.running) slave = await startSlave()
      await joined()
      await readOn()
      const missing = [...acknowledged].filter((body) => !seen.has(body))
      expect(missing.length, `round ${round} (${what}), seed ${SEED}: ${missing[0]?.slice(0, 20)}`).toBe(0)
    }
    console.log(`${acknowledged.size} acknowledged of ${sent} sent, none lost; ${JSON.stringify(counts)}`)
  },
  60_000 + ROUNDS * 60_000,
)
