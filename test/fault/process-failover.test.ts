// test/fault/process-failover.test.ts: brokers under a controller, each in a process of its own: the master is killed, stopped
// for a while, or all of them are, under load, again and again. Another takes its place by itself; what was acknowledged is
// there afterwards, and what a consumer saw at an offset is what stays at it. ROCKETDECK_KILLS rounds; a failing run names
// its seed.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import { decodeRecords } from '../../broker/protocol/record'
import { type AutoCluster, eventually, openAutoCluster } from '../support/auto-cluster'
import { seeded } from '../support/random'

const ROUNDS = Number(process.env.ROCKETDECK_KILLS ?? 1)
const SEED = Number(process.env.ROCKETDECK_SEED ?? 31)
/** What happens in a round; a short run has no time for a master that stops and wakes up later. */
const WHAT = ROUNDS > 2 ? (['master', 'master', 'slave', 'all', 'pause', 'controller'] as const) : (['master'] as const)
const TOPIC = 'carried'
const QUEUE = '0'

/** A client that knows the name server only, and asks it again whenever something fails. */
function openClient(cluster: AutoCluster) {
  const dialer = openDialer({ connectTimeoutMs: 1000 })
  let master: string | undefined
  const ask = async (code: number, ext: Record<string, string>, body?: Buffer, timeoutMs = 4000) => {
    try {
      master ??= await cluster.masterOf(TOPIC)
      if (master === undefined) throw new Error('no master in the route')
      const reply = await dialer.request(master, code, ext, body, timeoutMs)
      if (reply.code === ResponseCode.SUCCESS || reply.code === ResponseCode.PULL_NOT_FOUND) return reply
      throw new Error(`code ${reply.code} ${reply.remark}`)
    } catch (error) {
      master = undefined
      throw error
    }
  }
  return {
    send: (body: string) =>
      ask(
        RequestCode.SEND_MESSAGE_V2,
        {
          a: 'PG',
          b: TOPIC,
          c: 'TBW102',
          d: '1',
          e: QUEUE,
          f: '0',
          g: '1700000000000',
          h: '0',
          i: '',
          j: '0',
          k: 'false',
        },
        Buffer.from(body),
      ),
    async pull(queueOffset: number): Promise<readonly string[]> {
      const ext = {
        consumerGroup: 'readers',
        topic: TOPIC,
        queueId: QUEUE,
        queueOffset: String(queueOffset),
        maxMsgNums: '32',
        sysFlag: '4',
        commitOffset: '0',
        suspendTimeoutMillis: '1000',
        subscription: '*',
        subVersion: '0',
      }
      const reply = await ask(RequestCode.PULL_MESSAGE, ext)
      return reply.code === ResponseCode.SUCCESS
        ? decodeRecords(reply.body).map(({ body }) => body.toString('utf8'))
        : []
    },
    close: () => dialer.close(),
  }
}

it(
  `HA5: ${ROUNDS} times a master fails under load, and nothing acknowledged is lost (seed ${SEED})`,
  async () => {
    const random = seeded(SEED)
    // who stops without a word is noticed by its silence only, which a slow machine has too
    const cluster = await openAutoCluster(2, ROUNDS > 2 ? { controllerHeartBeatTimeoutMills: '2000' } : {})
    const client = openClient(cluster)
    onTestFinished(async () => {
      client.close()
      await cluster.close()
    })
    await cluster.allInSync()
    const made = { topic: TOPIC, defaultTopic: 'TBW102', readQueueNums: '1', writeQueueNums: '1', perm: '6' }
    const first = (await cluster.master())?.address ?? ''
    const more = { topicFilterType: 'SINGLE_TAG', topicSysFlag: '0', order: 'false' }
    await cluster.dialer.request(first, RequestCode.UPDATE_AND_CREATE_TOPIC, { ...made, ...more }, undefined, 5000)

    const acknowledged = new Set<string>()
    const seen: string[] = []
    let sent = 0
    let lastAckMs = 0
    let isRunning = true
    const sender = async (): Promise<void> => {
      while (isRunning) {
        const body = `${sent++} ${'x'.repeat(random.below(1500))}`
        try {
          await client.send(body)
          acknowledged.add(body)
          lastAckMs = performance.now()
        } catch {
          await sleep(20)
        }
      }
    }
    const reader = async (): Promise<void> => {
      while (isRunning) {
        const got = await client.pull(seen.length).catch(() => [])
        seen.push(...got)
        if (got.length === 0) await sleep(20)
      }
    }
    const running = [...Array.from({ length: 8 }, sender), reader()]
    const acknowledgedMore = async (count: number): Promise<void> => {
      const from = acknowledged.size
      await eventually('messages are acknowledged', 60_000, async () => acknowledged.size > from + count)
    }
    const pauses: number[] = []
    const counts: Record<string, number> = {}
    for (let round = 0; round < ROUNDS; round++) {
      await cluster.allInSync()
      await acknowledgedMore(50)
      await sleep(random.between(0, 300))
      const what = random.pick(WHAT)
      counts[what] = (counts[what] ?? 0) + 1
      const master = await cluster.master()
      const others = cluster.brokers.filter((broker) => broker !== master)
      if (master === undefined) throw new Error('nobody is master')
      const killedAtMs = performance.now()
      if (what === 'master' || what === 'all') await master.child.kill()
      if (what === 'slave' || what === 'all') await Promise.all(others.map(({ child }) => child.kill()))
      if (what === 'pause') master.child.signal('SIGSTOP')
      if (what === 'controller') await cluster.restartController()
      if (what === 'all') for (const broker of cluster.brokers) cluster.restart(broker)
      await acknowledgedMore(20)
      if (what === 'master') pauses.push(Math.round(lastAckMs - killedAtMs))
      if (what === 'pause') {
        await eventually('another is master', 60_000, async () => {
          const next = await cluster.master()
          return next !== undefined && next !== master
        })
        master.child.signal('SIGCONT')
      }
      await acknowledgedMore(random.between(0, 100))
      for (const broker of cluster.brokers) if (!broker.child.running) cluster.restart(broker)
    }
    await cluster.allInSync()
    await acknowledgedMore(10)
    isRunning = false
    await Promise.all(running)

    const final: string[] = []
    for (;;) {
      const got = await client.pull(final.length)
      if (got.length === 0) break
      final.push(...got)
    }
    const there = new Set(final)
    const missing = [...acknowledged].filter((body) => !there.has(body))
    console.log(
      `${acknowledged.size} acknowledged of ${sent}, ${missing.length} lost; ${JSON.stringify(counts)}; ` +
        `ms from a kill to the first acknowledgements after it: ${pauses.sort((a, b) => a - b).join(' ')}`,
    )
    expect(missing.length, `seed ${SEED}: ${missing[0]?.slice(0, 20)}`).toBe(0)
    // nothing that was read may turn out to be another message later
    expect(seen.findIndex((body, at) => body !== final[at])).toBe(-1)
    expect(seen.length).toBeGreaterThan(0)
  },
  60_000 + ROUNDS * 60_000,
)
