// test/long/failover.test.ts: stock Java clients under a controller, ours and, beside it, Apache's own in the same set-up: the
// master is killed again and again under their load. They carry on by themselves; the longest time without a successful send is
// told, and every send that was acknowledged is received. Of Apache only the figures are told.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { RequestCode } from '../../broker/protocol/codes'
import { openApacheAutoCluster } from '../support/apache-auto-cluster'
import { eventually, openAutoCluster } from '../support/auto-cluster'
import { javaParts } from '../support/java'
import { Steady } from '../support/steady'

const ROUNDS = Number(process.env.ROCKETDECK_FAILOVERS ?? 10)
/** An Apache broker that was killed takes a minute to be back on a busy machine. */
const IN_SYNC_MS = 300_000
const TOPIC = 'carried'
const SIDES = (process.env.ROCKETDECK_SIDES ?? 'ours,Apache').split(',')

it.for(SIDES)(
  `HA5: a stock producer and a stock consumer go on after ${ROUNDS} kills of the master (%s)`,
  { timeout: 120_000 + ROUNDS * 240_000 },
  async (side, context) => {
    const parts = await javaParts()
    if ('missing' in parts) return context.skip(parts.missing)
    const cluster = side === 'Apache' ? await openApacheAutoCluster(parts, 2) : await openAutoCluster(2)
    onTestFinished(() => cluster.close())
    await cluster.allInSync(IN_SYNC_MS)
    const master = (await cluster.master())?.address ?? ''
    const topic = { topic: TOPIC, defaultTopic: 'TBW102', readQueueNums: '4', writeQueueNums: '4', perm: '6' }
    const more = { topicFilterType: 'SINGLE_TAG', topicSysFlag: '0', order: 'false' }
    await cluster.dialer.request(master, RequestCode.UPDATE_AND_CREATE_TOPIC, { ...topic, ...more }, undefined, 5000)
    const client = await Steady.start(cluster.namesrv, TOPIC, 'carried-group')
    onTestFinished(() => client.child.kill())
    client.load()
    const gaps: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await cluster.allInSync(IN_SYNC_MS)
      await sleep(2000)
      const before = await client.status()
      const killed = await cluster.master()
      await killed?.child.kill()
      await eventually('sends succeed again', 60_000, async () => {
        const { sent, gapMs } = await client.status()
        gaps[round] = Math.max(gaps[round] ?? 0, gapMs)
        return sent > before.sent + 200
      })
      // told at once: an Apache broker that does not come back must not take the figures along
      console.log(`${side}, round ${round + 1}: ${gaps[round]} ms without a send`)
      if (killed !== undefined) cluster.restart(killed)
    }
    await cluster.allInSync(IN_SYNC_MS)
    client.child.write('rest\n')
    await client.child.line(/^RESTING/)
    let last = await client.status()
    await eventually('everything is received', 120_000, async () => {
      last = await client.status()
      return last.missing === 0
    }).catch(() => {})
    gaps.sort((a, b) => a - b)
    console.log(
      `${side}: ${last.sent} acknowledged, ${last.failed} failed, ${last.missing} not received; longest time without a send: ` +
        `median ${gaps[Math.floor(gaps.length / 2)]} ms, most ${gaps.at(-1)} ms (${gaps.join(' ')})`,
    )
    if (side !== 'ours') return
    expect(last.missing).toBe(0)
    expect(last.sent).toBeGreaterThan(ROUNDS * 200)
  },
)
